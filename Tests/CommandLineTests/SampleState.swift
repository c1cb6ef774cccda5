import FaultRules
import FleetWatch
import Foundation
import GRDB
import TicketStorage
import VehicleFaults
import Testing
import YAMLSource

/// A state folder of its own, written by the core and the store as a daemon would.
final class SampleState {
    static let vehicle = "LGAG1A2B3C4D00042"
    static let other = "LGAG1A2B3C4D00043"
    /// 2026-11-21T14:05:06.120Z
    static let start: Int64 = 1_795_269_906_120

    let folder: String
    private let store: TicketStore
    private var watch: FleetWatch
    private var row: Int64
    private var digest = DecisionDigest()

    private static let rules = """
        version: 1
        rules:
          - id: misfire-repeats
            mode: cylinder-misfire
            name: { en: Repeated misfire, zh: 反复失火 }
            severity: S3
            advice: A3
            component: ignition-coil
            skill: ENG
            when: same code "P030[1-8]" confirmed 3 times within 7d
            until: not code "P030[1-8]"
          - id: coolant-over-limit
            mode: engine-overheating
            name: { en: Coolant above its limit for minutes, zh: 冷却液持续超温 }
            severity: S1
            advice: A1
            component: radiator
            skill: ENG
            when: coolant_c > 108 °C for 5m
        """

    init(named name: String = UUID().uuidString, makesFolder: Bool = true) throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("forewarn-test-\(name)").path
        if makesFolder {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        }
        store = try TicketStore(
            path: folder + "/" + TicketStore.fileName, access: .write(.normal))
        var reader = RulePackReader()
        reader.add(file: try YAMLSource.parse(Self.rules, file: "rules.yaml"))
        try #require(!reader.hasErrors)
        watch = FleetWatch(program: reader.program)
        try store.changeRules(
            row: 1, received: Self.start, position: 0, body: [], lanes: [],
            texts: reader.program.rules.map {
                TicketStore.RuleText(
                    hash: Self.hex($0.meaning), rule: $0.id, condition: $0.whenText,
                    clear: $0.untilText, source: "\($0.position.file):\($0.position.line)")
            })
        row = 1
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func hex(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// Commits messages as one batch, received one second after another.
    func take(_ messages: [(topic: String, payload: [UInt8])], at minute: Int64) throws {
        var batch = EntryBatch()
        for (index, message) in messages.enumerated() {
            let topic = batch.bytes.count
            batch.bytes += message.topic.utf8
            let payload = batch.bytes.count
            batch.bytes += message.payload
            batch.entries.append(
                Entry(
                    received: Self.start + minute * 60_000 + Int64(index) * 1000,
                    topic: topic..<payload, payload: payload..<batch.bytes.count))
        }
        _ = watch.open(batch)
        let first = watch.position - UInt64(messages.count) + 1
        row += 1
        let outcome = watch.close(row: row)
        let texts = DecisionTexts(outcome.decisions)
        digest.add(texts)
        try store.commit(
            Commit(
                row: row, received: watch.received, firstPosition: first, batch: batch,
                outcome: outcome, texts: texts,
                lanes: watch.takeUnstoredLanes(before: .max, limit: .max, row: row),
                checkpoint: row + 1, digest: digest))
    }

    /// Changes the store behind everyone's back.
    func damage(_ sql: String) throws {
        try DatabaseQueue(path: folder + "/" + TicketStore.fileName).write { db in
            try db.execute(sql: sql)
        }
    }

    /// A folder with the database alone, as a daemon leaves it that has stopped.
    func closedCopy() throws -> String {
        let copy = folder + "-copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        try store.backUp(to: copy + "/" + TicketStore.fileName)
        return copy
    }

    /// A native message of a vehicle, whose clock is half a second behind.
    static func message(
        _ vehicle: String = SampleState.vehicle, at minute: Int64, _ content: String
    ) -> (topic: String, payload: [UInt8]) {
        let time = start + minute * 60_000 - 500
        let text = "{\"v\":1,\"vin\":\"\(vehicle)\",\"ts\":\(time),\(content)}"
        return ("v1/\(vehicle)/ev", Array(text.utf8))
    }

    static func misfire(_ vehicle: String = SampleState.vehicle, at minute: Int64)
        -> (topic: String, payload: [UInt8])
    {
        message(vehicle, at: minute, #""dtcs":[{"code":"P0301","status":"confirmed"}]"#)
    }

    /// Two tickets, a cleared symptom and two dead letters: five events.
    static func usual() throws -> SampleState {
        let state = try SampleState()
        for minute: Int64 in 0..<4 { try state.take([misfire(at: minute)], at: minute) }
        try state.take(
            [(topic: "v1/\u{1B}[31mred\u{7}/ev", payload: Array("{\"vin\":oops}".utf8))], at: 5)
        for minute: Int64 in 6..<13 {
            try state.take(
                [message(other, at: minute, #""signals":{"coolant_c":112.5}"#)], at: minute)
        }
        try state.take([(topic: "v1/raw/ev", payload: [0x7B, 0x22, 0xFF, 0x00])], at: 14)
        try state.take([message(at: 15, #""dtcs":[],"complete":true"#)], at: 15)
        return state
    }
}
