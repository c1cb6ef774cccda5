import VehicleFaults

extension NativeDecoder {
    /// Beyond this a number is a device's way to say that it has none.
    static let absurd = 1e300

    /// Reads an object of names and numbers, at whose brace the cursor stands.
    ///
    /// A value that is no usable number is counted and never fatal: one broken sensor must not
    /// silence a vehicle. Names that the table does not know are counted and skipped.
    ///
    /// - Returns: the place after it.
    @inline(never) mutating func signals(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ start: Int, _ tally: inout Tally,
        level: Int, into readings: inout ContiguousArray<Reading>
    ) throws(DecodingFailure) -> Int {
        var place = start
        guard try !JSONText.null(bytes, frame, &place) else { return place }
        guard bytes.byte(place) == 0x7B else { throw JSONText.misread(bytes, frame, at: place) }
        var mentioned = Mentioned()
        var members = 0
        while true {
            let more =
                members == 0
                ? try JSONText.open(bytes, frame, &place, closing: 0x7D, level: level)
                : try JSONText.another(bytes, frame, &place, closing: 0x7D)
            guard more else { return place }
            let key = try JSONText.key(bytes, frame, &place)
            let found = try signal(bytes, key)
            members &+= 1
            guard members <= limits.signals else {
                throw DecodingFailure(reason: .tooManySignals, offset: key.start &- 1)
            }
            if let signal = found {
                guard mentioned.insert(signal, &self) else {
                    throw DecodingFailure(reason: .duplicateKey, offset: key.start &- 1)
                }
                let first = bytes.byte(place)
                if first &- 0x30 < 10 || first == 0x2D {
                    let number = try JSONText.inlineNumber(bytes, frame, place)
                    place = number.end
                    if number.value.magnitude <= Self.absurd {
                        readings.append(Reading(signal: signal, value: number.value))
                    } else {
                        tally.refusedValues &+= 1
                    }
                } else {
                    if first != 0x6E { tally.refusedValues &+= 1 }
                    place = try JSONText.afterValue(bytes, frame, place, level: level)
                }
            } else {
                tally.unknownFields &+= 1
                place = try JSONText.afterValue(bytes, frame, place, level: level)
            }
        }
    }

    /// The signal with a name, or `nil` when the table does not know it.
    @inline(__always) private mutating func signal(
        _ bytes: Span<UInt8>, _ key: JSONText.Text
    ) throws(DecodingFailure) -> SignalID? {
        if !key.isEscaped, key.count > 0, key.count <= 16 {
            let first = bytes.eight(key.start).byteSwapped
            let known: SignalID?
            if key.count <= 8 {
                known = names.find(
                    high: first &>> UInt64(64 &- 8 &* key.count), low: 0, count: key.count)
            } else {
                let second = bytes.eight(key.start &+ 8).byteSwapped
                known = names.find(
                    high: first, low: second &>> UInt64(128 &- 8 &* key.count), count: key.count)
            }
            if known != nil || !names.learns { return known }
        }
        return try rareSignal(bytes, key)
    }

    @inline(never) private mutating func rareSignal(
        _ bytes: Span<UInt8>, _ key: JSONText.Text
    ) throws(DecodingFailure) -> SignalID? {
        let characters = try JSONEscape.characters(bytes, key)
        guard names.learns else { return names.find(characters.span) }
        return names.insert(characters.span)
    }

    /// The signals that an object has named so far.
    struct Mentioned {
        private var low: UInt64 = 0
        private var number: UInt32 = 0

        /// Adds a signal; `false` when it is there already.
        @inline(__always) mutating func insert(
            _ signal: SignalID, _ decoder: inout NativeDecoder
        ) -> Bool {
            guard signal.index < 64 else { return insertHigh(Int(signal.index), &decoder) }
            let bit = UInt64(1) &<< UInt64(signal.index)
            let isNew = low & bit == 0
            low |= bit
            return isNew
        }

        /// Beyond 64 signals, each remembers the number of the object that named it last, which
        /// costs no clearing.
        @inline(never) private mutating func insertHigh(
            _ index: Int, _ decoder: inout NativeDecoder
        ) -> Bool {
            if number == 0 { number = decoder.nextMention() }
            while decoder.mentions.count <= index { decoder.mentions.append(0) }
            guard decoder.mentions[index] != number else { return false }
            decoder.mentions[index] = number
            return true
        }
    }

    /// A number for a new object of signals; never 0.
    private mutating func nextMention() -> UInt32 {
        mention &+= 1
        if mention == 0 {
            // After four billion objects the numbers start again, so the old ones must go.
            for index in mentions.indices { mentions[index] = 0 }
            mention = 1
        }
        return mention
    }
}
