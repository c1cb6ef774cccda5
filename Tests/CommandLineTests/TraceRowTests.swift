import Foundation
import Testing

/// `docs/trace.md` says of each requirement which commands answer it. Each that must be there is asked
/// here: on the sample quarter, and on a store in which a ticket is led from a call to its end.
@Suite("Requirements that documents trace", .serialized) struct TraceRowTests {
    /// A command, and what its answer says.
    struct Run {
        var words: [String]
        var says: [String]
        var code: Int32 = 0

        /// A command whose words are parted by blanks, `+` standing for a blank within one.
        init(_ words: String, _ says: String..., code: Int32 = 0) {
            self.words = words.split(separator: " ").map {
                String($0).replacing("+", with: " ")
            }
            self.says = says
            self.code = code
        }
    }

    /// Asked of the sample quarter.
    static let quarter: [String: [Run]] = [
        "A2": [Run("report staffing", "\"team_advice\":[", "\"desk_peak\":[", "\"one_fewer\":")],
        "A3": [
            Run("report kpi --site Beijing", "\"id\":\"response_attainment\""),
            Run("report kpi --region nowhere", code: 1),
        ],
        "A4": [Run("report staffing", "\"experts\":[", "\"id\":\"expert_load\"")],
        "A5": [
            Run("report staffing", "\"key\":\"response_minutes\"", "\"key\":\"response_share\"")
        ],
        "A6": [
            Run("vehicle show LGA00000000000001", code: 1),
            Run("ticket show T-1", "\"id\":\"T-1\""),
        ],
        "A8": [Run("report kpi", "\"id\":\"planned_to_emergency\"")],
        "A9": [Run("report staffing", "\"id\":\"movable_share\"", "\"id\":\"remote_share\"")],
        "A10": [
            Run(
                "report staffing", "\"team\":\"all\"", "\"tasks\":", "\"response\":",
                "\"satisfaction\":", "\"advice\":", "\"why\":"),
            Run("report training --role supervisor", "\"technician\":"),
        ],
        "A11": [Run("report staffing", "\"slow\":", "\"slow_interval\":[")],
        "A12": [
            Run("report staffing", "\"id\":\"permanent_staff\"", "\"id\":\"temporary_months\"")
        ],
        "A15": [Run("vehicle ls", "\"vehicle\":"), Run("tail", "\"v\":1")],
        "A17": [Run("report staffing", "\"sensitivity\":[", "\"inputs\":[", "\"desk_80\":")],
        "B3": [Run("report sla", "\"id\":\"response_attainment\"")],
        "B4": [
            Run(
                "report kpi", "\"id\":\"first_time_fix\"", "\"id\":\"reopen_rate\"",
                "\"id\":\"rework_rate\"", "\"id\":\"satisfaction_mean\"")
        ],
        "B5": [
            Run("report parts", "\"stock_up\":[", "\"channel\":"),
            Run("report kpi", "\"id\":\"parts_fill_lines\""),
        ],
        "B6": [
            Run("report kpi", "\"id\":\"estimate_error_mean\""),
            Run("price-list export --at 2026-08-01", "22433-AA"),
        ],
        "B9": [Run("report quality", "\"complaints\":[")],
        "B10": [Run("explain T-1", "T-1")],
        "B12": [Run("vehicle ls", "\"vehicle\":"), Run("ticket ls --all", "\"id\":\"T-1\"")],
        "B14": [Run("report parts", "\"demand\":[", "\"stock_up\":[", "\"sba\":", "\"tsb\":")],
        "B16": [Run("report kpi --from 2026-07-01 --to 2026-08-01", "\"id\":\"mtta\"")],
        "B18": [Run("report parts", "\"reorder_points\":[", "oem_direct", "third_party", "local")],
        "B23": [Run("report staffing", "\"workshop_recount\":[", "\"bay_recount\":[")],
        "B26": [
            Run(
                "report quarter", "\"comparison\":[", "\"actions\":[", "\"before\":",
                "\"change\":")
        ],
        "C5": [Run("report kpi", "\"id\":\"complaint_rate\"", "\"id\":\"complaint_time_mean\"")],
        "C6": [Run("report kpi", "\"target\":", "\"interval\":[", "\"n\":", "\"excluded\":")],
        "C9": [Run("report kpi", "\"id\":\"resolution_rate\"", "\"id\":\"first_response_mean\"")],
        "C11": [Run("report sla", "\"id\":\"response_attainment\"")],
        "C12": [Run("report sla", "\"id\":\"solve_attainment\"", "\"net\":", "\"gross\":")],
        "C15": [Run("ticket ls --breached", code: 0), Run("tail", "\"v\":1")],
        "C16": [Run("report quarter", "\"actions\":[")],
        "C17": [Run("report kpi", "\"id\":"), Run("report quality", "\"scores\":[")],
        "C19": [
            Run("report quality", "\"time_in_state\":[", "\"time_on_hold\":["),
            Run("report sla", "\"time_in_state\":[", "\"breach_causes\":["),
        ],
        "D1": [
            Run("report sla", "\"by_site\":["), Run("report faults", "\"modes\":["),
            Run("report quality", "\"id\":\"flow_conformance\""),
            Run("report feedback", "\"told\":["),
        ],
        "D4": [Run("report feedback", "\"told\":[")],
        "D7": [Run("report kpi", "\"id\":\"waiting_time_mean\"")],
        "D11": [Run("report faults", "\"modes\":[", ".causes\":[", ".rules\":[")],
        "D12": [Run("report quality", "\"id\":\"flow_conformance\"")],
        "D13": [Run("report faults", ".causes\":[")],
        "D14": [Run("report quality", "\"id\":\"flow_conformance\"")],
    ]

