import VehicleFaults

/// Says of a native message that was read which of its fields gave what.
///
/// The reader of native messages has no room for a trace: it is timed in nanoseconds. This walks the
/// message again, for people only, and takes every value from the report that the reader made.
enum NativeTrace {
    /// A trace with the fields of the newest report of a buffer.
    ///
    /// - Parameter refused: how many values the reader refused.
    static func noting(
        _ payload: Span<UInt8>, _ limits: DecodingLimits, _ buffer: ReportBuffer, _ refused: Int,
        _ names: SignalNames, _ trace: FieldTrace
    ) -> FieldTrace {
        var tape = JSONTape()
        guard (try? tape.read(payload, limits: limits)) != nil, let report = buffer.reports.last,
            tape.kind(tape.root) == .object
        else { return trace }
        var walk = Walk(tape: tape, report: report, buffer: buffer, names: names, trace: trace)
        walk.message()
        // The reader alone decides what is refused; a walk that finds another number says nothing.
        if walk.trace.refusals.count != refused { walk.trace.refusals = trace.refusals }
        return walk.trace
    }

    private struct Walk {
        let tape: JSONTape
        let report: Report
        let buffer: ReportBuffer
        let names: SignalNames
        var trace: FieldTrace

        init(
            tape: JSONTape, report: Report, buffer: ReportBuffer, names: SignalNames,
            trace: FieldTrace
        ) {
            self.tape = tape
            self.report = report
            self.buffer = buffer
            self.names = names
            self.trace = trace
        }

        private mutating func note(
            _ name: String, _ index: Int, _ meaning: Saying, unit: String = "", trap: Trap? = nil
        ) {
            trace.note(
                name, at: tape.place(of: index), length: tape.range(of: index).count,
                raw: tape.raw(index), meaning, unit: unit, trap: trap)
        }

        mutating func message() {
            for child in tape.children(of: 0) where tape.kind(child) != .null {
                let name = String(decoding: tape.name(child), as: UTF8.self)
                switch name {
                case "v": note(name, child, "version 1")
                case "vin", "vehicle": note("vehicle", child, "\(report.vehicle.masked)")
                case "ts": note(name, child, report.claimed.map { "\($0.text())" } ?? "no time")
                case "seq": note(name, child, report.sequence.map { "\($0)" } ?? "")
                case "odo_km":
                    note(
                        name, child, "\(OBDDecoder.shortText(report.odometerKilometres))",
                        unit: "km")
                case "engine_h":
                    note(name, child, "\(OBDDecoder.shortText(report.engineHours))", unit: "h")
                case "complete":
                    note(
                        name, child, report.list == .snapshot ? "all codes" : "only news",
                        trap: report.list == .snapshot ? nil : .delta)
                case "ecu": note(name, child, "\(report.ecu)")
                case "dtcs": faults(child)
                case "signals":
                    signals(child, report.readings.map { buffer.readings[Int($0)] })
                default: note(name, child, "not known")
                }
            }
        }

        private mutating func faults(_ list: Int) {
            let items = Array(tape.children(of: list))
            if items.isEmpty { note("dtcs", list, "none", trap: .noFault) }
            for (index, item) in items.enumerated() where index < report.sightings.count {
                let sighting = buffer.sightings[Int(report.sightings.lowerBound) + index]
                guard tape.kind(item) == .object else {
                    note("code", item, "\(sighting.code)", trap: .noStatus)
                    continue
                }
                for member in tape.children(of: item) where tape.kind(member) != .null {
                    let name = String(decoding: tape.name(member), as: UTF8.self)
                    switch name {
                    case "code": note(name, member, "\(sighting.code)")
                    case "spn", "fmi": note(name, member, "\(sighting.code)")
                    case "status": note(name, member, "\(sighting.status.said)")
                    case "ecu": note(name, member, "\(sighting.ecu)")
                    case "oc":
                        guard sighting.occurrences < 0 else {
                            note(name, member, "\(sighting.occurrences)")
                            continue
                        }
                        refuse(member, .numberOutOfRange)
                    case "freeze":
                        signals(member, sighting.freeze.map { buffer.freezeReadings[Int($0)] })
                    default: note(name, member, "not known")
                    }
                }
            }
        }

        private mutating func signals(_ object: Int, _ readings: [Reading]) {
            for member in tape.children(of: object) where tape.kind(member) != .null {
                let name = String(decoding: tape.name(member), as: UTF8.self)
                if let reading = readings.first(where: { names[$0.signal] == name }) {
                    note(name, member, "\(OBDDecoder.shortText(reading.value))")
                } else if names.find(name) != nil {
                    refuse(
                        member,
                        tape.kind(member) == .number ? .numberOutOfRange : .wrongType)
                } else {
                    note(name, member, "not kept")
                }
            }
        }

        private mutating func refuse(_ index: Int, _ reason: DecodingFailure.Reason) {
            let name = String(decoding: tape.name(index), as: UTF8.self)
            note(name, index, "refused", trap: reason == .wrongType ? nil : .reservedValue)
            trace.refusals.append(DecodingFailure(reason: reason, offset: tape.place(of: index)))
        }
    }
}
