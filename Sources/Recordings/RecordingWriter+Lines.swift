import VehicleFaults

extension RecordingWriter {
    mutating func appendHex(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ received: EventTime?, _ nanoseconds: Int32
    ) throws(RecordingFailure) {
        var hasLineEnd = false
        for index in topic.indices where topic[index] == 0x0A { hasLineEnd = true }
        guard let received, received.milliseconds >= 0, !hasLineEnd else { throw inexpressible }
        RecordedTime.append(received.milliseconds / 1000, width: 1, to: &buffer)
        buffer.append(UInt8(ascii: "."))
        let fraction = received.milliseconds % 1000 * 1_000_000 + Int64(nanoseconds)
        RecordedTime.append(fraction, width: 9, to: &buffer)
        buffer.append(UInt8(ascii: " "))
        append(topic)
        buffer.append(UInt8(ascii: " "))
        Spelling.appendHex(payload, to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
    }

    mutating func appendJSON(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ received: EventTime?, _ nanoseconds: Int32,
        _ qos: UInt8, _ isRetained: Bool
    ) throws(RecordingFailure) {
        // The one format's strings hold text only, and mosquitto itself cuts payloads at a NUL.
        guard let received, Spelling.isText(topic), Spelling.isText(payload) else {
            throw inexpressible
        }
        buffer.append(contentsOf: #"{"tst":"#.utf8)
        RecordedTime.appendDate(received, nanoseconds, to: &buffer)
        buffer.append(contentsOf: #","topic":"#.utf8)
        Spelling.appendEscaped(topic, to: &buffer)
        buffer.append(contentsOf: #","qos":"#.utf8)
        RecordedTime.append(Int64(qos), width: 1, to: &buffer)
        buffer.append(contentsOf: (isRetained ? #","retain":1"# : #","retain":0"#).utf8)
        buffer.append(contentsOf: #","payloadlen":"#.utf8)
        RecordedTime.append(Int64(payload.count), width: 1, to: &buffer)
        buffer.append(contentsOf: #","payload":"#.utf8)
        Spelling.appendEscaped(payload, to: &buffer)
        buffer.append(contentsOf: "}\n".utf8)
    }

    mutating func appendText(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>
    ) throws(RecordingFailure) {
        var hasBlank = topic.isEmpty
        for index in topic.indices where topic[index] == 0x20 { hasBlank = true }
        guard !hasBlank, Self.isOneLine(topic), Self.isOneLine(payload), Spelling.isText(payload)
        else { throw inexpressible }
        append(topic)
        buffer.append(UInt8(ascii: " "))
        append(payload)
        buffer.append(UInt8(ascii: "\n"))
    }

    mutating func appendNative(_ payload: Span<UInt8>) throws(RecordingFailure) {
        guard !payload.isEmpty, payload[0] == UInt8(ascii: "{"), Self.isOneLine(payload) else {
            throw inexpressible
        }
        append(payload)
        buffer.append(UInt8(ascii: "\n"))
    }

    private mutating func append(_ text: Span<UInt8>) {
        for index in text.indices { buffer.append(text[index]) }
    }

    private static func isOneLine(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] == 0x0A || text[index] == 0x0D { return false }
        return true
    }
}

// MARK: - Frames

extension RecordingWriter {
    /// Adds every frame of a payload, or none when one of its lines is no frame.
    mutating func appendFrames(_ payload: Span<UInt8>) throws(RecordingFailure) {
        var start = 0
        while start < payload.count {
            var end = start
            while end < payload.count, payload[end] != 0x0A { end += 1 }
            let frame: RecordedFrame
            do throws(LineFailure) {
                frame = try RecordedFrame(candump: payload.extracting(start..<end))
            } catch { throw inexpressible }
            try append(frame)
            start = end + 1
        }
        guard start > 0 else { throw inexpressible }
    }

    private mutating func append(_ frame: RecordedFrame) throws(RecordingFailure) {
        switch format {
        case .vector: try appendVector(frame)
        case .pythonCAN: try appendPythonCAN(frame)
        default:
            frame.appendLine(to: &buffer)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    private mutating func appendPythonCAN(_ frame: RecordedFrame) throws(RecordingFailure) {
        guard frame.flexibleFlags == nil, frame.identifier <= 0x1FFF_FFFF else {
            throw inexpressible
        }
        if firstFrame == nil {
            firstFrame = frame.microseconds
            buffer.append(
                contentsOf: "timestamp,arbitration_id,extended,remote,error,dlc,data\n".utf8)
        }
        if frame.bus != Array("can0".utf8) { renamedBuses += 1 }
        if frame.isSent { lostDirections += 1 }
        RecordedFrame.appendTime(frame.microseconds, to: &buffer)
        buffer.append(contentsOf: ",0x".utf8)
        buffer.append(contentsOf: String(frame.identifier, radix: 16).utf8)
        buffer.append(contentsOf: (frame.isExtended ? ",1," : ",0,").utf8)
        buffer.append(contentsOf: (frame.isRemote ? "1,0," : "0,0,").utf8)
        let length = frame.isRemote ? Int64(frame.remoteLength) : Int64(frame.data.count)
        RecordedTime.append(length, width: 1, to: &buffer)
        buffer.append(UInt8(ascii: ","))
        Base64Text.append(frame.data, to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
    }

    private mutating func appendVector(_ frame: RecordedFrame) throws(RecordingFailure) {
        guard frame.identifier <= 0x1FFF_FFFF else { throw inexpressible }
        let first: Int64
        if let known = firstFrame {
            first = known
        } else {
            // Whole seconds, because the line has no room for more in every program that reads it.
            first = frame.microseconds - frame.microseconds % 1_000_000
            firstFrame = first
            appendVectorHeader(first)
        }
        // Frames of one message may lie before one that came earlier; a time is never negative.
        RecordedFrame.appendTime(max(0, frame.microseconds - first), to: &buffer)
        var number = Array(frame.bus.drop { !($0 &- 0x30 < 10) })
        if number.isEmpty || number.count > 3 || !number.allSatisfy({ $0 &- 0x30 < 10 }) {
            number = Array("1".utf8)
        }
        if frame.bus != Array("can".utf8) + number { renamedBuses += 1 }
        if frame.flexibleFlags != nil { buffer.append(contentsOf: " CANFD".utf8) }
        buffer.append(UInt8(ascii: " "))
        buffer += number
        buffer.append(UInt8(ascii: " "))
        let direction = frame.isSent ? "Tx" : "Rx"
        if frame.flexibleFlags != nil { buffer.append(contentsOf: "\(direction) ".utf8) }
        buffer.append(contentsOf: String(frame.identifier, radix: 16, uppercase: true).utf8)
        if frame.isExtended { buffer.append(UInt8(ascii: "x")) }
        if let flags = frame.flexibleFlags {
            let code = Self.lengthCode(frame.data.count)
            buffer.append(
                contentsOf: " \(flags & 1) \(flags >> 1 & 1) \(code) \(frame.data.count)".utf8)
        } else if frame.isRemote {
            buffer.append(contentsOf: " \(direction) r \(frame.remoteLength)".utf8)
        } else {
            buffer.append(contentsOf: " \(direction) d \(frame.data.count)".utf8)
        }
        for byte in frame.data {
            buffer.append(UInt8(ascii: " "))
            buffer.append(RecordedFrame.digits[Int(byte >> 4)])
            buffer.append(RecordedFrame.digits[Int(byte & 15)])
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    /// The code of a length (ISO 11898-1: above eight bytes lengths have steps).
    private static func lengthCode(_ count: Int) -> String {
        let steps = [8, 12, 16, 20, 24, 32, 48, 64]
        let code = count <= 8 ? count : 8 + (steps.firstIndex { $0 >= count } ?? 7)
        return String(code, radix: 16)
    }

    private mutating func appendVectorHeader(_ microseconds: Int64) {
        let seconds = Int(microseconds / 1_000_000)
        let (year, month, day) = EventTime.date(fromDays: seconds / 86_400)
        var date = Array("\(VectorDate.days[seconds / 86_400 % 7]) ".utf8)
        date += "\(VectorDate.names[month - 1]) \(day) ".utf8
        RecordedTime.append(Int64(seconds / 3600 % 24), width: 2, to: &date)
        date.append(UInt8(ascii: ":"))
        RecordedTime.append(Int64(seconds / 60 % 60), width: 2, to: &date)
        date.append(UInt8(ascii: ":"))
        RecordedTime.append(Int64(seconds % 60), width: 2, to: &date)
        date += ".000 \(year)\n".utf8
        buffer += "date ".utf8 + date
        buffer += "base hex  timestamps absolute\ninternal events logged\n".utf8
        buffer += "Begin Triggerblock ".utf8 + date
        buffer += "0.000000 Start of measurement\n".utf8
    }
}
