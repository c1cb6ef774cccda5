import Testing
import VehicleFaults

@Suite struct FlooredDivisionTests {
    @Test(
        "the quotient is the largest whole number of units that is not above",
        arguments: [1, 7, 1000, 86_400_000] as [Int64])
    func floor(unit: Int64) {
        for number in [
            -3 * unit, -unit - 1, -unit, 1 - unit, -1, 0, 1, unit - 1, unit, 2 * unit + 1,
        ] {
            let quotient = number.floored(dividedBy: unit)
            #expect(quotient * unit <= number && number < (quotient + 1) * unit, "\(number)")
        }
    }
}
