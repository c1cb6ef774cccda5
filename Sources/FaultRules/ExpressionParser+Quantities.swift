import VehicleFaults

/// Comparisons of quantities.
extension ExpressionParser {
    /// A quantity with what is known of its unit.
    struct Term {
        var quantity: Quantity
        /// `nil` agrees with every unit.
        var unit: MeasureUnit?
        /// Whether zero means "no difference", so that the zeros of temperature scales do not count.
        var isDifference = false
        var isLiteral = false
    }

    // MARK: - Comparisons

    mutating func comparison() throws(Failure) -> Condition {
        let start = current
        operations = 0
        let left = try sum()
        if accept(word: "in") { return try range(of: left, from: start) }
        if accept(word: "deviates") { return try deviation(of: left, from: start) }
        let token = current
        guard case .sign(let text) = token.kind, SignalAtom.Comparison(rawValue: text) != nil else {
            let name: String
            if case .word(let word) = start.kind { name = word } else { name = "" }
            throw Failure(
                offset: token.offset,
                message: name.isEmpty
                    ? "expected a comparison (> >= < <= == !=), found \(token.described)"
                    : "expected a comparison (> >= < <= == !=) after the signal \"\(name)\", "
                        + "found \(token.described)",
                suggestion: NearestName.find(
                    name, among: ["code", "ewma", "cusum", "not", "silent", "no"]))
        }
        let sign = try comparisonSign(after: "")
        let place = current.offset
        operations = 0
        let right = try sum()
        switch (left.isLiteral, right.isLiteral) {
        case (true, true):
            throw Failure(offset: start.offset, message: "this compares two numbers")
        case (true, false):
            // The number stands on the left.
            let limit = try converted(left, to: right, at: start.offset)
            return try held(right.quantity, sign.mirrored, limit, from: start)
        case (false, true):
            let limit = try converted(right, to: left, at: place)
            return try held(left.quantity, sign, limit, from: start)
        case (false, false):
            let same = try aligned(right, to: left, at: place)
            return try held(
                .binary(.minus, left.quantity, same.quantity), sign, 0, from: start)
        }
    }

    mutating func comparisonSign(after name: String) throws(Failure) -> SignalAtom.Comparison {
        guard case .sign(let sign) = current.kind,
            let comparison = SignalAtom.Comparison(rawValue: sign)
        else {
            throw Failure(
                offset: current.offset,
                message:
                    "expected a comparison (> >= < <= == !=) after \"\(name)\", found \(current.described)"
            )
        }
        place += 1
        return comparison
    }

    /// A number with its unit, in the unit of a term.
    mutating func literal(in term: Term) throws(Failure) -> Double {
        let token = current
        operations = 0
        let right = try product()
        guard right.isLiteral else {
            throw Failure(
                offset: token.offset, message: "expected a number, found \(token.described)")
        }
        return try converted(right, to: term, at: token.offset)
    }

    func converted(_ right: Term, to left: Term, at offset: Int) throws(Failure) -> Double {
        guard case .constant(let value) = right.quantity else { return 0 }
        guard let from = right.unit, let to = left.unit else { return value }
        guard from.dimension == to.dimension else { throw mismatch(left, right, at: offset) }
        return from.convert(value, to: to, isDifference: left.isDifference)
    }

    func mismatch(_ left: Term, _ right: Term, at offset: Int) -> Failure {
        let (to, from) = (left.unit ?? .none, right.unit ?? .none)
        func name(_ unit: MeasureUnit) -> Saying { unit.name.isEmpty ? "no unit" : "\(unit.name)" }
        if case .signal(let signal) = left.quantity, right.isLiteral {
            return Failure(
                offset: offset,
                message: "the signal \"\(signal)\" is in \(name(to)), the limit in \(name(from))",
                suggestion: to.name)
        }
        return Failure(
            offset: offset,
            message: "one side is in \(name(to)), the other in \(name(from))",
            suggestion: right.isLiteral && !to.name.isEmpty ? to.name : nil)
    }

