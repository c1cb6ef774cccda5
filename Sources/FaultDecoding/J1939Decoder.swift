import VehicleFaults

/// Reads J1939 messages: DM1, DM2 and the fault messages of their shape, the transport of long
/// ones, and the usual signals (SAE J1939-21, -71, -73).
struct J1939Decoder {
    private let options: CodecOptions
    private var transport = J1939Transport()
    private var lists: [(key: Key, list: List)] = []
    private var readings: [(key: Key, unit: Unit)] = []
    /// Whether a part was of no use.
    private(set) var isRefused = false

    /// A fault message of a unit; the parameter group is 0 for a unit's signals.
    private struct Key: Equatable {
        var bus: ShortText
        var sourceAddress: UInt8
        var pgn: UInt32 = 0
    }

    private struct List {
        var kind: Kind
        var ecu: ShortText
        var sightings: [FaultSighting] = []
        /// Lamps of which the state is known, and those that are on, by place in ``lamps``.
        var lampsKnown: UInt8 = 0
        var lampsOn: UInt8 = 0
        var place: Int
        var at: EventTime?
    }

    private struct Unit {
        var ecu: ShortText
        var values: [(signal: KnownSignal, value: Double, place: Int)] = []
        var vehicle: VehicleID?
        var at: EventTime?
    }

    /// What a fault message says.
    private struct Kind {
        var name: String
        var status: FaultStatus
        /// DM6 and DM23 name only codes that matter to emissions, so that what they leave out is
        /// not gone.
        var list: FaultList

        static func of(_ pgn: UInt32) -> Kind? {
            switch pgn {
            case 65_226: Kind(name: "DM1", status: .active, list: .snapshot)
            case 65_227: Kind(name: "DM2", status: .history, list: .snapshot)
            case 65_231: Kind(name: "DM6", status: .pending, list: .delta)
            case 65_236: Kind(name: "DM12", status: .confirmed, list: .snapshot)
            case 64_949: Kind(name: "DM23", status: .history, list: .delta)
            case 64_898: Kind(name: "DM27", status: .pending, list: .snapshot)
            case 64_896: Kind(name: "DM28", status: .permanent, list: .snapshot)
            default: nil
            }
        }
    }

    init(options: CodecOptions) { self.options = options }

    // MARK: - Without frames

