import FaultTrends
import Foundation
import SpecialFunctions
import VehicleFaults

/// The drawings of docs/detection.md, made by the checks themselves from seeded streams.
func drawPlots(into folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try drawHarmless().write(to: folder + "/harmless.svg")
    try drawPairs().write(to: folder + "/code-with-signal.svg")
    try drawTrend().write(to: folder + "/trend.svg")
    try drawScatter().write(to: folder + "/scatters.svg")
    try drawShare().write(to: folder + "/returns.svg")
    try drawOffWithCode().write(to: folder + "/off-with-code.svg")
    try drawReturns().write(to: folder + "/returning-code.svg")
    try drawWear().write(to: folder + "/wear-out.svg")
    try drawBatch().write(to: folder + "/batch.svg")
    try drawRanks().write(to: folder + "/unlike.svg")
    try drawDistance().write(to: folder + "/together.svg")
    try drawScore().write(to: folder + "/score.svg")
}

let dark = "#1f4e79"
let bright = "#c0392b"
let grey = "#999"

func day(_ number: Int) -> EventTime { EventTime(milliseconds: Int64(number) * 86_400_000) }

/// Two vehicles, one of which stays where it is of no concern.
private func drawHarmless() -> Plot {
    var plot = Plot(
        "Further than is harmless: 3 °C are", x: 0...200, y: -2...20,
        labels: ("day", "°C above its level (dots), ln evidence"))
    for (furthest, colour, dots, seed) in [(2.0, grey, grey, 47), (6.0, dark, bright, 48)] {
        var (random, check) = (Deviates(seed), DriftCheck())
        var (points, evidence) = ([(Double, Double)](), [(Double, Double)]())
        let settings = DriftSettings(.level, harmless: 3, limit: 6)
        for number in 0..<200 {
            let way = min(max(0, Double(number) - 90) * 0.1, furthest)
            let reading = way + 0.8 * random.normal()
            points.append((Double(number), reading))
            _ = check.add(88 + reading, at: day(number), follows: false, settings)
            evidence.append((Double(number), check.logEvidence))
        }
        plot.dots(points, colour: dots)
        plot.line(evidence, colour: colour)
    }
    plot.line([(0, 3), (200, 3)], colour: grey, width: 1, dashed: true)
    plot.line([(0, 8), (200, 8)], colour: bright, width: 1, dashed: true)
    plot.note("about what a ticket takes", at: 4, 8.5, colour: bright)
    return plot
}

/// How sure the share of cases in which a code was right becomes with their number.
private func drawPairs() -> Plot {
    var plot = Plot(
        "Code with signal: the share that came true, at least (95 %)", x: 0...80, y: 0...1,
        labels: ("cases", "share"))
    for (share, colour, seed, name) in [
        (0.8, dark, 49, "with the signal off"), (0.2, grey, 50, "the code alone"),
    ] {
        var (random, record, points) = (Deviates(seed), PairRecord(), [(Double, Double)]())
        for number in 1...80 {
            record.merge(PairRecord(cases: 1, failures: random.uniform() < share ? 1 : 0))
            points.append((Double(number), record.surePrecision))
        }
        plot.line(points, colour: colour)
        plot.note(name, at: 52, record.surePrecision + 0.04, colour: colour)
    }
    plot.line([(0, 0.5), (80, 0.5)], colour: bright, width: 1, dashed: true)
    plot.line([(20, 0), (20, 1)], colour: bright, width: 1, dashed: true)
    return plot
}

private func drawTrend() -> Plot {
    var plot = Plot(
        "Trend to a limit: the dates between which it should be met", x: 0...320, y: 0...20,
        labels: ("day", "wear; limit 18"))
    var (random, check, points) = (Deviates(42), DriftCheck(), [(Double, Double)]())
    let settings = DriftSettings(.level, harmless: 5, limit: 17)
    for number in 0..<200 {
        let wear = max(0, Double(number) - 80) * 0.1 + 1 + 0.4 * random.normal()
        points.append((Double(number), wear))
        _ = check.add(wear, at: day(number + 1), follows: true, settings)
    }
    plot.dots(points, colour: grey)
    plot.line([(0, 18), (320, 18)], colour: bright, width: 1, dashed: true)
    let level = check.trend.filter.level
    let life = check.life(limit: 18 - check.ownLevel)
    if let dates = life.interval(within: 365, chanceOfNoEnd: 0.1) {
        let (early, late) = (199 + dates.lowerBound, 199 + dates.upperBound)
        plot.band([(199, level), (early, 18)], [(199, level), (late, 18)], colour: dark)
        plot.note("5 %", at: early - 12, 18.6, colour: dark)
        plot.dots([early, late].filter { $0 < 320 }.map { ($0, 18) }, colour: bright)
    }
    return plot
}

