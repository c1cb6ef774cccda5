import GRDB
import Testing

/// All thirty key figures, through the commands on stores made of events, against counts by hand.
@Suite struct KeyFigureTests {
    struct Row {
        /// The number of the formula.
        var formula: Int
        var id: String
        var value: Double?
        var n: Int

        init(_ formula: Int, _ id: String, _ value: Double?, _ n: Int) {
            (self.formula, self.id, self.value, self.n) = (formula, id, value, n)
        }
    }

    static let tenTickets: [Row] = [
        Row(1, "first_response_mean", 19.8, 10), Row(1, "first_response_median", 17.5, 10),
        Row(1, "first_response_p90", 31.5, 10), Row(2, "response_attainment", 0.9, 10),
        Row(3, "mtta", 19.8, 10),
        Row(4, "solve_net_mean", 15.5, 8), Row(4, "solve_net_median", 19, 8),
        Row(4, "solve_gross_mean", 15.5, 8),
        Row(5, "solve_attainment", 7.0 / 9, 9), Row(6, "resolution_rate", 8.0 / 9, 9),
        Row(7, "first_time_fix", 5.0 / 6, 6), Row(8, "reopen_rate", 1.0 / 8, 8),
        Row(9, "rework_rate", 0, 7),
        Row(10, "precision", 6.0 / 7, 7), Row(10, "precision_strict", 6.0 / 8, 8),
        Row(11, "recall", 1.0 / 3, 3),
        Row(12, "lead_time_mean", 33.5 / 6, 6), Row(12, "lead_time_median", 4, 6),
        Row(12, "lead_time_actual_median", 1.0 / 24, 1),
        Row(13, "caught_in_time", 5.0 / 6, 6), Row(14, "avoided_breakdowns", nil, 1),
        // Promised .9 and right, .6 and wrong.
        Row(15, "brier_score", 0.185, 2), Row(15, "log_loss", 0.510_825_623_765_990_7, 2),
        Row(16, "false_alarms", 0.1, 1), Row(17, "planned_to_emergency", 3, 8),
        Row(18, "waiting_time_mean", 1.6, 6),
        Row(19, "satisfied_share", 4.0 / 6, 6), Row(19, "satisfaction_mean", 23.0 / 6, 6),
        Row(19, "satisfaction_answered", 0.75, 8), Row(20, "follow_up_on_time", 1, 8),
        Row(21, "productive_utilisation", 0.775, 2), Row(21, "labour_efficiency", 13 / 12.4, 2),
        Row(22, "daily_tasks", 4, 2),
        Row(23, "backlog_age_median", 40, 1), Row(23, "backlog_age_p90", 40, 1),
        Row(23, "backlog_under_4h", 0, 1), Row(23, "backlog_under_24h", 0, 1),
        Row(23, "backlog_under_3d", 1, 1), Row(23, "backlog_under_7d", 0, 1),
        Row(23, "backlog_over_7d", 0, 1),
        Row(24, "handover_on_time", 5.0 / 6, 6), Row(24, "same_day_handover", 5.0 / 6, 6),
        Row(25, "parts_fill_lines", 0.75, 4), Row(25, "parts_fill_orders", 0.5, 2),
        Row(25, "parts_turns", 6, 2), Row(25, "parts_dead", 0.25, 2),
        Row(26, "estimate_error_mean", 0.15, 3), Row(26, "estimate_exceeded", 1.0 / 3, 3),
        Row(28, "repairs_per_thousand", 3, 6), Row(28, "repairs_per_million_km", 600, 6),
        Row(29, "discontent_rate", 0, 8), Row(29, "complaint_rate", 0, 0),
        Row(29, "complaint_time_mean", nil, 0),
    ]

    /// Two tickets that a rule opened, one of which failed its first check and left its customer
    /// discontent; a complaint that was settled in six hours and one that was not.
    static let twoComplaints: [Row] = [
        Row(9, "rework_rate", 1.0 / 3, 3), Row(29, "discontent_rate", 0.5, 2),
        Row(29, "complaint_rate", 1, 2), Row(29, "complaint_time_mean", 6, 1),
        Row(30, "vehicles_silent", 2.0 / 3, 3), Row(30, "report_lag_p95", 5.8, 2),
        Row(30, "messages_refused", 1.0 / 6, 6), Row(30, "messages_duplicate", 1.0 / 6, 6),
        // A complaint is no prediction, right or wrong.
        Row(10, "precision_strict", 1, 2),
    ]

    private func check(_ row: Row, _ found: [String: [String: Any]]) throws {
        let figure = try #require(found[row.id], "\(row.id)")
        if let value = row.value {
            #expect(abs(try number(figure["value"]) - value) < 1e-9, "\(row.formula): \(row.id)")
        } else {
            #expect(!(figure["value"] is Double), "\(row.formula): \(row.id)")
        }
        #expect(try number(figure["n"]) == Double(row.n), "\(row.formula): \(row.id)")
    }

    @Test("ten tickets led through the commands give the figures of a hand count")
    func fixture() throws {
        let centre = try Centre(
            history: TenTickets.history, service: TenTickets.shortProof, data: TenTickets.data)
        let report = try centre.report("kpi", hours: 40)
        let found = try figures(report)
        for row in Self.tenTickets { try check(row, found) }
        // Formula 27: six repairs, one of them not at once, 25.6 h over standard together.
        let need = try #require(try rows(report, "training").first)
        #expect(try number(need["repairs"]) == 6)
        #expect(abs(try number(need["missed"]) - 1.0 / 6) < 1e-9)
        #expect(abs(try number(need["over"]) - 25.6 / 6) < 1e-9)
        #expect(abs(try number(need["need"]) - 25.6 / 6) < 1e-9)
        // Before the ninth hour nobody knew that the third would come back.
        let early = try figures(centre.report("kpi", hours: 9))
        #expect(try number(try #require(early["reopen_rate"])["value"]) == 0)
    }

