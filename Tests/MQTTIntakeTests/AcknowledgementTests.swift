import BrokerFixture
import Foundation
import MQTTIntake
import Testing

@Suite("What is sent to the broker, byte by byte") struct AcknowledgementBytesTests {
    /// An intake that a scripted broker has accepted, and that has sent all it had to say.
    private func connected(
        _ broker: ScriptedBroker, change: (inout BrokerSettings) -> Void = { _ in }
    ) throws -> Rig {
        let rig = try Rig(port: broker.port, previouslyGranted: ["fleet/#"]) {
            $0.version = .v311
            change(&$0)
        }
        _ = rig.intake.gather(timeout: .milliseconds(50))
        broker.accept()
        #expect(broker.received(within: .seconds(5)).first == 0x10, "a CONNECT comes first")
        broker.send(ScriptedBroker.accepted(sessionPresent: true))
        rig.run(until: { $0.state.isUp })
        _ = broker.received()
        return rig
    }

    @Test("no byte leaves between gathering and acknowledging, whatever else is asked for")
    func silence() throws {
        let broker = try ScriptedBroker()
        let rig = try connected(broker)
        for packet in UInt8(1)...3 {
            broker.send(ScriptedBroker.publish(packet, topic: "fleet/a", payload: [packet]))
        }
        var batch = rig.intake.gather(timeout: .seconds(5))
        #expect(batch.count > 0)
        _ = try rig.intake.publish(topic: "tickets/1", payload: [1])
        #expect(broker.received(within: .milliseconds(100)) == [])
        var packets = batch.count
        rig.intake.acknowledge()
        while packets < 3 {
            batch = rig.intake.gather(timeout: .seconds(5))
            packets += batch.count
            rig.intake.acknowledge()
        }
        let sent = broker.received(within: .seconds(5))
        for packet in UInt8(1)...3 {
            let found = sent.indices.dropLast(3).contains {
                Array(sent[$0..<$0 + 4]) == [0x40, 2, 0, packet]
            }
            #expect(found, "PUBACK \(packet)")
        }
        #expect(sent.contains(0x32), "the publish leaves as well")
    }

    @Test("abandoning sends nothing, not even what was queued before")
    func abandons() throws {
        let broker = try ScriptedBroker()
        let rig = try connected(broker)
        broker.send(ScriptedBroker.publish(1, topic: "fleet/a", payload: [1]))
        #expect(rig.intake.gather(timeout: .seconds(5)).count == 1)
        _ = try rig.intake.publish(topic: "tickets/1", payload: [1])
        rig.intake.abandon()
        #expect(broker.received(within: .milliseconds(200)) == [])
        #expect(rig.intake.state == .down(.abandoned, attempts: 1))
        #expect(rig.intake.publishesInFlight == 1)
    }

    @Test("an intake that goes away with a batch in hand sends nothing")
    func disappears() throws {
        let broker = try ScriptedBroker()
        do {
            let rig = try connected(broker)
            broker.send(ScriptedBroker.publish(1, topic: "fleet/a", payload: [1]))
            #expect(rig.intake.gather(timeout: .seconds(5)).count == 1)
        }
        #expect(broker.received(within: .milliseconds(200)) == [])
    }

    @Test("a queue that the socket does not take at once leaves bit by bit")
    func leavesBitByBit() throws {
        let broker = try ScriptedBroker()
        let rig = try connected(broker)
        let payload = [UInt8](repeating: 7, count: 100_000)
        for _ in 0..<200 { _ = try rig.intake.publish(topic: "tickets/1", payload: payload) }
        rig.intake.acknowledge()
        broker.send(ScriptedBroker.publish(1, topic: "fleet/a", payload: [1]))
        var held = 0
        var sent = 0
        let end = ContinuousClock.now + .seconds(20)
        while sent < 200 * 100_015, ContinuousClock.now < end {
            held += rig.intake.gather(timeout: .milliseconds(5)).count
            rig.intake.acknowledge()
            sent += broker.received().count
        }
        // Each PUBLISH has 4 bytes of header, 2 + 9 of topic and 2 of packet id; a PUBACK has 4.
        #expect(held == 1 && sent == 200 * (4 + 11 + 2 + 100_000) + 4)
    }

