import VehicleFaults

/// A name in both languages of the product.
public struct BilingualText: Hashable, Sendable {
    public var en: String
    public var zh: String

    public init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }
}

/// One rule: when to suspect which failure, and what to do about it.
public struct Rule: Hashable, Sendable {
    /// Unique in its program; letters, digits and `-_.`.
    public var id: String
    /// The failure mode: a vehicle has at most one open ticket about it.
    public var mode: String
    public var name: BilingualText
    public var severity: Severity
    public var advice: Advice
    public var component: String
    /// The skill group that should look at it.
    public var skill: String
    public var when: Condition
    /// Ends the episode; without it, every occurrence is a finding of its own.
    public var until: Condition?
    /// What it asks of its tickets.
    public var conduct: TicketConduct
    /// The expressions as written.
    public var whenText: String
    public var untilText: String?
    /// Where the rule stands.
    public var position: SourcePosition
    /// A digest of what the rule means, the same for texts that differ only in layout.
    public var meaning: UInt64
}
