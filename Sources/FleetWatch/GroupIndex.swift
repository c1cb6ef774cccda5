import FaultRules

/// Where the groups of one lane are, found in one pass when its message is begun.
///
/// A lane under many rules has dozens of groups, and each search for one would pass over half of
/// them. Groups that are added later stand behind all others and are searched for there; one that is
/// taken out moves the others, after which nothing is known any more.
struct GroupIndex: ~Copyable {
    private var pass: UInt32 = 0
    /// Words that the pass has gone over; negative while no lane is known.
    private var end = -1
    /// Groups that the pass has gone over, of those that a list has.
    private var seen = 0
    /// The place of a group above, the pass that found it below: one kind after the other, with room for
    /// equally many of each, a power of two. Of kinds that are keyed by signal, cell, atom, rule or check all
    /// fit.
    private var known: OwnedNumbers<UInt64>
    /// How far a kind's number is shifted to where its part begins, and the bits of what does not fit.
    private let shift: UInt64
    private let beyond: UInt64
    /// Kinds whose numbers all fit, a bit each; others are searched for.
    private static let kept: UInt64 =
        1 << UInt64(LaneMemory.Kind.signal.rawValue) | 1 << UInt64(LaneMemory.Kind.cell.rawValue)
        | 1 << UInt64(LaneMemory.Kind.measure.rawValue)
        | 1 << UInt64(LaneMemory.Kind.episode.rawValue)
        | 1 << UInt64(LaneMemory.Kind.event.rawValue)
        | 1 << UInt64(LaneMemory.Kind.pattern.rawValue)
        | 1 << UInt64(LaneMemory.Kind.silence.rawValue)
        | 1 << UInt64(LaneMemory.Kind.clock.rawValue)
        | 1 << UInt64(LaneMemory.Kind.trip.rawValue)
        | 1 << UInt64(LaneMemory.Kind.trend.rawValue)
        | 1 << UInt64(LaneMemory.Kind.cohort.rawValue)
    /// Signals of which the lane or the message knows a reading.
    var heard = SignalSet()
    /// Measures that the lane remembers something of: a bit for each atom.
    private var remembered: OwnedNumbers<UInt64>
    /// Episodes, in order of birth.
    private(set) var episodes: [(rule: Int, place: Int)] = []

    init(_ program: RuleProgram) {
        let most = max(
            program.signals.count, program.cells.count, program.atoms.count, program.rules.count,
            program.trends.count, 1)
        shift = UInt64(UInt64.bitWidth - (most - 1).leadingZeroBitCount)
        beyond = 0x0FFF_FFFF & ~(1 << shift - 1)
        known = OwnedNumbers(repeating: 0, count: 16 << Int(shift))
        remembered = OwnedNumbers(repeating: 0, count: (1 << Int(shift) + 63) / 64)
    }

    /// Goes over the groups of a lane.
    mutating func begin(_ memory: borrowing LaneMemory) {
        pass &+= 1
        if pass == 0 {
            for index in 0..<known.count { known[index] = 0 }
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
        // Of its own, since each word that is written might else be one of these.
        var note = unsafe Note(
            known: known.start, remembered: remembered.start, pass: UInt64(pass), shift: shift,
            beyond: beyond)
        if let list = unsafe memory.list {
            // The newest stands first.
            var index = list.count &- 1 &- seen
            (seen, end) = (list.count, memory.count)
            while index >= 0 {
                if let episode = note.take(unsafe list[index]) { episodes.append(episode) }
                index &-= 1
            }
        } else {
            var place = end
            while place < memory.count {
                let header = memory[place]
                if LaneMemory.isListed(header) {
                    seen &+= 1
                    let entry = header & ~0xFFFF_FFFF | UInt64(place &+ 1)
                    if let episode = note.take(entry) { episodes.append(episode) }
                }
                place = place &+ 1 &+ LaneMemory.length(header)
            }
            end = place
        }
        heard = heard.union(note.heard)
    }

    /// What a pass over groups writes to.
    @safe private struct Note {
        let known: UnsafeMutablePointer<UInt64>
        let remembered: UnsafeMutablePointer<UInt64>
        let pass: UInt64
        let shift: UInt64
        let beyond: UInt64
        var heard = SignalSet()

        /// Notes a group.
        ///
        /// - Parameter entry: its key, and the place of its content.
        /// - Returns: an episode.
        @inline(__always) mutating func take(_ entry: UInt64) -> (rule: Int, place: Int)? {
            let key = entry &>> 32
            guard key & beyond == 0 else { return nil }
            let (kind, number) = (key &>> 28, key & 0x0FFF_FFFF)
            // Within the tables, whatever the kind: ``beyond`` has said so.
            unsafe known[Int(truncatingIfNeeded: kind &<< shift | number)] = entry &<< 32 | pass
            guard Self.noted &>> kind & 1 != 0 else { return nil }
            if kind == UInt64(LaneMemory.Kind.signal.rawValue) {
                heard.insert(Int(truncatingIfNeeded: number))
            } else if kind == UInt64(LaneMemory.Kind.measure.rawValue) {
                unsafe remembered[Int(truncatingIfNeeded: number &>> 6)] |= 1 &<< (number & 63)
            } else {
                return (
                    Int(truncatingIfNeeded: number), Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)
                )
            }
            return nil
        }

        /// Kinds of which more is noted than the place, a bit each.
        private static let noted: UInt64 =
            1 << UInt64(LaneMemory.Kind.signal.rawValue)
            | 1 << UInt64(LaneMemory.Kind.measure.rawValue)
            | 1 << UInt64(LaneMemory.Kind.episode.rawValue)
    }

    /// Those of 64 atoms that are measures of which the lane remembers something.
    @inline(__always) func remembered(_ word: Int) -> UInt64 { remembered[word] }

    @inline(__always) func remembers(_ atom: Int) -> Bool {
        remembered[atom &>> 6] &>> UInt64(truncatingIfNeeded: atom & 63) & 1 != 0
    }

    /// Knows of no lane any more.
    mutating func forget() { end = -1 }

    /// Whether all groups of the lane have been gone over.
    func isWhole(_ memory: borrowing LaneMemory) -> Bool { end == memory.count }

    /// The place after the header of a group of the lane.
    @inline(__always) func find(
        _ kind: LaneMemory.Kind, _ number: Int, in memory: borrowing LaneMemory
    ) -> Int? {
        let (kind, number) = (UInt64(kind.rawValue), UInt64(truncatingIfNeeded: number))
        guard end >= 0, Self.kept &>> kind & 1 != 0 else {
            return memory.find(UInt32(truncatingIfNeeded: kind &<< 28 | number))
        }
        let found = known[Int(truncatingIfNeeded: kind &<< shift | number)]
        if found & 0xFFFF_FFFF == UInt64(pass) {
            return Int(truncatingIfNeeded: found &>> 32)
        }
        return end < memory.count
            ? memory.find(UInt32(truncatingIfNeeded: kind &<< 28 | number), after: end) : nil
    }
}