    /// `load_pct in 60 to 80 %`
    private mutating func range(of left: Term, from start: Token) throws(Failure) -> Condition {
        let token = current
        guard case .number(let low, let lowUnit) = token.kind else {
            throw Failure(
                offset: token.offset, message: "expected a number, found \(token.described)")
        }
        place += 1
        try expect(word: "to")
        let other = current
        guard case .number(let high, let highUnit) = other.kind else {
            throw Failure(
                offset: other.offset, message: "expected a number, found \(other.described)")
        }
        place += 1
        let units = (lowUnit.isEmpty ? highUnit : lowUnit, highUnit)
        let bounds = (
            try converted(
                try number(low, units.0, at: token.offset), to: left, at: token.offset),
            try converted(
                try number(high, units.1, at: other.offset), to: left, at: other.offset)
        )
        guard bounds.0 <= bounds.1 else {
            throw Failure(offset: token.offset, message: "a range that runs backwards")
        }
        if current.kind == .word("for") || current.kind == .word("while") {
            // Held or guarded, both sides are one condition: how far it lies outside is not above 0.
            let outside = Quantity.greatest([
                .binary(.minus, .constant(bounds.0), left.quantity),
                .binary(.minus, left.quantity, .constant(bounds.1)),
            ])
            return try held(outside, .atMost, 0, from: start)
        }
        let (first, second) = (
            try bounded(left.quantity, .atLeast, bounds.0, start),
            try bounded(left.quantity, .atMost, bounds.1, start)
        )
        return .all([first, second])
    }

    /// `coolant_c deviates above by 3 sigma from own`
    private mutating func deviation(of left: Term, from start: Token) throws(Failure) -> Condition {
        let side = current.kind
        if side == .word("above") || side == .word("below") { place += 1 }
        try expect(word: "by")
        let token = current
        guard case .number(let limit, "") = token.kind, limit > 0 else {
            throw Failure(
                offset: token.offset,
                message: "expected a number of standard deviations, found \(token.described)")
        }
        place += 1
        _ = accept(word: "sigma")
        try expect(word: "from")
        var score: Quantity
        let whose = current
        if accept(word: "own") {
            let (memory, after) = accept(sign: "(") ? try settings() : (0.05, 20)
            score = .cell(
                Cell(
                    function: .score(memory: memory, warmUp: after),
                    source: try instant(left.quantity, at: start.offset), window: nil))
        } else if accept(word: "cohort") {
            guard case .signal(let name) = left.quantity else {
                throw Failure(
                    offset: start.offset, message: "only a signal is compared with its cohort's")
            }
            score = .cohort(.score(name))
        } else {
            throw Failure(
                offset: whose.offset,
                message: "expected \"own\" or \"cohort\", found \(whose.described)",
                suggestion: nearestWord(whose, among: ["own", "cohort"]))
        }
        switch side {
        case .word("above"): return try held(score, .above, limit, from: start)
        case .word("below"): return try held(score, .below, -limit, from: start)
        default:
            score = .magnitude(score)
            return try held(score, .above, limit, from: start)
        }
    }

    private mutating func bounded(
        _ quantity: Quantity, _ sign: SignalAtom.Comparison, _ limit: Double, _ start: Token
    ) throws(Failure) -> Condition {
        guard case .signal(let name) = quantity else {
            return try atom(.measure(Self.plain(quantity, sign, limit)), at: start.offset)
        }
        return try atom(
            .signal(
                SignalAtom(
                    signal: name, comparison: sign, limit: limit, holdMilliseconds: 0,
                    elapsesInSilence: false)), at: start.offset)
    }

    /// The rest of a comparison: how long it must hold.
    private mutating func held(
        _ quantity: Quantity, _ sign: SignalAtom.Comparison, _ limit: Double, from start: Token
    ) throws(Failure) -> Condition {
        var hold: Int64 = 0
        var isSilent = false
        if accept(word: "for") {
            hold = try duration()
            if accept(word: "even") {
                let offset = current.offset
                try expect(word: "if")
                try expect(word: "silent")
                isSilent = true
                guard case .signal = quantity else {
                    throw Failure(
                        offset: offset,
                        message: "only the comparison of a signal with a number may elapse in "
                            + "silence")
                }
            }
        }
        if case .signal(let name) = quantity {
            return try atom(
                .signal(
                    SignalAtom(
                        signal: name, comparison: sign, limit: limit, holdMilliseconds: hold,
                        elapsesInSilence: isSilent)), at: start.offset)
        }
        guard !quantity.signals.isEmpty || quantity.isVaried else {
            throw Failure(
                offset: start.offset, message: "this compares nothing that a vehicle says")
        }
        return try atom(
            .measure(
                MeasureAtom(
                    quantity: quantity, comparison: sign, limit: limit, holdMilliseconds: hold,
                    condition: nil)), at: start.offset)
    }
}
