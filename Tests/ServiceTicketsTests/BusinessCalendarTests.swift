import Testing
import VehicleFaults

@testable import ServiceTickets

/// An instant from a date, a wall clock and an offset in hours.
private func at(_ date: String, _ clock: String, offset: Int64) -> EventTime {
    let parts = date.split(separator: "-").compactMap { Int($0) }
    let time = clock.split(separator: ":").compactMap { Int64($0) }
    let day = EventTime.days(year: parts[0], month: parts[1], day: parts[2])
    return EventTime(
        milliseconds: (Int64(day) * 86_400 + time[0] * 3600 + time[1] * 60 - offset * 3600) * 1000)
}

private func shanghai(_ date: String, _ clock: String) -> EventTime { at(date, clock, offset: 8) }

@Suite struct BusinessCalendarTests {
    /// Weekdays 08:30-12:00 and 13:00-17:30 around the national holiday of 2026, of which Saturday
    /// 10 October makes up for a day.
    static let workshop: BusinessCalendar = {
        let day = [
            BusinessCalendar.Window(from: 510, until: 720), .init(from: 780, until: 1050),
        ]
        return BusinessCalendar(
            name: "workshop", zone: TimeZoneTable(first: 28_800),
            week: [day, day, day, day, day, [], []],
            holidays: Set((1...7).map { EventTime.days(year: 2026, month: 10, day: $0) }),
            workingDays: [EventTime.days(year: 2026, month: 10, day: 10)])
    }()

    static let newYork: TimeZoneTable = {
        let rule = ZoneRule("EST5EDT,M3.2.0,M11.1.0")
        return TimeZoneTable(first: -18_000, changes: rule?.changes(years: 2000...2040) ?? [])
    }()

    static let sums: [(name: String, hours: Double, from: EventTime, due: EventTime)] = [
        (
            "half an hour over the holiday", 0.5, shanghai("2026-09-30", "17:10"),
            shanghai("2026-10-08", "08:40")
        ),
        (
            "a day over the holiday", 8, shanghai("2026-09-30", "16:00"),
            shanghai("2026-10-08", "16:00")
        ),
        (
            "two days into the working Saturday", 16, shanghai("2026-10-08", "09:00"),
            shanghai("2026-10-10", "09:00")
        ),
        (
            "three days beyond it", 24, shanghai("2026-10-08", "09:00"),
            shanghai("2026-10-12", "09:00")
        ),
    ]

    @Test("adds working hours", arguments: sums)
    func adds(name: String, hours: Double, from: EventTime, due: EventTime) {
        let time = Int64(hours * Double(hour))
        #expect(Self.workshop.instant(time, after: from) == due, "\(name)")
        #expect(Self.workshop.elapsed(from: from, until: due) == time, "\(name)")
    }

