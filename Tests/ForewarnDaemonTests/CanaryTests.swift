import FaultDecoding
import FleetWatch
import Foundation
@testable import ForewarnDaemon
import ServiceTickets
import Testing
import TicketStorage
import VehicleFaults

@Suite("The canary") struct CanaryTests {
    static let minute: Int64 = 60_000

    @Test("it flies at once when the broker is there, then at its interval") func due() {
        var canary = Canary(interval: 10 * Self.minute, at: 0)
        let looks: [(at: Int64, isUp: Bool)] = [
            (0, false), (5, true), (10 * Self.minute, true), (10 * Self.minute + 5, true),
            // A clock that was set back does not keep it waiting.
            (1, true),
        ]
        let flies = looks.map { canary.isDue(at: $0.at, isUp: $0.isUp) }
        #expect(flies == [false, true, false, true, true])
        var none = Canary(interval: 0, at: 0)
        let never = none.isDue(at: 5, isUp: true)
        #expect(!never && !none.isOverdue(at: .max / 2))
    }

    @Test("it is overdue after two flights and a minute, until it comes back") func overdue() {
        var canary = Canary(interval: 10 * Self.minute, at: 0)
        let limit = 21 * Self.minute
        #expect(!canary.isOverdue(at: limit) && canary.isOverdue(at: limit + 1))
        #expect(Canary(fact: canary.fact)?.returned == nil)
        var outcome = Outcome()
        let wasThere = canary.note(outcome, at: limit + 2)
        outcome.canaries = 1
        let isThere = canary.note(outcome, at: limit + 2)
        #expect(!wasThere && isThere && !canary.isOverdue(at: limit + 3))
        #expect(Canary(fact: canary.fact)?.returned == limit + 2)
        for fact in ["", "1 2 3", "0 1 2 3", "a b c d"] { #expect(Canary(fact: fact) == nil) }
    }

    /// A desk whose settings let it fly, with a rule that anything sets off.
    private static func desk(_ folder: ScratchFolder, modes: Bool = false) throws -> ServiceDesk {
        func write(_ name: String, _ text: String) throws -> String {
            let path = folder.path + "/" + name
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }
        var settings = Settings()
        settings.canaryInterval = 600_000
        settings.rulePaths = [
            try write(
                "rules.yaml",
                """
                version: 1
                rules:
                  - { id: any, mode: any, severity: S1, advice: A1, component: c, skill: E,
                      when: 'forewarn_canary >= 0' }
                """)
        ]
        if modes {
            settings.modePaths = [
                try write(
                    "modes.yaml",
                    """
                    version: 1
                    failure_modes:
                      - { id: any, name: any, component: c, skill: E, level: 1, hours: 1 }
                    """)
            ]
        }
        return try ServiceDeskTests.desk(folder, RuleSet(settings))
    }

    @Test("what it says is found, opens nothing and is counted nowhere") func flight() throws {
        let folder = try ScratchFolder()
        let desk = try Self.desk(folder)
        var canary = Canary(interval: 600_000, at: 0)
        for flight in 0..<3 {
            let left = 1_772_500_000_000 + Int64(flight) * 600_000
            let outcome = try desk.take(
                ServiceDeskTests.batch(
                    Canary.payloads(at: left).map { (received: left + 20, payload: $0) }[...]))
            #expect(outcome.canaries == 2 && outcome.findings == 0)
            let isBack = canary.note(outcome, at: left + 35)
            #expect(isBack)
            #expect(canary.roundTrip == 35 && canary.returned == left + 35)
        }
        #expect(desk.openTickets == 0)
        let facts = try desk.store.facts()
        #expect(facts.messages == 0 && facts.findings == 0 && facts.tickets == 0)
        #expect(try facts.received == nil && desk.store.newestReceived() == nil)
        try desk.close()
        let store = try TicketStore(path: folder.database, access: .read)
        #expect(try store.vehicles().isEmpty && store.lastHeard().isEmpty)
        #expect(try store.events(limit: 10).isEmpty)
        var asked = EventFilter()
        asked.values[.effect] = ["canary"]
        // Two of each flight, and once that of the rule that anything sets off.
        #expect(try store.events(asked, limit: 10).count == 7)
        #expect(try Sight(store, rules: RuleSet(inForce: store), at: nil) == nil)
        #expect(try Verification.run(store, workers: .serial).difference == nil)
    }

    @Test("a catalogue of failure modes knows its mode") func catalogue() throws {
        let desk = try Self.desk(try ScratchFolder(), modes: true)
        #expect(desk.rules.program.rules.map(\.id) == ["any", "forewarn-canary"])
    }
}

@Suite("How much can be seen") struct SightTests {
    @Test("who was heard today and this week, who never was, and which rules hear nothing")
    func counts() throws {
        let folder = try ScratchFolder()
        let rules = try RuleSet(
            files: [
                RuleSet.File(
                    name: "r.yaml",
                    text: """
                        version: 1
                        rules:
                          - { id: hot, mode: hot, severity: S3, advice: A3, component: c, skill: E,
                              when: 'coolant_c > 110' }
                          - { id: flat, mode: flat, severity: S3, advice: A3, component: c, skill: E,
                              when: 'batt_v < 9' }
                        trends:
                          - { id: rises, mode: rising, severity: S3, advice: A3, component: c,
                              skill: ENG, signal: coolant_c, when: rises, harmless: 1, limit: 30 }
                        """)
            ],
            roster: [RuleSet.File(name: "v.csv", text: "vehicle,model\nV1,J6\nV2,J6\nV9,J6\n")],
            subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20)
        let desk = try ServiceDeskTests.desk(folder, rules)
        let (start, day) = (Int64(1_772_500_000_000), Int64(86_400_000))
        for (vehicle, days, signal) in [
            ("V1", 0, "\"batt_v\":12"), ("V2", 5, "\"coolant_c\":90"),
            ("V3", 8, "\"coolant_c\":90"),
        ] {
            let time = start + Int64(days) * day
            let text = "{\"vin\":\"\(vehicle)\",\"ts\":\(time),\"signals\":{\(signal)}}"
            _ = try desk.take(ServiceDeskTests.batch(text, received: time))
        }
        try desk.close()
        let store = try TicketStore(path: folder.database, access: .read)
        let seen = try #require(try Sight(store, rules: rules, at: nil))
        #expect(seen.vehicles == 3 && seen.week == 2 && seen.day == 1)
        #expect(seen.roster == 3 && seen.neverHeard == 1)
        #expect(seen.isDim)
        #expect(seen.deaf == [Sight.Deaf(rule: "flat", signals: ["batt_v"])])
        #expect(seen.starved == [Sight.Starved(rule: "rises", judged: 0)])
        let later = try #require(
            try Sight(store, rules: rules, at: EventTime(milliseconds: start + 30 * day)))
        #expect(later.week == 0 && later.day == 0)
        #expect(later.ahead == 0 && seen.ahead == 0 && seen.behind == 0)
    }

    @Test("a clock that is ahead is told from one that is a day behind, and from a right one")
    func clocks() throws {
        let folder = try ScratchFolder()
        let rules = try RuleSet(
            files: [
                RuleSet.File(
                    name: "r.yaml",
                    text: """
                        version: 1
                        rules:
                          - { id: hot, mode: hot, severity: S3, advice: A3, component: c, skill: E,
                              when: 'coolant_c > 110' }
                        """)
            ],
            subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20)
        let desk = try ServiceDeskTests.desk(folder, rules)
        let (now, hour) = (Int64(1_772_500_000_000), Int64(3_600_000))
        for (vehicle, off) in [("A", 1), ("B", 30), ("C", -1), ("D", -23), ("E", -25), ("F", 0)] {
            let text = "{\"vin\":\"\(vehicle)\",\"ts\":\(now + Int64(off) * hour)}"
            _ = try desk.take(ServiceDeskTests.batch(text, received: now))
        }
        try desk.close()
        let store = try TicketStore(path: folder.database, access: .read)
        let seen = try #require(try Sight(store, rules: rules, at: nil))
        #expect(seen.vehicles == 6 && seen.ahead == 2 && seen.behind == 1)
    }
}