    /// Asked one after the other of a store with one finding, as people work; with the rows that they
    /// answer.
    static let life: [(rows: String, run: Run)] = [
        ("A6 A15", Run("vehicle show TESTVAN1 -o json", "TESTVAN1")),
        ("A6", Run("explain T-1", "P0301")), ("B10", Run("explain T-1", "P0301")),
        ("A16", Run("ticket close T-1 --role customer_service", code: 1)),
        (
            "A1 B7 D6",
            Run(
                "ticket open TESTVAN2 --mode coil-worn --severity S3 --complaint misfires --source phone --customer CRM-1 --language en --preferred-site north --site north --skill ENG --role customer_service",
                "T-2")
        ),
        ("D6", Run("ticket ls --all -o json", "\"source\":\"phone\"")),
        ("D24", Run("ticket next T-2 --role customer_service", "ack")),
        ("D5", Run("ticket ack T-2 --role technician", code: 1)),
        ("C11", Run("ticket ack T-2 --minutes 12 --role customer_service", "T-2")),
        (
            "A1",
            Run(
                "ticket triage T-2 --severity S3 --advice A3 --component coil --service-type on_site --role technician --level 2",
                "T-2")
        ),
        ("A1", Run("ticket show T-2", "on-site")),
        ("D18", Run("ticket contact T-2 --outcome reached_yes --role customer_service", "T-2")),
        (
            "B6 D17",
            Run(
                "ticket estimate T-2 --estimate E-1 --lines 1+x+C-1+@+420;+1.0+h+ignition+@+300 --total 720 --price-list 2 --currency CNY --payer customer --plan change+the+coil --explanation it+misfires --role customer_service",
                "T-2")
        ),
        ("B6", Run("ticket show T-2", "720")),
        ("D7", Run("ticket slots T-2", "north")), ("A4", Run("ticket slots T-2", "li")),
        ("A5", Run("ticket slots T-2 --hours 20", "north")),
        (
            "B15",
            Run(
                "ticket part T-2 --part C-1 --status ordered --eta 1d --supplier Nord --role parts",
                "T-2")
        ),
        ("B21", Run("ticket show T-2", "C-1", "ordered")),
        ("B21", Run("ticket slots T-2", "north")),
        (
            "D7 D18",
            Run(
                "ticket schedule T-2 --site north --slot 2d --parts in_stock --estimate E-1 --ready-by 3d --role customer_service",
                "T-2")
        ),
        (
            "D19",
            Run(
                "ticket check-in T-2 --odometer 40000 --notes none --consent yes --role reception",
                "T-2")
        ),
        // The customer pays and has not approved yet.
        ("D17", Run("ticket repair T-2 --actor li --role technician --level 2", code: 1)),
        (
            "D17",
            Run(
                "ticket estimate T-2 --estimate E-1 --approved-by CRM-1 --role customer_service",
                "T-2")
        ),
        ("D20", Run("ticket repair T-2 --actor li --role technician --level 2", "T-2")),
        (
            "B15 B21",
            Run(
                "ticket part T-2 --part C-1 --status fitted --lot L-7 --serial S-9 --supplier Nord --role parts",
                "T-2")
        ),
        ("D20", Run("ticket repair T-2 --actor li --role technician --level 2", code: 1)),
        (
            "D20",
            Run(
                "ticket repair T-2 --complaint misfires --cause coil --correction changed --root-part C-1 --disposition confirmed_as_predicted --actor li --role technician --level 2",
                "T-2")
        ),
        (
            "D21",
            Run("ticket qc T-2 --result pass --checklist all --actor li --role quality", code: 1)
        ),
        (
            "D21",
            Run("ticket qc T-2 --result pass --checklist all --actor wang --role quality", "T-2")
        ),
        ("D22", Run("ticket deliver T-2 --role reception", "T-2")),
        (
            "A11 B9 D8 D22",
            Run(
                "ticket follow-up T-2 --csat 2 --reasons slow_response --role customer_service",
                "T-2")
        ),
        ("B9", Run("ticket show T-2", "slow_response")),
        (
            "D3 D4",
            Run(
                "ticket feedback T-2 --department rd --text the+coil+is+weak --until 30d --role technician",
                "T-2")
        ),
        ("D4", Run("report feedback -o json", "the coil is weak")),
        ("D13", Run("ticket close T-2 --role customer_service", "T-2")),
        ("B15", Run("trace lot L-7", "T-2")), ("B15", Run("trace serial S-9", "T-2")),
        ("B15", Run("trace vehicle TESTVAN2", "L-7")),
        ("B12", Run("trace vehicle TESTVAN2", "C-1")),
        ("B12", Run("ticket ls --all --vehicle TESTVAN2 -o json", "T-2")),
        ("B12", Run("vehicle show TESTVAN1", "TES")),
        (
            "D8",
            Run(
                "ticket open TESTVAN2 --mode service --severity S3 --complaint slow --source complaint --caused-by T-2 --role customer_service",
                "T-3")
        ),
        ("C5", Run("ticket ls --all -o json", "\"source\":\"complaint\"")),
        ("B10 D2", Run("ticket show T-1", "advice")), ("C1", Run("ticket show T-1", "response")),
        ("A3", Run("report kpi --region home -o json", "\"id\":\"response_attainment\"")),
        ("A11", Run("report staffing -o json", "\"answer_minutes\"")),
        ("A15", Run("tail -n 5", "T-2")), ("B3", Run("ticket show T-2", "response")),
        ("C12", Run("ticket show T-2", "solve")), ("D5", Run("ticket --help", "transfer")),
        ("D10", Run("ticket show T-2", "720")),
    ]

