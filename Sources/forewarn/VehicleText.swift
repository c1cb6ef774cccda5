import FleetWatch
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// A vehicle as text.
struct VehicleText {
    let presentation: Presentation

    private var words: Words { presentation.words }

    func text(
        _ vehicle: StoredVehicle, _ tickets: [StoredTicket], _ events: [StoredEvent]
    ) -> String {
        var text = title(presentation.vehicle(vehicle.vehicle)) + "\n"
        if let summary = vehicle.summary {
            text += facts(summary)
            let row = "\(words[.asOfRow]) \(vehicle.appliedRow)"
            text += "  " + presentation.painter.paint(row, .suppressed) + "\n"
        } else {
            text += "  \(words[.notStored])\n"
        }
        text += "\n" + title(words[.openTickets].lowercased()) + "\n"
        text +=
            tickets.isEmpty
            ? "  \(words[.nothing])\n"
            : TicketTable(presentation: presentation, isWide: false, showsState: false)
                .text(tickets)
        if let summary = vehicle.summary, !summary.codes.isEmpty {
            text += "\n" + title(words[.codes]) + "\n" + codes(summary.codes)
        }
        if let summary = vehicle.summary, !summary.signals.isEmpty {
            text += "\n" + title(words[.signals]) + "\n" + signals(summary.signals)
        }
        guard !events.isEmpty else { return text }
        text += "\n" + title(words[.timeline]) + "\n"
        var lines = EventText(presentation: presentation)
        lines.isCut = presentation.width != nil
        for event in events { text += lines.line(event, EventBody(event.body)) + "\n" }
        return text
    }

    private func title(_ text: String) -> String { presentation.painter.paint(text, .strong) }

    private func facts(_ summary: LaneSummary) -> String {
        let facts = VehicleFactsText(presentation: presentation).facts(summary)
        let width = facts.map(\.0.displayWidth).max() ?? 0
        return facts.map { "  \($0.0.padded(to: width))  \($0.1)\n" }.joined()
    }

    private func codes(_ codes: [LaneSummary.Code]) -> String {
        let zone = presentation.zone(at: codes[0].lastSeen)
        var table = Table([
            .init(words[.code]), .init(words[.status]), .init(words[.unit]),
            .init(words[.occurrences], .right), .init("\(words[.lastSeen]) \(zone)"),
        ])
        for code in codes.sorted(by: { $0.lastSeen > $1.lastSeen }) {
            let status = VehicleFactsText(presentation: presentation).status(of: code)
            table.append([
                .init(code.code.description),
                code.isPresent ? .init(status) : .init(words[.absent], .suppressed),
                .init(code.ecu == .empty ? "-" : code.ecu.description),
                .init(code.occurrences.map(String.init) ?? "-"),
                .init(presentation.minute(code.lastSeen)),
            ])
        }
        return table.text(width: presentation.width, painter: presentation.painter)
    }

    private func signals(_ signals: [LaneSummary.Signal]) -> String {
        let zone = presentation.zone(at: signals[0].lastRead)
        var table = Table([
            .init(words[.signal]), .init(words[.value], .right),
            .init("\(words[.lastSeen]) \(zone)"),
        ])
        for signal in signals.sorted(by: { $0.name < $1.name }) {
            table.append([
                .init(signal.name), .init(shortNumber(signal.value)),
                .init(presentation.minute(signal.lastRead)),
            ])
        }
        return table.text(width: presentation.width, painter: presentation.painter)
    }
}

/// Vehicles as JSON.
enum VehicleJSON {
    static func head(_ vehicle: String, heard: EventTime?, open: Int) -> JSONObject {
        var object = JSONObject()
        object.append("v", 1)
        object.append("vehicle", vehicle)
        object.append("last_heard_at", heard?.text())
        object.append("open_tickets", open)
        return object
    }

    static func whole(
        _ vehicle: StoredVehicle, _ tickets: [StoredTicket], _ events: [StoredEvent]
    ) -> JSONObject {
        var object = head(
            vehicle.vehicle, heard: vehicle.summary?.lastHeard, open: vehicle.openTickets)
        object.append("as_of_row", vehicle.summary == nil ? nil : vehicle.appliedRow)
        let summary = vehicle.summary
        object.append("memory_bytes", summary?.bytes)
        object.append("check_bytes", summary?.checkBytes)
        object.append("messages", summary?.messages)
        object.append("duplicates", summary?.duplicates)
        object.append("late", summary?.late)
        object.append("unbelieved", summary?.unbelieved)
        object.append("waiting", summary?.waiting)
        object.append("clock_offset_ms", summary?.clockOffset)
        object.append("tickets", tickets.map(TicketJSON.object))
        object.append("codes", (summary?.codes ?? []).map(code))
        object.append("signals", (summary?.signals ?? []).map(signal))
        object.append("findings", events.map { RawJSON(text: EventPrinter.json($0)) })
        return object
    }

    private static func code(_ code: LaneSummary.Code) -> JSONObject {
        var object = JSONObject()
        object.append("code", code.code.description)
        object.append("ecu", code.ecu == .empty ? nil : code.ecu.description)
        object.append("status", code.status.description)
        object.append("present", code.isPresent)
        object.append("occurrences", code.occurrences)
        object.append("last_seen_at", code.lastSeen.text())
        object.append("position", code.position)
        return object
    }

    private static func signal(_ signal: LaneSummary.Signal) -> JSONObject {
        var object = JSONObject()
        object.append("signal", signal.name)
        object.append("value", signal.value)
        object.append("last_read_at", signal.lastRead.text())
        object.append("position", signal.position)
        return object
    }
}
