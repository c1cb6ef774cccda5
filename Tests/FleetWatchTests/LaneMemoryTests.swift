import FleetSimulation
import Testing
import VehicleFaults

@testable import FleetWatch

/// The words of a lane as groups, few and many.
@Suite struct LaneMemoryTests {
    private struct Group: Equatable {
        var kind: LaneMemory.Kind
        var number: Int
        var words: [UInt64]
    }

    private func groups(_ memory: borrowing LaneMemory) -> [Group] {
        var result: [Group] = []
        memory.forEachGroup { kind, number, content in
            result.append(Group(kind: kind, number: number, words: content.map { memory[$0] }))
        }
        return result
    }

    /// What the list at the end says, oldest first, the dead left out.
    private func listed(_ memory: borrowing LaneMemory) -> [Group]? {
        guard let list = unsafe memory.list else { return nil }
        var result: [Group] = []
        for entry in unsafe list.reversed() {
            guard let kind = LaneMemory.Kind(rawValue: UInt32(entry >> 60)), kind != .dead else {
                continue
            }
            let place = Int(entry & 0xFFFF_FFFF)
            result.append(
                Group(
                    kind: kind, number: Int(entry >> 32) & 0x0FFF_FFFF,
                    words: (place..<place + memory.length(at: place)).map { memory[$0] }))
        }
        return result
    }

    @Test("whatever is added, given up and taken out, the list and a walk find the same groups")
    func list() {
        var most = 0
        for seed in UInt64(0)..<40 {
            var random = SeededRandom(seed)
            var memory = LaneMemory(room: Int(random.next() % 300))
            var expected: [Group] = []
            for number in 0..<120 {
                switch random.next() % 9 {
                case 2 where !expected.isEmpty:
                    // Some groups in the place of one.
                    let victim = Int(random.next() % UInt64(expected.count))
                    let key = LaneMemory.key(expected[victim].kind, expected[victim].number)
                    let others = (0..<Int(random.next() % 3)).map { other in
                        Group(
                            kind: .event, number: 1000 + 3 * number + other,
                            words: (0..<Int(random.next() % 9)).map { _ in random.next() })
                    }
                    guard let place = memory.find(key) else {
                        Issue.record("seed \(seed): group \(number) is gone")
                        return
                    }
                    memory.replace(
                        (place - 1)..<(place + memory.length(at: place)),
                        with: others.map { (LaneMemory.key($0.kind, $0.number), $0.words) })
                    expected.replaceSubrange(victim...victim, with: others)
                case 0 where !expected.isEmpty, 1 where !expected.isEmpty:
                    let victim = Int(random.next() % UInt64(expected.count))
                    let key = LaneMemory.key(expected[victim].kind, expected[victim].number)
                    guard let place = memory.find(key) else {
                        Issue.record("seed \(seed): group \(number) is gone")
                        return
                    }
                    if random.next() % 2 == 0 {
                        memory.drop(at: place)
                    } else {
                        memory.remove(at: place)
                    }
                    expected.remove(at: victim)
                default:
                    let kinds: [LaneMemory.Kind] = [.cell, .measure, .code]
                    let kind = kinds[Int(random.next() % 3)]
                    let length = Int(random.next() % 9)
                    let place = memory.add(LaneMemory.key(kind, number), length: length)
                    // New words are zero, whatever lay there before.
                    #expect((0..<length).allSatisfy { memory[place + $0] == 0 }, "seed \(seed)")
                    let words = (0..<length).map { _ in random.next() }
                    memory.set(place, words)
                    expected.append(Group(kind: kind, number: number, words: words))
                }
                #expect(groups(memory) == expected, "seed \(seed)")
                if let listed = listed(memory) {
                    most = max(most, listed.count)
                    #expect(listed == expected.filter { $0.kind != .code }, "seed \(seed)")
                }
                for group in expected where group.kind != .code {
                    let key = LaneMemory.key(group.kind, group.number)
                    #expect(memory.findListed(key) == memory.find(key), "seed \(seed)")
                }
            }
        }
        #expect(most > 40)
    }

    /// A lane as plain numbers.
    private struct Plain: Equatable {
        var vehicle: VehicleID
        var times: [Int64] = [.min, .min, .min, 0]
        var due = Int64.max
        var counts: [UInt32] = [0, 0, 0]
        var waiting: [UInt64] = []
        var groups: [Group] = []
    }

    private func plain(_ lane: borrowing Lane) -> Plain {
        Plain(
            vehicle: lane.vehicle,
            times: [lane.newestClaimed, lane.newestApplied, lane.latestReceived, lane.skew],
            due: lane.due, counts: [lane.duplicates, lane.late, lane.unbelieved],
            waiting: lane.waiting.map(\.position), groups: groups(lane.memory))
    }

