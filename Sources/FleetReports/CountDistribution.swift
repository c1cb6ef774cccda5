import SpecialFunctions

/// How likely each number of parts is: probabilities of 0, 1, 2 and so on, up to a far tail.
public struct CountDistribution: Hashable, Sendable {
    /// The probability of each count; the rest of the tail is below 1e-15.
    public private(set) var probabilities: [Double]

    private init(_ probabilities: [Double]) { self.probabilities = probabilities }

    /// Nothing, for certain.
    public static let none = CountDistribution([1])

    /// Poisson with this mean; not negative.
    public static func poisson(mean: Double) -> CountDistribution {
        guard mean > 0 else { return .none }
        return grown(from: Elementary.exp(-mean), mean: mean) { mean / Double($0 + 1) }
    }

    /// Negative binomial with this mean and `variance / mean`.
    ///
    /// - Parameters:
    ///   - mean: not negative.
    ///   - dispersion: the variance divided by the mean; Poisson when it is 1 or less.
    public static func negativeBinomial(mean: Double, dispersion: Double) -> CountDistribution {
        guard mean > 0, dispersion > 1 else { return poisson(mean: mean) }
        let size = mean / (dispersion - 1)
        let failure = 1 - 1 / dispersion
        return grown(
            from: Elementary.exp(-size * Elementary.log(dispersion)), mean: mean * dispersion
        ) {
            (size + Double($0)) / Double($0 + 1) * failure
        }
    }

    /// The number of successes among independent trials with these probabilities.
    public static func successes(_ probabilities: [Double]) -> CountDistribution {
        var shares = [1.0]
        for probability in probabilities {
            var next = [Double](repeating: 0, count: shares.count + 1)
            for (count, share) in shares.enumerated() {
                next[count] += share * (1 - probability)
                next[count + 1] += share * probability
            }
            shares = next
        }
        return CountDistribution(shares)
    }

    private static func grown(
        from first: Double, mean: Double, ratio: (Int) -> Double
    ) -> CountDistribution {
        var shares = [first]
        var total = first
        // A first share of zero means a mean so large that a count makes no sense here.
        while total < 1 - 1e-15, Double(shares.count) < 100 + 20 * mean {
            let next = shares[shares.count - 1] * ratio(shares.count - 1)
            shares.append(next)
            total += next
        }
        return CountDistribution(shares)
    }

    /// The sum of two independent counts.
    public func plus(_ other: CountDistribution) -> CountDistribution {
        var sum = [Double](
            repeating: 0, count: probabilities.count + other.probabilities.count - 1)
        for (a, first) in probabilities.enumerated() {
            for (b, second) in other.probabilities.enumerated() { sum[a + b] += first * second }
        }
        return CountDistribution(sum)
    }

    public var mean: Double {
        probabilities.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    }

    /// The probability of at most `count`.
    public func atMost(_ count: Int) -> Double {
        count < 0 ? 0 : min(1, probabilities.prefix(count + 1).reduce(0, +))
    }

    /// The smallest count that covers at least this share of cases.
    public func quantile(_ share: Double) -> Int {
        var covered = 0.0
        for (count, probability) in probabilities.enumerated() {
            covered += probability
            if covered >= share { return count }
        }
        return probabilities.count - 1
    }

    /// The share of the pieces asked for that a stock of `count` serves; 1 when nothing is.
    public func fill(stock count: Int) -> Double {
        let mean = mean
        guard mean > 0 else { return 1 }
        let served = probabilities.enumerated().reduce(0) {
            $0 + Double(min(count, $1.offset)) * $1.element
        }
        return served / mean
    }
}
