import FaultRules

/// Where the groups of one lane are, found in one pass when its message is begun.
///
/// A lane under many rules has dozens of groups, and each search for one would pass over half of
/// them. Groups that are added later stand behind all others and are searched for there; one that is
/// taken out moves the others, after which nothing is known any more.
struct GroupIndex: ~Copyable {
    /// A group of the lane; not private, since the debugger's build asks for it elsewhere.
    struct Known: BitwiseCopyable {
        var pass: UInt32 = 0
        var place: Int32 = 0
    }

    private var pass: UInt32 = 0
    /// Words that the pass has gone over; negative while no lane is known.
    private var end = -1
    /// Groups that the pass has gone over.
    private var seen = 0
    /// Kinds that are keyed by signal, cell, atom, rule and check, one after the other.
    private var known: OwnedNumbers<Known>
    /// Where the numbers of each kind begin in ``known``, and how many there are; 0 for kinds that
    /// are searched for.
    private let bases: InlineArray<16, Int32>
    private let counts: InlineArray<16, Int32>
    /// Signals of which the lane or the message knows a reading.
    var heard = SignalSet()
    /// Measures that the lane remembers something of: a bit for each atom.
    private var remembered: OwnedNumbers<UInt64>
    /// Episodes, in order of birth.
    private(set) var episodes: [(rule: Int, place: Int)] = []

    init(_ program: RuleProgram) {
        var bases = InlineArray<16, Int32>(repeating: 0)
        var counts = bases
        var size = 0
        let sizes: [(LaneMemory.Kind, Int)] = [
            (.signal, program.signals.count), (.cell, program.cells.count),
            (.measure, program.atoms.count), (.event, program.atoms.count),
            (.pattern, program.atoms.count), (.silence, program.atoms.count),
            (.episode, program.rules.count), (.clock, 1), (.trip, 1),
            (.trend, program.trends.count), (.cohort, 1),
        ]
        for (kind, count) in sizes {
            bases[Int(kind.rawValue)] = Int32(size)
            counts[Int(kind.rawValue)] = Int32(count)
            size += count
        }
        (self.bases, self.counts) = (bases, counts)
        known = OwnedNumbers(repeating: Known(), count: size)
        remembered = OwnedNumbers(repeating: 0, count: (program.atoms.count + 63) / 64)
    }

    /// Goes over the groups of a lane.
    mutating func begin(_ memory: borrowing LaneMemory) {
        pass &+= 1
        if pass == 0 {
            for index in 0..<known.count { known[index] = Known() }
            pass = 1
        }
        end = 0
        seen = 0
        heard = SignalSet()
        for word in 0..<remembered.count { remembered[word] = 0 }
        episodes.removeAll(keepingCapacity: true)
        goOn(memory)
    }

    /// Goes over the groups that were added since.
    mutating func goOn(_ memory: borrowing LaneMemory) {
        guard end >= 0, end < memory.count else { return }
        let start = unsafe known.start
        if let list = unsafe memory.list {
            // The newest stands first.
            var index = list.count &- 1 &- seen
            (seen, end) = (list.count, memory.count)
            while index >= 0 {
                unsafe take(list[index], start)
                index &-= 1
            }
            return
        }
        var place = end
        while place < memory.count {
            let header = memory[place]
            unsafe take(header & ~0xFFFF_FFFF | UInt64(place &+ 1), start)
            seen &+= 1
            place = place &+ 1 &+ Int(truncatingIfNeeded: header & 0xFFFF_FFFF)
        }
        end = place
    }

    /// Kinds of which more is noted than the place, a bit each.
    private static let noted: UInt64 =
        1 << UInt64(LaneMemory.Kind.signal.rawValue) | 1 << UInt64(LaneMemory.Kind.measure.rawValue)
        | 1 << UInt64(LaneMemory.Kind.episode.rawValue)

    /// Notes a group.
    ///
    /// - Parameters:
    ///   - entry: its key, and the place of its content.
    ///   - start: of ``known``, which would be looked up again for each group.
    @inline(__always) private mutating func take(
        _ entry: UInt64, _ start: UnsafeMutablePointer<Known>
    ) {
        let kind = Int(truncatingIfNeeded: entry &>> 60)
        let number = Int(truncatingIfNeeded: entry &>> 32) & 0x0FFF_FFFF
        guard number < Int(counts[kind]) else { return }
        let place = Int32(truncatingIfNeeded: entry)
        unsafe start[Int(bases[kind]) &+ number] = Known(pass: pass, place: place)
        if Self.noted &>> UInt64(kind) & 1 != 0 { note(kind, number, Int(place)) }
    }

    private mutating func note(_ kind: Int, _ number: Int, _ place: Int) {
        if kind == Int(LaneMemory.Kind.signal.rawValue) {
            heard.insert(number)
        } else if kind == Int(LaneMemory.Kind.measure.rawValue) {
            remembered[number &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: number & 63)
        } else if kind == Int(LaneMemory.Kind.episode.rawValue) {
            episodes.append((number, place))
        }
    }

    /// Those of 64 atoms that are measures of which the lane remembers something.
    @inline(__always) func remembered(_ word: Int) -> UInt64 { remembered[word] }

    /// Knows of no lane any more.
    mutating func forget() { end = -1 }

    /// Whether all groups of the lane have been gone over.
    func isWhole(_ memory: borrowing LaneMemory) -> Bool { end == memory.count }

    /// The place after the header of a group of the lane.
    @inline(__always) func find(
        _ kind: LaneMemory.Kind, _ number: Int, in memory: borrowing LaneMemory
    ) -> Int? {
        let index = Int(kind.rawValue)
        guard end >= 0, number < Int(counts[index]) else {
            return memory.find(LaneMemory.key(kind, number))
        }
        let found = known[Int(bases[index]) &+ number]
        if found.pass == pass { return Int(found.place) }
        return end < memory.count
            ? memory.find(LaneMemory.key(kind, number), after: end) : nil
    }
}
