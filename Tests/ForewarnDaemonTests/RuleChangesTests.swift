import FleetWatch
import Foundation
import ForewarnDaemon
import Testing
import TicketStorage

@Suite("What a reload changes") struct RuleChangesTests {
    static func rule(_ id: String, _ when: String, until: String = "rpm == 0") -> String {
        "  - { id: \(id), mode: m, severity: S3, advice: A3, component: c, skill: E, when: '\(when)', "
            + "until: '\(until)' }\n"
    }

    static func changes(_ old: String, _ new: String) throws -> RuleChanges {
        func program(_ rules: String) throws -> RuleSet {
            try ServiceDeskTests.ruleSet("version: 1\nrules:\n" + rules)
        }
        return RuleChanges(from: try program(old).program, to: try program(new).program)
    }

    static let a = rule("a", "coolant_c > 100 for 5m")
    static let b = rule("b", "batt_v < 12")
    static let rows: [(name: String, old: String, new: String, text: String)] = [
        ("nothing", a + b, b + a, "no rule changed"),
        (
            "another layout", a, rule("a", "( coolant_c  >  100 for 300s )"), "no rule changed"
        ),
        (
            "one more", a, a + b, "1 rule added (b); state of 3 conditions kept, of 0 dropped"
        ),
        (
            "one less", a + b, a, "1 rule removed (b); state of 3 conditions kept, of 2 dropped"
        ),
        (
            "another limit", a + b, rule("a", "coolant_c > 101 for 5m") + b,
            "1 rule changed (a); state of 3 conditions kept, of 2 dropped"
        ),
        (
            "another name for the same", a, rule("c", "coolant_c > 100 for 5m"),
            "1 rule added (c), 1 removed (a); state of 2 conditions kept, of 1 dropped"
        ),
    ]
    @Test("is told rule by rule, with what is remembered", arguments: rows)
    func tells(name: String, old: String, new: String, text: String) throws {
        #expect(try Self.changes(old, new).text == text, "\(name)")
    }

    static let chinese: [(name: String, old: String, new: String, text: String)] = [
        ("nothing", a + b, b + a, "规则没有变化"),
        ("one more", a, a + b, "新增 1 条规则（b）；保留 3 个条件的状态，丢弃 0 个"),
        (
            "one less and another limit", a + b, rule("a", "coolant_c > 101 for 5m"),
            "更改 1 条规则（a），删除 1 条规则（b）；保留 1 个条件的状态，丢弃 4 个"
        ),
    ]
    @Test("is told in Chinese as well", arguments: chinese)
    func tellsChinese(name: String, old: String, new: String, text: String) throws {
        #expect(try Self.changes(old, new).text(inChinese: true) == text, "\(name)")
    }

    @Test("a line stays a line, however many rules there are") func many() throws {
        let rules = (0..<50).map { Self.rule("r\($0)", "rpm > \($0)") }.joined()
        let text = try Self.changes(rules, Self.a).text
        #expect(text.contains("50 removed (r0, ") && text.contains("r19, …)"))
    }

    @Test("a rule that names a mode outside the catalogue is refused with its place")
    func unknownMode() throws {
        let mode = "  - { id: m, name: M, component: c, skill: E, hours: 1 }\n"
        func set(_ modes: String) throws -> RuleSet {
            try RuleSet(
                files: [RuleSet.File(name: "r.yaml", text: "version: 1\nrules:\n" + Self.a)],
                modes: [
                    RuleSet.File(name: "m.yaml", text: "version: 1\nfailure_modes:\n" + modes)
                ], subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20)
        }
        let good = try set(mode)
        #expect(good.catalogue?["m"]?.hours == 1)
        #expect(try RuleSet(recorded: good.recorded).recorded == good.recorded)
        #expect {
            try set(mode.replacing("id: m", with: "id: n"))
        } throws: { error in
            "\(error)".hasPrefix("r.yaml:3:5: error: no failure mode of the catalogue is \"m\"")
        }
    }
}

@Suite("What people ask of a desk") struct CommandTests {
    static let hour: Int64 = 3_600_000
    static let start: Int64 = 1_772_352_000_000

