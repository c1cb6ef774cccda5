import BrokerFixture
import FleetSimulation
import Foundation
import TicketStorage
import Testing

extension Simulation {
    @Suite("The mixed fleet", .serialized, .enabled(if: PrivateBroker.isInstalled))
    struct MixedFleetTests {
        private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Samples/mixed").standardizedFileURL

        /// Messages in the journal.
        private func count(_ garage: Garage) throws -> Int {
            guard FileManager.default.fileExists(atPath: garage.database),
                let store = try? TicketStore(path: garage.database, access: .read)
            else { return 0 }
            defer { try? store.close() }
            var count = 0
            try store.forEachRow(from: 1) { row in
                guard row.kind == .batch else { return }
                count += try JournalBody.decode(row.body).entries.count { $0.kind == .message }
            }
            return count
        }

        /// A copy of the sample's configuration, with its roster or as if nobody had written one.
        static func settings(in garage: Garage, roster: Bool) throws -> String {
            let text = try String(
                contentsOf: samples.appendingPathComponent("forewarn.yaml"), encoding: .utf8)
            let named = "roster: [\(samples.appendingPathComponent("roster.csv").path)]"
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.hasPrefix("roster:") ? (roster ? named : "") : String(line)
            }
            let file = garage.file(roster ? "named.yaml" : "nameless.yaml")
            try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
            return file.path
        }

        @Test(
            "thirteen kinds of device at one broker: a ticket for each planted fault, and no other")
        func throughTheBroker() throws {
            let fleet = MixedFleet(seed: 7)
            let rules = Self.samples.appendingPathComponent("rules.yaml")
            let garage = try Garage(rules: try String(contentsOf: rules, encoding: .utf8))
            let settings = try Self.settings(in: garage, roster: false)
            let daemon = try garage.startConnectedDaemon(arguments: ["--config", settings])
            try garage.waitForSubscription(number: 13)
            let messages = fleet.messages()
            let publication = Publication(
                messages.map { Message(topic: $0.topic, payload: $0.payload) },
                to: garage.broker.address)
            try publication.finish()
            try expect("all messages in the journal; the daemon said:\n\(daemon.output)") {
                try count(garage) >= messages.count
            }
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")

            let store = try TicketStore(path: garage.database, access: .read)
            defer { try? store.close() }
            let found = try store.tickets().map(\.vehicle).sorted()
            let planted = fleet.members.filter(\.story.isFault).map { $0.source.uppercased() }
            #expect(planted.count == 13)
            #expect(found == planted.sorted())
            #expect(try garage.verify().end == .exited(0))

            let listed = try ChildProcess.run(
                [
                    Programs.forewarn, "vehicle", "unknown", "--state", garage.state, "-o", "json",
                ], output: garage.file("unknown.txt"))
            let nameless = fleet.members.filter { $0.source != $0.vehicle }
            let lines = listed.output.split(separator: "\n")
            #expect(lines.count == nameless.count, "\(listed.output)")
            for member in nameless {
                let name = "\"vehicle\":\"\(member.source.uppercased())\""
                let line = lines.first { $0.contains(name) }
                #expect(line?.contains("\"topic\":\"") == true, "\(member.source)")
                #expect(line?.contains("\"first_heard_at\":\"") == true, "\(member.source)")
            }

            // The roster names them: what they said is their vehicles' from now on.
            let named = try garage.startConnectedDaemon(
                arguments: ["--config", try Self.settings(in: garage, roster: true)])
            #expect(try garage.stop(named) == .exited(0), "\(named.output)")
            let after = try TicketStore(path: garage.database, access: .read)
            defer { try? after.close() }
            let owners = fleet.members.filter(\.story.isFault).map { $0.vehicle.uppercased() }
            #expect(try after.tickets().map(\.vehicle).sorted() == owners.sorted())
            #expect(try garage.verify().end == .exited(0))
            let left = try ChildProcess.run(
                [
                    Programs.forewarn, "vehicle", "unknown", "--state", garage.state, "-o", "json",
                ], output: garage.file("unknown-after.txt"))
            #expect(left.output.isEmpty, "\(left.output)")
        }
    }
}