    /// Reads bytes or hex text: each line a frame with its identifier, or the data of a DM1.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var decoder = J1939Decoder(options: context.options)
        for line in try HexText.lines(payload) {
            let bytes = line.bytes
            let isFrame = bytes.count == 12 || bytes.count < 12 && bytes.count % 2 == 1
            if isFrame, bytes.count >= 5, bytes[0] < 0x20 {
                let identifier = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                decoder.take(
                    line.part(4..<bytes.count), identifier, bus: .empty,
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
                if let kind = Kind.of(65_226) {
                    decoder.faults(
                        line, kind, key, ecu: context.ecu, at: nil, configured: nil, &writer)
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
            PlacedBytes(frame, of: bytes), frame.identifier, bus: frame.bus, place: frame.place,
            at: frame.at,
            into: &writer)
    }

    private mutating func take(
        _ data: PlacedBytes, _ identifier: UInt32, bus: ShortText, place: Int,
        at time: EventTime?, identifierLength: Int = 8, into writer: inout ReportWriter
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
        let outcome: J1939Transport.Outcome
        switch pgn {
        case 60_416:
            if data.bytes.count >= 8 { Self.noteManagement(data, &writer) }
            outcome = transport.manage(
                data, source: source, destination: specific, bus: bus, place: place, at: time)
        case 60_160:
            writer.trace?.note(
                "packet", data.bytes.span, 0..<data.bytes.count, Self.places(data),
                "number \(data.bytes.first ?? 0)")
            outcome = transport.take(
                data, source: source, destination: specific, bus: bus, at: time)
        default:
            outcome = .message(
                J1939Transport.Message(
                    pgn: pgn, sourceAddress: source, bus: bus, data: data, place: place, at: time))
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
        let ecu = UnitName.on(message.bus, UnitName.sourceAddress(message.sourceAddress))
        var key = Key(bus: message.bus, sourceAddress: message.sourceAddress, pgn: message.pgn)
        if let kind = Kind.of(message.pgn) {
            guard message.data.bytes.count >= 6 else {
                isRefused = true
                writer.refuse(.truncated, at: message.place)
                return
            }
            faults(
                message.data, kind, key, ecu: ecu, at: message.at,
                configured: options.conversion(for: message.sourceAddress), &writer)
            return
        }
        key.pgn = 0
        // Units are few, and a dictionary costs more than to look at all of them.
        let index = readings.firstIndex { $0.key == key } ?? readings.count
        if index == readings.count {
            readings.append((key, Unit(ecu: ecu)))
        }
        readings[index].unit.at = message.at ?? readings[index].unit.at
        let signals = J1939Signal.signals(of: message.pgn)
        if message.pgn == 65_230 {
            counts(message.data, &readings[index].unit, &writer)
        } else if message.pgn == 65_260 {
            vehicle(message.data, &readings[index].unit, &writer)
        } else if signals.isEmpty {
            writer.buffer.unknownFields += 1
        }
        for signal in signals { value(signal, message.data, &readings[index].unit, &writer) }
    }

    private static func places(_ data: PlacedBytes) -> BytePlaces {
        BytePlaces(table: data.places + [(data.places.last ?? -1) + 1])
    }

    // MARK: - Faults

    /// The lamps in the order of their bits, from the top (J1939-73, SPN 1213, 623, 624, 987).
    private static let lamps: [KnownSignal] = [.lampMIL, .lampStop, .lampWarning, .lampProtect]

    private mutating func faults(
        _ data: PlacedBytes, _ kind: Kind, _ key: Key, ecu: ShortText, at time: EventTime?,
        configured: CodecOptions.SPNConversion?, _ writer: inout ReportWriter
    ) {
        let bytes = data.bytes
        // A table of places costs, and only a trace needs all of it.
        let places =
            writer.trace == nil
            ? BytePlaces(start: data.places.first.map(Int.init) ?? 0) : Self.places(data)
        func place(_ index: Int) -> Int { Int(data.places[index]) }
        let conversion = configured ?? options.conversion(for: key.sourceAddress)
        var list = List(kind: kind, ecu: ecu, place: place(0), at: time)
        for (index, signal) in Self.lamps.enumerated() {
            let shift = UInt8(6 - 2 * index)
            let state = bytes[0] >> shift & 3
            let flash = bytes[1] >> shift & 3
            if state < 2 { list.lampsKnown |= 1 << index }
            if state == 1 { list.lampsOn |= 1 << index }
            guard writer.trace != nil else { continue }
            let words = ["off", "on", "reserved", "not available"][Int(state)]
            let flashes = state == 1 ? ["flashes slowly", "flashes fast", "", ""][Int(flash)] : ""
            writer.trace?.note(
                signal.name, bytes.span, 0..<2, places,
                flashes.isEmpty ? words : "\(words), \(flashes)",
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
                    "code", bytes.span, range, places, "no fault",
                    trap: bytes[0] == 0 ? .noFault : .lampWithoutCode)
                continue
            }
            if writer.trace != nil {
                writer.trace?.note(
                    "code", bytes.span, range, places,
                    "\(code.code)"
                        + (code.occurrences < 0 ? "" : ", count \(code.occurrences)")
                        + ", conversion \(code.conversion.rawValue)", trap: code.trap)
            }
            guard list.sightings.count < writer.limits.faults else {
                isRefused = true
                writer.refuse(.tooManyFaults, at: place(range.lowerBound))
                return
            }
            list.sightings.append(
                FaultSighting(
                    code: code.code, status: kind.status, ecu: ecu, occurrences: code.occurrences))
        }
        if end < bytes.count {
            writer.trace?.note(
                "padding", bytes.span, end..<bytes.count, places, "fills the frame",
                trap: .padding)
        }
        // The message comes every second; the last one counts.
        if let place = lists.firstIndex(where: { $0.key == key }) {
            lists[place].list = list
        } else {
            lists.append((key, list))
        }
    }

    // MARK: - Readings

    private func value(
        _ signal: J1939Signal, _ data: PlacedBytes, _ unit: inout Unit,
        _ writer: inout ReportWriter
    ) {
        let range = signal.start..<signal.start + signal.count
        guard range.upperBound <= data.bytes.count else {
            writer.refuse(.truncated, at: Int(data.places.last ?? 0))
            return
        }
        let raw = signal.raw(data.bytes)
        let isReserved = J1939Signal.isReserved(raw, bytes: signal.count)
        let value = Double(raw) / signal.divisor + signal.offset
        if writer.trace != nil {
            writer.trace?.note(
                signal.signal.name, data.bytes.span, range, Self.places(data),
                isReserved ? "not available" : OBDDecoder.shortText(value),
                unit: isReserved ? "" : signal.signal.unit,
                trap: isReserved ? .reservedValue : .scaled)
        }
        guard !isReserved else { return }
        unit.values.removeAll { $0.signal == signal.signal }
        unit.values.append((signal.signal, value, Int(data.places[range.lowerBound])))
    }

    /// DM5: how many codes are active, how many were.
    private func counts(
        _ data: PlacedBytes, _ unit: inout Unit, _ writer: inout ReportWriter
    ) {
        guard let active = data.bytes.first else { return }
        writer.trace?.note(
            "dtc_count", data.bytes.span, 0..<1, Self.places(data),
            active >= 0xFB ? "not available" : "\(active)",
            trap: active >= 0xFB ? .reservedValue : .countIsNoList)
        guard active < 0xFB else { return }
        unit.values.removeAll { $0.signal == .codeCount }
        unit.values.append((.codeCount, Double(active), Int(data.places[0])))
    }

    /// The vehicle identification number (SPN 237), ended by an asterisk.
    private func vehicle(
        _ data: PlacedBytes, _ unit: inout Unit, _ writer: inout ReportWriter
    ) {
        let text = data.bytes.prefix { $0 != 0x2A }
        guard let read = VehicleID(Array(text).span) else {
            writer.refuse(.vehicleMalformed, at: Int(data.places.first ?? 0))
            return
        }
        writer.trace?.note(
            "vin", data.bytes.span, 0..<text.count, Self.places(data), "\(read.masked)")
        unit.vehicle = read
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
            context.vehicle = readings.compactMap(\.unit.vehicle).first
        }
        for (_, list) in lists {
            var draft = writer.draft(context)
            draft.ecu = list.ecu
            draft.claimed = list.at
            draft.list = list.kind.list
            draft.listStatus = list.kind.status
            if list.kind.name == "DM1" {
                for (index, signal) in Self.lamps.enumerated()
                where list.lampsKnown >> index & 1 == 1 {
                    writer.append(
                        signal, Double(list.lampsOn >> index & 1), at: list.place, to: &draft)
                }
            }
            for sighting in list.sightings {
                try writer.append(sighting, at: list.place, to: &draft)
            }
            try writer.finish(draft, context)
        }
        for (_, unit) in readings where !unit.values.isEmpty {
            var draft = writer.draft(context)
            draft.claimed = unit.at
            for value in unit.values {
                writer.append(value.signal, value.value, at: value.place, to: &draft)
            }
            try writer.finish(draft, context)
        }
    }
}
