import ArgumentParser
import ForewarnDaemon
import Foundation
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn vehicle unknown`
struct VehicleUnknown: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

    static let configuration = CommandConfiguration(
        commandName: "unknown",
        abstract: "List devices that were heard and that nobody has put to a vehicle.",
        discussion: """
            A device that names no VIN is kept under its own name: an IMEI, a serial
            number, a phone number. --sources names a file that says whose they are, one to
            a line:

              356307042441013,1M8GDM9AXKP042788

            Devices in it, and VINs, are not listed. Topics, and since when a device was
            heard, are what the journal still holds.
            """)

    @Option(help: "A file with lines DEVICE,VEHICLE.")
    var sources: String?

    @Option(name: .short, help: "Output: table or json.")
    var output = Format.table

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let store = try store.open()
        let registry = try sources.map(Self.read) ?? Self.roster(of: store)
        let heard = try store.vehicles()
            .filter { VehicleID($0.vehicle).map(registry.isUnknown) ?? false }
        let journal = try UnknownSources(store, registry)
        func sighting(of vehicle: StoredVehicle) -> UnknownSources.Sighting? {
            VehicleID(vehicle.vehicle).flatMap { journal.sightings[$0] }
        }
        let presentation = style.presentation()
        guard output == .table else {
            for vehicle in heard {
                let found = sighting(of: vehicle)
                var object = VehicleJSON.head(
                    vehicle.vehicle, heard: vehicle.summary?.lastHeard, open: vehicle.openTickets)
                object.append("topic", found.map { String(decoding: $0.topic, as: UTF8.self) })
                object.append("messages", vehicle.summary?.messages ?? found?.messages)
                object.append("first_heard_at", found?.first.text())
                try Output.write(object.json + "\n")
            }
            return
        }
        let words = presentation.words
        guard let first = heard.first else { return }
        let zone = presentation.zone(at: first.summary?.lastHeard ?? Arguments.now)
        var table = Table([
            .init(words[.vehicle]), .init("\(words[.lastHeard].uppercased()) \(zone)"),
            .init(words[.openTickets], .right), .init(words[.topic]),
        ])
        for vehicle in heard {
            table.append([
                .init(presentation.vehicle(vehicle.vehicle)),
                .init(vehicle.summary?.lastHeard.map(presentation.minute) ?? "-"),
                .init("\(vehicle.openTickets)", vehicle.openTickets > 0 ? .plan : nil),
                .init(
                    sighting(of: vehicle).map {
                        Payload.topic($0.topic, presentation)
                    } ?? "-"),
            ])
        }
        try Output.write(table.text(width: presentation.width, painter: presentation.painter))
    }

    /// Whose the devices are by the roster that the daemon goes by.
    private static func roster(of store: TicketStore) throws -> SourceRegistry {
        guard let recorded = try store.rulesInForce(),
            let rules = try? RuleSet(recorded: recorded.body)
        else { return SourceRegistry() }
        return SourceRegistry(rules.roster)
    }

    /// Reads who has which device.
    static func read(_ path: String) throws -> SourceRegistry {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(code: .usage, message: "cannot read \(path.visible)")
        }
        var registry = SourceRegistry()
        let lines = String(decoding: data, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            let fields = line.split(separator: ",").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard fields.count == 2, let source = VehicleID(fields[0]),
                let vehicle = VehicleID(fields[1])
            else {
                throw CommandFailure(
                    code: .usage, message: "\(path):\(index + 1): a line is DEVICE,VEHICLE")
            }
            do throws(SourceRegistry.Claimed) {
                try registry.add(source, to: vehicle)
            } catch {
                throw CommandFailure(
                    code: .usage,
                    message: "\(path):\(index + 1): \(error.source) is \(error.vehicle)'s already")
            }
        }
        return registry
    }
}
