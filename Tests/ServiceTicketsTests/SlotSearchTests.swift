import ServiceTickets
import Testing
import VehicleFaults

@Suite("Appointments") struct SlotSearchTests {
    /// Monday, 2026-03-02T00:00:00Z.
    static let monday: Int64 = 1_772_409_600_000

    static func time(_ day: Int, _ hours: Double) -> EventTime {
        EventTime(milliseconds: monday + Int64(day) * 86_400_000 + Int64(hours * 3_600_000))
    }

    static let shop = BusinessCalendar(
        name: "shop", zone: .utc,
        week: Array(
            repeating: [
                .init(from: 8 * 60, until: 12 * 60), .init(from: 13 * 60, until: 17 * 60),
            ], count: 5) + [[], []])

    static func site(_ name: String = "A", bays: Int = 2) -> ServiceSite {
        ServiceSite(
            name: name, calendar: shop, bays: bays,
            people: [
                .init(name: "li", skills: ["ENG", "ELE"], level: 2),
                .init(name: "wang", skills: ["ENG"], level: 1),
            ])
    }

    static func wish(
        _ skill: String = "ENG", level: Int = 0, hours: Double = 2, from: EventTime = time(0, 6),
        by: EventTime? = nil
    ) -> SlotSearch.Wish {
        SlotSearch.Wish(
            skill: skill, level: level, duration: Int64(hours * 3_600_000), earliest: from,
            serviceBy: by)
    }

    static func booking(
        _ skill: String, _ day: Int, _ hour: Double, _ hours: Double, _ person: String? = nil
    ) -> SlotSearch.Booking {
        SlotSearch.Booking(
            site: "A", skill: skill, from: time(day, hour), duration: Int64(hours * 3_600_000),
            person: person)
    }

    typealias Row = (
        name: String, bays: Int, bookings: [SlotSearch.Booking], wish: SlotSearch.Wish,
        first: String
    )
    static let rows: [Row] = [
        ("the shop opens", 2, [], wish(), "0 08:00-10:00 li wang"),
        ("over the break", 2, [], wish(from: time(0, 11)), "0 11:00-14:00 li wang"),
        ("not in the break", 2, [], wish(from: time(0, 12)), "0 13:00-15:00 li wang"),
        ("over the night", 2, [], wish(from: time(0, 16)), "0 16:00-09:00 li wang"),
        ("over the weekend", 2, [], wish(from: time(4, 17)), "7 08:00-10:00 li wang"),
        ("not between two beginnings", 2, [], wish(from: time(0, 8.1)), "0 08:30-10:30 li wang"),
        ("only who is able", 2, [], wish("ELE"), "0 08:00-10:00 li"),
        ("only who is good enough", 2, [], wish(level: 2), "0 08:00-10:00 li"),
        (
            "the only bay is taken", 1, [booking("ENG", 0, 8, 3)], wish(),
            "0 11:00-14:00 li wang"
        ),
        (
            "the one who is able is promised", 2, [booking("ENG", 0, 8, 2, "li")], wish("ELE"),
            "0 10:00-12:00 li"
        ),
        (
            "work that anyone can do takes who can do least", 2, [booking("ENG", 0, 8, 2)],
            wish("ELE"), "0 08:00-10:00 li"
        ),
        (
            "until one of both is free", 3, [booking("ENG", 0, 8, 1), booking("ENG", 0, 8, 2)],
            wish(),
            "0 09:00-11:00 li"
        ),
    ]

    @Test("the first that fits", arguments: rows) func first(row: Row) throws {
        let search = SlotSearch(sites: [Self.site(bays: row.bays)], bookings: row.bookings)
        let slot = try #require(search.slots(for: row.wish, count: 1).first, "\(row.name)")
        let days = (slot.from.milliseconds - Self.monday) / 86_400_000
        func clock(_ time: EventTime) -> String { "\("\(time)".dropFirst(11).prefix(5))" }
        let text =
            "\(days) \(clock(slot.from))-\(clock(slot.until)) "
            + slot.people.joined(separator: " ")
        #expect(text == row.first, "\(row.name)")
    }

    @Test("what ends after the fault is expected is marked, not hidden") func late() {
        let search = SlotSearch(sites: [Self.site()], bookings: [])
        let slots = search.slots(for: Self.wish(by: Self.time(0, 10)), count: 2)
        #expect(slots.map(\.isLate) == [false, true])
    }

    @Test("nobody who is able is no appointment") func nobody() {
        let search = SlotSearch(sites: [Self.site()], bookings: [])
        #expect(search.slots(for: Self.wish("HV"), count: 3).isEmpty)
    }

    @Test("a booked slot is never offered to more than there are bays and people")
    func capacity() {
        var random = SeededRandom(11)
        for _ in 0..<200 {
            let bays = 1 + random.below(3)
            var bookings: [SlotSearch.Booking] = []
            for _ in 0..<12 {
                let wish = Self.wish(
                    random.below(2) == 0 ? "ENG" : "ELE", hours: Double(1 + random.below(8)) / 2,
                    from: Self.time(random.below(3), 6))
                let search = SlotSearch(sites: [Self.site(bays: bays)], bookings: bookings)
                guard let slot = search.slots(for: wish, count: 1).first else { continue }
                bookings.append(
                    .init(
                        site: "A", skill: wish.skill, from: slot.from, duration: wish.duration,
                        person: slot.people[0]))
            }
            for booking in bookings {
                let at = booking.from
                let present = bookings.filter {
                    $0.from <= at && at < Self.shop.instant($0.duration, after: $0.from) ?? at
                }
                #expect(present.count <= bays)
                #expect(Set(present.compactMap(\.person)).count == present.count)
            }
        }
    }
}
