import FleetReports
import ServiceTickets
import Testing
import VehicleFaults

/// What reports say besides figures.
@Suite struct ServiceReportTests {
    typealias Records = ServiceRecords

    /// A period of a hundred hours with tickets as `change` makes them.
    static func records(
        _ count: Int, _ change: (Int, inout TicketRecord) -> Void = { _, _ in }
    ) -> Records {
        var records = ServiceRecords(
            from: ServiceFiguresTests.start, to: ServiceFiguresTests.at(100))
        for index in 0..<count {
            var ticket = TicketRecord(
                number: Int64(index), vehicle: VehicleID("V\(index)") ?? .nobody, mode: "coil-worn",
                rule: "coil",
                component: "coil", skill: "ENG", site: "north", severity: .s3,
                opened: ServiceFiguresTests.start)
            change(index, &ticket)
            records.tickets.append(ticket)
        }
        return records
    }

    private func table(_ document: ReportDocument, _ id: String) throws -> ReportDocument.Table {
        try #require(document.sections.flatMap(\.tables).first { $0.id == id })
    }

    private func texts(_ table: ReportDocument.Table) -> [[String]] {
        table.rows.map { $0.map { $0.text(.english) } }
    }

    @Test("vehicles that readers cannot tell apart are still counted apart") func vehicles() throws
    {
        var records = Self.records(3)
        records.vehicleText = { _ in "LF9…N001" }
        let modes = try table(ServiceReport(records).faults(), "modes")
        #expect(texts(modes).map { $0[2] } == ["3"])
    }

    @Test("complaints have a rate and a time of their own, and foretell nothing")
    func complaints() throws {
        let records = Self.records(6) { index, ticket in
            ticket.disposition = index < 2 ? .unknown : .confirmedAsPredicted
            ticket.delivered = ServiceFiguresTests.at(20)
            ticket.solved = ServiceFiguresTests.at(10)
            ticket.grossSolve = 36_000
            guard index < 2 else { return }
            ticket.source = .complaint
            if index == 1 { (ticket.solved, ticket.delivered) = (nil, nil) }
        }
        let figures = ServiceFigures(records).all
        func figure(_ id: String) throws -> Figure {
            try #require(figures.first { $0.id == id })
        }
        #expect(try figure("complaint_rate").value == 0.5)
        #expect(try figure("complaint_time_mean").value == 10)
        #expect(try figure("complaint_time_mean").excluded == 1)
        #expect(try figure("precision_strict").value == 1)
        let modes = try table(ServiceReport(records).faults(), "modes")
        #expect(texts(modes)[0][1] == "4")
    }

    static let teams: [(name: String, late: Int, busy: Double?, slow: Int, advice: String)] = [
        ("in time, half of the hours at work", 0, 4, 0, "shrink"),
        ("in time at a sound load", 0, 6, 0, "hold"),
        ("in time, nobody kept a roster", 0, nil, 0, "hold"),
        ("in time, nine tenths at work", 0, 7.2, 0, "grow"),
        ("one of forty late is chance", 1, 6, 0, "hold"),
        ("ten of forty late are not", 10, 4, 0, "grow"),
        ("five customers of forty may be chance", 0, 6, 5, "hold"),
        ("twelve of forty call it slow", 0, 4, 12, "grow"),
    ]

    @Test("a team is advised to grow, hold or shrink, and told why", arguments: teams)
    func advice(name: String, late: Int, busy: Double?, slow: Int, advice: String) throws {
        var records = Self.records(40) { index, ticket in
            ticket.acknowledged = ServiceFiguresTests.at(index < late ? 2 : 0.2)
            ticket.satisfaction = 4
            if index < slow { ticket.complaints = ["slow_response"] }
        }
        if let busy {
            records.attendance = [
                AttendanceRecord(
                    technician: "li", skill: "ENG", attendedHours: 8, workedHours: busy,
                    soldHours: 5, operations: 3)
            ]
        }
        let report = StaffingReport(
            StaffingInputs(records, offset: 0), advice: ServiceReport(records).advice)
        let rows = texts(
            try table(report.document(from: records.from, to: records.to), "team_advice"))
        #expect(rows.map { $0[0] } == ["all", "north", "Engine"])
        #expect(rows[0][8] == advice, "\(name): \(rows[0])")
        #expect(rows[0][9].isEmpty == false)
        // Nobody said at which site the roster was kept.
        #expect(rows[1][5] == "–")
    }

