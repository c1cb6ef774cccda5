import Testing
import VehicleFaults

@testable import FleetWatch

@Suite struct LaneTableTests {
    private func vehicle(_ number: Int) throws -> VehicleID {
        try #require(VehicleID("WDB\(number)"))
    }

    @Test("finds every lane that was added, and no other") func finds() throws {
        var table = LaneTable()
        for number in 0..<5000 {
            #expect(table.find(try vehicle(number)) == nil)
            #expect(table.add(Lane(vehicle: try vehicle(number), room: 3)) == number)
        }
        for number in 0..<5000 {
            #expect(table.find(try vehicle(number)) == number)
            #expect(table[number].vehicle == (try vehicle(number)))
        }
        #expect(table.find(try vehicle(5000)) == nil)
        #expect(table.count == 5000)
    }

    @Test("vehicles are spread evenly over shards", arguments: [1, 2, 3, 8, 12, 64])
    func spread(count: Int) throws {
        var sizes = [Int](repeating: 0, count: count)
        for number in 0..<6400 {
            sizes[FleetWatch.shard(of: try vehicle(number).mixed, among: count)] += 1
        }
        // Five standard deviations of a count at random.
        let mean = 6400 / Double(count)
        for size in sizes { #expect((Double(size) - mean).magnitude <= 5 * mean.squareRoot()) }
    }

    @Test("closes the gaps of lanes that are forgotten") func removes() throws {
        var table = LaneTable()
        for number in 0..<3000 {
            var lane = Lane(vehicle: try vehicle(number), room: 3)
            lane.messages = UInt32(number)
            _ = table.add(lane)
        }
        table.remove(Set((0..<3000).filter { $0 % 3 != 0 }))
        #expect(table.count == 1000)
        for number in 0..<3000 {
            let found = table.find(try vehicle(number))
            #expect(found == (number % 3 == 0 ? number / 3 : nil))
            if let found { #expect(table[found].messages == UInt32(number)) }
        }
    }

    @Test("words keep their values while the lane grows") func grows() {
        var memory = LaneMemory(room: 1)
        for number in 1...200 {
            let place = memory.add(LaneMemory.key(.code, number), length: number % 7)
            for offset in 0..<(number % 7) {
                #expect(memory[place + offset] == 0)
                memory[place + offset] = UInt64(number * 100 + offset)
            }
        }
        for number in 1...200 {
            let place = memory.find(LaneMemory.key(.code, number), from: 0)
            #expect(place.map { memory.length(at: $0) } == number % 7)
            for offset in 0..<(number % 7) {
                #expect(place.map { memory[$0 + offset] } == UInt64(number * 100 + offset))
            }
        }
        #expect(memory.find(LaneMemory.key(.code, 201)) == nil)
    }

    @Test("a lane is either complete or behind from a row on") func stored() throws {
        var lane = Lane(vehicle: try vehicle(1), room: 3)
        #expect(lane.dirtySince == 0 && lane.appliedRow == 0)
        lane.dirtySince = 5
        #expect(lane.dirtySince == 5 && lane.appliedRow < 5)
        lane.appliedRow = 9
        #expect(lane.dirtySince == 0 && lane.appliedRow == 9)
    }
}
