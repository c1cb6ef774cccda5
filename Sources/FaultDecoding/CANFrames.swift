import VehicleFaults

/// CAN frames of one message, in the order in which they came.
public struct CANFrames: Sendable {
    /// One frame.
    public struct Frame: Sendable, Equatable {
        /// 11 or 29 bits.
        public var identifier: UInt32
        /// Whether the identifier has 29 bits.
        public var isExtended: Bool
        /// The bus, or empty.
        public var bus: ShortText
        /// A range of ``CANFrames/bytes``.
        public var data: Range<Int>
        /// When the frame was heard, or `nil`.
        public var at: EventTime?
        /// Where in the payload the frame stands, and its data.
        public var place: Int
        public var dataPlaces: BytePlaces
    }

    /// The data of all frames.
    public private(set) var bytes: ContiguousArray<UInt8> = []
    /// The frames.
    public private(set) var frames: ContiguousArray<Frame> = []

    /// Most frames of a message; more are refused.
    public static let most = 65_536

    /// No frames.
    public init() {}

    /// Adds a frame.
    ///
    /// - Parameters:
    ///   - data: at most 64 bytes.
    ///   - place: where in the payload the frame begins.
    ///   - dataPlaces: where in the payload its data stand.
    /// - Throws: `too_large` when there are ``most`` frames already or too much data.
    public mutating func append(
        identifier: UInt32, isExtended: Bool, bus: ShortText = .empty, data: Span<UInt8>,
        at time: EventTime? = nil, place: Int = 0, dataPlaces: BytePlaces = BytePlaces()
    ) throws(DecodingFailure) {
        guard frames.count < Self.most, data.count <= 64 else {
            throw DecodingFailure(reason: .tooLarge, offset: place)
        }
        let first = bytes.count
        for index in data.indices { bytes.append(data[index]) }
        frames.append(
            Frame(
                identifier: identifier, isExtended: isExtended, bus: bus,
                data: first..<bytes.count, at: time, place: place, dataPlaces: dataPlaces))
    }

    /// Forgets the frames and keeps the storage.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        frames.removeAll(keepingCapacity: true)
    }
}
