import Testing
import VehicleFaults

@testable import FleetSimulation

@Suite struct SampleNumberTests {
    static let known: [(number: String, digit: Character)] = [
        ("1M8GDM9AXKP042788", "X"), ("11111111111111111", "1"), ("1HGCM82633A004352", "3"),
    ]

    @Test("check digits of published numbers come out", arguments: known)
    func checkDigit(number: String, digit: Character) {
        let found = SampleNumber.checkDigit(of: Array(number.utf8))
        #expect(Character(Unicode.Scalar(found)) == digit, "\(number)")
    }

    @Test("every number is a VIN of its own with the right check digit")
    func numbersAreValid() {
        var seen: Set<[UInt8]> = []
        for index in stride(from: 0, to: SampleNumber.most, by: 997) {
            for model in SampleModel.allCases {
                let text = SampleNumber.text(index: index, model: model, year: 0x53)
                #expect(SampleNumber.checkDigit(of: text) == text[8], "vehicle \(index)")
                #expect(VehicleID(text.span)?.isVIN == true, "vehicle \(index)")
                #expect(seen.insert(text).inserted, "vehicle \(index)")
            }
        }
    }
}
