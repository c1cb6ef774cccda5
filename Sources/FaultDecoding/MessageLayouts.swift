import VehicleFaults

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
    private var trustAroundFaults = Trust()
    /// How many were learnt.
    private var clock: UInt64 = 0
    /// Misses left until something is learnt again.
    private var pause = 0

    /// Whether layouts are worth trying on the next message.
    @inline(__always) var areTried: Bool { trust.isTried }

    /// Computes the readings of a layout, for all of which there must be room and no more.
    ///
    /// - Parameter behind: bytes in which what stands after the faults is at its place.
    @inline(__always) func read(
        _ index: Int, _ bytes: Span<UInt8>, behind: Span<UInt8>,
        into readings: inout OutputSpan<Reading>
    ) {
        let numbers = numbers.span
        let faults = list[index].faults
        var place = index &* Self.mostReadings
        while !readings.isFull {
            // Room for all readings of each layout is made with the layout.
            let number = unsafe numbers[unchecked: place]
            readings.append(
                Reading(
                    signal: number.signal,
                    value: number.value(number.place < faults ? bytes : behind)))
            place &+= 1
        }
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

    /// The place of the faults of a message that may be like others but for them.
    mutating func findFaults(_ bytes: Span<UInt8>, _ length: Int) -> Int? {
        guard trustAroundFaults.isTried else {
            _ = trustAroundFaults.missed()
            return nil
        }
        for index in list.indices {
            let place = Int(list[index].faults)
            if place >= 0, place < length, bytes.byte(place) == 0x5B,
                bytes.byte(place &+ 1) != 0x5D
            {
                return place
            }
        }
        return nil
    }

    /// Finds the layout that a message would have without its faults.
    ///
    /// - Parameter faults: where they stand, brackets and all, as bytes of any kind.
    mutating func find(_ bytes: Span<UInt8>, _ length: Int, around faults: Range<Int>) -> Int? {
        let known = length &- faults.count &+ 2
        for index in list.indices
        where list[index].length == known && Int(list[index].faults) == faults.lowerBound
            && fits(index, bytes, around: faults)
        {
            list[index].used = clock
            trustAroundFaults.matched()
            return index
        }
        _ = trustAroundFaults.missed()
        return nil
    }

    /// Whether each byte is in its range, and those of the faults are ASCII.
    private func fits(_ index: Int, _ bytes: Span<UInt8>, around faults: Range<Int>) -> Bool {
        let ranges = ranges.span
        let lanes = SIMD16<UInt8>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
        let (start, more) = (faults.lowerBound, faults.count &- 2)
        var wrong = SIMD16<UInt8>.zero
        var block = index &* Self.blocks
        for place in stride(from: 0, to: list[index].length, by: 16) {
            let (low, width) = unsafe (ranges[unchecked: block], ranges[unchecked: block &+ 1])
            block &+= 2
            if place &+ 16 <= start {
                wrong |= Self.beyond(bytes.sixteen(place), low, width)
                continue
            }
            let behind = Self.beyond(bytes.sixteen(place &+ more), low, width)
            if place >= start &+ 2 {
                wrong |= behind
                continue
            }
            let before = SIMD16(repeating: UInt8(max(start &- place, 0)))
            wrong |= Self.beyond(bytes.sixteen(place), low, width)
                .replacing(with: 0, where: lanes .>= before)
            wrong |= behind.replacing(with: 0, where: lanes .< before &+ 2)
        }
        for place in stride(from: start, to: faults.upperBound, by: 16) {
            let end = SIMD16(repeating: UInt8(min(faults.upperBound &- place, 16)))
            wrong |= (bytes.sixteen(place) & 0x80).replacing(with: 0, where: lanes .>= end)
        }
        let words = unsafe unsafeBitCast(wrong, to: SIMD2<UInt64>.self)
        return words[0] | words[1] == 0
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
        // One instruction of the processor: a subtraction that stops at zero.
        let above = bytes &- low
        return above.replacing(with: width, where: above .< width) &- width
    }

    /// Notes that no layout fitted a message that one form did, and may take over its layout in place
    /// of the one that was not seen for longest.
    @inline(never) mutating func learn(_ bytes: Span<UInt8>, _ length: Int, _ form: MessageForm) {
        guard trust.missed(), (Self.shortest...Self.longest).contains(length),
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
