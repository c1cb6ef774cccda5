import FaultRules

/// What of a cell its words depend on, as plain numbers.
struct CellShape: BitwiseCopyable, Sendable {
    let function: Cell.Function
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
        function = cell.function
        clock = cell.window?.kind
        let steps = cell.stepCount
        stepCount = Int16(steps)
        wordsOfStep = Int16(cell.stepWords)
        stepLength = (cell.window?.length ?? 1) / Double(max(cell.stepCount, 1))
        wordCount = Int32(cell.words)
        isOfTrip = cell.function == .start
        isMapped = cell.words > Cell.head && steps > 0 && steps <= CellState.mostMapped
        mask = steps > 0 && steps & (steps - 1) == 0 ? Int16(steps - 1) : -1
    }

    /// The first word of a cell as it is stored, without the bits.
    func stored(_ head: UInt64) -> UInt64 { isMapped ? head & CellState.counted : head }
}
