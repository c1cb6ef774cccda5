import BrokerFixture
import ForewarnDaemon
import Foundation
import TicketStorage
import Testing

extension Simulation {
    @Suite("Whether messages come through", .serialized, .enabled(if: PrivateBroker.isInstalled))
    struct CanaryTests {
        @Test("the canary flies through the broker, is told of, and counted nowhere")
        func flight() throws {
            let garage = try Garage()
            garage.environment["FOREWARN_CANARY_EVERY"] = "1s"
            let listener = try Listener(garage.broker, topics: ["forewarn/main/#"])
            try listener.listen("a subscription") { $0.isSubscribed }
            let daemon = try garage.startConnectedDaemon()
            try expect("two returns") {
                let store = try TicketStore(path: garage.database, access: .read)
                defer { try? store.close() }
                guard let canary = try store.fact("canary").flatMap({ Canary(fact: $0) }) else {
                    return false
                }
                return canary.returned.map { $0 > canary.begun + 1000 } ?? false
            }
            let doctor = try garage.forewarn("doctor")
            #expect(doctor.output.contains("ok    canary        came back"), "\(doctor.output)")
            #expect(try garage.forewarn("vehicle", "ls", "-o", "json").output == "")
            #expect(try garage.forewarn("tail", "-n", "10", "-o", "json").output == "")
            let messages = Traffic.messages(300, vehicles: 10, seed: 7)
            try garage.waitForSubscription()
            try Publication(messages, to: garage.broker.address).finish()
            try garage.waitForMessage(300)
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
            let found = try garage.contents()
            #expect(found.missing(of: 300) == [] && found.breaches == [])
            #expect(
                found.findings.filter { !$0.contains("FOREWARN-CANARY") }
                    == (try garage.unbroken(messages)).findings)
            #expect(try garage.verify().end == .exited(0))
            // Only the one who speaks for it hears it; nobody is told of what its rule found.
            #expect(!listener.tickets.contains { $0.contains("CANARY") })
        }

        @Test("the retained status says who is heard and when the canary last came back")
        func status() throws {
            let garage = try Garage()
            garage.environment["FOREWARN_CANARY_EVERY"] = "1s"
            try garage.subscribeOnce()
            let daemon = try garage.startConnectedDaemon()
            let late = try Listener(
                garage.broker, topics: ["forewarn/main/status"], clientID: "late")
            try late.listen("a flight") {
                $0.statusText.contains("\"round_trip_ms\":") && $0.status == "online"
            }
            #expect(late.statusText.contains("\"overdue\":false"))
            #expect(try garage.stop(daemon) == .exited(0), "\(daemon.output)")
        }
    }
}
