import FaultRules
import FaultTrends
import ServiceTickets
import VehicleFaults

/// How far parts run before they fail, by kind of vehicle.
struct WearKnowledge: FleetPart, Sendable {
    /// Of all parts ever seen.
    var lives: [UInt64: LifeHistogram] = [:]
    /// What was published, and the kinds that had failures enough then to go by their own.
    var forecasts: [UInt64: WearForecast] = [:]
    var decided: Set<UInt64> = []
    /// All of ``lives``, and the kinds of which a part has failed. Both follow from the rest.
    private var whole = LifeHistogram()
    private var failing: Set<UInt64> = []

    mutating func add(_ stretches: [LifeStretch]) {
        for one in stretches {
            lives[one.kind, default: LifeHistogram()].add(
                from: one.from, to: one.to, hasFailed: one.hasFailed)
            whole.add(from: one.from, to: one.to, hasFailed: one.hasFailed)
            if one.hasFailed { failing.insert(one.kind) }
        }
    }

    /// A kind with few failures goes by those of the whole fleet.
    mutating func publish(_ trend: TrendRule) {
        guard let span = trend.limit else { return }
        func forecast(_ lives: LifeHistogram) -> WearForecast? {
            lives.fit.flatMap { WearForecast($0, span: span, chance: trend.harmless) }
        }
        (forecasts, decided) = ([:], [])
        for kind in failing {
            guard let one = lives[kind],
                one.failures.reduce(0, +) >= Int64(WearForecast.enoughFailures)
            else { continue }
            decided.insert(kind)
            forecasts[kind] = forecast(one)
        }
        forecasts[CohortWork.everyKind] = forecast(whole)
    }

    /// What lanes go by.
    var forLanes: Self {
        var one = Self()
        (one.forecasts, one.decided) = (forecasts, decided)
        return one
    }

    /// What is expected of a vehicle's part; `nil` while too few have failed.
    func forecast(for vehicle: VehicleID) -> WearForecast? {
        guard !forecasts.isEmpty else { return nil }
        let kind = CohortWork.kind(of: vehicle)
        // A kind that has failures enough and is not shown to wear is not held to what others do.
        return forecasts[decided.contains(kind) ? kind : CohortWork.everyKind]
    }

    static func == (a: Self, b: Self) -> Bool {
        a.lives == b.lives && a.forecasts == b.forecasts && a.decided == b.decided
    }

    func write(_ out: inout ByteWriter) {
        out.word(UInt64(lives.count))
        for (kind, one) in lives.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            for bin in 0..<LifeHistogram.bins {
                out.integer(one.exposure[bin])
                out.integer(one.failures[bin])
            }
        }
        out.word(UInt64(decided.count))
        for kind in decided.sorted() { out.word(kind) }
        out.word(UInt64(forecasts.count))
        for (kind, one) in forecasts.sorted(by: { $0.key < $1.key }) {
            out.word(kind)
            out.integer(Int64(one.fit.failures))
            for number in [
                one.fit.life.shape, one.fit.life.scale, one.fit.logLikelihood,
                one.fit.shapeVariance, one.fit.covariance, one.fit.scaleVariance, one.span,
                one.dueAge,
            ] { out.word(number.bitPattern) }
        }
    }

    init() {}

    init(_ input: inout ByteReader) throws(LaneDamaged) {
        func number() throws(LaneDamaged) -> Double { Double(bitPattern: try input.word()) }
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            var (exposure, failures): ([Int64], [Int64]) = ([], [])
            for _ in 0..<LifeHistogram.bins {
                exposure.append(try input.integer())
                failures.append(try input.integer())
            }
            let one = LifeHistogram(exposure: exposure, failures: failures)
            lives[kind] = one
            whole.merge(one)
            if failures.contains(where: { $0 > 0 }) { failing.insert(kind) }
        }
        for _ in 0..<(try input.word()) { decided.insert(try input.word()) }
        for _ in 0..<(try input.word()) {
            let kind = try input.word()
            let failures = Int(truncatingIfNeeded: try input.integer())
            let fit = LifeFit(
                LifeDistribution(shape: try number(), scale: try number()), failures: failures,
                logLikelihood: try number(), shapeVariance: try number(),
                covariance: try number(), scaleVariance: try number())
            forecasts[kind] = WearForecast(fit: fit, span: try number(), dueAge: try number())
        }
    }
}

extension LaneEngine {
    /// Shows a message to a check of a part that wears out.
    mutating func applyWear(_ index: Int, at moment: Moment, place: Int, lane: inout Lane) {
        guard let meter = meter(trends.looks[index].clock, lane.memory) else { return }
        if trends.published[index].wear.forecasts.isEmpty,
            let hasCounted = WearWatch.passOver(&lane.memory[check: place], meter: meter)
        {
            if hasCounted { trends.hasCounted = true }
            return
        }
        var watch = WearWatch(words: lane.memory[check: place])
        guard let seen = watch.run(to: meter) else { return }
        let forecast = trends.published[index].wear.forecast(for: lane.vehicle)
        let wasTold = watch.told != nil
        let isDue = watch.becomesDue(at: seen.age, forecast)
        lane.memory[check: place] = watch.words
        if seen.to > seen.from { trends.hasCounted = true }
        guard trends.feeds, isDue, let forecast else { return }
        if wasTold { trends.harvest[index].withdraw(lane.vehicle, isOver: true) }
        let (chance, interval) = forecast.chance(atAge: seen.age)
        trends.harvest[index].suspects[lane.vehicle] = Suspect(
            logEvidence: chance, position: moment.position, at: moment.at, since: moment.at,
            reading: seen.age, size: interval.lowerBound, deviation: interval.upperBound)
    }

    /// What the odometer or hour meter showed last.
    private func meter(_ clock: Window.Kind, _ memory: borrowing LaneMemory) -> Double? {
        guard let place = scratch.groups.find(.clock, 0, in: memory) else { return nil }
        let value = memory.double(place + (clock == .engineHours ? 3 : 1))
        return value.isNaN ? nil : value
    }

    /// Ends the life of a part that was replaced, and begins that of the new one.
    mutating func renewWear(_ index: Int, _ repair: ConfirmedRepair, place: Int, lane: inout Lane) {
        let plan = trends.plans[index]
        guard repair.replacesPart, let meter = meter(plan.rule.clock, lane.memory) else { return }
        var watch = WearWatch(words: lane.memory[check: place])
        let wasTold = watch.told != nil
        let age = watch.replace(at: meter)
        lane.memory[check: place] = watch.words
        guard trends.feeds else { return }
        if let age, repair.isFailure, program.rules[plan.rule.rule].mode == repair.mode {
            trends.harvest[index].lives.append(
                LifeStretch(
                    kind: CohortWork.kind(of: lane.vehicle), from: age, to: age, hasFailed: true))
        }
        if wasTold { trends.harvest[index].withdraw(lane.vehicle, isOver: true) }
    }
}
