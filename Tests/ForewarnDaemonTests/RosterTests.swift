import FleetWatch
import Foundation
import ForewarnDaemon
import Testing
import TicketStorage
import VehicleFaults

@Suite("The roster of a desk") struct RosterTests {
    static let rules = """
        version: 1
        rules:
          - { id: hot, mode: heat, severity: S3, advice: A3, component: c, skill: E,
              when: 'coolant_c > 110 and vehicle.model == "J6"', until: 'coolant_c < 90' }
          - { id: code, mode: code, severity: S3, advice: A3, component: c, skill: E, when: 'code "P0217"' }
        """

    static func rules(_ roster: RuleSet.File...) throws -> RuleSet {
        try RuleSet(
            files: [RuleSet.File(name: "r.yaml", text: rules)], roster: roster, subscriptions: [],
            settings: WatchSettings(), maxMessageBytes: 1 << 20)
    }

    static func table(_ rows: String...) -> RuleSet.File {
        RuleSet.File(
            name: "roster.csv",
            text: "vehicle,device,model,software\n" + rows.map { $0 + "\n" }.joined())
    }

    static let falseCodes = RuleSet.File(
        name: "codes.yaml",
        text: "version: 1\nfalse_codes:\n"
            + "  - { code: P0217, when: vehicle.software < \"2\", reason: r }\n")

    static func vehicles(_ folder: ScratchFolder) throws -> [String] {
        try ServiceDeskTests.events(folder).compactMap { text in
            text.firstMatch(of: /"vehicle":"([^"]+)"/).map { String($0.output.1) }
        }
    }

    @Test(
        "what it says decides, holds over a restart, and a replay of the journal decides the same")
    func decides() throws {
        let folder = try ScratchFolder()
        var desk = try ServiceDeskTests.desk(folder, Self.rules(Self.table("V1,,J6,1")))
        _ = try desk.take(CommandTests.heat("V1", 0))
        _ = try desk.take(CommandTests.heat("V2", 1))
        try desk.close()
        // The same folder, a roster that has learned of the second vehicle and its device.
        desk = try ServiceDeskTests.desk(
            folder, Self.rules(Self.table("V1,,J7,1", "V2,DEV-2,J6,1"), Self.falseCodes))
        _ = try desk.take(CommandTests.heat("V1", 2, degrees: 80))
        _ = try desk.take(CommandTests.heat("V1", 3, code: "P0217"))
        _ = try desk.take(CommandTests.heat("DEV-2", 3, degrees: 80))
        _ = try desk.take(CommandTests.heat("DEV-2", 4))
        _ = try desk.take(CommandTests.heat("V3", 5, code: "P0217"))
        let vehicles = try Self.vehicles(folder)
        #expect(vehicles == ["V1", "V1", "V2", "V3"])
        let verified = try Verification.run(desk.store, workers: .serial)
        #expect(verified.difference == nil && verified.decisions == 4)
    }

    @Test("a reload tells what changed, and a rule set without one keeps its bytes") func changes()
        throws
    {
        let none = try Self.rules()
        #expect(!String(decoding: none.recorded, as: UTF8.self).contains("roster"))
        let some = try Self.rules(Self.table("V1,,J6,1", "V2,,J6,1"))
        let others = try Self.rules(Self.table("V2,,J6,2", "V3,,J6,1"), Self.falseCodes)
        #expect(try RuleSet(recorded: others.recorded).recorded == others.recorded)
        #expect(RuleChanges(from: none, to: none).text == "no rule changed")
        #expect(RuleChanges(from: none, to: some).text == "no rule changed; roster: 2 added")
        #expect(
            RuleChanges(from: some, to: others).text
                == "no rule changed; roster: 1 added, 1 changed, 1 removed")
        #expect(
            RuleChanges(from: some, to: others).text(inChinese: true)
                == "规则没有变化；车辆档案新增 1 辆，更改 1 辆，删除 1 辆")
        #expect {
            try Self.rules(Self.table("V1,,J6,1", "V1,,J6,2"))
        } throws: { error in
            "\(error)" == "roster.csv:3:1: error: this vehicle stands already at roster.csv:2"
        }
    }

    @Test("a code that turns out false is over with the next snapshot, and the passes are counted")
    func turnsFalse() throws {
        let folder = try ScratchFolder()
        let desk = try ServiceDeskTests.desk(folder, Self.rules(Self.table("V1,,J6,1")))
        func snapshot(_ hour: Int64, _ codes: String) -> EntryBatch {
            let time = CommandTests.start + hour * CommandTests.hour
            let text = "{\"vin\":\"V1\",\"ts\":\(time),\"complete\":true,\"dtcs\":[\(codes)]}"
            return ServiceDeskTests.batch(text, received: time)
        }
        #expect(try desk.take(snapshot(0, "\"P0217\"")).ignoredCodes == 0)
        try desk.change(to: Self.rules(Self.table("V1,,J6,1"), Self.falseCodes))
        #expect(try desk.take(snapshot(1, "\"P0217\",\"P0300\"")).ignoredCodes == 1)
        // With the old roster again it is news, so it had been over.
        try desk.change(to: Self.rules(Self.table("V1,,J6,1")))
        #expect(try desk.take(snapshot(2, "\"P0217\"")).findings == 1)
        #expect(try desk.store.facts().falseCodes == 1)
    }
}
