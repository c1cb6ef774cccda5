import VehicleFaults

/// Functions: `mean(coolant_c, 10m)`, `slope(...)`, `baseline(...)`, `ewma(...) beyond ...`.
extension ExpressionParser {
    static let functions = [
        "min", "max", "mean", "median", "percentile", "stddev", "range", "count", "delta", "slope",
        "reach", "change", "rate", "start", "baseline", "cohort", "abs", "least", "greatest",
    ]

    mutating func call(_ name: String) throws(Failure) -> Term {
        let start = current
        guard Self.functions.contains(name) || Self.percentile(name) != nil else {
            throw Failure(
                offset: start.offset, message: "\"\(name)\" is not a function",
                suggestion: NearestName.find(name, among: Self.functions))
        }
        place += 2
        if name == "cohort" { return try cohort() }
        let inner = current.offset
        var argument = try sum()
        if ["abs", "least", "greatest"].contains(name) { return try plain(name, argument, inner) }
        argument.quantity = try instant(argument.quantity, at: inner)
        var term = argument
        switch name {
        case "change", "rate", "start":
            try expect(sign: ")")
            let function: Cell.Function =
                name == "change" ? .change : name == "rate" ? .rate : .start
            if name != "start" { term.isDifference = true }
            if name == "rate" { term.unit = argument.unit?.per(.second) }
            return cell(function, argument, nil, term)
        case "baseline":
            var (memory, after) = (0.05, 20)
            if accept(sign: ",") {
                // They read the ")" as well.
                (memory, after) = try settings()
            } else {
                try expect(sign: ")")
            }
            return cell(.baseline(memory: memory, warmUp: after), argument, nil, term)
        default: return try windowed(name, argument, start)
        }
    }

    private func cell(
        _ function: Cell.Function, _ argument: Term, _ window: Window?, _ term: Term
    ) -> Term {
        var result = term
        result.isLiteral = false
        result.quantity = .cell(
            Cell(function: function, source: argument.quantity, window: window))
        return result
    }

    private mutating func windowed(_ name: String, _ argument: Term, _ start: Token)
        throws(Failure) -> Term
    {
        var term = argument
        var share = Self.percentile(name)
        var limit = 0.0
        try expect(sign: ",")
        if name == "percentile" {
            let token = current
            guard case .number(let value, "") = token.kind, value >= 0, value <= 100 else {
                throw Failure(
                    offset: token.offset,
                    message: "expected a percentile from 0 to 100, found \(token.described)")
            }
            place += 1
            share = value
            try expect(sign: ",")
        } else if name == "reach" {
            limit = try literal(in: argument)
            try expect(sign: ",")
        }
        let window = try window()
        try expect(sign: ")")
        if let share { return cell(.percentile(share), argument, window, term) }
        switch name {
        case "min": return cell(.minimum, argument, window, term)
        case "max": return cell(.maximum, argument, window, term)
        case "mean": return cell(.mean, argument, window, term)
        case "stddev":
            term.isDifference = true
            return cell(.deviation, argument, window, term)
        case "delta":
            term.isDifference = true
            return cell(.delta, argument, window, term)
        case "range":
            let high = cell(.maximum, argument, window, term)
            let low = cell(.minimum, argument, window, term)
            term.isDifference = true
            term.quantity = .binary(.minus, high.quantity, low.quantity)
            return term
        case "count":
            term.unit = MeasureUnit.none
            term.isDifference = true
            return cell(.count, argument, window, term)
        case "slope":
            term.isDifference = true
            term.unit = argument.unit?.per(window.kind.unit)
            return cell(.slope, argument, window, term)
        default:
            term.isDifference = true
            term.unit = window.kind.unit
            return cell(.reach(limit), argument, window, term)
        }
    }

    /// The share of `p95` and `median`.
    private static func percentile(_ name: String) -> Double? {
        if name == "median" { return 50 }
        guard name.first == "p", let share = Double(name.dropFirst()), share >= 0, share <= 100,
            name.dropFirst().allSatisfy({ $0.isNumber })
        else { return nil }
        return share
    }

    private mutating func plain(_ name: String, _ first: Term, _ offset: Int) throws(Failure)
        -> Term
    {
        var term = first
        var parts = [first.quantity]
        while name != "abs", accept(sign: ",") {
            let place = current.offset
            operations += 1
            guard operations <= RuleLimits.operations else {
                throw Failure(
                    offset: place,
                    message: "more than \(RuleLimits.operations) operations in a quantity")
            }
            let next = try sum()
            guard
                next.unit?.dimension == first.unit?.dimension || next.unit == nil
                    || first.unit == nil
            else {
                throw Failure(
                    offset: place,
                    message:
                        "\"\(name)\" compares \(Self.shown(first.unit)) with \(Self.shown(next.unit))"
                )
            }
            if let unit = next.unit, let own = first.unit, unit.scale != own.scale {
                throw Failure(
                    offset: place, message: "\"\(name)\" needs the same unit throughout",
                    suggestion: own.name)
            }
            parts.append(next.quantity)
        }
        try expect(sign: ")")
        term.isLiteral = false
        switch name {
        case "abs": term.quantity = .magnitude(first.quantity)
        case "least": term.quantity = .least(parts)
        default: term.quantity = .greatest(parts)
        }
        return term
    }

