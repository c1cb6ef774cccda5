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
        var unit = ShortText.empty
        var value = 0.0
    }

    /// The members of a record that count for itself alone.
    private struct Members {
        var name: Int?
        var time: Int?
        var value: Int?
        var flag: Int?
        var text: Int?
        var bytes: Int?
        var unit: Int?
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
            let members = try update(&base, record, tape)
            let time = base.time + (members.time.flatMap { tape.number($0) } ?? 0)
            let claimed = time >= relative ? DeviceTime.checked((time * 1000).rounded()) : nil
            // Nearly always the base name is the device, and a name of its own the signal.
            var whole: (name: [UInt8], device: VehicleID?)?
            if base.name.isEmpty || members.name.map({ !tape.isPlainWord($0) }) ?? true {
                whole = split(base, members, tape)
            }
            let vehicle = context.vehicle ?? (whole.map(\.device) ?? base.device)
            if let before = open, before.vehicle != vehicle || before.time != claimed {
                try writer.finish(draft, inner)
                draft = writer.draft(context)
            }
            open = (vehicle, claimed)
            inner.vehicle = vehicle
            inner.claimed = claimed
            draft.claimed = claimed
            if let whole {
                try value(members, whole.name.span, base, tape, codec, inner, to: &draft, &writer)
            } else if let name = members.name {
                try value(
                    members, tape.text.bytes.span.extracting(tape.range(of: name)), base, tape,
                    codec, inner, to: &draft, &writer)
            }
        }
        guard open != nil else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        try writer.finish(draft, inner)
    }

    /// Takes a record's base fields over, and finds its others.
    private static func update(
        _ base: inout Base, _ record: Int, _ tape: borrowing JSONTape
    ) throws(DecodingFailure) -> Members {
        var members = Members()
        for node in tape.children(of: record) {
            if tape.isNamed(node, "n") {
                members.name = members.name ?? node
            } else if tape.isNamed(node, "v") {
                members.value = members.value ?? node
            } else if tape.isNamed(node, "u") {
                members.unit = members.unit ?? node
            } else if tape.isNamed(node, "t") {
                members.time = members.time ?? node
            } else if tape.isNamed(node, "vs") {
                members.text = members.text ?? node
            } else if tape.isNamed(node, "vb") {
                members.flag = members.flag ?? node
            } else if tape.isNamed(node, "vd") {
                members.bytes = members.bytes ?? node
            } else if tape.isNamed(node, "bn") {
                base.name = tape.characters(node)
                base.device = device(base.name[...])
            } else if tape.isNamed(node, "bt") {
                base.time = tape.number(node) ?? 0
            } else if tape.isNamed(node, "bu") {
                base.unit = tape.shortText(node) ?? .empty
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
        return members
    }

    /// The signal and the device of base name and name together, which a separator parts.
    private static func split(
        _ base: Base, _ members: Members, _ tape: borrowing JSONTape
    ) -> (name: [UInt8], device: VehicleID?) {
        let name = members.name.map { tape.characters($0) } ?? []
        guard base.name.isEmpty || name.isEmpty else { return (name, base.device) }
        let whole = base.name + name
        let cut = whole.lastIndex { separators.contains($0) }.map { $0 + 1 } ?? 0
        return (Array(whole[cut...]), device(whole[..<cut]))
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
        _ members: Members, _ name: Span<UInt8>, _ base: Base, _ tape: borrowing JSONTape,
        _ codec: DiagnosticCodec?, _ context: DecodingContext, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        if let node = members.text {
            guard isCodeList(name) else {
                writer.buffer.unknownFields += 1
                return
            }
            draft.list = context.list == .absent ? .unstated : context.list
            return try writer.appendCodes(node, of: tape, to: &draft)
        }
        if let node = members.bytes {
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
        guard let node = members.value ?? members.flag else { return }  // Base fields, or a sum.
        guard var number = tape.numberOrFlag(node) else {
            return writer.refuse(.wrongType, at: tape.place(of: node))
        }
        if tape.kind(node) == .number { number += base.value }
        let unit = members.unit.flatMap { tape.shortText($0) } ?? base.unit
        if let scaled = DeviceSignals.common.find(name) {
            writer.append(
                scaled, converted(number, unit, scaled.signal), at: tape.place(of: node),
                field: writer.trace == nil ? "" : name.text, to: &draft)
        } else {
            writer.append(name: name, number, at: tape.place(of: node), to: &draft)
        }
    }

    /// SenML's units that are not those of the signals.
    private static let units:
        [(name: ShortText?, of: String, times: Double, over: Double, plus: Double)] = [
            (ShortText("K"), "°C", 1, 1, -273.15), (ShortText("m"), "km", 1, 1000, 0),
            (ShortText("m/s"), "km/h", 3.6, 1, 0), (ShortText("1/s"), "rpm", 60, 1, 0),
            (ShortText("Hz"), "rpm", 60, 1, 0), (ShortText("Pa"), "kPa", 1, 1000, 0),
            (ShortText("/"), "%", 100, 1, 0), (ShortText("s"), "h", 1, 3600, 0),
            (ShortText("mV"), "V", 1, 1000, 0),
        ]

    private static func converted(
        _ number: Double, _ unit: ShortText, _ signal: KnownSignal
    ) -> Double {
        guard unit != .empty else { return number }
        for known in units where known.name == unit && known.of == signal.unit {
            return number * known.times / known.over + known.plus
        }
        return number
    }

    static func isCodeList(_ name: Span<UInt8>) -> Bool {
        var end = name.count
        func isSeparator(_ byte: UInt8) -> Bool { byte == 0x2F || byte == 0x2E || byte == 0x3A }
        while end > 0, isSeparator(name[end - 1]) { end -= 1 }
        var start = end
        while start > 0, !isSeparator(name[start - 1]) { start -= 1 }
        let word = name.extracting(start..<end)
        return isWord("dtc", word) || isWord("dtcs", word) || isWord("dtclist", word)
            || isWord("faultcodes", word) || isWord("fault_codes", word) || isWord("codes", word)
    }

    /// Whether some letters are `word`, in either case.
    private static func isWord(_ word: StaticString, _ name: Span<UInt8>) -> Bool {
        guard name.count == word.utf8CodeUnitCount else { return false }
        for index in name.indices {
            let byte = name[index]
            let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
            // Inside the word's own bytes, which are there for the life of the program.
            guard unsafe lower == word.utf8Start[index] else { return false }
        }
        return true
    }
}
