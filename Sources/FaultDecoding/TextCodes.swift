import VehicleFaults

/// Reads lists of codes that a device writes as text: `P0299 P0675`, `P0299,P0675`,
/// `["P0301","03011A"]`, and the ways to say that there are none.
enum TextCodes {
    /// Appends one report with the codes of a text.
    ///
    /// - Throws: `not_an_answer` for a number, which counts codes and names none, and
    ///   `code_malformed` for a word that can be no code.
    static func decode(
        _ text: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        draft.list = context.list
        try append(text, status: [], to: &draft, into: &writer)
        try writer.finish(draft, context)
    }

    /// Appends the codes of a text to a report that is being written.
    ///
    /// A code that the report has already is not added again.
    ///
    /// - Parameters:
    ///   - base: where in the payload the text stands.
    ///   - status: what the codes are, when the list is one of such.
    static func append(
        _ text: Span<UInt8>, base: Int = 0, status: FaultStatus, to draft: inout ReportDraft,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard !isNothing(text) else {
            writer.trace?.note(
                "codes", at: base, length: text.count, raw: Self.text(text, 0..<text.count),
                "none", trap: .noFault)
            return
        }
        if let count = number(text) {
            writer.trace?.note(
                "dtc_count", at: base, length: text.count, raw: Self.text(text, 0..<text.count),
                "\(count)", trap: .countIsNoList)
            throw DecodingFailure(reason: .notAnAnswer, offset: base)
        }
        var words = Words()
        while let word = words.next(in: text) {
            guard let code = code(text, word) else {
                throw DecodingFailure(
                    reason: .codeMalformed, offset: base + word.lowerBound)
            }
            if writer.trace != nil {
                let raw = Self.text(text, word)
                let trap: Trap? =
                    raw.contains(where: \.isLowercase)
                    ? .lowerCase : code.scheme == .obd ? .failureTypeUnknown : nil
                writer.trace?.note(
                    "code", at: base + word.lowerBound, length: word.count, raw: raw, "\(code)",
                    trap: trap)
            }
            // A place in a list that no code fills.
            guard code != FaultCode(obd: 0) else {
                writer.trace?.avoided(.padding)
                continue
            }
            guard !writer.holds(code, in: draft) else { continue }
            try writer.append(
                FaultSighting(code: code, status: status, ecu: draft.ecu),
                at: base + word.lowerBound, to: &draft)
        }
    }

    /// A code in any of its forms: besides those of ``FaultCode/init(text:)-(Span<UInt8>)``, six hex
    /// digits for three bytes of UDS, with or without `0x`.
    static func code(_ text: Span<UInt8>, _ word: Range<Int>) -> FaultCode? {
        var digits = word
        if digits.count == 8, text[digits.lowerBound] == 0x30,
            text[digits.lowerBound + 1] | 0x20 == 0x78
        {
            digits = digits.lowerBound + 2..<digits.upperBound
        }
        if digits.count == 6 {
            var value: UInt32 = 0
            var isHex = true
            for place in digits {
                guard let digit = HexDigit.value(text[place]) else {
                    isHex = false
                    break
                }
                value = value << 4 | UInt32(digit)
            }
            if isHex {
                return FaultCode(
                    uds: UInt16(value >> 8), failureType: UInt8(truncatingIfNeeded: value))
            }
        }
        return FaultCode(text: text.extracting(word))
    }

    /// Whether a text says that there is no code.
    static func isNothing(_ text: Span<UInt8>) -> Bool {
        // A letter and a digit begin a code, and the search for words can be left out.
        if text.count > 4, (0x61...0x7A).contains(text[0] | 0x20), text[1] &- 0x30 < 10 {
            return text.count == 5 && (1..<5).allSatisfy { text[$0] == 0x30 }
        }
        var letters: [UInt8] = []
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0x00...0x20, 0x22, 0x2C, 0x3B, 0x5B, 0x5D, 0x7B, 0x7D, 0x2D, 0x2E: continue
            default: letters.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
            }
            guard letters.count <= 24 else { return false }
        }
        return letters.isEmpty || nothing.contains(letters)
    }

    private static let nothing: Set<[UInt8]> = Set(
        [
            "nofaultcodesdetected", "nodata", "none", "null", "nil", "no", "nodtc", "nodtcs",
            "nofault", "nofaults", "nocodes", "ok", "p0000", "n/a", "na", "false",
        ].map { Array($0.utf8) })

    /// A whole number on its own, short enough to count codes.
    private static func number(_ text: Span<UInt8>) -> Int? {
        var value = 0
        var digits = 0
        for index in text.indices where text[index] > 0x20 {
            guard text[index] &- 0x30 < 10, digits < 5 else { return nil }
            value = value * 10 + Int(text[index] &- 0x30)
            digits += 1
        }
        return digits == 0 ? nil : value
    }

    private static func text(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        for index in range.prefix(64) { bytes.append(text[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The words of a list, each a code.
    private struct Words {
        private var place = 0

        mutating func next(in text: Span<UInt8>) -> Range<Int>? {
            let end = text.count
            while place < end, Self.separates(text[place]) { place += 1 }
            guard place < end else { return nil }
            let start = place
            place = Self.endOfWord(text, from: place)
            if place - start == 3, text[start] | 0x20 == 0x73 {
                // `SPN 110 FMI 0` holds three blanks.
                var last = place
                for _ in 0..<3 {
                    guard let next = Self.wordAfterBlank(text, last) else {
                        return start..<place
                    }
                    last = next
                }
                place = last
            } else if place - start == 5, !(text[start] &- 0x30 < 10),
                let next = Self.wordAfterBlank(text, place), next - place == 3,
                HexDigit.value(text[next - 1]) != nil, HexDigit.value(text[next - 2]) != nil
            {
                // `P0301 1A`: the failure type after a blank.
                place = next
            }
            return start..<place
        }

        private static func separates(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x00...0x20, 0x22, 0x27, 0x2C, 0x3B, 0x5B, 0x5D, 0x7B, 0x7D, 0x7C: true
            default: false
            }
        }

        private static func endOfWord(_ text: Span<UInt8>, from start: Int) -> Int {
            var place = start
            while place < text.count, !separates(text[place]) { place += 1 }
            return place
        }

        /// The end of the word that one blank parts from a place, or `nil`.
        private static func wordAfterBlank(_ text: Span<UInt8>, _ place: Int) -> Int? {
            guard place + 1 < text.count, text[place] == 0x20 || text[place] == 0x09,
                !separates(text[place + 1])
            else { return nil }
            return endOfWord(text, from: place + 1)
        }
    }
}
