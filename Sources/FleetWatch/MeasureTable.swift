import FaultRules

/// What the running rules reckon with, resolved once.
struct MeasureTable: Sendable {
    /// Plain numbers, since a measure is looked at for nearly every message.
    struct Measure: Sendable {
        var atom: Int
        /// A place among the formulas.
        var formula: Int32
        var comparison: SignalAtom.Comparison
        var limit: Double
        var milliseconds: Int64
        var longestGap: Int64
        /// A place among the tests; negative for none.
        var condition: Int32
        /// The cells of the quantity, as places in ``cellLists``.
        var cells: Range<Int32>
    }

    /// How a measure is told of in evidence.
    struct Wording: Sendable {
        /// What it is called, and the first signal that it reads.
        var name: String
        var signal: String
        /// Whether it is nothing but a guarded signal.
        var isPlain: Bool
    }

    struct Place: Sendable {
        var shape: CellShape
        /// A place among the formulas.
        var source: Int32
        /// The signals of the source, as places in ``signalLists``; a message without any of them
        /// tells it nothing.
        var signals: Range<Int32>
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

    private(set) var table = FormulaTable()
    private(set) var measures: ContiguousArray<Measure> = []
    private(set) var wordings: [Wording] = []
    /// The measure of an atom; negative for other atoms.
    private(set) var measureOfAtom: ContiguousArray<Int32>
    private(set) var cells: ContiguousArray<Place> = []
    private(set) var cellLists: ContiguousArray<Int32> = []
    private(set) var signalLists: ContiguousArray<Int32> = []
    private(set) var silences: [Silence] = []
    /// The guards of counts, by atom, as places among the tests.
    private(set) var countConditions: [Int: Int32] = [:]
    /// Guards of code atoms, by atom.
    private(set) var codeConditions: [Int: Int32] = [:]
    /// Cells of guards, which nothing guards in turn.
    private(set) var guardCells: [Int] = []
    /// The atoms that a message touches which says a signal: places in ``touchLists``.
    private(set) var touches: ContiguousArray<Range<Int32>> = []
    private(set) var touchLists: ContiguousArray<Int32> = []
    /// Whether the program measures a signal.
    private(set) var isMeasured: ContiguousArray<Bool>
    /// The signals that tell distance, engine hours and whether the engine turns.
    let odometer: Int?
    let hourMeter: Int?
    let engineSpeeds: [Int]
    let clocksRun: Bool
    let countsTrips: Bool
    /// Whether anything must be done for a message besides codes and readings.
    let isIdle: Bool

    init(_ program: RuleProgram) {
        func number(_ name: String) -> Int? { program.signals.find(name).map { Int($0.index) } }
        odometer = number(RuleProgram.odometer)
        hourMeter = number(RuleProgram.hourMeter)
        engineSpeeds = RuleProgram.engineSpeeds.compactMap { number($0) }
        clocksRun = program.clocks.contains(.distance) || program.clocks.contains(.engineHours)
        countsTrips = program.clocks.contains(.trips)
        isMeasured = ContiguousArray(program.isMeasured)
        isIdle =
            !program.isMeasured.contains(true) && program.measuresAlways.isEmpty
            && program.silenceAtoms.isEmpty && program.clocks.isEmpty
        measureOfAtom = ContiguousArray(repeating: -1, count: program.atoms.count)
        for atoms in program.measuresTouched {
            let start = Int32(touchLists.count)
            touchLists.append(contentsOf: atoms.map { Int32($0) })
            touches.append(start..<Int32(touchLists.count))
        }
        for (index, placed) in program.cells.enumerated() {
            let start = Int32(signalLists.count)
            signalLists += placed.cell.source.signals.compactMap { number($0) }.map { Int32($0) }
            cells.append(
                Place(
                    shape: CellShape(placed.cell),
                    source: table.add(placed.cell.source, while: nil, in: program),
                    signals: start..<Int32(signalLists.count)))
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
                    countConditions[index] = table.add(condition, in: program)
                }
            case .code(let atom):
                if let condition = atom.qualifier?.condition {
                    codeConditions[index] = table.add(condition, in: program)
                }
            case .signal, .trend, .attribute, .pair: break
            }
        }
    }

    private mutating func add(_ atom: MeasureAtom, _ index: Int, _ program: RuleProgram) {
        let isPlain = if case .signal = atom.quantity { true } else { false }
        let start = Int32(cellLists.count)
        cellLists += atom.quantity.cells.compactMap {
            program.place(of: $0, while: atom.condition)
        }.map { Int32($0) }
        measureOfAtom[index] = Int32(measures.count)
        measures.append(
            Measure(
                atom: index, formula: table.add(atom.quantity, while: atom.condition, in: program),
                comparison: atom.comparison, limit: atom.limit, milliseconds: atom.holdMilliseconds,
                longestGap: atom.longestGapMilliseconds,
                condition: atom.condition.map { table.add($0, in: program) } ?? -1,
                cells: start..<Int32(cellLists.count)))
        wordings.append(
            Wording(
                name: atom.quantity.description, signal: atom.quantity.signals.first ?? "",
                isPlain: isPlain))
    }
}