    /// A vehicle that is hot at an hour, alone in its batch.
    static func heat(
        _ vehicle: String, _ hour: Int64, code: String = "", degrees: Int = 120
    ) -> EntryBatch {
        let time = start + hour * Self.hour
        let codes = code.isEmpty ? "" : ",\"dtcs\":[\"\(code)\"]"
        let text =
            "{\"vin\":\"\(vehicle)\",\"ts\":\(time)\(codes),\"signals\":{\"coolant_c\":\(degrees)}}"
        return ServiceDeskTests.batch(text, received: time)
    }

    static let rules = """
        version: 1
        rules:
          - { id: hot, mode: heat, severity: S3, advice: A3, component: c, skill: E, when: coolant_c > 110 }
          - { id: boils, mode: steam, severity: S1, advice: A1, component: c, skill: E, when: 'code "P0217"' }
        """

    static func effects(_ folder: ScratchFolder) throws -> [String] {
        try ServiceDeskTests.events(folder).compactMap { text in
            text.firstMatch(of: /"effect":"([a-z]+)"/).map { String($0.output.1) }
        }
    }

    @Test("rules in shadow and silences hold across restarts, and a replay decides the same")
    func controls() throws {
        let folder = try ScratchFolder()
        let rules = try ServiceDeskTests.ruleSet(Self.rules)
        var desk = try ServiceDeskTests.desk(folder, rules)
        func ask(_ kind: String, _ argument: String) throws -> CommandAnswer {
            let id = try desk.store.ask(kind, argument, actor: "me", at: 0)
            let mine = try desk.store.askedCommands().filter { $0.id == id }
            return try #require(try desk.carryOut(mine).first)
        }
        _ = try desk.take(Self.heat("V1", 0))
        #expect(try ask("rule.shadow", "hot").isDone)
        _ = try desk.take(Self.heat("V2", 1))
        try desk.close()
        desk = try ServiceDeskTests.desk(folder, try ServiceDeskTests.ruleSet(Self.rules + "\n"))
        _ = try desk.take(Self.heat("V3", 2))
        #expect(try ask("rule.disable", "hot").isDone)
        _ = try desk.take(Self.heat("V4", 3))
        #expect(try ask("rule.enable", "hot").isDone)
        _ = try desk.take(Self.heat("V5", 4))
        let silence = SilenceRequest(
            rule: nil, mode: nil, vehicle: "V6", from: Self.start,
            until: Self.start + 9 * Self.hour,
            severity: "S3", kinds: [], reason: "a test drive")
        let added = try ask("silence.add", silence.text)
        #expect(added.isDone)
        _ = try desk.take(Self.heat("V6", 5, code: "P0217"))
        #expect(try ask("silence.expire", added.answer).isDone)
        #expect(try !ask("silence.expire", added.answer).isDone)
        _ = try desk.take(Self.heat("V6", 6, degrees: 80))
        _ = try desk.take(Self.heat("V6", 7))
        #expect(
            try Self.effects(folder)
                == ["opened", "shadow", "shadow", "opened", "opened", "silenced", "opened"])
        let unknown = try ask("rule.shadow", "hto")
        #expect(!unknown.isDone && unknown.answer.contains("did you mean \"hot\"?"))
        #expect(try !ask("silence.add", "{}").isDone)
        let verified = try Verification.run(desk.store, workers: .serial)
        #expect(verified.difference == nil && verified.decisions == 7)
    }

    @Test("a drop that shares a turn with messages is done when it is answered") func drop() throws
    {
        let folder = try ScratchFolder()
        let desk = try ServiceDeskTests.desk(folder, try ServiceDeskTests.ruleSet())
        let messages = ServiceDeskTests.traffic(seed: 3, count: 400, vehicles: 4)
        _ = try desk.take(ServiceDeskTests.batch(messages[..<200]))
        let letters = try desk.store.keptLetters(nil)
        let dropped = try #require(letters.first)
        let command = try desk.store.ask("dlq.drop", "\(dropped.id)", actor: "me", at: 0)
        let other = try desk.store.ask("reload", "", actor: "me", at: 0)
        var batch = ServiceDeskTests.batch(messages[200...])
        let work = try CommandInbox.work(
            for: desk.store.askedCommands(), store: desk.store, after: desk.received,
            now: desk.received, appendingTo: &batch)
        #expect(work.reloads.map(\.id) == [other])
        _ = try desk.take(batch, work)
        #expect(try desk.store.answer(to: command)?.isDone == true)
        #expect(try desk.store.keptLetters(dropped.id).isEmpty)
        #expect(try desk.store.answer(to: other) == nil)
    }
}
