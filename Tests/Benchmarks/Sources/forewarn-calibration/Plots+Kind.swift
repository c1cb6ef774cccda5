import FaultTrends
import SpecialFunctions
import VehicleFaults

/// Sixty vehicles of a kind that a heat wave moves in the middle, and one that leaves them later on.
func drawRanks() -> Plot {
    var plot = Plot(
        "All move on day 60 to 80, one goes on from day 120", x: 0...200,
        y: -5...20, labels: ("day", "°C from its own level (dots), ln evidence"))
    let (vehicles, odd) = (60, 0)
    var random = Deviates(51)
    let offsets = (0..<vehicles).map { _ in 4 * random.normal() }
    var checks = [RankCheck](repeating: RankCheck(), count: vehicles)
    var shown = QuantileSketch()
    var number: UInt32 = 0
    var (usual, moved, evidence) = ([(Double, Double)](), [(Double, Double)](), [[Double]]())
    for today in 0..<200 {
        let heat = (60..<80).contains(today) ? 5.0 : 0
        var told = QuantileSketch()
        for vehicle in 0..<vehicles {
            if let (distance, at) = checks[vehicle].takeWaiting(published: number) {
                _ = checks[vehicle].judge(distance, among: shown, at: at, harmless: 0.5)
            }
            let own = random.normal() + heat + (vehicle == odd && today >= 120 ? 3 : 0)
            if vehicle == 1 { usual.append((Double(today), own)) }
            if vehicle == odd { moved.append((Double(today), own)) }
            guard let distance = checks[vehicle].distance(of: offsets[vehicle] + own) else {
                continue
            }
            told.add(checks[vehicle].wait(distance, at: day(today), published: number))
        }
        evidence.append(checks.map(\.drift.logEvidence))
        guard told.count > 0 else { continue }
        (shown, number) = (told, number + 1)
    }
    plot.dots(usual, colour: grey)
    plot.dots(moved, colour: bright)
    for (vehicle, colour) in [(1, grey), (odd, dark)] {
        plot.line(evidence.enumerated().map { (Double($0), $1[vehicle]) }, colour: colour)
    }
    plot.line([(0, 8), (200, 8)], colour: bright, width: 1, dashed: true)
    plot.note("about what a ticket takes", at: 4, 8.5, colour: bright)
    return plot
}

/// An hourly series with a season of the day, one wild value and a level that leaves its place.
func drawScore() -> Plot {
    var plot = Plot(
        "One value out of place on day 30, a new level from day 45", x: 0...60,
        y: 0...10, labels: ("day", "value (dots), ten times the score"))
    var (random, score) = (Deviates(52), SeriesScore())
    var (values, scores) = ([(Double, Double)](), [(Double, Double)]())
    for hour in 0..<1440 {
        let at = Double(hour) / 24
        var value = 5 + 2 * Elementary.cosine(ofTurns: at) + 0.4 * random.normal()
        // As high as the middle of any day, and in the middle of the night.
        if hour == 30 * 24 + 12 { value += 4 }
        if hour >= 45 * 24 { value += 1.5 }
        values.append((at, value))
        scores.append((at, 10 * score.add(value, second: Int64(hour) * 3600)))
    }
    plot.dots(values, colour: grey)
    plot.line(scores, colour: dark, width: 1)
    return plot
}
