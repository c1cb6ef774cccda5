import SpecialFunctions

/// Evidence that failures fall on the vehicles of a batch more often than on others that were as much
/// at risk, failure by failure.
///
/// When a vehicle fails, it is one of the batch with the batch's share of all that were at risk, if the
/// batch does not matter (the partial likelihood of Cox 1972). The likelihood that the batch fails r
/// times as often, over that one, is `r / (1 + (r − 1)s)` for a failure inside and `1 / (1 + (r − 1)s)`
/// for one outside; their product is an e-process for every batch that fails no more often than the
/// others, and so is the mean over r = 2, 4, 8 and 16 (Robbins 1970). Strata are multiplied by the way:
/// each failure brings the share of its own stratum.
@frozen
public struct BatchExcess: Equatable, Sendable {
    public private(set) var inside = 0
    /// Failures inside and outside.
    public private(set) var failures = 0
    /// How many of them shares alone would have put inside.
    public private(set) var expected = 0.0
    /// ln of each likelihood ratio.
    private var logRatios = SIMD4<Double>.zero

    @inlinable public init() {}

    private static let ratios = SIMD4<Double>(2, 4, 8, 16)

    /// Counts a failure.
    ///
    /// - Parameter share: of those at risk that are of the batch, fixed before the failure, between 0
    ///   and 1; others tell nothing and are left out.
    public mutating func count(isInside: Bool, share: Double) {
        guard share > 0, share < 1 else { return }
        failures += 1
        expected += share
        if isInside { inside += 1 }
        for place in logRatios.indices {
            let ratio = Self.ratios[place]
            logRatios[place] -= Elementary.log1p(share * (ratio - 1))
            if isInside { logRatios[place] += Elementary.log(ratio) }
        }
    }

    /// ln of the e-value; 0 before the first failure.
    public var logValue: Double {
        let largest = logRatios.max()
        var sum = 0.0
        for place in logRatios.indices { sum += Elementary.exp(logRatios[place] - largest) }
        return largest + Elementary.log(sum / Double(logRatios.scalarCount))
    }

    /// The numbers as one line, for the store; they come back to the last bit.
    public var text: String {
        let numbers = logRatios.indices.map { " \(logRatios[$0])" }
        return "\(inside) \(failures) \(expected)" + numbers.joined()
    }

    /// Reads what ``text`` wrote; `nil` when it is something else.
    public init?(text: some StringProtocol) {
        let words = text.split(separator: " ")
        guard words.count == 3 + logRatios.scalarCount, let inside = Int(words[0]),
            let failures = Int(words[1]), let expected = Double(words[2])
        else { return nil }
        (self.inside, self.failures, self.expected) = (inside, failures, expected)
        for place in logRatios.indices {
            guard let value = Double(words[3 + place]), value.isFinite else { return nil }
            logRatios[place] = value
        }
    }
}
