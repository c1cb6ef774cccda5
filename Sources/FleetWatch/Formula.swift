import FaultRules

/// A quantity whose signals and cells are numbers of the running program.
indirect enum Formula: Sendable {
    case constant(Double)
    case signal(Int)
    case builtin(Quantity.Builtin)
    case attribute(String)
    case cell(Int)
    /// What nobody publishes yet.
    case unknown
    case binary(Quantity.Operator, Formula, Formula)
    case magnitude(Formula)
    case least([Formula])
    case greatest([Formula])

    init(_ quantity: Quantity, while condition: Guard?, in program: RuleProgram) {
        switch quantity {
        case .constant(let value): self = .constant(value)
        case .signal(let name):
            self = program.signals.find(name).map { .signal(Int($0.index)) } ?? .unknown
        case .builtin(let name): self = .builtin(name)
        case .attribute(let name): self = .attribute(name)
        case .cell(let cell):
            self = program.place(of: cell, while: condition).map { .cell($0) } ?? .unknown
        case .cohort: self = .unknown
        case .binary(let sign, let a, let b):
            self = .binary(
                sign, Formula(a, while: condition, in: program),
                Formula(b, while: condition, in: program))
        case .magnitude(let part):
            self = .magnitude(Formula(part, while: condition, in: program))
        case .least(let parts):
            self = .least(parts.map { Formula($0, while: condition, in: program) })
        case .greatest(let parts):
            self = .greatest(parts.map { Formula($0, while: condition, in: program) })
        }
    }
}

/// A guard over formulas.
indirect enum Test: Sendable {
    case all([Test])
    case any([Test])
    case not(Test)
    case compare(Formula, SignalAtom.Comparison, Double)
    case attribute(AttributeAtom)

    init(_ condition: Guard, in program: RuleProgram) {
        switch condition {
        case .all(let parts): self = .all(parts.map { Test($0, in: program) })
        case .any(let parts): self = .any(parts.map { Test($0, in: program) })
        case .not(let part): self = .not(Test(part, in: program))
        case .compare(let quantity, let sign, let limit):
            self = .compare(Formula(quantity, while: nil, in: program), sign, limit)
        case .attribute(let atom): self = .attribute(atom)
        }
    }
}
