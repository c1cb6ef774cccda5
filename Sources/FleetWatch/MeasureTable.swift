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
        /// Signals without any of which it is not true and remembers nothing.
        var needs: SignalSet
        /// What the formula is, where it is no more than that.
        var short = Short.other
    }

    /// A formula of one part.
    enum Short: Sendable {
        case signal(Int32)
        case cell(Int32)
        /// 0 less a cell.
        case negative(Int32)
        case magnitude(Int32)
        case other
    }

    /// A measure that is false, whatever else is so, where a message reads its signal outside of a range.
    struct Outright: Sendable {
        var atom: Int32
        var low: Double
        var high: Double
    }

    /// What a message touches that says a signal.
    struct Told: Sendable {
        /// Atoms, but for those of ``outright``.
        var touch: Touch
        /// Places in ``outright``.
        var outright: Range<Int32>
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
        /// A place among the formulas.
        var source: Int32
        /// The signal that the source is; less than 0 where it is more.
        var plain: Int32
        /// The signals of the source, as places in ``signalLists``; a message without any of them
        /// tells it nothing.
        var signals: Range<Int32>
    }

    /// A set of atoms: a range of ``touchWords``, of which the first is the set's word `word`.
    struct Touch: Sendable {
        var word: Int32
        var bits: Range<Int32>
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
    /// By signal; `nil` for one that the program does not measure.
    private(set) var told: ContiguousArray<Told?> = []
    /// The measures that a message touches only if its reading lies in their range, or if something is
    /// remembered of them.
    private(set) var outright: ContiguousArray<Outright> = []
    /// A bit for each atom: one run of words after the other.
    private(set) var touchWords: ContiguousArray<UInt64> = []
    /// The atoms that every message touches.
    private(set) var touchedAlways = Touch(word: 0, bits: 0..<0)
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
        isIdle =
            !program.isMeasured.contains(true) && program.measuresAlways.isEmpty
            && program.silenceAtoms.isEmpty && program.clocks.isEmpty
        measureOfAtom = ContiguousArray(repeating: -1, count: program.atoms.count)
        touchedAlways = touch(program.measuresAlways)
        for (index, placed) in program.cells.enumerated() {
            let start = Int32(signalLists.count)
            signalLists += placed.cell.source.signals.compactMap { number($0) }.map { Int32($0) }
            cells.append(
                Place(
                    source: table.add(placed.cell.source, while: nil, in: program),
                    plain: Self.plain(placed.cell.source, in: program),
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
        addTouches(program)
    }

    /// Finds the atoms that each signal touches.
    private mutating func addTouches(_ program: RuleProgram) {
        for (signal, atoms) in program.measuresTouched.enumerated() {
            let start = outright.count
            for atom in atoms {
                guard measureOfAtom[atom] >= 0,
                    let range = range(of: measures[Int(measureOfAtom[atom])], signal)
                else { continue }
                outright.append(
                    Outright(atom: Int32(atom), low: range.lowerBound, high: range.upperBound))
            }
            let own = Set(outright[start...].map { Int($0.atom) })
            told.append(
                program.isMeasured[signal]
                    ? Told(
                        touch: touch(atoms.filter { !own.contains($0) }),
                        outright: Int32(start)..<Int32(outright.count)) : nil)
        }
    }

    /// Where a measure of nothing but a signal can be true; `nil` for others.
    private func range(of measure: Measure, _ signal: Int) -> ClosedRange<Double>? {
        guard measure.cells.isEmpty else { return nil }
        switch table.formulas[Int(measure.formula)] {
        case .signal(Int32(signal)):
            switch measure.comparison {
            case .above: return measure.limit.nextUp...(.infinity)
            case .atLeast: return measure.limit...(.infinity)
            case .below: return -.infinity...measure.limit.nextDown
            case .atMost: return -.infinity...measure.limit
            case .equal: return measure.limit...measure.limit
            case .unequal: return nil
            }
        case .greatest(let parts):
            // How far it lies outside of two bounds is not above 0.
            guard measure.comparison == .atMost, measure.limit == 0, parts.count == 2,
                case .binary(.minus, let a, let b) = formula(parts.lowerBound),
                case .binary(.minus, let c, let d) = formula(parts.lowerBound + 1),
                case .constant(let low) = table.formulas[Int(a)],
                case .signal(Int32(signal)) = table.formulas[Int(b)],
                case .signal(Int32(signal)) = table.formulas[Int(c)],
                case .constant(let high) = table.formulas[Int(d)], low <= high
            else { return nil }
            return low...high
        default: return nil
        }
    }

    private func formula(_ part: Int32) -> FormulaTable.Formula {
        table.formulas[Int(table.parts[Int(part)])]
    }

    private mutating func touch(_ atoms: [Int]) -> Touch {
        let start = touchWords.count
        guard let least = atoms.min(), let most = atoms.max() else {
            return Touch(word: 0, bits: Int32(start)..<Int32(start))
        }
        for _ in least / 64...most / 64 { touchWords.append(0) }
        for atom in atoms { touchWords[start + atom / 64 - least / 64] |= 1 << UInt64(atom % 64) }
        return Touch(word: Int32(least / 64), bits: Int32(start)..<Int32(touchWords.count))
    }

    private func short(of formula: Int32) -> Short {
        switch table.formulas[Int(formula)] {
        case .signal(let signal): return .signal(signal)
        case .cell(let cell): return .cell(cell)
        case .magnitude(let part):
            if case .cell(let cell) = table.formulas[Int(part)] { return .magnitude(cell) }
        case .binary(.minus, let first, let second):
            if case .constant(0) = table.formulas[Int(first)],
                case .cell(let cell) = table.formulas[Int(second)]
            {
                return .negative(cell)
            }
        default: break
        }
        return .other
    }

    private static func plain(_ source: Quantity, in program: RuleProgram) -> Int32 {
        guard case .signal(let name) = source, let signal = program.signals.find(name) else {
            return -1
        }
        return Int32(signal.index)
    }

    private mutating func add(_ atom: MeasureAtom, _ index: Int, _ program: RuleProgram) {
        let isPlain = if case .signal = atom.quantity { true } else { false }
        let start = Int32(cellLists.count)
        cellLists += atom.quantity.cells.compactMap {
            program.place(of: $0, while: atom.condition)
        }.map { Int32($0) }
        measureOfAtom[index] = Int32(measures.count)
        let number = { (name: String) in program.signals.find(name).map { Int($0.index) } }
        var needs = atom.condition?.needs(number) ?? SignalSet()
        // A cell takes what it is told even where the whole is not known.
        if atom.quantity.cells.isEmpty { needs = needs.union(atom.quantity.needs(number)) }
        let formula = table.add(atom.quantity, while: atom.condition, in: program)
        let short = short(of: formula)
        measures.append(
            Measure(
                atom: index, formula: formula,
                comparison: atom.comparison, limit: atom.limit, milliseconds: atom.holdMilliseconds,
                longestGap: atom.longestGapMilliseconds,
                condition: atom.condition.map { table.add($0, in: program) } ?? -1,
                cells: start..<Int32(cellLists.count), needs: needs, short: short))
        wordings.append(
            Wording(
                name: atom.quantity.description, signal: atom.quantity.signals.first ?? "",
                isPlain: isPlain))
    }
}