    private mutating func cohort() throws(Failure) -> Term {
        let name = try signalName()
        try expect(sign: ")")
        return Term(quantity: .cohort(.median(name)), unit: MeasureUnit.ofSignal(name))
    }

    /// `memory: 0.05, after: 20)`
    mutating func settings() throws(Failure) -> (memory: Double, after: Int) {
        var result = (memory: 0.05, after: 20)
        var seen: Set<String> = []
        repeat {
            let key = current
            guard case .word(let name) = key.kind, ["memory", "after"].contains(name) else {
                throw Failure(
                    offset: key.offset,
                    message: "\(key.described) is not a setting (memory, after)",
                    suggestion: nearestWord(key, among: ["memory", "after"]))
            }
            guard seen.insert(name).inserted else {
                throw Failure(offset: key.offset, message: "\"\(name)\" is given twice")
            }
            place += 1
            try expect(sign: ":")
            let value = current
            guard case .number(let number, "") = value.kind else {
                throw Failure(
                    offset: value.offset,
                    message: "expected a number without unit, found \(value.described)")
            }
            let range = name == "memory" ? 0.0001...1 : 1...100_000
            guard range.contains(number) else {
                throw Failure(
                    offset: value.offset,
                    message:
                        "\"\(name)\" lies between \(RuleText.number(range.lowerBound)) and \(RuleText.number(range.upperBound))"
                )
            }
            place += 1
            if name == "memory" { result.memory = number } else { result.after = Int(number) }
        } while accept(sign: ",")
        try expect(sign: ")")
        return result
    }

    // MARK: - Charts

    mutating func trend() throws(Failure) -> TrendAtom {
        let method = current
        place += 1
        try expect(sign: "(")
        let signal = try signalName()
        var settings: [String: (value: Double, offset: Int)] = [:]
        let own = method.kind == .word("ewma") ? "weight" : "slack"
        let known = [own, "memory", "after"]
        while accept(sign: ",") {
            let key = current
            guard case .word(let name) = key.kind, known.contains(name) else {
                throw Failure(
                    offset: key.offset,
                    message: "\(key.described) is not a setting (\(known.joined(separator: ", ")))",
                    suggestion: nearestWord(key, among: known))
            }
            guard settings[name] == nil else {
                throw Failure(offset: key.offset, message: "\"\(name)\" is given twice")
            }
            place += 1
            try expect(sign: ":")
            let value = current
            guard case .number(let number, "") = value.kind else {
                throw Failure(
                    offset: value.offset,
                    message: "expected a number without unit, found \(value.described)")
            }
            place += 1
            settings[name] = (number, value.offset)
        }
        try expect(sign: ")")
        try expect(word: "beyond")
        let limitToken = current
        guard case .number(let limit, "") = limitToken.kind, limit > 0 else {
            throw Failure(
                offset: limitToken.offset,
                message: "expected a limit above 0, found \(limitToken.described)")
        }
        place += 1
        func setting(_ name: String, _ range: ClosedRange<Double>, default usual: Double)
            throws(Failure) -> Double
        {
            guard let given = settings[name] else { return usual }
            guard range.contains(given.value) else {
                throw Failure(
                    offset: given.offset,
                    message:
                        "\"\(name)\" lies between \(RuleText.number(range.lowerBound)) and \(RuleText.number(range.upperBound))"
                )
            }
            return given.value
        }
        let first =
            own == "weight"
            ? TrendAtom.Method.ewma(weight: try setting("weight", 0.001...1, default: 0.2))
            : .cusum(slack: try setting("slack", 0...10, default: 0.5))
        return TrendAtom(
            signal: signal, method: first, memory: try setting("memory", 0.0001...1, default: 0.05),
            warmUp: Int(try setting("after", 1...100_000, default: 20)), limit: limit)
    }
}

extension Window.Kind {
    /// What a slope is divided by, and a reach told in.
    var unit: MeasureUnit {
        switch self {
        case .time: .day
        case .distance: MeasureUnit.known["km"] ?? .none
        case .engineHours: MeasureUnit.known["h"] ?? .none
        case .trips: .none
        }
    }
}
