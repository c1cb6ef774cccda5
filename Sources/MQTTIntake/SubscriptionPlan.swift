/// Decides what to subscribe to when a broker has accepted us.
///
/// A session that the broker kept does not learn new topics by itself. Nor does it always hold the
/// old ones: a broker that crashed may have saved the session and not what it had subscribed to, and
/// would then send nothing for ever. So all of them are asked for again where that brings no retained
/// message twice, which MQTT 5 can say; elsewhere only the difference.
struct SubscriptionPlan {
    struct Changes: Equatable {
        var subscribe: [String] = []
        var unsubscribe: [String] = []
        /// The broker should have had a session of ours, and had none.
        var sessionLost = false
    }

    private let wanted: [String]
    private let keepsSession: Bool
    /// Whether subscribing again is free of retained messages.
    private let renews: Bool
    private(set) var granted: Set<String>
    private(set) var refused: [String] = []

    init(
        wanted: [String], previouslyGranted: Set<String>, keepsSession: Bool, renews: Bool = false
    ) {
        self.wanted = wanted
        self.keepsSession = keepsSession
        self.renews = renews
        granted = keepsSession ? previouslyGranted : []
    }

    mutating func accepted(sessionPresent: Bool) -> Changes {
        let lost = keepsSession && !sessionPresent && !granted.isEmpty
        if !sessionPresent { granted = [] }
        refused = []
        return Changes(
            subscribe: renews ? wanted : wanted.filter { !granted.contains($0) },
            unsubscribe: granted.subtracting(wanted).sorted(), sessionLost: lost)
    }

    /// Notes the broker's answer; `quality` is the granted QoS, or 128 and more for a refusal.
    ///
    /// - Returns: whether the grant is good enough: below QoS 1 messages are lost by design.
    mutating func answered(_ filter: String, quality: Int) -> Bool {
        guard (1...2).contains(quality) else {
            granted.remove(filter)
            if !refused.contains(filter) { refused.append(filter) }
            return false
        }
        granted.insert(filter)
        return true
    }

    mutating func ended(_ filter: String) { granted.remove(filter) }
}
