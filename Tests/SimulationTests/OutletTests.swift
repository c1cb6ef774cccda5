import BrokerFixture
import Foundation
import Logging
import MQTTIntake
import TicketStorage
import Testing

extension Simulation {
    @Suite("What leaves the daemon", .serialized, .enabled(if: PrivateBroker.isInstalled))
    struct OutletTests {
        @Test("each ticket is told at least once over a kill, and the status follows the daemon")
        func alerts() throws {
            let messages = Traffic.messages(4000, vehicles: 20, seed: 51)
            let garage = try Garage()
            let listener = try Listener(
                garage.broker, topics: ["forewarn/main/alerts/#", "forewarn/main/status"])
            try listener.listen("both subscriptions") { $0.isSubscribed }
            let daemon = try garage.startConnectedDaemon()
            try listener.listen("online") { $0.status == "online" }
            try garage.waitForSubscription()
            try Publication(Array(messages[..<2000]), to: garage.broker.address).finish()
            try listener.listen("five tickets") { $0.tickets.count >= 5 }
            daemon.kill()
            try listener.listen("offline") { $0.status == "offline" }
            let second = try garage.startConnectedDaemon()
            try listener.listen("online again") { $0.status == "online" }
            try Publication(Array(messages[2000...]), to: garage.broker.address).finish()
            try garage.waitForMessage(4000)
            let tickets = try garage.openTickets()
            #expect(tickets.count > 20)
            try listener.listen("every ticket") { $0.tickets.isSuperset(of: tickets) }
            #expect(listener.tickets == tickets)
            #expect(try garage.stop(second) == .exited(0))
            try listener.listen("offline at last") { $0.status == "offline" }
            // Whoever comes later learns it too, since it is retained.
            let late = try Listener(
                garage.broker, topics: ["forewarn/main/status"], clientID: "late")
            try late.listen("the retained status") { $0.status == "offline" }
        }

        @Test(
            "a ticket that opens while the broker is away is told after a kill, the first one too")
        func lateAlert() throws {
            let garage = try Garage()
            let listener = try Listener(garage.broker, topics: ["forewarn/main/alerts/#"])
            try listener.listen("a subscription") { $0.isSubscribed }
            // Dead letters first, of which nobody is told, so that the ticket is the first alert.
            garage.environment = [
                "FOREWARN_INTAKE_MAX_MESSAGE_BYTES": "64", "FOREWARN_ALERTS_ENABLED": "false",
            ]
            var daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            let messages = (1...3).map {
                Traffic.message(
                    $0, vehicle: 1, at: Traffic.start + Int64($0) * 60_000, coolant: 90,
                    faults: ["{\"code\":\"P0301\",\"status\":\"confirmed\"}"])
            }
            try Publication(messages, to: garage.broker.address).finish()
            try garage.waitForMessage(3)
            #expect(try garage.stop(daemon) == .exited(0))

            garage.environment = [:]
            garage.broker.stop()
            daemon = try garage.startDaemon()
            try garage.waitForVainDial(of: daemon)
            #expect(try garage.forewarn("dlq", "replay", "all").end == .exited(0))
            #expect(try garage.openTickets().count == 1)
            daemon.kill()
            try garage.broker.start()
            daemon = try garage.startConnectedDaemon()
            try listener.listen("the ticket") { $0.tickets.count == 1 }
            #expect(try garage.stop(daemon) == .exited(0))
        }

        @Test("a dead letter that is replayed after the cause is mended becomes a message")
        func deadLetters() throws {
            let garage = try Garage()
            let fault = "{\"code\":\"P0301\",\"status\":\"confirmed\"}"
            // Every one of them is too large at first.
            func send(_ numbers: ClosedRange<Int>) throws {
                let messages = numbers.map {
                    Traffic.message(
                        $0, vehicle: 1, at: Traffic.start + Int64($0) * 60_000, coolant: 90,
                        faults: [fault])
                }
                try Publication(messages, to: garage.broker.address).finish()
                try garage.waitForMessage(numbers.upperBound)
            }
            let small = ["FOREWARN_INTAKE_MAX_MESSAGE_BYTES": "64"]
            garage.environment = small
            var daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            try send(1...4)
            // With the cause still there, a letter only becomes a letter again.
            #expect(try garage.forewarn("dlq", "replay", "1").end == .exited(0))
            #expect(try garage.stop(daemon) == .exited(0))
            #expect(try garage.contents().deadLetters == ["too_large": 5])
            #expect(try garage.contents().findings == [])

            // With a daemon.
            garage.environment = [:]
            daemon = try garage.startConnectedDaemon()
            #expect(try garage.forewarn("dlq", "replay", "2").end == .exited(0))
            #expect(try garage.forewarn("dlq", "replay", "2").end == .exited(1))
            #expect(try garage.forewarn("dlq", "replay", "all").end == .exited(0))
            #expect(try garage.stop(daemon) == .exited(0))
            var found = try garage.contents()
            #expect(found.messages - 5 == 4, "five deliveries of letters, and each message once")
            #expect(found.tickets.count == 1)
            #expect(found.breaches == [])

            // Without one.
            garage.environment = small
            daemon = try garage.startConnectedDaemon()
            try send(5...6)
            #expect(try garage.stop(daemon) == .exited(0))
            garage.environment = [:]
            daemon = try garage.startConnectedDaemon()
            #expect(try garage.stop(daemon) == .exited(0))
            let replay = try garage.forewarn("dlq", "replay", "all")
            #expect(replay.end == .exited(0), "\(replay.output)")
            #expect(try garage.contents().messages == found.messages + 4)
            // What was done without a daemon, the next one goes on from.
            daemon = try garage.startConnectedDaemon()
            try send(7...7)
            #expect(try garage.stop(daemon) == .exited(0))
            found = try garage.contents()
            #expect(try garage.findingRules().count > 2)
            #expect(found.breaches == [])
            let verified = try garage.verify()
            #expect(verified.end == .exited(0), "\(verified.output)")
        }

