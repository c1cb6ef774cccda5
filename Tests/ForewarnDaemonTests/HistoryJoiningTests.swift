import FleetWatch
import Foundation
import ForewarnDaemon
import ServiceTickets
import Testing
import TicketStorage
import VehicleFaults

@Suite("What a device said before anyone knew whose it is") struct HistoryJoiningTests {
    static func rules(_ rows: [String]) throws -> RuleSet {
        let table = "vehicle,device,model\n" + rows.map { $0 + "\n" }.joined()
        return try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: ServiceDeskTests.rules)],
            roster: [RuleSet.File(name: "roster.csv", text: table)], subscriptions: [],
            settings: WatchSettings(), maxMessageBytes: 1 << 20)
    }

    /// V0 to V9 are devices. A dash sorts below all digits, so that the vehicles keep their order.
    static let devices = (0..<10).map { "V\($0)" }
    static let named = devices.map { "\($0)-N,\($0),J6" }

    /// Decisions as if all of them had been made under the vehicles' names.
    static func asNamed(_ events: [String]) -> [String] {
        events.map { text in
            devices.reduce(text) {
                $0.replacingOccurrences(
                    of: "\"vehicle\":\"\($1)\"", with: "\"vehicle\":\"\($1)-N\"")
            }
        }
    }

    @Test(
        "decides on as if the vehicle had said it, through crashes, and a replay decides the same",
        arguments: 1...4 as ClosedRange<UInt64>)
    func decidesOn(seed: UInt64) throws {
        let messages = ServiceDeskTests.traffic(seed: seed, count: 1500, vehicles: 24)
        let known = try ScratchFolder()
        let unbroken = try ServiceDeskTests.desk(known, Self.rules(Self.named))
        _ = try unbroken.take(ServiceDeskTests.batch(messages[...]))
        try unbroken.close()
        let expected = try ServiceDeskTests.events(known)

        let folder = try ScratchFolder()
        var numbers = SeededNumbers(seed &* 7)
        var desk = try ServiceDeskTests.desk(folder, Self.rules([]), lanes: 16)
        let naming = 400 + numbers.below(700)
        var next = 0
        while next < messages.count {
            let limit = next < naming ? naming : messages.count
            let end = min(limit, next + 1 + numbers.below(120))
            _ = try desk.take(ServiceDeskTests.batch(messages[next..<end]))
            next = end
            if next == naming {
                #expect(try desk.change(to: Self.rules(Self.named)) == 10, "seed \(seed)")
            }
            let rules = try Self.rules(next < naming ? [] : Self.named)
            // As by kill -9, often right after the naming.
            if next == naming || numbers.below(8) == 0 {
                desk = try ServiceDeskTests.desk(folder, rules, lanes: 16)
            }
        }
        #expect(try Self.asNamed(ServiceDeskTests.events(folder)) == expected, "seed \(seed)")
        let verified = try Verification.run(desk.store, workers: .threads(2))
        #expect(verified.difference == nil, "seed \(seed)")
        #expect(verified.digest == desk.decisions)
        #expect(
            try !desk.store.lanes(of: Self.devices.compactMap { VehicleID($0) }).contains { _ in
                true
            })
    }

    @Test("its tickets and findings are the vehicle's, and later findings join its ticket")
    func ticketsJoin() throws {
        let folder = try ScratchFolder()
        let desk = try ServiceDeskTests.desk(folder, RosterTests.rules(RosterTests.table()))
        _ = try desk.take(CommandTests.heat("DEV-2", 0, code: "P0217", degrees: 80))
        #expect(try desk.change(to: RosterTests.rules(RosterTests.table("V2,DEV-2,J6,1"))) == 1)
        _ = try desk.take(CommandTests.heat("DEV-2", 1, degrees: 80))
        _ = try desk.take(CommandTests.heat("DEV-2", 2, code: "P0217", degrees: 80))
        var filter = TicketFilter()
        filter.vehicle = VehiclePattern("V2")
        let tickets = try desk.store.tickets(filter)
        #expect(tickets.map(\.number) == [1])
        #expect(try desk.store.foldedTicket(1)?.vehicle == VehicleID("V2"))
        var findings = EventFilter()
        findings.values[.vehicle] = ["V2"]
        #expect(try desk.store.events(findings, limit: 10).count == 2)
        // A device that goes to another vehicle takes nothing of this one along.
        #expect(try desk.change(to: RosterTests.rules(RosterTests.table("V3,DEV-2,J6,1"))) == 0)
        #expect(try desk.store.tickets(filter).map(\.number) == [1])
        #expect(try Verification.run(desk.store, workers: .serial).difference == nil)
    }

    @Test(
        "a vehicle that was heard itself keeps what it counts, and learns what only the device knew"
    )
    func bothWereHeard() throws {
        let folder = try ScratchFolder()
        let rules = try RosterTests.rules(RosterTests.table())
        var desk = try ServiceDeskTests.desk(folder, rules)
        func say(_ name: String, _ hour: Int64, _ codes: String) throws {
            let time = CommandTests.start + hour * CommandTests.hour
            let text = "{\"vin\":\"\(name)\",\"ts\":\(time),\"dtcs\":[\(codes)]}"
            _ = try desk.take(ServiceDeskTests.batch(text, received: time))
        }
        try say("V2", 0, "\"P0301\"")
        try say("DEV-2", 1, "\"P0301\",\"P0420\"")
        try desk.change(to: RosterTests.rules(RosterTests.table("V2,DEV-2,J6,1")))
        desk = try ServiceDeskTests.desk(
            folder, RosterTests.rules(RosterTests.table("V2,DEV-2,J6,1")))
        let stored = try desk.store.lanes(of: [#require(VehicleID("V2"))])
        let lane = try LaneSummary(vehicle: #require(stored.first).vehicle, bytes: stored[0].bytes)
        #expect(lane.messages == 2)
        #expect(lane.codes.map(\.code.description) == ["P0301", "P0420"])
        #expect(lane.codes.map(\.position) == [1, 2])
        // What the device sends again is still known as said already.
        let before = try desk.store.state().position
        try say("DEV-2", 1, "\"P0301\",\"P0420\"")
        #expect(try desk.store.state().position == before + 1)
        let again = try desk.store.facts().duplicates
        #expect(again == 1)
    }
}
