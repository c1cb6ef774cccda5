import Foundation
import Testing

/// The worked figures of the reports, through the commands: a history is taken into a store, other
/// systems' files lie beside it, and the report is read as a program reads it.
@Suite struct ReportTests {
    /// 2026-07-01T00:00:00Z
    static let start = 1_782_864_000.0

    /// A folder with a store that a history was taken into, and data.
    struct Centre {
        let workshop: Workshop
        var state: String { workshop.path("state") }

        init(history: [History.Line], service: String? = nil, data: [String: String] = [:]) throws {
            workshop = try Workshop()
            let text = history.sorted { $0.at < $1.at }.map(\.text).joined(separator: "\n")
            try workshop.write(text + "\n", to: "history.jsonl")
            try FileManager.default.createDirectory(
                atPath: workshop.path("data"), withIntermediateDirectories: true)
            for (name, text) in data { try workshop.write(text, to: "data/\(name)") }
            var arguments = [
                "ticket", "import", workshop.path("history.jsonl"), "--state", state,
            ]
            if let service {
                try workshop.write(service, to: "service.yaml")
                arguments += ["--service", workshop.path("service.yaml")]
            }
            let result = try Program.run(arguments)
            #expect(result.code == 0, "\(result.errors)")
        }

        /// A report over the first hours of the history.
        func report(_ name: String, hours: Double) throws -> [String: Any] {
            let result = try Program.run([
                "report", name, "--state", state, "--data", workshop.path("data"), "--from",
                History.time(0), "--to", History.time(hours), "-o", "json",
            ])
            #expect(result.code == 0, "\(result.errors)")
            return try object(try #require(result.lines.first))
        }
    }

    /// Lines of `forewarn ticket import`.
    enum History {
        struct Line {
            var at: Double
            var text: String
        }

        static func time(_ hours: Double) -> String {
            let date = Date(timeIntervalSince1970: start + (hours * 3600).rounded())
            return date.formatted(.iso8601)
        }

        static func step(
            _ hours: Double, _ verb: String, _ vehicle: String, _ role: String,
            _ fields: [String: String] = [:]
        ) -> Line {
            var pairs = fields
            pairs["at"] = time(hours)
            pairs["verb"] = verb
            pairs["actor"] = role
            pairs["role"] = role
            pairs["level"] = "3"
            if verb == "open" {
                pairs["vehicle"] = vehicle
                pairs["mode"] = "coil-worn"
                pairs["severity"] = fields["severity"] ?? "S3"
                pairs["complaint"] = "misfires"
            } else {
                pairs["ticket"] = "\(vehicle)/coil-worn"
            }
            let texts = pairs.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
            return Line(at: hours, text: "{\(texts.joined(separator: ","))}")
        }

        /// From the contact to the quality check that passes at `solved`.
        static func visit(_ vehicle: String, from begin: Double, solved: Double, _ verdict: String)
            -> [Line]
        {
            func at(_ share: Double) -> Double { begin + (solved - begin) * share }
            let report = [
                "complaint": "misfires", "cause": "coil", "correction": "changed",
                "root_part": "C-1", "disposition": verdict,
            ]
            return [
                step(at(0.1), "contact", vehicle, "customer_service", ["outcome": "reached_yes"]),
                step(
                    at(0.2), "estimate", vehicle, "customer_service",
                    [
                        "estimate": "E-\(vehicle)", "total": "100", "currency": "CNY",
                        "payer": "warranty",
                    ]),
                step(
                    at(0.3), "schedule", vehicle, "customer_service",
                    [
                        "site": "north", "slot": time(at(0.4)), "parts": "in_stock",
                        "estimate": "E-\(vehicle)",
                    ]),
                step(
                    at(0.5), "check-in", vehicle, "reception",
                    ["odometer": "40000", "notes": "none", "consent": "yes"]),
                step(at(0.6), "repair", vehicle, "technician"),
                step(at(0.9), "repair", vehicle, "technician", report),
                step(solved, "qc", vehicle, "quality", ["result": "pass", "checklist": "all"]),
                step(solved, "deliver", vehicle, "reception"),
            ]
        }

        static func end(_ vehicle: String, at hours: Double, score: Int?) -> [Line] {
            let answers =
                score.map { [["csat": "\($0)"]] }
                ?? Array(repeating: ["answer": "no_answer"], count: 3)
            return answers.map { step(hours, "follow-up", vehicle, "customer_service", $0) }
                + [step(hours, "close", vehicle, "customer_service")]
        }
    }

