/// A signal's own recent past: exponentially weighted mean and variance.
///
/// Three numbers a signal. The arithmetic has a fixed order and no fused operation, so the same
/// readings give the same bits on every machine.
@frozen
public struct RunningBaseline: Equatable, Sendable {
    public var mean: Double
    public var variance: Double
    /// Readings learned from.
    public var count: Double

    @inlinable public init(mean: Double = 0, variance: Double = 0, count: Double = 0) {
        self.mean = mean
        self.variance = variance
        self.count = count
    }

    /// The smallest standard deviation that is believed, in the signal's unit; a signal that never
    /// moved would otherwise alarm at its first digit.
    public static let smallestDeviation = 1e-3

    /// How many standard deviations a reading lies from the past.
    ///
    /// - Returns: `nil` while fewer than `warmUp` readings are known.
    @inlinable public func standardised(_ reading: Double, warmUp: Int) -> Double? {
        guard count >= Double(warmUp) else { return nil }
        let deviation = variance.squareRoot()
        return (reading - mean)
            / (deviation < Self.smallestDeviation ? Self.smallestDeviation : deviation)
    }

    /// Takes a reading into the past.
    ///
    /// The recursion is West's incremental form for exponential weights (Finch 2009, eq. 124, 143).
    ///
    /// - Parameter memory: the weight of the newest reading, above 0 and at most 1.
    @inlinable public mutating func learn(_ reading: Double, memory: Double) {
        if count == 0 {
            mean = reading
            variance = 0
        } else {
            let distance = reading - mean
            mean = mean + memory * distance
            variance = (1 - memory) * (variance + memory * distance * distance)
        }
        count += 1
    }
}
