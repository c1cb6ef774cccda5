import VehicleFaults

extension NativeDecoder {
    /// Reads a vehicle's name, and returns the place after it.
    @inline(never) static func vehicle(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ start: Int, _ draft: inout Draft
    ) throws(DecodingFailure) -> Int {
        var place = start
        if bytes.byte(place) == 0x22, draft.vehicle == nil,
            let read = VehicleID(vinAt: place &+ 1, bytes)
        {
            draft.vehicle = read
            draft.vehicleOffset = place &+ 1
            return place &+ 19
        }
        guard try !JSONText.null(bytes, frame, &place) else { return place }
        guard bytes.byte(place) == 0x22 else { throw JSONText.misread(bytes, frame, at: place) }
        let text = try JSONText.string(bytes, frame, &place)
        let read =
            text.isEscaped
            ? try escapedVehicle(bytes, text) : VehicleID(bytes, text.start, text.count)
        guard let read else {
            throw DecodingFailure(reason: .vehicleMalformed, offset: text.start)
        }
        if let other = draft.vehicle, other != read {
            throw DecodingFailure(reason: .vehicleMismatch, offset: text.start)
        }
        draft.vehicle = read
        draft.vehicleOffset = text.start
        return place
    }

    /// Reads a time, and returns the place after it.
    @inline(never) mutating func time(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ start: Int, _ draft: inout Draft
    ) throws(DecodingFailure) -> Int {
        var place = start
        if bytes.byte(place) == 0x22 {
            if let time = timestamp.readUsual(bytes, place) {
                draft.claimed = time
                return place &+ 26
            }
            let text = try JSONText.string(bytes, frame, &place)
            draft.claimed =
                text.isEscaped
                ? try escapedTime(bytes, text) : try timestamp.read(bytes, text)
            return place
        }
        guard try !JSONText.null(bytes, frame, &place) else { return place }
        let number = try JSONText.number(bytes, frame, place)
        let milliseconds = number.value.rounded(.down)
        guard milliseconds >= 0, milliseconds <= Double(EventTime.latestCredible.milliseconds)
        else { throw DecodingFailure(reason: .timeOutOfRange, offset: start) }
        draft.claimed = EventTime(milliseconds: Int64(milliseconds))
        return number.end
    }

    @inline(never) private static func escapedVehicle(
        _ bytes: Span<UInt8>, _ text: JSONText.Text
    ) throws(DecodingFailure) -> VehicleID? {
        let characters = try JSONEscape.characters(bytes, text)
        return VehicleID(characters.span)
    }

    @inline(never) private mutating func escapedTime(
        _ bytes: Span<UInt8>, _ text: JSONText.Text
    ) throws(DecodingFailure) -> EventTime {
        let characters = try JSONEscape.characters(bytes, text)
        let padded = PaddedText(characters)
        let whole = JSONText.Text(start: 0, end: characters.count, isEscaped: false)
        do {
            return try timestamp.read(padded.bytes.span, whole)
        } catch {
            throw DecodingFailure(reason: error.reason, offset: text.start)
        }
    }

    /// The name of a control unit: a text, or a whole number as it is written.
    @inline(never) static func ecu(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ place: inout Int
    ) throws(DecodingFailure) -> ShortText {
        let start = place
        let read: ShortText?
        if bytes.byte(start) == 0x22 {
            let text = try JSONText.string(bytes, frame, &place)
            if text.isEscaped {
                let characters = try JSONEscape.characters(bytes, text)
                read = ShortText(characters.span)
            } else {
                read = ShortText(bytes.extracting(text.start..<text.end))
            }
        } else {
            let token = try JSONText.numberToken(bytes, frame, place)
            place = token.end
            read =
                token.isWhole && !token.isNegative
                ? ShortText(bytes.extracting(token.start..<token.end)) : nil
        }
        guard let read else { throw DecodingFailure(reason: .ecuMalformed, offset: start) }
        return read
    }
}

extension VehicleID {
    /// Reads an identifier from `count` bytes of a padded text that start at `start`.
    @inline(__always) init?(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) {
        guard count > 0, count <= Self.longest else { return nil }
        // A VIN has 17 characters.
        self.init(
            words: (
                Self.word(bytes, start, count), Self.word(bytes, start &+ 8, count &- 8),
                Self.word(bytes, start &+ 16, count &- 16),
                count > 24 ? Self.word(bytes, start &+ 24, count &- 24) : 0,
                count > 24 ? Self.word(bytes, start &+ 32, count &- 32) : 0
            ), count: count)
    }

    /// Reads the 17 digits and capital letters that a VIN has, if they and a quote stand there.
    @inline(__always) init?(vinAt start: Int, _ bytes: Span<UInt8>) {
        let first = bytes.eight(start)
        let second = bytes.eight(start &+ 8)
        let end = bytes.eight(start &+ 16)
        // The other characters of this word come after the quote.
        let third = end & 0xFF | ByteWord.ones &* 0x30 & ~0xFF
        guard end & 0xFF00 == 0x2200,
            ByteWord.others(first) | ByteWord.others(second) | ByteWord.others(third) == 0
        else { return nil }
        self.init(checked: (first.byteSwapped, second.byteSwapped, end &<< 56, 0, 0))
    }

    @inline(__always) private static func word(
        _ bytes: Span<UInt8>, _ start: Int, _ count: Int
    ) -> UInt64 {
        guard count > 0 else { return 0 }
        let word = bytes.eight(start).byteSwapped
        return count >= 8 ? word : word & ~(~0 &>> UInt64(8 &* count))
    }
}
