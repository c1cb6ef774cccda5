import ArgumentParser
import FleetWatch
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn vehicle`
struct VehicleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vehicle", abstract: "List vehicles, and show what is known of one.",
        subcommands: [VehicleList.self, VehicleShow.self, VehicleUnknown.self])
}

/// `forewarn vehicle ls`
struct VehicleList: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the vehicles that were heard.",
        discussion: """
            What is remembered of a vehicle is stored a while after it spoke, so that one
            heard for the first time moments ago may be missing.
            """)

    @Option(name: .short, help: "Output: table or json.")
    var output = Format.table

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let vehicles = try store.open().heardVehicles()
        let presentation = style.presentation()
        let words = presentation.words
        guard output == .table else {
            for vehicle in vehicles {
                let head = VehicleJSON.head(
                    vehicle.vehicle.description, heard: vehicle.lastHeard,
                    open: vehicle.openTickets)
                try Output.write(head.json + "\n")
            }
            return
        }
        guard let heard = vehicles.first else {
            if !style.quiet { Output.talk(words[.noVehicles]) }
            return
        }
        let zone = presentation.zone(at: heard.lastHeard ?? Arguments.now)
        let table = Table([
            .init(words[.vehicle]), .init("\(words[.lastHeard].uppercased()) \(zone)"),
            .init(words[.openTickets], .right),
        ])
        // Masked identifiers have no order to look for, so those heard last come first.
        let newest = vehicles.indices.map { place in
            (heard: vehicles[place].lastHeard?.milliseconds ?? .max, place: place)
        }.sorted { ($1.heard, $0.place) < ($0.heard, $1.place) }
        try LongTable.write(
            newest.map { vehicles[$0.place] }, table, width: presentation.width,
            painter: presentation.painter
        ) { vehicle in
            [
                .init(presentation.vehicle(vehicle.vehicle.description)),
                .init(vehicle.lastHeard.map(presentation.minute) ?? "-"),
                .init("\(vehicle.openTickets)", vehicle.openTickets > 0 ? .plan : nil),
            ]
        }
    }
}

/// `forewarn vehicle show`
struct VehicleShow: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a vehicle: tickets, findings, fault codes, clock.")

    @Argument(help: "The vehicle: whole, its beginning or end, or as LGA…0042.")
    var vehicle: String

    @Option(name: [.customShort("n"), .long], help: "How many of the newest findings.")
    var lines = 10

    @Flag(help: "Show how much is remembered of it, and how far each statistical check has come.")
    var memory = false

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines must not be negative") }
        guard !vehicle.isEmpty else { throw ValidationError("a vehicle needs a name") }
    }

    func run() throws {
        let store = try store.open()
        let found = try find(in: store)
        var tickets = TicketFilter()
        tickets.vehicle = VehiclePattern(found.vehicle)
        var findings = EventFilter()
        findings.values[.vehicle] = [found.vehicle]
        let open = try store.tickets(tickets)
        let events = try store.events(findings, newestFirst: true, limit: lines)
        if output == .json {
            var object = VehicleJSON.whole(found, open, events)
            if memory { object.append("state", try VehicleState(found, store).object) }
            return try Output.write(object.json + "\n")
        }
        if memory {
            return try Output.write(try VehicleState(found, store).text(style.presentation()))
        }
        var presentation = style.presentation()
        presentation.takeNames(of: open, from: store)
        try Output.write(
            VehicleText(presentation: presentation).text(found, open, events.reversed()))
    }

    private func find(in store: TicketStore) throws -> StoredVehicle {
        let matches = try store.vehicles(like: vehicle)
        let presentation = style.presentation()
        guard let match = matches.first else {
            throw CommandFailure(
                code: .no, message: "there is no vehicle \(vehicle.visible)",
                hint: "forewarn vehicle ls lists those that were heard")
        }
        guard matches.count == 1 else {
            let names = matches.prefix(5).map { presentation.vehicle($0.vehicle) }
            throw CommandFailure(
                code: .no,
                message: "\(vehicle.visible) may be any of \(matches.count) vehicles: "
                    + names.joined(separator: ", ") + (matches.count > 5 ? ", …" : ""),
                hint: "give more of its identifier; --full shows them whole")
        }
        return match
    }
}
