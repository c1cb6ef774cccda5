import FaultTrends
import SpecialFunctions
import Testing

@Suite struct WearTests {
    /// Parts of one life distribution that are watched from some age on, each until it fails or has run
    /// 30,000 km more.
    private static func lives(shape: Double, seed: Int, parts: Int = 3000) -> LifeHistogram {
        var (random, lives) = (Deviates(seed), LifeHistogram())
        for _ in 0..<parts {
            let life = 150_000 * Elementary.pow(random.exponential(), 1 / shape)
            let start = 200_000 * random.uniform()
            // A part that failed earlier is one that nobody saw fail.
            guard life > start else { continue }
            lives.add(
                from: Int(start), to: Int(min(life, start + 30_000)),
                hasFailed: life <= start + 30_000)
        }
        return lives
    }

    @Test("a part is due at the age from which its chance is reached, with its interval")
    func due() throws {
        let lives = Self.lives(shape: 3.5, seed: 1)
        let fit = try #require(lives.fit)
        let truth = LifeDistribution(shape: 3.5, scale: 150_000)
        let forecast = try #require(WearForecast(fit, span: 10_000, chance: 0.15))
        let (chance, interval) = forecast.chance(atAge: forecast.dueAge)
        #expect((interval.lowerBound - 0.15).magnitude < 1e-6 && chance > 0.15)
        #expect(interval.contains(truth.chanceOfFailure(within: 10_000, atAge: forecast.dueAge)))
        // Younger parts are not due, however slightly.
        #expect(forecast.chance(atAge: 0.999 * forecast.dueAge).interval.lowerBound < 0.15)
        let bolder = try #require(WearForecast(fit, span: 10_000, chance: 0.1))
        #expect(bolder.dueAge < forecast.dueAge)
    }

    @Test("nine intervals of ten hold the chance, and as many parts fail as were forecast")
    func holds() throws {
        var (held, all) = (0, 0)
        let truth = LifeDistribution(shape: 3.5, scale: 150_000)
        for seed in 0..<60 {
            let fit = try #require(Self.lives(shape: 3.5, seed: 100 + seed, parts: 600).fit)
            guard let forecast = WearForecast(fit, span: 10_000, chance: 0.1) else { continue }
            all += 1
            let right = truth.chanceOfFailure(within: 10_000, atAge: forecast.dueAge)
            if forecast.chance(atAge: forecast.dueAge).interval.contains(right) { held += 1 }
        }
        // Of 60 at .9, fewer than 46 come about once in a thousand runs.
        #expect(all == 60 && held >= 46, "\(held) of \(all)")
    }

    @Test("parts that do not wear, or of which few failed, are never due") func refuses() throws {
        let young = try #require(Self.lives(shape: 0.8, seed: 2).fit)
        #expect(WearForecast(young, span: 10_000, chance: 0.01) == nil)
        let even = try #require(Self.lives(shape: 1, seed: 3).fit)
        #expect(WearForecast(even, span: 10_000, chance: 0.01) == nil)
        var few = LifeHistogram()
        for age in [90_000, 100_000, 110_000, 120_000] {
            few.add(from: 0, to: age, hasFailed: true)
        }
        #expect(WearForecast(try #require(few.fit), span: 10_000, chance: 0.01) == nil)
        let fit = try #require(Self.lives(shape: 3.5, seed: 1).fit)
        #expect(WearForecast(fit, span: 10, chance: 0.9) == nil)
    }

    @Test("each kilometre of a part is told once, from where watching began") func run() {
        var watch = WearWatch()
        let first = watch.run(to: 60_000.7)
        #expect(first?.from == 60_000 && first?.to == 60_000)
        let second = watch.run(to: 60_100.2)
        #expect(second?.from == 60_000 && second?.to == 60_100 && second?.age == 60_100.2)
        let back = watch.run(to: 100)
        #expect(back == nil, "an instrument that was changed")
        let on = watch.run(to: 60_200)
        #expect(on?.from == 60_100 && on?.to == 60_200)
        #expect(WearWatch(words: watch.words) == watch)
    }

    @Test("a part is due once, and again when the span is over without a repair") func again()
        throws
    {
        let fit = try #require(Self.lives(shape: 3.5, seed: 1).fit)
        let forecast = try #require(WearForecast(fit, span: 10_000, chance: 0.15))
        var watch = WearWatch()
        var told: [Int] = []
        for step in 0..<80 {
            let meter = 100_000 + 1000 * Double(step)
            guard let seen = watch.run(to: meter) else { continue }
            let isDue = watch.becomesDue(at: seen.age, forecast)
            if isDue { told.append(step) }
            #expect(WearWatch(words: watch.words) == watch)
        }
        let first = Int(((forecast.dueAge - 100_000) / 1000).rounded(.up))
        #expect(
            told == Array(stride(from: first, to: 80, by: 10)), "\(told), due \(forecast.dueAge)")
        let age = watch.replace(at: 179_500)
        #expect(age == 179_000)
        let new = watch.run(to: 180_000)
        #expect(new?.age == 500 && new?.from == 500)
        let isDue = watch.becomesDue(at: 500, forecast)
        #expect(!isDue && WearWatch(words: watch.words) == watch)
        #expect(DriftCheck(words: watch.words).judged == 1)
        #expect(WearWatch(words: .init(repeating: 0)) == WearWatch())
    }

    @Test("while there is no forecast a part is passed over as it would be seen")
    func passingOver() throws {
        let forecast = WearForecast(
            try #require(Self.lives(shape: 3.5, seed: 1).fit), span: 10_000, chance: 0.15)
        var (done, left, counted) = (0, 0, 0)
        for seed in 0..<20 {
            var random = Deviates(73_000 + seed)
            var watch = WearWatch()
            var meter = 100_000.0
            for number in 0..<400 {
                // A meter that runs backwards, now and then.
                meter += random.uniform() < 0.02 ? -4 : 1.5 * random.uniform()
                let known = number > 300 && number < 330 ? forecast : nil
                var passed = watch.words
                let answer = known == nil ? WearWatch.passOver(&passed, meter: meter) : nil
                let was = watch.reached
                if let seen = watch.run(to: meter) { _ = watch.becomesDue(at: seen.age, known) }
                if let answer {
                    #expect(WearWatch(words: passed) == watch, "seed \(seed), \(number)")
                    #expect(answer == (watch.reached != was))
                    done += 1
                    counted += answer ? 1 : 0
                } else {
                    left += 1
                }
                if number == 200 { _ = watch.replace(at: meter) }
            }
        }
        #expect(done > 3000 && left > 500 && counted > 1500, "\(done), \(left), \(counted)")
    }
}
