import SpecialFunctions

/// What a fleet says about how often a code comes: sums that merge in any order to the same bytes.
///
/// Exposure is counted in whole units (kilometres, engine hours, ignition cycles), so that all sums
/// are integers.
@frozen
public struct RecurrenceSums: Equatable, Sendable {
    public var vehicles: Int64 = 0
    public var events: Int64 = 0
    public var exposure: Int64 = 0
    public var squaredEvents: Int64 = 0
    /// Sum of squared exposures, and of events times exposure; wide, because kilometres squared of a
    /// large fleet pass 64 bits.
    public var squaredExposure: Int128 = 0
    public var eventsByExposure: Int128 = 0

    @inlinable public init() {}

    /// Adds one vehicle's count over its exposure.
    public mutating func add(events count: Int, exposure units: Int) {
        vehicles += 1
        events += Int64(count)
        exposure += Int64(units)
        squaredEvents += Int64(count) * Int64(count)
        squaredExposure += Int128(units) * Int128(units)
        eventsByExposure += Int128(count) * Int128(units)
    }

    public mutating func merge(_ other: RecurrenceSums) {
        vehicles += other.vehicles
        events += other.events
        exposure += other.exposure
        squaredEvents += other.squaredEvents
        squaredExposure += other.squaredExposure
        eventsByExposure += other.eventsByExposure
    }

    /// Takes a vehicle's new count over its new exposure for those that it added before.
    public mutating func add(
        events count: Int64, exposure units: Int64, inPlaceOf old: (events: Int64, exposure: Int64)
    ) {
        if old.exposure == 0 && units > 0 { vehicles += 1 }
        events += count - old.events
        exposure += units - old.exposure
        squaredEvents += count * count - old.events * old.events
        squaredExposure +=
            Int128(units) * Int128(units) - Int128(old.exposure) * Int128(old.exposure)
        eventsByExposure +=
            Int128(count) * Int128(units) - Int128(old.events) * Int128(old.exposure)
    }

    /// Vehicles and events before a fleet has an opinion.
    public static let enough: (vehicles: Int64, events: Int64) = (30, 20)

    /// The rate that a vehicle is allowed: what 95 % of these stay below, and the mean rate at least,
    /// which is more where nearly all events come from a few; `nil` while too little is known.
    public var allowedRate: Double? {
        guard vehicles >= Self.enough.vehicles, events >= Self.enough.events, let prior else {
            return nil
        }
        return max(prior.allowedRate, prior.rate)
    }

    /// The prior that has these sums' moments (Robbins 1956).
    ///
    /// - Returns: `nil` without an event. A fleet whose vehicles differ by no more than chance
    ///   gives a prior so narrow that it is a point.
    public var prior: RecurrencePrior? {
        Self.prior(
            events: Double(events), exposure: Double(exposure),
            squaredEvents: Double(squaredEvents),
            squaredExposure: Double(squaredExposure), eventsByExposure: Double(eventsByExposure))
    }

    /// The same from sums of exposures that are no whole numbers.
    public static func prior(
        events: Double, exposure: Double, squaredEvents: Double, squaredExposure: Double,
        eventsByExposure: Double
    ) -> RecurrencePrior? {
        guard events > 0, exposure > 0 else { return nil }
        let mean = events / exposure
        let scatter = squaredEvents - 2 * mean * eventsByExposure + mean * mean * squaredExposure
        // Of the scatter, chance alone explains as much as there are events.
        let variance = (scatter - events) / squaredExposure
        // A fleet of one mind: as if every vehicle had been watched a thousand times over.
        let least = mean * mean / 1e6
        let kept = max(variance, least)
        return RecurrencePrior(shape: mean * mean / kept, exposure: mean / kept)
    }
}

/// How often a code comes to the vehicles of a fleet: a gamma distribution of rates.
@frozen
public struct RecurrencePrior: Equatable, Sendable {
    /// The gamma's shape; small when vehicles differ much.
    public var shape: Double
    /// The gamma's rate: the exposure that the fleet's opinion is worth.
    public var exposure: Double

    @inlinable public init(shape: Double, exposure: Double) {
        (self.shape, self.exposure) = (shape, exposure)
    }

    /// Events per unit of exposure over the fleet.
    @inlinable public var rate: Double { shape / exposure }

