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

    @Test("where a signal's zero lies says nothing about the vehicle") func zero() {
        let settings = DriftSettings(.level, harmless: 0.1)
        var (low, high) = (DriftCheck(), DriftCheck())
        var (near, far) = (ShiftCheck(), ShiftCheck())
        for (number, reading) in readings(seed: 3, count: 120, zero: 0).enumerated() {
            // A power of two, so that the shifted readings are the same to the last digit but few.
            _ = low.add(reading, at: day(number), follows: false, settings)
            _ = high.add(reading + 64, at: day(number), follows: false, settings)
            _ = near.add(reading, at: day(number), ShiftSettings())
            _ = far.add(reading + 64, at: day(number), ShiftSettings())
        }
        #expect((low.dependence - high.dependence).magnitude < 1e-3)
        let settingsOfShift = ShiftSettings()
        let (a, b) = (near.dependence(settingsOfShift), far.dependence(settingsOfShift))
        #expect((a - b).magnitude < 1e-3 && (a - 0.4).magnitude < 0.25, "\(a), \(b)")
    }

    @Test("evidence of 20 against a shift that is only just harmless is as rare as promised")
    func promise() {
        for (kind, dependence) in [(DriftSettings.Kind.level, 0.0), (.level, 0.5), (.scatter, 0.3)]
        {
            let settings = DriftSettings(kind, harmless: kind == .level ? 0.16 : 1.5)
            var alarms = 0
            for seed in 0..<200 {
                var check = DriftCheck()
                var noise = Deviates(10_000 + seed)
                for (number, reading) in readings(
                    seed: seed, count: 240, dependence: dependence,
                    shift: kind == .level ? 0.16 : 0, from: 90
                ).enumerated() {
                    // Half again the scatter, as noise without memory.
                    let extra = kind == .scatter && number >= 90 ? 0.0894 * noise.normal() : 0
                    _ = check.add(
                        reading + extra, at: day(number), follows: false, settings)
                }
                if check.logMaximum >= 2.996 { alarms += 1 }
            }
            // 10 of 200, and three standard deviations of that.
            #expect(alarms <= 19, "\(kind), dependence \(dependence): \(alarms) of 200")
        }
    }

    @Test("what goes further than is harmless is found, with its onset and size") func finding() {
        let settings = DriftSettings(.level, harmless: 0.16)
        for seed in 0..<20 {
            var check = DriftCheck()
            for (number, reading) in readings(seed: seed, count: 180, shift: 0.6, from: 120)
                .enumerated()
            { _ = check.add(reading, at: day(number), follows: false, settings) }
            #expect(check.logMaximum > 12, "seed \(seed): \(check.logMaximum)")
            #expect((check.size(settings) - 0.6).magnitude < 0.3, "seed \(seed)")
            #expect((check.onset.milliseconds(since: day(120)) / 86_400_000).magnitude < 20)
        }
    }

    @Test("a code at its harmless share is left alone, and one that comes more often is not")
    func codes() {
        let settings = DriftSettings(.share, harmless: 0.12)
        var (alarms, found) = (0, 0)
        for seed in 0..<200 {
            var deviates = Deviates(seed)
            var (usual, raised) = (DriftCheck(), DriftCheck())
            for number in 0..<300 {
                let draw = deviates.uniform()
                usual.count(hasCode: draw < 0.12, at: day(number), settings)
                raised.count(hasCode: draw < (number < 200 ? 0.02 : 0.5), at: day(number), settings)
            }
            if usual.logMaximum >= 2.996 { alarms += 1 }
            if raised.logMaximum >= 12 { found += 1 }
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

    @Test("the largest evidence of null hypotheses seldom makes one of them a ticket") func maxima()
    {
        var wrong = 0
        for seed in 0..<400 {
            var deviates = Deviates(seed)
            // One over a uniform number is the worst that the largest value of an e-process can be.
            let maxima = (0..<200).map { _ in -Elementary.log(deviates.uniform()) }
            if FalseShare.threshold(logMaxima: maxima, hypotheses: 200, target: 0.05) != nil {
                wrong += 1
            }
        }
        #expect(wrong <= 33, "\(wrong) of 400")
        #expect(
            FalseShare.threshold(logMaxima: [12, 11.5, 3], hypotheses: 200, target: 0.05) == 11.5)
    }
}