        @Test("2,000 vehicles with room for 64 give the decisions of unbounded memory")
        func boundedMemory() throws {
            let count = 8000
            let messages = Traffic.messages(count, vehicles: 2000, seed: 61)
            let garage = try Garage()
            garage.environment["FOREWARN_WATCH_LANES_IN_MEMORY"] = "64"
            try garage.subscribeOnce()
            try Publication(messages, to: garage.broker.address).finish()
            for _ in 0..<3 {
                let daemon = try garage.startConnectedDaemon()
                try expect("some messages") { try !garage.newestNumbers().isEmpty }
                daemon.kill()
            }
            let last = try garage.startConnectedDaemon()
            try garage.waitForMessage(count)
            #expect(try garage.stop(last) == .exited(0))
            let found = try garage.contents()
            let whole = try garage.unbroken(messages)
            #expect(found.missing(of: count) == [])
            #expect(found.messages == count)
            #expect(found.breaches == [])
            #expect(whole.findings.count > 20)
            #expect(found.findings == whole.findings)
            #expect(found.tickets == whole.tickets)
            #expect(try garage.verify().end == .exited(0))
        }
    }
}

/// Who hears what the daemon publishes.
final class Listener {
    private let intake: BrokerIntake
    private let topics: Set<String>
    /// Vehicle and failure mode of every ticket that was told.
    private(set) var tickets: Set<String> = []
    /// The newest status.
    private(set) var status: String?
    private(set) var statusText = ""

    init(_ broker: PrivateBroker, topics: Set<String>, clientID: String = "listener") throws {
        self.topics = topics
        var settings = BrokerSettings(address: broker.address, clientID: clientID)
        settings.subscriptions = topics.sorted()
        intake = BrokerIntake(
            settings: settings, wake: try Wake(),
            logger: Logger(label: "listener") { _ in SwiftLogNoOpLogHandler() })
    }

    var isSubscribed: Bool { intake.granted == topics }

    /// Hears on until `isDone`.
    func listen(_ what: String, until isDone: (Listener) -> Bool) throws {
        try expect(what) {
            let batch = intake.gather(timeout: .milliseconds(20))
            for message in batch.messages {
                try take(batch.topic(of: message), Data(batch.payload(of: message)))
            }
            intake.acknowledge()
            return isDone(self)
        }
    }

    private func take(_ topic: String, _ payload: Data) throws {
        let object = try JSONSerialization.jsonObject(with: payload) as? [String: Any] ?? [:]
        if topic.hasSuffix("/status") {
            status = object["status"] as? String
            statusText = String(decoding: payload, as: UTF8.self)
        } else if topic.contains("/alerts/ticket/"), let vehicle = object["vehicle"] as? String,
            let mode = object["mode"] as? String
        {
            tickets.insert("\(vehicle) \(mode)")
        }
    }
}

extension Garage {
    /// Vehicle and failure mode of each open ticket.
    func openTickets() throws -> Set<String> {
        let store = try TicketStore(path: database, access: .read)
        defer { try? store.close() }
        return try Set(
            store.state().openTickets.map { "\($0.vehicle) \($0.mode)" })
    }

    /// Runs a command on the state folder.
    func forewarn(_ words: String...) throws -> (end: ChildProcess.End?, output: String) {
        try ChildProcess.run(
            [Programs.forewarn] + words + ["--state", state],
            output: file("command-\(UUID().uuidString).log"))
    }
}
