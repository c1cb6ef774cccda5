/// Reads the fields of a protobuf message one by one, without a description of it.
///
/// The same bytes must be given to every call.
struct ProtobufReader {
    enum Content {
        case number(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(Range<Int>)
    }

    struct Field {
        var number: UInt64
        var content: Content
        /// Where its value stands.
        var place: Int
    }

    private var place: Int
    private let end: Int

    /// A reader of the message that stands in some range.
    init(_ range: Range<Int>) {
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next field, or `nil` at the end.
    ///
    /// - Throws: `truncated` when a value reaches past the end, `shape_unknown` for a wire type that
    ///   is no longer in use.
    mutating func next(in bytes: Span<UInt8>) throws(DecodingFailure) -> Field? {
        guard place < end else { return nil }
        let start = place
        let key = try varint(bytes)
        let value = place
        let content: Content
        switch key & 7 {
        case 0: content = .number(try varint(bytes))
        case 1: content = .fixed64(try fixed(bytes, 8))
        case 2:
            let count = try varint(bytes)
            guard count <= UInt64(end - place) else {
                throw DecodingFailure(reason: .truncated, offset: end)
            }
            content = .bytes(place..<place + Int(count))
            place += Int(count)
        case 5: content = .fixed32(UInt32(truncatingIfNeeded: try fixed(bytes, 4)))
        default: throw DecodingFailure(reason: .shapeUnknown, offset: start)
        }
        guard key >> 3 != 0 else { throw DecodingFailure(reason: .shapeUnknown, offset: start) }
        return Field(number: key >> 3, content: content, place: value)
    }

    private mutating func varint(_ bytes: Span<UInt8>) throws(DecodingFailure) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard place < end else { throw DecodingFailure(reason: .truncated, offset: end) }
            let byte = bytes[place]
            place += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
            guard shift < 70 else {
                throw DecodingFailure(reason: .shapeUnknown, offset: place - 1)
            }
        }
    }

    private mutating func fixed(
        _ bytes: Span<UInt8>, _ count: Int
    ) throws(DecodingFailure) -> UInt64 {
        guard count <= end - place else { throw DecodingFailure(reason: .truncated, offset: end) }
        var number: UInt64 = 0
        for index in 0..<count { number |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        place += count
        return number
    }
}
