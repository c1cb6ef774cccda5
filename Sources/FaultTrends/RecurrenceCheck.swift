import SpecialFunctions

/// A code that comes back to one vehicle, held against what the fleet allows: 16 bytes.
///
/// One event per ignition cycle, since a code that a control unit repeats is one event.
@frozen
public struct RecurrenceCheck: Equatable, Sendable {
    public var events: UInt32 = 0
    /// Sum of the logarithms of the exposures at which events came; for the growth of the rate.
    var logTimes: Float = 0
    /// Kilometres, engine hours or cycles since the vehicle was first seen or repaired.
    public var exposure: Double = 0

    @inlinable public init() {}

    /// Lets the vehicle run on.
    public mutating func run(_ units: Double) { exposure += units }

    /// Counts an event now.
    public mutating func countEvent() {
        if events < .max { events += 1 }
        if exposure > 0 { logTimes += Float(Elementary.log(exposure)) }
    }

    /// ln of the e-value against a Poisson stream of at most `rate` events a unit: the likelihood
    /// ratio averaged over higher rates by what lies above `rate` of a gamma distribution of shape 1
    /// around four times that (Robbins 1970).
    public func logEvidence(allowedRate rate: Double) -> Double {
        Self.logEvidence(events: Int(events), exposure: exposure, beyond: rate)
    }

    /// The same for any count; see `logEvidence(allowedRate:)`.
    public static func logEvidence(
        events: Int, exposure: Double, beyond rate: Double, shape: Double = 1
    ) -> Double {
        // Rates below the allowed one are cut off: they would speak for a code that hardly ever comes.
        let weight = shape / 4
        return logEvidence(events: events, exposure: exposure, allowedRate: rate, shape: shape)
            + GammaDistribution.logSurvival(
                weight + rate * exposure, shape: shape + Double(events))
            - GammaDistribution.logSurvival(weight, shape: shape)
    }

    /// ln of the e-value against a Poisson stream of exactly `rate` events a unit, with the whole of
    /// the gamma distribution: it grows for a code that comes too seldom, too.
    public static func logEvidence(
        events: Int, exposure: Double, allowedRate rate: Double, shape: Double = 1
    ) -> Double {
        let k = Double(events)
        let weight = shape / (4 * rate)
        return shape * Elementary.log(weight) + GammaFunction.log(shape + k)
            - GammaFunction.log(shape)
            - (shape + k) * Elementary.log(weight + exposure) - k * Elementary.log(rate)
            + rate * exposure
    }

    /// How the rate grows with exposure; `nil` below two events.
    public var growth: RateGrowth? {
        guard events >= 2, exposure > 0 else { return nil }
        return RateGrowth(
            events: Int(events),
            sumOfLogs: Double(events) * Elementary.log(exposure) - Double(logTimes), end: exposure)
    }
}

/// A rate of events that grows or shrinks as a power of time: N(t) = λ t^β (Crow 1974).
@frozen
public struct RateGrowth: Equatable, Sendable {
    public var events: Int
    /// Σ ln(T/t) over the events.
    public var sumOfLogs: Double
    /// T, when watching ended.
    public var end: Double
    /// Whether watching ended with an event, which then tells nothing about the growth.
    public var endsWithEvent = false

    @inlinable public init(events: Int, sumOfLogs: Double, end: Double, endsWithEvent: Bool = false)
    {
        (self.events, self.sumOfLogs) = (events, sumOfLogs)
        (self.end, self.endsWithEvent) = (end, endsWithEvent)
    }

    /// From the times themselves, in any order, none above `end`.
    public init(times: [Double], end: Double, endsWithEvent: Bool = false) {
        events = times.count
        sumOfLogs = times.reduce(0) { $0 + Elementary.log(end / $1) }
        self.end = end
        self.endsWithEvent = endsWithEvent
    }

    /// Above 1 the vehicle is getting worse (MIL-HDBK-189).
    public var beta: Double { Double(events) / sumOfLogs }
    /// Events by time 1.
    public var lambda: Double { Double(events) / Elementary.pow(end, beta) }
    /// The same without the bias of few events (MIL-HDBK-189).
    public var unbiasedBeta: Double {
        (Double(events) - (endsWithEvent ? 2 : 1)) / Double(events) * beta
    }
    public var unbiasedLambda: Double { Double(events) / Elementary.pow(end, unbiasedBeta) }
    /// Events per unit of time at the end.
    public var finalRate: Double { lambda * beta * Elementary.pow(end, beta - 1) }

    /// Bounds that hold β with the chance `confidence`.
    public func betaInterval(_ confidence: Double) -> ClosedRange<Double> {
        let n = Double(events)
        let degrees = endsWithEvent ? 2 * (n - 1) : 2 * n
        let tail = 0.5 * (1 - confidence)
        let scale = beta / (2 * n)
        return scale * ChiSquareDistribution.quantile(tail, degrees: degrees)...scale
            * ChiSquareDistribution.quantile(1 - tail, degrees: degrees)
    }

    /// The chance of growth as strong as this when there is none: 2n/β is chi-square with 2n degrees
    /// of freedom then (MIL-HDBK-189).
    public var pValueOfWear: Double {
        let n = Double(events)
        return ChiSquareDistribution.cdf(
            2 * sumOfLogs, degrees: endsWithEvent ? 2 * (n - 1) : 2 * n)
    }

    /// Crow for several systems of one kind, each watched to its own end.
    public static func pooled(_ systems: [RateGrowth]) -> (
        events: Int, beta: Double, lambda: Double
    ) {
        let events = systems.reduce(0) { $0 + $1.events }
        let beta = Double(events) / systems.reduce(0) { $0 + $1.sumOfLogs }
        let exposure = systems.reduce(0) { $0 + Elementary.pow($1.end, beta) }
        return (events, beta, Double(events) / exposure)
    }

    /// The distance of sorted event times from the power law (MIL-HDBK-189).
    public static func cramerVonMises(times: [Double], end: Double, endsWithEvent: Bool) -> Double {
        let kept = endsWithEvent ? Array(times.dropLast()) : times
        let growth = RateGrowth(times: times, end: end, endsWithEvent: endsWithEvent)
        let n = Double(kept.count)
        var sum = 1 / (12 * n)
        for (index, time) in kept.enumerated() {
            let distance =
                Elementary.pow(time / end, growth.unbiasedBeta) - (2 * Double(index) + 1) / (2 * n)
            sum += distance * distance
        }
        return sum
    }

    /// Laplace's trend statistic, standard normal without a trend (Cox and Lewis 1966).
    public static func laplace(times: [Double], end: Double, endsWithEvent: Bool) -> Double {
        let kept = endsWithEvent ? Array(times.dropLast()) : times
        let n = Double(kept.count)
        let mean = kept.reduce(0, +) / n
        return (mean - 0.5 * end) / (end * (1 / (12 * n)).squareRoot())
    }
}
