import FaultRules
import VehicleFaults

/// The fault codes that lanes remember, each with what the running rules do with it.
///
/// A pattern is matched once for each code, not for each message. A code that no lane remembers any
/// more is forgotten and its number given to another, since senders can invent codes without end.
struct CodeTable {
    /// A code as one control unit reports it.
    struct Key: Hashable {
        var code: FaultCode
        var ecu: ShortText
    }

    /// An atom that matches a code, as plain numbers: it is read for every sighting.
    struct Use {
        var atom: Int
        /// At least one of these must be seen; empty accepts every status but `cleared`.
        var status: FaultStatus
        var countsEachCode: Bool
        /// How often it must be seen, and within how many milliseconds; 0 asks for presence.
        var count: Int
        var within: Int64
        /// Offset of the occurrences within the code's group; -1 when they are kept elsewhere.
        var offset: Int
        /// How many occurrences are kept.
        var kept: Int
        /// The place of the atom's wishes in ``CodeTable/wishes`` when it has more than a status and
        /// a count within a time; else -1.
        var wish = -1
        /// Offset of the word that says whether the newest sighting brought all that is asked of
        /// it; -1 when nothing more is asked.
        var flag = -1
    }

    /// What an atom asks for besides status, and how it counts.
    struct Wish {
        var qualifier: Qualifier?
        /// The signals of the freeze frame, in the order of the qualifier.
        var frozen: [SignalID]
        /// `nil` when it counts times within a time, or nothing.
        var count: CodeAtom.Occurrences?
    }

    struct Known {
        var key: Key
        /// A range of ``CodeTable/uses``.
        var uses: Range<Int>
        /// Words of the code's group.
        var length: Int
        /// Offset of the words that count how often it came and went; -1 when no rule asks for it.
        var flaps: Int
        /// A range of ``CodeTable/parts``.
        var parts: Range<Int>
        /// Lanes that remember it.
        var lanes = 0
    }

    /// Words of a code's group behind its head, and the digest of what they mean.
    struct Part {
        var meaning: UInt64
        var offset: Int
        var length: Int

        /// Marks the digest of an atom's count apart from that of whether a sighting brought all that
        /// it asks for.
        static let flagMark: UInt64 = 0xF1A6_0000_0000_0001
        /// The digest of how often a code came and went, which means the same to all rules.
        static let flapMeaning: UInt64 = 0xF1A9_0000_0000_0002
    }

    /// Content offsets within a code's group.
    enum Place {
        /// Bits 0-7 status, bit 8 present, bits 32-63 occurrence count.
        static let state = 0
        static let lastTime = 1
        static let lastPosition = 2
        static let first = 3
        static let present: UInt64 = 1 << 8
    }

    /// Words of one kept occurrence in a code's group: time; position and status.
    static let occurrenceLength = 2
    /// Words of one kept occurrence of a pattern: time; position and status; scheme; two of code.
    static let patternLength = 5

    private(set) var known: ContiguousArray<Known> = []
    private(set) var uses: ContiguousArray<Use> = []
    private(set) var parts: ContiguousArray<Part> = []
    private let atomMeanings: [UInt64]
    private var numbers: [Key: Int] = [:]
    /// Numbers that nobody has.
    private var free: [Int] = []
    /// What was worked out for one of the codes that the same atoms match.
    private var layouts: [[Int]: Known] = [:]
    private let atoms: [(atom: Int, condition: CodeAtom, kept: Int)]
    private(set) var wishes: [Wish] = []
    /// For each atom of ``atoms``, its wish.
    private var wishPlaces: [Int: Int] = [:]

