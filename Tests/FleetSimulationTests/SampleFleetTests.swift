import Foundation
import Testing
import VehicleFaults

@testable import FleetSimulation

@Suite struct SampleFleetTests {
    static let fleet = SampleFleet(seed: 7)
    static let messages = Array(fleet)

    /// FNV-1a with 64 bits (Fowler, Noll and Vo 1991): enough to notice a changed byte.
    static func digest(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }

    static func recording(_ messages: some Sequence<SampleMessage>) -> [UInt8] {
        var bytes: [UInt8] = []
        for message in messages { message.appendRecordingLine(to: &bytes) }
        return bytes
    }

    static func committed(_ name: String) throws -> [UInt8] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Samples/fleet/\(name)").standardizedFileURL
        return [UInt8](try Data(contentsOf: file))
    }

    @Test("a seed gives the same bytes on every machine")
    func sameSeed() {
        let small = Self.recording(SampleFleet(seed: 1, vehicles: 8, days: 2))
        #expect(small == Self.recording(SampleFleet(seed: 1, vehicles: 8, days: 2)))
        #expect(Self.digest(small) == 0xE768_9347_E7F2_B77F)
        #expect(Self.digest(Self.recording(Self.messages)) == 0xACC3_D612_91E8_5052)
        #expect(small != Self.recording(SampleFleet(seed: 2, vehicles: 8, days: 2)))
    }

    @Test("the committed recording and truth are what the generator writes")
    func committedFiles() throws {
        // Compared as a whole: a failure must not print eight million bytes.
        let recording = try Self.committed("recording.jsonl")
        let isSame = recording == Self.recording(Self.messages)
        #expect(isSame)
        var truth: [UInt8] = []
        for label in Self.fleet.truth { label.appendLine(to: &truth) }
        let isSameTruth = try Self.committed("truth.jsonl") == truth
        #expect(isSameTruth)
    }

    @Test("the recording is of the size that the README names")
    func size() throws {
        #expect((20_000...30_000).contains(Self.messages.count))
        #expect(Self.messages.reduce(0) { $0 + $1.payload.count + 1 } < 6_000_000)
        #expect(try Self.committed("recording.jsonl").count < 8_000_000)
    }

    @Test("messages come in the order in which they were received")
    func order() {
        for (a, b) in zip(Self.messages, Self.messages.dropFirst()) {
            #expect(a.received <= b.received)
        }
        #expect(
            Self.messages.allSatisfy { (Self.fleet.start..<Self.fleet.end).contains($0.received) })
    }

    @Test("a vehicle sends the same in a larger fleet")
    func independence() {
        let few = SampleFleet(seed: 3, vehicles: 5, days: 1).filter { $0.delivery != .malformed }
        let topics = Set(few.map(\.topic))
        let many = SampleFleet(seed: 3, vehicles: 40, days: 1).filter {
            $0.delivery != .malformed && topics.contains($0.topic)
        }
        #expect(few == many)
    }

    @Test("every condition is in every sixty vehicles")
    func conditions() {
        let labelled = Set(Self.fleet.truth.map(\.condition))
        #expect(labelled == Set(SampleCondition.allCases.filter { $0 != .healthy }))
        #expect(SampleRoster.places.count == SampleRoster.size)
        #expect(Self.fleet.truth.filter(\.condition.isFault).count == 31)
        #expect(Self.fleet.truth.filter { !$0.condition.isFault }.count == 10)
    }

    static let marks: [(condition: SampleCondition, marks: [String])] = [
        (.repeatedMisfire, ["P030"]), (.overheating, ["P0217", "\"spn\":110"]),
        (.weakBattery, ["P0562", "\"spn\":168"]), (.undercharge, ["P0622"]),
        (.oilPressureLow, ["\"spn\":100,\"fmi\":1,"]),
        (.boostDeficit, ["P0299", "\"spn\":102"]), (.filterBlocked, ["P2463", "\"spn\":3719"]),
        (.looseGround, ["U0100", "U0121"]), (.cellImbalance, ["P0BBD"]),
        (.insulationLoss, ["P0AA6"]), (.thermostatOpen, ["P0128"]), (.flappingCode, ["P0135"]),
        (.coolantDrift, ["\"coolant_warm_c\":100."]), (.coolantStep, ["\"coolant_warm_c\":102."]),
    ]

    @Test(
        "a fault shows in each of its vehicles after its onset and never before", arguments: marks)
    func faultsShow(condition: SampleCondition, marks: [String]) {
        for label in Self.fleet.truth where label.condition == condition {
            let shown = Self.messages.filter { message in
                guard message.topic == "v1/\(label.vehicle)/ev" else { return false }
                let text = String(decoding: message.payload, as: UTF8.self)
                return marks.contains { text.contains($0) }
            }
            #expect(!shown.isEmpty, "\(label)")
            #expect(shown.allSatisfy { $0.received > label.onset }, "\(label)")
        }
    }

    @Test("every fault has a row of its own above")
    func faultsAreCovered() {
        let faults = SampleCondition.allCases.filter(\.isFault)
        #expect(Set(Self.marks.map(\.condition)) == Set(faults))
    }

    @Test("what goes wrong on the way is as often as designed")
    func deliveries() {
        let counts = Self.messages.reduce(into: [:]) { $0[$1.delivery, default: 0] += 1 }
        #expect(counts[.malformed] == 12)
        #expect(counts[.late] == 101)
        #expect(counts[.duplicate] == 83)
    }

    @Test("a duplicate repeats an earlier message to the byte")
    func duplicates() {
        var seen: Set<[UInt8]> = []
        for message in Self.messages where message.delivery != .malformed {
            let isNew = seen.insert(message.payload).inserted
            #expect(isNew == (message.delivery != .duplicate))
        }
    }

    @Test("malformed payloads are no JSON, and all others are")
    func malformed() {
        for message in Self.messages {
            let object = try? JSONSerialization.jsonObject(with: Data(message.payload))
            #expect((object == nil) == (message.delivery == .malformed), "\(message)")
        }
        let spoilt = Self.messages.filter { $0.delivery == .malformed }
        #expect(Set(spoilt.map(\.payload)).count == 12)
        #expect(spoilt.contains { String(validating: $0.payload, as: UTF8.self) == nil })
    }

    @Test("one clock is a day fast, one vehicle tells no time, all others tell the true one")
    func clocks() throws {
        var fast: Set<String> = []
        var silent: Set<String> = []
        for message in Self.messages where message.delivery == .regular {
            let text = String(decoding: message.payload, as: UTF8.self)
            guard let range = text.firstRange(of: "\"ts\":\"") else {
                silent.insert(message.topic)
                continue
            }
            // Texts of one zone and width are ordered as their times are.
            let told = String(text[range.upperBound...].prefix(24))
            let oldest = message.received.advanced(by: -1000).text()
            if !(oldest...message.received.text()).contains(told) { fast.insert(message.topic) }
        }
        #expect(fast.count == 1)
        #expect(silent.count == 1)
    }
}
