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
    fileprivate(set) var hasList = false
    fileprivate(set) var unknownFields = 0
    fileprivate(set) var complete: Bool?
    fileprivate(set) var ecu: ShortText?
    /// See ``MessageLayouts/marks(_:_:)``.
    fileprivate var marks: UInt64 = 0
    /// How many layouts had been learnt when a message had it last.
    fileprivate var used: UInt64 = 0

    /// The vehicle that the message names.
    @inline(__always) func vehicle(_ bytes: Span<UInt8>) -> VehicleID? {
        let place = Int(vehiclePlace)
        guard place >= 0 else { return nil }
        return VehicleID(
            checked: (
                bytes.eight(place).byteSwapped & vehicleMask.0,
                bytes.eight(place &+ 8).byteSwapped & vehicleMask.1,
                bytes.eight(place &+ 16).byteSwapped & vehicleMask.2, 0, 0
            ))
    }
}

/// The layouts of the messages that were read lately.
struct MessageLayouts: Sendable {
    /// Layouts kept at most, and the shortest and longest message and the most readings that one has.
    private static var most: Int { 16 }
    private static var shortest: Int { 16 }
    private static var longest: Int { 1024 }
    private static var mostReadings: Int { 32 }
    /// Misses for one that is learnt, when there is no room for more or nothing could be learnt.
    private static var patience: Int { 64 }
    /// Blocks of a layout, each of which says what sixteen bytes may be: the lowest ones, then by how
    /// much they may be higher.
    private static var blocks: Int { 2 * longest / 16 }

    private(set) var list: ContiguousArray<MessageLayout> = []
    private var ranges: ContiguousArray<SIMD16<UInt8>> = []
    private var numbers: ContiguousArray<MessageLayout.Number> = []
    /// For each length, as far as its low bits tell, the only layout, or ``none``, or ``several``.
    private var byLength = ContiguousArray<Int32>(repeating: Self.none, count: 256)
    private static var none: Int32 { -1 }
    private static var several: Int32 { -2 }
    private var trust = Trust()
    /// How many were learnt.
    private var clock: UInt64 = 0
    /// Misses left until something is learnt again.
    private var pause = 0

    /// Whether layouts are worth trying on the next message.
    @inline(__always) var areTried: Bool { trust.isTried }

    /// One of the numbers of a layout's readings, which are as many as ``MessageLayout/readings``.
    @inline(__always) func reading(_ place: Int, of index: Int) -> MessageLayout.Number {
        // Room for all readings of each layout is made with the layout.
        unsafe numbers.span[unchecked: index &* Self.mostReadings &+ place]
    }

    /// Finds the layout of a message.
    ///
    /// - Parameters:
    ///   - bytes: a text with padding behind it.
    ///   - length: the message's length.
    /// - Returns: its place in the list, or `nil`.
    @inline(__always) mutating func find(_ bytes: Span<UInt8>, _ length: Int) -> Int? {
        let only = byLength[length & 0xFF]
        guard only != Self.none else { return nil }
        guard only >= 0 else { return findOther(bytes, length) }
        let index = Int(only)
        guard list[index].length == length, fits(index, bytes) else { return nil }
        // One look is cheaper than one change, and all that counts is who was seen since the last one
        // was learnt.
        if list[index].used != clock { list[index].used = clock }
        trust.matched()
        return index
    }

    /// Finds one of several layouts of messages of one length.
    @inline(never) private mutating func findOther(_ bytes: Span<UInt8>, _ length: Int) -> Int? {
        guard length >= Self.shortest else { return nil }
        let marks = Self.marks(bytes, length)
        for index in list.indices
        where list[index].marks == marks && list[index].length == length && fits(index, bytes) {
            if list[index].used != clock { list[index].used = clock }
            trust.matched()
            return index
        }
        return nil
    }

