import ServiceTickets
import SpecialFunctions
import Testing
import VehicleFaults

@testable import FleetReports

@Suite struct WorkshopReplayTests {
    /// Open every day from 8 to 18 o'clock, two hours east of Greenwich.
    private static let open = WorkshopReplay.Calendars(
        others: BusinessCalendar(
            name: "daily", zone: TimeZoneTable(first: 7200),
            week: Array(repeating: [.init(from: 480, until: 1080)], count: 7)))

    /// Monday to Friday from 8 to 12 and from 13 to 17 o'clock in the same zone, but for a holiday on
    /// Tuesday 2026-06-02 that Saturday makes up for.
    private static let weekdays: BusinessCalendar = {
        let day = [BusinessCalendar.Window(from: 480, until: 720), .init(from: 780, until: 1020)]
        return BusinessCalendar(
            name: "weekdays", zone: TimeZoneTable(first: 7200),
            week: [day, day, day, day, day, [], []],
            holidays: [EventTime.days(year: 2026, month: 6, day: 2)],
            workingDays: [EventTime.days(year: 2026, month: 6, day: 6)])
    }()
    /// Monday 2026-06-01.
    private static let monday = Int64(EventTime.days(year: 2026, month: 6, day: 1))

    /// A time of a day in the workshop's zone.
    private static func at(_ day: Int64, _ hour: Double) -> EventTime {
        EventTime(milliseconds: day * 86_400_000 + Int64((hour - 2) * 3_600_000))
    }

    private func job(_ day: Int64, _ hour: Double, _ hours: Double, _ skill: String = "ENG")
        -> WorkshopReplay.Job
    {
        .init(arrived: Self.at(day, hour), skill: skill, hours: hours)
    }

    @Test("work is done in the open hours and goes on after breaks, nights and holidays")
    func openHours() {
        func wait(_ hours: Double, _ day: Int64, _ hour: Double) -> Double {
            // One who comes on Monday at 8 o'clock for so long, and another.
            var other = job(Self.monday + day, hour, 1)
            other.site = "north"
            var first = job(Self.monday, 8, hours)
            first.site = "north"
            return WorkshopReplay(
                [first, other], technicians: ["ENG": 1],
                calendars: .init(["north": Self.weekdays], others: Self.open.others)
            ).longestWait
        }
        // Until 15 o'clock, of which one hour is a break.
        #expect(wait(6, 0, 14) == 1)
        #expect(wait(6, 0, 12.5) == 2)
        // Eight hours of Monday and one of Wednesday, since Tuesday is off.
        #expect(wait(9, 0, 16) == 2)
        #expect(wait(9, 1, 10) == 1)
        #expect(wait(9, 2, 8.5) == 0.5)
        // Monday, Wednesday to Friday, Saturday that makes up for Tuesday, and an hour of the Monday
        // after it.
        #expect(wait(41, 5, 16) == 2)
        #expect(wait(41, 6, 12) == 1)
    }

    @Test("each site works by its own calendar, and a day is as long as its own") func sites() {
        var jobs = [job(Self.monday, 8, 9), job(Self.monday, 8, 9, "HV")]
        jobs[0].site = "north"
        jobs[1].site = "south"
        let technicians = ["ENG": 1, "HV": 1]
        let calendars = WorkshopReplay.Calendars(["north": Self.weekdays], others: Self.open.others)
        let apart = WorkshopReplay(jobs, technicians: technicians, calendars: calendars)
        // Nine hours are more than a day of eight and less than one of ten.
        #expect(apart.inTime == Proportion(1, of: 2))
        let never = BusinessCalendar(
            name: "never", zone: .utc, week: Array(repeating: [], count: 7))
        let closed = WorkshopReplay(
            jobs, technicians: technicians,
            calendars: .init(["north": never], others: Self.open.others))
        #expect(closed.inTime == Proportion(1, of: 1))
    }

