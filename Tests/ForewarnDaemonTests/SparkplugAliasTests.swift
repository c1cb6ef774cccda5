import FaultDecoding
import FleetWatch
import Foundation
import ForewarnDaemon
import Testing
import TicketStorage
import VehicleFaults

@Suite("Numbers that births of Sparkplug B name") struct SparkplugAliasTests {
    static func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var result: [UInt8] = []
        while value > 0x7F {
            result.append(UInt8(value & 0x7F) | 0x80)
            value >>= 7
        }
        return result + [UInt8(value)]
    }

    static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func field(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        varint(number << 3) + varint(value)
    }

    struct Said {
        var topic: String
        /// Names, numbers and values; an empty name is left out.
        var metrics: [(name: String, alias: UInt64, value: UInt64)]

        init(_ topic: String, _ metrics: [(String, UInt64, UInt64)]) {
            self.topic = topic
            self.metrics = metrics.map { (name: $0.0, alias: $0.1, value: $0.2) }
        }

        func payload(at time: Int64) -> [UInt8] {
            metrics.reduce(field(1, UInt64(time))) { bytes, metric in
                let name = metric.name.isEmpty ? [] : field(1, Array(metric.name.utf8))
                return bytes + field(2, name + field(2, metric.alias) + field(10, metric.value))
            }
        }
    }

    static func rules() throws -> RuleSet {
        try RuleSet(
            files: [RuleSet.File(name: "r.yaml", text: CommandTests.rules)],
            subscriptions: [
                Subscription(
                    template: try TopicTemplate("spBv1.0/#"),
                    format: try #require(PayloadFormat(rawValue: "sparkplug-b")))
            ], settings: WatchSettings(), maxMessageBytes: 1 << 20)
    }

    static let said: [Said] = [
        Said("spBv1.0/g/DDATA/n/V1", [("", 7, 150)]),  // Not born yet.
        Said("spBv1.0/g/NBIRTH/n", [("bdSeq", 0, 1)]),
        Said("spBv1.0/g/DBIRTH/n/V1", [("Engine/coolant_temp", 7, 80), ("Engine/rpm", 8, 900)]),
        Said("spBv1.0/g/DDATA/n/V1", [("", 7, 120)]),
        Said("spBv1.0/g/DDATA/m/V9", [("", 7, 120)]),  // Another node's 7.
        Said("spBv1.0/g/DDEATH/n/V1", []),
        Said("spBv1.0/g/DBIRTH/n/V2", [("Engine/coolant_temp", 9, 80)]),
        Said("spBv1.0/g/DDATA/n/V2", [("", 9, 130), ("", 8, 850)]),
        // A new birth of the node gives the numbers other names.
        Said("spBv1.0/g/NBIRTH/n", [("bdSeq", 0, 2)]),
        Said("spBv1.0/g/DDATA/n/V1", [("", 7, 140)]),
        Said("spBv1.0/g/DBIRTH/n/V3", [("Engine/rpm", 7, 900), ("Engine/coolant_temp", 5, 80)]),
        Said("spBv1.0/g/DDATA/n/V3", [("", 7, 150)]),
        Said("spBv1.0/g/DDATA/n/V3", [("", 5, 150)]),
    ]

    private func batch(_ range: Range<Int>) -> EntryBatch {
        var batch = EntryBatch()
        for index in range {
            let time = CommandTests.start + Int64(index) * 60_000
            let start = batch.bytes.count
            batch.bytes += Self.said[index].topic.utf8
            let middle = batch.bytes.count
            batch.bytes += Self.said[index].payload(at: time)
            batch.entries.append(
                Entry(received: time, topic: start..<middle, payload: middle..<batch.bytes.count))
        }
        return batch
    }

    @Test(
        "decide by what the newest birth says, wherever batches are cut and whenever it is killed")
    func births() throws {
        var expected: [String]?
        for size in [Self.said.count, 1, 2, 5] {
            let folder = try ScratchFolder()
            var desk = try ServiceDeskTests.desk(folder, Self.rules())
            for start in stride(from: 0, to: Self.said.count, by: size) {
                _ = try desk.take(batch(start..<min(start + size, Self.said.count)))
                // As by kill -9.
                if size < 5 { desk = try ServiceDeskTests.desk(folder, Self.rules()) }
            }
            let events = try ServiceDeskTests.events(folder)
            #expect(expected == nil || events == expected, "cut after \(size)")
            expected = events
            let verified = try Verification.run(desk.store, workers: .threads(2))
            #expect(verified.difference == nil, "cut after \(size)")
            #expect(verified.digest == desk.decisions, "cut after \(size)")
        }
        let vehicles = try #require(expected).compactMap { text in
            text.firstMatch(of: /"vehicle":"([^"]+)"/).map { String($0.output.1) }
        }
        #expect(vehicles == ["V1", "V2", "V3"])
    }

    @Test("a death is no message of the vehicle, whose silence goes on") func death() throws {
        let folder = try ScratchFolder()
        let desk = try ServiceDeskTests.desk(folder, Self.rules())
        _ = try desk.take(batch(0..<6))
        try desk.close()
        let store = try TicketStore(path: folder.database, access: .read)
        let vehicle = try #require(try store.vehicles().first { $0.vehicle == "V1" }?.summary)
        #expect(vehicle.lastHeard?.milliseconds == CommandTests.start + 3 * 60_000)
    }
}
