import ArgumentParser
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn trace`: which parts went where.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Follow parts from the supplier to vehicles and back.",
        discussion: """
            What it shows was said with forewarn ticket part: a part's lot or serial
            number, its supplier, and how far it has come.
            """,
        subcommands: [TraceLot.self, TraceSerial.self, TraceVehicle.self])
}

/// `forewarn trace lot`
struct TraceLot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lot", abstract: "Show the vehicles that have parts of a lot.")

    @Argument(help: "The lot, as it stands on the parts.") var lot: String
    @OptionGroup var trace: TraceOptions

    func run() throws { try trace.show(lot: lot) }
}

/// `forewarn trace serial`
struct TraceSerial: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serial", abstract: "Show the way of one part.")

    @Argument(help: "The serial number.") var serial: String
    @OptionGroup var trace: TraceOptions

    func run() throws { try trace.show(serial: serial) }
}

/// `forewarn trace vehicle`
struct TraceVehicle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vehicle", abstract: "Show the parts that a vehicle was given.")

    @Argument(help: "The vehicle, whole or as LGA…0042.") var vehicle: String
    @OptionGroup var trace: TraceOptions

    func run() throws { try trace.show(vehicle: vehicle) }
}

/// What the ways of asking have in common.
struct TraceOptions: ParsableArguments {
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

    @Option(name: .short, help: "Output: table or json.") var output = Format.table
    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    /// - Throws: ``CommandFailure`` with exit code 1 when nothing is known.
    func show(lot: String? = nil, serial: String? = nil, vehicle: String? = nil) throws {
        let store = try store.open()
        let parts = try store.tracedParts(
            lot: lot, serial: serial, vehicle: vehicle.map { VehiclePattern($0) })
        let presentation = style.presentation()
        guard !parts.isEmpty else {
            throw CommandFailure(
                code: .no,
                message: presentation.words.say(
                    "no ticket names \(subject(lot, serial, vehicle))",
                    "没有工单提到 \(subject(lot, serial, vehicle))"))
        }
        // A lot that other vehicles have too is where one looks next.
        var sharers: [String: Set<String>] = [:]
        for name in Set(parts.compactMap(\.lot)) {
            sharers[name] = Set(try store.tracedParts(lot: name).map(\.vehicle))
        }
        if output == .json {
            for part in parts { try Output.write(json(part, sharers) + "\n") }
            return
        }
        try Output.write(table(parts, sharers, presentation))
    }

    private func subject(_ lot: String?, _ serial: String?, _ vehicle: String?) -> String {
        (lot ?? serial ?? vehicle ?? "").visible
    }

    private func table(
        _ parts: [TracedPart], _ sharers: [String: Set<String>], _ presentation: Presentation
    ) -> String {
        let words = presentation.words
        var table = Table([
            .init(words.say("TIME", "时间")), .init(words.say("VEHICLE", "车辆")),
            .init(words.say("TICKET", "工单")),
            .flexible(words.say("PART", "配件")), .flexible(words.say("LOT", "批次")),
            .flexible(words.say("SERIAL", "序列号")), .flexible(words.say("SUPPLIER", "供应商")),
            .init(words.say("STATE", "状态")),
        ])
        for part in parts {
            table.append([
                .init(presentation.minute(part.at)), .init(presentation.vehicle(part.vehicle)),
                .init("T-\(part.ticket)"), .init(part.part.visible),
                .init(part.lot?.visible ?? "-"), .init(part.serial?.visible ?? "-"),
                .init(part.supplier?.visible ?? "-"), .init(words.text(of: part.state)),
            ])
        }
        var text = table.text(width: presentation.width, painter: presentation.painter)
        for (lot, vehicles) in sharers.sorted(by: { $0.key < $1.key }) {
            text += words.say(
                "lot \(lot.visible): \(vehicles.count) \(vehicles.count == 1 ? "vehicle" : "vehicles")\n",
                "批次 \(lot.visible)：\(vehicles.count) 辆车\n")
        }
        return text
    }

    private func json(_ part: TracedPart, _ sharers: [String: Set<String>]) -> String {
        var object = JSONObject()
        object.append("v", 1)
        object.append("at", part.at.text())
        object.append("vehicle", part.vehicle)
        object.append("ticket", "T-\(part.ticket)")
        object.append("part", part.part)
        object.append("lot", part.lot)
        object.append("lot_vehicles", part.lot.flatMap { sharers[$0]?.count })
        object.append("serial", part.serial)
        object.append("supplier", part.supplier)
        object.append("quantity", part.quantity)
        object.append("state", part.state.rawValue)
        object.append("eta", part.eta?.text())
        object.append("actor", part.actor)
        return object.json
    }
}
