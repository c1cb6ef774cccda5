extension FixedWidthInteger {
    /// How often `unit`, above 0, fits, rounded down below zero too: so the last day before 1970 is
    /// day -1.
    @inlinable
    public func floored(dividedBy unit: Self) -> Self {
        let (quotient, rest) = quotientAndRemainder(dividingBy: unit)
        return rest < 0 ? quotient - 1 : quotient
    }
}
