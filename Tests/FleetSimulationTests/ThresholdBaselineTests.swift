import Testing
import VehicleFaults

@testable import FleetSimulation

@Suite struct ThresholdBaselineTests {
    static func day(_ day: Double) -> EventTime { FleetScoreTests.day(day) }

    /// Forty days of a coolant temperature that alternates about 90, and is `shift` higher from
    /// day 30.
    static func tickets(shift: Double) -> [ScoredTicket] {
        var baseline = ThresholdBaseline()
        for day in 0..<40 {
            let value = (day % 2 == 0 ? 89.0 : 91) + (day >= 30 ? shift : 0)
            baseline.take(
                vehicle: "A", received: Self.day(Double(day) + 0.5),
                signals: [("coolant_c", value), ("unknown_c", 5)], codes: [])
        }
        return baseline.tickets
    }

    @Test("a day far from the vehicle's own first fourteen opens one ticket, on the next day")
    func signals() {
        #expect(Self.tickets(shift: 0).isEmpty)
        #expect(Self.tickets(shift: 3).isEmpty)
        #expect(
            Self.tickets(shift: 6) == [
                ScoredTicket(
                    vehicle: "A", opened: Self.day(31.5), mode: "engine-runs-hot",
                    component: "thermostat")
            ])
    }

    static let sightings: [(name: String, days: [Double], opened: [Double])] = [
        ("two in a week", [0, 6], []),
        ("three in a week", [0, 3, 6], [6]),
        ("three in nine days", [0, 4.5, 9], []),
        ("again soon after", [0, 1, 2, 9, 10, 11], [2]),
        ("again after more than a month", [0, 1, 2, 40, 41, 42], [2, 42]),
    ]

    @Test("a code counts when it comes three times in seven days", arguments: sightings)
    func codes(name: String, days: [Double], opened: [Double]) {
        var baseline = ThresholdBaseline()
        for day in days {
            baseline.take(
                vehicle: "A", received: Self.day(day), signals: [], codes: ["P0401", "P0999"])
        }
        #expect(baseline.tickets.map(\.opened) == opened.map(Self.day), "\(name)")
        #expect(baseline.tickets.allSatisfy { $0.mode == "egr-sticks" })
    }
}
