import VehicleFaults

/// What is reckoned with numbers, and in which unit.
extension ExpressionParser {
    mutating func operate(_ token: Token) throws(Failure) {
        operations += 1
        guard operations <= RuleLimits.operations else {
            throw Failure(
                offset: token.offset,
                message: "more than \(RuleLimits.operations) operations in a quantity")
        }
    }

    mutating func sum() throws(Failure) -> Term {
        var left = try product()
        while current.kind == .sign("+") || current.kind == .sign("-") {
            let token = current
            try operate(token)
            place += 1
            let right = try product()
            left = try added(left, right, isSum: token.kind == .sign("+"), at: token.offset)
        }
        return left
    }

    /// A unit's name, or that there is none.
    static func shown(_ unit: MeasureUnit?) -> Saying {
        guard let unit, !unit.name.isEmpty else { return "a plain number" }
        return "\(unit.name)"
    }

    private func added(_ left: Term, _ right: Term, isSum: Bool, at offset: Int) throws(Failure)
        -> Term
    {
        if let a = left.unit, let b = right.unit, a.dimension != b.dimension {
            throw Failure(
                offset: offset,
                message: isSum
                    ? "\(Self.shown(a)) and \(Self.shown(b)) cannot be added"
                    : "\(Self.shown(a)) and \(Self.shown(b)) cannot be subtracted")
        }
        var right = right
        // Added to a temperature, a number of degrees is a difference.
        if right.isLiteral, !left.isLiteral { right.isDifference = true }
        let isPoint = { (term: Term) in !term.isDifference && term.unit?.isTemperature == true }
        if isSum, isPoint(left), isPoint(right), !(left.isLiteral && right.isLiteral) {
            throw Failure(offset: offset, message: "two temperatures cannot be added")
        }
        let same = try aligned(right, to: left, at: offset)
        let isDifference =
            isSum ? !isPoint(left) && !isPoint(right) : isPoint(left) == isPoint(right)
        if left.isLiteral, right.isLiteral, case .constant(let a) = left.quantity,
            case .constant(let b) = same.quantity
        {
            return Term(
                quantity: .constant(isSum ? a + b : a - b), unit: left.unit ?? right.unit,
                isLiteral: true)
        }
        return Term(
            quantity: .binary(isSum ? .plus : .minus, left.quantity, same.quantity),
            unit: left.unit ?? right.unit, isDifference: isDifference)
    }

    /// The term in the unit of another.
    func aligned(_ term: Term, to other: Term, at offset: Int) throws(Failure) -> Term {
        guard let from = term.unit, let to = other.unit else { return term }
        guard from.dimension == to.dimension else { throw mismatch(other, term, at: offset) }
        var result = term
        result.unit = to
        if case .constant(let value) = term.quantity {
            result.quantity = .constant(
                from.convert(value, to: to, isDifference: term.isDifference))
            return result
        }
        let (factor, shift) = from.conversion(to: to, isDifference: term.isDifference)
        if factor != 1 { result.quantity = .binary(.times, result.quantity, .constant(factor)) }
        if shift != 0 { result.quantity = .binary(.plus, result.quantity, .constant(shift)) }
        return result
    }

    mutating func product() throws(Failure) -> Term {
        var left = try factor()
        while current.kind == .sign("*") || current.kind == .sign("/") {
            let token = current
            try operate(token)
            place += 1
            let right = try factor()
            let isProduct = token.kind == .sign("*")
            if left.isLiteral, right.isLiteral, case .constant(let a) = left.quantity,
                case .constant(let b) = right.quantity
            {
                let value = isProduct ? a * b : a / b
                guard value.isFinite else {
                    throw Failure(offset: token.offset, message: "a division by zero")
                }
                left.quantity = .constant(value)
            } else {
                left.quantity = .binary(
                    isProduct ? .times : .over, left.quantity, right.quantity)
            }
            left.unit = Self.unit(left, right, isProduct)
            left.isDifference = isProduct && (left.isDifference || right.isDifference)
            left.isLiteral = left.isLiteral && right.isLiteral
        }
        return left
    }

