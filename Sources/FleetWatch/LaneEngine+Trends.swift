import FaultRules
import FaultTrends
import VehicleFaults

extension LaneEngine {
    /// Shows a message to the checks. A late message is no news of the present.
    mutating func applyTrends(
        of report: Report, in buffer: borrowing ReportBuffer, at moment: Moment, lane: inout Lane
    ) {
        trends.see(report.readings, buffer)
        let isBare = report.sightings.isEmpty
        trends.choose()
        for chosen in 0..<trends.chosen.count {
            let index = trends.chosen[chosen]
            let look = trends.looks[index]
            if look.needsMore, !trends.reads(for: index) { continue }
            let hasCode =
                !look.asksCode
                || !isBare
                    && Self.hasCode(of: trends.plans[index].rule, among: report.sightings, buffer)
            let place = check(index, of: &lane)
            switch look.form {
            case .drift:
                applyDrift(index, hasCode: hasCode, at: moment, place: place, lane: &lane)
            case .rank: applyRank(index, at: moment, place: place, lane: &lane)
            case .recurrence:
                applyRecurrence(index, hasCode: hasCode, at: moment, place: place, lane: &lane)
            case .subsystem: applySubsystem(index, at: moment, place: place, lane: &lane)
            case .wear: applyWear(index, at: moment, place: place, lane: &lane)
            case .pair: applyPair(index, hasCode: hasCode, at: moment, place: place, lane: &lane)
            }
        }
    }

    /// The words of a check. A vehicle has those of checks whose signals it sends, and no others.
    @inline(__always) mutating func check(_ index: Int, of lane: inout Lane) -> Int {
        scratch.groups.find(.trend, index, in: lane.memory)
            ?? lane.memory.add(LaneMemory.key(.trend, index), length: TrendWork.words)
    }

    private mutating func applyDrift(
        _ index: Int, hasCode: Bool, at moment: Moment, place: Int, lane: inout Lane
    ) {
        let look = trends.looks[index]
        if look.isCounted, !hasCode, look.bucket == 0,
            let isFirst = DriftCheck.passOver(
                &lane.memory[check: place], at: moment.time, pace: look.pace,
                harmless: look.harmless, bar: look.bar)
        {
            if isFirst, trends.feeds { trends.harvest[index].watched += 1 }
            return
        }
        var check = DriftCheck(words: lane.memory[check: place])
        guard !check.isBeforeRepair(moment.time) else { return }
        apply(index, hasCode: hasCode, at: moment, lane.vehicle, &check)
        lane.memory[check: place] = check.words
    }

    private static func hasCode(
        of rule: TrendRule, among sightings: Range<Int32>, _ buffer: borrowing ReportBuffer
    ) -> Bool {
        guard let pattern = rule.code else { return false }
        for index in Int(sightings.lowerBound)..<Int(sightings.upperBound) {
            let sighting = buffer.sightings[index]
            guard rule.status.isEmpty || !rule.status.isDisjoint(with: sighting.status),
                pattern.matches(sighting.code)
            else { continue }
            return true
        }
        return false
    }

    private mutating func apply(
        _ index: Int, hasCode: Bool, at moment: Moment, _ vehicle: VehicleID,
        _ check: inout DriftCheck
    ) {
        let was = check
        let plan = trends.plans[index]
        let settings = plan.settings
        let raw = plan.rule.signal.flatMap { trends.value($0) } ?? 0
        if plan.rule.signal == nil {
            guard
                let full = check.gather(hasCode: hasCode, at: moment.time, width: plan.rule.bucket)
            else { return }
            check.count(hasCode: full.hasCode, at: full.at, settings)
        } else {
            guard let cleaned = adjusted(index, raw, &check),
                let full = check.gather(
                    cleaned * plan.rule.direction, at: moment.time, width: plan.rule.bucket)
            else { return }
            let kind = vehicle.described ?? 0
            // What is common to a kind hides no scatter, and is seldom seen with a code.
            let common = settings.kind == .level ? trends.published[index].common[kind] : nil
            let distance = check.add(
                full.reading, common: common?.distance ?? 0, usual: common?.deviation ?? 0,
                hasCode: hasCode, at: full.at, follows: plan.rule.limit != nil, settings)
            if trends.feeds, settings.kind == .level, let distance {
                trends.harvest[index].common[kind, default: CommonSum()].add(
                    distance, scatter: check.scatterNumber)
            }
        }
        tell(index, settings, raw, at: moment, vehicle, check, was: was)
    }

