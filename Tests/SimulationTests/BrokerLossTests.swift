import BrokerFixture
import FleetSimulation
import Foundation
import Logging
import MQTTIntake
import Testing

extension Simulation {
    @Suite("Lost brokers", .serialized, .enabled(if: PrivateBroker.isInstalled))
    struct BrokerLossTests {
        @Test("a broker that is stopped and started under load loses nothing")
        func stoppedBroker() throws {
            let seed = UInt64.random(in: 0..<1 << 32)
            print("stopped broker: seed \(seed)")
            let rounds = 3
            let count = rounds * 1500
            let messages = Traffic.messages(count, vehicles: 20, seed: seed)
            let garage = try Garage()
            garage.environment["FOREWARN_INTAKE_BATCH_MESSAGES"] = "50"
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            for round in 0..<rounds {
                let part = messages[(round * 1500)..<((round + 1) * 1500)]
                try Publication(Array(part), to: garage.broker.address).finish()
                garage.broker.stop()
                try garage.waitForVainDial(of: daemon)
                try garage.broker.start()
                try garage.waitForConnection(of: daemon, number: round + 2)
            }
            try garage.waitForMessage(count)
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
            let found = try garage.contents()
            let whole = try garage.unbroken(messages)
            #expect(found.missing(of: count) == [], "seed \(seed)")
            #expect(found.messages == count, "seed \(seed)")
            #expect(found.breaches == [], "seed \(seed)")
            #expect(found.tickets == whole.tickets, "seed \(seed)")
            #expect(found.findings == whole.findings, "seed \(seed)")
            #expect(try garage.verify().end == .exited(0), "seed \(seed)")
        }

        @Test("what was acknowledged to a broker that is killed is there")
        func killedBroker() throws {
            let garage = try Garage()
            garage.environment["FOREWARN_INTAKE_BATCH_MESSAGES"] = "50"
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            // A broker that is killed before it has saved the session forgets all of it.
            try expect("a saved session", within: .seconds(10)) {
                garage.broker.log.split(separator: "Sending SUBACK to forewarn").last?
                    .contains("Saving in-memory database") == true
            }
            // What the broker forgets with its death is its own; what we told it to forget is not.
            for round in 0..<3 {
                // Each message has a topic of its own, by which the broker's log tells them apart.
                let messages = (0..<1500).map {
                    let number = round * 1500 + $0 + 1
                    return Traffic.message(number, vehicle: number, at: Traffic.start, coolant: 90)
                }
                let publication = Publication(messages, to: garage.broker.address)
                try expect("acknowledgements") {
                    try garage.acknowledgedNumbers().contains { $0 > round * 1500 + 200 }
                }
                garage.broker.kill()
                // The publisher loses its link with the broker, as it should.
                try? publication.finish()
                try garage.waitForVainDial(of: daemon)
                try garage.broker.start()
                try garage.waitForConnection(of: daemon, number: round + 2)
            }
            let last = Traffic.message(9999, vehicle: 1, at: Traffic.start, coolant: 90)
            try Publication([last], to: garage.broker.address).finish()
            try garage.waitForMessage(9999)
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
            let found = try garage.contents()
            let acknowledged = try garage.acknowledgedNumbers()
            #expect(acknowledged.count > 500)
            #expect(acknowledged.filter { found.deliveries[$0] == nil }.sorted() == [])
            #expect(found.messages == found.deliveries.count)
            #expect(found.breaches == [])
            #expect(try garage.verify().end == .exited(0))
        }

        @Test("a broker that lost our session is subscribed to again, and the gap is told")
        func lostSession() throws {
            let garage = try Garage()
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            let messages = Traffic.messages(1000, vehicles: 20, seed: 3)
            try Publication(Array(messages[..<500]), to: garage.broker.address).finish()
            try garage.waitForMessage(500)
            try garage.broker.restart(keepingState: false)
            // These may come before we are back, and then they are the broker's loss.
            try Publication(Array(messages[500..<600]), to: garage.broker.address).finish()
            try garage.waitForConnection(of: daemon, number: 2)
            #expect(daemon.output.contains("the broker lost our session"))
            try garage.waitForSubscription(number: 2)
            try Publication(Array(messages[600...]), to: garage.broker.address).finish()
            try garage.waitForMessage(1000)
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
            let found = try garage.contents()
            #expect(found.missing(of: 1000).filter { !(501...600).contains($0) } == [])
            #expect(found.breaches == [])
        }

        @Test("a session that the broker kept without our subscription is subscribed again")
        func sessionWithoutSubscription() throws {
            let garage = try Garage()
            let first = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            #expect(try garage.stop(first) == .exited(0))
            // As after a crash of the broker that came between saving our session and saving what
            // it subscribes to: the session is there and empty.
            try garage.broker.restart(keepingState: false)
            let intake = BrokerIntake(
                settings: BrokerSettings(address: garage.broker.address, clientID: "forewarn"),
                wake: try Wake(), logger: Logger(label: "empty") { _ in SwiftLogNoOpLogHandler() })
            try expect("an empty session") {
                _ = intake.gather(timeout: .milliseconds(20))
                return intake.state.isUp
            }
            intake.close()
            let second = try garage.startConnectedDaemon()
            let message = Traffic.message(1, vehicle: 1, at: Traffic.start, coolant: 90)
            try expect("a message", within: .seconds(10)) {
                try Publication([message], to: garage.broker.address).finish()
                return try garage.newestNumbers().contains(1)
            }
            #expect(try garage.stop(second) == .exited(0))
        }
    }
}

extension Garage {
    /// Waits until the broker has granted our subscription that many times.
    func waitForSubscription(number: Int = 1) throws {
        try expect("subscription \(number)") {
            broker.log.split(separator: "Sending SUBACK to forewarn").count > number
        }
    }

    /// Waits until the daemon was accepted by the broker for the `number`th time.
    func waitForConnection(of daemon: ChildProcess, number: Int) throws {
        try expect("connection \(number)") {
            daemon.output.split(separator: "connected to the broker").count > number
        }
    }

    /// Waits until the daemon has dialled a broker that is away.
    ///
    /// One that came back before it was missed would look like a rival with our client id.
    func waitForVainDial(of daemon: ChildProcess) throws {
        let before = daemon.output.split(separator: "unreachable").count
        try expect("a dial in vain") {
            daemon.output.split(separator: "unreachable").count > before
        }
    }

    /// The numbers of messages whose acknowledgement by us the broker has logged; for messages
    /// that have each their own vehicle, named after the number.
    func acknowledgedNumbers() throws -> Set<Int> {
        var sent: [Substring: Int] = [:]
        var numbers: Set<Int> = []
        for line in broker.log.split(separator: "\n") {
            if line.contains("Sending PUBLISH to forewarn ") {
                let fields = line.split(separator: ", ")
                guard fields.count > 4, let topic = fields.first(where: { $0.hasPrefix("'v1/") })
                else { continue }
                sent[fields[3].dropFirst()] = Int(topic.dropFirst(7).prefix { $0 != "/" })
            } else if line.contains("Received PUBACK from forewarn "),
                let packet = line.split(separator: "Mid: ").last?.prefix(while: \.isNumber)
            {
                if let number = sent[packet] { numbers.insert(number) }
            }
        }
        return numbers
    }
}
