import ArgumentParser
import FaultRules
import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn ticket slots`: when and where the work could be done.
struct TicketSlots: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

    static let configuration = CommandConfiguration(
        commandName: "slots", abstract: "Suggest appointments for a ticket.",
        discussion: """
            Sites, their calendars, bays and people stand in the service file. A slot is a
            bay and a person who can do the work, after the parts have come; one that ends
            after the time by which the fault should be dealt with is marked.
            """)

    @Argument(help: "T-12 or 12.") var ticket: String
    @Option(help: "How many for each site.") var count = 3
    @Option(help: "Only this site.") var site: String?
    @Option(help: "Hours of work; else those of the failure mode, or 1.") var hours: Double?
    @Option(help: "Not before this time, as 2d or a time.") var from: String?
    @Option(name: .short, help: "Output: table or json.") var output = Format.table
    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        _ = try Arguments.ticket(ticket)
        guard (1...50).contains(count) else { throw ValidationError("--count is 1 to 50") }
        if let hours, !(hours > 0 && hours <= 1000) {
            throw ValidationError("--hours is above 0 and at most 1000")
        }
        _ = try earliest()
    }

    private func earliest() throws -> EventTime {
        guard let from else { return Arguments.now }
        if let wait = try? TicketOptions.wait(from) { return Arguments.now.advanced(by: wait) }
        return try Arguments.time(from, "--from")
    }

    func run() throws {
        let open = try store.open()
        let number = try Arguments.ticket(ticket)
        guard let found = try open.foldedTicket(number) else {
            throw CommandFailure(code: .no, message: "there is no ticket T-\(number)")
        }
        let presentation = style.presentation()
        let set = try RuleSet(inForce: open)
        let sites = try (set?.service?.sites() ?? []).filter { site == nil || $0.name == site }
        guard !sites.isEmpty else {
            throw CommandFailure(
                code: .no,
                message: site.map { "the service file names no site '\($0.visible)'" }
                    ?? "no sites are known",
                hint: "list them under sites: in the service file")
        }
        // Where the customer would rather go comes first; nothing is left out for it.
        let wished = found.course.preferredSite
        let search = SlotSearch(
            sites: sites.filter { $0.name == wished } + sites.filter { $0.name != wished },
            bookings: try bookings(open, set?.catalogue, but: number))
        let wish = try wish(found, set)
        let slots = search.slots(for: wish, count: count)
        guard !slots.isEmpty else {
            let skill = presentation.skill(found.skill)
            throw CommandFailure(
                code: .no,
                message: presentation.words.say(
                    "nobody with skill \(skill) is free within four weeks",
                    "四周内没有具备“\(skill)”技能的人员空闲"))
        }
        try Output.write(
            output == .json
                ? slots.map { json($0) + "\n" }.joined() : table(slots, presentation))
    }

    /// The work of a failure mode in milliseconds.
    private func duration(_ mode: String, _ catalogue: FailureModeCatalogue?) -> Int64 {
        Int64(((catalogue?[mode]?.hours ?? 1) * 3_600_000).rounded())
    }

    private func wish(_ ticket: Ticket, _ set: RuleSet?) throws -> SlotSearch.Wish {
        let mode = set?.catalogue?[ticket.mode]
        let eta = ticket.parts.filter { ![.received, .fitted, .returned].contains($0.state) }
            .compactMap(\.eta).max()
        let earliest = try earliest()
        let clocks = ticket.clocks(set?.policy ?? TicketPolicy(), at: Arguments.now)
        return SlotSearch.Wish(
            skill: ticket.skill, level: mode?.level ?? 0,
            duration: hours.map { Int64(($0 * 3_600_000).rounded()) }
                ?? duration(ticket.mode, set?.catalogue),
            earliest: max(earliest, eta ?? earliest),
            serviceBy: clocks.first { $0.clock == .serviceBy }?.due)
    }

    /// The appointments of other tickets.
    private func bookings(
        _ store: TicketStore, _ catalogue: FailureModeCatalogue?, but number: Int64
    ) throws -> [SlotSearch.Booking] {
        var filter = TicketFilter()
        filter.states = [.scheduled, .checkedIn, .inRepair]
        return try store.tickets(filter).compactMap { stored in
            guard stored.number != number, let site = stored.site,
                let ticket = try store.foldedTicket(stored.number),
                let from = ticket.course.appointment
            else { return nil }
            return SlotSearch.Booking(
                site: site, skill: stored.skill, from: from,
                duration: duration(stored.mode, catalogue), person: stored.assignee)
        }
    }

    private func table(_ slots: [SlotSearch.Slot], _ presentation: Presentation) -> String {
        let words = presentation.words
        var table = Table([
            .init(words.say("FROM", "开始")), .init(words.say("UNTIL", "结束")),
            .init(words.say("SITE", "服务站")), .init(words.say("BAYS", "空工位"), .right),
            .flexible(words.say("WHO COULD DO IT", "可派人员")), .init(""),
        ])
        for slot in slots {
            table.append([
                .init(presentation.minute(slot.from)), .init(presentation.minute(slot.until)),
                .init(slot.site.visible), .init("\(slot.bays)"),
                .init(slot.people.joined(separator: words.comma).visible),
                slot.isLate ? .init(words.say("too late", "已过期限"), .plan) : .init(""),
            ])
        }
        return table.text(width: presentation.width, painter: presentation.painter)
    }

    private func json(_ slot: SlotSearch.Slot) -> String {
        var object = JSONObject()
        object.append("v", 1)
        object.append("site", slot.site)
        object.append("from", slot.from.text())
        object.append("until", slot.until.text())
        object.append("bays", slot.bays)
        var people = JSONArray()
        for person in slot.people { people.append(person) }
        object.append("people", people)
        object.append("late", slot.isLate)
        return object.json
    }
}
