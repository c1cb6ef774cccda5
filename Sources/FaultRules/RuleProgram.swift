import VehicleFaults

/// Checked rules, ready to run: atoms shared between rules, indexed by what a message touches.
public struct RuleProgram: Sendable {
    public private(set) var rules: [Rule] = []
    /// An atom that speaks of others stands behind them.
    public private(set) var atoms: [Atom] = []
    /// A digest of each atom's meaning, by which stored state finds it again after a reload.
    public private(set) var atomMeanings: [UInt64] = []
    /// The signals that rules speak of; decoders skip all others.
    public private(set) var signals = SignalNames()
    /// For each signal, its signal atoms.
    public private(set) var signalAtoms: [[Int]] = []
    /// For each signal, its trends: atoms that share a running mean and variance.
    public private(set) var trendGroups: [[TrendGroup]] = []
    /// For each signal, the measures that read it or are guarded by it.
    public private(set) var measuresTouched: [[Int]] = []
    /// Measures that every message touches.
    public private(set) var measuresAlways: [Int] = []
    /// For each signal, whether its newest reading is kept for measures and guards.
    public private(set) var isMeasured: [Bool] = []
    /// What measures remember; equal cells under equal guards are one.
    public private(set) var cells: [PlacedCell] = []
    /// The code atoms.
    public private(set) var codeAtoms: [Int] = []
    /// The atoms that time alone can make true.
    public private(set) var silenceAtoms: [Int] = []
    /// For each atom, the rules whose `when` it can make true.
    public private(set) var rulesDriven: [[Int]] = []
    /// For each atom, the counts and pairs for which it may be an event.
    public private(set) var eventsDriven: [[EventUse]] = []
    /// The clocks besides time that windows use.
    public private(set) var clocks: Set<Window.Kind> = []
    /// Whether any atom waits through silence, so that time alone can complete a finding.
    public private(set) var hasTimers = false
    /// Whether any rule has a clear condition.
    public private(set) var hasClears = false
    /// The rules, by place, that ask for statistics of other vehicles, and so are not yet true.
    public private(set) var rulesWaiting: [Int] = []

    /// Statistical checks, whose findings the fleet decides on together.
    /// The signals of which rules ask how similar vehicles do.
    public private(set) var cohorts: [CohortSignal] = []
    /// Whether anything is known to the vehicles together.
    public var asksFleet: Bool { !trends.isEmpty || !cohorts.isEmpty }
    public private(set) var trends: [TrendRule] = []

    /// Trend atoms of one signal with the same memory and warm-up.
    public struct TrendGroup: Sendable {
        public var memory: Double
        public var warmUp: Int
        public var atoms: [Int]
        /// A digest of signal, memory and warm-up.
        public var meaning: UInt64
    }

    /// Something remembered of a signal while a guard is true.
    public struct PlacedCell: Hashable, Sendable {
        public var cell: Cell
        public var condition: Guard?
        public var meaning: UInt64
    }

    /// The part that an atom plays in a count or pair.
    public struct EventUse: Hashable, Sendable {
        public enum Part: UInt8, Hashable, Sendable {
            case first = 1
            case second = 2
            /// What must not come between.
            case third = 4
        }

        /// The count or pair.
        public var atom: Int
        public var part: Part
    }

    private var places: [Atom: Int] = [:]
    private var atomsByMeaning: [UInt64: Int] = [:]
    private var rulesByMeaning: [UInt64: Int] = [:]
    private var cellsByMeaning: [UInt64: Int] = [:]

    public init() {}

    /// A digest over all rules in order.
    public var meaning: UInt64 {
        rules.reduce(Meaning.start) { Meaning.mix($0, $1.meaning) }
    }

    /// The atom with this digest, or `nil`.
    public func atom(meaning: UInt64) -> Int? { atomsByMeaning[meaning] }
    /// The rule with this digest, or `nil`.
    public func rule(meaning: UInt64) -> Int? { rulesByMeaning[meaning] }
    /// The cell with this digest, or `nil`.
    public func cell(meaning: UInt64) -> Int? { cellsByMeaning[meaning] }

    /// The place of a cell that a measure reads.
    public func place(of cell: Cell, while condition: Guard?) -> Int? {
        cellsByMeaning[Self.meaning(of: cell, while: condition)]
    }

    private static func meaning(of cell: Cell, while condition: Guard?) -> UInt64 {
        Meaning.digest("cell \(cell) while \(condition.map(\.description) ?? "")")
    }

    // MARK: - Building

    /// Adds the atoms of an expression, of which each speaks only of those before it.
    ///
    /// - Returns: their places.
    mutating func places(of list: [Atom]) -> [Int] {
        var result: [Int] = []
        for atom in list { result.append(place(of: atom.placed { result[$0] })) }
        return result
    }

