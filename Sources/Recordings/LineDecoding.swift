/// Reads single lines of the formats whose payloads must be decoded.
///
/// Decoded bytes are gathered here, and stand in the chunk behind the text of its lines.
struct LineDecoding {
    /// What was decoded, to be appended to the chunk.
    var decoded: [UInt8] = []
    /// Where in the chunk ``decoded`` will begin.
    var base = 0

    /// Puts bytes behind the text of the lines, and says where they will stand.
    mutating func keep(_ bytes: [UInt8]) -> Range<Int> {
        let first = base + decoded.count
        decoded += bytes
        return first..<first + bytes.count
    }

    /// Reads a line into `message`.
    ///
    /// - Parameters:
    ///   - line: the line without its end.
    ///   - start: where the line begins in the chunk.
    mutating func read(
        _ line: Span<UInt8>, at start: Int, as format: RecordingFormat,
        into message: inout RecordedMessage
    ) throws(LineFailure) {
        let mark = decoded.count
        do throws(LineFailure) {
            switch format {
            case .native: message.payload = start..<start + line.count
            case .own: try readOwn(line, at: start, into: &message)
            case .mosquittoHex: try readHex(line, at: start, into: &message)
            case .mosquittoJSON: try readMosquittoJSON(line, at: start, into: &message)
            default: try readText(line, at: start, into: &message)
            }
        } catch {
            decoded.removeLast(decoded.count - mark)
            throw error
        }
    }

    // MARK: topic, payload

    private func readText(
        _ line: Span<UInt8>, at start: Int, into message: inout RecordedMessage
    ) throws(LineFailure) {
        var blank = 0
        while blank < line.count, line[blank] != UInt8(ascii: " ") { blank += 1 }
        // What follows a line break inside a payload begins with anything, most often a brace.
        guard blank > 0, blank < line.count, line[0] != UInt8(ascii: "{"),
            line[0] != UInt8(ascii: "}")
        else { throw LineFailure(reason: .notTwoFields, offset: blank) }
        message.topic = start..<start + blank
        message.payload = start + blank + 1..<start + line.count
    }

    // MARK: seconds, topic, hexadecimal

    private mutating func readHex(
        _ line: Span<UInt8>, at start: Int, into message: inout RecordedMessage
    ) throws(LineFailure) {
        let blank = UInt8(ascii: " ")
        var first = 0
        while first < line.count, line[first] != blank { first += 1 }
        // A topic may have blanks, hexadecimal has none: the last blank ends the topic.
        var last = line.count - 1
        while last > first + 8, EightBytes(line, at: last - 7).count(before: blank) == 8 {
            last -= 8
        }
        while last > first, line[last] != blank { last -= 1 }
        guard last > first else { throw LineFailure(reason: .notThreeFields, offset: line.count) }
        guard let time = RecordedTime.milliseconds(ofEpoch: line.extracting(0..<first)) else {
            throw LineFailure(reason: .unreadableTime, offset: 0)
        }
        message.receivedMilliseconds = time
        message.nanoseconds = RecordedTime.nanoseconds(of: line.extracting(0..<first))
        message.topic = start + first + 1..<start + last
        message.payload = try bytes(ofHex: last + 1..<line.count, of: line)
    }

    // MARK: what `forewarn record` writes

    private mutating func readOwn(
        _ line: Span<UInt8>, at start: Int, into message: inout RecordedMessage
    ) throws(LineFailure) {
        var members = JSONMembers()
        var version: JSONMembers.Value?
        var topic: JSONMembers.Value?
        var topicHex: JSONMembers.Value?
        var payload: JSONMembers.Value?
        var payloadHex: JSONMembers.Value?
        var time: JSONMembers.Value?
        while let member = try members.next(in: line) {
            switch JSONMembers.Name(line.extracting(member.name)) {
            case .v: version = member.value
            case .at: time = member.value
            case .topic: topic = member.value
            case .topicHex: topicHex = member.value
            case .payload: payload = member.value
            case .payloadHex: payloadHex = member.value
            case .qos: message.qos = try qos(member.value, of: line)
            case .retain: message.isRetained = try flag(member.value, of: line)
            default: break
            }
        }
        let missing = LineFailure(reason: .missingMember, offset: line.count)
        guard let version else { throw missing }
        guard number(version, of: line) == 1 else {
            throw LineFailure(reason: .unknownVersion, offset: version.range.lowerBound)
        }
        if let time {
            message.receivedMilliseconds = try received(time, of: line)
            message.nanoseconds = RecordedTime.nanoseconds(of: line.extracting(time.range))
        }
        if let topic {
            message.topic = try text(topic, of: line, at: start)
        } else if let topicHex {
            message.topic = try bytes(ofHex: topicHex.range, of: line)
        } else {
            throw missing
        }
        if let payload {
            message.payload = try text(payload, of: line, at: start)
        } else if let payloadHex {
            message.payload = try bytes(ofHex: payloadHex.range, of: line)
        } else {
            throw missing
        }
    }

