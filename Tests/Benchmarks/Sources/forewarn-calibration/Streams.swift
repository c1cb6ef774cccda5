import FaultTrends
import SpecialFunctions
import VehicleFaults

/// Numbers from a seed (SplitMix64; Steele, Lea and Flood 2014).
struct Deviates {
    private var state: UInt64

    init(_ seed: Int) {
        // Mixed once, since neighbouring states are one stream a step apart.
        state = UInt64(seed)
        state = bits()
    }

    private mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func uniform() -> Double { (Double(bits() >> 11) + 0.5) * 0x1p-53 }

    mutating func normal() -> Double {
        (-2 * Elementary.log(uniform())).squareRoot() * Elementary.cosine(ofTurns: uniform())
    }

    /// Student's t with 4 degrees of freedom, variance 1.
    mutating func heavy() -> Double {
        let chiSquare = -2 * (Elementary.log(uniform()) + Elementary.log(uniform()))
        return normal() / (chiSquare / 4).squareRoot() * 0.5.squareRoot()
    }
}

/// A stream in which each value takes over a share of the last one.
struct Autoregression {
    var random: Deviates
    let phi: Double
    let isNormal: Bool
    var value: Double

    init(_ phi: Double, seed: Int, isNormal: Bool = true) {
        random = Deviates(seed)
        (self.phi, self.isNormal) = (phi, isNormal)
        value = random.normal()
    }

    mutating func next() -> Double {
        let noise = isNormal ? random.normal() : random.heavy()
        value = phi * value + (1 - phi * phi).squareRoot() * noise
        return value
    }
}

func hour(_ number: Int) -> EventTime { EventTime(milliseconds: Int64(number) * 3_600_000) }

/// The mean run length of the sum over the deviates of the check, past its learning, and its error.
func runLength(dependence phi: Double, streams: Int, runs: Int) -> (Double, Double) {
    let settings = DriftSettings(.level, harmless: 1)
    var means: [Double] = []
    for stream in 0..<streams {
        var source = Autoregression(phi, seed: 17 + stream)
        var check = DriftCheck()
        for number in 0..<16_000 {
            _ = check.add(source.next(), at: hour(number), follows: false, settings)
        }
        var total = 0
        for _ in 0..<runs {
            var chart = CumulativeSumChart()
            var isOver = false
            while !isOver {
                total += 1
                let reading = source.next()
                let deviate = check.deviate(of: reading, settings) ?? .infinity
                _ = check.add(reading, at: hour(16_000 + total), follows: false, settings)
                isOver = chart.add(deviate, slack: 0.5, limit: 5) != nil
            }
        }
        means.append(Double(total) / Double(runs))
    }
    let n = Double(means.count)
    let mean = means.reduce(0, +) / n
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    return (mean, (variance / n).squareRoot())
}

let twenty = Elementary.log(20)

func share(of runs: Int, _ reaches: (Int) -> Bool) -> Double {
    Double((0..<runs).reduce(0) { $0 + (reaches($1) ? 1 : 0) }) / Double(runs)
}

func shareKnown(_ runs: Int) -> Double {
    share(of: runs) { run in
        var random = Deviates(200_000 + run)
        var (up, down) = (ChangePointEvidence(), ChangePointEvidence())
        for number in 1...2000 {
            let (u, n) = (random.normal(), Double(number))
            up.add(u, number: n, size: 1)
            down.add(u, number: n, size: -1)
            let both = ChangePointEvidence.logMean(up.logValue(after: n), down.logValue(after: n))
            if both >= twenty { return true }
        }
        return false
    }
}

func shareOfBatches(_ runs: Int) -> Double {
    share(of: runs) { run in
        var random = Deviates(400_000 + run)
        var evidence = BatchExcess()
        for failure in 0..<400 {
            let part = 0.02 + 0.06 * Double(failure) / 400
            evidence.count(isInside: random.uniform() < part, share: part)
            if evidence.logValue >= twenty { return true }
        }
        return false
    }
}

func shareOfVerdicts(_ runs: Int) -> Double {
    share(of: runs) { run in
        var random = Deviates(500_000 + run)
        var honesty = RuleHonesty()
        for _ in 0..<400 {
            honesty.count(wasFalse: random.uniform() < 0.05)
            if honesty.isBroken(promise: 0.05) { return true }
        }
        return false
    }
}
