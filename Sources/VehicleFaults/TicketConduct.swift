/// What a rule asks of the tickets that its findings lead to, where it differs from what holds for all.
///
/// The ticket stage applies it: a condition of a rule never knows of tickets.
public struct TicketConduct: Hashable, Sendable {
    /// Whether a finding opens a ticket of its own while its vehicle stands in the workshop or has
    /// just left it; otherwise it is added to the ticket the vehicle is there for.
    public var opensInWorkshop: Bool
    /// How long the rule holds its peace about a vehicle after its first, second, … false alarm, in
    /// milliseconds; empty for not at all, `nil` for what holds for all rules.
    public var backOff: [Int64]?

    public init(opensInWorkshop: Bool = false, backOff: [Int64]? = nil) {
        self.opensInWorkshop = opensInWorkshop
        self.backOff = backOff
    }
}
