import Testing

/// The worked figures of a team's size from a store alone: every input is what tickets' events say.
@Suite struct StaffedStoreTests {
    /// Skill group, repairs a day and hours of each.
    static let repairs: [(skill: String, jobs: Int, hours: Double)] = [
        ("ENG", 14, 2.6), ("HV", 9, 2.1), ("CHS", 8, 1.7), ("GEN", 21, 0.9),
    ]
    static let days = 8
    static let codes = ["P0301", "P0562", "P0299", "P2463", "C1118", "P0087", "P0622"]

    static var rules: String {
        codes.reduce("version: 1\nrules:\n") { text, code in
            text + """
                  - id: seen-\(code.lowercased())
                    mode: mode-\(code.lowercased())
                    severity: S3
                    advice: A3
                    component: part
                    skill: GEN
                    when: code "\(code)"

                """
        }
    }

    /// Two hundred and ten tickets a day for eight days, at the hours of the worked example. Two of
    /// five are opened by rules and not urgent; fifty-two are repaired.
    static var eightDays: [History.Line] {
        var lines: [History.Line] = []
        for day in 0..<days {
            var number = 0
            var jobs = repairs.flatMap { Array(repeating: $0, count: $0.jobs) }
            for (hour, rate) in ReportTests.arrivals.enumerated() {
                // Hours of 1.5 have one and two in turn, so that all days have as many.
                let count = rate == rate.rounded() ? Int(rate) : 1 + (day + hour) % 2
                for place in 0..<count {
                    let at = Double(day * 24 + hour) + Double(place) / 30
                    let vehicle = "TESTVAN\(day)X\(number)"
                    if number % 5 < 2 {
                        lines.append(
                            History.message(
                                at, vehicle, lag: 1,
                                codes: "\\\"\(codes[number % codes.count])\\\""))
                    } else {
                        // The first hours are left to others, so that work ends before midnight.
                        let job = hour >= 6 ? jobs.popLast() : nil
                        lines.append(
                            History.step(
                                at, "open", vehicle, "customer_service",
                                ["source": "phone", "skill": job?.skill ?? "GEN"]))
                        if let job { lines += repair(vehicle, at, job.hours, number) }
                    }
                    number += 1
                }
            }
        }
        return lines
    }

    /// A repair whose work takes so many hours, after an answer of twelve or twenty-four minutes.
    static func repair(_ vehicle: String, _ at: Double, _ hours: Double, _ number: Int)
        -> [History.Line]
    {
        let begun = at + 1
        return [
            History.step(
                at + 0.1, "ack", vehicle, "customer_service",
                ["minutes": number % 2 == 0 ? "12" : "24"]),
            History.step(
                at + 0.2, "triage", vehicle, "technician",
                ["severity": "S3", "advice": "A3", "component": "coil"]),
            History.step(
                at + 0.3, "contact", vehicle, "customer_service", ["outcome": "reached_yes"]),
            History.step(
                at + 0.4, "estimate", vehicle, "customer_service",
                [
                    "estimate": "E-\(vehicle)", "total": "100", "currency": "CNY",
                    "payer": "warranty",
                ]),
            History.step(
                at + 0.5, "schedule", vehicle, "customer_service",
                [
                    "site": "north", "slot": History.time(begun), "parts": "in_stock",
                    "estimate": "E-\(vehicle)",
                ]),
            History.step(
                begun, "check-in", vehicle, "reception",
                ["odometer": "40000", "notes": "none", "consent": "yes"]),
            History.step(begun, "repair", vehicle, "technician"),
            History.step(
                begun + hours, "repair", vehicle, "technician",
                [
                    "complaint": "misfires", "cause": "coil", "correction": "changed",
                    "root_part": "C-1", "disposition": "confirmed_as_predicted",
                ]),
            History.step(
                begun + hours, "qc", vehicle, "quality", ["result": "pass", "checklist": "all"]),
            History.step(begun + hours, "deliver", vehicle, "reception"),
        ]
    }

    static let season = [0.82, 0.78, 0.90, 0.95, 1, 1.08, 1.20, 1.22, 1.02, 0.95, 1, 1.08]

    /// The two years before, four tickets on a mean day, more and fewer by month.
    static var twoYears: [History.Line] {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var lines: [History.Line] = []
        var day = -730
        for number in 0..<24 {
            let month = (number + 6) % 12
            let count = Int((season[month] * Double(lengths[month] * 4)).rounded())
            for place in 0..<count {
                let hour = Double(place * lengths[month] * 24) / Double(count)
                lines.append(
                    History.step(
                        Double(day * 24) + hour, "open", "OLDVAN\(number)X\(place)",
                        "customer_service", ["source": "counter"]))
            }
            day += lengths[month]
        }
        return lines
    }

