import VehicleFaults

/// A name in both languages of the product.
public struct BilingualText: Hashable, Sendable {
    public var en: String
    public var zh: String

    public init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }
}

/// One rule: when to suspect which failure, and what to do about it.
public struct Rule: Hashable, Sendable {
    /// Unique in its program; letters, digits and `-_.`.
    public var id: String
    /// The failure mode: a vehicle has at most one open ticket about it.
    public var mode: String
    public var name: BilingualText
    public var severity: Severity
    public var advice: Advice
    public var component: String
    /// The skill group that should look at it.
    public var skill: String
    public var when: Condition
    /// Ends the episode; without it, every occurrence is a finding of its own.
    public var until: Condition?
    /// The expressions as written.
    public var whenText: String
    public var untilText: String?
    /// Where the rule stands.
    public var position: SourcePosition
    /// A digest of what the rule means, the same for texts that differ only in layout.
    public var meaning: UInt64
}

/// Checked rules, ready to run: atoms shared between rules, indexed by what a message touches.
public struct RuleProgram: Sendable {
    public private(set) var rules: [Rule] = []
    public private(set) var atoms: [Atom] = []
    /// A digest of each atom's meaning, by which stored state finds it again after a reload.
    public private(set) var atomMeanings: [UInt64] = []
    /// The signals that rules speak of; decoders skip all others.
    public private(set) var signals = SignalNames()
    /// For each signal, its signal atoms.
    public private(set) var signalAtoms: [[Int]] = []
    /// For each signal, its trends: atoms that share a running mean and variance.
    public private(set) var trendGroups: [[TrendGroup]] = []
    /// The code atoms.
    public private(set) var codeAtoms: [Int] = []
    /// For each atom, the rules whose `when` it can make true.
    public private(set) var rulesDriven: [[Int]] = []
    /// Whether any atom waits through silence, so that time alone can complete a finding.
    public private(set) var hasTimers = false
    /// Whether any rule has a clear condition.
    public private(set) var hasClears = false

    /// Trend atoms of one signal with the same memory and warm-up.
    public struct TrendGroup: Sendable {
        public var memory: Double
        public var warmUp: Int
        public var atoms: [Int]
        /// A digest of signal, memory and warm-up.
        public var meaning: UInt64
    }

    private var places: [Atom: Int] = [:]

    public init() {}

    /// A digest over all rules in order.
    public var meaning: UInt64 {
        rules.reduce(Meaning.start) { Meaning.mix($0, $1.meaning) }
    }

    mutating func place(of atom: Atom) -> Int {
        if let known = places[atom] { return known }
        let index = atoms.count
        atoms.append(atom)
        atomMeanings.append(Meaning.digest(Meaning.text(of: atom)))
        places[atom] = index
        rulesDriven.append([])
        switch atom {
        case .code: codeAtoms.append(index)
        case .signal(let atom):
            signalAtoms[number(of: atom.signal)].append(index)
            if atom.elapsesInSilence { hasTimers = true }
        case .trend(let atom):
            let signal = number(of: atom.signal)
            if let group = trendGroups[signal].firstIndex(where: {
                $0.memory == atom.memory && $0.warmUp == atom.warmUp
            }) {
                trendGroups[signal][group].atoms.append(index)
            } else {
                trendGroups[signal].append(
                    TrendGroup(
                        memory: atom.memory, warmUp: atom.warmUp, atoms: [index],
                        meaning: Meaning.digest(
                            "trend \(atom.signal) \(atom.memory) \(atom.warmUp)")))
            }
        }
        return index
    }

    private mutating func number(of signal: String) -> Int {
        let known = signals.insert(Array(signal.utf8).span)
        while signalAtoms.count < signals.count {
            signalAtoms.append([])
            trendGroups.append([])
        }
        // The lexer yields no name longer than the table takes; see RulePackReader.
        return known.map { Int($0.index) } ?? 0
    }

    mutating func add(_ rule: Rule) {
        let index = rules.count
        rules.append(rule)
        for atom in rule.when.drivers.sorted() { rulesDriven[atom].append(index) }
        if rule.until != nil { hasClears = true }
    }
}

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

    static func text(of atom: Atom) -> String {
        switch atom {
        case .code(let atom):
            let count =
                atom.occurrences.map { " \($0.count) times within \($0.withinMilliseconds)" } ?? ""
            return
                "code \(atom.pattern.text) \(atom.status.rawValue) \(atom.ecu?.description ?? "")"
                + " \(atom.countsEachCode)\(count)"
        case .signal(let atom):
            return "signal \(atom.signal) \(atom.comparison.rawValue) \(atom.limit)"
                + " \(atom.holdMilliseconds) \(atom.elapsesInSilence)"
        case .trend(let atom):
            return "trend \(atom.signal) \(atom.method) \(atom.memory) \(atom.warmUp) \(atom.limit)"
        }
    }

    static func text(of condition: Condition, atoms: [Atom]) -> String {
        switch condition {
        case .all(let parts):
            "(" + parts.map { text(of: $0, atoms: atoms) }.joined(separator: " and ") + ")"
        case .any(let parts):
            "(" + parts.map { text(of: $0, atoms: atoms) }.joined(separator: " or ") + ")"
        case .not(let part): "not " + text(of: part, atoms: atoms)
        case .atom(let index): text(of: atoms[index])
        }
    }
}
