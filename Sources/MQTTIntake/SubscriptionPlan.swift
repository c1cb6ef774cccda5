/// Decides what to subscribe to when a broker has accepted us.
///
/// A session that the broker kept does not learn new topics by itself, and subscribing again to the
/// old ones brings all their retained messages again; so only the difference is asked for.
struct SubscriptionPlan {
    struct Changes: Equatable {
        var subscribe: [String] = []
        var unsubscribe: [String] = []
        /// The broker should have had a session of ours, and had none.
        var sessionLost = false
    }

    private let wanted: [String]
    private let keepsSession: Bool
    private(set) var granted: Set<String>
    private(set) var refused: [String] = []

    init(wanted: [String], previouslyGranted: Set<String>, keepsSession: Bool) {
        self.wanted = wanted
        self.keepsSession = keepsSession
        granted = keepsSession ? previouslyGranted : []
    }

    mutating func accepted(sessionPresent: Bool) -> Changes {
        let lost = keepsSession && !sessionPresent && !granted.isEmpty
        if !sessionPresent { granted = [] }
        refused = []
        return Changes(
            subscribe: wanted.filter { !granted.contains($0) },
            unsubscribe: granted.subtracting(wanted).sorted(), sessionLost: lost)
    }

    /// Notes the broker's answer; `quality` is the granted QoS, or 128 and more for a refusal.
    ///
    /// - Returns: whether the grant is good enough: below QoS 1 messages are lost by design.
    mutating func answered(_ filter: String, quality: Int) -> Bool {
        guard (1...2).contains(quality) else {
            if !refused.contains(filter) { refused.append(filter) }
            return false
        }
        granted.insert(filter)
        return true
    }

    mutating func ended(_ filter: String) { granted.remove(filter) }
}
