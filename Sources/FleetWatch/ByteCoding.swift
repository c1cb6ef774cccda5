import VehicleFaults

/// Writes numbers and texts in little-endian order.
struct ByteWriter {
    /// What was written, then room for more.
    private var room = [UInt8](repeating: 0, count: 4096)
    private var used = 0

    /// What was written.
    var bytes: [UInt8] { Array(room[..<used]) }

    /// Forgets what was written.
    mutating func removeAll() { used = 0 }

    /// Makes room for more bytes.
    @inline(__always) private mutating func need(_ count: Int) {
        if used &+ count > room.count { grow(by: count) }
    }

    @inline(never) private mutating func grow(by count: Int) {
        room.append(contentsOf: repeatElement(0, count: max(count, room.count)))
    }

    mutating func byte(_ value: UInt8) {
        need(1)
        room[used] = value
        used &+= 1
    }

    mutating func word(_ value: UInt64) {
        need(8)
        let start = used
        unsafe room.withUnsafeMutableBytes { bytes in
            unsafe bytes.storeBytes(of: value.littleEndian, toByteOffset: start, as: UInt64.self)
        }
        used &+= 8
    }

    mutating func integer(_ value: Int64) { word(UInt64(bitPattern: value)) }

    /// A count of 32 bits, then of each word a bit that tells whether it is other than 0, then the words
    /// that are. Most words of a lane are the empty steps of windows, which so take up no room in the
    /// store.
    ///
    /// - Parameters:
    ///   - first: stands in for the first of them.
    ///   - passing: one that is left out as if it were 0.
    mutating func words(
        _ memory: borrowing LaneMemory, _ range: Range<Int>, first: UInt64? = nil,
        without passing: Int? = nil
    ) {
        let passing = passing ?? -1
        let words = unsafe memory.words(at: range.lowerBound, length: range.count)
        write(range.count) { index in
            unsafe index == passing ? 0 : index == 0 ? first ?? words[0] : words[index]
        }
    }

    /// Three words in the same form.
    mutating func words(_ first: UInt64, _ second: UInt64, _ third: UInt64) {
        write(3) { index in index == 0 ? first : index == 1 ? second : third }
    }

    /// Writes words, each of which is asked for once and in order.
    @inline(__always)
    private mutating func write(_ count: Int, _ word: (Int) -> UInt64) {
        need(4 &+ (count &+ 7) / 8 &+ 8 &* count)
        let bits = used &+ 4
        let start = used
        var place = bits &+ (count &+ 7) / 8
        unsafe room.withUnsafeMutableBytes { bytes in
            unsafe bytes.storeBytes(
                of: UInt32(truncatingIfNeeded: count).littleEndian, toByteOffset: start,
                as: UInt32.self)
            var map: UInt8 = 0
            for index in 0..<count {
                let word = word(index)
                // What is written for 0 is written over.
                unsafe bytes.storeBytes(
                    of: word.littleEndian, toByteOffset: place, as: UInt64.self)
                place &+= word != 0 ? 8 : 0
                map |= (word != 0 ? 1 : 0) &<< UInt8(truncatingIfNeeded: index & 7)
                if index & 7 == 7 || index == count &- 1 {
                    unsafe bytes.storeBytes(
                        of: map, toByteOffset: bits &+ index &>> 3, as: UInt8.self)
                    map = 0
                }
            }
        }
        used = place
    }

    mutating func text(_ value: String) {
        var value = value
        let count = value.utf8.count
        word(UInt64(count))
        need(count)
        let start = used
        value.withUTF8 { text in
            unsafe room.withUnsafeMutableBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
                    .copyMemory(from: UnsafeRawBufferPointer(text))
            }
        }
        used &+= count
    }

    mutating func code(_ value: FaultCode) {
        byte(value.scheme.rawValue)
        word(value.stored.high)
        word(value.stored.low)
    }
}

/// Reads what ``ByteWriter`` wrote, and never past the end.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var place = 0
    /// Whether ``words()`` are as ``ByteWriter`` writes them, and not each as it is after a count.
    var isPacked = true
    /// How many bytes were saved, of what was read, by leaving out words that are 0.
    private(set) var saved = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(LaneDamaged) -> UInt8 {
        guard place < bytes.count else { throw LaneDamaged(offset: place) }
        place += 1
        return bytes[place - 1]
    }

    mutating func word() throws(LaneDamaged) -> UInt64 {
        guard place + 8 <= bytes.count else { throw LaneDamaged(offset: place) }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        place += 8
        return value
    }

    mutating func integer() throws(LaneDamaged) -> Int64 { Int64(bitPattern: try word()) }

    mutating func count() throws(LaneDamaged) -> UInt32 { UInt32(truncatingIfNeeded: try word()) }

    /// A length that the rest of the bytes can hold, so that damage cannot ask for much memory.
    private mutating func length(of size: Int) throws(LaneDamaged) -> Int {
        let start = place
        let count = try word()
        guard count <= UInt64((bytes.count - place) / size) else {
            throw LaneDamaged(offset: start)
        }
        return Int(count)
    }

    mutating func words() throws(LaneDamaged) -> [UInt64] {
        if isPacked { return try packedWords() }
        let count = try length(of: 8)
        var result: [UInt64] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try word()) }
        return result
    }

    private mutating func packedWords() throws(LaneDamaged) -> [UInt64] {
        let start = place
        guard place + 4 <= bytes.count else { throw LaneDamaged(offset: start) }
        var count = 0
        for index in 0..<4 { count |= Int(bytes[place + index]) << (8 * index) }
        place += 4
        guard (count + 7) / 8 <= bytes.count - place else { throw LaneDamaged(offset: start) }
        let bits = place
        place += (count + 7) / 8
        var result = [UInt64](repeating: 0, count: count)
        for index in 0..<count where bytes[bits + index / 8] & 1 << UInt8(index % 8) != 0 {
            result[index] = try word()
        }
        saved += 8 + 8 * count - (place - start)
        return result
    }

    mutating func text() throws(LaneDamaged) -> String {
        let count = try length(of: 1)
        defer { place += count }
        return String(decoding: bytes[place..<(place + count)], as: UTF8.self)
    }

    mutating func code() throws(LaneDamaged) -> FaultCode {
        let start = place
        let scheme = try byte()
        guard let code = FaultCode(scheme: scheme, high: try word(), low: try word()) else {
            throw LaneDamaged(offset: start)
        }
        return code
    }
}
