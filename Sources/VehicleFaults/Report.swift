/// Names a signal within one ``SignalNames`` table.
@frozen
public struct SignalID: Hashable, Comparable, Sendable {
    /// The place in the table.
    public let index: UInt32

    @inlinable public init(index: UInt32) { self.index = index }

    @inlinable public static func < (a: SignalID, b: SignalID) -> Bool { a.index < b.index }
}

/// One number measured on a vehicle.
@frozen
public struct Reading: Equatable, Sendable {
    public var signal: SignalID
    /// Finite; in the unit that the signal's name ends with.
    public var value: Double

    @inlinable public init(signal: SignalID, value: Double) {
        self.signal = signal
        self.value = value
    }
}

/// One fault code as one message mentions it.
@frozen
public struct FaultSighting: Equatable, Sendable {
    public var code: FaultCode
    /// Empty when the message does not say.
    public var status: FaultStatus
    /// The control unit that reported it; empty when the message does not say.
    public var ecu: ShortText
    /// How often the unit has counted the fault, or -1 when it does not say.
    public var occurrences: Int32
    /// The freeze frame, as a range of ``ReportBuffer/freezeReadings``.
    public var freeze: Range<Int32>

    @inlinable public init(
        code: FaultCode, status: FaultStatus = [], ecu: ShortText = .empty, occurrences: Int32 = -1,
        freeze: Range<Int32> = 0..<0
    ) {
        self.code = code
        self.status = status
        self.ecu = ecu
        self.occurrences = occurrences
        self.freeze = freeze
    }
}

/// Whether a list of fault codes names all that are present, or only news.
@frozen
public enum FaultList: UInt8, Sendable {
    /// The message holds no list: nothing is known of codes.
    case absent
    /// A list whose meaning the message leaves to the configuration.
    case unstated
    /// A snapshot: a code that is not named is not there.
    case snapshot
    /// News: codes that are not named are as they were.
    case delta
}

/// What one message says about one vehicle.
@frozen
public struct Report: Equatable, Sendable {
    public var vehicle: VehicleID
    /// The vehicle's own time, or `nil` when it sends none.
    public var claimed: EventTime?
    /// The sender's message counter, or `nil`.
    public var sequence: UInt64?
    /// Kilometres; NaN when not said.
    public var odometerKilometres: Double
    /// Hours; NaN when not said.
    public var engineHours: Double
    public var list: FaultList
    /// Whether it comes from a broker that kept it, and not from the vehicle just now.
    public var isRetained: Bool
    /// The control unit that the list and the readings are about; empty when they are about the
    /// whole vehicle, or nobody says.
    public var ecu: ShortText
    /// The status that the list is about, as stored codes are confirmed ones; empty when it is
    /// about all. A snapshot says nothing of codes with another status.
    public var listStatus: FaultStatus
    /// A range of ``ReportBuffer/sightings``.
    public var sightings: Range<Int32>
    /// A range of ``ReportBuffer/readings``.
    public var readings: Range<Int32>
    /// A digest of the payload's bytes, by which a redelivered message is recognised.
    public var digest: UInt64

    @inlinable public init(vehicle: VehicleID) {
        self.vehicle = vehicle
        claimed = nil
        sequence = nil
        odometerKilometres = .nan
        engineHours = .nan
        list = .absent
        isRetained = false
        ecu = .empty
        listStatus = []
        sightings = 0..<0
        readings = 0..<0
        digest = 0
    }
}

/// Reports of a batch with their sightings and readings, in flat arrays that are used again.
public struct ReportBuffer: Sendable {
    public var reports: ContiguousArray<Report> = []
    public var sightings: ContiguousArray<FaultSighting> = []
    public var readings: ContiguousArray<Reading> = []
    public var freezeReadings: ContiguousArray<Reading> = []
    /// Fields that were present and not understood, counted over the batch.
    public var unknownFields = 0
    /// Single values that were refused (out of range, not a number), counted over the batch.
    public var refusedValues = 0

    public init() {}

    /// Forgets the content and keeps the storage.
    public mutating func removeAll() {
        reports.removeAll(keepingCapacity: true)
        sightings.removeAll(keepingCapacity: true)
        readings.removeAll(keepingCapacity: true)
        freezeReadings.removeAll(keepingCapacity: true)
        unknownFields = 0
        refusedValues = 0
    }
}
