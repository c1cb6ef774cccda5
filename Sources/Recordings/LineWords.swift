/// The words of a line, with blanks or tabs between them, and the numbers that words can be.
struct LineWords {
    /// Where the next word is looked for.
    private(set) var position: Int
    /// Where the last word began.
    private(set) var start = 0

    init(_ line: Span<UInt8>, from position: Int = 0) { self.position = position }

    /// The next word, or `nil` at the end.
    mutating func next(in line: Span<UInt8>) -> Range<Int>? {
        while position < line.count, Self.isBlank(line[position]) { position += 1 }
        guard position < line.count else { return nil }
        start = position
        while position < line.count, !Self.isBlank(line[position]) { position += 1 }
        return start..<position
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The next words, each one byte in hexadecimal.
    mutating func bytes(
        _ count: Int, in line: Span<UInt8>, radix: Int = 16
    ) throws(LineFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count {
            guard let word = next(in: line) else {
                throw LineFailure(reason: .notAFrame, offset: line.count)
            }
            let text = line.extracting(word)
            guard let number = radix == 16 ? Self.hexadecimal(text) : Self.decimal(text),
                number < 256
            else { throw LineFailure(reason: .damagedHex, offset: word.lowerBound) }
            bytes.append(UInt8(number))
        }
        return bytes
    }

    /// Whether a word of a line is `text`, in any case of its letters.
    static func isWord(_ word: Range<Int>, of line: Span<UInt8>, _ text: StaticString) -> Bool {
        guard word.count == text.utf8CodeUnitCount else { return false }
        var place = word.lowerBound
        for byte in text.description.utf8 {
            let have = line[place]
            guard have == byte || have | 0x20 == byte | 0x20 && byte | 0x20 >= 0x61 else {
                return false
            }
            place += 1
        }
        return true
    }

    /// At most eight hexadecimal digits.
    static func hexadecimal(_ text: Span<UInt8>) -> UInt32? {
        guard !text.isEmpty, text.count <= 8 else { return nil }
        var number: UInt32 = 0
        for index in text.indices {
            guard let digit = digit(text[index]) else { return nil }
            number = number << 4 | UInt32(digit)
        }
        return number
    }

    /// At most nine decimal digits.
    static func decimal(_ text: Span<UInt8>) -> UInt32? {
        guard !text.isEmpty, text.count <= 9 else { return nil }
        var number: UInt32 = 0
        for index in text.indices {
            guard let digit = digit(text[index]), digit < 10 else { return nil }
            number = number * 10 + UInt32(digit)
        }
        return number
    }

    /// Seconds with any fraction or none as microseconds, further digits rounded to the nearest.
    ///
    /// Programs that keep such times as binary fractions write `1543509533.1515281`.
    static func microseconds(_ text: Span<UInt8>) -> Int64? {
        var place = 0
        var seconds: Int64 = 0
        while place < text.count, let digit = digit(text[place]), digit < 10 {
            guard place < 12 else { return nil }
            seconds = seconds * 10 + Int64(digit)
            place += 1
        }
        guard place > 0 else { return nil }
        var fraction: Int64 = 0
        if place < text.count {
            guard text[place] == UInt8(ascii: "."), place + 1 < text.count else { return nil }
            var unit: Int64 = 1_000_000
            for index in place + 1..<text.count {
                guard let digit = digit(text[index]), digit < 10 else { return nil }
                if unit > 1 {
                    unit /= 10
                    fraction += Int64(digit) * unit
                } else if unit == 1 {
                    if digit >= 5 { fraction += 1 }
                    unit = 0
                }
            }
        }
        return seconds * 1_000_000 + fraction
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