/// A code that comes as often as is allowed for 200 trips, and then, on one vehicle, four times as often.
private func drawReturns() -> Plot {
    var plot = Plot(
        "Returning code: one vehicle at the allowed rate, one at four times from trip 200 on",
        x: 0...400, y: -5...20, labels: ("trip", "ln evidence of the spell under way"))
    for (rate, colour, seed) in [(1.0, grey, 3), (4.0, dark, 43)] {
        var (random, watch, points) = (Deviates(seed), RecurrenceWatch(), [(Double, Double)]())
        for trip in 1...400 {
            watch.see(
                hasCode: random.uniform() < 0.05 * (trip > 200 ? rate : 1), clock: Double(trip),
                trip: UInt64(trip), at: day(trip), allowed: 0.05)
            points.append((Double(trip), watch.logEvidence))
        }
        plot.line(points, colour: colour)
    }
    plot.line([(0, 8), (400, 8)], colour: bright, width: 1, dashed: true)
    plot.note("about what a ticket takes", at: 8, 8.5, colour: bright)
    return plot
}

/// A signal that scatters three times as much from day 120 on, where half again as much is harmless.
private func drawScatter() -> Plot {
    var plot = Plot(
        "Scatter: three times its own from day 120 on; 1.5 times is harmless", x: 0...200,
        y: -6...20, labels: ("day", "reading about its level (dots), ln evidence"))
    var (random, check) = (Deviates(51), DriftCheck())
    var (points, evidence) = ([(Double, Double)](), [(Double, Double)]())
    let settings = DriftSettings(.scatter, harmless: 1.5)
    for number in 0..<200 {
        let reading = (number >= 120 ? 2.1 : 0.7) * random.normal()
        points.append((Double(number), reading))
        _ = check.add(88 + reading, at: day(number), follows: false, settings)
        evidence.append((Double(number), check.logEvidence))
    }
    plot.dots(points, colour: grey)
    plot.line([(0, 8), (200, 8)], colour: bright, width: 1, dashed: true)
    plot.note("about what a ticket takes", at: 4, 8.5, colour: bright)
    plot.line(evidence, colour: dark)
    return plot
}

/// A code on one message in fifty, and from the 200th on one in three, where one in seven is harmless.
private func drawShare() -> Plot {
    var plot = Plot(
        "Returns: 2 % of messages, from the 200th on a third; 14 % are harmless", x: 0...300,
        y: -5...20, labels: ("message", "code (dots), ln evidence"))
    var (random, check) = (Deviates(52), DriftCheck())
    var (points, evidence) = ([(Double, Double)](), [(Double, Double)]())
    let settings = DriftSettings(.share, harmless: 0.14)
    for number in 0..<300 {
        let hasCode = random.uniform() < (number >= 200 ? 0.33 : 0.02)
        if hasCode { points.append((Double(number), -2)) }
        check.count(hasCode: hasCode, at: day(number), settings)
        evidence.append((Double(number), check.logEvidence))
    }
    plot.dots(points, colour: grey)
    plot.line([(0, 8), (300, 8)], colour: bright, width: 1, dashed: true)
    plot.note("about what a ticket takes", at: 6, 8.5, colour: bright)
    plot.line(evidence, colour: dark)
    return plot
}