    @Test("desk, workshop and season come out of a store's events, without any file")
    func fromEvents() throws {
        let centre = try Centre(history: Self.twoYears + Self.eightDays, rules: Self.rules)
        let report = try centre.report("staffing", hours: Double(Self.days) * 24)
        let found = try figures(report)
        func value(_ id: String) throws -> Double { try number(try #require(found[id])["value"]) }
        func inputs(_ key: String) throws -> Double {
            let row = try rows(report, "inputs").first { $0["key"] as? String == key }
            return try number(row?["value"])
        }
        // What the store says of the inputs, beside which only settings are taken.
        #expect(try inputs("answer_minutes") == 18)
        #expect(abs(try value("movable_share") - 0.4) < 1e-12)
        #expect(try number(try #require(found["movable_share"])["n"]) == 1680)
        for (row, rate) in zip(try rows(report, "desk_hours"), ReportTests.arrivals) {
            #expect(abs(try number(row["arrivals"]) - rate) < 1e-9)
        }
        // 4.2: Erlang C.
        #expect(try value("seat_hours") == 102)
        #expect(abs(try value("desk_people") - 21.768293) < 1e-6)
        let seats = [2, 2, 2, 2, 2, 2, 3, 5, 7, 7, 7, 6, 5, 6, 6, 7, 6, 5, 5, 4, 3, 3, 3, 2]
        #expect(try rows(report, "desk_hours").map { Int(try number($0["seats"])) } == seats)
        for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
            #expect(try rows(report, "desk_week").map { Int(try number($0[day])) } == seats)
        }
        let peak = try rows(report, "desk_peak")
        #expect(try peak.map { Int(try number($0["seats"])) } == [6, 7, 8])
        for (row, (waiting, served)) in zip(
            peak, [(0.740126, 0.727723), (0.427962, 0.970264)])
        {
            #expect(abs(try number(row["waiting"]) - waiting) < 1e-6)
            #expect(abs(try number(row["served"]) - served) < 1e-6)
        }
        #expect(abs(try number(peak[2]["served"]) - 0.996946) < 1e-6)
        #expect(abs(try number(peak[0]["wait"]) - 22.2038) < 1e-4)
        #expect(abs(try number(peak[1]["wait"]) - 4.8146) < 1e-4)
        // 4.3: Erlang A.
        let patience = try rows(report, "desk_patience")
        for (row, values) in zip(
            patience,
            [(0.766453, 0.156884), (0.554724, 0.07927), (0.355575, 0.037494)])
        {
            #expect(abs(try number(row["waiting"]) - values.0) < 1e-6)
            #expect(abs(try number(row["abandoned"]) - values.1) < 1e-6)
        }
        #expect(abs(try number(patience[1]["served"]) - 0.913133) < 1e-6)
        // 4.6: what may wait.
        #expect(abs(try value("water_level") - 8.4632) < 1e-4)
        #expect(try value("seat_hours_movable") == 100)
        // 4.4: the workshop.
        #expect(abs(try value("workload_hours") - 87.8) < 1e-9)
        #expect(abs(try value("fluid_heads") - 14.672460) < 1e-6)
        #expect(try value("positions") == 15)
        #expect(try value("positions_pooled") == 10)
        let skills = Dictionary(
            uniqueKeysWithValues: try rows(report, "skills").map {
                ($0["skill"] as? String ?? "", $0)
            })
        let expected = [
            "ENG": (6, 0.97544), "HV": (3, 0.97896), "CHS": (3, 0.99641), "GEN": (3, 0.99995),
        ]
        for (skill, values) in expected {
            #expect(try number(skills[skill]?["positions"]) == Double(values.0))
            #expect(abs(try number(skills[skill]?["finished"]) - values.1) < 1e-5)
        }
        #expect(abs(try number(skills["ENG"]?["one_fewer"]) - 0.95979) < 1e-5)
        #expect(abs(try number(skills["CHS"]?["one_fewer"]) - 0.96604) < 1e-5)
        #expect(abs(try value("solved_with_parts") - 0.94961) < 1e-5)
        #expect(abs(try value("fill_rate_needed") - 0.8197) < 1e-4)
        // 4.5: the season of the two years before, as near as whole tickets come to it.
        let months = try rows(report, "staff_months")
        for (row, index) in zip(months, Self.season) {
            #expect(abs(try number(row["index"]) - index) < 0.005)
        }
        #expect(
            try months.map { Int(try number($0["need"])) }
                == [13, 12, 14, 14, 15, 16, 18, 18, 15, 14, 15, 16])
        #expect(try value("permanent_staff") == 14)
        #expect(try value("temporary_months") == 15)
        #expect(try value("staff_cost") == 1_737_000)
        // The same repairs, one by one.
        let recount = try rows(report, "workshop_recount")
        #expect(try recount.map { try number($0["n"]) }.max() == Double(21 * Self.days))
    }

