import SpecialFunctions

/// An exponentially weighted moving average of standardised readings (Roberts 1959, eq. 2).
@frozen
public struct MovingAverageChart: Equatable, Sendable {
    /// The current average; 0 in control.
    public var average: Double

    @inlinable public init(average: Double = 0) { self.average = average }

    /// Adds a standardised reading.
    ///
    /// - Returns: the average when it passed `limit` on either side; the chart then starts again.
    @inlinable public mutating func add(_ deviation: Double, weight: Double, limit: Double)
        -> Double?
    {
        average = average + weight * (deviation - average)
        guard average > limit || average < -limit else { return nil }
        defer { average = 0 }
        return average
    }
}

/// A two-sided cumulative sum of standardised readings (Page 1954, section 2).
@frozen
public struct CumulativeSumChart: Equatable, Sendable {
    /// Evidence for a rise; never negative.
    public var rise: Double
    /// Evidence for a fall; never negative.
    public var fall: Double

    @inlinable public init(rise: Double = 0, fall: Double = 0) {
        self.rise = rise
        self.fall = fall
    }

    /// The number, or 0 when it is not above that. In control both sums return to 0 at every other reading,
    /// which no processor foresees; a comparison of two numbers of which one is the result is an instruction
    /// of its own, where a sign made into a mask became a branch again.
    @inlinable @inline(__always) static func positivePart(_ number: Double) -> Double {
        number > 0 ? number : 0
    }

    /// Adds a standardised reading.
    ///
    /// - Parameters:
    ///   - slack: what is taken off each time; half the shift that should be found.
    ///   - limit: beyond it the chart signals, and starts again on both sides.
    /// - Returns: the sum that passed the limit, negative for a fall.
    @inlinable public mutating func add(_ deviation: Double, slack: Double, limit: Double)
        -> Double?
    {
        rise = Self.positivePart(rise + deviation - slack)
        fall = Self.positivePart(fall - deviation - slack)
        guard rise > limit || fall > limit else { return nil }
        defer { (rise, fall) = (0, 0) }
        return rise > limit ? rise : -fall
    }
}

extension MovingAverageChart {
    /// Where the average of standardised readings is still in control after `count` of them (Lucas and
    /// Saccucci 1990), `deviations` being the chart's width, such as 2.7.
    public static func limit(after count: Int, weight: Double, deviations: Double) -> Double {
        let rest = Elementary.pow(1 - weight, 2 * Double(count))
        return deviations * (weight / (2 - weight) * (1 - rest)).squareRoot()
    }
}
