import VehicleFaults

/// Digests of what rules and atoms mean.
enum Meaning {
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a over the bytes of a text (Fowler, Noll and Vo 1991).
    static func digest(_ text: String, from start: UInt64 = Meaning.start) -> UInt64 {
        text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var state = a
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            state = (state ^ (b >> shift & 0xFF)) &* 0x100_0000_01B3
        }
        return state
    }

    /// An atom as a text that depends on its meaning alone; the first three kinds are told as they
    /// always were, so that what was stored for them is found again.
    static func text(of atom: Atom, atoms: [Atom]) -> String {
        switch atom {
        case .code(let atom):
            return
                "code \(atom.pattern.text) \(atom.status.rawValue) \(atom.ecu?.description ?? "")"
                + " \(atom.countsEachCode)\(count(of: atom))\(qualifier(of: atom))"
        case .signal(let atom):
            return "signal \(atom.signal) \(atom.comparison.rawValue) \(atom.limit)"
                + " \(atom.holdMilliseconds) \(atom.elapsesInSilence)"
        case .trend(let atom):
            return "trend \(atom.signal) \(atom.method.meaning) \(atom.memory) \(atom.warmUp)"
                + " \(atom.limit)"
        case .measure(let atom):
            return "measure \(atom.quantity) \(atom.comparison.rawValue) \(atom.limit)"
                + " \(atom.holdMilliseconds)\(clause(atom.condition))"
        case .attribute(let atom): return atom.description
        case .silence(let atom): return "silence \(atom.signal ?? "") \(atom.milliseconds)"
        case .count(let atom):
            return "count \(text(of: atom.event, atoms: atoms)) \(atom.count) \(atom.unit.rawValue)"
                + " within \(atom.window)\(clause(atom.condition))"
        case .pair(let atom):
            let without: String
            switch atom.order {
            case .near: without = " near "
            case .sequence(nil): without = " then "
            case .sequence(let third?): without = " not \(text(of: third, atoms: atoms)) then "
            }
            return "pair \(text(of: atom.first, atoms: atoms))\(without)"
                + "\(text(of: atom.second, atoms: atoms)) within \(atom.window)"
        }
    }

    private static func clause(_ condition: Guard?) -> String {
        condition.map { " while \($0)" } ?? ""
    }

    private static func count(of atom: CodeAtom) -> String {
        guard let wanted = atom.occurrences else { return "" }
        guard !wanted.isPlain else {
            return " \(wanted.count) times within \(wanted.withinMilliseconds)"
        }
        return " \(wanted.count) \(wanted.unit.rawValue) within \(wanted.window)"
    }

    private static func qualifier(of atom: CodeAtom) -> String {
        guard let qualifier = atom.qualifier else { return "" }
        var result = ""
        if let counted = qualifier.counted {
            result += " occurrences \(counted.comparison.rawValue) \(counted.limit)"
        }
        for frozen in qualifier.freeze {
            result += " freeze \(frozen.signal) \(frozen.comparison.rawValue) \(frozen.limit)"
        }
        return result + clause(qualifier.condition)
    }

    static func text(of condition: Condition, atoms: [Atom]) -> String {
        switch condition {
        case .all(let parts):
            "(" + parts.map { text(of: $0, atoms: atoms) }.joined(separator: " and ") + ")"
        case .any(let parts):
            "(" + parts.map { text(of: $0, atoms: atoms) }.joined(separator: " or ") + ")"
        case .not(let part): "not " + text(of: part, atoms: atoms)
        case .atLeast(let count, let parts):
            "\(count) of (" + parts.map { text(of: $0, atoms: atoms) }.joined(separator: ", ") + ")"
        case .atom(let index): text(of: atoms[index], atoms: atoms)
        }
    }
}

extension TrendAtom.Method {
    /// How it is told in the text from which an atom's digest is made.
    fileprivate var meaning: String {
        switch self {
        case .ewma(let weight): "ewma(weight: \(weight))"
        case .cusum(let slack): "cusum(slack: \(slack))"
        }
    }
}

extension TicketConduct {
    /// How it is told in the text from which a rule's digest is made; nothing for the usual conduct.
    var meaning: String {
        var text = opensInWorkshop ? " workshop open" : ""
        if let backOff {
            text += " back_off " + (backOff.isEmpty ? "off" : "\(backOff)")
        }
        return text
    }
}
