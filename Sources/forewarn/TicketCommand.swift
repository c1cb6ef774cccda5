import ArgumentParser
import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn ticket`
struct TicketCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ticket",
        abstract: "List tickets, show what they rest on, and lead them through the workshop.",
        discussion: """
            What can be done with a ticket now, by whom, and what each step needs, says
            forewarn ticket next. A step that is refused changes nothing and ends with exit
            code 1.
            """,
        subcommands: commands.commands(after: ["ticket"]))

    private static let commands = CommandList(
        entries: [
            .init("ls", TicketList.self),
            .init("show", TicketShow.self),
            .init("next", TicketNext.self),
            .init("slots", TicketSlots.self),
            .init("import", TicketImport.self),
        ] + TicketSteps.all)
}

/// `forewarn ticket ls`
struct TicketList: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, wide, json }

    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List tickets, the most urgent first.")

    @Flag(help: "Only those that are not closed; this is what is shown anyway.")
    var open = false

    @Flag(help: "Closed ones too.")
    var all = false

    @Option(help: "This severity and graver ones, as S2.")
    var severity: String?

    @Option(help: "Only this failure mode.")
    var mode: String?

    @Option(help: "Only this vehicle, whole or as LGA…0042.")
    var vehicle: String?

    @Option(name: [.customShort("S"), .long], help: "Opened from this time on.")
    var since: String?

    @Option(help: "Only these states, as open,on_hold.")
    var status: String?

    @Option(help: "Only those that something is due on within this time, as 4h.")
    var due: String?

    @Flag(help: "Only those on which a promise was broken.")
    var breached = false

    @Flag(help: "Only recall candidates: those about what many vehicles have in common.")
    var campaigns = false

    @Option(help: "Only those of this site.")
    var site: String?

    @Option(help: "Only those that this person is to work on.")
    var assignee: String?

    @Option(name: .short, help: "Output: table, wide or json.")
    var output = Format.table

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        guard !(open && all) else { throw ValidationError("--open and --all exclude each other") }
        _ = try filter()
    }

    private func filter() throws -> TicketFilter {
        var filter = TicketFilter()
        filter.isOpen = !all
        filter.severity = try severity.map(Arguments.severities)?.min()
        filter.mode = mode
        filter.vehicle = vehicle.map { VehiclePattern($0) }
        filter.since = try since.map { try Arguments.time($0, "--since") }
        filter.dueUntil = try due.map { Arguments.now.advanced(by: try TicketOptions.wait($0)) }
        filter.isBreached = breached
        filter.isCampaign = campaigns
        filter.site = site
        filter.assignee = assignee
        if let status {
            filter.isOpen = false
            filter.states = try status.split(separator: ",").map { name in
                guard let state = TicketState(rawValue: String(name)) else {
                    let names = TicketState.allCases.map(\.rawValue)
                    let near = NearestName.find(String(name), among: names)
                    throw ValidationError(
                        "there is no state '\(String(name).visible)'"
                            + (near.map { "; did you mean \($0)?" } ?? ""))
                }
                return state
            }
        }
        return filter
    }

    func run() throws {
        let store = try store.open()
        let tickets = try FoundTickets(store, try filter())
        guard output != .json else {
            // Lines are made on every processor and written in order.
            let parts = stride(from: 0, to: tickets.count, by: 4000).map { start in
                Background { () -> [UInt8] in
                    var lines: [UInt8] = []
                    lines.reserveCapacity(4000 * 800)
                    for place in start..<min(start + 4000, tickets.count) {
                        TicketJSON.object(tickets[place]).append(to: &lines)
                        lines.append(0x0A)
                    }
                    return lines
                }
            }
            return try Output.write(parts)
        }
        var presentation = style.presentation()
        presentation.takeNames(of: tickets, from: store)
        guard !tickets.isEmpty else {
            if !style.quiet { Output.talk(presentation.words[all ? .noTickets : .noOpenTickets]) }
            return
        }
        try TicketTable(
            presentation: presentation, isWide: output == .wide,
            showsState: all || status != nil || tickets.contains { $0.state != "open" },
            showsDue: due != nil || breached
        ).write(tickets)
    }
}

extension Presentation {
    /// Takes names from the rules in force, where any of the tickets has none of its own.
    mutating func takeNames(of tickets: some Sequence<StoredTicket>, from store: TicketStore) {
        guard tickets.contains(where: \.isUnnamed) else { return }
        take(namesFrom: try? RuleSet(inForce: store))
    }
}

/// Tickets as a table.
struct TicketTable: Sendable {
    let presentation: Presentation
    let isWide: Bool
    let showsState: Bool
    var showsDue = false

    func text(_ tickets: [StoredTicket]) -> String {
        var (table, row) = table(tickets)
        for ticket in tickets { table.append(row(ticket)) }
        return table.text(width: width, painter: presentation.painter)
    }

    func write(_ tickets: FoundTickets) throws {
        let (table, row) = table(tickets)
        try LongTable.write(tickets, table, width: width, painter: presentation.painter, row)
    }

    private var width: Int? { isWide ? nil : presentation.width }

    /// The columns, and what makes a row.
    private func table(_ tickets: some RandomAccessCollection<StoredTicket>)
        -> (Table, @Sendable (StoredTicket) -> [Table.Cell])
    {
        let words = presentation.words
        // A column that says the same of every ticket says nothing.
        let hasState = isWide || showsState || tickets.contains(where: \.symptomGone)
        let zone = tickets.first.map { presentation.zone(at: $0.latestAt) } ?? ""
        let isNarrow = !isWide && presentation.width.map { $0 < 100 } ?? false
        var columns: [Table.Column] = [
            .init(words[.ticket]), .init(words[.severity]), .init(words[.vehicle]),
            .flexible(words[.name], narrowest: 12),
        ]
        if isWide {
            columns += [
                .init(words[.mode]), .init(words[.component].uppercased()),
                .init(words[.skill].uppercased()),
                .init("\(words[.openedAt].uppercased()) \(zone)"),
            ]
        }
        if hasState { columns.append(.init(words[.state])) }
        if isWide || showsDue { columns.append(.init("\(words[.due]) \(zone)")) }
        // A narrow terminal needs the room of count and year for the name.
        if !isNarrow { columns.append(.init(words[.occurrences], .right)) }
        columns.append(.init("\(words[.latest]) \(zone)"))
        return (
            Table(columns), { self.row($0, hasState: hasState, isNarrow: isNarrow) }
        )
    }

    private func row(_ ticket: StoredTicket, hasState: Bool, isNarrow: Bool) -> [Table.Cell] {
        let words = presentation.words
        var row: [Table.Cell] = []
        row.reserveCapacity(11)
        row += [
            "T-\(ticket.number)",
            .init(
                "\(ticket.severity.name) \(words[ticket.severity])",
                presentation.colour(ticket.severity)),
            .init(presentation.vehicle(ticket.vehicle)),
            .init(presentation.name(of: ticket)),
        ]
        if isWide {
            row += [
                .init(ticket.mode), .init(ticket.component),
                .init(presentation.skill(ticket.skill)),
                .init(presentation.minute(ticket.openedAt)),
            ]
        }
        if hasState { row.append(state(ticket)) }
        if isWide || showsDue { row.append(due(ticket)) }
        if !isNarrow {
            // A campaign rests on tickets' findings and has none of its own.
            row.append(ticket.isCampaign ? "-" : "\(ticket.findings)")
        }
        let latest = presentation.minute(ticket.latestAt)
        row.append(.init(isNarrow ? String(latest.dropFirst(5)) : latest))
        return row
    }

    /// What is due first, and when; in the colour of what is late when it is.
    private func due(_ ticket: StoredTicket) -> Table.Cell {
        guard let due = ticket.due, let clock = ServiceClock(rawValue: due.clock) else {
            return .init(ticket.breached.isEmpty ? "-" : presentation.words[.breach], .actNow)
        }
        let isLate = due.at <= Arguments.now || ticket.breached.contains(due.clock)
        return .init(
            "\(presentation.minute(due.at)) \(presentation.words.text(of: clock))",
            isLate ? .actNow : nil)
    }

    private func state(_ ticket: StoredTicket) -> Table.Cell {
        let words = presentation.words
        return ticket.symptomGone && ticket.state == "open"
            ? .init(words[.symptomGone], .cleared) : .init(words.stored(ticket.state))
    }
}

/// Tickets as JSON.
enum TicketJSON {
    static func object(_ ticket: StoredTicket) -> JSONObject {
        var object = JSONObject(capacity: 900)
        object.append("v", 1)
        object.append("ticket", ticket.number)
        object.append("id", "T-\(ticket.number)")
        object.append("state", ticket.state)
        object.append("vehicle", ticket.vehicle)
        object.append("mode", ticket.mode)
        object.append("severity", ticket.severity.name)
        object.append("advice", ticket.advice.name)
        object.append("component", ticket.component)
        object.append("skill", ticket.skill)
        var name = JSONObject()
        name.append("en", ticket.name.en)
        name.append("zh", ticket.name.zh)
        object.append("name", name)
        object.append("opened_at", ticket.openedAt)
        object.append("opened_received_at", ticket.openedReceived)
        object.append("opened_position", ticket.openedPosition)
        object.append("findings", ticket.findings)
        object.append("latest_at", ticket.latestAt)
        object.append("symptom_gone", ticket.symptomGone)
        object.append("epoch", ticket.epoch)
        object.append("source", ticket.source)
        object.append("site", ticket.site)
        object.append("assignee", ticket.assignee)
        object.append("disposition", ticket.disposition)
        object.append("cancel_reason", ticket.cancelReason)
        object.append("proof", ticket.proof)
        object.append("incident", ticket.isIncident)
        object.append("predicted_from", ticket.predicted?.lowerBound)
        object.append("predicted_to", ticket.predicted?.upperBound)
        object.append("due_at", ticket.due?.at)
        object.append("due_clock", ticket.due?.clock)
        var breached = JSONArray()
        for clock in ticket.breached { breached.append(clock) }
        object.append("breached", breached)
        return object
    }
}
