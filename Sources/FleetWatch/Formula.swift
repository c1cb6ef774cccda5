import FaultRules

/// The quantities and guards of the running rules, each a list entry that names its parts by place.
///
/// They are read for every message, where a tree of boxes would cost a reference count a step.
struct FormulaTable: Sendable {
    /// A quantity whose signals and cells are numbers of the running program.
    enum Formula: Sendable {
        case constant(Double)
        case signal(Int32)
        case builtin(Quantity.Builtin)
        /// A place in ``attributeNames``.
        case attribute(Int32)
        case cell(Int32)
        /// Places in ``LaneEngine/cohorts``; of the score the signal's number as well.
        case cohort(Int32)
        case score(Int32, Int32)
        /// What no message can say.
        case unknown
        case binary(Quantity.Operator, Int32, Int32)
        case magnitude(Int32)
        /// Places in ``parts``.
        case least(Range<Int32>)
        case greatest(Range<Int32>)
    }

    /// A guard over formulas.
    enum Test: Sendable {
        case all(Range<Int32>)
        case any(Range<Int32>)
        case not(Int32)
        case compare(Int32, SignalAtom.Comparison, Double)
        /// A place in ``attributeTests``.
        case attribute(Int32)
    }

    private(set) var formulas: ContiguousArray<Formula> = []
    private(set) var tests: ContiguousArray<Test> = []
    /// What formulas and tests of several parts consist of.
    private(set) var parts: ContiguousArray<Int32> = []
    private(set) var attributeNames: [String] = []
    private(set) var attributeTests: [AttributeAtom] = []

    /// Adds a quantity and returns its place.
    mutating func add(
        _ quantity: Quantity, while condition: Guard?, in program: RuleProgram
    ) -> Int32 {
        let formula: Formula
        switch quantity {
        case .constant(let value): formula = .constant(value)
        case .signal(let name):
            formula = program.signals.find(name).map { .signal(Int32($0.index)) } ?? .unknown
        case .builtin(let name): formula = .builtin(name)
        case .attribute(let name):
            formula = .attribute(Int32(attributeNames.count))
            attributeNames.append(name)
        case .cell(let cell):
            formula =
                program.place(of: cell, while: condition).map { .cell(Int32($0)) } ?? .unknown
        case .cohort(.median(let name)):
            formula = Self.cohort(name, program).map { .cohort($0.place) } ?? .unknown
        case .cohort(.score(let name)):
            formula = Self.cohort(name, program).map { .score($0.place, $0.signal) } ?? .unknown
        case .binary(let sign, let a, let b):
            let first = add(a, while: condition, in: program)
            formula = .binary(sign, first, add(b, while: condition, in: program))
        case .magnitude(let part): formula = .magnitude(add(part, while: condition, in: program))
        case .least(let parts):
            formula = .least(list(parts.map { add($0, while: condition, in: program) }))
        case .greatest(let parts):
            formula = .greatest(list(parts.map { add($0, while: condition, in: program) }))
        }
        formulas.append(formula)
        return Int32(formulas.count - 1)
    }

    /// Adds a guard and returns its place.
    mutating func add(_ condition: Guard, in program: RuleProgram) -> Int32 {
        let test: Test
        switch condition {
        case .all(let parts): test = .all(list(parts.map { add($0, in: program) }))
        case .any(let parts): test = .any(list(parts.map { add($0, in: program) }))
        case .not(let part): test = .not(add(part, in: program))
        case .compare(let quantity, let sign, let limit):
            test = .compare(add(quantity, while: nil, in: program), sign, limit)
        case .attribute(let atom):
            test = .attribute(Int32(attributeTests.count))
            attributeTests.append(atom)
        }
        tests.append(test)
        return Int32(tests.count - 1)
    }

    private static func cohort(
        _ name: String, _ program: RuleProgram
    ) -> (place: Int32, signal: Int32)? {
        guard let signal = program.signals.find(name).map({ Int($0.index) }),
            let place = program.cohorts.firstIndex(where: { $0.signal == signal })
        else { return nil }
        return (Int32(place), Int32(signal))
    }

    private mutating func list(_ places: [Int32]) -> Range<Int32> {
        let start = Int32(parts.count)
        parts.append(contentsOf: places)
        return start..<Int32(parts.count)
    }
}