    @Test("a broker that says why it hangs up is believed at once")
    func isTakenOver() throws {
        let broker = try ScriptedBroker()
        let rig = try Rig(port: broker.port)
        _ = rig.intake.gather(timeout: .milliseconds(50))
        broker.accept()
        _ = broker.received(within: .seconds(5))
        broker.send([0x20, 3, 0, 0, 0])
        rig.run(until: { $0.state.isUp })
        broker.send([0xE0, 2, 0x8E, 0])
        rig.run(until: { !$0.state.isUp })
        #expect(rig.intake.state == .down(.takenOver, attempts: 1))
    }

    @Test("a message that arrives during the goodbye is not acknowledged")
    func closes() throws {
        let broker = try ScriptedBroker()
        let rig = try connected(broker) {
            $0.status = .init(topic: "s", online: [1], offline: [0])
        }
        broker.send(ScriptedBroker.publish(9, topic: "fleet/a", payload: [1]))
        rig.intake.close()
        let sent = broker.received()
        #expect(sent.suffix(2) == [0xE0, 0], "a DISCONNECT comes last")
        #expect(sent.dropLast(2).last == 0, "the offline status comes before it")
        #expect(!sent.contains(0x40))
    }
}

@Suite("Acknowledging to a broker", .serialized, .enabled(if: PrivateBroker.isInstalled))
struct AcknowledgementTests {
    static let versions: [BrokerSettings.ProtocolVersion] = [.v5, .v311]

