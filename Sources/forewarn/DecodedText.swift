import FaultDecoding
import StoreText
import TerminalText
import VehicleFaults

/// What a message means, as text and as JSON.
struct DecodedText {
    let presentation: Presentation
    let format: PayloadFormat
    /// How the format was found out, unless it was named.
    let guess: FormatGuess?
    let result: DecodeCommand.Result

    private var buffer: ReportBuffer { result.buffer }
    private var names: SignalNames { result.names }
    private var trace: FieldTrace { result.trace }

    /// Whether the vehicle is one that the message or its topic names.
    private func isNamed(_ report: Report) -> Bool {
        report.vehicle != VehicleID(DecodeCommand.unnamed)
    }

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
        let words = presentation.words
        var text = presentation.painter.paint(format.rawValue, .strong)
        if let guess {
            text += "  (\(words.guessed(guess.certainty))"
            if !guess.others.isEmpty {
                text += words.comma + words.alsoReadBy(guess.others.map(\.rawValue))
            }
            text += ")"
        }
        text += "\n"
        if result.failure == nil {
            text += buffer.reports.map(self.text(of:)).joined()
            if buffer.reports.isEmpty { text += "  \(words[.nothing])\n" }
            if buffer.unknownFields > 0 {
                text += "  " + words.unknown(fields: buffer.unknownFields) + "\n"
            }
            if buffer.refusedValues > 0 {
                text += "  " + words.refused(values: buffer.refusedValues) + "\n"
            }
        }
        if !trace.fields.isEmpty { text += "\n" + fields() }
        for failure in refusals { text += "\n" + place(of: failure) }
        return text
    }

    /// What was refused, whole or in part.
    private var refusals: [DecodingFailure] {
        trace.refusals
            + (result.failure.map { trace.refusals.contains($0) ? [] : [$0] } ?? [])
    }

    /// Every field with its place, and below it the mistake that was not made.
    private func fields() -> String {
        let words = presentation.words
        var table = Table([
            .init(words[.offset], .right), .init(words[.field]),
            .flexible(words[.raw], narrowest: 11), .wrapping(words[.meaning]),
        ])
        for field in trace.fields {
            let isIdentity = field.name == "vin" || field.name == "vehicle"
            let raw = isIdentity && !presentation.showsWhole ? "…" : field.raw
            let said = words.text(of: field.meaning)
            let meaning = field.unit.isEmpty ? said : "\(said) \(field.unit)"
            table.append(
                [
                    .init("\(field.offset)"), .init(field.name), .init(raw, .suppressed),
                    .init(meaning),
                ],
                note: field.trap.map {
                    "      ! " + presentation.painter.paint(words[$0], .information)
                })
        }
        return table.text(width: presentation.width, painter: presentation.painter)
    }

    /// A refused part within the payload.
    private func place(of failure: DecodingFailure) -> String {
        let words = presentation.words
        let title =
            "\(words[.refused]): \(words[failure.reason])" + words.comma
            + words.atByte(failure.offset)
        guard !result.payload.isEmpty else { return title + "\n" }
        let excerpt = Payload.excerpt(result.payload, at: failure.offset)
        return "\(title)\n  \(excerpt[0])\n  \(excerpt[1])\n"
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
        if report.ecu != .empty { list += ", \(report.ecu)" }
        if report.list != .absent {
            facts.append((words[.list], list))
        } else if report.ecu != .empty {
            facts.append((words[.unit].lowercased(), "\(report.ecu)"))
        }
        let width = facts.map(\.0.displayWidth).max() ?? 0
        let vehicle = isNamed(report) ? presentation.vehicle(report.vehicle.description) : "-"
        var text = "  " + presentation.painter.paint(vehicle, .strong) + "\n"
        for (name, value) in facts { text += "    \(name.padded(to: width))  \(value)\n" }
        let sightings = sightings(report)
        for sighting in sightings { text += line(of: sighting) }
        let readings = readings(report)
        let longest = readings.map { names[$0.signal].displayWidth }.max() ?? 0
        for reading in readings {
            let name = names[reading.signal].visible.padded(to: longest)
            text += "    \(name)  \(shortNumber(reading.value))\n"
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
            structure(of: sighting.code),
        ]
        if sighting.ecu != .empty { parts.append("ecu \(sighting.ecu)") }
        if sighting.occurrences >= 0 { parts.append("×\(sighting.occurrences)") }
        var text = "    " + parts.filter { !$0.isEmpty }.joined(separator: "  ") + "\n"
        for index in sighting.freeze {
            let reading = buffer.freezeReadings[Int(index)]
            text += "      \(words[.freezeFrame])  \(names[reading.signal].visible) "
            text += shortNumber(reading.value) + "\n"
        }
        return text
    }

    /// What the letters and digits of a code say by themselves.
    private func structure(of code: FaultCode) -> String {
        let words = presentation.words
        let structure = CodeStructure(code)
        let origin = structure.isGeneric.map { words[$0 ? .generic : .maker] }
        let parts = [
            structure.system.map { words[$0] }, origin, structure.subsystem.map { words[$0] },
            structure.failure.map { words[$0] } ?? structure.category.map { words[$0] },
        ]
        return parts.compactMap(\.self).joined(separator: words.comma)
    }

    // MARK: - JSON

    /// The same for programs; members are only ever added.
    func json() -> JSONObject {
        var object = JSONObject()
        object.append("v", 1)
        let first = result.failure ?? trace.refusals.first
        object.append("ok", first == nil)
        object.append("format", format.rawValue)
        object.append("guessed", guess != nil)
        object.append("certainty", guess?.certainty.rawValue)
        object.append("also", guess?.others.map(\.rawValue) ?? [])
        if let first {
            object.append("reason", first.reason.rawValue)
            object.append("offset", first.offset)
        }
        object.append("reports", buffer.reports.map(json(of:)))
        object.append("unknown_fields", buffer.unknownFields)
        object.append("refused_values", buffer.refusedValues)
        object.append("refused", refusals.map(json(of:)))
        object.append("fields", trace.fields.map(json(of:)))
        return object
    }

    private func json(of failure: DecodingFailure) -> JSONObject {
        var object = JSONObject()
        object.append("reason", failure.reason.rawValue)
        object.append("offset", failure.offset)
        return object
    }

    private func json(of field: FieldTrace.Field) -> JSONObject {
        var object = JSONObject()
        object.append("offset", field.offset)
        object.append("length", field.length)
        object.append("name", field.name)
        object.append("raw", field.raw)
        object.append("meaning", field.meaning.description)
        object.append("unit", field.unit.isEmpty ? nil : field.unit)
        object.append("trap", field.trap?.rawValue)
        return object
    }

    private func json(of report: Report) -> JSONObject {
        var object = JSONObject()
        object.append("vehicle", isNamed(report) ? report.vehicle.description : nil)
        object.append("at", report.claimed?.text())
        object.append("sequence", report.sequence)
        object.append("odometer_km", report.odometerKilometres)
        object.append("engine_h", report.engineHours)
        object.append("list", Self.listName(report.list))
        object.append(
            "list_status", report.listStatus.isEmpty ? nil : report.listStatus.description)
        let ecu = report.ecu == .empty ? nil : report.ecu.description
        object.append("list_ecu", report.list == .absent ? nil : ecu)
        object.append("ecu", ecu)
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
        let structure = CodeStructure(sighting.code)
        object.append("system", structure.system?.english)
        object.append("generic", structure.isGeneric)
        object.append("subsystem", structure.subsystem?.english)
        object.append("failure", structure.failure?.english)
        var freeze = JSONObject()
        for index in sighting.freeze {
            let reading = buffer.freezeReadings[Int(index)]
            freeze.append(names[reading.signal], reading.value)
        }
        if !sighting.freeze.isEmpty { object.append("freeze", freeze) }
        return object
    }
}
