import VehicleFaults

/// Counts, sequences and guards: what stands after a condition.
extension ExpressionParser {
    /// A primary with what is counted, ordered or guarded of it.
    mutating func event() throws(Failure) -> Condition {
        let start = current.offset
        var result = try primary()
        while true {
            if accept(word: "then") {
                let second = try nested { (parser: inout Self) throws(Failure) in
                    try parser.primaryWithGuard()
                }
                try expect(word: "within")
                result = try pair(result, second, .sequence(without: nil), from: start)
            } else if current.kind == .word("within") {
                place += 1
                let window = try window()
                try expect(word: "of")
                let second = try nested { (parser: inout Self) throws(Failure) in
                    try parser.primaryWithGuard()
                }
                result = try pair(result, second, .near, window: window, from: start)
            } else if let count = try counting() {
                try requireDriver(result, at: start)
                result = try atom(
                    .count(
                        CountAtom(
                            event: result, count: count.count, unit: count.unit,
                            window: count.window, condition: nil)), at: start)
            } else if current.kind == .word("while") {
                result = try guarded(result, from: start)
            } else {
                return result
            }
        }
    }

    private mutating func primaryWithGuard() throws(Failure) -> Condition {
        let start = current.offset
        let result = try primary()
        return current.kind == .word("while") ? try guarded(result, from: start) : result
    }

    private mutating func pair(
        _ first: Condition, _ second: Condition, _ order: PairAtom.Order, window: Window? = nil,
        from start: Int
    ) throws(Failure) -> Condition {
        try requireDriver(first, at: start)
        try requireDriver(second, at: start)
        let span: Window
        if let window { span = window } else { span = try self.window() }
        return try atom(
            .pair(PairAtom(first: first, second: second, window: span, order: order)), at: start)
    }

    /// What is counted must be able to happen.
    func requireDriver(_ condition: Condition, at offset: Int) throws(Failure) {
        let canHappen = condition.drivers.contains { !atoms[$0].isAboutKind }
        guard canHappen else {
            throw Failure(
                offset: offset,
                message: "a condition that is only negative or about the vehicle is no event")
        }
    }

    /// `3 times within 7d`, `on 3 days within 30d`, `in 3 of 5 trips`, `3 codes within 10s`.
    mutating func counting() throws(Failure) -> CodeAtom.Occurrences? {
        switch (current.kind, peek(1)) {
        case (.word("on"), .number): return try counting("on", .days)
        case (.word("in"), .number): return try counting("in", .trips)
        case (.number, .word("times")), (.number, .word("codes")):
            let count = try wholeNumber(in: 1...RuleLimits.occurrences)
            let unit: CountUnit = current.kind == .word("codes") ? .codes : .times
            place += 1
            try expect(word: "within")
            return .init(count: count, unit: unit, window: try window())
        default: return nil
        }
    }

    mutating func counting(_ word: String, _ unit: CountUnit) throws(Failure)
        -> CodeAtom.Occurrences
    {
        place += 1
        let count = try wholeNumber(in: 1...RuleLimits.occurrences)
        if unit == .trips, accept(word: "of") {
            let token = current
            let all = try wholeNumber(in: 1...Int(RuleLimits.mostTrips))
            guard all >= count else {
                throw Failure(offset: token.offset, message: "\(count) of only \(all) trips")
            }
            try expect(word: "trips")
            return .init(count: count, unit: unit, window: Window(.trips, Double(all)))
        }
        guard
            accept(word: unit.rawValue)
                || (count == 1 && accept(word: String(unit.rawValue.dropLast())))
        else {
            try expect(word: unit.rawValue)
            return .init(count: count, unit: unit, window: Window(.time, 1))
        }
        try expect(word: "within")
        return .init(count: count, unit: unit, window: try window())
    }

    // MARK: - Guards

    private mutating func guarded(_ result: Condition, from start: Int) throws(Failure)
        -> Condition
    {
        let offset = current.offset
        try expect(word: "while")
        let first = atoms.count
        let text = try nested { (parser: inout Self) throws(Failure) in try parser.primary() }
        let condition = try guardCondition(text, at: offset)
        atoms.removeSubrange(first...)
        guard case .atom(let index) = result, index == first - 1 else {
            throw Failure(
                offset: offset,
                message: "\"while\" guards one condition; count the whole to guard it, as in "
                    + "(A and B) 1 times within 1h while C")
        }
        switch atoms[index] {
        case .signal(let atom):
            guard !atom.elapsesInSilence else {
                throw Failure(
                    offset: offset, message: "what may elapse in silence cannot be guarded")
            }
            atoms[index] = .measure(
                MeasureAtom(
                    quantity: .signal(atom.signal), comparison: atom.comparison, limit: atom.limit,
                    holdMilliseconds: atom.holdMilliseconds, condition: condition))
        case .measure(var atom):
            atom.condition = Guard.both(atom.condition, condition)
            atoms[index] = .measure(atom)
        case .count(var atom):
            atom.condition = Guard.both(atom.condition, condition)
            atoms[index] = .count(atom)
        case .code(var atom):
            var qualifier = atom.qualifier ?? Qualifier()
            qualifier.condition = Guard.both(qualifier.condition, condition)
            atom.qualifier = qualifier
            atoms[index] = .code(atom)
        case .trend:
            throw Failure(
                offset: offset,
                message: "a chart cannot be guarded; use \"deviates\" or a window")
        case .attribute, .silence, .pair:
            throw Failure(offset: offset, message: "this condition cannot be guarded")
        }
        return result
    }

