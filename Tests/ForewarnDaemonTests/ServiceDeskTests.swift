import FaultDecoding
import FleetWatch
import Foundation
import ForewarnDaemon
import Testing
import TicketStorage
import VehicleFaults

/// Small numbers that are the same in every run (SplitMix64, Steele et al. 2014).
struct SeededNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(limit))
    }
}

/// A state folder that goes away with the test.
final class ScratchFolder {
    let path = NSTemporaryDirectory() + "forewarn-desk-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/" + TicketStore.fileName }
}

@Suite struct ServiceDeskTests {
    static let rules = """
        version: 1
        rules:
          - { id: returns, mode: returning, severity: S3, advice: A3, component: c, skill: DIA,
              when: 'same code "*" 3 times within 2h' }
          - { id: hot, mode: hot, severity: S2, advice: A2, component: c, skill: ENG,
              when: 'coolant_c > 105 for 5m', until: 'coolant_c < 95 for 3m' }
          - { id: both, mode: both, severity: S1, advice: A1, component: c, skill: ENG,
              when: 'code "P0217" and coolant_c > 100 and not batt_v < 11' }
          - { id: silent, mode: silent, severity: S4, advice: A4, component: c, skill: ELE,
              when: 'batt_v < 11.5 for 20m even if silent' }
          - { id: drift, mode: drift, severity: S4, advice: A4, component: c, skill: ENG,
              when: 'cusum(coolant_c, after: 10) beyond 4' }
        """

