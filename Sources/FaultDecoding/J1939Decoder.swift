import VehicleFaults

/// Reads J1939 messages: DM1, DM2 and the fault messages of their shape, the transport of long
/// ones, and the usual signals (SAE J1939-21, -71, -73).
struct J1939Decoder {
    private var options: CodecOptions
    private var transport = J1939Transport()
    private var lists: [List] = []
    /// The codes of all lists.
    private var sightings: [FaultSighting] = []
    private var units: [Unit] = []
    private var values: [Value] = []
    /// Whether a part was of no use.
    private(set) var isRefused = false

    /// A fault message of a unit.
    private struct Key: Equatable {
        var bus: ShortText
        var sourceAddress: UInt8
        var pgn: UInt32
    }

    private struct List {
        var key: Key
        var kind: J1939List
        var ecu: ShortText
        /// By place in ``J1939Decoder/sightings``.
        var sightings = 0..<0
        /// Lamps of which the state is known, and those that are on, by place in ``lamps``.
        var lampsKnown: UInt8 = 0
        var lampsOn: UInt8 = 0
        var place: Int
        var at: EventTime?
    }

    private struct Unit {
        var bus: ShortText
        var sourceAddress: UInt8
        /// Empty where it is every unit.
        var name: ShortText {
            sourceAddress == J1939Clear.everybody
                ? .empty : UnitName.on(bus, UnitName.sourceAddress(sourceAddress))
        }
        var vehicle: VehicleID?
        var at: EventTime?
        /// How many values are its.
        var count = 0
    }

    private struct Value {
        /// By place in ``units``.
        var unit: Int
        var signal: KnownSignal
        var value: Double
        var place: Int
    }

    init(options: CodecOptions) { self.options = options }

    /// Begins anew, in the storage that there is.
    mutating func restart(_ options: CodecOptions) {
        self.options = options
        transport = J1939Transport()
        lists.removeAll(keepingCapacity: true)
        sightings.removeAll(keepingCapacity: true)
        units.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        isRefused = false
    }

    // MARK: - Without frames

