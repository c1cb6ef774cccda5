import FleetSimulation
import Testing

@testable import FaultRules
@testable import FleetWatch

/// Words of a lane as bytes, of which those that are 0 take a bit each.
@Suite struct PackedWordsTests {
    @Test("words come back as they were, whichever of them are 0") func roundTrip() throws {
        var random = SeededRandom(5)
        for count in [0, 1, 7, 8, 9, 63, 64, 65, 1000] {
            for share in [0.0, 0.1, 0.9, 1] {
                var memory = LaneMemory(room: 1)
                let place = memory.add(LaneMemory.key(.cell, 3), length: count)
                var expected: [UInt64] = []
                for index in 0..<count {
                    let isKept = Double(random.next() % 1000) < 1000 * share
                    memory[place + index] = isKept ? random.next() | 1 : 0
                    expected.append(memory[place + index])
                }
                var out = ByteWriter()
                out.words(memory, place..<(place + count))
                out.words(memory, place..<(place + count), first: 77)
                out.byte(9)
                let kept = expected.count { $0 != 0 }
                #expect(out.bytes.count <= 2 * (4 + (count + 7) / 8 + 8 * kept) + 9)
                var input = ByteReader(out.bytes)
                #expect(try input.words() == expected, "\(count) words, \(share) of them")
                if count > 0 { expected[0] = 77 }
                #expect(try input.words() == expected)
                #expect(try input.byte() == 9)
            }
        }
    }

    @Test("cells of lanes that were stored in two words a step go on in one") func earlierCells() {
        let source = Quantity.signal("batt_v")
        let window = Window(.time, 32_000)
        for function: Cell.Function in [.minimum, .maximum, .delta, .mean, .count] {
            let cell = Cell(function: function, source: source, window: window)
            let shapes = OwnedNumbers([CellShape(cell)])
            var memory = LaneMemory(room: 1)
            let place = memory.add(LaneMemory.key(.cell, 0), length: cell.words)
            let state = CellState(0, of: shapes, at: place)
            for (second, value) in [(3, 12.5), (3, 11.5), (7, 0), (20, -3)] {
                state.take(
                    value, at: Int64(second) * 1000,
                    stand: CellState.Stand(Double(second) * 1000, shapes[0]), trip: 1,
                    memory: &memory)
            }
            let words = (0..<cell.words).map { memory[place + $0] }
            var earlier = Array(words.prefix(Cell.head))
            for word in words.dropFirst(Cell.head) {
                earlier +=
                    cell.stepWords == 1 && function != .count
                    ? [word == 0 ? 0 : 1, word == 0 ? 0 : ~word] : [word]
            }
            #expect(CellState.words(earlier, ofEarlier: cell) == words, "\(function)")
        }
        let cell = Cell(function: .minimum, source: source, window: window)
        #expect(CellState.words([1, 2, 3], ofEarlier: cell).isEmpty)
    }

    @Test("bytes that are cut off are said to be damaged, and ask for little memory")
    func damage() throws {
        var memory = LaneMemory(room: 1)
        let place = memory.add(LaneMemory.key(.cell, 3), length: 40)
        for index in 0..<40 where index % 3 == 0 { memory[place + index] = UInt64(index + 1) }
        var out = ByteWriter()
        out.words(memory, place..<(place + 40))
        for length in 0..<out.bytes.count {
            var input = ByteReader(Array(out.bytes.prefix(length)))
            #expect(throws: LaneDamaged.self, "\(length) bytes") { try input.words() }
        }
        var huge = ByteReader([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3])
        #expect(throws: LaneDamaged(offset: 0)) { try huge.words() }
    }
}
