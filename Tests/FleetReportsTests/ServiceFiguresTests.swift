import FleetReports
import FleetSimulation
import Testing
import VehicleFaults

@Suite struct ServiceFiguresTests {
    static let start = EventTime(milliseconds: 1_790_000_000_000)

    static func at(_ hours: Double) -> EventTime {
        start.advanced(by: Int64(hours * 3_600_000))
    }

    /// Ten tickets, one of each kind of ending.
    static var records: ServiceRecords { records(0..<10) }

    /// Some of them, as `change` makes them.
    static func records(
        _ indices: Range<Int>, _ change: (inout TicketRecord) -> Void = { _ in }
    ) -> ServiceRecords {
        var records = ServiceRecords(from: start, to: at(40))
        let responses: [Double] = [12, 28, 45, 10, 20, 30, 5, 25, 15, 8]
        let hours: [Double?] = [20, 22, 18, 6, 20, 26, 2, nil, 10, nil]
        let leads: [Double?] = [9, 5, 3, nil, 14, 2, 0.5, nil, nil, nil]
        let scores: [Int?] = [5, 4, 2, nil, 4, 5, 3, nil, nil, nil]
        for index in indices {
            var ticket = TicketRecord(
                number: Int64(index + 1), vehicle: VehicleID("LGA\(index)") ?? .nobody,
                mode: "coil-worn",
                rule: "misfire",
                component: "coil", skill: "ENG", site: "north", severity: .s3,
                opened: start)
            ticket.acknowledged = at(responses[index] / 60)
            ticket.taken = ticket.acknowledged
            ticket.satisfaction = scores[index]
            ticket.wasAsked = scores[index] != nil || index == 3
            ticket.severity = index == 4 || index == 8 ? .s2 : .s3
            if let hours = hours[index] {
                ticket.solved = at(hours)
                ticket.netSolve = hours * 3600
                ticket.grossSolve = hours * 3600
                ticket.delivered = at(hours)
                ticket.disposition = .confirmedAsPredicted
                ticket.provingIsOver = true
                ticket.visits = 1
                ticket.inspections = 1
                ticket.checkedIn = at(0.5)
                ticket.repairStarted = at(1)
                ticket.promised = at(index == 5 ? hours - 1 : hours + 1)
                ticket.followedUp = at(hours + (index == 8 ? 80 : 10))
            }
            ticket.predictedFailure = leads[index].map { at($0 * 24) }
            switch index + 1 {
            case 1:
                ticket.probability = 0.9
                (ticket.estimate, ticket.cost) = (100, 110)
                ticket.lag = 60
            case 2:
                (ticket.estimate, ticket.cost) = (100, 95)
                ticket.lag = 120
            case 3:
                (ticket.estimate, ticket.cost) = (100, 130)
                ticket.complaints = ["price"]
                ticket.visits = 2
                ticket.reopenings = 1
            case 4:
                ticket.probability = 0.6
                ticket.disposition = .falseAlarm
            case 7:
                ticket.disposition = .brokeDownBeforeService
                ticket.failed = at(1)
            case 8:
                ticket.disposition = .declined
                ticket.cancelled = at(8)
            case 9: ticket.disposition = .noTroubleFound
            case 10: ticket.netSolve = 40 * 3600
            default: break
            }
            // Nothing was repaired where nothing was wrong.
            if ticket.disposition == .falseAlarm || ticket.disposition == .noTroubleFound {
                ticket.repairStarted = nil
            }
            change(&ticket)
            records.tickets.append(ticket)
        }
        records.attendance = [(6.4, 7.0, 3), (6, 6, 5)].map { worked, sold, operations in
            AttendanceRecord(
                technician: "li", skill: "ENG", attendedHours: 8, workedHours: worked,
                soldHours: sold, operations: operations)
        }
        records.breakdowns = [(true, true), (false, true), (false, true), (false, false)].map {
            BreakdownRecord(
                vehicle: "v", mode: "m", at: at(1), wasForetold: $0.0, isCovered: $0.1)
        }
        records.partLines = [(1, true), (1, true), (2, true), (2, false)].map { order, isThere in
            PartLineRecord(
                part: "C", order: "PO-\(order)", supplier: "Nord", channel: "local", quantity: 1,
                wasOnShelf: isThere, ordered: at(1), quoted: nil, received: nil,
                isEmergency: false)
        }
        records.parts = [
            PartRecord(
                number: "C-1", name: Phrase(same: "C-1"),
                monthly: [9] + Array(repeating: 2, count: 12), channels: [], stock: 3),
            PartRecord(
                number: "C-2", name: Phrase(same: "C-2"),
                monthly: [4] + Array(repeating: 0, count: 12), channels: [], stock: 1),
        ]
        records.fleet.sold = 2000
        records.fleet.kilometres = 10_000
        (records.fleet.vehicles, records.fleet.silent) = (100, 3)
        records.fleet.messages = 1000
        (records.fleet.duplicates, records.fleet.deadLetters) = (7, 2)
        return records
    }

