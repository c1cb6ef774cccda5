import SpecialFunctions

/// A code that comes with a signal out of its usual range, and how often that meant a failure.
@frozen
public struct PairRecord: Equatable, Sendable {
    /// Times the code came with the signal off.
    public var cases: Int64
    /// Times the failure followed in time.
    public var failures: Int64

    @inlinable public init(cases: Int64 = 0, failures: Int64 = 0) {
        (self.cases, self.failures) = (cases, failures)
    }

    /// Cases needed before a pair may speak.
    public static let enoughCases: Int64 = 20

    public mutating func merge(_ other: PairRecord) {
        cases += other.cases
        failures += other.failures
    }

    /// The share of cases that meant a failure.
    public var precision: Double { Double(failures) / Double(max(cases, 1)) }

    /// The share of cases that meant a failure, which holds with 95 %, from a uniform prior.
    public var surePrecision: Double {
        BetaDistribution.quantile(0.05, 1 + Double(failures), 1 + Double(cases - failures))
    }

    /// Whether the pair may speak: that share is above `chance`, almost surely.
    public func isProven(beyond chance: Double = 0.5) -> Bool {
        cases >= Self.enoughCases && surePrecision > chance
    }
}
