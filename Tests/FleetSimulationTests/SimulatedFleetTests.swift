import Foundation
import Testing
import VehicleFaults

@testable import FleetSimulation

@Suite struct SimulatedFleetTests {
    /// What a fleet sends and what is true of it.
    struct Run: Sendable {
        let fleet: SimulatedFleet
        let messages: [SampleMessage]
        let truth: [FleetTruth]

        init(_ preset: FleetPreset, seed: UInt64 = 1, vehicles: Int = 120, days: Int = 60) {
            fleet = SimulatedFleet(preset: preset, seed: seed, vehicles: vehicles, days: days)
            var messages: [SampleMessage] = []
            var truth: [FleetTruth] = []
            for item in fleet {
                switch item {
                case .message(let message): messages.append(message)
                case .truth(let line): truth.append(line)
                }
            }
            self.messages = messages
            self.truth = truth
        }

        var failures: [FailureTruth] {
            truth.compactMap { if case .failure(let failure) = $0 { failure } else { nil } }
        }
        var lookAlikes: [LookAlikeTruth] {
            truth.compactMap { if case .lookAlike(let alike) = $0 { alike } else { nil } }
        }
        var bytes: [UInt8] {
            var bytes: [UInt8] = []
            for message in messages { message.appendRecordingLine(to: &bytes) }
            for line in truth { line.appendLine(to: &bytes) }
            return bytes
        }
    }

    static let easy = Run(.easy)
    static let null = Run(.null, vehicles: 40, days: 40)
    static let nuisance = Run(.nuisance, vehicles: 60, days: 40)

    @Test("a seed gives the same bytes on every machine")
    func sameSeed() {
        let small = Run(.normal, seed: 3, vehicles: 12, days: 20).bytes
        #expect(small == Run(.normal, seed: 3, vehicles: 12, days: 20).bytes)
        #expect(SampleFleetTests.digest(small) == 0xA462_E8FF_282B_8B5B)
        #expect(small != Run(.normal, seed: 4, vehicles: 12, days: 20).bytes)
        #expect(small != Run(.hard, seed: 3, vehicles: 12, days: 20).bytes)
    }