    static let service = """
        version: 1
        calendars:
          office: { zone: UTC, week: { mon-fri: ["08:00-17:00"] }, holidays: ["2026-07-02"] }
        sites:
          north: { calendar: office, bays: 1 }

        """

    @Test("repairs are replayed by the calendar of their site, and its holidays are no usual days")
    func calendars() throws {
        // Friday at 15 o'clock two vehicles of two hours each, and one on Saturday at 8.
        var history =
            Self.repair("TESTVAN1", 62, 2, 0) + Self.repair("TESTVAN2", 62, 2, 1)
            + Self.repair("TESTVAN3", 79, 2, 2)
        for (vehicle, at) in [("TESTVAN1", 62.0), ("TESTVAN2", 62), ("TESTVAN3", 79)] {
            history.append(
                History.step(
                    at, "open", vehicle, "customer_service", ["source": "phone", "skill": "ENG"]))
        }
        // Thursday is a holiday; what comes then says nothing of other Thursdays.
        for number in 0..<20 {
            history.append(
                History.step(
                    29, "open", "HOLIDAYVAN\(number)", "customer_service",
                    ["source": "phone", "site": "north"]))
        }
        func report(_ service: String?) throws -> [String: Any] {
            try Centre(history: history, service: service).report("staffing", hours: 168)
        }
        func wait(_ report: [String: Any]) throws -> Double {
            let row = try rows(report, "workshop_recount").first {
                try $0["skill"] as? String == "ENG" && number($0["technicians"]) == 1
            }
            return try number(row?["wait"])
        }
        func planned(_ report: [String: Any]) throws -> Double {
            try number(try rows(report, "desk_hours")[5]["planned"])
        }
        let (known, unknown) = (try report(Self.service), try report(nil))
        // Until 17 o'clock, and on Monday: the second waits two hours, the third as long.
        #expect(abs(try wait(known) - 4.0 / 3) < 1e-9)
        // From 8 to 18 o'clock every day: two hours, and one on Saturday.
        #expect(abs(try wait(unknown) - 1) < 1e-9)
        #expect(try planned(known) == 0)
        #expect(try planned(unknown) > 1)
        // Three answers of twelve and twenty-four minutes are too few to go by.
        let answer = try rows(known, "inputs").first { $0["key"] as? String == "answer_minutes" }
        #expect(try number(answer?["value"]) == 18)
        #expect(try number(try rows(known, "desk_hours")[5]["arrivals"]) > 2)
    }

    @Test("what answers took is measured where twenty told it", arguments: [(19, 18.0), (20, 11)])
    func answers(count: Int, minutes: Double) throws {
        let history = (0..<count).flatMap { number in
            [
                History.step(
                    1, "open", "TESTVAN\(number)", "customer_service", ["source": "phone"]),
                History.step(
                    2, "ack", "TESTVAN\(number)", "customer_service",
                    ["minutes": number % 2 == 0 ? "10" : "12"]),
            ]
        }
        let report = try Centre(history: history).report("staffing", hours: 24)
        let row = try rows(report, "inputs").first { $0["key"] as? String == "answer_minutes" }
        #expect(try number(row?["value"]) == minutes)
    }

    @Test("a season is that of the sites that are asked for") func seasonOfSites() throws {
        let history = [
            History.step(
                -24 * 100, "open", "TESTVAN1", "customer_service",
                ["source": "phone", "site": "north"]),
            History.step(
                -24 * 50, "open", "TESTVAN2", "customer_service",
                ["source": "phone", "site": "south"]),
        ]
        let centre = try Centre(history: history)
        func months(_ more: [String]) throws -> String {
            let result = try Program.run(
                [
                    "report", "staffing", "--state", centre.state, "--from",
                    History.time(-24 * 110),
                    "--to", History.time(0), "-o", "md",
                ] + more)
            return result.output.components(separatedBy: "of tickets, and there are ").last
                .map { String($0.prefix(2)) } ?? ""
        }
        #expect(try months([]) == "3.")
        #expect(try months(["--site", "north"]) == "3.")
        #expect(try months(["--site", "south"]) == "1.")
    }
}
