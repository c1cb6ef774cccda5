import VehicleFaults

/// The smallest things that a condition asks; equal atoms of several rules are evaluated once.
public enum Atom: Hashable, Sendable {
    case code(CodeAtom)
    case signal(SignalAtom)
    case trend(TrendAtom)
    case measure(MeasureAtom)
    case attribute(AttributeAtom)
    case silence(SilenceAtom)
    case count(CountAtom)
    case pair(PairAtom)
}

/// Asks whether a code is present, or was seen often enough within a time.
public struct CodeAtom: Hashable, Sendable {
    public var pattern: CodePattern
    /// At least one of these must hold; empty accepts every status but `cleared`.
    public var status: FaultStatus
    /// The control unit that must report it, or `nil` for any.
    public var ecu: ShortText?
    /// Whether each distinct code is counted apart.
    public var countsEachCode: Bool
    /// How often it must be seen; `nil` asks for presence.
    public var occurrences: Occurrences?
    /// What else must hold at a sighting; `nil` for nothing.
    public var qualifier: Qualifier?

    public struct Occurrences: Hashable, Sendable {
        /// At least 1, at most ``RuleLimits/occurrences``.
        public var count: Int
        public var unit: CountUnit
        /// From the first to the last occurrence, both included.
        public var window: Window

        /// Whether sightings are counted within a time, as the rule files of the first version did.
        public var isPlain: Bool { unit == .times && window.kind == .time }
        public var withinMilliseconds: Int64 { Int64(window.length) }
    }

    /// Whether a sighting with this status counts.
    public func accepts(_ seen: FaultStatus) -> Bool { Self.accepts(seen, wanted: status) }

    /// Whether a sighting with the status `seen` counts where `wanted` is asked for.
    public static func accepts(_ seen: FaultStatus, wanted: FaultStatus) -> Bool {
        wanted.isEmpty ? !seen.contains(.cleared) : !wanted.isDisjoint(with: seen)
    }
}

/// What a sighting of a code must bring besides its status.
public struct Qualifier: Hashable, Sendable {
    /// The control unit's own count; a sighting without one does not count.
    public var counted: Limit?
    /// Values of the freeze frame; a sighting without one of them does not count.
    public var freeze: [Frozen] = []
    public var condition: Guard?

    public struct Limit: Hashable, Sendable {
        public var comparison: SignalAtom.Comparison
        public var limit: Double
    }

    public struct Frozen: Hashable, Sendable {
        public var signal: String
        public var comparison: SignalAtom.Comparison
        public var limit: Double
    }

    var isEmpty: Bool { counted == nil && freeze.isEmpty && condition == nil }
}

/// What is counted once, however often it happens.
public enum CountUnit: String, Hashable, Sendable {
    case times
    /// Days of coordinated universal time.
    case days
    case trips
    /// Different fault codes.
    case codes
}

/// Asks whether a signal is on one side of a limit, and for how long.
public struct SignalAtom: Hashable, Sendable {
    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        case above = ">"
        case atLeast = ">="
        case below = "<"
        case atMost = "<="
        case equal = "=="
        case unequal = "!="

        @inlinable public func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .above: value > limit
            case .atLeast: value >= limit
            case .below: value < limit
            case .atMost: value <= limit
            case .equal: value == limit
            case .unequal: value != limit
            }
        }

        /// The comparison with its two sides exchanged.
        var mirrored: Comparison {
            switch self {
            case .above: .below
            case .atLeast: .atMost
            case .below: .above
            case .atMost: .atLeast
            case .equal, .unequal: self
            }
        }
    }

    public var signal: String
    public var comparison: Comparison
    public var limit: Double
    /// How long it must hold, by the vehicle's time; 0 for at once.
    public var holdMilliseconds: Int64
    /// Whether the hold goes on while no reading arrives.
    public var elapsesInSilence: Bool

    /// The longest gap between two readings that still counts as evidence that nothing changed:
    /// half the hold, but at least ten minutes, since many devices report that seldom.
    public var longestGapMilliseconds: Int64 { Self.longestGap(holdMilliseconds) }

    static func longestGap(_ hold: Int64) -> Int64 { max(hold / 2, 600_000) }
}

/// Asks whether a signal has left its own past.
public struct TrendAtom: Hashable, Sendable {
    public enum Method: Hashable, Sendable {
        /// Exponentially weighted mean of the standardised deviation; the weight of the newest.
        case ewma(weight: Double)
        /// Two-sided cumulative sum of the standardised deviation, less the slack each time.
        case cusum(slack: Double)
    }

