import SpecialFunctions

/// Distances to failure after Weibull, for a part that may be used already.
struct LifeClock: Sendable {
    /// Below 1 for what fails early, above 1 for what wears.
    var shape: Double
    /// Kilometres by which 63 % of parts have failed at frailty 1.
    var scale: Double

    /// What a repair leaves of the distance that a part has run, as part of its age: the `q` of a
    /// generalised renewal process (Kijima 1989, his first model).
    static let leftByRepair = 0.3

    /// Kilometres from age `age` to the next failure: H(age + x) = H(age) + E / frailty, with the
    /// cumulative hazard H(t) = (t/scale)^shape and E exponential.
    func distance(from age: Double, frailty: Double, random: inout SeededRandom) -> Double {
        guard frailty > 0 else { return .infinity }
        let before = Elementary.pow(age / scale, shape)
        let after = before + random.exponential() / frailty
        return max(scale * Elementary.pow(after, 1 / shape) - age, 1)
    }
}