    /// Ten tickets, one of each kind of ending.
    static var tenTickets: [History.Line] {
        let responses: [Double] = [12, 28, 45, 10, 20, 30, 5, 25, 15, 8]
        let hours: [Double?] = [20, 22, 18, 6, 20, 26, 2, nil, 10, nil]
        let leads: [Double?] = [9, 5, 3, nil, 14, 2, 0.5, nil, nil, nil]
        let scores: [Int?] = [5, 4, 2, nil, 4, 5, 3, nil, nil, nil]
        var lines: [History.Line] = []
        for index in 0..<10 {
            let vehicle = "TESTVAN\(index + 1)"
            var opening = ["source": "phone"]
            if let lead = leads[index] { opening["fails_at"] = History.time(lead * 24) }
            lines.append(History.step(0, "open", vehicle, "customer_service", opening))
            lines.append(
                History.step(responses[index] / 60, "ack", vehicle, "customer_service"))
            guard index < 9 else { continue }
            lines.append(
                History.step(
                    0.8, "triage", vehicle, "technician",
                    ["severity": "S3", "advice": "A3", "component": "coil"]))
            switch index + 1 {
            case 3:
                // Two visits: eight hours, and ten more from when it came back.
                let verdict = "confirmed_as_predicted"
                lines += History.visit(vehicle, from: 0.8, solved: 8, verdict)
                lines.append(
                    History.step(9, "reopen", vehicle, "customer_service", ["reason": "again"]))
                lines += History.visit(vehicle, from: 9, solved: 19, verdict)
                lines += History.end(vehicle, at: 20, score: scores[index])
            case 4, 9:
                let at = hours[index] ?? 0
                lines.append(
                    History.step(
                        at, "remote", vehicle, "technician",
                        [
                            "complaint": "misfires", "cause": "none", "correction": "advice",
                            "disposition": index == 3 ? "data_fault" : "no_trouble_found",
                        ]))
                lines += History.end(vehicle, at: at + 1, score: nil)
            case 8:
                lines.append(
                    History.step(8, "cancel", vehicle, "supervisor", ["reason": "declined"]))
            default:
                let at = hours[index] ?? 0
                lines += History.visit(
                    vehicle, from: 0.8, solved: at,
                    index == 6 ? "broke_down_before_service" : "confirmed_as_predicted")
                lines += History.end(vehicle, at: at + 1, score: scores[index])
            }
        }
        return lines
    }

    /// The time in which a repair can come back is short, so that it is over at the end.
    static let shortProof = "version: 1\nproof: { within: 1h, km: 2000 }\n"

    static let expected: [(id: String, value: Double, n: Int)] = [
        ("first_response_mean", 19.8, 10), ("response_attainment", 0.9, 10),
        ("solve_net_mean", 15.5, 8), ("solve_net_median", 19, 8),
        ("solve_attainment", 7.0 / 9, 9), ("precision", 6.0 / 7, 7),
        ("precision_strict", 6.0 / 8, 8), ("first_time_fix", 5.0 / 6, 6),
        ("reopen_rate", 1.0 / 8, 8), ("lead_time_mean", 33.5 / 6, 6), ("lead_time_median", 4, 6),
        ("caught_in_time", 5.0 / 6, 6), ("satisfied_share", 4.0 / 6, 6),
        ("satisfaction_mean", 23.0 / 6, 6),
    ]

    private func figures(_ report: [String: Any]) throws -> [String: [String: Any]] {
        let list = try #require(report["figures"] as? [[String: Any]])
        return .init(
            uniqueKeysWithValues: list.compactMap { item in
                (item["id"] as? String).map { ($0, item) }
            })
    }

    private func rows(_ report: [String: Any], _ table: String) throws -> [[String: Any]] {
        try #require((report["tables"] as? [String: Any])?[table] as? [[String: Any]])
    }

    private func number(_ value: Any?) throws -> Double {
        try #require((value as? NSNumber)?.doubleValue)
    }

    @Test("ten tickets led through the commands give the figures of a hand count")
    func fixture() throws {
        let centre = try Centre(history: Self.tenTickets, service: Self.shortProof)
        let found = try figures(centre.report("kpi", hours: 40))
        for (id, value, n) in Self.expected {
            let figure = try #require(found[id], "\(id)")
            #expect(abs(try number(figure["value"]) - value) < 1e-9, "\(id)")
            #expect(try number(figure["n"]) == Double(n), "\(id)")
        }
        // Before the ninth hour nobody knew that the third would come back.
        let early = try figures(centre.report("kpi", hours: 9))
        #expect(try number(try #require(early["reopen_rate"])["value"]) == 0)
    }

    static let arrivals = [
        2, 1.5, 1, 1, 1.5, 3, 6, 11, 16, 18, 17, 14, 12, 13, 15, 16, 14, 12, 10, 8, 6, 5, 4, 3,
    ]

