import VehicleFaults

/// Reads Forewarn's own JSON messages in one pass that knows their fields.
struct NativeDecoder: Sendable {
    var names: SignalNames
    let limits: DecodingLimits
    var timestamp = Timestamp()
    /// For each signal, the object that last named it, by which a second mention is noticed.
    var mentions: ContiguousArray<UInt32>
    /// The object of signals that is being read.
    var mention: UInt32 = 0
    var forms = MessageForms()
    var layouts = MessageLayouts()

    init(names: SignalNames, limits: DecodingLimits) {
        self.names = names
        self.limits = limits
        mentions = []
    }

    /// What was not taken of a message, counted.
    struct Tally {
        var unknownFields = 0
        var refusedValues = 0
    }

    /// What has been read of a message besides its report.
    struct Draft {
        var tally = Tally()
        var vehicle: VehicleID?
        /// Where the payload names the vehicle.
        var vehicleOffset = 0
        var claimed: EventTime?
        var sequence: UInt64?
        var odometerKilometres = Double.nan
        var engineHours = Double.nan
        var complete: Bool?
        var hasList = false
        var ecu: ShortText
        /// Whether the message itself names ``ecu``.
        var namesECU = false
        /// All bits of bytes that may be other than ASCII, and of some that are.
        var seen: UInt64 = 0
        var isASCII: Bool { seen & ByteWord.tops == 0 }
        /// Whether it has a value other than texts, times, numbers and empty lists.
        var hasParts = false
        /// The place after the message's last brace.
        var end = 0
    }

    /// The fields of a message.
    enum Field {
        static var version: UInt32 { 0 }
        static var vin: UInt32 { 1 }
        static var vehicle: UInt32 { 2 }
        static var time: UInt32 { 3 }
        static var sequence: UInt32 { 4 }
        static var odometer: UInt32 { 5 }
        static var engineHours: UInt32 { 6 }
        static var faults: UInt32 { 7 }
        static var complete: UInt32 { 8 }
        static var signals: UInt32 { 9 }
        static var ecu: UInt32 { 10 }
        /// Known, and of no interest.
        static var ignored: UInt32 { 11 }
        static var unknown: UInt32 { 12 }
    }

    /// The field with a name, given by its bytes, the first one least significant.
    static func field(_ name: UInt64) -> UInt32 {
        switch name {
        case 0x76: Field.version  // v
        case 0x6E_6976: Field.vin
        case 0x65_6C63_6968_6576: Field.vehicle
        case 0x7374: Field.time  // ts
        case 0x71_6573: Field.sequence  // seq
        case 0x6D6B_5F6F_646F: Field.odometer  // odo_km
        case 0x685F_656E_6967_6E65: Field.engineHours  // engine_h
        case 0x7363_7464: Field.faults  // dtcs
        case 0x6574_656C_706D_6F63: Field.complete
        case 0x73_6C61_6E67_6973: Field.signals
        case 0x75_6365: Field.ecu
        case 0x74, 0x63_6970_6F74: Field.ignored  // t, topic
        default: Field.unknown
        }
    }

    /// Appends the report of one message.
    ///
    /// - Parameters:
    ///   - bytes: a padded text.
    ///   - frame: where it ends.
    ///   - digest: of the payload.
    ///   - vehicle: the vehicle that the topic names.
    ///   - ecu: the control unit that the topic names, or empty.
    ///   - list: what a list means when the message does not say.
    /// - Throws: the first thing that is wrong; `buffer` may then hold some of the message.
    @inline(__always) mutating func decode(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, digest: UInt64, vehicle: VehicleID?,
        ecu: ShortText, list: FaultList, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        let firstSighting = buffer.sightings.count
        let firstReading = buffer.readings.count
        var draft = Draft(ecu: ecu)
        try readInFull(bytes, frame, &draft, into: &buffer)
        try finish(
            draft, digest: digest, vehicle: vehicle, list: list, firstSighting, firstReading,
            into: &buffer)
    }

