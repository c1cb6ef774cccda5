/// Walks the top-level members of one JSON object without building anything.
///
/// Values inside a member are skipped with their brackets matched; that they are well formed is
/// checked only as far as finding their end needs it.
struct JSONMembers {
    /// One member, as ranges into the line.
    struct Member {
        /// The name, between its quotes, escapes as they stand.
        var name: Range<Int>
        var value: Value
    }

    /// The value of a member.
    struct Value {
        /// The value; a string's lies between its quotes, escapes as they stand.
        var range: Range<Int>
        var isString: Bool
        /// Whether a string has escapes and must be decoded.
        var hasEscapes: Bool
    }

    /// The name that was read last, even if the line is damaged behind it.
    private(set) var name: Range<Int>?

    private var position = 0
    private var isFirst = true

    /// The next member of the object in `line`, or `nil` after the last.
    ///
    /// Always to be called with the same line.
    mutating func next(in line: Span<UInt8>) throws(LineFailure) -> Member? {
        if isFirst {
            try expect(UInt8(ascii: "{"), in: line)
        }
        skipBlanks(in: line)
        if isFirst, peek(line) == UInt8(ascii: "}") { return try end(of: line) }
        if !isFirst {
            if peek(line) == UInt8(ascii: "}") { return try end(of: line) }
            try expect(UInt8(ascii: ","), in: line)
        }
        isFirst = false
        skipBlanks(in: line)
        self.name = nil
        let name = try string(in: line).range
        self.name = name
        skipBlanks(in: line)
        try expect(UInt8(ascii: ":"), in: line)
        skipBlanks(in: line)
        return Member(name: name, value: try value(in: line))
    }

    private mutating func end(of line: Span<UInt8>) throws(LineFailure) -> Member? {
        position += 1
        skipBlanks(in: line)
        guard position == line.count else { throw damage }
        return nil
    }

    private var damage: LineFailure { LineFailure(reason: .notAnObject, offset: position) }

    private func peek(_ line: Span<UInt8>) -> UInt8? {
        position < line.count ? line[position] : nil
    }

    private mutating func skipBlanks(in line: Span<UInt8>) {
        while position < line.count, line[position] == 0x20 || line[position] == 0x09 {
            position &+= 1
        }
    }

    private mutating func expect(_ byte: UInt8, in line: Span<UInt8>) throws(LineFailure) {
        guard peek(line) == byte else { throw damage }
        position += 1
    }

    private mutating func value(in line: Span<UInt8>) throws(LineFailure) -> Value {
        guard let first = peek(line) else { throw damage }
        let start = position
        switch first {
        case UInt8(ascii: "\""): return try string(in: line)
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipNested(in: line)
        default:
            while let byte = peek(line), byte > 0x20, byte != UInt8(ascii: ","),
                byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "\"")
            {
                position &+= 1
            }
            guard position > start else { throw damage }
        }
        return Value(range: start..<position, isString: false, hasEscapes: false)
    }

    private mutating func string(in line: Span<UInt8>) throws(LineFailure) -> Value {
        try expect(UInt8(ascii: "\""), in: line)
        let start = position
        var hasEscapes = false
        var index = start  // A local stays in a register, where `position` would not.
        while index < line.count {
            if index &+ 8 <= line.count {
                let plain = EightBytes(line, at: index)
                    .count(before: UInt8(ascii: "\""), or: UInt8(ascii: "\\"))
                index &+= plain
                if plain == 8 { continue }
            }
            let byte = line[index]
            index &+= 1
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index &+= 1
            } else if byte == UInt8(ascii: "\"") {
                position = index
                return Value(range: start..<index &- 1, isString: true, hasEscapes: hasEscapes)
            }
        }
        position = line.count
        throw damage
    }

    private mutating func skipNested(in line: Span<UInt8>) throws(LineFailure) {
        var depth = 0
        while let byte = peek(line) {
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 {
                    position += 1
                    return
                }
            case UInt8(ascii: "\""):
                _ = try string(in: line)
                continue
            default: break
            }
            position &+= 1
        }
        throw damage
    }
}

extension JSONMembers {
    /// Names that lines of recordings are told apart and read by.
    enum Name {
        case v, at, topic, topicHex, qos, retain, payload, payloadHex, tst, payloadlen

        init?(_ bytes: Span<UInt8>) {
            // Packed eight at a time; the longest name has eleven bytes.
            guard bytes.count <= 11 else { return nil }
            var high: UInt64 = 0
            var low: UInt64 = 0
            for index in bytes.indices {
                if index < 8 {
                    high = high << 8 | UInt64(bytes[index])
                } else {
                    low = low << 8 | UInt64(bytes[index])
                }
            }
            switch (high, low) {
            case (0x76, 0): self = .v
            case (0x6174, 0): self = .at
            case (0x74_6F70_6963, 0): self = .topic
            case (0x746F_7069_635F_6865, 0x78): self = .topicHex
            case (0x71_6F73, 0): self = .qos
            case (0x7265_7461_696E, 0): self = .retain
            case (0x70_6179_6C6F_6164, 0): self = .payload
            case (0x7061_796C_6F61_645F, 0x68_6578): self = .payloadHex
            case (0x74_7374, 0): self = .tst
            case (0x7061_796C_6F61_646C, 0x656E): self = .payloadlen
            default: return nil
            }
        }
    }
}
