/// One frame of a CAN bus, and its line of text.
///
/// The text is what `candump -L` writes, `(1543509533.000838) can0 18FECA00#0300FFFF` with ` T`
/// behind a frame that the recorder sent itself. It is the payload that recorded frames get,
/// because it holds all that is known of one: nothing is lost on the way back.
struct RecordedFrame: Equatable {
    /// Microseconds, since the epoch or, where the recording does not say, since its own start.
    var microseconds: Int64
    /// The name of the bus: letters, digits, `_`, `-` and `.`.
    var bus: [UInt8]
    var identifier: UInt32
    /// Whether the identifier has 29 bits.
    var isExtended: Bool
    /// A request for a frame, without data.
    var isRemote = false
    /// The flags of a CAN FD frame: 1 is the faster bit rate, 2 a sender in the error state.
    var flexibleFlags: UInt8?
    var isSent = false
    var data: [UInt8] = []
    /// The length that a request asks for.
    var remoteLength: UInt8 = 0

    /// The largest identifier, that of 29 bits and a flag that `candump` sets on error frames.
    static let largestIdentifier: UInt32 = 0x3FFF_FFFF

    /// Three digits, or eight when the identifier has 29 bits.
    func appendIdentifier(to bytes: inout [UInt8]) {
        for shift in stride(from: isExtended ? 28 : 8, through: 0, by: -4) {
            bytes.append(Self.digits[Int(identifier >> UInt32(shift) & 15)])
        }
    }

    /// Appends the frame's line without a line end.
    func appendLine(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "("))
        Self.appendTime(microseconds, to: &bytes)
        bytes.append(contentsOf: ") ".utf8)
        bytes += bus
        bytes.append(UInt8(ascii: " "))
        appendIdentifier(to: &bytes)
        bytes.append(UInt8(ascii: "#"))
        if isRemote {
            bytes.append(UInt8(ascii: "R"))
            if remoteLength > 0 { bytes.append(Self.digits[Int(remoteLength & 15)]) }
        }
        if let flexibleFlags {
            bytes.append(UInt8(ascii: "#"))
            bytes.append(Self.digits[Int(flexibleFlags & 15)])
        }
        for byte in data {
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
        if isSent { bytes.append(contentsOf: " T".utf8) }
    }

    /// Appends seconds with six digits behind the point.
    static func appendTime(_ microseconds: Int64, to bytes: inout [UInt8]) {
        RecordedTime.append(microseconds / 1_000_000, width: 1, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        RecordedTime.append(microseconds % 1_000_000, width: 6, to: &bytes)
    }

    static let digits = Array("0123456789ABCDEF".utf8)
}

extension RecordedFrame {
    /// Reads a line of `candump -L`, or of `candump` for people with a time before it.
    ///
    /// - Throws: where the line makes no sense.
    init(candump line: Span<UInt8>) throws(LineFailure) {
        var words = LineWords(line)
        guard let time = words.next(in: line), line[time.lowerBound] == UInt8(ascii: "("),
            line[time.upperBound - 1] == UInt8(ascii: ")"),
            let microseconds = LineWords.microseconds(
                line.extracting(time.lowerBound + 1..<time.upperBound - 1))
        else { throw LineFailure(reason: .unreadableTime, offset: 0) }
        guard let bus = words.next(in: line), let name = Self.bus(line.extracting(bus)) else {
            throw LineFailure(reason: .notAFrame, offset: words.position)
        }
        guard let frame = words.next(in: line) else {
            throw LineFailure(reason: .notAFrame, offset: line.count)
        }
        self.init(microseconds: microseconds, bus: name, identifier: 0, isExtended: false)
        var sign = frame.lowerBound
        while sign < frame.upperBound, line[sign] != UInt8(ascii: "#") { sign += 1 }
        try readIdentifier(line, frame.lowerBound..<sign)
        if sign < frame.upperBound {
            try readCompact(line, sign + 1..<frame.upperBound)
        } else {
            try readSpaced(line, &words)
        }
        if let direction = words.next(in: line) {
            switch (direction.count, line[direction.lowerBound]) {
            case (1, UInt8(ascii: "R")): break
            case (1, UInt8(ascii: "T")): isSent = true
            default: throw LineFailure(reason: .notAFrame, offset: direction.lowerBound)
            }
        }
        guard words.next(in: line) == nil else {
            throw LineFailure(reason: .notAFrame, offset: words.start)
        }
    }

    /// A name that can stand in a topic and in a line.
    static func bus(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count <= 16 else { return nil }
        var name: [UInt8] = []
        for index in text.indices {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: name.append(text[index])
            default: return nil
            }
        }
        return name.isEmpty ? nil : name
    }

    private mutating func readIdentifier(
        _ line: Span<UInt8>, _ range: Range<Int>
    ) throws(LineFailure) {
        guard let number = LineWords.hexadecimal(line.extracting(range)),
            range.count == 8 && number <= Self.largestIdentifier
                || range.count == 3 && number <= 0x7FF
        else { throw LineFailure(reason: .notAFrame, offset: range.lowerBound) }
        identifier = number
        isExtended = range.count == 8
    }

    /// What stands behind the `#`.
    private mutating func readCompact(
        _ line: Span<UInt8>, _ whole: Range<Int>
    ) throws(LineFailure) {
        var range = whole
        if let first = range.first, line[first] == UInt8(ascii: "R") {
            isRemote = true
            range = first + 1..<range.upperBound
            guard range.count < 2 else {
                throw LineFailure(reason: .notAFrame, offset: range.lowerBound)
            }
            if let digit = range.first {
                guard let length = LineWords.hexadecimal(line.extracting(digit..<digit + 1)) else {
                    throw LineFailure(reason: .notAFrame, offset: digit)
                }
                remoteLength = UInt8(length)
            }
            return
        }
        var longest = 8
        if let first = range.first, line[first] == UInt8(ascii: "#") {
            guard range.count >= 2,
                let flags = LineWords.hexadecimal(line.extracting(first + 1..<first + 2))
            else { throw LineFailure(reason: .notAFrame, offset: first) }
            flexibleFlags = UInt8(flags)
            range = first + 2..<range.upperBound
            longest = 64
        }
        do throws(LineFailure) {
            try Spelling.appendBytes(ofHex: line.extracting(range), to: &data)
        } catch {
            throw LineFailure(reason: error.reason, offset: range.lowerBound + error.offset)
        }
        guard data.count <= longest else {
            throw LineFailure(reason: .notAFrame, offset: range.lowerBound)
        }
    }

    /// `[8]  03 00 FF …`, as it is printed for people.
    private mutating func readSpaced(
        _ line: Span<UInt8>, _ words: inout LineWords
    ) throws(LineFailure) {
        let wrong = LineFailure(reason: .notAFrame, offset: words.position)
        guard let length = words.next(in: line), length.count >= 3,
            line[length.lowerBound] == UInt8(ascii: "["),
            line[length.upperBound - 1] == UInt8(ascii: "]"),
            let count = LineWords.decimal(
                line.extracting(length.lowerBound + 1..<length.upperBound - 1)), count <= 64
        else { throw wrong }
        if count > 8 { flexibleFlags = 0 }
        var ahead = words
        if let word = ahead.next(in: line), word.count == 6,
            line[word.lowerBound] == UInt8(ascii: "r")
        {
            isRemote = true
            remoteLength = UInt8(min(count, 15))
            words = ahead
            return
        }
        data = try words.bytes(Int(count), in: line)
    }
}
