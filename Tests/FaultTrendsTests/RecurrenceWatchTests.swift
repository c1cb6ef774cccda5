import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

@Suite struct RecurrenceWatchTests {
    /// Lets a vehicle make trips, on each of which the code comes with a chance, and returns the most
    /// evidence of each spell.
    private static func spells(
        _ watch: inout RecurrenceWatch, trips: Range<Int>, allowed: Double, random: inout Deviates,
        chance: (Int) -> Double
    ) -> [Double] {
        var most: [Double] = []
        for trip in trips {
            let wasOpen = watch.isOpen
            watch.see(
                hasCode: random.uniform() < chance(trip), clock: Double(trip),
                trip: UInt64(trip), at: EventTime(milliseconds: Int64(trip) * 7_200_000),
                allowed: allowed)
            if watch.isOpen, !wasOpen { most.append(0) }
            if watch.isOpen {
                most[most.count - 1] = max(most[most.count - 1], watch.logEvidence)
            }
        }
        return most
    }

    @Test("of the spells of vehicles that come up to what is allowed few ever show evidence of 20")
    func promise() {
        for share in [0.5, 1.0] {
            var (all, reached) = (0, 0)
            for seed in 0..<150 {
                var random = Deviates(70_000 + seed)
                var watch = RecurrenceWatch()
                let most = Self.spells(&watch, trips: 1..<1000, allowed: 0.05, random: &random) {
                    _ in 0.05 * share
                }
                all += most.count
                reached += most.count { $0 >= Elementary.log(20) }
            }
            // Three standard deviations above a true share of .05.
            let bound = 0.05 * Double(all) + 3 * (0.05 * 0.95 * Double(all)).squareRoot()
            #expect(all > 100 && Double(reached) <= bound, "\(reached) of \(all) at \(share)")
        }
    }

    @Test("a message that the code did not come with is passed over as it would be seen")
    func passingOver() {
        var (done, left, counted) = (0, 0, 0)
        for seed in 0..<40 {
            var random = Deviates(71_000 + seed)
            var watch = RecurrenceWatch()
            var clock = 0.0
            for number in 0..<300 {
                clock += random.uniform() < 0.02 ? -3 : 2 * random.uniform()
                // Messages from before a repair are among them, and times when nobody knows a rate.
                let late: Int64 = random.uniform() < 0.05 ? 3 : 0
                let at = EventTime(milliseconds: (Int64(number) - late) * 7_200_000)
                let allowed = number < 20 ? 0 : 0.05
                let hasCode = random.uniform() < 0.06
                var passed = watch.words
                let answer =
                    hasCode
                    ? nil
                    : RecurrenceWatch.passOver(&passed, clock: clock, allowed: allowed, at: at)
                let isBefore = watch.isBeforeRepair(at)
                let was = watch
                if !isBefore {
                    watch.see(
                        hasCode: hasCode, clock: clock, trip: UInt64(number / 2 + 1), at: at,
                        allowed: allowed > 0 ? allowed : nil)
                }
                if let answer {
                    #expect(!isBefore)
                    #expect(RecurrenceWatch(words: passed) == watch, "seed \(seed), \(number)")
                    #expect(answer.isFirst == (was.judged == 0 && watch.judged > 0))
                    #expect(answer.hasCounted == (was.counted != watch.counted))
                    done += 1
                    counted += answer.hasCounted ? 1 : 0
                } else {
                    left += 1
                }
                if number == 150 { watch.beginAnew(at: at) }
            }
        }
        #expect(done > 5000 && left > 1000 && counted > 3000, "\(done), \(left), \(counted)")
    }

