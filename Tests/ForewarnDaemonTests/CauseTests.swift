import FleetWatch
import Foundation
import ForewarnDaemon
import Testing
import TicketStorage

@Suite("Causes and their symptoms") struct CauseTests {
    static let rules = """
        version: 1
        rules:
          - { id: hot, mode: heat, severity: S2, advice: A2, component: c, skill: E, when: coolant_c > 110 }
          - { id: light, mode: steam, severity: S3, advice: A3, component: c, skill: E, when: 'code "P0217"' }
          - { id: grave, mode: steam, severity: S1, advice: A1, component: c, skill: E, when: 'code "P0218"' }
        """

    static func modes(_ more: String) -> RuleSet.File {
        func mode(_ id: String, _ more: String) -> String {
            "  - { id: \(id), name: N, component: c, skill: E, hours: 1\(more) }\n"
        }
        return RuleSet.File(
            name: "m.yaml",
            text: "version: 1\nfailure_modes:\n" + mode("heat", more) + mode("steam", ""))
    }

    static func set(_ modes: RuleSet.File, service: ServiceTerms?) throws -> RuleSet {
        try RuleSet(
            files: [RuleSet.File(name: "r.yaml", text: rules)], modes: [modes],
            subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20,
            service: service)
    }

    static func effects(_ modes: String, service: ServiceTerms?, _ codes: [String]) throws
        -> [String]
    {
        let folder = try ScratchFolder()
        let desk = try ServiceDeskTests.desk(folder, set(Self.modes(modes), service: service))
        for (hour, code) in codes.enumerated() {
            // Minutes apart, since what comes an hour later is no symptom any more.
            let time = CommandTests.start + Int64(hour) * 600_000
            let text =
                "{\"vin\":\"V1\",\"ts\":\(time),\"dtcs\":[\"\(code)\"],\"signals\":{\"coolant_c\":120}}"
            _ = try desk.take(ServiceDeskTests.batch(text, received: time))
        }
        let verified = try Verification.run(desk.store, workers: .serial)
        #expect(verified.difference == nil)
        return try CommandTests.effects(folder)
    }

    @Test(
        "what the catalogue says of causes keeps symptoms under their tickets, but never what is graver"
    )
    func cascade() throws {
        let terms = try ServiceTerms(file: nil)
        let cause = ", suppresses: [steam]"
        #expect(try Self.effects(cause, service: terms, ["U1", "P0217"]) == ["opened", "symptom"])
        #expect(try Self.effects(cause, service: terms, ["U1", "P0218"]) == ["opened", "opened"])
        #expect(try Self.effects("", service: terms, ["U1", "P0217"]) == ["opened", "opened"])
    }

    @Test("journals from before there were promises are decided as they were") func before() throws
    {
        #expect(
            try Self.effects(", suppresses: [steam]", service: nil, ["U1", "P0217"])
                == ["opened", "opened"])
    }
}
