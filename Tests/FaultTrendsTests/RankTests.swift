import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

@Suite struct RankTests {
    /// Vehicles of one kind that each tell one value a day: an offset of their own, half of yesterday's
    /// noise, noise of Student's t with 4 degrees of freedom and what moves all of them on that day.
    private struct Kind {
        var checks: [RankCheck]
        let harmless: Double
        /// What a usual deviation is in the signal's unit.
        let unit: Double
        /// The most evidence of each hypothesis that was opened, by vehicle.
        var most: [Int: Double] = [:]
        private var random: Deviates
        private var noise: [Double]
        private let offsets: [Double]
        private var shown = QuantileSketch()
        private var number: UInt32 = 0

        init(_ count: Int, seed: Int, harmless: Double = 0.2, unit: Double = 1) {
            (self.harmless, self.unit) = (harmless, unit)
            var random = Deviates(seed)
            checks = Array(repeating: RankCheck(), count: count)
            noise = Array(repeating: 0, count: count)
            offsets = (0..<count).map { _ in 6 * random.normal() }
            self.random = random
        }

        /// One day, at whose end what is new in all values is published.
        mutating func live(_ day: Int, shared: Double, moved: (Int) -> Double) {
            let at = EventTime(milliseconds: Int64(day) * 86_400_000)
            var told = QuantileSketch()
            for vehicle in checks.indices {
                if let (distance, time) = checks[vehicle].takeWaiting(published: number) {
                    _ = checks[vehicle].judge(
                        distance, among: shown, at: time, harmless: harmless)
                    if checks[vehicle].drift.isOpen {
                        most[vehicle] = max(
                            most[vehicle] ?? 0, checks[vehicle].drift.logEvidence)
                    }
                }
                noise[vehicle] = 0.5 * noise[vehicle] + 0.75.squareRoot() * random.heavy()
                let own = offsets[vehicle] + noise[vehicle] + shared + moved(vehicle)
                let value = unit * own
                guard let distance = checks[vehicle].distance(of: value) else { continue }
                told.add(checks[vehicle].wait(distance, at: at, published: number))
            }
            guard told.count > 0 else { return }
            (shown, number) = (told, number + 1)
        }
    }

    @Test("where nothing fails few hypotheses ever show evidence of 20, whatever moves all alike")
    func promise() {
        var (opened, reached) = (0, 0)
        for seed in 0..<3 {
            var kind = Kind(90, seed: 50_000 + seed)
            var random = Deviates(51_000 + seed)
            for day in 1...150 {
                // A day in ten something moves every vehicle by up to three usual deviations.
                let shock = random.uniform() < 0.1 ? 3 * random.normal() : 0
                kind.live(day, shared: shock) { _ in 0 }
            }
            opened += kind.most.count
            reached += kind.most.values.count { $0 >= Elementary.log(20) }
        }
        let bound = 0.05 * Double(opened) + 3 * (0.05 * 0.95 * Double(opened)).squareRoot()
        #expect(opened > 20 && Double(reached) <= bound, "\(reached) of \(opened)")
    }

    @Test("who leaves the distance it used to have is found, and who always stood apart is not")
    func finds() {
        var found = 0
        for seed in 0..<2 {
            var kind = Kind(100, seed: 60_000 + seed)
            for day in 1...220 {
                kind.live(day, shared: day % 9 == 0 ? 4 : 0) { vehicle in
                    switch vehicle {
                    case 0: day > 150 ? 4 : 0
                    case 1: 40
                    case 2: day > 150 ? 0.15 : 0
                    default: 0
                    }
                }
            }
            let hundred = Elementary.log(100)
            if (kind.most[0] ?? 0) > hundred { found += 1 }
            #expect((kind.most[1] ?? 0) < hundred && (kind.most[2] ?? 0) < hundred, "seed \(seed)")
            // The size is that of the movement, and the onset the day after it.
            let check = kind.checks[0].drift
            #expect(
                (1...4).contains(check.size(RankCheck.settings(harmless: 0.2, scatter: 1))),
                "\(check.size(RankCheck.settings(harmless: 0.2, scatter: 1)))")
            #expect((125...175).contains(check.onset.milliseconds / 86_400_000))
        }
        #expect(found == 2, "\(found) of 2")
    }

    @Test("what is harmless is so in the signal's own unit") func units() {
        // A movement of four usual deviations, or 160; what is harmless is a twentieth of it, or more.
        for (harmless, isFound) in [(8.0, true), (200, false)] {
            var kind = Kind(80, seed: 61_000, harmless: harmless, unit: 40)
            for day in 1...165 {
                kind.live(day, shared: 0) { vehicle in vehicle == 0 && day > 100 ? 4 : 0 }
            }
            #expect(((kind.most[0] ?? 0) > Elementary.log(5)) == isFound, "\(kind.most[0] ?? 0)")
        }
    }

    @Test("a value waits for the publication that it is in, and for no other") func waits() {
        var check = RankCheck()
        let time = EventTime(milliseconds: 5000)
        let told = check.wait(1.1, at: time, published: 7)
        #expect(told == Double(Float(1.1)), "what is told is what is looked for")
        // A second value of the same epoch is not ranked.
        _ = check.wait(9, at: EventTime(milliseconds: 6000), published: 7)
        #expect(RankCheck(words: check.words) == check)
        let early = check.takeWaiting(published: 7)
        #expect(early == nil)
        let taken = check.takeWaiting(published: 8)
        #expect(taken?.distance == told && taken?.at == time)
        let again = check.takeWaiting(published: 8)
        #expect(again == nil)
        _ = check.wait(1, at: time, published: 8)
        let late = check.takeWaiting(published: 10)
        #expect(late == nil, "it was published long ago")
        #expect(check == RankCheck(words: check.words))
        _ = check.wait(1, at: time, published: 10)
        check.beginAnew(at: time)
        let old = check.takeWaiting(published: 11)
        #expect(old == nil, "it is from before a repair")
    }

    @Test("its words say all of it") func words() {
        var kind = Kind(30, seed: 7)
        for day in 1...60 { kind.live(day, shared: 0) { $0 == 3 ? Double(day) / 10 : 0 } }
        for check in kind.checks { #expect(RankCheck(words: check.words) == check) }
        #expect(RankCheck(words: .init(repeating: 0)) == RankCheck())
    }

    @Test("counts of buckets make the same sketch again, and no others make any") func buckets() {
        var sketch = QuantileSketch()
        var random = Deviates(3)
        for _ in 0..<500 { sketch.add((64 * random.normal()).rounded() / 32) }
        var again = QuantileSketch()
        for (bucket, count) in sketch.buckets.reversed() {
            let isTaken = again.add(bucket: bucket, count: count)
            #expect(isTaken)
        }
        #expect(again == sketch && sketch.buckets.count < 260)
        for wrong: (Int64, Int64) in [
            (1, 0), (1, -3), (3, 1), (4, 1), (Int64.max, 1), (Int64.min, 1),
        ] {
            let isTaken = again.add(bucket: wrong.0, count: wrong.1)
            #expect(!isTaken, "\(wrong)")
        }
    }
}
