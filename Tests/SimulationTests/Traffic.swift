import FleetSimulation
import Foundation
import MQTTIntake
import Synchronization

/// A message as a vehicle sends it.
struct Message: Sendable, Equatable {
    var topic: String
    var payload: [UInt8]

    init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }

    init(topic: String, _ text: String) { self.init(topic: topic, payload: Array(text.utf8)) }
}

/// Numbered messages of a made-up fleet, in which every kind of rule finds something.
enum Traffic {
    /// Rules with counts, holds, clear conditions and a trend.
    static let rules = """
        version: 1
        pack: simulation
        rules:
          - id: misfire
            mode: cylinder-misfire
            severity: S3
            advice: A3
            component: coil
            skill: ENG
            when: same code "P030[1-8]" 3 times within 7d
          - id: misfire-confirmed
            mode: cylinder-misfire
            severity: S2
            advice: A2
            component: coil
            skill: ENG
            when: code "P030[1-8]" confirmed 4 times within 2h
            until: not code "P030[1-8]"
          - id: hot
            mode: overheating
            severity: S2
            advice: A2
            component: radiator
            skill: ENG
            when: coolant_c > 100 °C for 3m
            until: coolant_c < 98 °C for 2m
          - id: hot-and-misfiring
            mode: overheating
            severity: S1
            advice: A1
            component: water-pump
            skill: ENG
            when: coolant_c > 100 °C and code "P0301"
          - id: drifting
            mode: cooling-drift
            severity: S4
            advice: A3
            component: thermostat
            skill: ENG
            when: "ewma(coolant_c, weight: 0.2, memory: 0.05, after: 20) beyond 1.8"

        """

    /// 2026-10-01T00:00:00Z; each vehicle reports once a minute from then on.
    static let start: Int64 = 1_790_812_800_000

    static func vehicle(_ number: Int) -> String {
        "SIM" + String(repeating: "0", count: 5 - String(number).count) + String(number)
    }

    static func topic(_ vehicle: Int) -> String { "v1/\(Self.vehicle(vehicle))/ev" }

    /// Messages numbered from 1 in `seq`, the vehicles taking turns.
    static func messages(_ count: Int, vehicles: Int, seed: UInt64) -> [Message] {
        var random = SeededRandom(seed)
        var coolant = (0..<vehicles).map { _ in random.number(in: 85...95) }
        return (0..<count).map { index in
            let vehicle = index % vehicles
            // A walk that is drawn home, with now and then a leap into trouble.
            coolant[vehicle] +=
                (90 - coolant[vehicle]) * 0.1 + random.number(in: -2...2)
                + (random.whole(below: 60) == 0 ? 18 : 0)
            let time = start + Int64(index / vehicles) * 60_000 + Int64(vehicle)
            return message(
                index + 1, vehicle: vehicle, at: time, coolant: coolant[vehicle],
                faults: random.whole(below: 12) == 0 ? [fault(&random)] : [])
        }
    }

    private static func fault(_ random: inout SeededRandom) -> String {
        let status = ["confirmed", "confirmed", "pending", "cleared"][random.whole(below: 4)]
        return "{\"code\":\"P030\(1 + random.whole(below: 3))\",\"status\":\"\(status)\"}"
    }

    static func message(
        _ number: Int, vehicle: Int, at time: Int64, coolant: Double, faults: [String] = []
    ) -> Message {
        let tenths = Int((coolant * 10).rounded())
        return Message(
            topic: topic(vehicle),
            "{\"v\":1,\"ts\":\(time),\"seq\":\(number),\"dtcs\":[\(faults.joined(separator: ","))],"
                + "\"signals\":{\"coolant_c\":\(tenths / 10).\(tenths % 10)}}")
    }

    /// The number of a message, or `nil` when its payload holds none.
    static func number(of payload: ArraySlice<UInt8>) -> Int? {
        let key = Array("\"seq\":".utf8)
        guard let place = payload.firstRange(of: key) else { return nil }
        let digits = payload[place.upperBound...].prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Messages as `mosquitto_sub -F '%U %t %x'` records them.
    static func recording(of arrivals: [Arrival]) -> Data {
        var lines: [UInt8] = []
        let digits = Array("0123456789abcdef".utf8)
        for arrival in arrivals {
            let fraction = String(arrival.received % 1000 + 1000).dropFirst()
            lines += "\(arrival.received / 1000).\(fraction)000 \(arrival.message.topic) ".utf8
            for byte in arrival.message.payload {
                lines.append(digits[Int(byte >> 4)])
                lines.append(digits[Int(byte & 15)])
            }
            lines.append(0x0A)
        }
        return Data(lines)
    }
}

/// Messages on their way to a broker from a thread of their own.
final class Publication: Sendable {
    private let group = DispatchGroup()
    private let failure = Mutex<(any Error)?>(nil)

    init(_ messages: [Message], to address: BrokerAddress) {
        group.enter()
        Thread.detachNewThread { [self] in
            defer { group.leave() }
            do {
                let publisher = try BrokerPublisher(
                    settings: BrokerSettings(
                        address: address, clientID: "vehicles-\(UUID().uuidString.prefix(8))"))
                for message in messages {
                    try publisher.publish(topic: message.topic, payload: message.payload)
                }
                try publisher.drain(timeout: .seconds(60))
                publisher.close()
            } catch {
                failure.withLock { $0 = error }
            }
        }
    }

    /// Waits until the broker has confirmed all of them.
    func finish() throws {
        group.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