    private mutating func place(of atom: Atom) -> Int {
        if let known = places[atom] { return known }
        let index = atoms.count
        atoms.append(atom)
        atomMeanings.append(Meaning.digest(Meaning.text(of: atom, atoms: atoms)))
        atomsByMeaning[atomMeanings[index]] = index
        places[atom] = index
        rulesDriven.append([])
        eventsDriven.append([])
        switch atom {
        case .code(let atom):
            codeAtoms.append(index)
            if let wanted = atom.occurrences {
                use(wanted.window, wanted.unit)
            }
            for frozen in atom.qualifier?.freeze ?? [] { _ = number(of: frozen.signal) }
            use(atom.qualifier?.condition)
        case .signal(let atom):
            signalAtoms[number(of: atom.signal)].append(index)
            if atom.elapsesInSilence { hasTimers = true }
        case .trend(let atom): add(atom, index)
        case .measure(let atom): add(atom, index)
        case .attribute: break
        case .silence(let atom):
            silenceAtoms.append(index)
            hasTimers = true
            if let signal = atom.signal { isMeasured[number(of: signal)] = true }
        case .count(let atom):
            use(atom.window, atom.unit)
            use(atom.condition)
            use(atom.event, in: index, as: .first)
        case .pair(let atom):
            use(atom.window, .times)
            use(atom.first, in: index, as: .first)
            use(atom.second, in: index, as: .second)
            if case .sequence(let third?) = atom.order { use(third, in: index, as: .third) }
        }
        return index
    }

    private mutating func use(_ event: Condition, in atom: Int, as part: EventUse.Part) {
        for driver in event.drivers.sorted() {
            eventsDriven[driver].append(EventUse(atom: atom, part: part))
        }
    }

    private mutating func use(_ window: Window, _ unit: CountUnit) {
        use([window.kind])
        if unit == .trips { use([.trips]) }
    }

    private mutating func use(_ kinds: Set<Window.Kind>) {
        clocks.formUnion(kinds)
        clocks.remove(.time)
        if clocks.contains(.distance) { isMeasured[number(of: Self.odometer)] = true }
        if clocks.contains(.engineHours) { isMeasured[number(of: Self.hourMeter)] = true }
        if clocks.contains(.trips) {
            for name in Self.engineSpeeds { isMeasured[number(of: name)] = true }
        }
    }

    /// The signals that tell distance and hours, and whether the engine turns.
    public static let odometer = "odo_km"
    public static let hourMeter = "engine_h"
    public static let engineSpeeds = ["rpm", "engine_rpm"]

    private mutating func use(_ condition: Guard?) {
        for quantity in condition?.quantities ?? [] {
            use(quantity.clocks)
            for name in quantity.signals { isMeasured[number(of: name)] = true }
            for cell in quantity.cells { add(cell, nil) }
            compare(quantity)
        }
    }

    /// Has the fleet gather what a quantity asks of other vehicles.
    private mutating func compare(_ quantity: Quantity) {
        for name in quantity.cohortSignals {
            let signal = number(of: name)
            guard !cohorts.contains(where: { $0.signal == signal }) else { continue }
            cohorts.append(
                CohortSignal(signal: signal, meaning: Meaning.digest("cohort \(name)")))
        }
    }

    private mutating func add(_ atom: TrendAtom, _ index: Int) {
        let signal = number(of: atom.signal)
        if let group = trendGroups[signal].firstIndex(where: {
            $0.memory == atom.memory && $0.warmUp == atom.warmUp
        }) {
            trendGroups[signal][group].atoms.append(index)
        } else {
            trendGroups[signal].append(
                TrendGroup(
                    memory: atom.memory, warmUp: atom.warmUp, atoms: [index],
                    meaning: Meaning.digest("trend \(atom.signal) \(atom.memory) \(atom.warmUp)")))
        }
    }

    private mutating func add(_ atom: MeasureAtom, _ index: Int) {
        use(atom.condition)
        compare(atom.quantity)
        use(atom.quantity.clocks)
        var touching: [String] = atom.quantity.signals
        for quantity in atom.condition?.quantities ?? [] { touching += quantity.signals }
        for name in Set(touching).sorted() {
            let signal = number(of: name)
            isMeasured[signal] = true
            measuresTouched[signal].append(index)
        }
        if touching.isEmpty { measuresAlways.append(index) }
        for cell in atom.quantity.cells { add(cell, atom.condition) }
    }

