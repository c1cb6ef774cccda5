import VehicleFaults

/// What native messages of one form and of values of the same widths have in common: the place of
/// each value.
///
/// Where each byte of a message is in the range that its place demands, the message has the form and
/// all its values are written as they must be, so that nothing is left but to compute them. A layout
/// saves time, as a ``MessageForm`` does; the result is the same without it.
struct MessageLayout: Sendable {
    /// A number of up to eight characters.
    struct Number: Sendable {
        /// The place of its first digit.
        fileprivate(set) var place: Int32 = -1
        /// The signal of a reading.
        fileprivate(set) var signal = SignalID(index: 0)
        /// The digits before the point.
        fileprivate var before: UInt64 = 0
        /// Bits by which the last digit must move to the end of a word.
        fileprivate var shift: UInt64 = 0
        /// The power of ten by which the digits are too many; below zero for a negative number.
        fileprivate var divisor = 1.0

        /// The digits as a number.
        @inline(__always) func digits(_ bytes: Span<UInt8>) -> UInt64 {
            let word = bytes.eight(Int(place)) ^ (ByteWord.ones &* 0x30)
            // The digits after the point move down by one, over the point.
            return ByteWord.decimal((word & before | word &>> 8 & ~before) &<< shift)
        }

        @inline(__always) func value(_ bytes: Span<UInt8>) -> Double {
            // Both are exact, so that the one division rounds as it should.
            ByteWord.double(digits(bytes)) / divisor
        }
    }

    /// The message's length, in bytes.
    fileprivate(set) var length = 0
    /// The place of the vehicle's first character, and which bits of three words it has; below 0 when
    /// the message names none.
    fileprivate var vehiclePlace: Int32 = -1
    fileprivate var vehicleMask: (UInt64, UInt64, UInt64) = (0, 0, 0)
    /// The place of the time's quote.
    fileprivate(set) var time: Int32 = -1
    fileprivate(set) var odometer = Number()
    fileprivate(set) var engineHours = Number()
    fileprivate(set) var sequence = Number()
    /// How many readings there are.
    fileprivate(set) var readings = 0
    /// The place of the list of faults, which is empty; below 0 when there is none.
    fileprivate(set) var faults: Int32 = -1
    fileprivate(set) var unknownFields = 0
    fileprivate(set) var complete: Bool?
    fileprivate(set) var ecu: ShortText?
    /// See ``MessageLayouts/marks(_:_:)``.
    var marks: UInt64 = 0
    /// How many layouts had been learnt when a message had it last.
    var used: UInt64 = 0

    /// The vehicle that the message names.
    ///
    /// - Parameter behind: bytes in which what stands after the faults is at its place.
    @inline(__always) func vehicle(_ bytes: Span<UInt8>, behind: Span<UInt8>) -> VehicleID? {
        let place = Int(vehiclePlace)
        guard place >= 0 else { return nil }
        let bytes = vehiclePlace < faults ? bytes : behind
        return VehicleID(
            checked: (
                bytes.eight(place).byteSwapped & vehicleMask.0,
                bytes.eight(place &+ 8).byteSwapped & vehicleMask.1,
                bytes.eight(place &+ 16).byteSwapped & vehicleMask.2, 0, 0
            ))
    }
}

/// Finds the layout of a message that has a form.
struct MessageLayoutBuilder {
    private(set) var layout = MessageLayout()
    private(set) var readings: ContiguousArray<MessageLayout.Number> = []
    /// What each byte may be, up to a whole number of pairs of blocks.
    private(set) var low: [UInt8]
    private(set) var high: [UInt8]
    private let bytes: [UInt8]

    init(_ text: Span<UInt8>, _ length: Int) {
        layout.length = length
        bytes = (0..<length).map { text.byte($0) }
        let behind = (length + 31) / 32 * 32 - length
        low = bytes + [UInt8](repeating: 0, count: behind)
        high = bytes + [UInt8](repeating: 0xFF, count: behind)
    }

    /// Adds all values of a form that the message is known to have.
    ///
    /// - Returns: `false` where one is written so that only its reader can judge it.
    mutating func add(_ form: MessageForm) -> Bool {
        layout.unknownFields = form.unknownFields
        layout.complete = form.complete
        layout.ecu = form.ecu
        layout.readings = form.readings
        var place = 0
        for step in form.steps {
            place += step.length
            guard let end = add(step, at: place) else { return false }
            place = end
        }
        return readings.count == form.readings
    }

