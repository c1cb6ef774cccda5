import VehicleFaults

/// Reads numbers from bytes, the most significant one first.
struct ByteReader {
    private let content: [UInt8]
    private let places: BytePlaces
    /// The next byte.
    private(set) var position: Int
    /// Where reading must stop.
    var end: Int

    init(_ bytes: Span<UInt8>, _ places: BytePlaces = BytePlaces(), from position: Int = 0) {
        var content: [UInt8] = []
        content.reserveCapacity(bytes.count)
        for index in bytes.indices { content.append(bytes[index]) }
        self.content = content
        self.places = places
        self.position = position
        end = content.count
    }

    /// Where in the payload the next byte stands.
    var place: Int { places[position] }

    /// The next number of `count` bytes, at most 8.
    mutating func take(_ count: Int) throws(DecodingFailure) -> UInt64 {
        guard count <= end - position else {
            throw DecodingFailure(reason: .truncated, offset: places[end])
        }
        var number: UInt64 = 0
        for _ in 0..<count {
            number = number << 8 | UInt64(content[position])
            position += 1
        }
        return number
    }

    /// Passes over some bytes.
    mutating func skip(_ count: Int) throws(DecodingFailure) {
        guard count <= end - position else {
            throw DecodingFailure(reason: .truncated, offset: places[end])
        }
        position += count
    }

    /// Bytes that were passed over.
    func bytes(_ range: Range<Int>) -> [UInt8] { Array(content[range]) }
}

/// Sums by which damage is noticed.
enum CheckSum {
    /// CRC-16/ARC: polynomial 8005 reflected, starting with 0.
    static func arc(_ bytes: Span<UInt8>) -> UInt16 {
        var sum: UInt16 = 0
        for index in bytes.indices {
            sum ^= UInt16(bytes[index])
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xA001 : sum >> 1 }
        }
        return sum
    }
}
