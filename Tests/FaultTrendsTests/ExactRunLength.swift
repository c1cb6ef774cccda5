import FaultTrends
import SpecialFunctions
import Testing

/// Mean run lengths of a chart over independent normal deviates, within 1e-5: its integral equation
/// (Page 1954; Crowder 1987) at Gauss and Legendre's points. Where the chart goes from
/// each state is asked of the chart itself.
struct ExactRunLength {
    /// The state in which a chart starts, then the points of the integral.
    private let states: [Double]
    private let weights: [Double]
    /// The deviate that leads from a state (row) to a point (column).
    private let deviates: [[Double]]
    /// Points passed for each unit of the deviate.
    private let speed: Double
    /// By state: the deviate up to which the chart is back at its start; none for an average.
    private let resets: [Double]?

    /// One side of a cumulative sum.
    init(sumWithSlack slack: Double, limit: Double, points: Int = 40) {
        self.init(from: 0, to: limit, speed: 1, points: points, isSum: true) { $1 - $0 + slack }
        // The chart must do what the equation says it does.
        var isAsSaid = true
        for (row, state) in states.enumerated() {
            func step(_ deviate: Double) -> (told: Double?, rise: Double) {
                var chart = CumulativeSumChart(rise: state)
                let told = chart.add(deviate, slack: slack, limit: limit)
                return (told, chart.rise)
            }
            for (column, deviate) in deviates[row].enumerated() {
                let (told, rise) = step(deviate)
                if told != nil || (rise - states[column + 1]).magnitude > 1e-12 { isAsSaid = false }
            }
            let end = limit - state + slack
            if step(end - 1e-9).told != nil || step(end + 1e-9).told == nil { isAsSaid = false }
            let start = slack - state
            if step(start - 1e-9).rise > 0 || step(start + 1e-9).rise == 0 { isAsSaid = false }
        }
        #expect(isAsSaid, "the sum is another one")
    }

    /// A moving average between limits in asymptotic deviations.
    init(averageOfWeight weight: Double, width: Double, points: Int = 64) {
        let limit = width * (weight / (2 - weight)).squareRoot()
        self.init(from: -limit, to: limit, speed: weight, points: points, isSum: false) {
            ($1 - (1 - weight) * $0) / weight
        }
        var isAsSaid = true
        for (row, state) in states.enumerated() {
            func step(_ deviate: Double) -> (told: Double?, average: Double) {
                var chart = MovingAverageChart(average: state)
                let told = chart.add(deviate, weight: weight, limit: limit)
                return (told, chart.average)
            }
            for (column, deviate) in deviates[row].enumerated() {
                let (told, average) = step(deviate)
                if told != nil || (average - states[column + 1]).magnitude > 1e-12 {
                    isAsSaid = false
                }
            }
            for side in [-1.0, 1] {
                let end = (side * limit - (1 - weight) * state) / weight
                let (before, after) = (step(end - side * 1e-9), step(end + side * 1e-9))
                if before.told != nil || after.told == nil { isAsSaid = false }
            }
        }
        #expect(isAsSaid, "the average is another one")
    }

    private init(
        from lower: Double, to upper: Double, speed: Double, points: Int, isSum: Bool,
        deviate: (Double, Double) -> Double
    ) {
        let rule = Self.legendre(points)
        let half = 0.5 * (upper - lower)
        let inner = rule.map { lower + half * (1 + $0.point) }
        let all = [0] + inner
        states = all
        weights = rule.map { half * $0.weight }
        deviates = all.map { state in inner.map { deviate(state, $0) } }
        self.speed = speed
        resets = isSum ? all.map { deviate($0, 0) } : nil
    }

    /// The mean number of values until the chart signals, all of them shifted by so many deviations.
    func mean(shift: Double) -> Double {
        let size = states.count
        // (1 - K) L = 1, a row a state, the right side last.
        var rows = states.indices.map { row in
            var line = [Double](repeating: 0, count: size + 1)
            if let resets { line[0] = -NormalDistribution.cdf(resets[row] - shift) }
            for (column, deviate) in deviates[row].enumerated() {
                let density = NormalDistribution.density(deviate - shift)
                line[column + 1] = -weights[column] * density / speed
            }
            line[row] += 1
            line[size] = 1
            return line
        }
        // Rows are dominated by their diagonal, so nothing need be exchanged.
        for pivot in (1..<size).reversed() {
            let line = rows[pivot]
            for row in 0..<pivot {
                let factor = rows[row][pivot] / line[pivot]
                guard factor != 0 else { continue }
                for column in 0..<pivot { rows[row][column] -= factor * line[column] }
                rows[row][size] -= factor * line[size]
            }
        }
        return rows[0][size] / rows[0][0]
    }

    /// Of two sides that never run together (Kemp 1961).
    static func bothSides(_ one: Double, _ other: Double) -> Double { 1 / (1 / one + 1 / other) }

    /// Points and weights on -1 to 1, by Newton's method on Legendre's polynomials.
    private static func legendre(_ count: Int) -> [(point: Double, weight: Double)] {
        (0..<count).map { number in
            let turns = (Double(number) + 0.75) / (2 * Double(count) + 1)
            var x = -Elementary.cosine(ofTurns: turns)
            var slope = 0.0
            for _ in 0..<8 {
                var (last, value) = (1.0, x)
                for order in 2...count {
                    let n = Double(order)
                    (last, value) = (value, ((2 * n - 1) * x * value - (n - 1) * last) / n)
                }
                slope = Double(count) * (x * value - last) / (x * x - 1)
                x -= value / slope
            }
            return (x, 2 / ((1 - x * x) * slope * slope))
        }
    }
}