    /// Adds a value and returns the place after it, or `nil`.
    private mutating func add(_ step: MessageForm.Step, at place: Int) -> Int? {
        switch step.value {
        case .none, .end: return place
        case .text: return addText(place)
        case .other, .otherSignal: return addOther(place)
        case .vehicle: return addVehicle(place)
        case .time: return addTime(place)
        case .faults:
            guard byte(place) == 0x5B, byte(place + 1) == 0x5D else { return nil }
            guard layout.faults < 0 else { return nil }
            layout.faults = Int32(place)
            return place + 2
        case .reading, .odometer, .engineHours, .sequence:
            guard let added = addNumber(place, isWhole: step.value == .sequence) else { return nil }
            var number = added.number
            number.signal = step.signal
            switch step.value {
            case .odometer: layout.odometer = number
            case .engineHours: layout.engineHours = number
            case .sequence: layout.sequence = number
            default: readings.append(number)
            }
            return added.end
        }
    }

    private func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    private func isDigit(_ place: Int) -> Bool { byte(place) &- 0x30 < 10 }

    private mutating func allow(_ range: ClosedRange<UInt8>, at place: Int) {
        low[place] = range.lowerBound
        high[place] = range.upperBound
    }

    private mutating func addText(_ start: Int) -> Int? {
        guard byte(start) == 0x22 else { return nil }
        var place = start + 1
        while byte(place) != 0x22 {
            // Neither a quote nor a backslash nor what is not ASCII is in the range of any other.
            let ranges: [ClosedRange<UInt8>] = [0x20...0x21, 0x23...0x5B, 0x5D...0x7E]
            guard let range = ranges.first(where: { $0.contains(byte(place)) }) else { return nil }
            allow(range, at: place)
            place += 1
        }
        return place + 1
    }

    private mutating func addOther(_ start: Int) -> Int? {
        switch byte(start) {
        case 0x22: return addText(start)
        case 0x2D, 0x30...0x39: return addNumber(start, isWhole: false)?.end
        case 0x61...0x7A:
            // `true`, `false` and `null` stay as they are.
            return (start...bytes.count).first { !(0x61...0x7A).contains(byte($0)) }
        default: return nil
        }
    }

    private mutating func addVehicle(_ start: Int) -> Int? {
        guard layout.vehiclePlace < 0, byte(start) == 0x22 else { return nil }
        var place = start + 1
        while byte(place) != 0x22 {
            // All of them are printable and plain, and none is a small letter.
            guard (0x23...0x5B).contains(byte(place)) else { return nil }
            allow(0x23...0x5B, at: place)
            place += 1
        }
        let count = place - start - 1
        guard (1...24).contains(count) else { return nil }
        func mask(_ count: Int) -> UInt64 {
            count >= 8 ? ~0 : count <= 0 ? 0 : ~(~0 >> UInt64(8 * count))
        }
        layout.vehiclePlace = Int32(start + 1)
        layout.vehicleMask = (mask(count), mask(count - 8), mask(count - 16))
        return place + 1
    }

    private mutating func addTime(_ start: Int) -> Int? {
        let end = start + 26
        guard layout.time < 0, end <= bytes.count, byte(start) == 0x22, byte(end - 1) == 0x22,
            Timestamp.usual(Array(bytes[start + 1..<end - 1] + [0, 0, 0]).span) != nil
        else { return nil }
        layout.time = Int32(start)
        for place in start + 1..<end - 1 where isDigit(place) { allow(0x30...0x39, at: place) }
        return end
    }

    private mutating func addNumber(
        _ start: Int, isWhole: Bool
    ) -> (number: MessageLayout.Number, end: Int)? {
        let isNegative = byte(start) == 0x2D
        let first = isNegative ? start + 1 : start
        var place = first
        while isDigit(place) { place += 1 }
        let before = place - first
        guard before > 0, before == 1 || byte(first) != 0x30, !isWhole || !isNegative else {
            return nil
        }
        if byte(place) == 0x2E, !isWhole {
            place += 1
            while isDigit(place) { place += 1 }
            guard place > first + before + 1 else { return nil }
        }
        let count = place - first
        guard count <= 8, [0x2C, 0x7D, 0x20, 0x0A, 0x0D, 0x09].contains(byte(place)) else {
            return nil
        }
        for place in first..<place where isDigit(place) { allow(0x30...0x39, at: place) }
        if before > 1 { low[first] = 0x31 }
        var number = MessageLayout.Number()
        number.place = Int32(first)
        number.before = before >= 8 ? ~0 : (1 << UInt64(8 * before)) - 1
        let places = max(count - before - 1, 0)
        number.shift = UInt64(64 - 8 * (before + places))
        if places == 0 { number.before = ~0 }
        number.divisor = PowerOfTen.double(places) * (isNegative ? -1 : 1)
        return (number, place)
    }
}
