import FaultRules
import VehicleFaults

/// The fault codes met so far, each with what the running rules do with it.
///
/// A pattern is matched once for each code, not for each message.
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
    }

    struct Known {
        var key: Key
        /// A range of ``CodeTable/uses``.
        var uses: Range<Int>
        /// Words of the code's group.
        var length: Int
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
    private var numbers: [Key: Int] = [:]
    private let atoms: [(atom: Int, condition: CodeAtom, kept: Int)]

    init(_ program: RuleProgram) {
        var reused: Set<Int> = []
        for rule in program.rules {
            if case .atom = rule.when {} else { reused.formUnion(rule.when.atoms) }
            reused.formUnion(rule.until?.atoms ?? [])
        }
        atoms = program.codeAtoms.compactMap { atom in
            guard case .code(let condition) = program.atoms[atom] else { return nil }
            // The newest occurrence is at hand when it fires; only a condition that asks later
            // needs it stored too.
            let count = condition.occurrences?.count ?? 0
            let kept = reused.contains(atom) ? count : max(0, count - 1)
            return (atom, condition, kept)
        }
    }

    /// How many occurrences of a pattern atom are kept.
    func kept(ofPattern atom: Int) -> Int { atoms.first { $0.atom == atom }?.kept ?? 0 }

    /// The place of a code's use by an atom in ``uses``.
    func use(of number: Int, by atom: Int) -> Int? {
        known[number].uses.first { uses[$0].atom == atom }
    }

    /// The number of a code, given when it is first met.
    mutating func number(of key: Key) -> Int {
        if let number = numbers[key] { return number }
        var length = Place.first
        let first = uses.count
        for (atom, condition, kept) in atoms where condition.pattern.matches(key.code) {
            if let ecu = condition.ecu, ecu != key.ecu { continue }
            var use = Use(
                atom: atom, status: condition.status, countsEachCode: condition.countsEachCode,
                count: condition.occurrences?.count ?? 0,
                within: condition.occurrences?.withinMilliseconds ?? 0, offset: -1, kept: kept)
            if condition.countsEachCode {
                use.offset = length
                length += kept * Self.occurrenceLength
            }
            uses.append(use)
        }
        known.append(Known(key: key, uses: first..<uses.count, length: length))
        numbers[key] = known.count - 1
        return known.count - 1
    }
}
