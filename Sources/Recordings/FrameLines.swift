/// Reads the lines of recorded CAN frames, with what earlier lines said of later ones.
struct FrameLines {
    private let format: RecordingFormat
    private var vector = VectorLog()

    init(_ format: RecordingFormat) { self.format = format }

    /// The frame of a line, or `nil` for a line that holds none: a header, a remark, statistics.
    mutating func frame(_ line: Span<UInt8>) throws(LineFailure) -> RecordedFrame? {
        switch format {
        case .candump: try RecordedFrame(candump: line)
        case .vector: try vector.frame(line)
        case .pythonCAN: try Self.pythonCAN(line)
        case .crtd: try Self.crtd(line)
        default: nil
        }
    }

    // MARK: timestamp,arbitration_id,extended,remote,error,dlc,data

    private static func pythonCAN(_ line: Span<UInt8>) throws(LineFailure) -> RecordedFrame? {
        var fields: [Range<Int>] = []
        var start = 0
        for index in 0...line.count where index == line.count || line[index] == 0x2C {
            fields.append(start..<index)
            start = index + 1
        }
        if LineWords.isWord(fields[0], of: line, "timestamp") { return nil }
        guard fields.count == 7 else { throw LineFailure(reason: .notAFrame, offset: line.count) }
        guard let time = LineWords.microseconds(line.extracting(fields[0])) else {
            throw LineFailure(reason: .unreadableTime, offset: 0)
        }
        var id = fields[1]
        if id.count > 2, line[id.lowerBound] == 0x30, line[id.lowerBound + 1] | 0x20 == 0x78 {
            id = id.lowerBound + 2..<id.upperBound
        }
        guard let identifier = LineWords.hexadecimal(line.extracting(id)),
            let isExtended = flag(line, fields[2]), let isRemote = flag(line, fields[3]),
            let isError = flag(line, fields[4]),
            let length = LineWords.decimal(line.extracting(fields[5])), length <= 64,
            identifier <= (isExtended ? 0x1FFF_FFFF : 0x7FF)
        else { throw LineFailure(reason: .notAFrame, offset: fields[1].lowerBound) }
        // What the bus says of itself is no frame of a unit.
        if isError { return nil }
        var frame = RecordedFrame(
            microseconds: time, bus: Array("can0".utf8), identifier: identifier,
            isExtended: isExtended, isRemote: isRemote)
        if isRemote {
            frame.remoteLength = UInt8(min(length, 15))
            return frame
        }
        guard let data = Base64Text.bytes(line.extracting(fields[6])) else {
            throw LineFailure(reason: .damagedPayload, offset: fields[6].lowerBound)
        }
        guard data.count == Int(length) else {
            throw LineFailure(reason: .damagedPayload, offset: fields[5].lowerBound)
        }
        if length > 8 { frame.flexibleFlags = 0 }
        frame.data = data
        return frame
    }

    private static func flag(_ line: Span<UInt8>, _ field: Range<Int>) -> Bool? {
        guard field.count == 1 else { return nil }
        switch line[field.lowerBound] {
        case UInt8(ascii: "0"): return false
        case UInt8(ascii: "1"): return true
        default: return nil
        }
    }

    // MARK: 1543509533.000838 1R29 18FEE000 FF FF

    private static func crtd(_ line: Span<UInt8>) throws(LineFailure) -> RecordedFrame? {
        var words = LineWords(line)
        guard let first = words.next(in: line), line[first.lowerBound] != UInt8(ascii: "#") else {
            return nil
        }
        guard let time = LineWords.microseconds(line.extracting(first)) else {
            throw LineFailure(reason: .unreadableTime, offset: first.lowerBound)
        }
        guard let kind = words.next(in: line) else {
            throw LineFailure(reason: .notAFrame, offset: line.count)
        }
        var place = kind.lowerBound
        while place < kind.upperBound, line[place] &- 0x30 < 10 { place += 1 }
        let bus = kind.lowerBound..<place
        let type = place..<kind.upperBound
        let isSent =
            LineWords.isWord(type, of: line, "T11") || LineWords.isWord(type, of: line, "T29")
        let isExtended =
            LineWords.isWord(type, of: line, "R29") || LineWords.isWord(type, of: line, "T29")
        // Comments, errors and statistics have other types.
        guard isSent || isExtended || LineWords.isWord(type, of: line, "R11") else { return nil }
        guard let id = words.next(in: line),
            let identifier = LineWords.hexadecimal(line.extracting(id)),
            identifier <= (isExtended ? 0x1FFF_FFFF : 0x7FF)
        else { throw LineFailure(reason: .notAFrame, offset: words.start) }
        var frame = RecordedFrame(
            microseconds: time, bus: Array("can".utf8), identifier: identifier,
            isExtended: isExtended)
        frame.isSent = isSent
        if bus.isEmpty { frame.bus.append(UInt8(ascii: "1")) }
        for index in bus.prefix(3) { frame.bus.append(line[index]) }
        while let word = words.next(in: line) {
            guard word.count <= 2, let byte = LineWords.hexadecimal(line.extracting(word)),
                frame.data.count < 8
            else { throw LineFailure(reason: .damagedHex, offset: word.lowerBound) }
            frame.data.append(UInt8(byte))
        }
        return frame
    }
}

/// Base64 (RFC 4648, section 4), both ways.
enum Base64Text {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The bytes that a text stands for, or `nil`.
    static func bytes(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var end = text.count
        while end > 0, end > text.count - 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        var bytes: [UInt8] = []
        var word: UInt32 = 0
        for index in 0..<end {
            let value: UInt8
            switch text[index] {
            case 0x41...0x5A: value = text[index] - 0x41
            case 0x61...0x7A: value = text[index] - 0x47
            case 0x30...0x39: value = text[index] + 4
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: return nil
            }
            word = word << 6 | UInt32(value)
            let bits = 6 * (index % 4 + 1)
            if index % 4 > 0 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits % 8))) }
        }
        return bytes
    }

    /// Appends the text of some bytes.
    static func append(_ data: [UInt8], to bytes: inout [UInt8]) {
        for start in stride(from: 0, to: data.count, by: 3) {
            var word: UInt32 = 0
            for index in start..<start + 3 {
                word = word << 8 | (index < data.count ? UInt32(data[index]) : 0)
            }
            let count = min(data.count - start, 3)
            for place in 0..<4 {
                let value = Int(word >> UInt32(18 - 6 * place) & 63)
                bytes.append(place <= count ? letters[value] : UInt8(ascii: "="))
            }
        }
    }
}