    static func ruleSet(_ text: String = rules, reorderWindow: Int64 = 0) throws -> RuleSet {
        try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: text)], subscriptions: [],
            settings: WatchSettings(reorderWindow: reorderWindow), maxMessageBytes: 1 << 20)
    }

    /// Messages of some vehicles over some hours, in order of reception, with ticks between.
    static func traffic(
        seed: UInt64, count: Int, vehicles: Int, spacing: Int = 20_000
    ) -> [(
        received: Int64, payload: [UInt8]
    )] {
        var numbers = SeededNumbers(seed)
        var now: Int64 = 1_772_500_000_000
        var result: [(received: Int64, payload: [UInt8])] = []
        let codes = ["P0217", "P0301", "U0100", "SPN 110 FMI 0"]
        for sequence in 0..<count {
            now += Int64(numbers.below(spacing))
            let vehicle = numbers.below(vehicles)
            let coolant = 85 + numbers.below(30)
            let volts = 10.5 + Double(numbers.below(40)) / 10
            let list =
                numbers.below(4) == 0
                ? "[{\"code\":\"\(codes[numbers.below(4)])\",\"status\":\"active\"}]" : "[]"
            var text =
                "{\"vehicle\":\"V\(vehicle)\",\"ts\":\(now - 500),\"seq\":\(sequence),\"dtcs\":\(list)"
                + ",\"signals\":{\"coolant_c\":\(coolant),\"batt_v\":\(volts)}}"
            if numbers.below(50) == 0 { text.removeLast(7) }
            result.append((now, Array(text.utf8)))
        }
        return result
    }

    static func batch(_ messages: ArraySlice<(received: Int64, payload: [UInt8])>) -> EntryBatch {
        var batch = EntryBatch()
        for message in messages {
            let start = batch.bytes.count
            batch.bytes += message.payload
            batch.entries.append(
                Entry(received: message.received, payload: start..<batch.bytes.count))
        }
        return batch
    }

    /// One message.
    static func batch(_ text: String, received: Int64) -> EntryBatch {
        batch([(received, Array(text.utf8))])
    }

    static func desk(_ folder: ScratchFolder, _ rules: RuleSet, lanes: Int = 100_000) throws
        -> ServiceDesk
    {
        try ServiceDesk(
            store: TicketStore(path: folder.database, access: .write(.normal)), rules: rules,
            lanesInMemory: lanes)
    }

    /// What a daemon stores of messages, which may die after any batch, and can prove.
    static func life(
        of messages: [(received: Int64, payload: [UInt8])], under rules: RuleSet, dying: Bool,
        lanes: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (events: [String], tickets: [StoredTicket]) {
        let folder = try ScratchFolder()
        var desk = try desk(folder, rules, lanes: lanes)
        var numbers = SeededNumbers(3)
        var start = 0
        while start < messages.count {
            let end = min(start + 1 + numbers.below(60), messages.count)
            _ = try desk.take(batch(messages[start..<end]))
            start = end
            guard dying, numbers.below(5) == 0 else { continue }
            // Nothing is closed in order; the next desk has the journal only.
            try desk.store.close()
            desk = try Self.desk(folder, rules, lanes: lanes)
        }
        try desk.close()
        let store = try TicketStore(path: folder.database, access: .read)
        let verified = try Verification.run(store, workers: .serial)
        #expect(
            verified.difference == nil, "\(String(describing: verified.difference))",
            sourceLocation: sourceLocation)
        var filter = TicketFilter()
        filter.isOpen = false
        return (try events(folder), try store.tickets(filter))
    }

    static func events(_ folder: ScratchFolder) throws -> [String] {
        var texts = try TicketStore(path: folder.database, access: .read).eventTexts(from: 1)
        var result: [String] = []
        while let event = try texts.next() { result.append(event.body) }
        return result
    }

    @Test(
        "crashes, batch cuts and a small memory change no byte of any decision",
        arguments: 1...6 as ClosedRange<UInt64>)
    func crashesChangeNothing(seed: UInt64) throws {
        let rules = try Self.ruleSet()
        let messages = Self.traffic(seed: seed, count: 3000, vehicles: 40)
        let whole = try ScratchFolder()
        let unbroken = try Self.desk(whole, rules)
        _ = try unbroken.take(Self.batch(messages[...]))
        try unbroken.close()
        let expected = try Self.events(whole)
        #expect(expected.contains { $0.contains("\"rule\":\"silent\"") }, "seed \(seed)")
        #expect(expected.contains { $0.contains("\"state\":\"cleared\"") }, "seed \(seed)")
        #expect(expected.contains { $0.contains("dead_letter") }, "seed \(seed)")

        let broken = try ScratchFolder()
        var numbers = SeededNumbers(seed &* 31)
        var desk = try Self.desk(broken, rules, lanes: 16)
        var next = 0
        while next < messages.count {
            let end = min(messages.count, next + 1 + numbers.below(120))
            _ = try desk.take(Self.batch(messages[next..<end]))
            next = end
            switch numbers.below(12) {
            // Thrown away, as by kill -9: what was not stored with a commit is gone.
            case 0: desk = try Self.desk(broken, rules, lanes: 16)
            case 1:
                try desk.close()
                desk = try Self.desk(broken, rules, lanes: 1000)
            default: break
            }
        }
        #expect(try Self.events(broken) == expected, "seed \(seed)")
        #expect(desk.decisions == unbroken.decisions)
        let verified = try Verification.run(
            TicketStore(path: broken.database, access: .read), workers: .threads(2))
        #expect(verified.difference == nil, "seed \(seed)")
        #expect(verified.digest == desk.decisions)
    }

    @Test("messages that are delivered again after a crash are decided once")
    func redelivery() throws {
        let rules = try Self.ruleSet()
        let messages = Self.traffic(seed: 99, count: 2000, vehicles: 5, spacing: 2000).filter {
            $0.payload.last == 0x7D
        }
        let whole = try ScratchFolder()
        let unbroken = try Self.desk(whole, rules)
        _ = try unbroken.take(Self.batch(messages[...]))
        let folder = try ScratchFolder()
        var numbers = SeededNumbers(5)
        var desk = try Self.desk(folder, rules)
        var next = 0
        var repeated = 0
        while next < messages.count {
            let end = min(messages.count, next + 50)
            _ = try desk.take(Self.batch(messages[next..<end]))
            next = end
            if numbers.below(5) == 0 {
                desk = try Self.desk(folder, rules)
                let again = max(0, next - 1 - numbers.below(300))
                let outcome = try desk.take(Self.batch(messages[again..<next]))
                #expect(outcome.duplicates == next - again)
                repeated += outcome.duplicates
            }
        }
        #expect(repeated > 100)
        func findings(_ folder: ScratchFolder) throws -> [String] {
            try Self.events(folder).map { body in
                body.replacing(#/"position":\d+/#, with: "")
            }
        }
        #expect(try findings(folder) == findings(whole))
        #expect(try desk.store.fact("messages") == String(messages.count))
    }

    @Test("what a vehicle said is stored within ten minutes, of however few messages")
    func storedBehind() throws {
        let folder = try ScratchFolder()
        let desk = try Self.desk(folder, Self.ruleSet())
        let store = try TicketStore(path: folder.database, access: .read)
        func vehicles(after minute: Int64, _ name: String) throws -> [String] {
            let received = 1_772_500_000_000 + minute * 60_000
            let text = "{\"vehicle\":\"\(name)\",\"ts\":\(received),\"dtcs\":[\"P0001\"]}"
            _ = try desk.take(Self.batch([(received, Array(text.utf8))]))
            return try store.vehicles().filter { $0.summary != nil }.map(\.vehicle).sorted()
        }
        #expect(try vehicles(after: 0, "A").isEmpty)
        #expect(try vehicles(after: 4, "B").isEmpty)
        #expect(try vehicles(after: 6, "C") == ["A"])
        #expect(try vehicles(after: 8, "D") == ["A"])
        #expect(try vehicles(after: 12, "E") == ["A", "B", "C"])
        let verified = try Verification.run(store, workers: .serial)
        #expect(verified.difference == nil)
    }

    @Test("a change of rules keeps the windows of those that stay, and only those")
    func changeOfRules() throws {
        let folder = try ScratchFolder()
        func message(_ minute: Int64, _ code: String) -> EntryBatch {
            let received = 1_772_500_000_000 + minute * 60_000
            let text = "{\"vehicle\":\"V1\",\"ts\":\(received),\"dtcs\":[\"\(code)\"]}"
            return Self.batch([(received, Array(text.utf8))])
        }
        func rules(_ count: Int) throws -> RuleSet {
            try Self.ruleSet(
                """
                version: 1
                rules:
                  - { id: stays, mode: a, severity: S3, advice: A3, component: c, skill: ENG,
                      when: 'code "P0001" 3 times within 7d' }
                  - { id: changes, mode: b, severity: S3, advice: A3, component: c, skill: ENG,
                      when: 'code "P0002" \(count) times within 7d' }
                """)
        }
        let desk = try Self.desk(folder, rules(3))
        for minute in Int64(0)..<2 {
            _ = try desk.take(message(minute, "P0001"))
            _ = try desk.take(message(minute, "P0002"))
        }
        try desk.change(to: rules(4))
        #expect(try desk.take(message(5, "P0001")).findings == 1)
        for minute in Int64(6)..<8 {
            #expect(try desk.take(message(minute, "P0002")).findings == 0)
        }
        // Two sightings are known again from after the change; with the fourth the rule fires.
        #expect(try desk.take(message(8, "P0002")).findings == 0)
        #expect(try desk.take(message(9, "P0002")).findings == 1)
        let verified = try Verification.run(
            TicketStore(path: folder.database, access: .read), workers: .serial)
        #expect(verified.difference == nil)
    }

    @Test("retention keeps what tickets rest on, and says that the rest cannot be verified")
    func retention() throws {
        let rules = try Self.ruleSet()
        let folder = try ScratchFolder()
        let messages = Self.traffic(seed: 3, count: 1500, vehicles: 10)
        let desk = try Self.desk(folder, rules)
        for start in stride(from: 0, to: messages.count, by: 100) {
            _ = try desk.take(Self.batch(messages[start..<(start + 100)]))
        }
        try desk.close()
        let store = try TicketStore(path: folder.database, access: .write(.normal))
        let gone = try store.prune(Retention(milliseconds: 0, bytes: 1 << 30), now: .max / 2)
        #expect(gone == 15)
        let kept = try store.keptPositions()
        let cited = try Set(
            Self.events(folder).flatMap { body in
                body.matches(of: #/{"position":(\d+),"at"/#).compactMap { UInt64($0.output.1) }
            })
        #expect(!cited.isEmpty)
        #expect(cited.isSubset(of: kept))
        #expect(throws: Verification.Impossible.self) {
            try Verification.run(store, workers: .serial)
        }
        // It goes on with what the lanes remember.
        let again = try Self.desk(folder, rules)
        #expect(again.position == 1500)
        let more = Self.traffic(seed: 4, count: 100, vehicles: 10).map {
            (received: $0.received + 86_400_000, payload: $0.payload)
        }
        _ = try again.take(Self.batch(more[...]))
        #expect(again.newestRow == 17)
    }

    @Test("a backup is a store like any other") func backup() throws {
        let folder = try ScratchFolder()
        let desk = try Self.desk(folder, Self.ruleSet())
        _ = try desk.take(Self.batch(Self.traffic(seed: 1, count: 500, vehicles: 5)[...]))
        let copy = try ScratchFolder()
        try desk.store.backUp(to: copy.database)
        #expect(try Self.events(copy) == Self.events(folder))
        let verified = try Verification.run(
            TicketStore(path: copy.database, access: .read), workers: .serial)
        #expect(verified.digest == desk.decisions)
        #expect(throws: TicketStore.Unusable.self) { try desk.store.backUp(to: copy.database) }
    }

    @Test("a journal row reads back as it was written, and damage is noticed") func journalBody()
        throws
    {
        let batch = Self.batch(Self.traffic(seed: 8, count: 50, vehicles: 3)[...])
        let body = JournalBody.encode(batch)
        let back = try JournalBody.decode(body)
        #expect(back.entries.count == 50)
        for (a, b) in zip(batch.entries, back.entries) {
            #expect(a.received == b.received)
            #expect(batch.bytes[a.payload] == back.bytes[b.payload])
        }
        for cut in stride(from: 0, to: body.count, by: 97) {
            #expect(throws: JournalBody.Damaged.self) {
                try JournalBody.decode(Array(body[..<cut]))
            }
        }
    }
}
