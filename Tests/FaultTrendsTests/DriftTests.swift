import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

/// Checks for what goes further than is harmless.
@Suite struct DriftTests {
    private func day(_ number: Int) -> EventTime {
        EventTime(milliseconds: 1_767_542_400_000 + Int64(number) * 86_400_000)
    }

    /// Readings about 14 with the scatter 0.08, of which a share carries over, and a shift at a day.
    private func readings(
        seed: Int, count: Int, dependence: Double = 0.4, shift: Double = 0, from: Int = .max,
        zero: Double = 14
    ) -> [Double] {
        var deviates = Deviates(seed)
        var carried = deviates.normal()
        return (0..<count).map { number in
            carried =
                dependence * carried
                + (1 - dependence * dependence).squareRoot() * deviates.normal()
            return zero + 0.08 * carried + (number >= from ? shift : 0)
        }
    }

    @Test("a check goes on from its 88 bytes as if it had never been stored") func storing() {
        for kind: DriftSettings.Kind in [.level, .scatter, .pair, .share] {
            let settings = DriftSettings(kind, harmless: kind == .scatter ? 1.5 : 0.1)
            var (kept, stored) = (DriftCheck(), DriftCheck())
            for (number, reading) in readings(seed: 7, count: 200, shift: 0.5, from: 120)
                .enumerated()
            {
                if kind == .share {
                    kept.count(hasCode: number % 5 == 0, at: day(number), settings)
                    stored.count(hasCode: number % 5 == 0, at: day(number), settings)
                } else {
                    _ = kept.add(
                        reading, hasCode: number % 4 == 0, at: day(number), follows: true, settings)
                    _ = stored.add(
                        reading, hasCode: number % 4 == 0, at: day(number), follows: true, settings)
                }
                stored = DriftCheck(words: stored.words)
                #expect(stored == kept, "\(kind), reading \(number)")
            }
            #expect(kept.judged > 20, "\(kind)")
        }
    }

    @Test("words from when a trail was all that was kept are read as an autoregression")
    func oldWords() {
        let settings = DriftSettings(.level, harmless: 0.1)
        var check = DriftCheck()
        for (number, reading) in readings(seed: 9, count: 3000, dependence: 0.6).enumerated() {
            _ = check.add(reading, at: day(number), follows: false, settings)
        }
        var old = check.words
        old[1] &= ~(1 << 60)
        let deviation = check.ownDeviation
        // What distances have in common with the trail: 0.6/(1 − 0.5·0.6) of the variance.
        let product = Float(0.857 * deviation * deviation)
        old[2] = UInt64(product.bitPattern) << 32
        let again = DriftCheck(words: old)
        #expect((again.response / check.response - 1).magnitude < 0.1, "\(again.response)")
        #expect(again.ownLevel == check.ownLevel && again.words[1] == check.words[1])
        for extreme in [Float.infinity, -.infinity, .nan, 1e30, 0] {
            old[2] = UInt64(extreme.bitPattern) << 32
            #expect(DriftCheck(words: old).response.isFinite, "\(extreme)")
        }
    }

