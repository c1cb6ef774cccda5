/// Reads the tokens of a JSON text (RFC 8259) that stands in a ``PaddedText``.
///
/// Each function takes the place to read at and moves it past what it read. Nothing here calls
/// itself, so hostile nesting costs a counter, not the stack.
enum JSONText {
    /// A string's content: the bytes between its quotes.
    struct Text {
        var start: Int
        var end: Int
        /// Whether it holds a backslash, so that the bytes are not yet the characters.
        var isEscaped: Bool
        var count: Int { end &- start }
    }

    /// What every reader needs besides the bytes.
    struct Frame {
        /// Bytes of the payload, without padding.
        let end: Int
        /// Deepest nesting, at most 64.
        let depth: Int

        /// The failure for a byte that may not stand at `place`.
        @inline(never) func unexpected(at place: Int) -> DecodingFailure {
            place >= end
                ? DecodingFailure(reason: .truncated, offset: end)
                : DecodingFailure(reason: .notJSON, offset: place)
        }
    }

    /// The next byte that is no white space, which is not consumed; zero at the end.
    @inline(__always) static func peek(_ bytes: Span<UInt8>, _ place: inout Int) -> UInt8 {
        let byte = bytes.byte(place)
        guard byte <= 0x20 else { return byte }
        place = afterBlanks(bytes, place)
        return bytes.byte(place)
    }

    /// The first place that holds no white space.
    @inline(never) static func afterBlanks(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var place = start
        while true {
            switch bytes.byte(place) {
            case 0x20, 0x0A, 0x0D, 0x09: place &+= 1
            default: return place
            }
        }
    }

    /// Consumes an opening bracket on a level; `false` when the closing one follows at once.
    @inline(__always) static func open(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: inout Int, closing: UInt8, level: Int
    ) throws(DecodingFailure) -> Bool {
        guard level <= frame.depth else { throw DecodingFailure(reason: .tooDeep, offset: place) }
        place &+= 1
        guard peek(bytes, &place) == closing else { return true }
        place &+= 1
        return false
    }

    /// Consumes a comma or the closing bracket; whether another element follows.
    @inline(__always) static func another(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: inout Int, closing: UInt8
    ) throws(DecodingFailure) -> Bool {
        let byte = peek(bytes, &place)
        guard byte == 0x2C || byte == closing else { throw frame.unexpected(at: place) }
        place &+= 1
        return byte == 0x2C
    }

    /// Consumes a member's name and colon, and white space before its value.
    @inline(__always) static func key(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: inout Int
    ) throws(DecodingFailure) -> Text {
        guard peek(bytes, &place) == 0x22 else { throw frame.unexpected(at: place) }
        let text = try string(bytes, frame, &place)
        guard peek(bytes, &place) == 0x3A else { throw frame.unexpected(at: place) }
        place &+= 1
        _ = peek(bytes, &place)
        return text
    }

    /// Consumes a string, whose opening quote comes next.
    @inline(__always) static func string(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: inout Int
    ) throws(DecodingFailure) -> Text {
        let start = place &+ 1
        var seen: UInt64 = 0
        guard let end = endOfPlainText(bytes, start, &seen) else {
            let text = try escapedString(bytes, frame, start: start)
            place = text.end &+ 1
            return text
        }
        place = end &+ 1
        return Text(start: start, end: end, isEscaped: false)
    }

    /// The place of the quote that ends plain text which starts at a place.
    ///
    /// - Parameter seen: gets all bits of the text's bytes, and perhaps of some behind it.
    /// - Returns: `nil` where a backslash or a control character comes first.
    @inline(__always) static func endOfPlainText(
        _ bytes: Span<UInt8>, _ start: Int, _ seen: inout UInt64
    ) -> Int? {
        var end = start
        var word = bytes.eight(end)
        var stop = ByteWord.endOfText(word)
        seen |= word
        while stop == 0 {
            end &+= 8
            word = bytes.eight(end)
            stop = ByteWord.endOfText(word)
            seen |= word
        }
        end &+= stop.trailingZeroBitCount &>> 3
        return bytes.byte(end) == 0x22 ? end : nil
    }

