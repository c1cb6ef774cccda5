import FaultRules
import FaultTrends
import Testing

@testable import FleetWatch

/// What each form of check keeps of a vehicle, in bytes: 88 at most, since none has a season.
@Suite struct StateBudgetTests {
    private static let budget = 88

    static let forms: [(name: String, kind: TrendRule.Kind, bytes: Int)] = [
        ("rises", .rises, 8 * DriftCheck().words.count),
        ("falls", .falls, 8 * DriftCheck().words.count),
        ("scatters", .scatters, 8 * DriftCheck().words.count),
        ("returns", .returns, 8 * DriftCheck().words.count),
        ("recurs", .recurs, 8 * RecurrenceWatch().words.count),
        ("above-kind", .aboveKind, 8 * RankCheck().words.count),
        ("below-kind", .belowKind, 8 * RankCheck().words.count),
        ("unlike-kind", .unlikeKind, 8 * SubsystemCheck().words.count),
        ("wears-out", .wearsOut, 8 * WearWatch().words.count),
        ("foretells", .foretells, 8 * PairWatch().words.count),
    ]

    @Test("a check keeps to its budget of a vehicle's state", arguments: forms)
    func budget(name: String, kind: TrendRule.Kind, bytes: Int) {
        #expect(kind.rawValue == name)
        #expect(bytes <= Self.budget, "\(name): \(bytes) bytes")
        // What a lane gives every check, whatever its form.
        #expect(bytes == 8 * TrendWork.words, "\(name): \(bytes) bytes")
    }

    @Test("every form of check is in the table") func complete() {
        #expect(Set(Self.forms.map(\.kind)) == Set(TrendRule.Kind.allCases))
    }
}