    @Test("a code that hardly ever comes is no evidence, however far the vehicle runs")
    func seldom() {
        for expected in [0.1, 1, 10, 100, 1000, 10_000] {
            let none = RecurrenceCheck.logEvidence(events: 0, exposure: expected, beyond: 1)
            #expect(none < 0, "\(none) after \(expected)")
            let one = RecurrenceCheck.logEvidence(events: 1, exposure: expected, beyond: 1)
            #expect(one < 1.5, "\(one) after \(expected)")
        }
        // What the whole gamma distribution would say of it.
        #expect(RecurrenceCheck.logEvidence(events: 0, exposure: 10, allowedRate: 1) > 6)
    }

    @Test("the mixture of higher rates is its integral") func integral() {
        for (events, exposure) in [(0, 0.3), (3, 1.0), (9, 4.0), (40, 31.0)] {
            // By the midpoint rule over r from 1 to 400, on a logarithmic grid.
            var (sum, weight) = (0.0, 0.0)
            let steps = 40_000
            let width = Elementary.log(400) / Double(steps)
            for step in 0..<steps {
                let r = Elementary.exp((Double(step) + 0.5) * width)
                let prior = Elementary.exp(-r / 4) * r * width
                weight += prior
                sum +=
                    prior * Elementary.exp(Double(events) * Elementary.log(r) - (r - 1) * exposure)
            }
            let found = RecurrenceCheck.logEvidence(events: events, exposure: exposure, beyond: 1)
            #expect((found - Elementary.log(sum / weight)).magnitude < 1e-6, "\(events)")
        }
    }

    @Test("a code that comes six times as often as is allowed is found after years without it")
    func finds() {
        var found = 0
        for seed in 0..<50 {
            var random = Deviates(80_000 + seed)
            var watch = RecurrenceWatch()
            _ = Self.spells(&watch, trips: 1..<3000, allowed: 0.05, random: &random) { _ in 0.002 }
            let after = Self.spells(&watch, trips: 3000..<3150, allowed: 0.05, random: &random) {
                _ in 0.3
            }
            if after.contains(where: { $0 > 9 }) { found += 1 }
        }
        #expect(found >= 45, "\(found) of 50")
    }

    @Test("events on one trip are one event") func onceATrip() {
        var (once, often) = (RecurrenceWatch(), RecurrenceWatch())
        for trip in 1...40 {
            for message in 0..<3 {
                let time = EventTime(milliseconds: Int64(3 * trip + message) * 1_000_000)
                let clock = Double(trip) * 30 + Double(message)
                often.see(
                    hasCode: trip % 2 == 0, clock: clock, trip: UInt64(trip), at: time,
                    allowed: 0.004)
                once.see(
                    hasCode: trip % 2 == 0 && message == 0, clock: clock, trip: UInt64(trip),
                    at: time, allowed: 0.004)
            }
        }
        #expect(once == often && once.events == 20 && once.isOpen)
        #expect(once.run == 39 * 30 + 2 && once.logEvidence > 5, "\(once.logEvidence)")
    }

    @Test("a spell is over when the code stays away, and the next one is new") func calm() {
        var watch = RecurrenceWatch()
        func see(_ trip: Int, _ hasCode: Bool) {
            watch.see(
                hasCode: hasCode, clock: Double(trip), trip: UInt64(trip),
                at: EventTime(milliseconds: Int64(trip) * 1000), allowed: 0.1)
        }
        for trip in 1...30 { see(trip, trip > 10 && trip % 2 == 0) }
        #expect(watch.isOpen && watch.logEvidence > 1.5 && watch.onset.milliseconds == 12_000)
        for trip in 31...72 { see(trip, false) }
        #expect(!watch.isOpen && watch.logEvidence == 0 && watch.spell == RecurrenceCheck())
        see(73, true)
        #expect(!watch.isOpen, "one event begins nothing")
        see(75, true)
        #expect(watch.isOpen && watch.logEvidence == 0 && watch.onset.milliseconds == 73_000)
    }

