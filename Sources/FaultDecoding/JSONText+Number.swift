extension JSONText {
    /// A number as it is written: its place and whether it is a whole one.
    struct NumberToken {
        var start: Int
        var end: Int
        var isNegative: Bool
        /// No fraction and no exponent.
        var isWhole: Bool
    }

    /// A number and the place after it.
    struct Number {
        var value: Double
        var end: Int
    }

    /// Reads the number that starts at a place; the same bits as `Double` gives for its text.
    ///
    /// - Returns: NaN for null.
    /// - Throws: `wrong_type` where something else stands, `number_out_of_range` beyond `Double`.
    @inline(never) static func number(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: Int
    ) throws(DecodingFailure) -> Number {
        try inlineNumber(bytes, frame, place)
    }

    /// The same as ``number(_:_:_:)``, for the one caller where most numbers are read.
    @inline(__always) static func inlineNumber(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: Int
    ) throws(DecodingFailure) -> Number {
        let isNegative = bytes.byte(place) == 0x2D
        if var number = usualNumber(bytes, isNegative ? place &+ 1 : place) {
            let next = bytes.byte(number.end)
            if isNegative { number.value = -number.value }
            if next == 0x2C || next == 0x7D { return number }
        }
        return try anyNumber(bytes, frame, place)
    }

    /// Reads up to seven digits, perhaps with a point between them: nearly every number that a vehicle
    /// sends.
    ///
    /// - Returns: `nil` for anything else, which may still be a number. What is returned is a number
    ///   if a comma or a brace comes after it.
    @inline(__always) static func usualNumber(_ bytes: Span<UInt8>, _ start: Int) -> Number? {
        let word = bytes.eight(start) ^ (ByteWord.ones &* 0x30)
        let stops = ByteWord.nonDigits(word)
        let less = stops &- 1
        // Where the digits end, and where those after the point: the top bit of the byte, in bits.
        let point = stops.trailingZeroBitCount
        guard point &- 15 >= 0, point < 64, point == 15 || word & 0xFF != 0 else { return nil }
        guard bytes.byte(start &+ point &>> 3) == 0x2E else {
            let digits = word &<< UInt64(truncatingIfNeeded: 71 &- point)
            return Number(
                value: ByteWord.double(ByteWord.decimal(digits)), end: start &+ point &>> 3)
        }
        let end = (stops & less).trailingZeroBitCount | 7
        guard end &- point >= 16 else { return nil }
        // The digits after the point move down by one, over the point.
        let before = (stops ^ less) &>> 8
        let digits =
            (word & before | word &>> 8 & ~before) &<< UInt64(truncatingIfNeeded: 79 &- end)
        // The integer is below 2^53 and the power of ten exact, so that the one division rounds as it
        // should.
        let value =
            ByteWord.double(ByteWord.decimal(digits))
            / PowerOfTen.double((end &- point) &>> 3 &- 1)
        return Number(value: value, end: start &+ end &>> 3)
    }

    @inline(never) private static func anyNumber(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: Int
    ) throws(DecodingFailure) -> Number {
        guard bytes.byte(place) != 0x6E else {
            return Number(value: .nan, end: try afterLiteral(bytes, frame, place))
        }
        let token = try numberToken(bytes, frame, place)
        guard let value = value(bytes, token) else {
            throw DecodingFailure(reason: .numberOutOfRange, offset: place)
        }
        return Number(value: value, end: token.end)
    }

    /// As ``afterNumber(_:_:_:)``, and soon done with the few digits of a byte or an identifier.
    @inline(__always) static func afterAnyNumber(
        _ bytes: Span<UInt8>, _ frame: Frame, _ start: Int
    ) throws(DecodingFailure) -> Int {
        var place = start
        while bytes.byte(place) &- 0x30 < 10 { place &+= 1 }
        let next = bytes.byte(place)
        let isShort = place &- start < 16 && (bytes.byte(start) != 0x30 || place == start &+ 1)
        guard place > start, isShort, next != 0x2E, next | 0x20 != 0x65 else {
            return try afterNumber(bytes, frame, start)
        }
        return place
    }

    /// Skips a number that nobody asks for. One beyond `Double` is a sender's fault wherever it
    /// stands, and whether a rule reads it must not decide if the message is taken.
    static func afterNumber(
        _ bytes: Span<UInt8>, _ frame: Frame, _ start: Int
    ) throws(DecodingFailure) -> Int {
        let token = try numberToken(bytes, frame, start)
        var mayBeBeyond = token.end &- token.start > 300
        if !token.isWhole, !mayBeBeyond {
            var place = token.start
            while place < token.end, !mayBeBeyond {
                mayBeBeyond = bytes.byte(place) | 0x20 == 0x65
                place &+= 1
            }
        }
        if mayBeBeyond, value(bytes, token) == nil {
            throw DecodingFailure(reason: .numberOutOfRange, offset: start)
        }
        return token.end
    }

    /// Reads a number at a place and checks its grammar only.
    @inline(never) static func numberToken(
        _ bytes: Span<UInt8>, _ frame: Frame, _ start: Int
    ) throws(DecodingFailure) -> NumberToken {
        let isNegative = bytes.byte(start) == 0x2D
        let first = isNegative ? start &+ 1 : start
        var place = afterDigits(bytes, first)
        guard place > first else { throw misread(bytes, frame, at: start) }
        if bytes.byte(first) == 0x30, place > first &+ 1 {
            throw DecodingFailure(reason: .notJSON, offset: first &+ 1)
        }
        var isWhole = true
        if bytes.byte(place) == 0x2E {
            isWhole = false
            let point = place
            place = afterDigits(bytes, point &+ 1)
            guard place > point &+ 1 else { throw frame.unexpected(at: place) }
        }
        if bytes.byte(place) | 0x20 == 0x65 {
            isWhole = false
            place &+= 1
            if bytes.byte(place) == 0x2B || bytes.byte(place) == 0x2D { place &+= 1 }
            let sign = place
            place = afterDigits(bytes, sign)
            guard place > sign else { throw frame.unexpected(at: place) }
        }
        return NumberToken(start: start, end: place, isNegative: isNegative, isWhole: isWhole)
    }

    @inline(__always) private static func afterDigits(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var place = start
        while bytes.byte(place) &- 0x30 < 10 { place &+= 1 }
        return place
    }

    /// The value of a number, or `nil` beyond the range of `Double`.
    @inline(never) static func value(_ bytes: Span<UInt8>, _ token: NumberToken) -> Double? {
        var mantissa: UInt64 = 0
        var scale = 0
        var exponent = 0
        var afterPoint = false
        var place = token.isNegative ? token.start &+ 1 : token.start
        while place < token.end {
            let byte = bytes.byte(place)
            place &+= 1
            if byte == 0x2E {
                afterPoint = true
                continue
            }
            if byte | 0x20 == 0x65 {
                exponent = Self.exponent(bytes, from: place, to: token.end)
                break
            }
            guard mantissa < 1 &<< 53 else { return rounded(bytes, token) }
            mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
            if afterPoint { scale &-= 1 }
        }
        // Integer and power are both exact as `Double`, so the one operation rounds as it should
        // (Clinger 1990). Anything else goes the long way.
        let power = scale &+ exponent
        guard mantissa < 1 &<< 53, power >= -22, power <= 22 else { return rounded(bytes, token) }
        let value =
            power < 0
            ? Double(mantissa) / PowerOfTen.double(-power)
            : Double(mantissa) * PowerOfTen.double(power)
        return token.isNegative ? -value : value
    }

    /// The exponent, kept small enough to be added to.
    private static func exponent(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var value = 0
        for place in start..<end where bytes.byte(place) &- 0x30 < 10 {
            value = min(value * 10 + Int(bytes.byte(place) &- 0x30), 1_000_000)
        }
        return bytes.byte(start) == 0x2D ? -value : value
    }

    private static func rounded(_ bytes: Span<UInt8>, _ token: NumberToken) -> Double? {
        var text = ""
        text.reserveCapacity(token.end - token.start)
        for place in token.start..<token.end {
            text.unicodeScalars.append(Unicode.Scalar(bytes.byte(place)))
        }
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Consumes an unsigned integer that comes next.
    static func unsigned(
        _ bytes: Span<UInt8>, _ frame: Frame, _ place: inout Int
    ) throws(DecodingFailure) -> UInt64 {
        let token = try numberToken(bytes, frame, place)
        guard token.isWhole else {
            throw DecodingFailure(reason: .wrongType, offset: token.start)
        }
        var value: UInt64 = 0
        for index in token.start..<token.end {
            // A minus sign is no digit, so negative numbers leave here too.
            let digit = UInt64(bytes.byte(index) &- 0x30)
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(digit)
            guard digit < 10, !overflow, !carry else {
                throw DecodingFailure(reason: .numberOutOfRange, offset: token.start)
            }
            value = sum
        }
        place = token.end
        return value
    }
}

/// Powers of ten that are exact.
enum PowerOfTen {
    private static let exact: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// 10 to the power of 0 to 22.
    static func double(_ exponent: Int) -> Double { exact[exponent] }
}
