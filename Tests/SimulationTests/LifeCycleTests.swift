import BrokerFixture
import Foundation
import TicketStorage
import Testing

extension Simulation {
    @Suite("Signals and starts", .serialized, .enabled(if: PrivateBroker.isInstalled))
    struct LifeCycleTests {
        @Test("SIGTERM under load ends in order, with everything in hand acknowledged")
        func termination() throws {
            let count = 6000
            let messages = Traffic.messages(count, vehicles: 30, seed: 5)
            let garage = try Garage()
            garage.environment["FOREWARN_INTAKE_BATCH_MESSAGES"] = "100"
            try garage.subscribeOnce()
            let publication = Publication(messages, to: garage.broker.address)
            for _ in 0..<3 {
                let daemon = try garage.startConnectedDaemon()
                try expect("messages in the journal") { try !garage.newestNumbers().isEmpty }
                let asked = ContinuousClock.now
                #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
                // About a second is promised; the rest is for a machine that is busy elsewhere.
                #expect(ContinuousClock.now - asked < .seconds(3))
            }
            try publication.finish()
            let last = try garage.startConnectedDaemon()
            try garage.waitForMessage(count)
            #expect(try garage.stop(last) == .exited(0))
            let found = try garage.contents()
            #expect(found.missing(of: count) == [])
            // A message that was committed and not acknowledged would have come again.
            #expect(found.deliveries.values.allSatisfy { $0 == 1 })
            #expect(found.breaches == [])
            #expect(try garage.verify().end == .exited(0))
        }

        @Test("a reload with broken rules keeps the old ones, one with good rules keeps windows")
        func reload() throws {
            let garage = try Garage(rules: Self.rules(more: ""))
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            try send([1, 2], vehicle: 1, to: garage)
            try send([3, 4], vehicle: 2, to: garage)
            try garage.waitForMessage(4)

            try write("rules: [", to: garage)
            daemon.send(SIGHUP)
            try expect("a refusal") { daemon.output.contains("reload refused") }
            try send([5], vehicle: 1, to: garage)
            try garage.waitForMessage(5)
            #expect(try garage.findingRules() == ["third"])

            let more = """
                  - { id: first, mode: other, severity: S4, advice: A3, component: coil, skill: ENG,
                      when: 'code "P0420"' }
                """
            try write(Self.rules(more: more), to: garage)
            daemon.send(SIGHUP)
            try expect("a reload") { daemon.output.contains("configuration reloaded") }
            try send([6], vehicle: 2, to: garage)
            try send([7], vehicle: 3, code: "P0420", to: garage)
            try garage.waitForMessage(7)
            #expect(try garage.findingRules() == ["third", "third", "first"])

            let asked = [Programs.forewarn, "reload", "--state", garage.file("state").path]
            try write("version: 1\nrules: nonsense", to: garage)
            let refused = try ChildProcess.run(asked, output: garage.file("refused.txt"))
            #expect(refused.end == .exited(1) && refused.output.contains(":2:8: error: "))
            try write(Self.rules(more: ""), to: garage)
            let done = try ChildProcess.run(asked, output: garage.file("done.txt"))
            #expect(done.end == .exited(0), "\(done.output)")
            #expect(done.output.hasPrefix("1 rule removed (first); state of "))
            #expect(try garage.stop(daemon) == .exited(0))
            let verified = try garage.verify()
            #expect(verified.end == .exited(0), "\(verified.output)")
        }

        @Test("a storm of SIGHUP loses nothing")
        func reloadStorm() throws {
            let count = 3000
            let messages = Traffic.messages(count, vehicles: 30, seed: 6)
            let garage = try Garage()
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            let publication = Publication(messages, to: garage.broker.address)
            let good = Traffic.rules
            var round = 0
            try expect("message \(count)", within: .seconds(90)) {
                round += 1
                let other = good + "\n  # round \(round)\n"
                try write(round % 3 == 0 ? "nonsense" : other, to: garage)
                for _ in 0..<50 { daemon.send(SIGHUP) }
                return try garage.newestNumbers().contains(count)
            }
            try publication.finish()
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
            let found = try garage.contents()
            try write(good, to: garage)
            #expect(found.missing(of: count) == [])
            #expect(found.breaches == [])
            #expect(found.findings == (try garage.unbroken(messages)).findings)
            #expect(try garage.verify().end == .exited(0))
        }

        @Test("wrong configuration exits 78, a state folder in use exits 3")
        func exitCodes() throws {
            let garage = try Garage()
            let daemon = try garage.startConnectedDaemon()
            let second = try garage.startDaemon()
            #expect(try second.wait() == .exited(3), "\(second.output)")
            #expect(daemon.end == nil)
            #expect(try garage.stop(daemon) == .exited(0))

            try write("rules: [", to: garage)
            #expect(try garage.startDaemon().wait() == .exited(78))
            try write(Traffic.rules, to: garage)
            garage.environment["FOREWARN_INTAKE_LINGER"] = "soon"
            #expect(try garage.startDaemon().wait() == .exited(78))
        }

        private static func rules(more: String) -> String {
            """
            version: 1
            rules:
              - { id: third, mode: misfire, severity: S3, advice: A3, component: coil, skill: ENG,
                  when: 'code "P0301" 3 times within 7d' }
            \(more)

            """
        }

        private func write(_ rules: String, to garage: Garage) throws {
            try rules.write(to: garage.rules, atomically: true, encoding: .utf8)
        }

        private func send(
            _ numbers: [Int], vehicle: Int, code: String = "P0301", to garage: Garage
        ) throws {
            let messages = numbers.map {
                Traffic.message(
                    $0, vehicle: vehicle, at: Traffic.start + Int64($0) * 60_000, coolant: 90,
                    faults: ["{\"code\":\"\(code)\",\"status\":\"confirmed\"}"])
            }
            try Publication(messages, to: garage.broker.address).finish()
        }
    }
}

extension Garage {
    /// The rules of all findings, in order.
    func findingRules() throws -> [String] {
        let store = try TicketStore(path: database, access: .read)
        defer { try? store.close() }
        var events = try store.eventTexts(from: 1)
        var rules: [String] = []
        while let event = try events.next() {
            if let rule = event.body.split(separator: "\"rule\":\"").dropFirst().first {
                rules.append(String(rule.prefix { $0 != "\"" }))
            }
        }
        return rules
    }
}