    static let service = """
        version: 1
        calendars:
          c: { zone: UTC, week: { mon-sun: ["00:00-24:00"] } }
        sites:
          north:
            calendar: c
            region: home
            bays: 2
            people: [{ name: li, skills: [ENG], level: 2 }]

        """

    static let rules = """
        version: 1
        rules:
          - id: coil
            mode: misfire
            name: { en: Cylinder misfires, zh: 气缸失火 }
            severity: S3
            advice: A3
            component: coil
            skill: ENG
            when: code "P0301"

        """

    /// The rows of `docs/trace.md` that must be there, with what stands in their last column.
    static let rows: [(id: String, text: String)] = {
        let path = NamedCommandTests.top.appendingPathComponent("docs/trace.md").path
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return cells.count >= 4 && cells[1] == "M" ? (cells[0], cells[3...].joined()) : nil
        }
    }()

    private func check(_ run: Run, _ result: Program.Result, _ row: String) {
        let words = run.words.joined(separator: " ")
        #expect(result.code == run.code, "\(row): \(words): \(result.errors)\(result.output)")
        for text in run.says {
            #expect(result.output.contains(text), "\(row): \(words): no \(text): \(result.output)")
        }
    }

    @Test("every row that must be there has commands that are asked")
    func complete() {
        #expect(Self.rows.count >= 58)
        let asked = Set(Self.quarter.keys)
            .union(Self.life.flatMap { $0.rows.split(separator: " ").map(String.init) })
        for row in Self.rows { #expect(asked.contains(row.id), "\(row.id): \(row.text)") }
        // What a row names in words of the command line is among what is asked of it.
        for row in Self.rows {
            let runs =
                (Self.quarter[row.id] ?? [])
                + Self.life
                .filter { $0.rows.split(separator: " ").contains(Substring(row.id)) }.map(\.run)
            for name in row.text.matches(of: /`(report|ticket|trace|vehicle|price-list) ([a-z-]+)/)
            {
                let words = [String(name.output.1), String(name.output.2)]
                #expect(
                    runs.contains { Array($0.words.prefix(2)) == words },
                    "\(row.id) names \(words.joined(separator: " "))")
            }
        }
    }

    @Test("the sample quarter answers what they ask", arguments: quarter.keys.sorted())
    func ofTheQuarter(row: String) throws {
        let state = try SampleQuarterTests.state.get().path("state")
        for run in Self.quarter[row] ?? [] {
            var words = run.words + ["--state", state]
            if words[0] == "report" {
                words += ["--data", SampleQuarterTests.samples + "/data", "-o", "json"]
                if !words.contains("--from") { words += ["--quarter", "2026Q3"] }
            } else if words[0] == "price-list" {
                words += ["--data", SampleQuarterTests.samples + "/data", "-o", "csv"]
            } else if words[0] != "explain" {
                words += ["-o", "json"]
            }
            check(run, try Program.run(words, environment: ["TZ": "Asia/Shanghai"]), row)
        }
    }

    @Test("a ticket is led from a call to its end by the commands that they name")
    func ofALife() throws {
        let centre = try Centre(
            history: [History.message(0, "TESTVAN1", lag: 1, codes: "\\\"P0301\\\"")],
            service: Self.service, rules: Self.rules)
        for (rows, run) in Self.life {
            let result = try Program.run(
                run.words + ["--state", centre.state], environment: ["FOREWARN_ACTOR": "chen"])
            check(run, result, rows)
        }
    }
}
