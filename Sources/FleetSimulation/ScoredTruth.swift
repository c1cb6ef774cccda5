import VehicleFaults

/// A ticket as a scorer sees it, whoever opened it.
public struct ScoredTicket: Equatable, Sendable {
    /// The vehicle's name.
    public var vehicle: String
    /// When somebody could first read it: the time of reception, not the vehicle's own.
    public var opened: EventTime
    /// The failure mode and the part that it names, or `nil`.
    public var mode: String?
    public var component: String?
    /// The interval in which it expects the failure, or `nil`.
    public var expected: ClosedRange<EventTime>?

    /// A ticket.
    public init(
        vehicle: String, opened: EventTime, mode: String? = nil, component: String? = nil,
        expected: ClosedRange<EventTime>? = nil
    ) {
        self.vehicle = vehicle
        self.opened = opened
        self.mode = mode
        self.component = component
        self.expected = expected
    }
}

/// What is known to be true, as far as a scorer needs it.
public struct ScoredTruth: Sendable {
    /// A failure, or a precursor whose failure had not come when the truth ends.
    public struct Failure: Sendable {
        public var vehicle: String
        public var mode: String
        public var component: String
        public var family: String
        public var isWithheld: Bool
        public var hasPrecursor: Bool
        public var isSeenFromOnset: Bool
        public var onset: EventTime
        /// `nil` when the truth ends before.
        public var failed: EventTime?
        /// The oracle's ticket, or `nil`.
        public var oracle: EventTime?

        /// A failure.
        public init(
            vehicle: String, mode: String, component: String, family: String,
            isWithheld: Bool = false, hasPrecursor: Bool = true, isSeenFromOnset: Bool = true,
            onset: EventTime, failed: EventTime?, oracle: EventTime? = nil
        ) {
            self.vehicle = vehicle
            self.mode = mode
            self.component = component
            self.family = family
            self.isWithheld = isWithheld
            self.hasPrecursor = hasPrecursor
            self.isSeenFromOnset = isSeenFromOnset
            self.onset = onset
            self.failed = failed
            self.oracle = oracle
        }
    }

    /// Something that only looked like a failure.
    public struct LookAlike: Sendable {
        public var vehicle: String
        public var what: String
        public var mode: String?
        public var from: EventTime
        /// `nil` when it lasts.
        public var to: EventTime?
        /// The oracle's false ticket, or `nil`.
        public var oracle: EventTime?

        /// A look-alike.
        public init(
            vehicle: String, what: String, mode: String? = nil, from: EventTime,
            to: EventTime? = nil, oracle: EventTime? = nil
        ) {
            self.vehicle = vehicle
            self.what = what
            self.mode = mode
            self.from = from
            self.to = to
            self.oracle = oracle
        }
    }

    /// A mode of failure that the fleet may have.
    public struct Mode: Sendable {
        public var mode: String
        public var component: String
        public var family: String
        public var isWithheld: Bool

        /// A mode.
        public init(mode: String, component: String, family: String, isWithheld: Bool) {
            self.mode = mode
            self.component = component
            self.family = family
            self.isWithheld = isWithheld
        }
    }

    public var failures: [Failure]
    public var lookAlikes: [LookAlike]
    public var modes: [Mode]
    public var vehicles: Int
    public var start: EventTime
    public var end: EventTime
    /// How many of the oracle's tickets there would be about nothing at all, by its own account.
    public var oracleDoubt: Double

    /// What is true of a fleet.
    public init(
        failures: [Failure], lookAlikes: [LookAlike] = [], modes: [Mode] = [], vehicles: Int,
        start: EventTime, end: EventTime, oracleDoubt: Double = 0
    ) {
        self.failures = failures
        self.lookAlikes = lookAlikes
        self.modes = modes
        self.vehicles = vehicles
        self.start = start
        self.end = end
        self.oracleDoubt = oracleDoubt
    }

    /// The tickets of the filter that is told more than any detector can know.
    public var oracleTickets: [ScoredTicket] {
        let parts = Dictionary(modes.map { ($0.mode, $0.component) }) { first, _ in first }
        let right = failures.compactMap { failure in
            failure.oracle.map {
                ScoredTicket(
                    vehicle: failure.vehicle, opened: $0, mode: failure.mode,
                    component: failure.component)
            }
        }
        let wrong = lookAlikes.compactMap { alike in
            alike.oracle.map {
                ScoredTicket(
                    vehicle: alike.vehicle, opened: $0, mode: alike.mode,
                    component: alike.mode.flatMap { parts[$0] })
            }
        }
        return right + wrong
    }
}
