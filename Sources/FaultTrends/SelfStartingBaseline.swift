import SpecialFunctions

/// A signal's own past, from the second reading on and without a training phase.
///
/// Up to the length of its memory it is the mean and variance of all readings (Welford 1962); from
/// there on the newest reading has a fixed weight. One that lies more than four deviations out counts
/// as if it lay there (five while the past is short), so that a fault does not become the past.
@frozen
public struct SelfStartingBaseline: Equatable, Sendable {
    /// The mean of what was learned, in the signal's unit.
    public var mean: Double
    /// The mean squared distance from the mean, in the unit's square.
    public var variance: Double
    /// Readings learned.
    public var count: UInt32

    @inlinable public init(mean: Double = 0, variance: Double = 0, count: UInt32 = 0) {
        (self.mean, self.variance, self.count) = (mean, variance, count)
    }

    /// Deviations at which a reading is cut, and what that leaves of a normal deviate's variance.
    static func reach(count: UInt32) -> (deviations: Double, kept: Double) {
        if count >= 100 { return (4, 0.999_879_495_4) }
        return (count < 10 ? .infinity : 5, 1)
    }

    /// Readings that the past is worth, at most twice its memory.
    @inlinable public func weight(memory: Double) -> Double {
        let all = Double(count)
        return all < 2 * memory ? all : 2 * memory
    }

    /// How far out a reading lies, as a standard normal deviate: exactly that for independent normal
    /// readings, however few came before (Hawkins 1987).
    ///
    /// - Parameter memory: readings that the past spans, above 100.
    /// - Returns: `nil` for the first two readings, and while nothing has moved.
    public func deviate(_ reading: Double, memory: Double) -> Double? {
        guard count >= 2, variance > 0 else { return nil }
        let n = weight(memory: memory)
        let deviation = (variance * n / (n - 1)).squareRoot()
        let t = (reading - mean) / deviation * (n / (n + 1)).squareRoot()
        return Self.normalDeviate(t, degrees: n - 1)
    }

    /// The normal deviate for one of Student's t.
    static func normalDeviate(_ t: Double, degrees: Double) -> Double {
        guard degrees > 60 else { return StudentDistribution.normalDeviate(t, degrees: degrees) }
        // Wallace 1959: within 7e-4 of deviates up to 5 here, for a tenth of the time.
        let size =
            (degrees * Elementary.log1p(t * t / degrees)).squareRoot() * (8 * degrees + 1)
            / (8 * degrees + 3)
        return t < 0 ? -size : size
    }

    /// A distance from the mean, cut where it is no longer believed.
    func cut(_ distance: Double) -> Double {
        let reach = Self.reach(count: count).deviations
        guard reach < .infinity, variance > 0 else { return distance }
        let limit = reach * variance.squareRoot()
        return min(max(distance, -limit), limit)
    }

    /// Takes a reading into the past.
    ///
    /// - Returns: the weight it had, for whatever else is learned beside it.
    @discardableResult
    public mutating func learn(_ reading: Double, memory: Double) -> Double {
        let all = Double(count) + 1
        let share = all < memory ? 1 / all : 1 / memory
        let kept = Self.reach(count: count).kept
        let distance = cut(reading - mean)
        mean += share * distance
        variance = (1 - share) * (variance + share * distance * distance / kept)
        if count < .max { count += 1 }
        return share
    }
}