    @Test("what is published arrives, whatever its bytes", arguments: versions)
    func receives(version: BrokerSettings.ProtocolVersion) throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port) { $0.version = version }
        rig.subscribe()
        let messages: [Rig.Message] = [
            ("fleet/empty", []), ("fleet/binary", Array(0...255)), ("fleet/ü/Ω", [0xFF, 0, 0xFE]),
            ("fleet/long", Array(repeating: 7, count: 300_000)),
        ]
        try broker.publish(messages + [("elsewhere", [1])])
        let arrived = rig.take(messages.count + 1, quiet: .milliseconds(300))
        #expect(arrived.map(\.topic) == messages.map(\.topic))
        #expect(arrived.map(\.payload) == messages.map(\.payload))
        #expect(rig.intake.counters.messages == messages.count)
        let received = Int64(Date().timeIntervalSince1970 * 1000)
        try broker.publish([("fleet/time", [])])
        let batch = rig.intake.gather(timeout: .seconds(5))
        #expect((batch.messages.first?.receivedMilliseconds ?? 0) - received < 10_000)
        rig.intake.acknowledge()
    }

    @Test("what is not acknowledged comes again to the next connection", arguments: versions)
    func redelivers(version: BrokerSettings.ProtocolVersion) throws {
        let broker = try PrivateBroker()
        let first = try Rig(port: broker.port) { $0.version = version }
        first.subscribe()
        try broker.publish(Rig.numbered(0..<200))
        var held = 0
        // A part is acknowledged, the batch after that is not.
        while held < 50 {
            held += first.intake.gather(timeout: .seconds(5)).count
            first.intake.acknowledge()
        }
        try broker.publish(Rig.numbered(200..<300))
        let lost = Rig.numbers(Rig.unpack(first.intake.gather(timeout: .seconds(5))))
        #expect(!lost.isEmpty)
        first.intake.abandon()
        #expect(first.intake.state == .down(.abandoned, attempts: 1))

        let second = try Rig(port: broker.port, previouslyGranted: ["fleet/#"]) {
            $0.version = version
        }
        let again = Set(Rig.numbers(second.take(300 - held, quiet: .seconds(1))))
        #expect(again.isSuperset(of: lost))
        #expect(again == Set(held..<300), "and nothing that was acknowledged")
    }

    @Test("the same intake gets it again when it has abandoned a batch")
    func recovers() throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port)
        rig.subscribe()
        try broker.publish(Rig.numbered(0..<40))
        let first = Rig.unpack(rig.intake.gather(timeout: .seconds(5)))
        rig.intake.abandon()
        let again = Rig.numbers(rig.take(40))
        #expect(again.starts(with: Rig.numbers(first)) && Set(again) == Set(0..<40))
        #expect(rig.intake.counters.connects == 2 && rig.intake.counters.sessionsLost == 0)
    }

    @Test("control: acknowledging before the commit loses what the commit fails to keep")
    func control() throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port)
        rig.subscribe()
        try broker.publish(Rig.numbered(0..<40))
        var gathered = 0
        while gathered < 40 {
            gathered += rig.intake.gather(timeout: .seconds(5)).count
            rig.intake.acknowledge()
        }
        rig.intake.abandon()
        #expect(rig.take(1, quiet: .seconds(1)).isEmpty)
    }

    @Test("a batch keeps to its bounds, and nothing is lost by that", arguments: versions)
    func bounds(version: BrokerSettings.ProtocolVersion) throws {
        let broker = try PrivateBroker()
        for limits in [BatchLimits(messages: 7), BatchLimits(bytes: 100)] {
            let rig = try Rig(port: broker.port, limits: limits) { $0.version = version }
            rig.run(until: { $0.state.isUp })
            if rig.intake.granted.isEmpty && rig.intake.counters.messages == 0 { rig.subscribe() }
            try broker.publish(Rig.numbered(0..<100))
            var numbers: [Int] = []
            while numbers.count < 100 {
                let batch = rig.intake.gather(timeout: .seconds(5))
                #expect(batch.count <= limits.messages)
                #expect(batch.bytes.count < limits.bytes + 20)
                guard !batch.isEmpty else { break }
                numbers += Rig.numbers(Rig.unpack(batch))
                rig.intake.acknowledge()
            }
            #expect(numbers == Array(0..<100))
            rig.intake.close()
        }
    }

    @Test("a batch waits for company as long as the shorter of two commits took, within the linger")
    func lingers() throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port, limits: BatchLimits(linger: .seconds(20)))
        rig.subscribe()
        try broker.publish([("fleet/a", [1])])
        let clock = ContinuousClock()
        let quick = clock.measure { #expect(rig.intake.gather(timeout: .seconds(5)).count == 1) }
        #expect(quick < .seconds(4), "no commit was measured yet")
        rig.intake.acknowledge(after: .seconds(20))
        try broker.publish([("fleet/a", [1])])
        let single = clock.measure { #expect(rig.intake.gather(timeout: .seconds(5)).count == 1) }
        #expect(single < .seconds(4), "one slow commit delays nobody")
        rig.intake.acknowledge(after: .milliseconds(300))
        try broker.publish([("fleet/a", [1])])
        let slow = clock.measure { #expect(rig.intake.gather(timeout: .seconds(5)).count == 1) }
        #expect(slow >= .milliseconds(290) && slow < .seconds(4))
        rig.intake.acknowledge()
    }

    @Test("a bell ends a wait with whatever there is")
    func wakes() throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port, limits: BatchLimits(linger: .seconds(30)))
        rig.subscribe()
        rig.wake.ring()
        rig.wake.ring()
        let clock = ContinuousClock()
        var took = clock.measure { #expect(rig.intake.gather(timeout: .seconds(30)).isEmpty) }
        #expect(took < .seconds(10), "a bell that rang before")
        rig.intake.acknowledge()

        try broker.publish([("fleet/a", [1])])
        #expect(rig.intake.gather(timeout: .seconds(5)).count == 1)
        rig.intake.acknowledge(after: .seconds(30))
        try broker.publish([("fleet/a", [1])])
        #expect(rig.intake.gather(timeout: .seconds(5)).count == 1)
        rig.intake.acknowledge(after: .seconds(30))
        try broker.publish([("fleet/a", [1])])
        let wake = rig.wake
        let ringer = Thread {
            usleep(200_000)
            wake.ring()
        }
        ringer.start()
        took = clock.measure { #expect(rig.intake.gather(timeout: .seconds(30)).count == 1) }
        #expect(took < .seconds(10), "a bell that rings during the linger")
        rig.intake.acknowledge()
    }

    @Test("thousands of messages come through in their order, none twice, none missing")
    func volume() throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port)
        rig.subscribe()
        try broker.publish(Rig.numbered(0..<20_000))
        #expect(Rig.numbers(rig.take(20_000)) == Array(0..<20_000))
    }
}