    @Test("a message that a code did not come with is passed over as it would be counted")
    func passingOver() {
        var (done, left) = (0, 0)
        for seed in 0..<40 {
            let settings = DriftSettings(.share, harmless: 0.05 + 0.01 * Double(seed % 20))
            var deviates = Deviates(seed)
            // Old forms of the words, repairs and messages from before them among what is met.
            var words = seed % 5 == 0 ? InlineArray<11, UInt64>(repeating: 0) : DriftCheck().words
            if seed % 5 == 1 { words[1] = 15_998 << 32 | 1 << 63 }
            for number in 0..<400 {
                let at = day(number - (deviates.uniform() < 0.05 ? 3 : 0))
                let isBefore = DriftCheck(words: words).isBeforeRepair(at)
                var counted = DriftCheck(words: words)
                let wasJudged = counted.judged
                let hasCode = deviates.uniform() < (seed % 3 == 0 ? 0.4 : 0.04)
                var passed = words
                if !hasCode,
                    let isFirst = DriftCheck.passOver(
                        &passed, at: at, pace: settings.pace, harmless: settings.harmless,
                        bar: settings.bar)
                {
                    #expect(!isBefore && isFirst == (wasJudged == 0))
                    counted.count(hasCode: false, at: at, settings)
                    #expect(DriftCheck(words: passed) == counted, "seed \(seed), \(number)")
                    done += 1
                } else if !isBefore {
                    counted.count(hasCode: hasCode, at: at, settings)
                    left += 1
                }
                if number == 200 { counted.beginAnew(at: day(205), settings) }
                words = counted.words
            }
        }
        #expect(done > 2000 && left > 2000, "\(done) and \(left)")
    }

    @Test("a vehicle that seems to scatter less than its kind does not see further than its kind")
    func sight() {
        let settings = DriftSettings(.level, harmless: 0.1, limit: 0.3)
        // The way is 2.5 of the own deviations, and 1.25 of those that are usual.
        for (usual, opens) in [(0, true), (0.04, true), (0.16, false)] {
            var check = DriftCheck()
            for (number, reading) in readings(seed: 21, count: 160, shift: 0.4, from: 100)
                .enumerated()
            {
                _ = check.add(
                    reading, usual: usual, at: day(number), follows: false, settings)
            }
            #expect(check.isOpen == opens, "kind scatters by \(usual)")
        }
    }

    @Test("what is added up of scatters gives back one that all have, and else their middle")
    func scatterNumbers() {
        var (total, count): (Int64, Int64) = (0, 0)
        for seed in 0..<9 {
            var check = DriftCheck()
            for (number, reading) in readings(seed: 30 + seed, count: 400).enumerated() {
                _ = check.add(
                    reading, at: day(number), follows: false, DriftSettings(.level, harmless: 0.1))
            }
            let own = DriftCheck.deviation(total: 3 * check.scatterNumber, count: 3)
            expectNear(own, check.ownDeviation, within: 1e-12, "seed \(seed)")
            total += check.scatterNumber
            count += 1
        }
        #expect((0.07...0.09).contains(DriftCheck.deviation(total: total, count: count)))
        #expect(DriftCheck.deviation(total: 0, count: 0) == 0)
    }

    @Test("where a signal's zero lies says nothing about the vehicle") func zero() {
        let settings = DriftSettings(.level, harmless: 0.1)
        var (low, high) = (DriftCheck(), DriftCheck())
        for (number, reading) in readings(seed: 3, count: 120, zero: 0).enumerated() {
            // A power of two, so that the shifted readings are the same to the last digit but few.
            _ = low.add(reading, at: day(number), follows: false, settings)
            _ = high.add(reading + 64, at: day(number), follows: false, settings)
        }
        #expect((high.ownLevel - low.ownLevel - 64).magnitude < 1e-3)
        #expect((high.ownDeviation - low.ownDeviation).magnitude < 1e-4)
        #expect((high.logEvidence - low.logEvidence).magnitude < 1e-3)
        #expect((high.response - low.response).magnitude < 1e-3, "\(high.response)")
    }

    @Test("one wild reading opens nothing, and does not become the past") func wildReading() {
        let settings = DriftSettings(.level, harmless: 0.1)
        var check = DriftCheck()
        for (number, reading) in readings(seed: 12, count: 200).enumerated() {
            _ = check.add(reading, at: day(number), follows: false, settings)
        }
        let (level, deviation) = (check.ownLevel, check.ownDeviation)
        _ = check.add(1e9, at: day(200), follows: false, settings)
        #expect((check.ownLevel - level).magnitude < 0.1 * deviation)
        #expect(check.ownDeviation < 1.2 * deviation && check.logEvidence == 0)
        for (number, reading) in readings(seed: 13, count: 60).enumerated() {
            _ = check.add(reading, at: day(201 + number), follows: false, settings)
        }
        #expect(check.logEvidence < 1, "\(check.logEvidence)")
    }