    @Test("nothing is advised on a handful of tickets") func fewTickets() throws {
        let records = Self.records(19)
        let report = StaffingReport(
            StaffingInputs(records, offset: 0), advice: ServiceReport(records).advice)
        let rows = texts(
            try table(report.document(from: records.from, to: records.to), "team_advice"))
        #expect(rows[0][8] == "too few to say")
    }

    @Test("what can wait, what was solved from afar and what experts are asked is measured")
    func measured() {
        let records = Self.records(10) { index, ticket in
            ticket.severity = index < 4 ? .s2 : .s3
            if index == 9 { ticket.source = .phone }
            ticket.triaged = index < 8 ? ServiceFiguresTests.at(1) : nil
            if index == 0 { ticket.serviceType = .support }
            ticket.solved = index < 5 ? ServiceFiguresTests.at(5) : nil
            if index < 4 { ticket.checkedIn = ServiceFiguresTests.at(2) }
            if index < 4 { ticket.repairStarted = ServiceFiguresTests.at(3) }
        }
        let inputs = StaffingInputs(records, offset: 0)
        let days = 100.0 / 24
        #expect(inputs.movable == 0.5)
        #expect(inputs.remote == Proportion(1, of: 5))
        #expect(abs(inputs.judgements - 8 / days) < 1e-12)
        #expect(abs(inputs.supportRequests - 1 / days) < 1e-12)
        #expect(inputs.expertTickets == 9)
    }

    @Test("experts are a queue of their own") func experts() throws {
        var inputs = StaffingInputs()
        inputs.arrivals = StaffTests.day
        inputs.judgements = 210
        inputs.supportRequests = 21
        inputs.expertTickets = 231
        let document = StaffingReport(inputs).document(
            from: ServiceFiguresTests.start, to: ServiceFiguresTests.at(24))
        let load = try #require(document.figures.first { $0.id == "expert_load" })
        #expect(load.value == 73.5)
        // 19.8 an hour at the peak, 19.09 min each: 6.3 at work on average.
        let seats = try #require(document.figures.first { $0.id == "expert_seats" }?.value)
        let served = [Int(seats) - 1, Int(seats)].map { agents in
            ErlangC(
                arrivals: 18 / 210.0 * 231 / 60, serviceTime: 4410.0 / 231, agents: agents
            ).served(within: 60)
        }
        #expect(served[0] < 0.95 && served[1] >= 0.95)
    }

