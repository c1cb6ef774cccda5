import Testing

@testable import FleetSimulation

@Suite struct SeededRandomTests {
    @Test("the first numbers of seed 0 are those of the published generators")
    func matchesReference() {
        // SplitMix64 from 0 gives E220A8397B1DCDAF, 6E789E6AA1B965F4, 06C45D188009454F and
        // F88BB8A8724C81EC as state; xoshiro256** then begins with rotl(s1 * 5, 7) * 9.
        let second: UInt64 = 0x6E78_9E6A_A1B9_65F4 &* 5
        let expected = (second << 7 | second >> 57) &* 9
        var random = SeededRandom(0)
        #expect(random.next() == expected)
    }

    @Test("a seed gives one sequence, and its parts give others")
    func repeats() {
        var streams = [
            SeededRandom(7), SeededRandom(7), SeededRandom(8), SeededRandom(7, part: 0),
            SeededRandom(7, part: 1),
        ]
        let drawn = streams.indices.map { index in (0..<8).map { _ in streams[index].next() } }
        #expect(drawn[0] == drawn[1])
        #expect(Set(drawn).count == 4)
    }

    @Test("draws stay in their ranges and deviates look normal", arguments: UInt64(0)..<20)
    func distributions(seed: UInt64) {
        var random = SeededRandom(seed)
        var sum = 0.0
        var squares = 0.0
        let draws = 4000
        for _ in 0..<draws {
            #expect((0..<1).contains(random.unit()))
            #expect((2.0...3.0).contains(random.number(in: 2...3)))
            #expect((0..<7).contains(random.whole(below: 7)))
            #expect(random.bytes(upTo: 5).count <= 5)
            let deviate = random.deviate()
            sum += deviate
            squares += deviate * deviate
        }
        // Four standard errors of a mean and of a variance over 4,000 draws.
        #expect((sum / Double(draws)).magnitude < 0.064)
        #expect((squares / Double(draws) - 1).magnitude < 0.09)
    }
}
