import VehicleFaults

/// What is known of a message before its bytes are read: what the topic and the configuration say,
/// and for a codec also what the envelope around the bytes says.
public struct DecodingContext: Sendable {
    /// The vehicle, or the device that stands for it; `nil` when only the bytes can tell.
    public var vehicle: VehicleID?
    /// The control unit to name where the bytes name none.
    public var ecu = ShortText.empty
    /// The bus that the bytes come from, where a device has several; empty when there is one.
    public var bus = ShortText.empty
    /// When the device says that it happened.
    public var claimed: EventTime?
    /// The sender's counter.
    public var sequence: UInt64?
    /// What a list of fault codes means where neither envelope nor codec can know.
    public var list = FaultList.unstated
    /// How the bytes of this source differ from the standards.
    public var options = CodecOptions()
    /// A digest of the whole payload, by which a redelivery is recognised.
    public var digest: UInt64 = 0
    /// Where in the payload the bytes given to the codec stand.
    public var places = BytePlaces()

    /// A context that knows of nothing but, perhaps, the vehicle.
    public init(vehicle: VehicleID? = nil) { self.vehicle = vehicle }

    /// The failure for a byte of what the codec was given.
    func failure(_ reason: DecodingFailure.Reason, at index: Int) -> DecodingFailure {
        DecodingFailure(reason: reason, offset: places[index])
    }
}

/// Where bytes stand in the payload that they were taken from, so that what is said of them names
/// a place that a person can find.
public struct BytePlaces: Sendable, Equatable {
    /// The place of the first byte.
    public var start: Int
    /// Bytes of the payload for each byte taken: 1 for bytes as they are, 2 for hex digits, 0 for
    /// those that stand unevenly.
    public var stride: Int
    /// How far from the first one the next eight places lie, a byte each, the second one lowest;
    /// counts while the stride is 0. So a frame of a few bytes needs no table.
    private var near: UInt64 = 0
    /// The place of every byte, where they stand unevenly and far from each other or are many, and
    /// the place after the last.
    private var table: ContiguousArray<Int32>?

    /// Bytes that stand evenly in a payload.
    public init(start: Int = 0, stride: Int = 1) {
        self.start = start
        self.stride = stride
    }

    /// Bytes that stand anywhere.
    ///
    /// - Parameter table: the place of each byte, then the place after the last.
    init(table: ContiguousArray<Int32>) {
        start = 0
        stride = 1
        self.table = table
    }

    /// Bytes that stand anywhere, each after the one before it.
    ///
    /// - Parameters:
    ///   - count: how many places there are: one for each byte, and the place after the last.
    ///   - place: the place of a byte, asked for once and in order.
    init(count: Int, _ place: (Int) -> Int) {
        start = count > 0 ? place(0) : 0
        stride = 0
        guard count > 1 else { return }
        var table: ContiguousArray<Int32> = []
        for index in 1..<count {
            let next = place(index)
            let distance = next - start
            if table.isEmpty, index < 9, distance >= 0, distance < 256 {
                // The last place is the one of all that follow.
                near &= ~0 >> UInt64(64 - 8 * (index - 1))
                near |= (~0 / 255 &* UInt64(distance)) << UInt64(8 * (index - 1))
                continue
            }
            if table.isEmpty {
                table.reserveCapacity(count)
                for before in 0..<index {
                    table.append(Int32(truncatingIfNeeded: self[before]))
                }
            }
            table.append(Int32(truncatingIfNeeded: next))
        }
        if !table.isEmpty { self = BytePlaces(table: table) }
    }

    /// Whether the places are known one by one, each in a table.
    var isTable: Bool { table != nil }

    /// The place of a byte, counted from 0.
    public subscript(index: Int) -> Int {
        guard let table, let last = table.last else {
            guard stride == 0 else { return start + index * stride }
            guard index > 0 else { return start }
            return start + Int(near >> UInt64(8 * (min(index, 8) - 1)) & 0xFF)
        }
        return Int(index < table.count ? table[max(index, 0)] : last)
    }

    /// How much of the payload a run of bytes takes.
    func length(of range: Range<Int>) -> Int {
        range.isEmpty ? 0 : max(self[range.upperBound] - self[range.lowerBound], 1)
    }

    /// The places of the bytes from `index` on.
    func from(_ index: Int) -> BytePlaces {
        guard let table else {
            guard stride == 0 else {
                return BytePlaces(start: start + index * stride, stride: stride)
            }
            return BytePlaces(count: max(9 - index, 1)) { self[index + $0] }
        }
        return BytePlaces(table: ContiguousArray(table.dropFirst(min(index, table.count - 1))))
    }
}