    /// Reads a string that is not all plain text.
    @inline(never) private static func escapedString(
        _ bytes: Span<UInt8>, _ frame: Frame, start: Int
    ) throws(DecodingFailure) -> Text {
        var place = start
        while true {
            switch bytes.byte(place) {
            case 0x22: return Text(start: start, end: place, isEscaped: true)
            case 0x5C: place = try JSONEscape.end(bytes, frame, at: place)
            case 0..<0x20: throw frame.unexpected(at: place)
            default: place &+= 1
            }
        }
    }

    /// Consumes `null` if it comes next.
    @inline(__always) static func null(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: inout Int
    ) throws(DecodingFailure) -> Bool {
        guard peek(bytes, &place) == 0x6E else { return false }
        place = try afterLiteral(bytes, frame, place)
        return true
    }

    /// The place after `true`, `false` or `null`, one of which must stand at `place`.
    @inline(never) static func afterLiteral(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: Int
    ) throws(DecodingFailure) -> Int {
        let word = bytes.eight(place)
        switch UInt32(truncatingIfNeeded: word) {
        case 0x6C6C_756E, 0x6575_7274: return place &+ 4
        case 0x736C_6166 where bytes.byte(place &+ 4) == 0x65: return place &+ 5
        default: throw misread(bytes, frame, at: place)
        }
    }

    /// The place after any value, whose structure is checked and of which nothing is kept.
    ///
    /// - Parameter level: how many containers are open around it.
    @inline(never) static func afterValue(
        _ bytes: Span<UInt8>, _ frame: Frame, _ start: Int, level outer: Int
    ) throws(DecodingFailure) -> Int {
        var place = start
        // One bit a level, set for an object, the innermost lowest.
        var objects: UInt64 = 0
        var level = outer
        while true {
            switch peek(bytes, &place) {
            case 0x22: _ = try string(bytes, frame, &place)
            case 0x7B:
                if try open(bytes, frame, &place, closing: 0x7D, level: level &+ 1) {
                    level &+= 1
                    objects = objects &<< 1 | 1
                    _ = try key(bytes, frame, &place)
                    continue
                }
            case 0x5B:
                if try open(bytes, frame, &place, closing: 0x5D, level: level &+ 1) {
                    level &+= 1
                    objects = objects &<< 1
                    continue
                }
            case 0x2D, 0x30...0x39: place = try afterNumber(bytes, frame, place)
            default: place = try afterLiteral(bytes, frame, place)
            }
            while true {
                if level == outer { return place }
                let inObject = objects & 1 == 1
                if try another(bytes, frame, &place, closing: inObject ? 0x7D : 0x5D) {
                    if inObject { _ = try key(bytes, frame, &place) }
                    break
                }
                objects &>>= 1
                level &-= 1
            }
        }
    }

    /// Says why there is no value of the wanted kind at `place`: a whole value of another kind, a
    /// number that JSON does not have, or no JSON at all.
    @inline(never) static func misread(
        _ bytes: Span<UInt8>, _ frame: Frame, at place: Int
    ) -> DecodingFailure {
        switch bytes.byte(place) {
        case 0x22, 0x7B, 0x5B, 0x30...0x39:
            return DecodingFailure(reason: .wrongType, offset: place)
        default: break
        }
        let sign = bytes.byte(place) == 0x2D ? 1 : 0
        let word = bytes.eight(place + sign)
        let left = frame.end - place - sign
        let words: [(spelling: UInt64, count: Int, reason: DecodingFailure.Reason)] = [
            (0x6C6C_756E, 4, .wrongType), (0x6575_7274, 4, .wrongType),
            (0x65_736C_6166, 5, .wrongType), (0x4E_614E, 3, .notANumber),
            (0x6E_616E, 3, .notANumber), (0x7974_696E_6966_6E49, 8, .notANumber),
        ]
        for known in words where sign == 0 || known.reason == .notANumber {
            let length = max(0, min(known.count, left))
            let mask = length >= 8 ? ~0 : (UInt64(1) << UInt64(8 * length)) - 1
            guard word & mask == known.spelling & mask else { continue }
            return left < known.count
                ? frame.unexpected(at: frame.end)
                : DecodingFailure(reason: known.reason, offset: place)
        }
        let digit = bytes.byte(place + sign)
        return sign == 1 && digit >= 0x30 && digit <= 0x39
            ? DecodingFailure(reason: .wrongType, offset: place) : frame.unexpected(at: place)
    }
}
