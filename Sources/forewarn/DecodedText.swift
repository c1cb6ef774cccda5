import FaultDecoding
import TerminalText
import VehicleFaults

/// What a message means, as text and as JSON.
struct DecodedText {
    let presentation: Presentation
    let format: PayloadFormat
    /// Whether the vehicle is one that the message or its topic names.
    let isNamed: Bool
    let buffer: ReportBuffer
    let names: SignalNames

    private func sightings(_ report: Report) -> [FaultSighting] {
        report.sightings.map { buffer.sightings[Int($0)] }
    }

    private func readings(_ report: Report) -> [Reading] {
        report.readings.map { buffer.readings[Int($0)] }
    }

    private static func listName(_ list: FaultList) -> String {
        switch list {
        case .absent: "absent"
        case .unstated: "unstated"
        case .snapshot: "snapshot"
        case .delta: "delta"
        }
    }

    // MARK: - Text

    func text() -> String {
        var text = buffer.reports.map(text(of:)).joined(separator: "\n")
        if buffer.reports.isEmpty { text = presentation.words[.nothing] + "\n" }
        if buffer.unknownFields > 0 { text += "  \(buffer.unknownFields) unknown fields\n" }
        if buffer.refusedValues > 0 { text += "  \(buffer.refusedValues) values refused\n" }
        return text
    }

    private func text(of report: Report) -> String {
        let words = presentation.words
        var facts: [(String, String)] = []
        if let claimed = report.claimed {
            facts.append((words[.time].lowercased(), presentation.time(claimed)))
        }
        if let sequence = report.sequence { facts.append((words[.sequence], "\(sequence)")) }
        if report.odometerKilometres.isFinite {
            facts.append((words[.odometer], "\(shortNumber(report.odometerKilometres)) km"))
        }
        if report.engineHours.isFinite {
            facts.append((words[.engineHours], "\(shortNumber(report.engineHours)) h"))
        }
        var list = words.stored(Self.listName(report.list))
        if !report.listStatus.isEmpty { list += ", \(words.stored(report.listStatus.description))" }
        if report.listECU != .empty { list += ", \(report.listECU)" }
        facts.append((words[.list], list))
        let width = facts.map(\.0.displayWidth).max() ?? 0
        let vehicle = isNamed ? presentation.vehicle(report.vehicle.description) : "-"
        var text = presentation.painter.paint(vehicle, .strong) + "  (\(format.rawValue))\n"
        for (name, value) in facts { text += "  \(name.padded(to: width))  \(value)\n" }
        let sightings = sightings(report)
        for sighting in sightings { text += line(of: sighting) }
        let readings = readings(report)
        let longest = readings.map { names[$0.signal].displayWidth }.max() ?? 0
        for reading in readings {
            let name = names[reading.signal].visible.padded(to: longest)
            text += "  \(name)  \(shortNumber(reading.value))\n"
        }
        return text
    }

    private func line(of sighting: FaultSighting) -> String {
        let words = presentation.words
        let statuses = FaultStatus.named.filter { sighting.status.contains($0.status) }
            .map { words.stored($0.name) }
        var parts = [
            sighting.code.description.padded(to: 8),
            statuses.isEmpty ? words[.unstated] : statuses.joined(separator: "|"),
            Self.structure(of: sighting.code),
        ]
        if sighting.ecu != .empty { parts.append("ecu \(sighting.ecu)") }
        if sighting.occurrences >= 0 { parts.append("×\(sighting.occurrences)") }
        var text = "  " + parts.filter { !$0.isEmpty }.joined(separator: "  ") + "\n"
        for index in sighting.freeze {
            let reading = buffer.freezeReadings[Int(index)]
            text += "    \(words[.freezeFrame])  \(names[reading.signal].visible) "
            text += shortNumber(reading.value) + "\n"
        }
        return text
    }

    /// What the letters and digits of a code say by themselves.
    private static func structure(of code: FaultCode) -> String {
        if let (spn, fmi) = code.suspect { return "J1939 parameter \(spn), failure mode \(fmi)" }
        switch code.scheme {
        case .gbt32960: return "GB/T 32960"
        case .vendor: return "vendor's own"
        case .j1939: return ""
        case .obd, .uds: break
        }
        let text = code.description
        let systems: [Character: String] = [
            "P": "powertrain", "C": "chassis", "B": "body", "U": "network",
        ]
        let system = text.first.flatMap { systems[$0] } ?? ""
        // SAE J2012: the first digit says who defined the code; P2 and part of P3 are generic too.
        let digits = text.dropFirst()
        let isGeneric: Bool
        switch digits.first {
        case "0": isGeneric = true
        case "1": isGeneric = false
        case "2": isGeneric = text.hasPrefix("P")
        default:
            let hundreds = digits.dropFirst().first.map(String.init) ?? ""
            isGeneric = !text.hasPrefix("P") || hundreds >= "4"
        }
        let failure = code.failureType.map { ", failure type " + Payload.hex([$0]).uppercased() }
        return "\(system), \(isGeneric ? "generic" : "manufacturer")" + (failure ?? "")
    }

    // MARK: - JSON

    func json() -> JSONObject {
        var object = JSONObject()
        object.append("v", 1)
        object.append("ok", true)
        object.append("format", format.rawValue)
        object.append("reports", buffer.reports.map(json(of:)))
        object.append("unknown_fields", buffer.unknownFields)
        object.append("refused_values", buffer.refusedValues)
        return object
    }

    private func json(of report: Report) -> JSONObject {
        var object = JSONObject()
        object.append("vehicle", isNamed ? report.vehicle.description : nil)
        object.append("at", report.claimed?.text())
        object.append("sequence", report.sequence)
        object.append("odometer_km", report.odometerKilometres)
        object.append("engine_h", report.engineHours)
        object.append("list", Self.listName(report.list))
        object.append(
            "list_status", report.listStatus.isEmpty ? nil : report.listStatus.description)
        object.append("list_ecu", report.listECU == .empty ? nil : report.listECU.description)
        object.append("codes", sightings(report).map(json(of:)))
        var signals = JSONObject()
        for reading in readings(report) { signals.append(names[reading.signal], reading.value) }
        object.append("signals", signals)
        return object
    }

    private func json(of sighting: FaultSighting) -> JSONObject {
        var object = JSONObject()
        object.append("code", sighting.code.description)
        object.append("status", sighting.status.description)
        object.append("ecu", sighting.ecu == .empty ? nil : sighting.ecu.description)
        object.append("occurrences", sighting.occurrences < 0 ? nil : sighting.occurrences)
        if let (spn, fmi) = sighting.code.suspect {
            object.append("spn", spn)
            object.append("fmi", fmi)
        }
        object.append("failure_type", sighting.code.failureType)
        var freeze = JSONObject()
        for index in sighting.freeze {
            let reading = buffer.freezeReadings[Int(index)]
            freeze.append(names[reading.signal], reading.value)
        }
        if !sighting.freeze.isEmpty { object.append("freeze", freeze) }
        return object
    }
}