    @Test("tickets whose cards cannot be read are folded from their events") func unreadable()
        throws
    {
        let centre = try Centre(
            history: TenTickets.history, service: TenTickets.shortProof, data: TenTickets.data)
        func told() throws -> String {
            try Program.run([
                "report", "kpi", "--state", centre.state, "--data", centre.workshop.path("data"),
                "--from", History.time(0), "--to", History.time(19.5), "-o", "json",
            ]).output
        }
        let before = try told()
        // Of another version, cut off in the midst and at the end, and empty.
        try DatabaseQueue(path: centre.state + "/forewarn.db").write { db in
            for (number, card) in [
                (1, "X'FF01'"), (3, "substr(card, 1, 20)"),
                (5, "substr(card, 1, length(card) - 1)"), (6, "X''"),
            ] {
                try db.execute(
                    sql: "UPDATE ticket_card SET card = \(card) WHERE number = \(number)")
            }
        }
        #expect(try told() == before)
        let verdict = try Program.run(["db", "verify", "--state", centre.state])
        #expect(verdict.code == 1)
        for number in [1, 3, 5, 6] {
            #expect(verdict.output.contains("card of ticket T-\(number) "))
        }
    }

    static let rules = """
        version: 1
        rules:
          - id: coil
            mode: coil-worn
            severity: S3
            advice: A3
            component: coil
            skill: ENG
            when: code "P0301"

        """

    @Test("complaints, rework and telemetry come out of the store as counted by hand")
    func complaints() throws {
        var lines = [
            History.message(0.5, "TESTVAN1", lag: 2, codes: "\\\"P0301\\\""),
            History.message(1, "TESTVAN2", lag: 6, codes: "\\\"P0301\\\""),
            History.message(1.5, "TESTVAN3", lag: 1),
            // The same message again, as a broker may deliver it.
            History.message(1.6, "TESTVAN3", lag: 7),
            History.Line(
                at: 1.7,
                text:
                    "{\"at\":\"\(History.time(1.7))\",\"topic\":\"v1/TESTVAN3/ev\",\"payload\":\"rubbish\"}"
            ),
            History.message(99, "TESTVAN3", lag: 1),
        ]
        for (vehicle, begin, solved) in [("TESTVAN1", 2.0, 10.0), ("TESTVAN2", 2, 12)] {
            let isFirst = vehicle == "TESTVAN1"
            lines += [
                History.step(1.2, "ack", vehicle, "customer_service"),
                History.step(
                    1.8, "triage", vehicle, "technician",
                    ["severity": "S3", "advice": "A3", "component": "coil"]),
            ]
            lines += History.visit(
                vehicle, from: begin, solved: solved, "confirmed_as_predicted",
                checks: isFirst ? ["fail", "pass"] : ["pass"])
            lines += History.end(
                vehicle, at: solved + 1, score: isFirst ? 2 : 5,
                reasons: isFirst ? "price" : nil)
        }
        let complaint = ["mode": "service", "source": "complaint"]
        let mode = ["mode": "service"]
        lines += [
            History.step(20, "open", "TESTVAN1", "customer_service", complaint),
            History.step(20.2, "ack", "TESTVAN1", "customer_service", mode),
            History.step(
                21, "triage", "TESTVAN1", "technician",
                ["mode": "service", "severity": "S3", "advice": "A4", "component": "desk"]),
            History.step(
                26, "remote", "TESTVAN1", "technician",
                [
                    "mode": "service", "complaint": "rude", "cause": "haste",
                    "correction": "called", "disposition": "unknown",
                ]),
            History.step(30, "open", "TESTVAN2", "customer_service", complaint),
        ]
        let centre = try Centre(history: lines, rules: Self.rules)
        let found = try figures(centre.report("kpi", hours: 100))
        for row in Self.twoComplaints { try check(row, found) }
    }

    @Test("breakdowns avoided are told from those who declined") func avoided() throws {
        var lines: [History.Line] = []
        var breakdowns = "at,vehicle,mode,foretold,covered\n"
        for index in 0..<145 {
            let isDeclined = index < 25
            let vehicle = "TESTVAN\(index)"
            lines += [
                History.step(0, "open", vehicle, "customer_service", ["source": "counter"]),
                History.step(0.2, "ack", vehicle, "customer_service"),
                History.step(
                    0.4, "triage", vehicle, "technician",
                    ["severity": "S3", "advice": "A3", "component": "coil"]),
            ]
            lines +=
                isDeclined
                ? [History.step(1, "cancel", vehicle, "supervisor", ["reason": "declined"])]
                : History.visit(vehicle, from: 1, solved: 3, "confirmed_as_predicted")
            // Eleven of those who declined, and four of the others.
            if isDeclined ? index < 11 : index >= 141 {
                breakdowns += "\(History.time(30)),\(vehicle),coil-worn,yes,yes\n"
            }
        }
        let centre = try Centre(history: lines, data: ["breakdowns.csv": breakdowns])
        let found = try figures(centre.report("kpi", hours: 40))
        let figure = try #require(found["avoided_breakdowns"])
        #expect(abs(try number(figure["value"]) - 48.8) < 1e-9)
        #expect(try number(figure["n"]) == 120)
        let interval = try #require(figure["interval"] as? [Double])
        #expect(abs(interval[0] - (120 * 0.266656 - 4)) < 1e-3)
        #expect(abs(interval[1] - (120 * 0.629327 - 4)) < 1e-3)
    }
}