/// A signal that is off only on messages that bring a code, from the 200th on.
private func drawOffWithCode() -> Plot {
    var plot = Plot(
        "With a code: off by 5 on messages that bring it, from the 200th on; 2 are harmless",
        x: 0...400, y: -8...20, labels: ("message; with the code in red", "reading, ln evidence"))
    var (random, check) = (Deviates(53), DriftCheck())
    var (points, cases, evidence) = (
        [(Double, Double)](), [(Double, Double)](), [(Double, Double)]()
    )
    let settings = DriftSettings(.pair, harmless: 2)
    for number in 0..<400 {
        let hasCode = random.uniform() < 0.1
        let reading = random.normal() + (hasCode && number >= 200 ? 5 : 0)
        if hasCode {
            cases.append((Double(number), reading))
        } else {
            points.append((Double(number), reading))
        }
        _ = check.add(40 + reading, hasCode: hasCode, at: day(number), follows: false, settings)
        evidence.append((Double(number), check.logEvidence))
    }
    plot.dots(points, colour: grey)
    plot.dots(cases, colour: bright)
    plot.line([(0, 8), (400, 8)], colour: bright, width: 1, dashed: true)
    plot.line(evidence, colour: dark)
    return plot
}

private func drawWear() -> Plot {
    var plot = Plot(
        "Wear-out: chance of failing within the next 10 000 km, 90 % interval", x: 0...200,
        y: 0...0.5,
        labels: ("thousand kilometres run", "chance"))
    var (random, lives) = (Deviates(44), [ObservedLife]())
    while lives.count < 600 {
        let age = 150 * Elementary.pow(-Elementary.log(random.uniform()), 1 / 2.5)
        let start = 120 * random.uniform()
        let end = start + 60 * random.uniform()
        if age > start {
            lives.append(ObservedLife(start: start, end: min(age, end), hasFailed: age <= end))
        }
    }
    let truth = LifeDistribution(shape: 2.5, scale: 150)
    guard let fit = LifeFit(lives) else { return plot }
    let ages = stride(from: 1.0, through: 200, by: 3).map { $0 }
    let bounds = ages.map { fit.intervalOfChance(within: 10, atAge: $0, 0.9) }
    plot.band(
        zip(ages, bounds).map { ($0, $1.lowerBound) },
        zip(ages, bounds).map { ($0, $1.upperBound) }, colour: dark)
    plot.line(ages.map { ($0, fit.life.chanceOfFailure(within: 10, atAge: $0)) }, colour: dark)
    plot.line(
        ages.map { ($0, truth.chanceOfFailure(within: 10, atAge: $0)) }, colour: bright,
        dashed: true)
    plot.note("truth dashed", at: 10, 0.4, colour: bright)
    return plot
}

private func drawBatch() -> Plot {
    var plot = Plot(
        "Batch: one like the others, one that fails three times as often", x: 0...400, y: -5...20,
        labels: ("failures in the fleet", "ln evidence"))
    for (ratio, colour) in [(1.0, grey), (3.0, dark)] {
        var (random, evidence, points) = (Deviates(45), BatchExcess(), [(Double, Double)]())
        for failure in 0..<400 {
            let share = 0.02 + 0.06 * Double(failure) / 400
            evidence.count(
                isInside: random.uniform() < ratio * share / (ratio * share + 1 - share),
                share: share)
            points.append((Double(failure), evidence.logValue))
        }
        plot.line(points, colour: colour)
    }
    plot.line([(0, 13.8), (400, 13.8)], colour: bright, width: 1, dashed: true)
    return plot
}

private func drawDistance() -> Plot {
    var plot = Plot(
        "Signals that belong together, and a point where they do not", x: -4...4, y: -4...4,
        labels: ("one signal, in deviations", "the other"))
    var (random, points) = (Deviates(46), [(Double, Double)]())
    var triangle = [0.0, 0, 0]
    for _ in 0..<400 {
        let load = random.normal()
        let pair = [load + 0.3 * random.normal(), load + 0.3 * random.normal()]
        for (place, product) in [
            (0, pair[0] * pair[0]), (1, pair[0] * pair[1]), (2, pair[1] * pair[1]),
        ] {
            triangle[place] += product / 400
        }
        points.append((pair[0], pair[1]))
    }
    plot.dots(points, colour: grey)
    plot.dots([(1.5, -1.5)], colour: bright)
    let covariance = CohortDistance.shrunk(triangle, size: 2)
    if let squared = CohortDistance.squaredDistance([1.5, -1.5], covariance: covariance, size: 2) {
        let chance = CohortDistance.pValue(squared: squared, size: 2, count: 400)
        let digits = Int((-Elementary.log(max(chance, 1e-300)) / Elementary.log(10)).rounded(.down))
        plot.note("chance below 1 in 10^\(digits)", at: 1.65, -1.6, colour: bright)
    }
    return plot
}
