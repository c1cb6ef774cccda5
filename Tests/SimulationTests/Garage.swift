import BrokerFixture
import Foundation
import TicketStorage

/// A broker, a state folder and rules of one's own, with daemons to start on them.
final class Garage {
    let folder: URL
    let broker: PrivateBroker
    let rules: URL
    var state: String
    /// Settings for every daemon that is started.
    var environment: [String: String] = [:]
    private var starts = 0

    init(rules text: String = Traffic.rules, brokerLines: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("garage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        rules = folder.appendingPathComponent("rules.yaml")
        try text.write(to: rules, atomically: true, encoding: .utf8)
        state = folder.appendingPathComponent("state").path
        broker = try PrivateBroker(lines: brokerLines)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var database: String { "\(state)/\(TicketStore.fileName)" }

    /// A new file in the folder.
    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    var runArguments: [String] {
        ["run", "--broker", broker.url, "--state", state, "--rules", rules.path]
    }

    /// Starts a daemon.
    ///
    /// - Parameters:
    ///   - program: one that takes the arguments of `forewarn`.
    ///   - tracer: words to put in front, a tracer's.
    func startDaemon(
        _ program: String = Programs.forewarn, tracer: [String] = [], arguments: [String] = []
    ) throws -> ChildProcess {
        starts += 1
        return try ChildProcess(
            tracer + [program] + runArguments + arguments, environment: environment,
            output: file("daemon-\(starts).log"))
    }

    /// Starts a daemon and waits until the broker has accepted it.
    func startConnectedDaemon(
        _ program: String = Programs.forewarn, arguments: [String] = []
    ) throws -> ChildProcess {
        let daemon = try startDaemon(program, arguments: arguments)
        try waitForConnection(of: daemon)
        return daemon
    }

    func waitForConnection(of daemon: ChildProcess) throws {
        try expect("a connected daemon; it said:\n\(daemon.output)") {
            daemon.output.contains("connected to the broker") || daemon.end != nil
        }
    }

    /// Makes the broker know our session, so that from here on nothing published is lost.
    func subscribeOnce(_ program: String = Programs.forewarn) throws {
        let daemon = try startConnectedDaemon(program)
        try waitForSubscription()
        daemon.kill()
    }

    /// Waits until a message with this number is committed.
    func waitForMessage(_ number: Int, within limit: Duration = .seconds(90)) throws {
        try expect("message \(number) in the journal", within: limit) {
            try newestNumbers().contains(number)
        }
    }

    /// The numbers of the messages of the newest journal rows.
    func newestNumbers() throws -> Set<Int> {
        guard FileManager.default.fileExists(atPath: database),
            let store = try? TicketStore(path: database, access: .read)
        else { return [] }
        defer { try? store.close() }
        var numbers: Set<Int> = []
        try store.forEachRow(from: max(1, store.state().row - 3)) { row in
            guard row.kind == .batch else { return }
            let batch = try JournalBody.decode(row.body)
            for entry in batch.entries where entry.kind == .message {
                if let number = Traffic.number(of: batch.bytes[entry.payload]) {
                    numbers.insert(number)
                }
            }
        }
        return numbers
    }

    /// Ends a daemon in order; gives how it ended.
    func stop(_ daemon: ChildProcess) throws -> ChildProcess.End? {
        daemon.send(SIGTERM)
        return try daemon.wait()
    }

    func contents() throws -> StoreContents { try StoreContents(database: database) }

    /// What an unbroken run makes of the same stream.
    func unbroken(_ messages: [Message]) throws -> StoreContents {
        // All received at once, after the last was sent.
        try Replayed(messages.map { Arrival(message: $0, received: Traffic.start + 864_000_000) })
            .contents
    }

    /// What `forewarn replay --verify` says about the state folder.
    func verify() throws -> (end: ChildProcess.End?, output: String) {
        try ChildProcess.run(
            [Programs.forewarn, "replay", "--verify", "--state", state, "-o", "json"],
            output: file("verify-\(UUID().uuidString).log"))
    }
}