    static let expected: [(id: String, value: Double, n: Int)] = [
        ("first_response_median", 17.5, 10), ("first_response_p90", 31.5, 10), ("mtta", 19.8, 10),
        ("solve_gross_mean", 15.5, 8), ("resolution_rate", 8.0 / 9, 9), ("rework_rate", 0, 8),
        ("recall", 1.0 / 3, 3), ("lead_time_actual_median", 1.0 / 24, 1),
        ("brier_score", 0.185, 2), ("log_loss", 0.510_825_623_765_990_7, 2),
        ("false_alarms", 0.1, 1), ("planned_to_emergency", 3, 8),
        ("waiting_time_mean", 0.5, 6), ("satisfaction_answered", 6.0 / 7, 7),
        ("follow_up_on_time", 7.0 / 8, 8), ("discontent_rate", 1.0 / 8, 8),
        ("complaint_rate", 0, 0), ("productive_utilisation", 0.775, 2),
        ("labour_efficiency", 13 / 12.4, 2), ("daily_tasks", 4, 2),
        ("backlog_age_median", 40, 1), ("backlog_under_24h", 0, 1), ("backlog_under_3d", 1, 1),
        ("handover_on_time", 7.0 / 8, 8), ("same_day_handover", 2.0 / 8, 8),
        ("parts_fill_lines", 0.75, 4), ("parts_fill_orders", 0.5, 2), ("parts_turns", 6, 2),
        ("parts_dead", 0.25, 2), ("estimate_error_mean", 0.15, 3),
        ("estimate_exceeded", 1.0 / 3, 3), ("repairs_per_thousand", 3, 6),
        ("repairs_per_million_km", 600, 6), ("vehicles_silent", 0.03, 100),
        ("report_lag_p95", 1.95, 2), ("messages_refused", 0.002, 1000),
        ("messages_duplicate", 0.007, 1000),
        ("first_response_mean", 19.8, 10), ("response_attainment", 0.9, 10),
        ("solve_net_mean", 15.5, 8), ("solve_net_median", 19, 8),
        ("solve_attainment", 7.0 / 9, 9), ("precision", 6.0 / 7, 7),
        ("precision_strict", 6.0 / 8, 8), ("first_time_fix", 5.0 / 6, 6),
        ("reopen_rate", 1.0 / 8, 8), ("lead_time_mean", 33.5 / 6, 6), ("lead_time_median", 4, 6),
        ("caught_in_time", 5.0 / 6, 6), ("satisfied_share", 4.0 / 6, 6),
        ("satisfaction_mean", 23.0 / 6, 6),
    ]

    @Test("ten tickets give the figures that a hand count gives", arguments: expected)
    func fixture(id: String, value: Double, n: Int) throws {
        let figure = try #require(ServiceFigures(Self.records).all.first { $0.id == id })
        #expect(abs(try #require(figure.value) - value) < 1e-12)
        #expect(figure.n == n)
    }

