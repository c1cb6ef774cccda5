import FaultTrends
import VehicleFaults

/// What is remembered of one vehicle, for people to read: a stored lane without the rules it was
/// stored under, so that what rules count and average is left out.
public struct LaneSummary: Sendable {
    /// A fault code as one control unit reports it.
    public struct Code: Sendable {
        public var code: FaultCode
        /// Empty when the vehicle does not say.
        public var ecu: ShortText
        public var status: FaultStatus
        /// Whether it was there when the vehicle last spoke of its codes.
        public var isPresent: Bool
        /// How often the control unit has counted it; `nil` when it does not say.
        public var occurrences: Int?
        /// The vehicle's time of the newest message that named it.
        public var lastSeen: EventTime
        /// That message's place in the journal.
        public var position: UInt64
    }

    /// The newest value of a signal that rules speak of.
    public struct Signal: Sendable {
        public var name: String
        public var value: Double
        public var lastRead: EventTime
        public var position: UInt64
    }

    /// How far a statistical check has come.
    public struct Check: Sendable {
        /// The digest of what it watches; see ``TrendRule/meaning``.
        public var meaning: UInt64
        /// Readings that evidence was drawn from; 0 while the past is too short.
        public var judged: UInt32
        /// Whether something may be under way.
        public var isSuspicious: Bool
        /// ln of the evidence of the hypothesis that is open; 0 before.
        public var logEvidence: Double
    }

    public var vehicle: VehicleID
    /// Bytes of what is remembered, and those of them that statistical checks take; fewer are stored.
    public var bytes: Int
    public var checkBytes: Int { checks.count * 8 * TrendWork.words }
    public var checks: [Check] = []
    /// The vehicle's time of the newest message that counted; `nil` before the first.
    public var newest: EventTime?
    /// When a message of it was last received; `nil` before the first.
    public var lastHeard: EventTime?
    /// How far ahead of the received time the vehicle's clock was at its last message, in
    /// milliseconds; negative when it was behind.
    public var clockOffset: Int64
    public var messages: Int
    public var duplicates: Int
    /// Messages older than one that was applied before.
    public var late: Int
    /// Messages whose time was not believed.
    public var unbelieved: Int
    /// Messages that wait for older ones.
    public var waiting = 0
    /// In the order in which they were first met.
    public var codes: [Code] = []
    public var signals: [Signal] = []

    /// Bytes at the beginning of a stored lane that ``lastHeard(beginning:)`` needs at most.
    public static let longestBeginning = 64

    /// When a vehicle was last heard, from the beginning of its stored lane; `nil` before the first
    /// message.
    ///
    /// - Throws: ``LaneDamaged`` under the same conditions as ``init(vehicle:bytes:)``.
    public static func lastHeard(beginning bytes: [UInt8]) throws(LaneDamaged) -> EventTime? {
        var input = ByteReader(bytes)
        try readVersion(&input)
        _ = try input.integer()
        _ = try input.integer()
        return time(try input.integer())
    }

    @discardableResult
    private static func readVersion(_ input: inout ByteReader) throws(LaneDamaged) -> UInt8 {
        let version = try input.byte()
        guard version >= LaneEngine.oldestCodingVersion, version <= LaneEngine.codingVersion else {
            throw LaneDamaged(offset: 0)
        }
        input.isPacked = version >= LaneEngine.packedVersion
        return version
    }