    // MARK: what mosquitto_sub -F %j writes

    private mutating func readMosquittoJSON(
        _ line: Span<UInt8>, at start: Int, into message: inout RecordedMessage
    ) throws(LineFailure) {
        var members = JSONMembers()
        var time: JSONMembers.Value?
        var topic: JSONMembers.Value?
        var payload: JSONMembers.Value?
        var length: JSONMembers.Value?
        while let member = try members.next(in: line) {
            switch JSONMembers.Name(line.extracting(member.name)) {
            case .tst: time = member.value
            case .topic: topic = member.value
            case .payload: payload = member.value
            case .payloadlen: length = member.value
            case .qos: message.qos = try qos(member.value, of: line)
            case .retain: message.isRetained = try flag(member.value, of: line)
            default: break
            }
        }
        guard let time, let topic, let length else {
            throw LineFailure(reason: .missingMember, offset: line.count)
        }
        message.receivedMilliseconds = try received(time, of: line)
        message.nanoseconds = RecordedTime.nanoseconds(of: line.extracting(time.range))
        message.topic = try text(topic, of: line, at: start)
        // Some versions leave the member out when there is no payload, or write null.
        if let payload, payload.isString {
            message.payload = try text(payload, of: line, at: start)
        } else if let payload, number(length, of: line) == payload.range.count {
            message.payload = start + payload.range.lowerBound..<start + payload.range.upperBound
        } else {
            message.payload = start..<start
        }
        // The only sign that mosquitto cut a payload at a NUL byte, or wrote its JSON anew.
        guard number(length, of: line) == message.payload.count else {
            throw LineFailure(
                reason: .damagedPayload, offset: payload?.range.lowerBound ?? line.count)
        }
    }

    // MARK: values

    private mutating func text(
        _ value: JSONMembers.Value, of line: Span<UInt8>, at start: Int
    ) throws(LineFailure) -> Range<Int> {
        let range = value.range
        guard value.isString else {
            throw LineFailure(reason: .unexpectedValue, offset: range.lowerBound)
        }
        guard value.hasEscapes else {
            return start + range.lowerBound..<start + range.upperBound
        }
        let first = base + decoded.count
        do throws(LineFailure) {
            try Spelling.appendUnescaped(line.extracting(range), to: &decoded)
        } catch { throw LineFailure(reason: error.reason, offset: range.lowerBound + error.offset) }
        return first..<base + decoded.count
    }

    private mutating func bytes(
        ofHex range: Range<Int>, of line: Span<UInt8>
    ) throws(LineFailure) -> Range<Int> {
        let first = base + decoded.count
        do throws(LineFailure) {
            try Spelling.appendBytes(ofHex: line.extracting(range), to: &decoded)
        } catch { throw LineFailure(reason: error.reason, offset: range.lowerBound + error.offset) }
        return first..<base + decoded.count
    }

    private func received(
        _ value: JSONMembers.Value, of line: Span<UInt8>
    ) throws(LineFailure) -> Int64 {
        let text = line.extracting(value.range)
        // mosquitto_sub 1.6 writes whole seconds since the epoch; a date has at least 20 bytes.
        let time =
            RecordedTime.milliseconds(ofDate: text) ?? RecordedTime.milliseconds(ofEpoch: text)
        guard let time else {
            throw LineFailure(reason: .unreadableTime, offset: value.range.lowerBound)
        }
        return time
    }

    private func number(_ value: JSONMembers.Value, of line: Span<UInt8>) -> Int? {
        guard !value.isString, value.range.count < 12 else { return nil }
        var number = 0
        for index in value.range {
            let digit = Int(line[index]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    private func qos(
        _ value: JSONMembers.Value, of line: Span<UInt8>
    ) throws(LineFailure) -> UInt8 {
        guard let number = number(value, of: line), number <= 2 else {
            throw LineFailure(reason: .unexpectedValue, offset: value.range.lowerBound)
        }
        return UInt8(number)
    }

    private func flag(
        _ value: JSONMembers.Value, of line: Span<UInt8>
    ) throws(LineFailure) -> Bool {
        // mosquitto_sub writes 0 and 1, Forewarn false and true.
        guard !value.isString, let first = value.range.first else {
            throw LineFailure(reason: .unexpectedValue, offset: value.range.lowerBound)
        }
        switch line[first] {
        case UInt8(ascii: "0"), UInt8(ascii: "f"): return false
        case UInt8(ascii: "1"), UInt8(ascii: "t"): return true
        default: throw LineFailure(reason: .unexpectedValue, offset: first)
        }
    }
}