    /// Reads a message of any form, and remembers which it was.
    @inline(never) private mutating func readInFull(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        try read(bytes, frame, &draft, into: &buffer)
        guard forms.missed() else { return }
        let form = MessageFormBuilder.form(
            bytes, frame, limits, names, complete: draft.complete,
            ecu: draft.namesECU ? draft.ecu : nil)
        if let form { forms.insert(form) }
    }

    /// Reads a message of any form.
    @inline(__always) private mutating func read(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        var seen: UInt32 = 0
        var place = 0
        guard JSONText.peek(bytes, &place) == 0x7B else {
            throw JSONText.misread(bytes, frame, at: place)
        }
        var isFirst = true
        while true {
            let more =
                isFirst
                ? try JSONText.open(bytes, frame, &place, closing: 0x7D, level: 1)
                : try JSONText.another(bytes, frame, &place, closing: 0x7D)
            guard more else { break }
            isFirst = false
            let key = try JSONText.key(bytes, frame, &place)
            let field = try Self.field(JSONName.word(bytes, key))
            if field < Field.ignored { try Self.once(field, &seen, key.start &- 1) }
            switch field {
            case Field.ignored:
                // What a recording adds; the topic that counts is the one given by the caller.
                place = try Self.ignored(bytes, frame, place)
            case Field.vin, Field.vehicle: place = try Self.vehicle(bytes, frame, place, &draft)
            case Field.time: place = try time(bytes, frame, place, &draft)
            case Field.odometer:
                let number = try JSONText.number(bytes, frame, place)
                draft.odometerKilometres = number.value
                place = number.end
            case Field.engineHours:
                let number = try JSONText.number(bytes, frame, place)
                draft.engineHours = number.value
                place = number.end
            case Field.faults: place = try list(bytes, frame, place, &draft, into: &buffer)
            case Field.signals:
                place = try signals(
                    bytes, frame, place, &draft.tally, level: 2, into: &buffer.readings)
            default: place = try rareField(field, bytes, frame, place, &draft)
            }
        }
        draft.end = place
        if place != frame.end { place = JSONText.afterBlanks(bytes, place) }
        guard place == frame.end else { throw frame.unexpected(at: place) }
    }

    /// Appends the report of what was read.
    @inline(__always) private func finish(
        _ draft: Draft, digest: UInt64, vehicle: VehicleID?, list: FaultList, _ firstSighting: Int,
        _ firstReading: Int, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        guard let known = draft.vehicle ?? vehicle else {
            throw DecodingFailure(reason: .noVehicle, offset: draft.end &- 1)
        }
        if let vehicle, vehicle != known {
            throw DecodingFailure(reason: .vehicleMismatch, offset: draft.vehicleOffset)
        }
        append(
            draft, known, digest: digest, list: list, firstSighting, firstReading, into: &buffer)
    }

    /// Appends the report of a vehicle.
    @inline(__always) func append(
        _ draft: Draft, _ vehicle: VehicleID, digest: UInt64, list: FaultList,
        _ firstSighting: Int, _ firstReading: Int, into buffer: inout ReportBuffer
    ) {
        var report = Report(vehicle: vehicle)
        report.claimed = draft.claimed
        report.sequence = draft.sequence
        report.odometerKilometres = draft.odometerKilometres
        report.engineHours = draft.engineHours
        append(
            &report, hasList: draft.hasList, draft.complete, draft.ecu, digest: digest, list: list,
            firstSighting, firstReading, into: &buffer)
        if draft.ecu != .empty { Self.name(draft.ecu, from: firstSighting, in: &buffer) }
        buffer.unknownFields &+= draft.tally.unknownFields
        buffer.refusedValues &+= draft.tally.refusedValues
    }

    /// Appends a report, of which vehicle, time and numbers are known.
    ///
    /// - Parameters:
    ///   - complete: what the message says of its list.
    ///   - list: what a list means when the message does not say.
    @inline(__always) func append(
        _ report: inout Report, hasList: Bool, _ complete: Bool?, _ ecu: ShortText, digest: UInt64,
        list: FaultList, _ firstSighting: Int, _ firstReading: Int, into buffer: inout ReportBuffer
    ) {
        if hasList || buffer.readings.count > firstReading { report.ecu = ecu }
        if hasList {
            switch complete {
            case true?: report.list = .snapshot
            case false?: report.list = .delta
            case nil: report.list = list
            }
        }
        report.sightings =
            Int32(
                truncatingIfNeeded: firstSighting)..<Int32(
                truncatingIfNeeded: buffer.sightings.count)
        report.readings =
            Int32(
                truncatingIfNeeded: firstReading)..<Int32(
                truncatingIfNeeded: buffer.readings.count)
        report.digest = digest
        buffer.reports.append(report)
    }