    /// The condition as a guard, which speaks of the moment alone.
    private func guardCondition(_ condition: Condition, at offset: Int) throws(Failure) -> Guard {
        switch condition {
        case .all(let parts): return .all(try guards(parts, at: offset))
        case .any(let parts): return .any(try guards(parts, at: offset))
        case .not(let part): return .not(try guardCondition(part, at: offset))
        case .atLeast:
            throw Failure(offset: offset, message: "\"at least\" has no place after \"while\"")
        case .atom(let index):
            switch atoms[index] {
            case .signal(let atom) where atom.holdMilliseconds == 0:
                return .compare(.signal(atom.signal), atom.comparison, atom.limit)
            case .measure(let atom)
            where atom.holdMilliseconds == 0 && atom.condition == nil
                && atom.quantity.cells.allSatisfy({ $0.function == .start }):
                return .compare(atom.quantity, atom.comparison, atom.limit)
            case .attribute(let atom): return .attribute(atom)
            default:
                throw Failure(
                    offset: offset,
                    message: "after \"while\" stand comparisons of the moment and what kind of "
                        + "vehicle it is: no code, window or duration")
            }
        }
    }

    private func guards(_ parts: [Condition], at offset: Int) throws(Failure) -> [Guard] {
        var result: [Guard] = []
        for part in parts { result.append(try guardCondition(part, at: offset)) }
        return result
    }

    // MARK: - Numbers

    mutating func wholeNumber(in range: ClosedRange<Int>) throws(Failure) -> Int {
        let token = current
        guard case .number(let value, "") = token.kind, value == value.rounded(),
            value >= Double(range.lowerBound), value <= Double(range.upperBound)
        else {
            throw Failure(
                offset: token.offset,
                message: "expected a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "found \(token.described)")
        }
        place += 1
        return Int(value)
    }

    mutating func duration() throws(Failure) -> Int64 {
        let token = current
        guard case .number(let value, let unit) = token.kind,
            let size = RuleText.durations.first(where: { $0.unit == unit })?.milliseconds
        else {
            throw Failure(
                offset: token.offset,
                message: "expected a duration as 90s, 10m, 24h or 7d, found \(token.described)")
        }
        place += 1
        let milliseconds = value * size
        guard milliseconds >= 1, milliseconds <= Double(RuleLimits.longestMilliseconds) else {
            throw Failure(
                offset: token.offset, message: "a duration lies between 1ms and 400d")
        }
        return Int64(milliseconds)
    }

    /// A duration, a distance, engine hours or trips.
    mutating func window() throws(Failure) -> Window {
        let token = current
        guard case .number(let value, let unit) = token.kind else {
            return Window(.time, Double(try duration()))
        }
        func checked(_ kind: Window.Kind, _ value: Double, _ most: Double) throws(Failure)
            -> Window
        {
            guard value > 0, value <= most else {
                throw Failure(
                    offset: token.offset,
                    message:
                        "a window of \(kind.measure) is above 0 and at most \(RuleText.number(most))"
                )
            }
            return Window(kind, value)
        }
        if unit == "km" || unit == "mi" {
            place += 1
            let kilometres = unit == "km" ? value : value * 1.609344
            return try checked(.distance, kilometres, RuleLimits.longestDistance)
        }
        if unit.isEmpty {
            if peek(1) == .word("engine"), peek(2) == .word("h") {
                place += 3
                return try checked(.engineHours, value, RuleLimits.longestEngineHours)
            }
            if peek(1) == .word("trips") {
                let count = try wholeNumber(in: 1...Int(RuleLimits.mostTrips))
                place += 1
                return Window(.trips, Double(count))
            }
        }
        return Window(.time, Double(try duration()))
    }
}

extension Guard {
    /// Both guards, of which the first may be missing.
    static func both(_ first: Guard?, _ second: Guard) -> Guard {
        first.map { .all([$0, second]) } ?? second
    }
}

extension Window.Kind {
    var measure: Saying {
        switch self {
        case .time: "milliseconds"
        case .distance: "kilometres"
        case .engineHours: "engine hours"
        case .trips: "trips"
        }
    }
}
