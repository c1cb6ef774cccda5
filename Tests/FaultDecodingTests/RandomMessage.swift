import VehicleFaults

/// A report made at random, and how it is written.
struct RandomMessage {
    private var buffer = ReportBuffer()
    private var fields: [String] = []

    init(_ random: inout SeededRandom) {
        let name = String(
            (0..<1 + random.below(40)).map { _ in
                "ABCDEFGHJKLMNPRSTUVWXYZ0123456789-_.".randomElement(using: &random) ?? "A"
            })
        guard let vehicle = VehicleID(name) else { return }
        var report = Report(vehicle: vehicle)
        let key = random.one(of: ["vin", "vehicle"])
        fields.append("\"\(key)\":\"\(random.happens(0.5) ? name : name.lowercased())\"")
        if random.happens(0.8) {
            let time = EventTime(milliseconds: Int64(random.below(4_102_444_800_000)))
            report.claimed = time
            fields.append(
                random.happens(0.7) ? "\"ts\":\"\(time)\"" : "\"ts\":\(time.milliseconds)")
        }
        if random.happens(0.5) {
            report.sequence = random.next()
            fields.append("\"seq\":\(report.sequence ?? 0)")
        }
        if random.happens(0.7) {
            report.odometerKilometres = Self.number(&random)
            fields.append("\"odo_km\":\(report.odometerKilometres)")
        }
        if random.happens(0.7) {
            report.engineHours = Self.number(&random)
            fields.append("\"engine_h\":\(report.engineHours)")
        }
        if random.happens(0.6) { addFaults(&report, &random) }
        if random.happens(0.9) {
            fields.append("\"signals\":" + Self.signals(&random, into: &buffer.readings))
        }
        report.readings = 0..<Int32(buffer.readings.count)
        report.sightings = 0..<Int32(buffer.sightings.count)
        buffer.reports.append(report)
    }

    /// The text of the message, its fields in some order, and what it must read as.
    func written(_ random: inout SeededRandom) -> (String, ReportBuffer) {
        let blank = random.happens(0.2) ? " " : ""
        let shuffled = fields.shuffled(using: &random)
        return ("{" + shuffled.joined(separator: ",\(blank)") + "\(blank)}", buffer)
    }

    private mutating func addFaults(_ report: inout Report, _ random: inout SeededRandom) {
        report.list = .unstated
        if random.happens(0.5) {
            let complete = random.happens(0.5)
            report.list = complete ? .snapshot : .delta
            fields.append("\"complete\":\(complete)")
        }
        var listed: [String] = []
        for _ in 0..<random.below(4) {
            let code = Self.code(&random)
            var sighting = FaultSighting(code: code)
            var members: [String] = []
            if let suspect = code.suspect {
                members = ["\"spn\":\(suspect.spn)", "\"fmi\":\(suspect.fmi)"]
            } else {
                members = ["\"code\":\"\(code)\""]
            }
            if random.happens(0.5) {
                sighting.status = FaultStatus(rawValue: UInt8(1 + random.below(63)))
                let words = "\(sighting.status)"
                members.append(
                    random.happens(0.5)
                        ? "\"status\":\"\(words)\""
                        : "\"status\":[\"\(words.split(separator: "|").joined(separator: "\",\""))\"]"
                )
            }
            if random.happens(0.3) {
                sighting.occurrences = Int32(random.below(128))
                members.append("\"oc\":\(sighting.occurrences)")
            }
            if random.happens(0.3) {
                sighting.ecu = ShortText("ECU\(random.below(9))") ?? .empty
                members.append("\"ecu\":\"\(sighting.ecu)\"")
            }
            if random.happens(0.3) {
                let first = Int32(buffer.freezeReadings.count)
                members.append(
                    "\"freeze\":" + Self.signals(&random, into: &buffer.freezeReadings))
                sighting.freeze = first..<Int32(buffer.freezeReadings.count)
            }
            buffer.sightings.append(sighting)
            listed.append("{" + members.shuffled(using: &random).joined(separator: ",") + "}")
        }
        fields.append("\"dtcs\":[" + listed.joined(separator: ",") + "]")
    }

    private static func code(_ random: inout SeededRandom) -> FaultCode {
        switch random.below(3) {
        case 0: FaultCode(obd: UInt16(truncatingIfNeeded: random.next()))
        case 1:
            FaultCode(
                uds: UInt16(truncatingIfNeeded: random.next()),
                failureType: UInt8(truncatingIfNeeded: random.next()))
        default: FaultCode(spn: UInt32(random.below(524_288)), fmi: UInt8(random.below(32)))
        }
    }

    private static func number(_ random: inout SeededRandom) -> Double {
        random.happens(0.8)
            ? Double(random.below(20_000_000)) / 100
            : Double.random(in: -1e12...1e12, using: &random)
    }

    private static func signals(
        _ random: inout SeededRandom, into readings: inout ContiguousArray<Reading>
    ) -> String {
        var members: [String] = []
        for index in signalNames.indices.shuffled(using: &random) where random.happens(0.7) {
            let value = number(&random)
            readings.append(Reading(signal: SignalID(index: UInt32(index)), value: value))
            members.append("\"\(signalNames[index])\":\(value)")
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}