    private static func time(_ random: inout SeededRandom) -> Int64 {
        switch random.next() % 5 {
        case 0: .min
        case 1: Int64(bitPattern: random.next())
        default: Int64(random.next() % 4)
        }
    }

    @Test("a lane says what it was told last, whatever of it follows from the rest")
    func seldom() throws {
        for seed in UInt64(0)..<200 {
            var random = SeededRandom(seed)
            let name = String(
                String(repeating: "WVWZZZ1JZXW0", count: 4).prefix(1 + Int(random.next() % 40)))
            let vehicle = try #require(VehicleID(name))
            var lane = Lane(vehicle: vehicle, room: Int(random.next() % 60))
            var expected = Plain(vehicle: vehicle)
            for step in 0..<60 {
                switch random.next() % 9 {
                case 0:
                    expected.times[1] = Self.time(&random)
                    lane.newestApplied = expected.times[1]
                case 1:
                    expected.times[3] = Self.time(&random)
                    lane.skew = expected.times[3]
                case 2:
                    expected.due = random.next() % 2 == 0 ? .max : Self.time(&random)
                    lane.due = expected.due
                case 3:
                    expected.counts[0] = UInt32(truncatingIfNeeded: random.next() % 3)
                    lane.duplicates = expected.counts[0]
                case 4:
                    expected.counts[1] &+= 1
                    lane.late &+= 1
                case 5:
                    expected.counts[2] &-= UInt32(random.next() % 2)
                    lane.unbelieved = expected.counts[2]
                case 6:
                    if expected.waiting.isEmpty || random.next() % 2 == 0 {
                        expected.waiting.append(random.next())
                        lane.waiting.append(
                            WaitingReport(
                                report: Report(vehicle: vehicle), sightings: [], readings: [],
                                freeze: [], at: 0, received: 0,
                                position: expected.waiting[expected.waiting.count - 1]))
                    } else {
                        expected.waiting.removeFirst()
                        lane.waiting.removeFirst()
                    }
                case 7:
                    let words = (0..<Int(random.next() % 9)).map { _ in random.next() }
                    let place = lane.memory.add(
                        LaneMemory.key(.cell, step), length: words.count)
                    lane.memory.set(place, words)
                    expected.groups.append(Group(kind: .cell, number: step, words: words))
                default:
                    expected.times = (0..<4).map { _ in Self.time(&random) }
                    lane.setTimes(
                        claimed: expected.times[0], applied: expected.times[1],
                        received: expected.times[2], skew: expected.times[3])
                }
                #expect(plain(lane) == expected, "seed \(seed), step \(step)")
                let isOwn = lane.belongs(to: vehicle)
                #expect(isOwn, "seed \(seed), step \(step)")
            }
        }
    }

    @Test("a lane is known from all whose names begin alike") func names() throws {
        let names = try (1...40).map { length in
            try #require(VehicleID(String(repeating: "X", count: length)))
        }
        for own in names {
            var lane = Lane(vehicle: own, room: 0)
            for _ in 0..<2 {
                #expect(lane.vehicle == own)
                for other in names {
                    let isOwn = lane.belongs(to: other)
                    #expect(isOwn == (other == own), "\(own), \(other)")
                }
                lane.unbelieved += 1
            }
        }
    }

    @Test("a lane is one cache line") func size() { #expect(MemoryLayout<Lane>.stride == 64) }

    @Test("lanes that fell behind come back in their order, each with its row") func dirty() {
        for seed in UInt64(0)..<20 {
            var random = SeededRandom(seed)
            var lanes = DirtyLanes()
            var expected: [(lane: Int, row: Int64)] = []
            var row: Int64 = 1
            for step in 0..<20_000 {
                row += random.next() % 64 == 0 ? 1 : 0
                // More comes than goes, and then the other way round.
                if random.next() % 4 < (step < 12_000 ? 3 : 1) {
                    let lane = Int(random.next() % 100_000)
                    lanes.add(lane, since: row)
                    expected.append((lane, row))
                } else {
                    let lane = lanes.takeFirst()
                    #expect(lane == expected.first?.lane, "seed \(seed), step \(step)")
                    if lane != nil { expected.removeFirst() }
                }
                if random.next() % 2048 == 0, let oldest = expected.first?.row {
                    let key: (Int) -> Int = { $0 * 7919 % 100_003 }
                    lanes.sort(by: key)
                    expected.sort { key($0.lane) < key($1.lane) }
                    for index in expected.indices { expected[index].row = oldest }
                }
                #expect(lanes.oldest == expected.first?.row, "seed \(seed), step \(step)")
                #expect(lanes.count == expected.count, "seed \(seed), step \(step)")
            }
        }
    }
}
