import FaultRules
import FleetSimulation
import Testing
import VehicleFaults

@testable import FleetWatch

/// Signals that are read together against the same signals with words of their own.
@Suite struct TogetherTests {
    private static let checks = [
        Check("ewma(coolant_c, weight: 0.2, memory: 0.05, after: 3) beyond 1.8"),
        Check("cusum(coolant_c, slack: 0.5, memory: 0.05, after: 3) beyond 4"),
        Check("cusum(coolant_c, slack: 0.2, memory: 0.2, after: 1) beyond 4"),
        Check("cusum(batt_v, slack: 0.5, memory: 0.05, after: 3) beyond 4"),
        Check("ewma(oil_kpa, weight: 0.4, memory: 0.1, after: 2) beyond 1.5"),
        Check("same code \"*\" 3 times within 2h"),
    ]
    private static let names = ["coolant_c", "batt_v", "oil_kpa"]

    /// A message that mostly says all signals in one order.
    private static func readings(_ engine: borrowing LaneEngine, _ random: inout SeededRandom)
        -> [Reading]
    {
        var said = names
        switch random.next() % 64 {
        case 0: said.remove(at: Int(random.next() % 3))
        case 1: said.append(said[Int(random.next() % 3)])
        case 2: said.insert(said[0], at: Int(random.next() % 3))
        case 3: said.reverse()
        case 4: said = []
        case 5: said = [said[Int(random.next() % 3)]]
        default: break
        }
        return said.compactMap { name in
            engine.names.find(name).map {
                Reading(signal: $0, value: Double(random.next() % 1000) / 8)
            }
        }
    }

    @Test("signals that are read together are decided and stored as if each stood alone")
    func alone() throws {
        let program = try program(Self.checks)
        let vehicle = try #require(VehicleID("WVWZZZ1JZXW000001"))
        var (together, parted, gathered, found) = (0, 0, 0, 0)
        for seed in UInt64(0)..<120 {
            var random = SeededRandom(seed)
            var first = LaneEngine(program: program, settings: WatchSettings())
            var second = LaneEngine(program: program, settings: WatchSettings())
            second.layout = LaneLayout(program, gathers: false)
            var lane = Lane(vehicle: vehicle, room: first.layout.usualWords)
            var plain = Lane(vehicle: vehicle, room: second.layout.usualWords)
            var now: Int64 = 1_772_000_000_000
            for number in 1...60 {
                now += Int64(random.next() % 60_000)
                var buffer = ReportBuffer()
                buffer.readings = ContiguousArray(Self.readings(first, &random))
                var report = Report(vehicle: vehicle)
                report.readings = 0..<Int32(buffer.readings.count)
                report.digest = random.next()
                // Some come late, and some at one moment.
                report.claimed = EventTime(
                    milliseconds: now - Int64(random.next() % 12 == 0 ? random.next() % 90_000 : 0))
                if random.next() % 4 == 0 {
                    buffer.sightings.append(
                        FaultSighting(
                            code: FaultCode(obd: 0x0300 + UInt16(random.next() % 3)),
                            status: .confirmed))
                    report.sightings = 0..<1
                    report.list = .delta
                }
                let was = lane.memory.find(LaneMemory.key(.together, 0)) != nil
                first.accept(
                    report, in: buffer, received: now, position: UInt64(number), lane: &lane)
                second.accept(
                    report, in: buffer, received: now, position: UInt64(number), lane: &plain)
                let isOne = lane.memory.find(LaneMemory.key(.together, 0)) != nil
                together += isOne ? 1 : 0
                parted += was && !isOne ? 1 : 0
                let bytes = first.encode(lane)
                #expect(bytes == second.encode(plain), "seed \(seed), message \(number)")
                if random.next() % 8 == 0 {
                    lane = try first.decode(vehicle, bytes)
                    let isGathered = lane.memory.find(LaneMemory.key(.together, 0)) != nil
                    gathered += isGathered && !isOne ? 1 : 0
                    #expect(first.encode(lane) == bytes, "seed \(seed), message \(number)")
                }
            }
            found += first.findings.count
            #expect(first.findings == second.findings, "seed \(seed)")
        }
        #expect(
            together > 1000 && parted > 50 && gathered > 8 && found > 100,
            "\(together), \(parted), \(gathered), \(found)")
    }
}
