import Foundation
import Testing
import VehicleFaults

@testable import FleetSimulation

@Suite("the mixed fleet") struct MixedFleetTests {
    static let fleet = MixedFleet(seed: 7)
    static let messages = fleet.messages()

    static func committed(_ name: String) throws -> [UInt8] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Samples/mixed/\(name)").standardizedFileURL
        return [UInt8](try Data(contentsOf: file))
    }

    @Test("the committed files are what the generator writes") func committedFiles() throws {
        let isSame =
            try Self.committed("recording.jsonl") == SampleFleetTests.recording(Self.messages)
        #expect(isSame)
        var truth: [UInt8] = []
        Self.fleet.appendTruth(to: &truth)
        #expect(try Self.committed("truth.jsonl") == truth)
        var roster: [UInt8] = []
        Self.fleet.appendRoster(to: &roster)
        #expect(try Self.committed("roster.csv") == roster)
    }

    @Test("every kind of device has a vehicle with a fault and one without") func everyKind() {
        for device in MixedDevice.allCases {
            let stories = Self.fleet.members.filter { $0.device == device }.map(\.story.isFault)
            #expect(stories == [true, false], "\(device)")
        }
        #expect(Set(Self.fleet.members.map(\.source)).count == Self.fleet.members.count)
        #expect(Set(Self.fleet.members.map(\.vehicle)).count == Self.fleet.members.count)
    }

    @Test("messages come in the order in which they were received") func order() {
        for (a, b) in zip(Self.messages, Self.messages.dropFirst()) {
            #expect(a.received <= b.received)
        }
        let counts = Self.messages.reduce(into: [:]) { $0[$1.delivery, default: 0] += 1 }
        #expect(counts[.malformed] == 2)
        #expect(counts[.duplicate] == 2)
        #expect(counts[.late] == 12)
    }

    @Test("what is wrong shows after its onset and never before") func onsets() {
        for member in Self.fleet.members where member.story.isFault {
            var random = SeededRandom(7, part: member.index)
            for step in 0..<60 {
                let moment = MixedMoment(member, step: step, fleet: Self.fleet, random: &random)
                let isWrong =
                    !moment.codes.isEmpty || moment.millivolts < 11_800 || moment.coolant > 108
                if step < member.onset { #expect(!isWrong, "\(member.source) at \(step)") }
                if step == member.onset { #expect(isWrong, "\(member.source) at \(step)") }
            }
        }
    }
}
