import BrokerFixture
import Foundation
import ServiceTickets
import TicketStorage
import Testing

extension Simulation {
    /// A ticket's whole life by commands, with programs that are killed on the way.
    @Suite("Tickets whose programs are killed", .serialized) struct TicketKillTests {
        /// The words of each step, without ticket and store.
        static let life: [(verb: String, role: String, words: [String])] = [
            ("ack", "customer_service", []),
            (
                "triage", "technician",
                ["--level", "2", "--severity", "S2", "--advice", "A2", "--component", "pump"]
            ),
            ("contact", "customer_service", ["--outcome", "reached_yes"]),
            (
                "estimate", "customer_service",
                ["--estimate", "E1", "--total", "900", "--currency", "CNY", "--payer", "warranty"]
            ),
            ("part", "parts", ["--part", "P-1", "--status", "ordered", "--lot", "L7"]),
            (
                "hold", "customer_service",
                ["--reason", "awaiting_customer", "--wake-at", "2090-01-01T00:00:00Z"]
            ),
            ("resume", "customer_service", []),
            (
                "schedule", "customer_service",
                [
                    "--site", "north", "--slot", "2090-01-02T00:00:00Z", "--parts", "ordered",
                    "--estimate", "E1",
                ]
            ),
            ("part", "parts", ["--part", "P-1", "--status", "received"]),
            (
                "check-in", "reception",
                ["--odometer", "41200", "--notes", "none", "--consent"]
            ),
            ("repair", "technician", ["--level", "2"]),
            (
                "repair", "technician",
                [
                    "--level", "2", "--complaint", "hot", "--cause", "pump", "--correction",
                    "changed", "--root-part", "P-1", "--disposition", "confirmed_as_predicted",
                ]
            ),
            ("qc", "quality", ["--fail", "--checklist", "road test"]),
            (
                "repair", "technician",
                [
                    "--level", "2", "--complaint", "hot", "--cause", "clamp", "--correction",
                    "changed", "--root-part", "P-2", "--disposition", "confirmed_as_predicted",
                ]
            ),
            ("qc", "quality", ["--pass", "--checklist", "all"]),
            ("deliver", "reception", ["--odometer", "41210"]),
            ("follow-up", "customer_service", ["--csat", "5"]),
            ("close", "customer_service", []),
            ("reopen", "supervisor", ["--reason", "again"]),
            (
                "feedback", "technician",
                ["--department", "rd", "--text", "x", "--until", "2090-01-01"]
            ),
            ("note", "supervisor", ["--text", "end"]),
        ]

        /// A store with one ticket, in a folder that is removed with this.
        final class Shop {
            let folder: URL
            var state: String { folder.appendingPathComponent("state").path }
            private var runs = 0

            init() throws {
                folder = FileManager.default.temporaryDirectory
                    .appendingPathComponent("shop-\(UUID().uuidString)")
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
                let history = folder.appendingPathComponent("history.jsonl")
                // So new that no promise runs out meanwhile.
                let now = Int64(Date().timeIntervalSince1970 * 1000)
                try Data(
                    """
                    {"at":"\(now)","verb":"open","vehicle":"TESTVAN1","mode":"pump-worn",\
                    "severity":"S3","complaint":"hot","actor":"chen","role":"customer_service"}

                    """.utf8
                ).write(to: history)
                let taken = try run(["ticket", "import", history.path])
                #expect(taken.end == .exited(0), "\(taken.output)")
            }

            deinit { try? FileManager.default.removeItem(at: folder) }

            func run(_ words: [String], tracer: [String] = []) throws
                -> (end: ChildProcess.End?, output: String)
            {
                runs += 1
                return try ChildProcess.run(
                    tracer + [Programs.forewarn] + words + ["--state", state],
                    environment: ["FOREWARN_ACTOR": ""],
                    output: folder.appendingPathComponent("run-\(runs).log"))
            }

