import VehicleFaults

/// Writes numbers and texts in little-endian order.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func word(_ value: UInt64) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func integer(_ value: Int64) { word(UInt64(bitPattern: value)) }

    /// A count, then the words.
    mutating func words(_ memory: borrowing LaneMemory, _ range: Range<Int>) {
        word(UInt64(range.count))
        for place in range { word(memory[place]) }
    }

    mutating func text(_ value: String) {
        word(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
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
        let count = try length(of: 8)
        var result: [UInt64] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try word()) }
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
