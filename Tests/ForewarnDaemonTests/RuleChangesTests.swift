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
            appendingTo: &batch)
        #expect(work.reloads == [other])
        _ = try desk.take(batch, work)
        #expect(try desk.store.answer(to: command)?.isDone == true)
        #expect(try desk.store.keptLetters(dropped.id).isEmpty)
        #expect(try desk.store.answer(to: other) == nil)
    }
}