            func words(_ step: (verb: String, role: String, words: [String])) -> [String] {
                ["ticket", step.verb, "T-1", "--role", step.role, "--actor", step.role]
                    + step.words
            }

            var store: TicketStore {
                get throws {
                    try TicketStore(path: state + "/" + TicketStore.fileName, access: .read)
                }
            }

            /// Steps of people that are asked for, carried out or not.
            func asked() throws -> Int {
                let store = try store
                defer { try? store.close() }
                return try store.history(of: 1).count { $0.role != .system }
                    + store.askedCommands().count
            }

            /// What happened, but for the clock on the wall.
            func story() throws -> [String] {
                let store = try store
                defer { try? store.close() }
                #expect(try store.contradictions() == [])
                return try store.history(of: 1).map {
                    "\($0.epoch) \($0.actor) \($0.role) \($0.kind.name) \($0.state) \($0.fields.json)"
                }
            }
        }

        /// The same life without a kill.
        static let unbroken: Result<[String], any Error> = Result {
            let shop = try Shop()
            for step in life {
                let done = try shop.run(shop.words(step))
                #expect(done.end == .exited(0), "\(step.verb): \(done.output)")
            }
            return try shop.story()
        }

        @Test(
            "a command killed at any of its writes has done its step wholly or not at all",
            .enabled(if: Programs.strace != nil))
        func commands() throws {
            let shop = try Shop()
            var kills = 0
            for (number, step) in Self.life.enumerated() {
                let before = try shop.asked()
                // Later steps begin further on, so that all of a command's writes have their turn:
                // first what is asked, then what is decided, then the answer.
                var place = 1 + number * 2 % 25
                while try shop.asked() == before {
                    let run = try shop.run(
                        shop.words(step),
                        tracer: [
                            Programs.strace ?? "", "-D", "-f", "-qq", "-o", "/dev/null", "-e",
                            "trace=pwrite64,fdatasync,ftruncate", "-e",
                            "inject=pwrite64,fdatasync,ftruncate:signal=KILL:when=\(place)",
                        ])
                    if run.end == .killed(SIGKILL) {
                        kills += 1
                    } else {
                        #expect(run.end == .exited(0), "\(step.verb): \(run.output)")
                    }
                    place += 1
                }
                #expect(try shop.asked() == before + 1, "\(step.verb)")
            }
            // What was asked and not seen to is done by whoever comes next.
            #expect(try shop.run(["ticket", "ls"]).end == .exited(0))
            if try shop.store.askedCommands().count > 0 {
                _ = try shop.run(["dlq", "drop", "999"])
            }
            print("ticket kills: \(kills)")
            #expect(kills >= Self.life.count)
            #expect(try shop.story() == Self.unbroken.get())
            let verified = try shop.run(["replay", "--verify"])
            #expect(verified.end == .exited(0), "\(verified.output)")
        }

        @Test(
            "a daemon killed between any two steps, or while one is asked for, changes nothing",
            .enabled(if: PrivateBroker.isInstalled))
        func daemons() throws {
            let garage = try Garage()
            let shop = try Shop()
            garage.state = shop.state
            var daemon = try garage.startConnectedDaemon()
            for (number, step) in Self.life.enumerated() {
                let before = try shop.asked()
                let asking = try ChildProcess(
                    [Programs.forewarn] + shop.words(step) + ["--state", shop.state],
                    output: garage.file("ask-\(number).log"))
                // Every other time the daemon dies with the step in hand.
                if number.isMultiple(of: 2) {
                    try asking.wait()
                } else {
                    try expect("a step that is asked for") { try shop.asked() > before }
                }
                daemon.kill()
                daemon = try garage.startConnectedDaemon()
                #expect(try asking.wait() == .exited(0), "\(step.verb): \(asking.output)")
            }
            #expect(try garage.stop(daemon) == .exited(0))
            #expect(try shop.story() == Self.unbroken.get())
            #expect(try garage.verify().end == .exited(0))
        }
    }
}