    /// Reads the list of faults, which is most often empty, and returns the place after it.
    @inline(__always) mutating func list(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ place: Int, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) -> Int {
        draft.hasList = true
        if bytes.byte(place) == 0x5B, bytes.byte(place &+ 1) == 0x5D { return place &+ 2 }
        return try faults(bytes, frame, place, &draft, into: &buffer)
    }

    /// The place after a value of no interest, which is most often a string.
    @inline(never) private static func ignored(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ start: Int
    ) throws(DecodingFailure) -> Int {
        guard bytes.byte(start) == 0x22 else {
            return try JSONText.afterValue(bytes, frame, start, level: 1)
        }
        var place = start
        _ = try JSONText.string(bytes, frame, &place)
        return place
    }

    /// Names the unit of codes that have none; it may stand after the list.
    @inline(never) static func name(
        _ ecu: ShortText, from first: Int, in buffer: inout ReportBuffer
    ) {
        for index in first..<buffer.sightings.count where buffer.sightings[index].ecu == .empty {
            buffer.sightings[index].ecu = ecu
        }
    }

    /// Reads a field that few messages have, and returns the place after it.
    @inline(never) private func rareField(
        _ field: UInt32, _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ start: Int,
        _ draft: inout Draft
    ) throws(DecodingFailure) -> Int {
        var place = start
        guard field == Field.unknown || bytes.byte(place) != 0x6E else {
            return try JSONText.afterLiteral(bytes, frame, place)
        }
        switch field {
        case Field.version:
            let number = try JSONText.number(bytes, frame, place)
            guard number.value == 1 else {
                throw DecodingFailure(reason: .versionUnsupported, offset: start)
            }
            place = number.end
        case Field.sequence: draft.sequence = try JSONText.unsigned(bytes, frame, &place)
        case Field.complete:
            let first = bytes.byte(place)
            guard first == 0x74 || first == 0x66 else {
                throw JSONText.misread(bytes, frame, at: place)
            }
            place = try JSONText.afterLiteral(bytes, frame, place)
            draft.complete = first == 0x74
        case Field.ecu:
            draft.ecu = try Self.ecu(bytes, frame, &place)
            draft.namesECU = true
        default:
            draft.tally.unknownFields &+= 1
            place = try JSONText.afterValue(bytes, frame, place, level: 1)
        }
        return place
    }

    /// Refuses the second of two members with one name.
    @inline(__always) static func once(
        _ member: UInt32, _ seen: inout UInt32, _ place: Int
    ) throws(DecodingFailure) {
        let bit = UInt32(1) &<< member
        guard seen & bit == 0 else { throw DecodingFailure(reason: .duplicateKey, offset: place) }
        seen |= bit
    }
}

/// Names of members as numbers to compare with.
enum JSONName {
    /// The name's bytes, the first one least significant; 0 when there are more than eight, which
    /// no known field has, or none.
    @inline(__always) static func word(
        _ bytes: Span<UInt8>, _ key: JSONText.Text
    ) throws(DecodingFailure) -> UInt64 {
        guard !key.isEscaped else { return try escapedWord(bytes, key) }
        guard key.count > 0, key.count <= 8 else { return 0 }
        return bytes.eight(key.start) & ~0 &>> UInt64(64 &- 8 &* key.count)
    }

    @inline(never) private static func escapedWord(
        _ bytes: Span<UInt8>, _ key: JSONText.Text
    ) throws(DecodingFailure) -> UInt64 {
        let characters = try JSONEscape.characters(bytes, key)
        // An escaped NUL would be taken for the end of a shorter name.
        guard characters.count <= 8, !characters.contains(0) else { return 0 }
        return characters.span.word(at: 0)
    }
}
