import BrokerFixture
import Foundation
import MQTTIntake
import Testing

@Suite("The link to a broker", .serialized, .enabled(if: PrivateBroker.isInstalled))
struct LinkTests {
    static let versions: [BrokerSettings.ProtocolVersion] = [.v5, .v311]

    @Test("a broker that restarts with its sessions loses nothing", arguments: versions)
    func restarts(version: BrokerSettings.ProtocolVersion) throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port) { $0.version = version }
        rig.subscribe()
        try broker.publish(Rig.numbered(0..<500))
        let held = Rig.unpack(rig.intake.gather(timeout: .seconds(5)))
        #expect(!held.isEmpty)
        try broker.restart(keepingState: true)
        // The answer comes to a connection that is gone; the broker sends all of it again.
        rig.intake.acknowledge()
        let clock = ContinuousClock()
        let took = clock.measure {
            rig.run(until: { $0.counters.messages > held.count && $0.state.isUp })
        }
        #expect(took < .seconds(5))
        try broker.publish(Rig.numbered(500..<600))
        var numbers = Set(Rig.numbers(held))
        rig.intake.abandon()
        numbers.formUnion(Rig.numbers(rig.take(5000, quiet: .seconds(1))))
        #expect(numbers.isSuperset(of: 500..<600))
        #expect(rig.intake.state == .up(sessionPresent: true))
        #expect(rig.intake.counters.sessionsLost == 0)
        let subscribes = broker.log.split(separator: "\n").count {
            $0.contains("Received SUBSCRIBE")
        }
        let expected = version == .v5 ? rig.intake.counters.connects : 1
        #expect(subscribes == expected, "asked for again where that is free")
    }

    @Test("a broker that has forgotten the session is told the topics again, and it is counted")
    func forgets() throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port)
        rig.subscribe()
        try broker.restart(keepingState: false)
        rig.run(until: { $0.counters.connects == 2 && $0.granted == ["fleet/#"] })
        #expect(rig.intake.state == .up(sessionPresent: false))
        #expect(rig.intake.counters.sessionsLost == 1)
        try broker.publish(Rig.numbered(0..<10))
        #expect(Rig.numbers(rig.take(10)) == Array(0..<10))
    }

    @Test("a broker away for a while is found within 5 s of its return, by kill as well")
    func returns() throws {
        let broker = try PrivateBroker()
        let rig = try Rig(port: broker.port)
        rig.subscribe()
        broker.kill()
        rig.run(until: {
            if case .down(.unreachable, let attempts) = $0.state { attempts >= 4 } else { false }
        })
        #expect(!rig.intake.state.isUp)
        try broker.start()
        let took = ContinuousClock().measure { rig.run(until: { $0.state.isUp }) }
        #expect(rig.intake.state.isUp && took < .seconds(5))
    }

    @Test("a kept session learns the new topic list, without what is retained coming again")
    func changesTopics() throws {
        let broker = try PrivateBroker()
        let first = try Rig(port: broker.port, subscriptions: ["fleet/a/#", "fleet/b/#"])
        try broker.publish([("fleet/a/kept", [1])], retain: true)
        first.subscribe(to: ["fleet/a/#", "fleet/b/#"])
        #expect(first.intake.counters.messages == 1, "the retained one")
        first.intake.close()
        try broker.publish([("fleet/b/x", [2])])

        let second = try Rig(
            port: broker.port, subscriptions: ["fleet/a/#", "fleet/c/#"],
            previouslyGranted: first.intake.granted)
        var arrived = second.run(until: {
            $0.state.isUp && $0.granted == ["fleet/a/#", "fleet/c/#"]
        })
        #expect(second.intake.state == .up(sessionPresent: true))
        try broker.publish([("fleet/b/x", [3]), ("fleet/c/x", [4]), ("fleet/a/x", [5])])
        arrived += second.take(3, quiet: .seconds(1))
        #expect(arrived.map(\.payload) == [[2], [4], [5]])
    }

    @Test("publishes are confirmed, those that a broken link interrupted after the reconnect")
    func publishes() throws {
        let broker = try PrivateBroker()
        let listener = try Rig(port: broker.port, clientID: "l", subscriptions: ["tickets/#"])
        listener.subscribe(to: ["tickets/#"])
        let rig = try Rig(port: broker.port)
        rig.subscribe()
        var ids = Set<PublishID>()
        for number in 0..<10 {
            ids.insert(try rig.intake.publish(topic: "tickets/\(number)", payload: [1]))
        }
        var confirmed = Set<PublishID>()
        rig.run(until: {
            confirmed.formUnion($0.takeConfirmed())
            return confirmed.count == 10
        })
        broker.kill()
        rig.run(until: { !$0.state.isUp })
        for number in 10..<3000 {
            ids.insert(try rig.intake.publish(topic: "tickets/\(number)", payload: [1]))
        }
        #expect(rig.intake.publishesInFlight == 2990)
        #expect(throws: PublishFailure.topicInvalid) {
            try rig.intake.publish(topic: "tickets/#", payload: [])
        }
        try broker.start()
        rig.run(until: {
            confirmed.formUnion($0.takeConfirmed())
            return $0.publishesInFlight == 0
        })
        #expect(confirmed == ids)
    }

    @Test("the broker's refusal of a publish is told, and it is not tried again")
    func refusesPublishes() throws {
        let broker = try PrivateBroker()
        let rules = broker.folder.appendingPathComponent("acl")
        try "topic read #\ntopic write tickets/#\n".write(
            to: rules, atomically: true, encoding: .utf8)
        let strict = try PrivateBroker(lines: ["acl_file \(rules.path)"])
        let rig = try Rig(port: strict.port)
        rig.subscribe()
        let good = try rig.intake.publish(topic: "tickets/1", payload: [])
        let bad = try rig.intake.publish(topic: "fleet/1", payload: [])
        rig.run(until: { $0.publishesInFlight == 0 })
        #expect(rig.intake.takeConfirmed() == [good])
        #expect(rig.intake.takeRefused().map(\.id) == [bad])
    }

    @Test("the status is online while we are there, and offline after a goodbye or a crash")
    func status() throws {
        let broker = try PrivateBroker()
        let watcher = try Rig(port: broker.port, clientID: "w", subscriptions: ["status"])
        watcher.subscribe(to: ["status"])
        func next() -> [UInt8]? { watcher.take(1).first?.payload }
        func newcomer() throws -> Rig {
            let rig = try Rig(port: broker.port) {
                $0.status = .init(topic: "status", online: [1], offline: [0])
            }
            rig.run(until: { $0.state.isUp })
            return rig
        }
        var rig: Rig? = try newcomer()
        #expect(next() == [1])
        rig?.intake.close()
        #expect(next() == [0])
        rig = try newcomer()
        #expect(next() == [1])
        rig = nil
        #expect(next() == [0], "the will")
        let late = try Rig(port: broker.port, clientID: "late", subscriptions: ["status"])
        late.run(until: { $0.state.isUp })
        let batch = late.intake.gather(timeout: .seconds(5))
        #expect(batch.messages.map(\.retained) == [true], "it is kept for whoever comes later")
        late.intake.acknowledge()
    }

    @Test("two instances with one client id do not throw each other out for ever")
    func stepsBack() throws {
        let broker = try PrivateBroker()
        let rigs = [try Rig(port: broker.port), try Rig(port: broker.port)]
        func connects() -> Int { rigs.map(\.intake.counters.connects).reduce(0, +) }
        func run(until isDone: () -> Bool, within limit: Duration) {
            let end = ContinuousClock.now + limit
            while !isDone(), ContinuousClock.now < end {
                for rig in rigs { rig.run(until: { _ in false }, within: .milliseconds(20)) }
            }
        }
        run(
            until: {
                rigs.contains {
                    if case .down(.takenOver, _) = $0.intake.state { true } else { false }
                }
            }, within: .seconds(20))
        run(until: { rigs.contains { $0.intake.state.isUp } }, within: .seconds(5))
        let before = connects()
        #expect(before < 12)
        run(until: { false }, within: .seconds(3))
        #expect(rigs.count { $0.intake.state.isUp } == 1 && connects() == before)
    }

    @Test("credentials that are refused are told as such, and end a client that fails fast")
    func refusesCredentials() throws {
        let broker = try PrivateBroker(anonymous: false)
        for version in Self.versions {
            let rig = try Rig(port: broker.port) {
                $0.version = version
                $0.failsFast = true
                $0.username = "nobody"
                $0.password = "wrong"
            }
            rig.run(until: { $0.hasGivenUp })
            guard case .down(.credentialsRefused, attempts: 1) = rig.intake.state else {
                Issue.record("\(rig.intake.state)")
                continue
            }
            var settings = BrokerSettings(address: broker.address, clientID: "p")
            settings.version = version
            #expect(throws: BrokerRefused.self) { try BrokerPublisher(settings: settings) }
        }
    }

    @Test("a port on which nobody listens is unreachable, and so is a name that does not resolve")
    func unreachable() throws {
        let nobody = BrokerAddress(host: "127.0.0.1", port: try PrivateBroker.freePort())
        for address in [nobody, BrokerAddress(host: "no-such-host.invalid", port: 1883)] {
            #expect(throws: BrokerUnreachable.self) {
                try BrokerPublisher(settings: BrokerSettings(address: address, clientID: "p"))
            }
        }
        let rig = try Rig(port: nobody.port) { $0.failsFast = true }
        rig.run(until: { $0.hasGivenUp })
        guard case .down(.unreachable, attempts: 1) = rig.intake.state else {
            Issue.record("\(rig.intake.state)")
            return
        }
    }

    @Test("a publisher that loses its broker says so instead of waiting for ever")
    func publisherLosesBroker() throws {
        let broker = try PrivateBroker()
        let publisher = try BrokerPublisher(
            settings: BrokerSettings(address: broker.address, clientID: "p"), window: 10)
        for _ in 0..<100 { try publisher.publish(topic: "t", payload: [1]) }
        #expect(try publisher.drain(timeout: .seconds(10)) == 0 && publisher.confirmed == 100)
        broker.kill()
        #expect(throws: BrokerUnreachable.self) {
            for _ in 0..<1000 { try publisher.publish(topic: "t", payload: [1]) }
        }
    }
}
