import ServiceTickets
import Testing
import VehicleFaults

@Suite struct ConfirmedRepairTests {
    static let dispositions: [(said: Disposition, isRepair: Bool)] = [
        (.confirmed, true), (.otherComponent, true), (.early, true), (.sensorFault, true),
        (.brokeDown, true), (.noTroubleFound, false), (.dataFault, false), (.declined, false),
        (.selfCleared, false), (.unknown, false),
    ]
    /// Whether the part had failed, and whether it is a new one.
    static let parts: [(said: Disposition?, isFailure: Bool, isNew: Bool)] = [
        (nil, true, true), (.confirmed, true, true), (.brokeDown, true, true),
        (.early, false, true), (.otherComponent, false, false), (.sensorFault, false, false),
    ]

    @Test("something was mended, or nothing was", arguments: dispositions.indices)
    func mended(index: Int) {
        let row = Self.dispositions[index]
        #expect(row.said.isRepair == row.isRepair, "\(row.said)")
        #expect(Self.dispositions.count == Disposition.allCases.count)
    }

    @Test("a repair is read back from the entry that tells of it, and nothing else is")
    func text() throws {
        let vehicle = try #require(VehicleID("LF9A000S6NBFWS870"))
        let repair = ConfirmedRepair(vehicle: vehicle, mode: "热\"x", component: "pump")
        for (said, isFailure, isNew) in Self.parts {
            var one = repair
            one.disposition = said
            #expect(ConfirmedRepair(pairs: try #require(FlatJSON.pairs(one.json))) == one)
            #expect(one.isFailure == isFailure && one.replacesPart == isNew, "\(said as Any)")
        }
        let pairs = try #require(FlatJSON.pairs(repair.json))
        #expect(ConfirmedRepair(pairs: pairs) == repair)
        #expect(ConfirmedRepair(pairs: [("command", "3"), ("actor", "a")] + pairs) == repair)
        for missing in pairs.indices {
            var less = pairs
            less.remove(at: missing)
            #expect(ConfirmedRepair(pairs: less) == nil, "without \(pairs[missing].0)")
        }
        #expect(
            ConfirmedRepair(pairs: pairs.map { ($0.0, $0.0 == "kind" ? "ticket.qc" : $0.1) }) == nil
        )
    }
}