    private mutating func add(_ cell: Cell, _ condition: Guard?) {
        let meaning = Self.meaning(of: cell, while: condition)
        guard cellsByMeaning[meaning] == nil else { return }
        cellsByMeaning[meaning] = cells.count
        cells.append(PlacedCell(cell: cell, condition: condition, meaning: meaning))
    }

    private mutating func number(of signal: String) -> Int {
        let known = signals.insert(Array(signal.utf8).span)
        while signalAtoms.count < signals.count {
            signalAtoms.append([])
            trendGroups.append([])
            measuresTouched.append([])
            isMeasured.append(false)
        }
        guard let known else {
            preconditionFailure("the parser lets no name pass that is too long")
        }
        return Int(known.index)
    }

    mutating func add(_ rule: Rule) {
        let index = rules.count
        rules.append(rule)
        rulesByMeaning[rule.meaning] = index
        for atom in rule.when.drivers.sorted() { rulesDriven[atom].append(index) }
        if rule.until != nil { hasClears = true }
        if everyAtom(of: rule).contains(where: { needsCohort($0) }) { rulesWaiting.append(index) }
    }

    mutating func add(
        _ rule: Rule, _ trend: TrendRule, signal: String?, signals: [String], adjust: [String]
    ) {
        var trend = trend
        trend.rule = rules.count
        trend.signal = signal.map { number(of: $0) }
        trend.signals = signals.map { number(of: $0) }
        trend.adjust = adjust.map { number(of: $0) }
        // An event counts once a trip, whatever its rate is counted by.
        if trend.kind == .recurs { use([.trips, trend.clock]) }
        if trend.kind == .wearsOut { use([trend.clock]) }
        trends.append(trend)
        add(rule)
    }

    /// The atoms of a rule with those that its counts and pairs speak of.
    public func everyAtom(of rule: Rule) -> Set<Int> {
        var result: Set<Int> = []
        var open = rule.when.atoms.union(rule.until?.atoms ?? [])
        while let next = open.popFirst() {
            guard result.insert(next).inserted else { continue }
            for condition in atoms[next].conditions { open.formUnion(condition.atoms) }
        }
        return result
    }

    /// The limits of readings that can make a rule suspect something by being passed, those in its
    /// counts and pairs among them; each once, in the order of the program.
    public func limits(of rule: Rule) -> [SignalAtom] {
        var found: Set<Int> = []
        var open = rule.when.drivers
        while let next = open.popFirst() {
            guard found.insert(next).inserted else { continue }
            for condition in atoms[next].conditions { open.formUnion(condition.drivers) }
        }
        return found.sorted().compactMap { place in
            if case .signal(let atom) = atoms[place] { atom } else { nil }
        }
    }

    private func needsCohort(_ atom: Int) -> Bool {
        switch atoms[atom] {
        case .measure(let atom):
            atom.quantity.needsCohort
                || (atom.condition?.quantities ?? []).contains { $0.needsCohort }
        case .count(let atom): (atom.condition?.quantities ?? []).contains { $0.needsCohort }
        case .code(let atom):
            (atom.qualifier?.condition?.quantities ?? []).contains { $0.needsCohort }
        case .signal, .trend, .attribute, .silence, .pair: false
        }
    }
}

extension Atom {
    /// Whether it asks only what kind of vehicle it is, which is nothing that happens.
    public var isAboutKind: Bool {
        switch self {
        case .attribute: return true
        case .measure(let atom):
            var isAbout = true
            atom.quantity.visit { part in
                switch part {
                case .signal, .builtin, .cell, .cohort: isAbout = false
                default: break
                }
            }
            return isAbout
        default: return false
        }
    }

    /// The conditions that a count or pair speaks of.
    public var conditions: [Condition] {
        switch self {
        case .count(let atom): [atom.event]
        case .pair(let atom):
            if case .sequence(let third?) = atom.order {
                [atom.first, atom.second, third]
            } else {
                [atom.first, atom.second]
            }
        case .code, .signal, .trend, .measure, .attribute, .silence: []
        }
    }

    /// The same atom with those that it speaks of moved to other places.
    func placed(_ place: (Int) -> Int) -> Atom {
        switch self {
        case .count(var atom):
            atom.event = atom.event.placed(place)
            return .count(atom)
        case .pair(var atom):
            atom.first = atom.first.placed(place)
            atom.second = atom.second.placed(place)
            if case .sequence(let third?) = atom.order {
                atom.order = .sequence(without: third.placed(place))
            }
            return .pair(atom)
        case .code, .signal, .trend, .measure, .attribute, .silence: return self
        }
    }
}

/// A signal of which rules ask how similar vehicles do.
public struct CohortSignal: Hashable, Sendable {
    /// The signal's number.
    public var signal: Int
    /// The same in every program that asks for it.
    public var meaning: UInt64
}