    @Test("counts working hours over the holiday and the working Saturday") func elapsed() {
        #expect(
            Self.workshop.elapsed(
                from: shanghai("2026-09-30", "16:00"), until: shanghai("2026-10-10", "10:00"))
                == 19 * hour)
    }

    @Test("two pauses both count, and the due time falls into working hours") func pauses() {
        let span = ClockSpan(
            clock: .solve, started: shanghai("2026-10-08", "09:00"), stopped: nil,
            isFulfilled: false, target: 8 * hour, calendar: Self.workshop,
            pauses: [
                (shanghai("2026-10-08", "11:00"), shanghai("2026-10-09", "14:30")),
                (shanghai("2026-10-09", "16:00"), shanghai("2026-10-10", "09:00")),
            ])
        let reading = span.reading(at: shanghai("2026-10-10", "09:00"))
        #expect(reading.gross - reading.net == 12 * hour + hour / 2)
        #expect(reading.net == 3 * hour + hour / 2)
        #expect(reading.due == shanghai("2026-10-10", "14:30"))
    }

    @Test("a window over a change of the clock has an hour less or more") func daylightSaving() {
        let night = BusinessCalendar(
            name: "night", zone: Self.newYork,
            week: Array(repeating: [.init(from: 30, until: 390)], count: 7))
        func hours(_ date: String, _ offset: Int64) -> Int64 {
            night.elapsed(
                from: at(date, "00:00", offset: offset), until: at(date, "23:00", offset: offset))
                / hour
        }
        #expect(hours("2026-03-08", -5) == 5)
        #expect(hours("2026-11-01", -4) == 7)
        #expect(hours("2026-07-01", -4) == 6)
    }

    @Test("around the clock, 24 hours are 24 hours") func always() {
        var random = SeededRandom(1)
        for _ in 0..<1000 {
            let from = EventTime(milliseconds: Int64(random.below(2_000_000_000)) * 1000)
            let due = BusinessCalendar.always.instant(24 * hour, after: from)
            #expect(due == from.advanced(by: 24 * hour))
            #expect(due.map { BusinessCalendar.always.elapsed(from: from, until: $0) } == 24 * hour)
        }
    }

    @Test("agrees with counting minute by minute") func oracle() {
        for seed in UInt64(0)..<60 {
            var random = SeededRandom(seed)
            let zone = random.one(of: [
                TimeZoneTable.utc, TimeZoneTable(first: 28_800), Self.newYork,
                // Half an hour back, as on Lord Howe Island, in the middle of a working day.
                TimeZoneTable(first: 39_600, changes: [.init(from: 1_772_900_000, offset: 37_800)]),
                // Over the date line.
                TimeZoneTable(
                    first: -36_000, changes: [.init(from: 1_773_000_000, offset: 50_400)]),
            ])
            let calendar = Self.random(&random, zone: zone)
            let start = Int64(29_540_000 + random.below(20_000))
            let end = start + Int64(random.below(12_000))
            var counted: Int64 = 0
            let needed = Int64(random.below(3000))
            var due: Int64?
            for minute in start..<end {
                if counted == needed, due == nil { due = minute }
                if Self.works(calendar, minute) { counted += 1 }
            }
            let from = EventTime(milliseconds: start * 60_000)
            #expect(
                calendar.elapsed(from: from, until: EventTime(milliseconds: end * 60_000))
                    == counted * 60_000, "seed \(seed)")
            if needed > 0, let due {
                #expect(
                    calendar.instant(needed * 60_000, after: from)?.milliseconds == due * 60_000,
                    "seed \(seed)")
            }
        }
    }

    /// Whether a minute is worked, by looking at the clock on the wall.
    private static func works(_ calendar: BusinessCalendar, _ minute: Int64) -> Bool {
        let local = minute * 60 + calendar.zone.offset(at: minute * 60)
        let day = Int(local / 86_400)
        let clock = Int(local % 86_400) / 60
        return calendar.windows(onDay: day).contains { $0.from <= clock && clock < $0.until }
    }

    private static func random(_ random: inout SeededRandom, zone: TimeZoneTable)
        -> BusinessCalendar
    {
        let week = (0..<7).map { _ in
            (0..<random.below(4)).map { _ in
                let from = random.below(1439)
                return BusinessCalendar.Window(
                    from: from, until: from + 1 + random.below(1440 - from))
            }
        }
        let first = 20_500
        return BusinessCalendar(
            name: "random", zone: zone, week: week,
            holidays: Set((0..<6).map { _ in first + random.below(40) }),
            workingDays: Set((0..<4).map { _ in first + random.below(40) }),
            workingWindows: [.init(from: 540, until: 1020)])
    }

    @Test("a calendar without hours never comes to an end") func empty() {
        let calendar = BusinessCalendar(
            name: "shut", zone: .utc, week: Array(repeating: [], count: 7))
        #expect(calendar.instant(1, after: EventTime(milliseconds: 0)) == nil)
    }
}

@Suite struct TimeZoneTableTests {
    static let rules: [(name: String, rule: String, when: (Int, Int, Int), offset: Int64)] = [
        ("Shanghai has one time", "CST-8", (2031, 7, 1), 28_800),
        ("New York in winter", "EST5EDT,M3.2.0,M11.1.0", (2031, 1, 15), -18_000),
        ("New York in summer", "EST5EDT,M3.2.0,M11.1.0", (2031, 7, 1), -14_400),
        ("Tehran by numbers", "<+0330>-3:30", (2031, 7, 1), 12_600),
        ("Sydney in January", "AEST-10AEDT,M10.1.0,M4.1.0/3", (2031, 1, 15), 39_600),
        ("Sydney in July", "AEST-10AEDT,M10.1.0,M4.1.0/3", (2031, 7, 1), 36_000),
        ("days by number", "AAA0BBB,J60/0,J300/0", (2028, 3, 1), 3600),
    ]

    @Test("reads the rule at the end of a zone's file", arguments: rules)
    func rule(name: String, rule: String, when: (Int, Int, Int), offset: Int64) throws {
        // Without summer time, the one offset of the file is that of the rule.
        let table = try TimeZoneTable(
            file: Self.file(rule: rule, offset: rule.contains(",") ? -18_000 : offset).span)
        let day = EventTime.days(year: when.0, month: when.1, day: when.2)
        #expect(table.offset(at: Int64(day) * 86_400 + 43_200) == offset, "\(name)")
    }

    @Test("a damaged file is refused") func damage() {
        let whole = Self.file(rule: "EST5EDT,M3.2.0,M11.1.0")
        for length in 0..<whole.count {
            let cut = Array(whole.prefix(length))
            _ = try? TimeZoneTable(file: cut.span)
        }
        #expect(throws: TimeZoneTable.Unreadable.notAZone) {
            try TimeZoneTable(file: Array("no zone".utf8).span)
        }
        #expect(throws: TimeZoneTable.Unreadable.rule("EST")) {
            try TimeZoneTable(file: Self.file(rule: "EST").span)
        }
    }

    /// A zone's file with no changes but those of its rule.
    private static func file(rule: String, offset: Int64 = -18_000) -> [UInt8] {
        func part(_ extra: [UInt8]) -> [UInt8] {
            var bytes = Array("TZif2".utf8) + Array(repeating: 0, count: 15)
            for count: UInt8 in [0, 0, 0, 0, 1, 4] { bytes += [0, 0, 0, count] }
            let word = UInt32(bitPattern: Int32(offset))
            bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
            return bytes + [0, 0] + Array("EST\0".utf8) + extra
        }
        let standard = part([])
        return standard + standard + Array("\n\(rule)\n".utf8)
    }
}
