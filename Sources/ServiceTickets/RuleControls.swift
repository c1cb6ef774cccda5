import VehicleFaults

/// What people have said about rules: which only run in shadow, which do not run, and about what they
/// do not want to hear for a while.
///
/// The ticket stage goes by it; lanes know nothing of it, so that windows go on all the while.
public struct RuleControls: Hashable, Sendable {
    /// How a rule takes part; a rule that nobody spoke of is enabled.
    public enum State: String, Sendable, CaseIterable {
        case enabled
        /// It is evaluated and counted, and opens nothing.
        case shadow
        /// What it finds is dropped.
        case disabled
    }

    /// What becomes of a finding.
    public enum Verdict: Hashable, Sendable {
        case open
        case shadow
        case drop
        /// The number of the silence that hides it.
        case silenced(Int64)
    }

    /// By rule; only those that are not enabled.
    public private(set) var states: [String: State] = [:]
    /// In the order in which they were added; those that have run out among them.
    public private(set) var silences: [Silence] = []

    public init() {}

    public init(states: [String: State], silences: [Silence]) {
        self.states = states.filter { $0.value != .enabled }
        self.silences = silences.sorted { $0.number < $1.number }
    }

    /// Whether anybody has said anything.
    public var speaks: Bool { !states.isEmpty || !silences.isEmpty }

    public func state(of rule: String) -> State { states[rule] ?? .enabled }

    public mutating func set(_ state: State, of rule: String) {
        states[rule] = state == .enabled ? nil : state
    }

    /// Adds a silence, in the place of one with the same number.
    public mutating func add(_ silence: Silence) {
        silences.removeAll { $0.number == silence.number }
        silences.append(silence)
        silences.sort { $0.number < $1.number }
    }

    /// Ends a silence; `false` when there is none with this number that has not run out.
    public mutating func expire(_ number: Int64, at time: EventTime) -> Bool {
        guard let place = silences.firstIndex(where: { $0.number == number }),
            silences[place].until > time
        else { return false }
        silences[place].until = time
        return true
    }

    /// What becomes of a finding that a rule raised.
    ///
    /// - Parameters:
    ///   - kinds: the kinds of evidence it rests on, as `code P0301`.
    ///   - received: when the daemon received what completed it.
    public func verdict(
        rule: String, mode: String, vehicle: VehicleID, severity: Severity, kinds: [String],
        received: EventTime
    ) -> Verdict {
        switch state(of: rule) {
        case .disabled: return .drop
        case .shadow: return .shadow
        case .enabled: break
        }
        let silence = silences.first {
            $0.hides(
                rule: rule, mode: mode, vehicle: vehicle, severity: severity, kinds: kinds,
                received: received)
        }
        return silence.map { .silenced($0.number) } ?? .open
    }
}

/// Something about which people do not want to hear for a while.
public struct Silence: Hashable, Sendable {
    /// Unique; the command that asked for it.
    public var number: Int64
    /// What it is about; what is `nil` may be anything, and one of the three is not.
    public var rule: String?
    public var mode: String?
    public var vehicle: VehicleID?
    /// Received times between which it holds, the first included.
    public var from: EventTime
    public var until: EventTime
    /// Graver findings are heard all the same.
    public var severity: Severity
    /// Kinds of evidence that it knew of; a finding with another is heard. Empty for any.
    public var kinds: [String]
    public var author: String
    public var reason: String

    public init(
        number: Int64, rule: String? = nil, mode: String? = nil, vehicle: VehicleID? = nil,
        from: EventTime, until: EventTime, severity: Severity, kinds: [String] = [],
        author: String, reason: String
    ) {
        self.number = number
        self.rule = rule
        self.mode = mode
        self.vehicle = vehicle
        self.from = from
        self.until = until
        self.severity = severity
        self.kinds = kinds
        self.author = author
        self.reason = reason
    }

    /// Whether a finding is about what the silence is about, whenever it was.
    public func concerns(rule: String, mode: String, vehicle: VehicleID) -> Bool {
        (self.rule.map { $0 == rule } ?? true) && (self.mode.map { $0 == mode } ?? true)
            && (self.vehicle.map { $0 == vehicle } ?? true)
    }

    /// Whether a finding is hidden.
    public func hides(
        rule: String, mode: String, vehicle: VehicleID, severity: Severity, kinds: [String],
        received: EventTime
    ) -> Bool {
        concerns(rule: rule, mode: mode, vehicle: vehicle) && from <= received && received < until
            && severity <= self.severity
            && (self.kinds.isEmpty || kinds.allSatisfy { self.kinds.contains($0) })
    }
}