    @Test("what departments were told is listed") func told() throws {
        var records = Self.records(1)
        records.feedback = [
            FeedbackRecord(
                ticket: "T-7", mode: "coil-worn", department: .development, text: "cracks",
                told: ServiceFiguresTests.at(1), due: ServiceFiguresTests.at(200))
        ]
        records.modeNames = ["coil-worn": Phrase("Coil worn", "线圈老化")]
        let rows = texts(try table(ServiceReport(records).feedback(), "told"))
        #expect(
            rows == [
                [
                    "T-7", "Coil worn", "research and development", "cracks", "2026-09-21",
                    "2026-09-29",
                ]
            ])
        // Programs get the id and not the name.
        #expect(
            DataReport.json(ServiceReport(records).feedback(), .chinese)
                .contains("\"mode\":\"coil-worn\""))
    }

    @Test("missed promises are laid to where the ticket stood longest") func causes() throws {
        let records = Self.records(3) { index, ticket in
            ticket.acknowledged = ServiceFiguresTests.at(0.1)
            ticket.netSolve = 30 * 3600
            ticket.solved = ServiceFiguresTests.at(30)
            let repair = TicketState.allCases.firstIndex(of: .inRepair) ?? 0
            let open = TicketState.allCases.firstIndex(of: .scheduled) ?? 0
            let parts = HoldReason.allCases.firstIndex(of: .parts) ?? 0
            ticket.spent.states[repair] = 5 * 3_600_000
            // A fault that was foreseen waits for its appointment; that is no time of the promise.
            ticket.spent.states[open] = 90 * 3_600_000
            if index > 0 { ticket.spent.holds[parts] = 20 * 3_600_000 }
        }
        let rows = texts(try table(ServiceReport(records).sla(), "breach_causes"))
        #expect(
            rows == [
                ["Solution", "Awaiting parts", "2", "40.0 h"],
                ["Solution", "In repair", "1", "5.0 h"],
            ])
    }

    @Test("regions gather their sites") func regions() throws {
        var records = Self.records(3) { index, ticket in
            ticket.site = ["north", "east", "south"][index]
        }
        records.regions = ["north": "A", "east": "A", "south": "B"]
        let rows = texts(try table(ServiceReport(records).sla(), "by_region"))
        #expect(rows.map { $0.prefix(2) } == [["A", "2"], ["B", "1"]])
    }

    @Test("hours over the standard are not made good by hours under it") func hoursOver() throws {
        let records = Self.records(2) { index, ticket in
            ticket.repairStarted = ServiceFiguresTests.at(1)
            ticket.solved = ServiceFiguresTests.at(4)
            ticket.visits = 1 + index
            ticket.standardHours = 2
            ticket.actualHours = index == 0 ? 1 : 3
        }
        let rows = texts(try table(ServiceReport(records).training(), "training"))
        #expect(rows.map { $0.suffix(4) } == [["2", "50.0 %", "0.5 h", "0.50"]])
    }

    @Test("technicians are told of only when asked, with a warning where there is little")
    func people() throws {
        var records = Self.records(2) { _, ticket in
            ticket.technician = "li"
            ticket.repairStarted = ServiceFiguresTests.at(1)
            ticket.solved = ServiceFiguresTests.at(2)
            ticket.visits = 1
        }
        records.scores = [ScoreRecord(technician: "li", source: .peer, score: 4)]
        let report = ServiceReport(records)
        #expect(report.training().sections.flatMap(\.tables).allSatisfy { $0.id != "technicians" })
        let rows = texts(try table(report.training(showsPeople: true), "technicians"))
        #expect(rows.count == 1)
        #expect(rows[0][0] == "li" && rows[0][5] == "100.0 %" && rows[0][9] == "4.00")
        #expect(rows[0][10] == "too few to judge")
        let scores = texts(try table(report.quality(), "scores"))
        #expect(scores == [["colleagues", "1", "4.00", "–"]])
    }

    @Test("a price list shows what is valid when somebody asks, or one version") func prices() {
        func price(_ version: String, _ from: Double, _ until: Double?) -> PriceRecord {
            PriceRecord(
                kind: .part, item: "C-1", name: Phrase("Coil", "线圈"), unit: "pc", price: 12.5,
                currency: "CNY", version: version, validFrom: ServiceFiguresTests.at(from),
                validUntil: until.map { ServiceFiguresTests.at($0) })
        }
        let list = PriceList([price("1", 0, 10), price("2", 10, nil)])
        func versions(_ document: ReportDocument) -> [String] {
            document.sections.flatMap(\.tables).flatMap { texts($0).map { $0[5] } }
        }
        #expect(versions(list.document(version: nil, at: ServiceFiguresTests.at(9.9))) == ["1"])
        #expect(versions(list.document(version: nil, at: ServiceFiguresTests.at(10))) == ["2"])
        #expect(versions(list.document(version: "1", at: ServiceFiguresTests.at(50))) == ["1"])
        #expect(versions(list.document(version: nil, at: ServiceFiguresTests.at(-1))) == [])
    }
}
