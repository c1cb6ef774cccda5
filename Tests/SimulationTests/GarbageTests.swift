import BrokerFixture
import FleetSimulation
import Foundation
import Testing

extension Simulation {
    @Suite("Garbage", .serialized) struct GarbageTests {
        static let largest = 64 << 10

        /// Messages that cannot be understood, and why.
        static let kinds: [(name: String, message: Message, reason: String)] = [
            ("an empty payload", on("v1/SIM1/ev", ""), "empty_payload"),
            (
                "bytes that are no UTF-8",
                Message(
                    topic: "v1/SIM1/ev",
                    payload: Array("{\"note\":\"".utf8) + [0xC3, 0x28, 0x22, 0x7D]),
                "invalid_utf8"
            ),
            (
                "ten thousand levels",
                on(
                    "v1/SIM1/ev",
                    "{\"x\":" + String(repeating: "[", count: 10_000)
                        + String(repeating: "]", count: 10_000) + "}"), "too_deep"
            ),
            (
                "more bytes than are taken",
                on("v1/SIM1/ev", "{\"x\":\"" + String(repeating: "x", count: largest) + "\"}"),
                "too_large"
            ),
            (
                "a value that is no number", on("v1/SIM1/ev", "{\"signals\":{\"coolant_c\":NaN}}"),
                "not_a_number"
            ),
            (
                "a number beyond all doubles",
                on("v1/SIM1/ev", "{\"signals\":{\"coolant_c\":1e400}}"), "number_out_of_range"
            ),
            ("a key that stands twice", on("v1/SIM1/ev", "{\"seq\":1,\"seq\":2}"), "duplicate_key"),
            ("a topic that names no vehicle", on("v1/two words/ev", "{}"), "topic_unexpected"),
            ("half a message", on("v1/SIM1/ev", "{\"ts\":17908"), "truncated"),
            ("a greeting", on("v1/SIM1/ev", "hello"), "not_json"),
            (
                "another vehicle's message", on("v1/SIM1/ev", "{\"vin\":\"SIM2\"}"),
                "vehicle_mismatch"
            ),
        ]

        private static func on(_ topic: String, _ text: String) -> Message {
            Message(topic: topic, text)
        }

        private static let enormous = on(
            "v1/SIM1/ev", "{\"x\":\"" + String(repeating: "y", count: 10 << 20) + "\"}")

        @Test("of 100,000 messages with 1 % garbage, the dead letters are the garbage exactly")
        func onePercent() throws {
            let count = 100_000
            var arrivals = Traffic.arrivals(count, vehicles: 100, seed: 31)
            var expected: [String: Int] = [:]
            for index in stride(from: 50, to: count, by: 100) {
                let kind = Self.kinds[index / 100 % Self.kinds.count]
                arrivals[index].message = kind.message
                expected[kind.reason, default: 0] += 1
            }
            arrivals[count / 2].message = Self.enormous
            expected["too_large", default: 0] += 1
            let bench = try Workbench(maxMessageBytes: Self.largest)
            var slowest = Duration.zero
            for start in stride(from: 0, to: count, by: 500) {
                let took = try ContinuousClock().measure {
                    try bench.take(arrivals[start..<(start + 500)])
                }
                slowest = max(slowest, took)
            }
            print("garbage: the slowest batch took \(slowest)")
            #expect(slowest < .seconds(10), "intake never stalls")
            let found = try bench.contents()
            #expect(found.deadLetters == expected)
            #expect(found.deadLetters.values.reduce(0, +) == count / 100 + 1)
            let good = arrivals.count { Traffic.number(of: $0.message.payload[...]) ?? 0 > 2 }
            #expect(found.deliveries.count { $0.key > 2 } == good)
            #expect(found.breaches == [])
            #expect(try bench.verification().difference == nil)
        }

        @Test(
            "each kind of garbage becomes a dead letter with its reason, and the rest arrives",
            .enabled(if: PrivateBroker.isInstalled))
        func live() throws {
            let garage = try Garage()
            garage.environment["FOREWARN_INTAKE_MAX_MESSAGE_BYTES"] = String(Self.largest)
            let daemon = try garage.startConnectedDaemon()
            try garage.waitForSubscription()
            var messages = Traffic.messages(1000, vehicles: 10, seed: 32)
            var expected: [String: Int] = [:]
            for (index, kind) in Self.kinds.enumerated() {
                messages.insert(kind.message, at: 50 + index * 70)
                expected[kind.reason, default: 0] += 1
            }
            messages.insert(Self.enormous, at: 900)
            expected["too_large", default: 0] += 1
            try Publication(messages, to: garage.broker.address).finish()
            try garage.waitForMessage(1000)
            #expect(try garage.stop(daemon) == .exited(0))
            let found = try garage.contents()
            #expect(found.deadLetters == expected)
            #expect(found.missing(of: 1000) == [])
            #expect(found.breaches == [])
        }
    }
}
