import FleetSimulation
import Testing

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
                switch random.next() % 8 {
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
}
