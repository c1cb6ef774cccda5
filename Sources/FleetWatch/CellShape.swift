import FaultRules

/// What of a cell its words depend on, as plain numbers.
struct CellShape: BitwiseCopyable, Sendable {
    /// A function without what it is told besides: asked with each reading.
    enum Form: UInt8 {
        case minimum, maximum, mean, deviation, count, delta, slope, reach, percentile
        case change, rate, start, baseline, score
    }

    let form: Form
    /// The limit that a line must reach, the share of a percentile, or the memory of a baseline.
    let parameter: Double
    /// Readings before a baseline is known.
    let warmUp: Int32
    /// What the window is measured by; `nil` without one.
    let clock: Window.Kind?
    let stepLength: Double
    private let stepCount: Int16
    private let wordsOfStep: Int16
    private let mask: Int16
    private let wordCount: Int32
    /// Whether it remembers the trip.
    let isOfTrip: Bool
    /// Whether the first word of the head tells which steps have something, a bit each.
    let isMapped: Bool
    var steps: Int { Int(stepCount) }
    var stepWords: Int { Int(wordsOfStep) }
    var words: Int { Int(wordCount) }
    /// What a step's number has in common with its turn; less than 0 unless ``steps`` is a power of two.
    var turnMask: Int { Int(mask) }

    init(_ cell: Cell) {
        (form, parameter, warmUp) = Self.form(of: cell.function)
        clock = cell.window?.kind
        let steps = cell.stepCount
        stepCount = Int16(steps)
        wordsOfStep = Int16(cell.stepWords)
        stepLength = (cell.window?.length ?? 1) / Double(max(cell.stepCount, 1))
        wordCount = Int32(cell.words)
        isOfTrip = form == .start
        isMapped = cell.words > Cell.head && steps > 0 && steps <= CellState.mostMapped
        mask = steps > 0 && steps & (steps - 1) == 0 ? Int16(steps - 1) : -1
    }

    private static func form(of function: Cell.Function) -> (Form, Double, Int32) {
        switch function {
        case .minimum: (.minimum, 0, 0)
        case .maximum: (.maximum, 0, 0)
        case .mean: (.mean, 0, 0)
        case .deviation: (.deviation, 0, 0)
        case .count: (.count, 0, 0)
        case .delta: (.delta, 0, 0)
        case .slope: (.slope, 0, 0)
        case .reach(let limit): (.reach, limit, 0)
        case .percentile(let share): (.percentile, share, 0)
        case .change: (.change, 0, 0)
        case .rate: (.rate, 0, 0)
        case .start: (.start, 0, 0)
        case .baseline(let memory, let warmUp): (.baseline, memory, Int32(clamping: warmUp))
        case .score(let memory, let warmUp): (.score, memory, Int32(clamping: warmUp))
        }
    }

    /// The first word of a cell as it is stored, without the bits.
    func stored(_ head: UInt64) -> UInt64 { isMapped ? head & CellState.counted : head }
}