    @Test("messages come in the order in which they were received, within the fleet's days")
    func order() {
        let messages = Self.easy.messages
        #expect(messages.count > 10_000)
        for (a, b) in zip(messages, messages.dropFirst()) { #expect(a.received <= b.received) }
        let span = Self.easy.fleet.start..<Self.easy.fleet.end
        #expect(messages.allSatisfy { span.contains($0.received) })
    }

    @Test("every message is a native one about one vehicle, and every line of truth an object")
    func isJSON() throws {
        for message in Self.easy.messages.prefix(500) {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(message.payload)) as? [String: Any])
            #expect(
                Set(object.keys) == ["vin", "ts", "seq", "odo_km", "complete", "dtcs", "signals"])
            let signals = try #require(object["signals"] as? [String: Double])
            #expect(signals.count == FleetSignal.count + 2)
        }
        for line in Self.easy.truth {
            var bytes: [UInt8] = []
            line.appendLine(to: &bytes)
            let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            #expect(object?["v"] as? Int == 1 && object?["kind"] is String)
        }
    }

    @Test("one message in twenty is over an hour late, one in a hundred comes twice")
    func network() {
        let messages = Self.easy.messages
        let count = Double(messages.count)
        func share(_ delivery: SampleMessage.Delivery) -> Double {
            Double(messages.count { $0.delivery == delivery }) / count
        }
        #expect((share(.late) - 0.05).magnitude < 0.008)
        #expect((share(.duplicate) - 0.01).magnitude < 0.004)
        // A duplicate may overtake its late original, never repeat another's bytes.
        var copies: [[UInt8]: Int] = [:]
        for message in messages { copies[message.payload, default: 0] += 1 }
        #expect(copies.values.allSatisfy { $0 <= 2 })
    }

    @Test("late messages are over an hour late, some over a day; clocks fall back to the epoch")
    func delays() throws {
        var late = 0
        var days = 0
        var resets = 0
        for message in Self.easy.messages {
            let text = String(decoding: message.payload, as: UTF8.self)
            let start = try #require(text.firstRange(of: "\"ts\":\"")).upperBound
            let told = String(text[start...].prefix(24))
            if told.hasPrefix("1970") {
                resets += 1
                continue
            }
            if told < message.received.advanced(by: -3_600_000).text() {
                late += 1
                #expect(message.delivery != .regular)
            }
            if told < message.received.advanced(by: -86_400_000).text() { days += 1 }
        }
        let count = Double(Self.easy.messages.count)
        #expect((Double(late) / count - 0.05).magnitude < 0.008)
        #expect((0.002...0.009).contains(Double(days) / count))
        #expect((0.0008...0.004).contains(Double(resets) / count))
    }

    @Test("each precursor's code was received before the failure that it announced")
    func codesComeFirst() {
        var announced = 0
        for failure in Self.easy.failures {
            for seen in failure.codes {
                announced += 1
                #expect(seen.at >= failure.onset)
                #expect(seen.received < failure.failed ?? Self.easy.fleet.end)
                let topic = "v1/\(failure.vehicle)/ev"
                let isThere = Self.easy.messages.contains { message in
                    message.received == seen.received && message.topic == topic
                        && String(decoding: message.payload, as: UTF8.self).contains(seen.code)
                }
                #expect(isThere, "\(failure)")
            }
            if !failure.hasPrecursor { #expect(failure.onset == failure.failed) }
            #expect(failure.onsetKilometres <= failure.failedKilometres)
        }
        #expect(announced > 1)
    }

    @Test("a code that was still under way when the part failed announced nothing")
    func lateCodes() {
        let setting = FleetSetting(
            preset: .normal, seed: 1, vehicles: 1, days: 30, start: SimulatedFleet.usualStart)
        let vehicle = SimulatedVehicle(index: 0, setting: setting)
        var episode = Episode(
            mode: 5, kind: .precursor, onset: setting.start, from: 0, to: 100, meanLength: 100,
            beganBefore: false)
        let failed = setting.start.advanced(by: 86_400_000)
        episode.codes = [-1, 0, 1].map { late in
            SeenCode(
                code: "P0301", at: setting.start,
                received: failed.advanced(by: late))
        }
        let truth = vehicle.failureTruth(5, episode, failed: failed, setting)
        #expect(truth.codes == [episode.codes[0]])
    }

    @Test("a failure happens where the odometer says, and never twice in one place")
    func failuresHappen() throws {
        let failures = Self.easy.failures
        #expect(failures.count > 10)
        for failure in failures {
            guard let failed = failure.failed else { continue }
            let topic = "v1/\(failure.vehicle)/ev"
            let text = failed.text()
            let message = Self.easy.messages.first { message in
                message.topic == topic
                    && String(decoding: message.payload, as: UTF8.self).contains(
                        "\"ts\":\"\(text)\"")
            }
            // It may be under way still, or have lost its clock.
            guard let message else { continue }
            let object = try JSONSerialization.jsonObject(with: Data(message.payload))
            let odometer = try #require((object as? [String: Any])?["odo_km"] as? Double)
            #expect(odometer + 0.1 >= failure.failedKilometres)
        }
        #expect(
            Set(failures.map { "\($0.vehicle) \($0.mode) \($0.failedKilometres)" }).count
                == failures.count)
    }

    @Test(
        "in a null fleet nothing fails and nothing changes; in a nuisance fleet much only looks so")
    func nothingFails() {
        #expect(Self.null.failures.isEmpty)
        #expect(Set(Self.null.lookAlikes.map(\.what)) == [.chronicLowBattery])
        #expect(Self.nuisance.failures.isEmpty)
        #expect(Set(Self.nuisance.lookAlikes.map(\.what)).count > 3)
        for line in Self.null.truth + Self.nuisance.truth {
            if case .badLot = line { Issue.record("a bad lot without failures") }
        }
    }

    @Test("the truth begins with the fleet and ends with every vehicle and how far it went")
    func exposures() {
        guard case .fleet(let header) = Self.easy.truth.first else {
            Issue.record("no header")
            return
        }
        #expect(header.vehicles == 120 && header.preset == .easy)
        let vehicles = Self.easy.truth.suffix(from: 0).compactMap { line in
            if case .vehicle(let vehicle) = line { vehicle } else { nil }
        }
        #expect(vehicles.count == 120)
        #expect(Set(vehicles.map(\.vehicle)).count == 120)
        let messages = Self.easy.messages.count { $0.delivery != .duplicate }
        let trips = vehicles.reduce(0) { $0 + $1.trips }
        // What is under way at the end is not received.
        #expect((messages...messages + 60).contains(trips))
        for vehicle in vehicles {
            #expect(vehicle.exitKilometres >= vehicle.entryKilometres)
            #expect(vehicle.lots.count == FailureMode.count)
        }
    }
}
