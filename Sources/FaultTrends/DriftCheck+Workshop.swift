import SpecialFunctions
import VehicleFaults

/// What a repair and a visit to a workshop leave of what was learned.
extension DriftCheck {
    /// Begins anew after a confirmed repair: the own level, and all that was suspected, are those of a
    /// part that is no longer there. How far readings scatter and hang together stays known.
    ///
    /// - Parameter time: readings from before it say nothing of the new part.
    public mutating func beginAnew(at time: EventTime, _ settings: DriftSettings) {
        guard !isLearner else {
            self = DriftCheck()
            return
        }
        forgotten = settings.kind == .share ? 0 : count
        past.forget()
        hasLearned = false
        (gathered, gatheredMean) = (0, 0)
        drop(settings)
        since = UInt32(clamping: time.milliseconds / 1000)
    }

    /// Whether a reading is from before the repair after which the check began anew.
    public func isBeforeRepair(_ time: EventTime) -> Bool {
        sum == 0 && time.milliseconds / 1000 < Int64(since)
    }

    /// Gives up the hypothesis, and what was believed of the present.
    private mutating func drop(_ settings: DriftSettings) {
        present = settings.kind == .scatter ? 1 : 0
        (evidence, isOpen) = (0, false)
        (sum, length, isSuspicious) = (0, 0, false)
        (visit, before) = (0, 0)
        trend = TrendCheck()
    }

    // MARK: - Visits

    /// Readings by which the level after a visit is told, at least and at most.
    private static let looked: ClosedRange<UInt32> = 3...10

    /// Whether it is not known yet if the level is another one since a visit to a workshop: what seems
    /// suspicious now may be a new sensor.
    public var isLooking: Bool { visit > 0 }

    /// Notes that the vehicle was in a workshop, where a sensor may have been changed.
    ///
    /// A new sensor shows another level from its first reading on; a part that wears does not. So what
    /// was believed of the present is kept, to be compared with what is seen from now on.
    public mutating func noteVisit(at time: EventTime, _ settings: DriftSettings) {
        // A code's share does not hang on a sensor, a scatter follows its level, and cases are few.
        guard settings.kind == .level, !isLearner else { return }
        guard knowsLevel(settings) else { return beginAnew(at: time, settings) }
        if visit == 0 { before = Int32((min(max(Double(present), -7.9), 7.9) * 128).rounded()) }
        visit = 1
    }

    /// Compares what is believed of the present with what was before a visit, once that is known well
    /// enough to tell half of what is harmless, or as well as ten readings tell it.
    mutating func look(_ deviation: Double, _ whitening: Whitening, _ settings: DriftSettings) {
        let pace = settings.pace
        // What is left of the readings before the visit, and the variance of both means.
        let left = Elementary.exp(Double(visit) * Elementary.log1p(-pace))
        let old = pace / (2 - pace)
        let new = old * (1 - left * left) / ((1 - left) * (1 - left))
        let least = 2 * (settings.allowance * (old + new)).squareRoot()
        let half = 0.5 * settings.harmless / deviation * whitening.response
        let number = visit
        visit += 1
        guard number >= Self.looked.lowerBound, least <= half || number >= Self.looked.upperBound
        else { return }
        let earlier = Double(before) / 128
        (visit, before) = (0, 0)
        let jump = (Double(present) - earlier) / (1 - left)
        guard jump.magnitude >= max(least, half) else { return }
        // A part that was mended is back where the vehicle's own level has always been.
        let now = earlier + jump
        if now.magnitude >= 1.64 * (settings.allowance * new).squareRoot() {
            adopt(now * deviation / whitening.response, after: number)
        }
        drop(settings)
    }

    /// Takes the level after a visit for the vehicle's own.
    private mutating func adopt(_ step: Double, after number: UInt32) {
        mean += step
        past.move(by: step / ownDeviation)
        if count > number { forgotten = count - number }
    }
}