    /// Tells the fleet what has come of a check since it `was`.
    ///
    /// - Parameter unit: how much of the signal's unit one of the check's is.
    mutating func tell(
        _ index: Int, _ settings: DriftSettings, _ raw: Double, at moment: Moment,
        _ vehicle: VehicleID, _ check: DriftCheck, was: DriftCheck,
        unit: Double = 1
    ) {
        guard tells(index, vehicle, check, was: was), !check.isLooking else { return }
        let plan = trends.plans[index]
        let isCounted = plan.rule.signal == nil
        trends.harvest[index].suspects[vehicle] = Suspect(
            logEvidence: check.logEvidence, position: moment.position, at: moment.at,
            since: check.onset.milliseconds, reading: isCounted ? 1 : raw,
            size: plan.rule.direction * unit
                * (plan.rule.limit == nil
                    ? check.size(settings) : check.trend.filter.level - check.ownLevel),
            deviation: isCounted ? 0 : unit * check.ownDeviation,
            life: plan.rule.limit.map { check.life(limit: $0) })
    }

    /// Tells the fleet whether a check has begun to judge, and whether it has opened or ended a
    /// hypothesis, since it `was`.
    ///
    /// - Returns: whether what it suspects is news, too.
    mutating func tells<Check: EvidenceCheck>(
        _ index: Int, _ vehicle: VehicleID, _ check: Check, was: Check
    ) -> Bool {
        guard trends.feeds else { return false }
        if check.judged > 0, was.judged == 0 { trends.harvest[index].watched += 1 }
        if check.isOpen, !was.isOpen { trends.harvest[index].opened.append(vehicle) }
        if was.isOpen, !check.isOpen {
            trends.harvest[index].withdraw(vehicle, isOver: true)
            return false
        }
        // What falls is told as well, since the fleet decides on what is so now.
        return check.logEvidence != was.logEvidence
            && max(check.logEvidence, was.logEvidence) >= FleetTrends.floor
    }

    /// The reading without what load, weather and the like explain; `nil` while the fleet is still
    /// learning that.
    mutating func adjusted(_ index: Int, _ raw: Double, _ check: inout DriftCheck)
        -> Double?
    {
        let plan = trends.plans[index]
        guard !plan.rule.adjust.isEmpty else { return raw }
        guard let slopes = trends.published[index].slopes else {
            let others = plan.rule.adjust.map { trends.value($0) ?? 0 }
            if let change = check.learn(raw, with: others), trends.feeds {
                trends.harvest[index].adjustment.add(change.0, with: change.1)
            }
            return nil
        }
        if check.isLearner { check = DriftCheck() }
        var result = raw
        for (place, signal) in plan.rule.adjust.enumerated() {
            result -= slopes[place] * (trends.value(signal) ?? 0)
        }
        return result
    }
}

/// A check that gathers evidence for a hypothesis, as a lane keeps it.
protocol EvidenceCheck {
    init(words: InlineArray<11, UInt64>)
    var words: InlineArray<11, UInt64> { get }
    /// How often it has judged something, which may stop being counted.
    var judged: UInt32 { get }
    /// Whether there is a hypothesis.
    var isOpen: Bool { get }
    /// ln of the evidence.
    var logEvidence: Double { get }
}

extension DriftCheck: EvidenceCheck {}
extension RecurrenceWatch: EvidenceCheck {}
extension RankCheck: EvidenceCheck {
    var judged: UInt32 { drift.judged }
    var isOpen: Bool { drift.isOpen }
    var logEvidence: Double { drift.logEvidence }
}