    /// A vehicle's rate after `events` within `exposure` (Gelman et al. 2013).
    public func posterior(events: Int, exposure units: Double) -> RecurrencePrior {
        RecurrencePrior(shape: shape + Double(events), exposure: exposure + units)
    }

    /// The rate that a share `probability` of vehicles stays below.
    public func quantile(_ probability: Double) -> Double {
        GammaDistribution.quantile(probability, shape: shape) / exposure
    }

    /// The chance that the rate is above `rate`.
    public func chance(above rate: Double) -> Double {
        GammaDistribution.survival(rate * exposure, shape: shape)
    }

    /// The chance of at least `events` within `units`: the tail of the negative binomial.
    public func chance(ofAtLeast events: Int, within units: Double) -> Double {
        guard events > 0 else { return 1 }
        return BetaDistribution.cdf(units / (units + exposure), Double(events), shape)
    }

    /// ln of the likelihood of a vehicle's count, without the part that no parameter touches.
    public func logLikelihood(events: Int, exposure units: Double) -> Double {
        let k = Double(events)
        return GammaFunction.log(shape + k) - GammaFunction.log(shape)
            - GammaFunction.log(k + 1) - shape * Elementary.log1p(units / exposure)
            + (k > 0 ? k * Elementary.log(units / (exposure + units)) : 0)
    }

    /// The rate that a vehicle is allowed before its returning code is held against it: what 95 % of
    /// the fleet stay below, since half of all vehicles exceed the mean without a fault.
    public var allowedRate: Double { quantile(0.95) }

    /// The prior that makes a fleet's counts most likely, by Newton's method on logarithms from the
    /// moments; for the night, not for the stream.
    public static func mostLikely(
        _ vehicles: [(events: Int, exposure: Double)], from start: RecurrencePrior
    ) -> RecurrencePrior {
        func total(_ a: Double, _ b: Double) -> Double {
            let prior = RecurrencePrior(shape: Elementary.exp(a), exposure: Elementary.exp(b))
            return vehicles.reduce(0) {
                $0 + prior.logLikelihood(events: $1.events, exposure: $1.exposure)
            }
        }
        var (a, b) = (Elementary.log(start.shape), Elementary.log(start.exposure))
        var best = total(a, b)
        for _ in 0..<100 {
            let (gradient, curve) = slopes(
                vehicles, shape: Elementary.exp(a), rate: Elementary.exp(b))
            let determinant = curve.aa * curve.bb - curve.ab * curve.ab
            var stepA = -(curve.bb * gradient.a - curve.ab * gradient.b) / determinant
            var stepB = -(curve.aa * gradient.b - curve.ab * gradient.a) / determinant
            if !(determinant > 0 && curve.aa < 0) {
                (stepA, stepB) = (gradient.a * 0.01, gradient.b * 0.01)
            }
            var next = total(a + stepA, b + stepB)
            var halvings = 0
            while !(next >= best), halvings < 40 {
                (stepA, stepB) = (0.5 * stepA, 0.5 * stepB)
                next = total(a + stepA, b + stepB)
                halvings += 1
            }
            guard next >= best else { break }
            (a, b, best) = (a + stepA, b + stepB, next)
            if max(stepA.magnitude, stepB.magnitude) < 1e-13 { break }
        }
        return RecurrencePrior(shape: Elementary.exp(a), exposure: Elementary.exp(b))
    }

    private static func slopes(
        _ vehicles: [(events: Int, exposure: Double)], shape a: Double, rate b: Double
    ) -> (gradient: (a: Double, b: Double), curve: (aa: Double, ab: Double, bb: Double)) {
        var (g, h) = ((a: 0.0, b: 0.0), (aa: 0.0, ab: 0.0, bb: 0.0))
        for (count, units) in vehicles {
            let k = Double(count)
            // Γ'(a + k)/Γ(a + k) less that at a, and its derivative, as the finite sums they are.
            var (first, second) = (0.0, 0.0)
            for step in 0..<count {
                let term = 1 / (a + Double(step))
                first += term
                second -= term * term
            }
            let change = first - Elementary.log1p(units / b)
            let pull = a * units / (b * (b + units)) - k / (b + units)
            g.a += a * change
            g.b += b * pull
            h.aa += a * change + a * a * second
            h.ab += a * units / (b + units)
            h.bb +=
                b * pull + b * b
                * (k / ((b + units) * (b + units))
                    - a * units * (2 * b + units) / (b * b * (b + units) * (b + units)))
        }
        return (g, h)
    }
}
