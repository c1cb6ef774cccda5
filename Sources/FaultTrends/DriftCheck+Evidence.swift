import SpecialFunctions
import VehicleFaults

/// What a check bets, and what that comes to.
extension DriftCheck {
    /// How far a reading would lie from what the past makes expect, as a normal deviate that is not cut.
    ///
    /// - Returns: `nil` while the past says too little.
    public func deviate(of reading: Double, _ settings: DriftSettings) -> Double? {
        knowsLevel(settings) ? deviate(of: reading, whitening, settings).0 : nil
    }

    /// How far a reading lies from what the past makes expect, as a normal deviate; and the own
    /// deviation.
    func deviate(of reading: Double, _ whitening: Whitening, _ settings: DriftSettings) -> (
        Double, deviation: Double
    ) {
        let n = min(Double(count), 2 * settings.memory)
        let known = min(Double(levelCount), 2 * settings.memory)
        // Readings that depend on each other lie too near to their mean.
        let fewer = min(max(whitening.lasting, 1), 0.25 * n)
        let deviation = (Double(variance) * n / (n - fewer)).squareRoot()
        let distance = (reading - mean - past.forecast(whitening) * ownDeviation) / deviation
        return (
            SelfStartingBaseline.normalDeviate(
                distance / (whitening.variance * (1 + 1 / known)).squareRoot(), degrees: n - 2),
            deviation
        )
    }

    /// By how many deviates a rise that is only just harmless shows.
    func margin(_ deviation: Double, _ whitening: Whitening, _ settings: DriftSettings) -> Double {
        // A shift that comes and goes with a code is not in the trail, so all of it shows.
        let share =
            settings.kind == .pair ? 1 / whitening.variance.squareRoot() : whitening.response
        let n = min(Double(levelCount), 2 * settings.memory)
        // The own level is only known so well: 1.64 standard errors of it count as harmless too.
        return settings.harmless > 0
            ? settings.harmless / deviation * share + 1.64 / n.squareRoot() : 0
    }

    /// The variance of a deviate that is allowed for.
    private func allowance(_ whitening: Whitening, _ settings: DriftSettings) -> Double {
        // The share that is carried over is known only so well, and what lasts of an error in it is the more
        // the fewer independent readings there were. The factor keeps the promise as measured.
        let n = min(Double(levelCount), 2 * settings.memory)
        return max(settings.allowance, 1 + 4 * whitening.lasting / n)
    }

    mutating func judge(
        _ reading: Double, _ whitening: Whitening, usual: Double, at time: EventTime,
        _ settings: DriftSettings
    ) {
        let (deviate, deviation) = deviate(of: reading, whitening, settings)
        if judged < Self.mostJudged { judged += 1 }
        switch settings.kind {
        case .level, .pair:
            let margin = margin(deviation, whitening, settings)
            let seen = min(max(deviate, -6), margin + settings.cut)
            let excess = Double(present) - margin
            if isOpen {
                let stake = min(max(excess, 0), settings.boldest)
                let allowance = allowance(whitening, settings)
                bet(stake * (seen - margin) - 0.5 * allowance * stake * stake)
            }
            follow(min(max(deviate, -settings.cut), settings.cut) - 0.5, at: time)
            believe(seen, settings)
            if !isOpen, Double(present) - margin > settings.bar {
                open(max(deviation, usual), settings)
            }
        case .scatter:
            // What is harmless enters as noise without memory, and weighs more once whitened.
            let extra = max(settings.harmless * settings.harmless - 1, 0)
            let bound = 1 + extra * whitening.fresh(pull: Self.pull)
            let square = min(deviate * deviate, 9 * bound)
            if isOpen {
                let ratio = min(max(Double(present) / bound, 1), settings.boldest)
                bet(
                    0.5 * square / bound * (1 - 1 / ratio)
                        - 0.5 * settings.allowance * Elementary.log(ratio))
            }
            follow(0.25 * (square - 2), at: time)
            if judged == 1 { present = 1 }
            believe(square, settings)
            if !isOpen, Double(present) > settings.bar * bound {
                open(max(deviation, usual), settings)
            }
        case .share: break
        }
    }

    /// Counts a bucket in which a code came or did not.
    public mutating func count(hasCode: Bool, at time: EventTime, _ settings: DriftSettings) {
        if count < Self.mostCounted { count += 1 }
        if judged < Self.mostJudged { judged += 1 }
        let usual = settings.harmless
        if isOpen {
            let raised = min(max(Double(present), usual), settings.boldest)
            bet(
                hasCode
                    ? Elementary.log(raised / usual)
                    : Elementary.log1p(-raised) - Elementary.log1p(-usual))
        }
        // Since when is told by a rise to 2.5 times the harmless share.
        let raised = min(2.5 * usual, 0.5 * (1 + usual))
        if hasCode {
            follow(Elementary.log(raised / usual), at: time)
        } else if sum > 0 {
            follow(Elementary.log1p(-raised) - Elementary.log1p(-usual), at: time)
        } else {
            // Whatever it is less than 0: nearly every message of nearly every vehicle.
            follow(-1, at: time)
        }
        if sum == 0 { gathered = 0 } else if hasCode, gathered < .max { gathered += 1 }
        believe(hasCode ? 1 : 0, settings)
        let seen = Double(present)
        if !isOpen, seen * (1 - usual) > settings.bar * usual * (1 - seen) { isOpen = true }
    }

    /// Gathers whether a code came in one bucket of time.
    ///
    /// - Parameter width: of a bucket, in milliseconds; 0 makes each message a bucket.
    /// - Returns: whether it came in the bucket that this message ends, and the moment it ended.
    public mutating func gather(hasCode: Bool, at time: EventTime, width: Int64) -> (
        hasCode: Bool, at: EventTime
    )? {
        guard width > 0 else { return (hasCode, time) }
        let start = UInt32(clamping: time.milliseconds / width * width / 1000)
        var full: (Bool, EventTime)?
        if bucket != start {
            if bucket != 0 {
                full = (
                    gatheredMean > 0, EventTime(milliseconds: Int64(bucket) * 1000 + width)
                )
            }
            (bucket, gatheredMean) = (start, 0)
        }
        if hasCode { gatheredMean = 1 }
        return full
    }

    // MARK: - Betting

    mutating func believe(_ seen: Double, _ settings: DriftSettings) {
        present += Float(settings.pace) * (Float(seen) - present)
    }

    /// Opens the hypothesis, unless the way to the limit is too short for such a scatter.
    ///
    /// Own scatter alone would let those through whose scatter is underestimated, and that again would be
    /// taken for evidence.
    private mutating func open(_ deviation: Double, _ settings: DriftSettings) {
        if let limit = settings.limit, limit - settings.harmless < settings.sight * deviation {
            return
        }
        isOpen = true
    }

    /// Multiplies the e-value by a factor whose mean is at most 1 while what is harmless is all there
    /// is, whatever was seen before, given as its logarithm.
    private mutating func bet(_ step: Double) {
        // Rounded down, so that storing it never adds evidence.
        if step != 0 { evidence = Float(Double(evidence) + step).nextDown }
    }

    private mutating func follow(_ step: Double, at time: EventTime) {
        let was = sum
        sum = Float(max(0, Double(sum) + step))
        if was == 0 { (since, length) = (UInt32(clamping: time.milliseconds / 1000), 0) }
        if sum > 0, length < Self.longest { length += 1 }
    }
}