    @Test("an onset that comes ever sooner is told from one that is steady") func growth() {
        func growth(_ gaps: [Int]) -> Double {
            var (watch, trip) = (RecurrenceWatch(), 1)
            for gap in gaps {
                for step in 1...gap {
                    watch.see(
                        hasCode: step == gap, clock: Double(trip + step), trip: UInt64(trip + step),
                        at: EventTime(milliseconds: 0), allowed: 0.02)
                }
                trip += gap
            }
            return watch.growth
        }
        #expect(growth([40, 9, 20, 16, 12, 9, 6, 4, 3, 2, 1, 1, 1, 1, 1]) > 1.3)
        #expect(growth(Array(repeating: 8, count: 15)) == 0)
    }

    @Test("after a repair nothing is left of the spell, and older messages are passed over")
    func repair() {
        var watch = RecurrenceWatch()
        for trip in 1...20 {
            watch.see(
                hasCode: true, clock: Double(trip), trip: UInt64(trip),
                at: EventTime(milliseconds: Int64(trip) * 1000), allowed: 0.1)
        }
        #expect(watch.logEvidence > 10)
        let counted = watch.counted
        watch.beginAnew(at: EventTime(milliseconds: 30_000))
        #expect(!watch.isOpen && watch.logEvidence == 0 && watch.counted == counted)
        #expect(watch.isBeforeRepair(EventTime(milliseconds: 29_000)))
        #expect(!watch.isBeforeRepair(EventTime(milliseconds: 30_000)))
    }

    @Test("its words say all of it, and are a check's to whoever asks for no more") func words() {
        var random = Deviates(5)
        var watch = RecurrenceWatch()
        #expect(RecurrenceWatch(words: .init(repeating: 0)) == watch)
        for trip in 1...200 {
            watch.see(
                hasCode: random.uniform() < 0.4, clock: Double(trip) * 17.3, trip: UInt64(trip),
                at: EventTime(milliseconds: Int64(trip) * 60_000), allowed: 0.004)
            let again = RecurrenceWatch(words: watch.words)
            #expect(again == watch, "trip \(trip)")
            let check = DriftCheck(words: watch.words)
            #expect(check.judged == watch.judged && check.logEvidence == watch.logEvidence)
            #expect(check.isSuspicious == watch.isOpen)
        }
        #expect(watch.isOpen)
    }

    @Test(
        "a fleet's sums follow vehicles as they run on, to the same as if they were added at the end"
    )
    func sums() throws {
        var (grown, added) = (RecurrenceSums(), RecurrenceSums())
        for vehicle in 0..<60 {
            var random = Deviates(90_000 + vehicle)
            var watch = RecurrenceWatch()
            let rate = vehicle % 6 == 0 ? 0.2 : 0.01
            for trip in 1...100 {
                let was = watch.counted
                watch.see(
                    hasCode: random.uniform() < rate, clock: Double(trip) * 12.7,
                    trip: UInt64(trip), at: EventTime(milliseconds: 0), allowed: nil)
                grown.add(
                    events: watch.counted.events, exposure: watch.counted.exposure, inPlaceOf: was)
            }
            #expect(!watch.isOpen && watch.judged == 0)
            added.add(events: Int(watch.counted.events), exposure: Int(watch.counted.exposure))
        }
        #expect(grown == added)
        let (allowed, prior) = (try #require(grown.allowedRate), try #require(grown.prior))
        #expect(allowed == prior.quantile(0.95) && allowed > 2 * prior.rate)
        #expect(RecurrenceSums().allowedRate == nil)
    }

    @Test("where nearly all events come from a few vehicles the mean rate is allowed") func few()
        throws
    {
        var sums = RecurrenceSums()
        for _ in 0..<1000 { sums.add(events: 0, exposure: 1000) }
        for _ in 0..<3 { sums.add(events: 900, exposure: 1000) }
        let (allowed, prior) = (try #require(sums.allowedRate), try #require(sums.prior))
        #expect(allowed == prior.rate && prior.quantile(0.95) < prior.rate)
    }
}