    /// Reads bytes or hex text: each line a frame with its identifier, or the data of a DM1.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var decoder = writer.borrowTrucks(context.options)
        defer { writer.giveBack(decoder) }
        for line in try HexText.lines(payload) {
            let bytes = line.bytes
            let isFrame = bytes.count == 12 || bytes.count < 12 && bytes.count % 2 == 1
            if isFrame, bytes.count >= 5, bytes[0] < 0x20 {
                let identifier = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                let part = line.part(4..<bytes.count)
                decoder.take(
                    part.bytes.span, part.bytePlaces, identifier, bus: .empty,
                    place: Int(line.places[0]), at: nil,
                    identifierLength: Int(line.places[4] - line.places[0]), into: &writer)
            } else {
                guard bytes.count >= 6 else {
                    throw DecodingFailure(
                        reason: .truncated, offset: Int(line.places.last ?? -1) + 1)
                }
                writer.trace?.note(
                    "pgn", at: Int(line.places[0]), length: 0, raw: "",
                    "65226 DM1, since no identifier was sent")
                var key = Key(bus: .empty, sourceAddress: 0xFE, pgn: 65_226)
                key.bus = context.ecu
                if let kind = J1939List.of(65_226) {
                    decoder.faults(
                        line.bytes.span, line.bytePlaces, kind, key, ecu: context.ecu, at: nil,
                        &writer)
                }
            }
        }
        let before = writer.buffer.reports.count
        try decoder.finish(context, into: &writer)
        guard writer.buffer.reports.count == before else { return }
        if decoder.isRefused, let first = writer.firstRefusal { throw first }
        try writer.finish(writer.draft(context), context)
    }

    // MARK: - Frames

    /// Takes a frame with an identifier of 29 bits.
    mutating func take(
        _ frame: CANFrames.Frame, of bytes: Span<UInt8>, into writer: inout ReportWriter
    ) {
        take(
            bytes.extracting(frame.data), frame.dataPlaces, frame.identifier, bus: frame.bus,
            place: frame.place, at: frame.at, into: &writer)
    }

    private mutating func take(
        _ data: Span<UInt8>, _ places: BytePlaces, _ identifier: UInt32, bus: ShortText,
        place: Int, at time: EventTime?, identifierLength: Int = 8,
        into writer: inout ReportWriter
    ) {
        let format = identifier >> 16 & 0xFF
        let specific = UInt8(truncatingIfNeeded: identifier >> 8)
        let source = UInt8(truncatingIfNeeded: identifier)
        let pgn =
            (identifier >> 24 & 3) << 16 | format << 8 | (format >= 240 ? UInt32(specific) : 0)
        if writer.trace != nil {
            writer.trace?.note(
                "pgn", at: place, length: identifierLength,
                raw: FaultCode.hexText(identifier, digits: 8),
                "\(pgn) \(Self.name(of: pgn))")
            writer.trace?.note(
                "source_address", at: place, length: identifierLength,
                raw: FaultCode.hexText(source, digits: 2), "\(source) \(Self.name(ofUnit: source))")
        }
        guard pgn == 60_416 || pgn == 60_160 else {
            return read(
                pgn, source, specific, bus, data, places, place: place, at: time, into: &writer)
        }
        let part = PlacedBytes(data, places)
        let outcome: J1939Transport.Outcome
        if pgn == 60_416 {
            if data.count >= 8 { Self.noteManagement(data, places, &writer) }
            outcome = transport.manage(
                part, source: source, destination: specific, bus: bus, place: place, at: time)
        } else {
            writer.trace?.note(
                "packet", data, data.indices, places,
                "number \(data.isEmpty ? 0 : data[0])")
            outcome = transport.take(
                part, source: source, destination: specific, bus: bus, at: time)
        }
        switch outcome {
        case .nothing: break
        case .failure(let reason):
            isRefused = true
            writer.refuse(reason, at: place)
        case .message(let message): read(message, into: &writer)
        }
    }

    private mutating func read(
        _ message: J1939Transport.Message, into writer: inout ReportWriter
    ) {
        read(
            message.pgn, message.sourceAddress, J1939Clear.everybody, message.bus,
            message.data.bytes.span, message.data.bytePlaces, place: message.place, at: message.at,
            into: &writer)
    }

    private mutating func read(
        _ pgn: UInt32, _ source: UInt8, _ destination: UInt8, _ bus: ShortText,
        _ data: Span<UInt8>, _ places: BytePlaces, place: Int, at time: EventTime?,
        into writer: inout ReportWriter
    ) {
        if let kind = J1939List.of(pgn) {
            guard data.count >= 6 else {
                isRefused = true
                writer.refuse(.truncated, at: place)
                return
            }
            faults(
                data, places, kind, Key(bus: bus, sourceAddress: source, pgn: pgn),
                ecu: UnitName.on(bus, UnitName.sourceAddress(source)), at: time, &writer)
            return
        }
        if let clear = J1939Clear(pgn, from: source, to: destination, data) {
            J1939Clear.note(pgn, data, places, &writer)
            take(clear, bus: bus, at: time, place: place)
            return
        }
        let unit = unit(source, bus, at: time)
        switch pgn {
        case 65_230: counts(data, places, unit, &writer)
        case 65_260: vehicle(data, places, unit, &writer)
        default:
            let signals = J1939Signal.signals(of: pgn)
            if signals.isEmpty { writer.buffer.unknownFields += 1 }
            for signal in signals { value(signal, data, places, unit, &writer) }
        }
    }

    /// The place of a unit in ``units``.
    private mutating func unit(_ source: UInt8, _ bus: ShortText, at time: EventTime?) -> Int {
        // Units are few, and a dictionary costs more than to look at all of them.
        var unit = 0
        while unit < units.count, units[unit].sourceAddress != source || units[unit].bus != bus {
            unit += 1
        }
        if unit == units.count { units.append(Unit(bus: bus, sourceAddress: source)) }
        if let time { units[unit].at = time }
        return unit
    }

    /// Keeps that a unit was asked to clear its codes, or has done so. When it says no, nobody asked.
    private mutating func take(
        _ clear: J1939Clear, bus: ShortText, at time: EventTime?, place: Int
    ) {
        let unit = unit(clear.unit, bus, at: time)
        switch clear.step {
        case .requested: keep(.clearRequested, 1, of: unit, at: place)
        case .confirmed: keep(.clearConfirmed, 1, of: unit, at: place)
        case .refused: drop(.clearRequested, of: unit)
        }
    }

    // MARK: - Faults

    /// The lamps in the order of their bits, from the top (J1939-73, SPN 1213, 623, 624, 987).
    private static let lamps: [KnownSignal] = [.lampMIL, .lampStop, .lampWarning, .lampProtect]

    private mutating func faults(
        _ bytes: Span<UInt8>, _ places: BytePlaces, _ kind: J1939List, _ key: Key, ecu: ShortText,
        at time: EventTime?, _ writer: inout ReportWriter
    ) {
        let conversion = options.conversion(for: key.sourceAddress)
        var list = List(key: key, kind: kind, ecu: ecu, place: places[0], at: time)
        let first = sightings.count
        for (index, signal) in Self.lamps.enumerated() {
            let shift = UInt8(6 - 2 * index)
            let state = bytes[0] >> shift & 3
            let flash = bytes[1] >> shift & 3
            if state < 2 { list.lampsKnown |= 1 << index }
            if state == 1 { list.lampsOn |= 1 << index }
            guard writer.trace != nil else { continue }
            let states: [Saying] = ["off", "on", "reserved", "not available"]
            let flashing: [Saying] = ["on, flashes slowly", "on, flashes fast", "on", "on"]
            writer.trace?.note(
                signal.name, bytes, 0..<2, places,
                state == 1 ? flashing[Int(flash)] : states[Int(state)],
                trap: state == 3 ? .reservedValue : nil)
        }
        var end = 2
        while end + 4 <= bytes.count {
            let range = end..<end + 4
            end += 4
            let code = J1939Code(
                bytes[range.lowerBound], bytes[range.lowerBound + 1],
                bytes[range.lowerBound + 2], bytes[range.lowerBound + 3], configured: conversion)
            guard !code.isNone else {
                writer.trace?.note(
                    "code", bytes, range, places, "no fault",
                    trap: bytes[0] == 0 ? .noFault : .lampWithoutCode)
                continue
            }
            if writer.trace != nil {
                writer.trace?.note(
                    "code", bytes, range, places,
                    "\(code.code)"
                        + (code.occurrences < 0 ? "" : ", count \(code.occurrences)")
                        + ", conversion \(code.conversion.rawValue)", trap: code.trap)
            }
            guard sightings.count - first < writer.limits.faults else {
                isRefused = true
                writer.refuse(.tooManyFaults, at: places[range.lowerBound])
                sightings.removeSubrange(first...)
                return
            }
            sightings.append(
                FaultSighting(
                    code: code.code, status: kind.status, ecu: ecu, occurrences: code.occurrences))
        }
        if end < bytes.count {
            writer.trace?.note(
                "padding", bytes, end..<bytes.count, places, "fills the frame",
                trap: .padding)
        }
        list.sightings = first..<sightings.count
        // The message comes every second; the last one counts.
        if let place = lists.firstIndex(where: { $0.key == key }) {
            lists[place] = list
        } else {
            lists.append(list)
        }
    }

    // MARK: - Readings

    /// Keeps a value; the last one of a signal counts.
    private mutating func keep(
        _ signal: KnownSignal, _ value: Double, of unit: Int, at place: Int
    ) {
        drop(signal, of: unit)
        values.append(Value(unit: unit, signal: signal, value: value, place: place))
        units[unit].count += 1
    }

    private mutating func drop(_ signal: KnownSignal, of unit: Int) {
        guard let place = values.firstIndex(where: { $0.unit == unit && $0.signal == signal })
        else { return }
        values.remove(at: place)
        units[unit].count -= 1
    }

    private mutating func value(
        _ signal: J1939Signal, _ data: Span<UInt8>, _ places: BytePlaces, _ unit: Int,
        _ writer: inout ReportWriter
    ) {
        let range = signal.start..<signal.start + signal.count
        guard range.upperBound <= data.count else {
            writer.refuse(.truncated, at: places[max(data.count - 1, 0)])
            return
        }
        let raw = signal.raw(data)
        let isReserved = J1939Signal.isReserved(raw, bytes: signal.count)
        let value = Double(raw) / signal.divisor + signal.offset
        if writer.trace != nil {
            writer.trace?.note(
                signal.signal.name, data, range, places,
                isReserved ? "not available" : "\(OBDDecoder.shortText(value))",
                unit: isReserved ? "" : signal.signal.unit,
                trap: isReserved ? .reservedValue : .scaled)
        }
        guard !isReserved else { return }
        keep(signal.signal, value, of: unit, at: places[range.lowerBound])
    }

    /// DM5: how many codes are active, how many were, and the readiness of the monitors.
    private mutating func counts(
        _ data: Span<UInt8>, _ places: BytePlaces, _ unit: Int, _ writer: inout ReportWriter
    ) {
        guard !data.isEmpty else { return }
        let active = data[0]
        writer.trace?.note(
            "dtc_count", data, 0..<1, places, active >= 0xFB ? "not available" : "\(active)",
            trap: active >= 0xFB ? .reservedValue : .countIsNoList)
        if active < 0xFB { keep(.codeCount, Double(active), of: unit, at: places[0]) }
        guard data.count >= 8, data[3] != 0xFF, data[4] & data[5] != 0xFF,
            data[3] & 7 | data[4] | data[5] != 0
        else { return }
        // As in parameter 01 of OBD: what the unit has, and which of that has to run again.
        let always = data[3] & (data[3] >> 4) & 7
        let open =
            always.nonzeroBitCount + (data[4] & data[6]).nonzeroBitCount
            + (data[5] & data[7]).nonzeroBitCount
        writer.trace?.note("monitors_open", data, 3..<8, places, "\(open)")
        keep(.openMonitors, Double(open), of: unit, at: places[3])
    }

    /// The vehicle identification number (SPN 237), ended by an asterisk.
    private mutating func vehicle(
        _ data: Span<UInt8>, _ places: BytePlaces, _ unit: Int, _ writer: inout ReportWriter
    ) {
        var end = 0
        while end < data.count, data[end] != 0x2A { end += 1 }
        guard let read = VehicleID(data.extracting(0..<end)) else {
            writer.refuse(.vehicleMalformed, at: places[0])
            return
        }
        writer.trace?.note("vin", data, 0..<end, places, "\(read.masked)")
        units[unit].vehicle = read
    }

    // MARK: - The end

    /// Appends one report for each unit's fault message and one for each unit's signals.
    mutating func finish(
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let (complete, unfinished) = transport.finish()
        for message in complete { read(message, into: &writer) }
        for place in unfinished {
            isRefused = true
            writer.refuse(.missingFrame, at: place)
        }
        // A number that the bus itself names serves where the topic names nobody.
        var context = context
        if context.vehicle == nil {
            context.vehicle = units.first { $0.vehicle != nil }?.vehicle
        }
        for list in lists {
            var draft = writer.draft(context)
            draft.ecu = list.ecu
            draft.claimed = list.at
            draft.list = list.kind.list
            draft.listStatus = list.kind.status
            if list.kind.hasLamps {
                for (index, signal) in Self.lamps.enumerated()
                where list.lampsKnown >> index & 1 == 1 {
                    writer.append(
                        signal, Double(list.lampsOn >> index & 1), at: list.place, to: &draft)
                }
            }
            for sighting in sightings[list.sightings] {
                try writer.append(sighting, at: list.place, to: &draft)
            }
            try writer.finish(draft, context)
        }
        for (index, unit) in units.enumerated() where unit.count > 0 {
            var draft = writer.draft(context)
            draft.ecu = unit.name
            draft.claimed = unit.at
            for value in values where value.unit == index {
                writer.append(value.signal, value.value, at: value.place, to: &draft)
            }
            try writer.finish(draft, context)
        }
    }
}
