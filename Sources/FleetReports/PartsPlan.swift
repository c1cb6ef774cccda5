/// How many pieces of a part to keep, from its history and from open predictions.
public struct PartsPlan: Hashable, Sendable {
    /// Mean pieces asked for in the time that the stock must cover.
    public var mean: Double
    /// Order again when stock and what is on the way fall to this.
    public var level: Int
    /// The probability that the level covers the time.
    public var service: Double
    /// The share of pieces that the level serves.
    public var fill: Double

    /// Days in an average month of the Gregorian calendar.
    public static let daysInMonth = 30.4375

    private init(_ demand: CountDistribution, service target: Double) {
        mean = demand.mean
        level = demand.quantile(target)
        service = demand.atMost(level)
        fill = demand.fill(stock: level)
    }

    /// The reorder point from history alone: demand over lead time and review interval is negative
    /// binomial (Syntetos, Boylan and Croston 2005).
    ///
    /// - Parameters:
    ///   - monthly: forecast pieces a month.
    ///   - dispersion: variance of monthly demand divided by its mean.
    ///   - leadDays: days from order to shelf; take the 90th percentile of what was observed.
    ///   - reviewDays: days between two looks at the stock.
    ///   - service: the probability with which the stock should last; above 0, below 1.
    public static func reorderPoint(
        monthly: Double, dispersion: Double, leadDays: Double, reviewDays: Double, service: Double
    ) -> PartsPlan {
        PartsPlan(
            .negativeBinomial(
                mean: monthly * (leadDays + reviewDays) / daysInMonth, dispersion: dispersion),
            service: service)
    }

    /// The stock to fill up to when open tickets already ask for the part.
    ///
    /// - Parameters:
    ///   - needs: for each open ticket, the probability that it needs a piece before the next
    ///     delivery.
    ///   - monthly: forecast pieces a month.
    ///   - explained: the share of past demand that tickets had foretold. It leaves the base, so
    ///     that nothing is counted twice.
    public static func stockUpTo(
        needs: [Double], monthly: Double, explained: Double, dispersion: Double, leadDays: Double,
        reviewDays: Double, service: Double
    ) -> PartsPlan {
        let base = CountDistribution.negativeBinomial(
            mean: monthly * (1 - explained) * (leadDays + reviewDays) / daysInMonth,
            dispersion: dispersion)
        return PartsPlan(CountDistribution.successes(needs).plus(base), service: service)
    }
}