    @Test("nothing is said while little is known, and never of a signal that does not move")
    func silence() {
        let settings = DriftSettings(.level, harmless: 0.1)
        var (still, moving) = (DriftCheck(), DriftCheck())
        for number in 0..<200 {
            let told = still.add(5, at: day(number), follows: true, settings)
            #expect(told == nil && still.deviate(of: 5, settings) == nil)
        }
        for (number, reading) in readings(seed: 3, count: 40).enumerated() {
            let told = moving.add(reading, at: day(number), follows: true, settings)
            #expect((told == nil) == (number < 20), "reading \(number)")
        }
    }

    @Test("what goes further than is harmless is found, with its onset and size") func finding() {
        let settings = DriftSettings(.level, harmless: 0.16)
        for seed in 0..<20 {
            var check = DriftCheck()
            for (number, reading) in readings(seed: seed, count: 180, shift: 0.6, from: 120)
                .enumerated()
            { _ = check.add(reading, at: day(number), follows: false, settings) }
            #expect(check.logEvidence > 12, "seed \(seed): \(check.logEvidence)")
            #expect((check.size(settings) - 0.6).magnitude < 0.3, "seed \(seed)")
            #expect((check.onset.milliseconds(since: day(120)) / 86_400_000).magnitude < 20)
        }
    }

    @Test("a signal that has another level scatters no more for it, and one that scatters is found")
    func levelIsNoScatter() {
        let settings = DriftSettings(.scatter, harmless: 1.5)
        var (alarms, found) = (0, 0)
        for seed in 0..<60 {
            var (moved, unsteady) = (DriftCheck(), DriftCheck())
            var noise = Deviates(20_000 + seed)
            for (number, reading) in readings(seed: seed, count: 240).enumerated() {
                // Five own deviations, from one reading to the next.
                let step = number >= 120 ? 0.4 : 0
                _ = moved.add(reading + step, at: day(number), follows: false, settings)
                let extra = number >= 120 ? 0.24 * noise.normal() : 0
                _ = unsteady.add(reading + extra, at: day(number), follows: false, settings)
            }
            if moved.logEvidence >= 2.996 { alarms += 1 }
            if unsteady.logEvidence >= 6 { found += 1 }
        }
        // Of 60 with a chance of one in twenty each, more than 9 are seen once in a thousand times.
        #expect(alarms <= 9 && found >= 57, "\(alarms) and \(found) of 60")
    }

    @Test("a code at its harmless share is left alone, and one that comes more often is not")
    func codes() {
        let settings = DriftSettings(.share, harmless: 0.12)
        var (alarms, found) = (0, 0)
        for seed in 0..<200 {
            var deviates = Deviates(seed)
            var (usual, raised) = (DriftCheck(), DriftCheck())
            var largest = 0.0
            for number in 0..<300 {
                let draw = deviates.uniform()
                usual.count(hasCode: draw < 0.12, at: day(number), settings)
                raised.count(hasCode: draw < (number < 200 ? 0.02 : 0.5), at: day(number), settings)
                largest = max(largest, usual.logEvidence)
            }
            if largest >= 2.996 { alarms += 1 }
            if raised.logEvidence >= 12 { found += 1 }
        }
        #expect(alarms <= 19 && found >= 180, "\(alarms) and \(found) of 200")
    }