    @Test("an overdue open ticket counts as missed") func survivors() throws {
        let figure = try #require(
            ServiceFigures(Self.records(0..<9)).solving.first { $0.id == "solve_attainment" })
        #expect(figure.value == 7.0 / 8)
    }

    @Test(
        "thousands of tickets have the median that sorting gives, below zero too", arguments: 1...4)
    func sorting(seed: UInt64) throws {
        var random = SeededRandom(seed)
        let days = (0..<2501).map { _ in
            Double(Int64(bitPattern: random.next()) >> 44) / 1000
        }
        var records = ServiceRecords(from: Self.start, to: Self.at(1_000_000))
        for (index, days) in days.enumerated() {
            var ticket = TicketRecord(
                number: Int64(index), vehicle: VehicleID("V") ?? .nobody, mode: "m", rule: "r",
                component: "c", skill: "s", site: "n", severity: .s3, opened: Self.start)
            ticket.disposition = .confirmedAsPredicted
            ticket.predictedFailure = Self.start.advanced(by: Int64((days * 86_400_000).rounded()))
            records.tickets.append(ticket)
        }
        let figure = try #require(
            ServiceFigures(records).prediction.first { $0.id == "lead_time_median" })
        #expect(abs(try #require(figure.value) - days.sorted()[1250]) < 1e-9)
        #expect(days.contains { $0 < 0 } && days.contains { $0 > 0 })
    }

    @Test("breakdowns avoided are told only with ten vehicles that declined") func control() throws
    {
        func figure(declined: Int, failed: Int, treated: Int, broke: Int) throws -> Figure {
            var records = ServiceRecords(from: Self.start, to: Self.at(1000))
            func ticket(_ change: (inout TicketRecord) -> Void) {
                var ticket = TicketRecord(
                    number: Int64(records.tickets.count), vehicle: VehicleID("V") ?? .nobody,
                    mode: "m",
                    rule: "r",
                    component: "c", skill: "s", site: "n", severity: .s3,
                    opened: Self.start)
                change(&ticket)
                records.tickets.append(ticket)
            }
            for index in 0..<declined {
                ticket {
                    $0.disposition = .declined
                    $0.failed = index < failed ? Self.at(5) : nil
                }
            }
            for index in 0..<treated {
                ticket {
                    $0.disposition = .confirmedAsPredicted
                    $0.repairStarted = Self.at(1)
                    $0.solved = Self.at(2)
                    $0.failed = index < broke ? Self.at(5) : nil
                }
            }
            return try #require(
                ServiceFigures(records).prediction.first { $0.id == "avoided_breakdowns" })
        }
        let told = try figure(declined: 25, failed: 11, treated: 120, broke: 4)
        #expect(abs(try #require(told.value) - 48.8) < 1e-9)
        let interval = try #require(told.interval)
        #expect(abs(interval.lowerBound - (120 * 0.266656 - 4)) < 1e-3)
        #expect(abs(interval.upperBound - (120 * 0.629327 - 4)) < 1e-3)
        #expect(try figure(declined: 9, failed: 4, treated: 120, broke: 4).value == nil)
    }

    @Test(
        "a repair is right the first time with one visit, no failed inspection and no reopening",
        arguments: [
            (1, 0, 0, 1), (2, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0),
        ] as [(visits: Int, failedInspections: Int, reopenings: Int, share: Double)])
    func firstTime(visits: Int, failedInspections: Int, reopenings: Int, share: Double) throws {
        let records = Self.records(1..<2) {
            $0.visits = visits
            $0.inspections = 1 + failedInspections
            $0.failedInspections = failedInspections
            $0.reopenings = reopenings
        }
        let figures = ServiceReport(records).kpi().figures
        let figure = try #require(figures.first { $0.id == "first_time_fix" })
        #expect(figure.value == share)
    }

    @Test("every figure has a name in both languages") func names() {
        var inputs = StaffingInputs()
        inputs.arrivals = StaffTests.day
        inputs.skills = [.init(name: "ENG", jobsPerDay: 14, hoursPerJob: 2.6)]
        let records = Self.records
        let documents = [
            ServiceReport(records).kpi(), ServiceReport(records).quality(),
            StaffingReport(inputs).document(from: records.from, to: records.to),
        ]
        for figure in documents.flatMap(\.figures) {
            let name = FigureName.name(of: figure.id)
            #expect(name.en != figure.id, "\(figure.id) has no name")
            #expect(name.zh.unicodeScalars.contains { $0.value >= 0x4E00 }, "\(figure.id)")
        }
    }
}

@Suite struct DrawingTests {
    @Test(
        "numbers are rounded as people do",
        arguments: [
            (0.125, 2, "0.13"), (-0.125, 2, "-0.13"), (0, 1, "0.0"), (-0.001, 1, "0.0"),
            (1234.5, 0, "1235"), (0.05, 1, "0.1"),
        ] as [(value: Double, decimals: Int, text: String)])
    func fixed(value: Double, decimals: Int, text: String) {
        #expect(NumberText.fixed(value, decimals: decimals) == text)
    }

    @Test("a report is the same bytes each time, and holds what it was given") func formats() {
        let records = ServiceFiguresTests.records(0..<10) {
            if $0.number == 1 { $0.mode = "<b>&\"|," }
        }
        let report = ServiceReport(records).faults()
        let page = HTMLReport(language: .chinese).text(of: report)
        #expect(page == HTMLReport(language: .chinese).text(of: report))
        #expect(page.contains("&lt;b&gt;&amp;&quot;|,"))
        #expect(!page.contains("<b>"))
        #expect(page.contains("失效模式"))
        #expect(!page.contains("http"))
        #expect(DataReport.csv(report, .english).contains("\"<b>&\"\"|,\""))
        #expect(MarkdownReport(language: .english).text(of: report).contains("<b>&\"\\|,"))
        #expect(DataReport.json(report, .english).contains("\"mode\":\"<b>&\\\"|,\""))
    }
}