    public var signal: String
    public var method: Method
    /// The weight of the newest reading in the running mean and variance.
    public var memory: Double
    /// Readings that are only learned from.
    public var warmUp: Int
    /// The statistic's limit; beyond it the check fires and starts again from zero.
    public var limit: Double
}

/// Asks whether a quantity is on one side of a limit, and for how long.
public struct MeasureAtom: Hashable, Sendable {
    public var quantity: Quantity
    public var comparison: SignalAtom.Comparison
    public var limit: Double
    public var holdMilliseconds: Int64
    /// Only what is read while this is true counts.
    public var condition: Guard?

    public var longestGapMilliseconds: Int64 { SignalAtom.longestGap(holdMilliseconds) }
}

/// Asks what kind of vehicle it is; without an entry in the roster the answer is no.
public struct AttributeAtom: Hashable, Sendable {
    public enum Test: Hashable, Sendable {
        case isOneOf([String])
        case isNoneOf([String])
        /// A pattern as for fault codes.
        case like(CodePattern)
        /// Digits between dots compared as numbers, as in `2.10 > 2.9`.
        case version(SignalAtom.Comparison, String)
    }

    public var name: String
    public var test: Test
}

/// Asks whether a vehicle, or one of its signals, has not been heard for a time.
public struct SilenceAtom: Hashable, Sendable {
    /// `nil` for the whole vehicle.
    public var signal: String?
    public var milliseconds: Int64
}

/// Asks whether an event has happened often enough.
public struct CountAtom: Hashable, Sendable {
    /// Over the program's atoms; happens when one of them becomes true and the whole is.
    public var event: Condition
    /// At least 1, at most ``RuleLimits/occurrences``.
    public var count: Int
    public var unit: CountUnit
    public var window: Window
    /// The event counts only while this is true.
    public var condition: Guard?
}

/// Asks whether two events came close to each other.
public struct PairAtom: Hashable, Sendable {
    public enum Order: Hashable, Sendable {
        /// The second after the first, and this not between the two.
        case sequence(without: Condition?)
        /// In any order, or at once.
        case near
    }

    public var first: Condition
    public var second: Condition
    public var window: Window
    public var order: Order
}

/// Bounds that keep a rule's memory and cost finite.
public enum RuleLimits {
    /// The largest count in `N times within D`.
    public static let occurrences = 100
    /// The longest window or hold: 400 days, so that a yearly pattern fits.
    public static let longestMilliseconds: Int64 = 400 * 86_400_000
    /// The longest window in kilometres, in engine hours, in trips.
    public static let longestDistance = 1_000_000.0
    public static let longestEngineHours = 50_000.0
    public static let mostTrips = 32.0
    /// The deepest nesting of parentheses and `not`.
    public static let depth = 32
    /// The most atoms one rule may hold.
    public static let atoms = 64
    /// The most operations in one quantity.
    public static let operations = 32
    /// How long a reading speaks for the present where several signals are reckoned together.
    public static let freshMilliseconds: Int64 = 600_000
    /// Silence that ends a trip.
    public static let tripGapMilliseconds: Int64 = 1_800_000
    /// An engine that stood this long has ended its trip.
    public static let tripStandMilliseconds: Int64 = 300_000
    /// Changes of presence within a day from which a code is said to flap.
    public static let flaps = 10
}

extension AttributeAtom {
    /// The answer for a vehicle; `nil` when its attribute is not known.
    public func holds(for vehicle: VehicleAttributes?) -> Bool? {
        guard let value = vehicle?[name] else { return nil }
        switch test {
        case .isOneOf(let texts): return texts.contains { VehicleAttributes.agree($0, value) }
        case .isNoneOf(let texts): return !texts.contains { VehicleAttributes.agree($0, value) }
        case .like(let pattern): return pattern.matches(text: value)
        case .version(let sign, let text):
            return sign.holds(Double(VehicleAttributes.compareVersions(value, text)), 0)
        }
    }
}

extension AttributeAtom: CustomStringConvertible {
    /// The same text for the same meaning.
    public var description: String {
        switch test {
        case .isOneOf(let texts): "vehicle.\(name) in \(texts)"
        case .isNoneOf(let texts): "vehicle.\(name) not in \(texts)"
        case .like(let pattern): "vehicle.\(name) like \(pattern.text)"
        case .version(let sign, let text): "vehicle.\(name) \(sign.rawValue) \(text)"
        }
    }
}
