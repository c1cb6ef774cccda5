/// What a control unit says of a fault code; several may hold at once (ISO 14229-1, SAE J1979).
@frozen
public struct FaultStatus: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Seen in this or the last driving cycle, not yet confirmed.
    public static let pending = FaultStatus(rawValue: 1)
    /// Confirmed and stored.
    public static let confirmed = FaultStatus(rawValue: 2)
    /// Stored so that a scan tool cannot erase it.
    public static let permanent = FaultStatus(rawValue: 4)
    /// Failing at this moment.
    public static let active = FaultStatus(rawValue: 8)
    /// Failed in the past, passing now (previously active).
    public static let history = FaultStatus(rawValue: 16)
    /// Reported as gone.
    public static let cleared = FaultStatus(rawValue: 32)

    /// Each single status with the word used for it in messages, rules and output.
    public static let named: [(name: String, status: FaultStatus)] = [
        ("pending", .pending), ("confirmed", .confirmed), ("permanent", .permanent),
        ("active", .active), ("history", .history), ("cleared", .cleared),
    ]

    /// The status with this name, or `nil`.
    public init?(name: some StringProtocol) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.status
    }
}

extension FaultStatus: CustomStringConvertible {
    /// The names that hold, joined by `|`; `unstated` when none does.
    public var description: String { Self.descriptions[Int(rawValue)] }

    /// Of every status that there can be, since each item of evidence says one.
    private static let descriptions = (0...UInt8.max).map { value in
        let status = FaultStatus(rawValue: value)
        let names = named.filter { status.contains($0.status) }.map(\.name)
        return value == 0 ? "unstated" : names.joined(separator: "|")
    }
}