    private static func unit(_ left: Term, _ right: Term, _ isProduct: Bool) -> MeasureUnit? {
        switch (left.unit, right.unit) {
        case (nil, nil): nil
        // A number without a unit keeps the other's; a signal without one may be anything.
        case (let unit?, nil): right.isLiteral || right.quantity.isPlain ? unit : nil
        case (nil, let unit?):
            !left.isLiteral ? nil : isProduct ? unit : MeasureUnit.none.per(unit)
        case (let a?, let b?): isProduct ? a.times(b) : a.per(b)
        }
    }

    private mutating func factor() throws(Failure) -> Term {
        try nested { (parser: inout Self) throws(Failure) in try parser.factorHere() }
    }

    private mutating func factorHere() throws(Failure) -> Term {
        let token = current
        switch token.kind {
        case .number(let value, let unit):
            place += 1
            return try number(value, unit, at: token.offset)
        case .sign("-"):
            try operate(token)
            place += 1
            var term = try factor()
            if case .constant(let value) = term.quantity {
                term.quantity = .constant(-value)
            } else {
                term.quantity = .binary(.minus, .constant(0), term.quantity)
            }
            return term
        case .sign("("):
            place += 1
            let term = try sum()
            try expect(sign: ")")
            return term
        case .word(let name) where peek(1) == .sign("("): return try call(name)
        case .word(let name) where !Self.reserved.contains(name):
            if let builtin = Quantity.Builtin(rawValue: name) {
                place += 1
                return Term(
                    quantity: .builtin(builtin), unit: MeasureUnit.ofSignal(name),
                    isDifference: true)
            }
            if name.hasPrefix("vehicle."), name.utf8.count <= SignalNames.longest {
                place += 1
                return Term(
                    quantity: .attribute(String(name.dropFirst("vehicle.".count))),
                    unit: MeasureUnit.ofSignal(name))
            }
            try check(name, at: token.offset)
            place += 1
            return Term(quantity: .signal(name), unit: MeasureUnit.ofSignal(name))
        default:
            throw Failure(
                offset: token.offset, message: "expected a number, found \(token.described)")
        }
    }

    func number(_ value: Double, _ unit: String, at offset: Int) throws(Failure) -> Term {
        guard !unit.isEmpty else { return Term(quantity: .constant(value), isLiteral: true) }
        guard let known = MeasureUnit.named(unit) else {
            throw Failure(
                offset: offset, message: "\"\(unit)\" is not a unit",
                suggestion: MeasureUnit.nearest(to: unit))
        }
        return Term(quantity: .constant(value), unit: known, isLiteral: true)
    }

    /// A quantity that nothing must be remembered for.
    func instant(_ quantity: Quantity, at offset: Int) throws(Failure) -> Quantity {
        guard quantity.cells.isEmpty, !quantity.needsCohort else {
            throw Failure(
                offset: offset, message: "a window over a window would need the whole past")
        }
        guard !quantity.signals.isEmpty || quantity.hasBuiltin else {
            throw Failure(offset: offset, message: "this needs a signal")
        }
        return quantity
    }
}

extension MeasureUnit {
    var isTemperature: Bool { dimension == Dimension(.temperature) }
}

extension Quantity {
    /// Whether it depends on anything but numbers.
    var isVaried: Bool { !isPlain }

    var hasBuiltin: Bool {
        var result = false
        visit { if case .builtin = $0 { result = true } }
        return result
    }

    /// Whether it is reckoned from numbers alone.
    var isPlain: Bool {
        var result = true
        visit { part in
            switch part {
            case .constant, .binary, .magnitude, .least, .greatest: break
            default: result = false
            }
        }
        return result
    }
}