    @Test("desk, workshop and season come out of opened tickets and the files beside them")
    func staffing() throws {
        var history: [History.Line] = []
        for (hour, rate) in Self.arrivals.enumerated() {
            // Two days, so that half tickets an hour are whole ones.
            for count in 0..<Int(rate * 2) {
                let at = Double(hour) + Double(count % 2) * 24 + Double(count) / 60
                history.append(
                    History.step(
                        at, "open", "TESTVAN\(hour)X\(count)", "customer_service",
                        ["source": "phone"]))
            }
        }
        let season = [0.82, 0.78, 0.90, 0.95, 1, 1.08, 1.20, 1.22, 1.02, 0.95, 1, 1.08]
        let centre = try Centre(
            history: history,
            data: [
                "skills.csv": """
                skill,jobs_a_day,hours_a_job
                engine,14,2.6
                electrical,9,2.1
                chassis,8,1.7
                general,21,0.9

                """,
                "season.csv": "month,index\n"
                    + season.enumerated().map { "\($0.offset + 1),\($0.element)\n" }.joined(),
            ])
        let report = try centre.report("staffing", hours: 48)
        let found = try figures(report)
        func value(_ id: String) throws -> Double { try number(try #require(found[id])["value"]) }
        #expect(try value("seat_hours") == 102)
        #expect(abs(try value("desk_people") - 21.768293) < 1e-6)
        #expect(abs(try value("fluid_heads") - 14.672460) < 1e-6)
        #expect(try value("positions") == 15)
        #expect(try value("positions_pooled") == 10)
        #expect(try value("permanent_staff") == 14)
        #expect(try value("temporary_months") == 15)
        var peak: [Int: Double] = [:]
        for row in try rows(report, "desk_peak") {
            peak[Int(try number(row["seats"]))] = try number(row["served"])
        }
        #expect(peak.keys.sorted() == [6, 7, 8])
        #expect(abs(try #require(peak[6]) - 0.727723) < 1e-6)
        #expect(abs(try #require(peak[7]) - 0.970264) < 1e-6)
        let patience = try rows(report, "desk_patience").first {
            try number($0["seats"]) == 6
        }
        #expect(abs(try number(patience?["served"]) - 0.913133) < 1e-6)
    }

    @Test("forecasts, reorder points and batches come out of the files beside the store")
    func parts() throws {
        let demand = [0, 0, 2, 0, 1, 0, 0, 3, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 4, 0, 0, 1]
        let needs = [0.82, 0.64, 0.55, 0.30, 0.12]
        let centre = try Centre(
            history: Self.tenTickets,
            data: [
                "parts.csv":
                    "part,name_en,name_zh,stock,on_order,explained\nC-1,Coil,线圈,0,0,0.45\n",
                "demand.csv": "part,month,pieces\n"
                    + demand.enumerated().map { place, pieces in
                        "C-1,\(2024 + place / 12)-\(place % 12 < 9 ? "0" : "")\(place % 12 + 1),\(pieces)\n"
                    }.joined(),
                "channels.csv":
                    "part,channel,lead_days\nC-1,oem_direct,14\nC-1,third_party,7\nC-1,local,2\n",
                "needs.csv": "part,probability,needed_by\n"
                    + needs.map { "C-1,\($0),\(History.time(40 + 8 * 24))\n" }.joined(),
                "batches.csv": """
                batch,vehicles,million_km,failures
                B2601,420,5.04,17
                B2602,610,7.93,9
                B2603,380,3.80,3
                B2604,1450,14.5,16
                B2605,3140,34.54,33

                """,
            ])
        let report = try centre.report("parts", hours: 40)
        let forecast = try #require(try rows(report, "demand").first)
        #expect(abs(try number(forecast["sba"]) - 0.60827951) < 1e-8)
        #expect(abs(try number(forecast["tsb"]) - 0.685350915) < 1e-8)
        let points = try rows(report, "reorder_points").map {
            Int(try number($0["reorder_point"]))
        }
        #expect(points == [2, 1, 0])
        let stock = try #require(try rows(report, "stock_up").first)
        #expect(stock["channel"] as? String == "third_party")
        #expect(try number(stock["stock_up_to"]) == 4)
        let batch = try #require(try rows(centre.report("suppliers", hours: 40), "batches").first)
        #expect(abs(try number(batch["rate_ratio"]) - 3.3603) < 1e-4)
        #expect(
            abs(try #require((batch["q"] as? String).flatMap(Double.init)) - 3.59107e-04) < 1e-8)
    }

    @Test("lines of a history that cannot be taken are named, and the others are")
    func refusals() throws {
        let workshop = try Workshop()
        let lines = [
            History.step(0, "open", "TESTVAN1", "customer_service", ["source": "phone"]).text,
            History.step(1, "repair", "TESTVAN1", "technician").text,
            "no json",
            History.step(0.5, "ack", "TESTVAN1", "customer_service").text,
            History.step(2, "ack", "TESTVAN1", "technician").text,
            History.step(3, "ack", "TESTVAN1", "customer_service").text,
            History.step(4, "ack", "TESTVAN9", "customer_service").text,
        ]
        try workshop.write(lines.joined(separator: "\n") + "\n", to: "history.jsonl")
        let result = try workshop.run([
            "ticket", "import", "@history.jsonl", "--state", workshop.path("state"),
        ])
        #expect(result.code == 4)
        try expect(result.output + result.errors, matches: "ticket-import-refusals.txt")
        let show = try Program.run([
            "ticket", "ls", "--state", workshop.path("state"), "-o", "json",
        ])
        #expect(try object(try #require(show.lines.first))["state"] as? String == "acknowledged")
    }
}
