import FaultTrends
import Testing
import VehicleFaults

@Suite struct PairTests {
    private static let hour: Int64 = 3_600_000
    private func at(_ hour: Int) -> EventTime {
        EventTime(milliseconds: 1_772_000_000_000 + Int64(hour) * Self.hour)
    }

    /// A vehicle that has read 40 values of its first signal about 100, and 5 of its second.
    private func watched() -> PairWatch {
        var watch = PairWatch()
        var random = Deviates(9)
        for hour in 0..<40 {
            watch.read(100 + random.normal(), of: 0, hasCode: false, at: at(hour))
            if hour >= 35 { watch.read(Double(hour), of: 1, hasCode: false, at: at(hour)) }
        }
        return watch
    }

    @Test("a case begins with what is off at that moment, and with nothing else") func begins() {
        let rows: [(name: String, reading: Double, hour: Int, places: [Int])] = [
            ("above", 106, 40, [PairWatch.place(of: 0, isAbove: true)]),
            ("below", 94, 40, [PairWatch.place(of: 0, isAbove: false)]),
            ("as usual", 100.5, 40, []),
            ("a day and an hour ago", 106, 14, []),
        ]
        for row in rows {
            var watch = watched()
            watch.read(row.reading, of: 0, hasCode: true, at: at(row.hour))
            // Of the second signal too little is known.
            watch.read(1e6, of: 1, hasCode: true, at: at(40))
            let seen = watch.see(at: at(40))
            #expect(seen == row.places, "\(row.name)")
            #expect(PairWatch(words: watch.words) == watch)
            // What is off later makes no other case of it.
            watch.read(0, of: 0, hasCode: true, at: at(41))
            _ = watch.see(at: at(41))
            let ended = watch.end()
            #expect(ended == (row.places.isEmpty ? [PairWatch.places - 1] : row.places))
            #expect(watch.onset == nil)
        }
    }

    @Test("a case is over when its time is, and only then") func expires() {
        var watch = watched()
        _ = watch.see(at: at(40))
        let early = watch.expire(at: at(64), within: 24 * Self.hour)
        #expect(early == [] && watch.onset == at(40))
        let late = watch.expire(
            at: EventTime(milliseconds: at(64).milliseconds + 1), within: 24 * Self.hour)
        #expect(late == [PairWatch.places - 1])
        let none = watch.end()
        #expect(none == [])
    }

    @Test("a fault that stays does not become usual at once, and its words say all of it")
    func levels() {
        var watch = watched()
        for hour in 40..<50 { watch.read(110, of: 0, hasCode: false, at: at(hour)) }
        let seen = watch.see(at: at(49))
        #expect(seen == [PairWatch.place(of: 0, isAbove: true)])
        watch.tell()
        #expect(watch.isTold && PairWatch(words: watch.words) == watch)
        watch.forgetLevels()
        let state = watch.state(of: 0)
        #expect(state.deviate == 0 && state.deviation == 0)
        #expect(PairWatch(words: .init(repeating: 0)) == PairWatch())
        // Whoever knows no more than that it is a check reads whether it can tell anything, no evidence.
        watch.isInformed = true
        #expect(PairWatch(words: watch.words) == watch)
        let check = DriftCheck(words: watch.words)
        #expect(check.judged == 1 && check.logEvidence == 0 && check.isSuspicious)
    }

    @Test("a message that the code did not come with is passed over as it would be read")
    func passingOver() {
        var (done, left) = (0, 0)
        for seed in 0..<20 {
            var random = Deviates(72_000 + seed)
            var watch = PairWatch()
            for number in 0..<400 {
                let time = at(number * 2)
                let hasCode = random.uniform() < 0.02
                let said = (0..<3).filter { _ in random.uniform() < 0.6 }
                let values = said.map { Double($0) * 50 + random.normal() * Double($0 + 1) }
                var passed = watch.words
                let isQuiet = !hasCode && PairWatch.isQuiet(passed)
                if isQuiet {
                    for (signal, value) in zip(said, values) {
                        PairWatch.passOver(&passed, value, of: signal, at: time)
                    }
                    PairWatch.mark(&passed, isInformed: number % 3 == 0)
                }
                _ = watch.expire(at: time, within: 30 * Self.hour)
                for (signal, value) in zip(said, values) {
                    watch.read(value, of: signal, hasCode: hasCode, at: time)
                }
                watch.isInformed = number % 3 == 0
                if hasCode {
                    _ = watch.see(at: time)
                    if random.uniform() < 0.5 { watch.tell() }
                }
                guard isQuiet else {
                    left += 1
                    continue
                }
                done += 1
                for place in passed.indices {
                    #expect(
                        passed[place] == watch.words[place], "seed \(seed), \(number), \(place)")
                }
            }
        }
        #expect(done > 4000 && left > 1000, "\(done), \(left)")
    }
}