    init(_ program: RuleProgram) {
        atomMeanings = program.atomMeanings
        var reused: Set<Int> = []
        for rule in program.rules {
            if case .atom = rule.when {} else { reused.formUnion(rule.when.atoms) }
            reused.formUnion(rule.until?.atoms ?? [])
        }
        for condition in program.atoms.flatMap(\.conditions) {
            if case .atom = condition {} else { reused.formUnion(condition.atoms) }
        }
        atoms = program.codeAtoms.compactMap { atom in
            guard case .code(let condition) = program.atoms[atom] else { return nil }
            // The newest occurrence is at hand when it fires; only a condition that asks later
            // needs it stored too.
            let count = condition.occurrences?.count ?? 0
            let isPlain = condition.occurrences?.isPlain ?? true
            let kept = reused.contains(atom) || !isPlain ? count : max(0, count - 1)
            return (atom, condition, kept)
        }
        for (atom, condition, _) in atoms {
            let isPlain = condition.occurrences?.isPlain ?? true
            guard condition.qualifier != nil || !isPlain else { continue }
            wishPlaces[atom] = wishes.count
            wishes.append(
                Wish(
                    qualifier: condition.qualifier,
                    frozen: (condition.qualifier?.freeze ?? []).compactMap {
                        program.signals.find($0.signal)
                    }, count: isPlain ? nil : condition.occurrences))
        }
    }

    /// How many occurrences of a pattern atom are kept.
    func kept(ofPattern atom: Int) -> Int { atoms.first { $0.atom == atom }?.kept ?? 0 }

    /// Words of what a pattern atom keeps.
    func words(ofPattern atom: Int) -> Int {
        let counts = wishPlaces[atom].map { wishes[$0].count != nil } ?? false
        return kept(ofPattern: atom) * (counts ? StateWords.fullEvent : Self.patternLength)
    }

    /// The place of a code's use by an atom in ``uses``.
    func use(of number: Int, by atom: Int) -> Int? {
        known[number].uses.first { uses[$0].atom == atom }
    }

    /// Codes that have a number.
    var count: Int { numbers.count }

    /// The number of a code, given when it is first met; good for as long as a lane holds it.
    mutating func number(of key: Key) -> Int {
        if let number = numbers[key] { return number }
        var code = layout(of: key)
        code.key = key
        let number = free.popLast() ?? known.count
        if number < known.count { known[number] = code } else { known.append(code) }
        numbers[key] = number
        return number
    }

    /// Notes that a lane remembers a code.
    mutating func hold(_ number: Int) { known[number].lanes += 1 }

    /// Notes that a lane has forgotten a code.
    mutating func letGo(_ number: Int) {
        known[number].lanes -= 1
        guard known[number].lanes == 0 else { return }
        numbers[known[number].key] = nil
        free.append(number)
    }

    /// Where the words of a code lie, worked out once for all that the same atoms match.
    private mutating func layout(of key: Key) -> Known {
        let matching = atoms.filter { _, condition, _ in
            condition.pattern.matches(key.code) && (condition.ecu ?? key.ecu) == key.ecu
        }
        if let layout = layouts[matching.map(\.atom)] { return layout }
        var length = Place.first
        let (first, firstPart) = (uses.count, parts.count)
        for (atom, condition, kept) in matching {
            var use = Use(
                atom: atom, status: condition.status, countsEachCode: condition.countsEachCode,
                count: condition.occurrences?.count ?? 0,
                within: condition.occurrences?.withinMilliseconds ?? 0, offset: -1, kept: kept)
            use.wish = wishPlaces[atom] ?? -1
            let counts = use.wish >= 0 && wishes[use.wish].count != nil
            if condition.countsEachCode {
                use.offset = length
                let size = kept * (counts ? StateWords.event : Self.occurrenceLength)
                parts.append(Part(meaning: atomMeanings[atom], offset: length, length: size))
                length += size
            }
            if condition.qualifier != nil {
                use.flag = length
                parts.append(
                    Part(meaning: atomMeanings[atom] ^ Part.flagMark, offset: length, length: 1))
                length += 1
            }
            uses.append(use)
        }
        let flaps = uses.count > first ? length : -1
        if flaps >= 0 {
            parts.append(
                Part(meaning: Part.flapMeaning, offset: length, length: StateWords.flaps))
            length += StateWords.flaps
        }
        let layout = Known(
            key: key, uses: first..<uses.count, length: length, flaps: flaps,
            parts: firstPart..<parts.count)
        layouts[matching.map(\.atom)] = layout
        return layout
    }
}