    @Test("how a signal follows load and weather is learned from changes, in any order")
    func adjustment() {
        var deviates = Deviates(1)
        var (whole, first, second) = (AdjustmentSums(), AdjustmentSums(), AdjustmentSums())
        for number in 0..<5000 {
            let (load, weather) = (0.2 * deviates.normal(), 4 * deviates.normal())
            let change = 6 * load - 0.9 * weather + deviates.normal()
            whole.add(change, with: [load, weather])
            if number % 3 == 0 {
                first.add(change, with: [load, weather])
            } else {
                second.add(change, with: [load, weather])
            }
            #expect((whole.slopes == nil) == (number < AdjustmentSums.enough - 1))
        }
        second.merge(first)
        #expect(second == whole)
        let slopes = whole.slopes ?? []
        #expect(slopes.count == 2)
        #expect((slopes[0] - 6).magnitude < 0.25 && (slopes[1] + 0.9).magnitude < 0.02, "\(slopes)")
    }

    @Test("a sound vehicle opens no hypothesis, and one without sight of its limit never does")
    func opening() {
        var opened = 0
        for seed in 0..<60 {
            var (sound, blind) = (DriftCheck(), DriftCheck())
            // The way from harmless to the limit is one own deviation.
            let short = DriftSettings(.level, harmless: 0.16, limit: 0.24)
            let settings = DriftSettings(.level, harmless: 0.16)
            for (number, reading) in readings(seed: seed, count: 300, dependence: 0.6).enumerated()
            {
                _ = sound.add(reading, at: day(number), follows: false, settings)
                let worn = reading + (number >= 150 ? 0.8 : 0)
                _ = blind.add(worn, at: day(number), follows: false, short)
            }
            if sound.isOpen { opened += 1 }
            #expect(!blind.isOpen && blind.logEvidence == 0, "seed \(seed)")
        }
        #expect(opened <= 2, "\(opened) of 60")
    }

    @Test(
        "what is harmless is measured in deviates as dependence leaves them, however long it lasts")
    func dependence() {
        // A noisy sensor on something slow: three fifths of the variance are remembered, two are not.
        for memory in [0.0, 0.4, 0.67, 0.85] {
            let lasting = 0.4 + 0.6 * (1 + memory) / (1 - memory)
            var (sum, worst) = (0.0, 0.0)
            for seed in 0..<10 {
                var deviates = Deviates(seed)
                var check = DriftCheck()
                var carried = 0.774_6 * deviates.normal()
                for number in 0..<600 {
                    carried =
                        memory * carried
                        + (0.6 * (1 - memory * memory)).squareRoot() * deviates.normal()
                    _ = check.add(
                        14 + carried + 0.632_5 * deviates.normal(), at: day(number),
                        follows: false, DriftSettings(.level, harmless: 50))
                }
                // How a shift of one own deviation shows, against how it would at best.
                sum += check.response * lasting.squareRoot()
                worst = max(worst, check.response * lasting.squareRoot())
            }
            #expect((0.75...1.15).contains(sum / 10), "\(memory): \(sum / 10)")
            #expect(worst < 1.35, "\(memory): \(worst)")
        }
    }

    @Test("what e-BH chose may stand when its evidence is left as it was then") func stopping() {
        var wrong = 0
        for seed in 0..<200 {
            var deviates = Deviates(seed)
            var values = Array(repeating: 0.0, count: 60)
            var chosen = Array(repeating: false, count: 60)
            for _ in 0..<40 {
                // All of them share a shock, as vehicles in one frost do.
                let shock = 0.5 * deviates.normal()
                for index in values.indices where !chosen[index] {
                    values[index] += 0.8 * (shock + 0.866 * deviates.normal()) - 0.32
                }
                guard
                    let threshold = FalseShare.threshold(
                        logEvidence: values, hypotheses: Double(values.count), target: 0.05)
                else { continue }
                for index in values.indices where values[index] >= threshold {
                    chosen[index] = true
                }
            }
            if chosen.contains(true) { wrong += 1 }
        }
        // 10 of 200, and three standard deviations of that.
        #expect(wrong <= 19, "\(wrong) of 200")
        #expect(
            FalseShare.threshold(logEvidence: [12, 8.5, 3], hypotheses: 200, target: 0.05) == 8.5)
    }
}
