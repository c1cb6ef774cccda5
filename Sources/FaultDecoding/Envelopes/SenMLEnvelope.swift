import VehicleFaults

/// SenML in JSON (RFC 8428): a list of records with base names, base times and values.
///
/// The base name is the device, a record's own name the signal; a time below 2^28 counts from now,
/// which only the receiver knows, so that it is left to the time of reception.
enum SenMLEnvelope {
    /// What base fields say from some record on.
    private struct Base {
        var name: [UInt8] = []
        /// The device that the name is, found once for all records.
        var device: VehicleID?
        var time = 0.0
        var unit: [UInt8] = []
        var value = 0.0
        var version = 10.0
    }

    /// Times below are relative to now (RFC 8428, 4.5.3).
    private static let relative = 268_435_456.0

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, codec: DiagnosticCodec?,
        _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard tape.kind(tape.root) == .array else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        var base = Base()
        var draft = writer.draft(context)
        var open: (vehicle: VehicleID?, time: EventTime?)?
        var inner = context
        for record in tape.children(of: tape.root) {
            guard tape.kind(record) == .object else {
                throw DecodingFailure(reason: .wrongType, offset: tape.place(of: record))
            }
            try update(&base, record, tape)
            var name = tape.member("n", of: record).map { tape.characters($0) } ?? []
            var device = base.device
            if base.name.isEmpty || name.isEmpty {
                let whole = base.name + name
                let cut = whole.lastIndex { separators.contains($0) }.map { $0 + 1 } ?? 0
                device = Self.device(whole[..<cut])
                name = Array(whole[cut...])
            }
            let time = base.time + (tape.member("t", of: record).flatMap { tape.number($0) } ?? 0)
            let claimed = time >= relative ? DeviceTime.checked((time * 1000).rounded()) : nil
            let vehicle = context.vehicle ?? device
            if let before = open, before.vehicle != vehicle || before.time != claimed {
                try writer.finish(draft, inner)
                draft = writer.draft(context)
            }
            open = (vehicle, claimed)
            inner.vehicle = vehicle
            inner.claimed = claimed
            draft.claimed = claimed
            try value(record, name, base, tape, codec, inner, to: &draft, &writer)
        }
        guard open != nil else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        try writer.finish(draft, inner)
    }

    private static func update(
        _ base: inout Base, _ record: Int, _ tape: borrowing JSONTape
    ) throws(DecodingFailure) {
        for node in tape.children(of: record) {
            if tape.isNamed(node, "bn") {
                base.name = tape.characters(node)
                base.device = device(base.name[...])
            } else if tape.isNamed(node, "bt") {
                base.time = tape.number(node) ?? 0
            } else if tape.isNamed(node, "bu") {
                base.unit = tape.characters(node)
            } else if tape.isNamed(node, "bv") {
                base.value = tape.number(node) ?? 0
            } else if tape.isNamed(node, "bver") {
                guard let version = tape.number(node), version <= 10 else {
                    throw DecodingFailure(reason: .versionUnsupported, offset: tape.place(of: node))
                }
            } else if tape.text.bytes[max(tape.nameRange(of: node).upperBound - 1, 0)] == 0x5F {
                // Whoever does not know such a member must not guess (RFC 8428, 4.4).
                throw DecodingFailure(
                    reason: .versionUnsupported, offset: tape.namePlace(of: node))
            }
        }
    }

    private static let separators: [UInt8] = [0x3A, 0x2F, 0x2E]

    /// What names the device in `urn:dev:mac:0024befffe804ff1:`, which stands before a signal.
    private static func device(_ name: ArraySlice<UInt8>) -> VehicleID? {
        var device = name
        while let last = device.last, separators.contains(last) { device.removeLast() }
        if device.starts(with: "urn:".utf8) {
            let start = device.lastIndex { $0 == 0x3A } ?? device.startIndex
            device = device[(start + 1)...]
        }
        return VehicleID(Array(device).span)
    }

    private static func value(
        _ record: Int, _ name: [UInt8], _ base: Base, _ tape: borrowing JSONTape,
        _ codec: DiagnosticCodec?, _ context: DecodingContext, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if let node = tape.member("vs", of: record) {
            guard isCodeList(name) else {
                writer.buffer.unknownFields += 1
                return
            }
            draft.list = context.list == .absent ? .unstated : context.list
            return try writer.appendCodes(node, of: tape, to: &draft)
        }
        if let node = tape.member("vd", of: record) {
            guard let codec, let read = tape.base64(node) else {
                writer.buffer.unknownFields += 1
                return
            }
            var inner = context
            inner.places = read.places
            do throws(DecodingFailure) {
                try codec.decode(read.bytes.span, inner, into: &writer)
            } catch { writer.refuse(error.reason, at: error.offset) }
            return
        }
        let node = tape.member("v", of: record) ?? tape.member("vb", of: record)
        guard let node else { return }  // Base fields only, or a sum.
        guard var number = tape.numberOrFlag(node) else {
            return writer.refuse(.wrongType, at: tape.place(of: node))
        }
        if tape.kind(node) == .number { number += base.value }
        let unit = tape.member("u", of: record).map { tape.characters($0) } ?? base.unit
        if let scaled = DeviceSignals.common.find(name.span) {
            writer.append(
                scaled, converted(number, unit, scaled.signal), at: tape.place(of: node),
                field: String(decoding: name, as: UTF8.self), to: &draft)
        } else {
            writer.append(name: name.span, number, at: tape.place(of: node), to: &draft)
        }
    }

    /// SenML's units where they are not those of the signal.
    private static func converted(_ number: Double, _ unit: [UInt8], _ signal: KnownSignal)
        -> Double
    {
        guard !unit.isEmpty else { return number }
        return switch (String(decoding: unit, as: UTF8.self), signal.unit) {
        case ("K", "°C"): number - 273.15
        case ("m", "km"): number / 1000
        case ("m/s", "km/h"): number * 3.6
        case ("1/s", "rpm"), ("Hz", "rpm"): number * 60
        case ("Pa", "kPa"): number / 1000
        case ("/", "%"): number * 100
        case ("s", "h"): number / 3600
        case ("mV", "V"): number / 1000
        default: number
        }
    }

    static func isCodeList(_ name: [UInt8]) -> Bool {
        var end = name.count
        func isSeparator(_ byte: UInt8) -> Bool { byte == 0x2F || byte == 0x2E || byte == 0x3A }
        while end > 0, isSeparator(name[end - 1]) { end -= 1 }
        var start = end
        while start > 0, !isSeparator(name[start - 1]) { start -= 1 }
        let words: [StaticString] = [
            "dtc", "dtcs", "dtclist", "faultcodes", "fault_codes", "codes",
        ]
        return words.contains { isWord($0, name, start..<end) }
    }

    /// Whether some letters are `word`, in either case.
    private static func isWord(_ word: StaticString, _ name: [UInt8], _ range: Range<Int>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return range.allSatisfy { index in
            let byte = name[index]
            let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            // Inside the word's own bytes, which are there for the life of the program.
            return unsafe lower == word.utf8Start[index - range.lowerBound]
        }
    }
}
