/// How soon a vehicle must be seen; the order is the urgency, `s4` least.
public enum Severity: UInt8, Comparable, Sendable, CaseIterable {
    /// At the next service.
    case s4 = 1
    /// Within 7 days or 1,000 km.
    case s3 = 2
    /// Within 24 hours or 100 km.
    case s2 = 3
    /// Stop now.
    case s1 = 4

    /// The severity named `S1` to `S4`, or `nil`.
    public init?(name: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// `S1` to `S4`, as written in rules, output and storage.
    public var name: String {
        switch self {
        case .s4: "S4"
        case .s3: "S3"
        case .s2: "S2"
        case .s1: "S1"
        }
    }

    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}

/// What the driver should do meanwhile; `a0` is the gravest.
public enum Advice: UInt8, Sendable, CaseIterable {
    /// Stop, leave the vehicle, keep away, call for help.
    case a0 = 0
    /// Stop safely and have it towed.
    case a1 = 1
    /// Drive gently to the nearest site.
    case a2 = 2
    /// Drive normally and book a visit.
    case a3 = 3
    /// Nothing.
    case a4 = 4

    /// The advice named `A0` to `A4`, or `nil`.
    public init?(name: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// `A0` to `A4`, as written in rules, output and storage.
    public var name: String { "A\(rawValue)" }
}