    /// Where in a message bytes stand that are below all digits and letters, such as quotes, commas and
    /// points, folded into one word: messages of one layout have the same, others hardly ever.
    private static func marks(_ bytes: Span<UInt8>, _ length: Int) -> UInt64 {
        var (even, odd) = (UInt64(length), UInt64.zero)
        var place = 0
        while place < length {
            let block = unsafe unsafeBitCast(
                bytes.sixteen(min(place, length &- 16)), to: SIMD2<UInt64>.self)
            even = (even &<< 7 | even &>> 57) ^ ByteWord.belowDigits(block[0])
            odd = (odd &<< 7 | odd &>> 57) ^ ByteWord.belowDigits(block[1])
            place &+= 16
        }
        return Digest.fold(even ^ 0xA076_1D64_78BD_642F, odd ^ 0xE703_7ED1_A0B4_28DB)
    }

    /// Whether each byte is in its range.
    @inline(__always) private func fits(_ index: Int, _ bytes: Span<UInt8>) -> Bool {
        let ranges = ranges.span
        let length = list[index].length
        var wrong = SIMD16<UInt8>.zero
        var block = index &* Self.blocks
        var place = 0
        while place < length {
            // Two blocks end at most 31 bytes after the message, and a layout has an even number.
            unsafe wrong |= Self.beyond(
                bytes.sixteen(place), ranges[unchecked: block], ranges[unchecked: block &+ 1])
            unsafe wrong |= Self.beyond(
                bytes.sixteen(place &+ 16), ranges[unchecked: block &+ 2],
                ranges[unchecked: block &+ 3])
            place &+= 32
            block &+= 4
        }
        let words = unsafe unsafeBitCast(wrong, to: SIMD2<UInt64>.self)
        return words[0] | words[1] == 0
    }

    /// Zero for each byte that is in its range.
    @inline(__always) private static func beyond(
        _ bytes: SIMD16<UInt8>, _ low: SIMD16<UInt8>, _ width: SIMD16<UInt8>
    ) -> SIMD16<UInt8> {
        let above = bytes &- low
        return above ^ above.replacing(with: width, where: above .> width)
    }

    /// Notes that no layout fitted a message that one form did, and may take over its layout in place
    /// of the one that was not seen for longest.
    @inline(never) mutating func learn(_ bytes: Span<UInt8>, _ length: Int, _ form: MessageForm) {
        guard trust.missed(), length <= Self.longest, length >= 16,
            form.readings <= Self.mostReadings
        else {
            return
        }
        guard pause == 0 else {
            pause -= 1
            return
        }
        var builder = MessageLayoutBuilder(bytes, length)
        let isFound = builder.add(form)
        if !isFound || list.count >= Self.most - 1 { pause = Self.patience }
        guard isFound else { return }
        var index = list.count
        if index == Self.most {
            index = list.indices.min { list[$0].used < list[$1].used } ?? 0
            for length in byLength.indices where byLength[length] == index {
                byLength[length] = Self.none
            }
        } else {
            list.append(MessageLayout())
            ranges.append(contentsOf: repeatElement(.zero, count: Self.blocks))
            numbers.append(
                contentsOf: repeatElement(MessageLayout.Number(), count: Self.mostReadings))
        }
        clock &+= 1
        list[index] = builder.layout
        list[index].used = clock
        list[index].marks = Self.marks(bytes, length)
        let only = byLength[length & 0xFF]
        byLength[length & 0xFF] = only == Self.none ? Int32(index) : Self.several
        for (place, number) in builder.readings.enumerated() {
            numbers[index * Self.mostReadings + place] = number
        }
        for place in builder.low.indices {
            let block = index * Self.blocks + place / 16 * 2
            ranges[block][place % 16] = builder.low[place]
            ranges[block + 1][place % 16] = builder.high[place] - builder.low[place]
        }
    }
}

/// Finds the layout of a message that has a form.
private struct MessageLayoutBuilder {
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
            layout.hasList = true
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
