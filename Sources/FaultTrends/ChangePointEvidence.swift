import SpecialFunctions

/// Evidence that a stream of standard normal deviates has shifted, at a time nobody knows.
///
/// An e-process: in control, the chance that it ever reaches x is at most 1/x, however long one
/// watches and whenever one looks. Each reading may be the first of a shift of `size` deviations,
/// the n-th with prior weight 1/(n(n+1)); what is summed is the likelihood ratio
/// (Shiryaev 1963; Shin, Ramdas and Rinaldo 2022), here with a proper prior.
@frozen
public struct ChangePointEvidence: Equatable, Sendable {
    /// ln of the weighted likelihood ratios so far; minus infinity before the first reading.
    public var logRatio: Double

    @inlinable public init(logRatio: Double = -.infinity) { self.logRatio = logRatio }

    /// Adds the deviate with number `n`, counted from 1.
    ///
    /// - Parameters:
    ///   - size: the shift looked for, in deviations; negative for a fall.
    ///   - mayStart: whether a shift may start here; its prior weight is lost otherwise.
    public mutating func add(
        _ deviate: Double, number n: Double, size: Double, mayStart: Bool = true
    ) {
        let start = -Elementary.log(n * (n + 1))
        logRatio =
            size * deviate - 0.5 * size * size
            + (mayStart ? Elementary.logSumExp(logRatio, start) : logRatio)
    }

    /// ln of the e-value after `n` deviates, with the prior weight of shifts yet to come.
    public func logValue(after n: Double) -> Double {
        Elementary.logSumExp(logRatio, -Elementary.log(n + 1))
    }

    /// ln of the mean of two e-values, which is an e-value.
    public static func logMean(_ first: Double, _ second: Double) -> Double {
        Elementary.logSumExp(first, second) - 0.693_147_180_559_945_3
    }
}
