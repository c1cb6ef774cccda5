import VehicleFaults

/// How a device's number becomes a signal: raw value times factor plus offset.
///
/// Holds plain numbers only, since one is looked up for every member of every message.
struct Scaled: Sendable {
    var signal: KnownSignal
    var factor: Double
    var offset: Double
    /// Raw values by which the device says that it has none; NaN for no such value.
    private var none: (Double, Double)

    init(
        _ signal: KnownSignal, times factor: Double = 1, plus offset: Double = 0,
        none: Double = .nan, or other: Double = .nan
    ) {
        self.signal = signal
        self.factor = factor
        self.offset = offset
        self.none = (none, other)
    }

    /// A temperature in °C that is the bottom of its range while nothing is measured.
    static func celsius(_ signal: KnownSignal) -> Scaled { Scaled(signal, none: -40, or: -273) }

    func isNone(_ raw: Double) -> Bool { raw == none.0 || raw == none.1 }

    /// Whether anything is done to the number.
    var isScaled: Bool { factor != 1 || offset != 0 }
}

/// What names stand for; found by hash, without making a text of the name.
struct NameTable<Meaning: Sendable>: Sendable {
    private let names: SignalNames
    private let meanings: ContiguousArray<Meaning>

    init(_ entries: [(String, Meaning)]) {
        names = SignalNames(entries.map(\.0))
        meanings = ContiguousArray(entries.map(\.1))
        precondition(names.count == meanings.count, "a name stands twice in a table")
    }

    func find(_ name: Span<UInt8>) -> Meaning? {
        names.find(name).map { meanings[Int($0.index)] }
    }

    func find(_ tape: borrowing JSONTape, _ node: Int) -> Meaning? {
        guard tape.hasPlainName(node) else { return find(tape.name(node).span) }
        return find(tape.text.bytes.span.extracting(tape.nameRange(of: node)))
    }
}

extension Span where Element == UInt8 {
    /// The bytes as text for people.
    var text: String {
        var characters: [UInt8] = []
        for index in indices { characters.append(self[index]) }
        return String(decoding: characters, as: UTF8.self)
    }
}

extension ReportWriter {
    /// Adds a raw number of a device as the signal that it stands for.
    ///
    /// - Parameters:
    ///   - field: the sender's name for it, for a trace.
    ///   - sent: how the number is written there, where it is a text.
    mutating func append(
        _ scaled: Scaled, _ raw: Double, at place: Int, length: Int = 0, field: String = "",
        sent: String = "", to draft: inout ReportDraft
    ) {
        let isNone = scaled.isNone(raw)
        let value = raw * scaled.factor + scaled.offset
        let isGood = !isNone && append(scaled.signal, value, at: place, to: &draft)
        guard trace != nil else { return }
        let name = field.isEmpty ? scaled.signal.name : field
        let sent = sent.isEmpty ? OBDDecoder.shortText(raw) : sent
        if isNone {
            trace?.note(
                name, at: place, length: length, raw: sent, "no data", trap: .reservedValue)
        } else {
            trace?.note(
                name, at: place, length: length, raw: sent,
                isGood
                    ? "\(scaled.signal.name) \(OBDDecoder.shortText(value))" : "out of range",
                unit: scaled.signal.unit, trap: scaled.isScaled ? .scaled : nil)
        }
    }

    /// Adds a member of a JSON object: a known one scaled, any other number under its own name.
    ///
    /// Null is no value. A text or list where a number should be is refused if its name is known
    /// and else counted as unknown.
    mutating func append(
        _ node: Int, of tape: borrowing JSONTape, _ map: NameTable<Scaled>,
        to draft: inout ReportDraft
    ) {
        guard tape.kind(node) != .null else { return }
        if let scaled = map.find(tape, node) {
            append(node, of: tape, as: scaled, to: &draft)
            return
        }
        appendUnknown(node, of: tape, to: &draft)
    }

    /// Adds a member that is known.
    mutating func append(
        _ node: Int, of tape: borrowing JSONTape, as scaled: Scaled, to draft: inout ReportDraft
    ) {
        guard tape.kind(node) != .null else { return }
        guard let raw = tape.numberOrFlag(node) ?? tape.numberOrText(node) else {
            refuse(.wrongType, at: tape.place(of: node))
            return
        }
        let field = trace == nil ? "" : String(decoding: tape.name(node), as: UTF8.self)
        append(
            scaled, raw, at: tape.place(of: node), length: tape.range(of: node).count,
            field: field, sent: trace == nil ? "" : tape.raw(node), to: &draft)
    }

    /// Adds a number under its own name.
    private mutating func appendUnknown(
        _ node: Int, of tape: borrowing JSONTape, to draft: inout ReportDraft
    ) {
        guard let value = tape.numberOrFlag(node) else {
            buffer.unknownFields += 1
            return
        }
        let range = tape.nameRange(of: node)
        append(
            name: tape.text.bytes.span.extracting(range), value, at: tape.place(of: node),
            to: &draft)
        if trace != nil {
            trace?.note(
                String(decoding: tape.name(node), as: UTF8.self), at: tape.place(of: node),
                length: tape.range(of: node).count, raw: tape.raw(node),
                "\(OBDDecoder.shortText(value))"
            )
        }
    }

    /// Notes a member that names or dates the message.
    mutating func note(
        _ name: StaticString, _ node: Int, of tape: borrowing JSONTape,
        _ meaning: @autoclosure () -> Saying,
        trap: Trap? = nil
    ) {
        guard trace != nil else { return }
        trace?.note(
            "\(name)", at: tape.place(of: node), length: tape.range(of: node).count,
            raw: tape.raw(node),
            meaning(), trap: trap)
    }

    /// Adds the codes of a JSON text; see ``appendCodes(_:_:_:to:)``.
    mutating func appendCodes(
        _ node: Int, of tape: borrowing JSONTape, _ status: FaultStatus = [],
        to draft: inout ReportDraft
    ) throws(DecodingFailure) {
        let places = BytePlaces(start: tape.place(of: node))
        guard tape.isPlain(node) else {
            let text = tape.characters(node)
            return try appendCodes(text.span, places, status, to: &draft)
        }
        try appendCodes(
            tape.text.bytes.span.extracting(tape.range(of: node)), places, status, to: &draft)
    }

    /// Adds the codes of a text with commas, blanks, semicolons or bars between them, and says in
    /// the draft that there is a list.
    ///
    /// `No fault codes detected` (Teltonika) is an empty list. A word that is no code is refused
    /// alone.
    mutating func appendCodes(
        _ text: Span<UInt8>, _ places: BytePlaces, _ status: FaultStatus = [],
        to draft: inout ReportDraft
    ) throws(DecodingFailure) {
        draft.hasContent = true
        if TextCodes.isNothing(text) {
            trace?.note("codes", text, text.indices, places, "no fault codes", trap: .noFault)
            return
        }
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, !Self.separates(text[end]) { end += 1 }
            if end > start {
                let word = text.extracting(start..<end)
                if let code = FaultCode(text: word) {
                    guard code != FaultCode(obd: 0) else {
                        // A place in the list that no code fills.
                        start = end + 1
                        continue
                    }
                    var sighting = FaultSighting(code: code, status: status)
                    sighting.ecu = draft.ecu
                    try append(sighting, at: places[start], to: &draft)
                    trace?.note("code", text, start..<end, places, "\(code)")
                } else {
                    refuse(.codeMalformed, at: places[start])
                }
            }
            start = end + 1
        }
    }

    private static func separates(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x2C || byte == 0x3B || byte == 0x7C
    }
}
