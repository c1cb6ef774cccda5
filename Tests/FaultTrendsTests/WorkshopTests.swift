import FaultTrends
import Testing
import VehicleFaults

/// What repairs and visits to a workshop leave of a check.
@Suite struct WorkshopTests {
    private func day(_ number: Int) -> EventTime {
        EventTime(milliseconds: 1_767_542_400_000 + Int64(number) * 86_400_000)
    }

    /// Noise of the deviation 1 of which three fifths are remembered.
    private func noise(_ seed: Int, count: Int, memory: Double = 0.67) -> [Double] {
        var deviates = Deviates(seed)
        var carried = 0.774_6 * deviates.normal()
        return (0..<count).map { _ in
            carried =
                memory * carried
                + (0.6 * (1 - memory * memory)).squareRoot() * deviates.normal()
            return carried + 0.632_5 * deviates.normal()
        }
    }

    @Test("a check goes on from its bytes through repairs and visits") func storing() {
        for kind: DriftSettings.Kind in [.level, .scatter, .pair, .share] {
            let settings = DriftSettings(kind, harmless: kind == .scatter ? 1.5 : 0.1)
            var (kept, stored) = (DriftCheck(), DriftCheck())
            for (number, reading) in noise(7, count: 260).enumerated() {
                for place in 0..<2 {
                    var check = place == 0 ? kept : stored
                    if number == 90 { check.beginAnew(at: day(number), settings) }
                    if number % 53 == 52 { check.noteVisit(at: day(number), settings) }
                    if kind == .share {
                        check.count(hasCode: number % 5 == 0, at: day(number), settings)
                    } else {
                        let level = number >= 200 ? 3.0 : 0
                        _ = check.add(
                            reading + level, hasCode: number % 4 == 0, at: day(number),
                            follows: true, settings)
                    }
                    if place == 0 { kept = check } else { stored = check }
                }
                stored = DriftCheck(words: stored.words)
                #expect(stored == kept, "\(kind), reading \(number)")
            }
        }
    }

    @Test("bytes of the form before are read as they were meant") func formBefore() {
        let settings = DriftSettings(.level, harmless: 1)
        var check = DriftCheck()
        for (number, reading) in noise(1, count: 120).enumerated() {
            _ = check.add(reading, at: day(number), follows: false, settings)
        }
        var words = check.words
        // It counted in whole words, and knew of no visits.
        words[1] = words[1] & 0xFFFF_FFFF | 120 << 32
        words[4] = words[4] & ~0xFFFF_FFFF | 100
        let same = DriftCheck(words: words)
        #expect(same.judged == 100 && same.isSuspicious == check.isSuspicious)
        #expect(same.ownLevel == check.ownLevel && same.ownDeviation == check.ownDeviation)
        #expect(same.onset == check.onset && same.logEvidence == check.logEvidence)
        words[1] = words[1] & 0xFFFF_FFFF | 3_000_000 << 32
        words[4] = words[4] & ~0xFFFF_FFFF | 2_900_000
        let old = DriftCheck(words: words)
        #expect(old.judged == 65_535 && old.ownLevel == check.ownLevel && !old.isLooking)
    }

    @Test("after a repair the noise is known, and the level and the suspicion are forgotten")
    func repair() {
        let settings = DriftSettings(.level, harmless: 1)
        for seed in 0..<10 {
            var check = DriftCheck()
            let readings = noise(seed, count: 300)
            for number in 0..<150 {
                let shift = number >= 110 ? 4.0 : 0
                _ = check.add(readings[number] + shift, at: day(number), follows: true, settings)
            }
            #expect(check.isOpen && check.logEvidence > 5, "seed \(seed)")
            let (deviation, response) = (check.ownDeviation, check.response)
            check.beginAnew(at: day(150), settings)
            #expect(!check.isOpen && check.logEvidence == 0 && !check.isSuspicious)
            #expect(check.ownDeviation == deviation && check.response == response)
            #expect(check.isBeforeRepair(day(149)) && !check.isBeforeRepair(day(150)))
            // Another part with a level of its own: nothing is suspected of it.
            for number in 150..<220 {
                _ = check.add(readings[number] + 9, at: day(number), follows: true, settings)
                #expect(check.logEvidence < 3, "seed \(seed), reading \(number)")
            }
            #expect((check.ownLevel - 9).magnitude < 1.2, "seed \(seed): \(check.ownLevel)")
            #expect((check.ownDeviation / deviation - 1).magnitude < 0.35, "seed \(seed)")
            // And it is watched as the old one was.
            for number in 220..<300 {
                _ = check.add(readings[number] + 14, at: day(number), follows: true, settings)
            }
            #expect(check.logEvidence > 5, "seed \(seed): \(check.logEvidence)")
        }
    }

    @Test("a check that was still learning what its signal follows learns from the new part alone")
    func learner() {
        var check = DriftCheck()
        _ = check.learn(3, with: [1, 2])
        check.beginAnew(at: day(1), DriftSettings(.level, harmless: 1))
        #expect(check.learn(7, with: [1, 2]) == nil)
    }

    @Test("a sensor changed in a workshop opens nothing, and the same change elsewhere does")
    func swap() {
        let settings = DriftSettings(.level, harmless: 2.5)
        var (after, without) = (0, 0)
        for seed in 0..<100 {
            var (visited, alone) = (DriftCheck(), DriftCheck())
            var told = false
            for (number, reading) in noise(seed, count: 260).enumerated() {
                if number == 150 { visited.noteVisit(at: day(number), settings) }
                let shift = number >= 150 ? 4.5 : 0
                _ = visited.add(reading + shift, at: day(number), follows: true, settings)
                _ = alone.add(reading + shift, at: day(number), follows: true, settings)
                if !visited.isLooking, visited.logEvidence >= 3 { told = true }
            }
            if told { after += 1 }
            if alone.logEvidence >= 3 { without += 1 }
            #expect(!visited.isLooking)
        }
        #expect(after <= 8 && without >= 90, "\(after) and \(without) of 100")
    }

    @Test("a visit does not hide what goes on through it") func visitInBetween() {
        let settings = DriftSettings(.level, harmless: 2.5)
        var (after, without) = (0, 0)
        for seed in 0..<100 {
            var (visited, alone) = (DriftCheck(), DriftCheck())
            for (number, reading) in noise(1000 + seed, count: 260).enumerated() {
                if number == 190 { visited.noteVisit(at: day(number), settings) }
                // Harmless is passed ten readings before the visit.
                let shift = 0.0625 * Double(max(number - 140, 0))
                _ = visited.add(reading + shift, at: day(number), follows: true, settings)
                _ = alone.add(reading + shift, at: day(number), follows: true, settings)
            }
            if visited.logEvidence >= 8 { after += 1 }
            if alone.logEvidence >= 8 { without += 1 }
        }
        print("found after a visit \(after), without one \(without) of 100")
        #expect(without >= 80 && after >= without - 15, "\(after) and \(without) of 100")
    }
}