    @Test("a calendar that is asked again and again answers as at the first time")
    func openTime() {
        let start = Self.at(Self.monday, 3)
        var open = OpenTime(Self.weekdays, from: start)
        #expect(open.workingDay == 8 * 3_600_000)
        var time = start.milliseconds
        for step in 0..<2000 {
            time += Int64(step * 7919 % 9_000_000)
            let until = EventTime(milliseconds: time)
            #expect(open.worked(until: time) == Self.weekdays.elapsed(from: start, until: until))
            let work = Int64(step * 104_729 % 50_000_000)
            #expect(
                open.instant(work, after: time)
                    == Self.weekdays.instant(work, after: until)?.milliseconds)
        }
    }

    @Test("one technician takes one vehicle after the other") func oneByOne() {
        // At 9, 10 and 11 o'clock, four hours each: the second waits for 3, the third for 6.
        let jobs = [job(0, 11, 4), job(0, 9, 4), job(0, 10, 4)]
        let alone = WorkshopReplay(jobs, technicians: ["ENG": 1], calendars: Self.open)
        #expect(alone.meanWait == 3 && alone.longestWait == 6)
        #expect(alone.inTime == Proportion(3, of: 3))
        let two = WorkshopReplay(jobs, technicians: ["ENG": 2], calendars: Self.open)
        #expect(two.meanWait == 2.0 / 3 && two.longestWait == 2)
    }

    @Test("what is not done within a day's open hours is late") func late() {
        let jobs = [job(0, 17, 6), job(0, 17, 6)]
        let replay = WorkshopReplay(jobs, technicians: ["ENG": 1], calendars: Self.open)
        #expect(replay.inTime == Proportion(1, of: 2))
        #expect(replay.longestWait == 6)
    }

    @Test("a bay that is taken stops whoever comes next, of any skill") func bays() {
        let jobs = [job(0, 9, 2), job(0, 9, 2, "HV"), job(0, 9.5, 2, "ELE")]
        let technicians = ["ENG": 1, "HV": 1, "ELE": 1]
        func wait(_ bays: Int?) -> Double {
            WorkshopReplay(jobs, technicians: technicians, bays: bays, calendars: Self.open)
                .longestWait
        }
        #expect(wait(nil) == 0)
        #expect(wait(3) == 0)
        #expect(wait(2) == 1.5)
        #expect(wait(1) == 3.5)
    }

    @Test("who has no technician waits in nobody's way, and is left out") func others() {
        let jobs = [job(0, 9, 2, "HV"), job(0, 9, 2)]
        let replay = WorkshopReplay(jobs, technicians: ["ENG": 1, "HV": 0], calendars: Self.open)
        #expect(replay.inTime == Proportion(1, of: 1))
        #expect(replay.longestWait == 0)
    }

    @Test("whatever is taken away, nobody is done sooner") func monotone() {
        for seed in UInt64(0)..<20 {
            let jobs = Self.random(seed, count: 200, perDay: 12, hours: 2)
            func waits(_ technicians: Int, _ bays: Int) -> Double {
                WorkshopReplay(
                    jobs, technicians: ["ENG": technicians], bays: bays, calendars: Self.open
                ).meanWait ?? 0
            }
            for size in 1...4 {
                #expect(waits(size, 9) >= waits(size + 1, 9), "seed \(seed)")
                // Bays and technicians of one skill are one and the same limit.
                #expect(waits(size, 9) == waits(9, size), "seed \(seed)")
            }
        }
    }

    @Test("many random vehicles fare as the formula says", arguments: [(5, 0.95979), (6, 0.97544)])
    func formula(technicians: Int, share: Double) throws {
        // Fourteen a day of 2.6 hours, exponential both: the worked example of a workshop.
        let jobs = Self.random(7, count: 60_000, perDay: 14, hours: 2.6)
        let replay = WorkshopReplay(jobs, technicians: ["ENG": technicians], calendars: Self.open)
        #expect(abs(try #require(replay.inTime.value) - share) < 0.006)
        let exact = WorkshopCapacity.finished(
            within: 10, arrivals: 1.4, serviceTime: 2.6, technicians: technicians)
        #expect(abs(exact - share) < 5e-6)
    }

    /// Vehicles that come at random times of open hours, with exponential gaps and work.
    private static func random(
        _ seed: UInt64, count: Int, perDay: Double, hours: Double
    ) -> [WorkshopReplay.Job] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func uniform() -> Double {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
        }
        var worked = 0.0
        return (0..<count).map { _ in
            worked -= Elementary.log(uniform()) * 10 / perDay
            let day = (worked / 10).rounded(.down)
            return .init(
                arrived: at(Int64(day), 8 + worked - day * 10), skill: "ENG",
                hours: -Elementary.log(uniform()) * hours)
        }
    }

    @Test("the earliest comes first, whatever the order they went in") func earliest() {
        struct Timed: Comparable {
            var time: Double
            var value: Int
            static func < (a: Timed, b: Timed) -> Bool { a.time < b.time }
        }
        var heap = EarliestFirst<Timed>()
        let times = (0..<300).map { Double(($0 * 7919) % 211) }
        for (value, time) in times.enumerated() {
            heap.insert(Timed(time: time, value: value))
        }
        var found: [Double] = []
        while let first = heap.first {
            #expect(times[first.value] == first.time)
            found.append(first.time)
            heap.removeFirst()
        }
        #expect(found == times.sorted())
    }

    @Test("the staffing report replays the period's own repairs") func report() throws {
        let records = ServiceReportTests.records(60) { index, ticket in
            ticket.checkedIn = ServiceFiguresTests.at(Double(index))
            ticket.repairStarted = ServiceFiguresTests.at(Double(index) + 1)
            ticket.solved = ServiceFiguresTests.at(Double(index) + 3)
            ticket.actualHours = 2
            if index % 3 == 0 { ticket.skill = "HV" }
        }
        var inputs = StaffingInputs(records, offset: 0)
        #expect(inputs.repairs.count == 60)
        inputs.bays = 2
        let tables = StaffingReport(inputs).document(from: records.from, to: records.to)
            .sections.flatMap(\.tables)
        let skills = try #require(tables.first { $0.id == "workshop_recount" }).rows
        #expect(Set(skills.map { $0[0].text(.english) }) == ["Engine", "High voltage"])
        for row in skills {
            #expect(
                row[2].text(.english) == (row[0].text(.english) == "High voltage" ? "20" : "40"))
        }
        let bays = try #require(tables.first { $0.id == "bay_recount" }).rows
        #expect(bays.map { $0[0].text(.english) }.contains("2"))
        #expect(bays.allSatisfy { $0[1].text(.english) == "60" })
    }
}
