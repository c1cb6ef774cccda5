import FaultDecoding
import FleetSimulation
import FleetWatch
import ForewarnDaemon
import Foundation
import TicketStorage

/// A message with the time at which it was received.
struct Arrival: Sendable {
    var message: Message
    /// Milliseconds since 1970.
    var received: Int64
}

/// A service desk on a store of its own, fed without a broker.
final class Workbench {
    private let folder: URL
    private let rules: RuleSet
    private let lanesInMemory: Int
    private let threads: Int
    private(set) var desk: ServiceDesk

    /// A rule for which time alone can complete a finding.
    static let timedRules =
        Traffic.rules + """
              - id: hot-and-gone
                mode: lost-when-hot
                severity: S2
                advice: A2
                component: radiator
                skill: ENG
                when: coolant_c > 99 °C for 4m even if silent

            """

    init(
        rules text: String = Traffic.rules, reorderWindow: Int64 = 0, lanesInMemory: Int = 100_000,
        maxMessageBytes: Int = 1 << 20, threads: Int = 1
    ) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("workbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        rules = try RuleSet(
            files: [RuleSet.File(name: "rules.yaml", text: text)],
            subscriptions: [
                Subscription(
                    template: try TopicTemplate("v1/{vehicle}/ev"), format: .native, list: .delta)
            ],
            settings: WatchSettings(reorderWindow: reorderWindow),
            maxMessageBytes: maxMessageBytes)
        self.lanesInMemory = lanesInMemory
        self.threads = threads
        desk = try Self.open(folder, rules, lanesInMemory, threads)
    }

    deinit {
        try? desk.close()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func open(
        _ folder: URL, _ rules: RuleSet, _ lanesInMemory: Int, _ threads: Int
    ) throws -> ServiceDesk {
        let path = folder.appendingPathComponent(TicketStore.fileName).path
        // Nobody pulls the plug here, and the disk would be what is measured.
        return try ServiceDesk(
            store: TicketStore(path: path, access: .write(.normal)), rules: rules,
            lanesInMemory: lanesInMemory, workers: .threads(threads))
    }

    /// Opens the desk again: after an orderly end, or as after a crash.
    func reopen(inOrder: Bool) throws {
        if inOrder { try desk.close() } else { try desk.store.close() }
        desk = try Self.open(folder, rules, lanesInMemory, threads)
    }

    /// Decides messages as one batch.
    func take(_ arrivals: some Sequence<Arrival>) throws {
        var batch = EntryBatch()
        for arrival in arrivals {
            let start = batch.bytes.count
            batch.bytes += arrival.message.topic.utf8
            let middle = batch.bytes.count
            batch.bytes += arrival.message.payload
            batch.entries.append(
                Entry(
                    received: arrival.received, topic: start..<middle,
                    payload: middle..<batch.bytes.count))
        }
        _ = try desk.take(batch)
    }

    /// Decides messages in batches of `size`.
    func take(_ arrivals: [Arrival], by size: Int) throws {
        for start in stride(from: 0, to: arrivals.count, by: size) {
            try take(arrivals[start..<min(start + size, arrivals.count)])
        }
    }

    /// Lets time go on until nothing waits any more.
    func letTimePass(_ milliseconds: Int64) throws {
        _ = try desk.take(
            EntryBatch(entries: [Entry(kind: .tick, received: desk.received + milliseconds)]))
    }

    func contents() throws -> StoreContents { try StoreContents(database: desk.store.path) }

    func verification() throws -> Verification.Summary {
        try Verification.run(desk.store, workers: .serial)
    }
}

extension Traffic {
    /// The messages of `messages(_:vehicles:seed:)`, each received a second after it was sent.
    static func arrivals(_ count: Int, vehicles: Int, seed: UInt64) -> [Arrival] {
        messages(count, vehicles: vehicles, seed: seed).enumerated().map { index, message in
            Arrival(
                message: message,
                received: start + Int64(index / vehicles) * 60_000 + Int64(index % vehicles) + 1000)
        }
    }
}
