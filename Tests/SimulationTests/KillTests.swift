import BrokerFixture
import FleetSimulation
import Foundation
import Testing

/// Whole daemons with a real broker. One after the other: they time things on few cores.
@Suite("Simulation", .serialized) enum Simulation {}

extension Simulation {
    @Suite("Killed daemons", .serialized, .enabled(if: PrivateBroker.isInstalled))
    struct KillTests {
        static let count = 20_000
        static let kills = 32

        @Test("32 kills among 20,000 messages lose nothing and decide nothing twice")
        func killsLoseNothing() throws {
            let seed = UInt64.random(in: 0..<1 << 32)
            print("kills: seed \(seed)")
            let messages = Traffic.messages(Self.count, vehicles: 50, seed: seed)
            let garage = try Garage()
            let found = try ordeal(Programs.forewarn, messages, in: garage, seed: seed)
            #expect(found.missing(of: Self.count) == [], "seed \(seed)")
            #expect(found.messages == Self.count, "seed \(seed)")
            #expect(found.deadLetters == [:], "seed \(seed)")
            #expect(found.breaches == [], "seed \(seed)")
            // Without redelivery the kills would have missed every batch in hand.
            let again = garage.broker.log.split(separator: "Sending PUBLISH to forewarn (d1").count
            print("kills: \(again - 1) messages were sent again")
            #expect(again > Self.kills, "seed \(seed)")
            let whole = try garage.unbroken(messages)
            #expect(whole.tickets.count > 50, "seed \(seed)")
            #expect(found.tickets == whole.tickets, "seed \(seed)")
            #expect(found.findings == whole.findings, "seed \(seed)")
            let verified = try garage.verify()
            #expect(verified.end == .exited(0), "seed \(seed): \(verified.output)")
        }

        @Test("the same ordeal catches a daemon that acknowledges early")
        func earlyAcknowledgementIsCaught() throws {
            let seed: UInt64 = 7
            let messages = Traffic.messages(Self.count, vehicles: 50, seed: seed)
            let garage = try Garage()
            let found = try ordeal(Programs.earlyAcknowledger, messages, in: garage, seed: seed)
            #expect(found.missing(of: Self.count).count > 0)
            #expect(found.breaches == [])
        }

        /// Kills a program again and again while messages arrive; gives what it kept in the end.
        private func ordeal(
            _ program: String, _ messages: [Message], in garage: Garage, seed: UInt64
        ) throws -> StoreContents {
            var random = SeededRandom(seed)
            // Small batches make more of the moments at which a kill can strike.
            garage.environment["FOREWARN_INTAKE_BATCH_MESSAGES"] = "100"
            try garage.subscribeOnce(program)
            let share = (messages.count + Self.kills - 1) / Self.kills
            for round in 0..<Self.kills {
                let part = messages.dropFirst(round * share).prefix(share)
                let publication = Publication(Array(part), to: garage.broker.address)
                let daemon = try garage.startDaemon(program)
                // Some die while they start and recover, most while messages stream in.
                if random.whole(below: 4) > 0 { try garage.waitForConnection(of: daemon) }
                usleep(UInt32(random.whole(below: 150_000)))
                #expect(daemon.end == nil, "\(daemon.output)")
                daemon.kill()
                try publication.finish()
            }
            let last = try garage.startDaemon(program)
            // Behind everything else in the broker's queue, so that its arrival is the end.
            let sentinel = Traffic.message(
                messages.count + 1, vehicle: 99_999, at: Traffic.start, coolant: 90)
            try Publication([sentinel], to: garage.broker.address).finish()
            try garage.waitForMessage(messages.count + 1)
            if program == Programs.forewarn {
                #expect(try garage.stop(last) == .exited(0))
            } else {
                last.kill()
            }
            var contents = try garage.contents()
            contents.messages -= 1
            return contents
        }
    }
}
