import FaultRules

/// What the running rules reckon with, resolved once.
struct MeasureTable: Sendable {
    struct Measure: Sendable {
        var atom: Int
        var formula: Formula
        var comparison: SignalAtom.Comparison
        var limit: Double
        var milliseconds: Int64
        var longestGap: Int64
        var condition: Test?
        /// The cells of the quantity.
        var cells: [Int]
        /// What its evidence is called, and the first signal that it reads.
        var name: String
        var signal: String
        /// Whether it is nothing but a guarded signal.
        var isPlain: Bool
    }

    struct Place: Sendable {
        var cell: Cell
        var source: Formula
        /// The signals of the source; a message without any of them tells it nothing.
        var signals: [Int]
    }

    struct Silence: Sendable {
        var atom: Int
        /// `nil` for the whole vehicle.
        var signal: Int?
        var milliseconds: Int64
    }

    /// Content offsets of a measure's group.
    enum MeasureWord {
        static let flags = 0
        static let since = 1
        static let sincePosition = 2
        static let sinceValue = 3
        static let held = 4
        static let lastTime = 5
    }

    /// By atom; `nil` for other atoms.
    private(set) var measures: [Int: Measure] = [:]
    private(set) var cells: [Place] = []
    private(set) var silences: [Silence] = []
    /// The guards of counts, by atom.
    private(set) var countConditions: [Int: Test] = [:]
    /// Guards of code atoms, by atom.
    private(set) var codeConditions: [Int: Test] = [:]
    /// Cells of guards, which nothing guards in turn.
    private(set) var guardCells: [Int] = []
    /// The signals that tell distance, engine hours and whether the engine turns.
    let odometer: Int?
    let hourMeter: Int?
    let engineSpeeds: [Int]
    /// Whether anything must be done for a message besides codes and readings.
    let isIdle: Bool

    init(_ program: RuleProgram) {
        func number(_ name: String) -> Int? { program.signals.find(name).map { Int($0.index) } }
        odometer = number(RuleProgram.odometer)
        hourMeter = number(RuleProgram.hourMeter)
        engineSpeeds = RuleProgram.engineSpeeds.compactMap { number($0) }
        isIdle =
            !program.isMeasured.contains(true) && program.measuresAlways.isEmpty
            && program.silenceAtoms.isEmpty && program.clocks.isEmpty
        for (index, placed) in program.cells.enumerated() {
            cells.append(
                Place(
                    cell: placed.cell,
                    source: Formula(placed.cell.source, while: nil, in: program),
                    signals: placed.cell.source.signals.compactMap { number($0) }))
            if placed.cell.function == .start, placed.condition == nil { guardCells.append(index) }
        }
        for (index, atom) in program.atoms.enumerated() {
            switch atom {
            case .measure(let atom): add(atom, index, program)
            case .silence(let atom):
                silences.append(
                    Silence(
                        atom: index, signal: atom.signal.flatMap { number($0) },
                        milliseconds: atom.milliseconds))
            case .count(let atom):
                if let condition = atom.condition {
                    countConditions[index] = Test(condition, in: program)
                }
            case .code(let atom):
                if let condition = atom.qualifier?.condition {
                    codeConditions[index] = Test(condition, in: program)
                }
            case .signal, .trend, .attribute, .pair: break
            }
        }
    }

    private mutating func add(_ atom: MeasureAtom, _ index: Int, _ program: RuleProgram) {
        let isPlain = if case .signal = atom.quantity { true } else { false }
        measures[index] = Measure(
            atom: index, formula: Formula(atom.quantity, while: atom.condition, in: program),
            comparison: atom.comparison, limit: atom.limit, milliseconds: atom.holdMilliseconds,
            longestGap: atom.longestGapMilliseconds,
            condition: atom.condition.map { Test($0, in: program) },
            cells: atom.quantity.cells.compactMap {
                program.place(of: $0, while: atom.condition)
            }, name: atom.quantity.description, signal: atom.quantity.signals.first ?? "",
            isPlain: isPlain)
    }
}
