import FleetWatch
import ForewarnDaemon
import Foundation
import GRDB
import TicketStorage
import VehicleFaults

/// A state folder written by the daemon's own desk, with a journal that can be decided again.
final class DeskState {
    let folder: String
    private let desk: ServiceDesk

    init(
        rules: String, file: String = "rules.yaml", modes: [RuleSet.File] = [],
        roster: [RuleSet.File] = [], service: String? = nil
    ) throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("forewarn-desk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let terms = folder + "/service.yaml"
        if let service { try Data(service.utf8).write(to: URL(fileURLWithPath: terms)) }
        desk = try ServiceDesk(
            store: TicketStore(path: folder + "/" + TicketStore.fileName, access: .write(.normal)),
            rules: RuleSet(
                files: [RuleSet.File(name: file, text: rules)], modes: modes, roster: roster,
                subscriptions: [], settings: WatchSettings(), maxMessageBytes: 1 << 20,
                service: service == nil ? nil : ServiceTerms(file: terms)))
    }

    /// Stores all that is in memory, as an orderly end of the daemon does; nothing is taken then.
    func close() throws { try desk.close() }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Takes native messages, each a batch of its own, received a second after `time` says.
    func take(_ messages: [(time: Int64, text: String)]) throws {
        for message in messages {
            let topic = Array("v1/x/ev".utf8)
            let payload = Array(message.text.utf8)
            _ = try desk.take(
                EntryBatch(
                    bytes: topic + payload,
                    entries: [
                        Entry(
                            received: message.time + 1000, topic: 0..<topic.count,
                            payload: topic.count..<topic.count + payload.count)
                    ]))
        }
    }

    /// The bytes of the store and its log.
    func bytes() throws -> Data {
        let store = folder + "/" + TicketStore.fileName
        return try Data(contentsOf: URL(fileURLWithPath: store))
            + ((try? Data(contentsOf: URL(fileURLWithPath: store + "-wal"))) ?? Data())
    }

    /// Changes the store behind everyone's back.
    func damage(_ sql: String) throws {
        try DatabaseQueue(path: folder + "/" + TicketStore.fileName).write { db in
            try db.execute(sql: sql)
        }
    }

    /// 2026-03-01T08:00:00Z
    static let start: Int64 = 1_772_352_000_000

    /// Misfires and heat of two vans under the rules of ``Workshop/rules``.
    static func usual(service: String? = nil) throws -> DeskState {
        let state = try DeskState(rules: Workshop.rules, service: service)
        try state.take(
            (0..<5).map { hour in
                let time = start + Int64(hour) * 3_600_000
                return (time, "{\"vin\":\"TESTVAN0001\",\"ts\":\(time),\"dtcs\":[\"P0301\"]}")
            })
        try state.take(
            (0..<3).map { step in
                let time = start + 18_000_000 + Int64(step) * 120_000
                return (
                    time,
                    "{\"vin\":\"TESTVAN0002\",\"ts\":\(time),\"signals\":{\"coolant_c\":109.5}}"
                )
            })
        return state
    }
}