    /// Reads the bytes of a stored lane.
    ///
    /// - Throws: ``LaneDamaged`` when they make no sense, or were written by another version.
    public init(vehicle: VehicleID, bytes: [UInt8]) throws(LaneDamaged) {
        self.bytes = bytes.count
        var input = ByteReader(bytes)
        let version = try Self.readVersion(&input)
        self.vehicle = vehicle
        _ = try input.integer()  // the newest time claimed, which may not be believed
        newest = Self.time(try input.integer())
        lastHeard = Self.time(try input.integer())
        clockOffset = try input.integer()
        _ = try input.integer()  // when something is due
        messages = Int(try input.count())
        duplicates = Int(try input.count())
        late = Int(try input.count())
        unbelieved = Int(try input.count())
        while true {
            let place = input.place
            guard let section = LaneEngine.Section(rawValue: try input.byte()) else {
                throw LaneDamaged(offset: place)
            }
            switch section {
            case .end:
                self.bytes += input.saved
                return
            case .signal: try readSignal(&input)
            case .code: try readCode(&input)
            case .pattern, .episode:
                _ = try input.word()
                _ = try input.words()
            case .recent: _ = try input.words()
            case .waiting: try skipWaiting(&input, version: version)
            case .kept:
                let kind = LaneMemory.Kind(rawValue: UInt32(try input.byte()))
                let meaning = try input.word()
                let words = try input.words()
                if kind == .trend { addCheck(meaning, words) }
            }
        }
    }

    private mutating func addCheck(_ meaning: UInt64, _ list: [UInt64]) {
        guard list.count == TrendWork.words else { return }
        var words = InlineArray<11, UInt64>(repeating: 0)
        for place in 0..<TrendWork.words { words[place] = list[place] }
        let check = DriftCheck(words: words)
        checks.append(
            Check(
                meaning: meaning, judged: check.judged, isSuspicious: check.isSuspicious,
                logEvidence: check.logEvidence))
    }

    private static func time(_ milliseconds: Int64) -> EventTime? {
        milliseconds == .min ? nil : EventTime(milliseconds: milliseconds)
    }

    private mutating func readSignal(_ input: inout ByteReader) throws(LaneDamaged) {
        let name = try input.text()
        let head = try input.words()
        try Self.skipParts(&input)
        // Words of zero are a signal that was never read.
        guard head.count == LaneLayout.Place.first, head[LaneLayout.Place.lastPosition] > 0 else {
            return
        }
        signals.append(
            Signal(
                name: name, value: Double(bitPattern: head[LaneLayout.Place.lastValue]),
                lastRead: EventTime(
                    milliseconds: Int64(bitPattern: head[LaneLayout.Place.lastTime])),
                position: head[LaneLayout.Place.lastPosition]))
    }

    private mutating func readCode(_ input: inout ByteReader) throws(LaneDamaged) {
        let code = try input.code()
        let ecu = ShortText(high: try input.word(), low: try input.word())
        let place = input.place
        let head = try input.words()
        guard head.count == CodeTable.Place.first else { throw LaneDamaged(offset: place) }
        try Self.skipParts(&input)
        let state = head[CodeTable.Place.state]
        let occurrences = Int32(bitPattern: UInt32(truncatingIfNeeded: state >> 32))
        codes.append(
            Code(
                code: code, ecu: ecu,
                status: FaultStatus(rawValue: UInt8(truncatingIfNeeded: state)),
                isPresent: state & CodeTable.Place.present != 0,
                occurrences: occurrences > 0 ? Int(occurrences) : nil,
                lastSeen: EventTime(
                    milliseconds: Int64(bitPattern: head[CodeTable.Place.lastTime])),
                position: head[CodeTable.Place.lastPosition]))
    }

    /// What rules count and average, which means nothing without them.
    private static func skipParts(_ input: inout ByteReader) throws(LaneDamaged) {
        for _ in 0..<(try input.word()) {
            _ = try input.word()
            _ = try input.words()
        }
    }

    private mutating func skipWaiting(_ input: inout ByteReader, version: UInt8)
        throws(LaneDamaged)
    {
        for _ in 0..<5 { _ = try input.word() }
        for _ in 0..<2 { _ = try input.byte() }
        for _ in 0..<2 { _ = try input.word() }
        for _ in 0..<(try input.word()) {
            _ = try input.code()
            _ = try input.byte()
            for _ in 0..<(version >= 2 ? 4 : 3) { _ = try input.word() }
        }
        for _ in 0..<(version >= 2 ? 2 : 1) {
            for _ in 0..<(try input.word()) {
                _ = try input.text()
                _ = try input.word()
            }
        }
        if version >= 2 { for _ in 0..<2 { _ = try input.word() } }
        waiting += 1
    }
}
