import FaultRules

/// Which parts of conditions held after some message, and which did not; for tools that ask how much
/// of a rule a recording exercises.
public struct AtomSightings: Hashable, Sendable {
    /// For each atom of the program, whether it held after some message.
    public private(set) var wasTrue: [Bool]
    /// For each atom, whether it did not hold after some message.
    public private(set) var wasFalse: [Bool]
    /// Atoms that have become true since the last look.
    private var pulses: Set<Int> = []

    init(count: Int) {
        wasTrue = Array(repeating: false, count: count)
        wasFalse = wasTrue
    }

    /// Notes that an atom has become true, if only for a moment.
    mutating func pulse(_ atom: Int) {
        wasTrue[atom] = true
        pulses.insert(atom)
    }

    mutating func look(_ holds: (Int) -> Bool) {
        for atom in wasTrue.indices where !pulses.contains(atom) {
            if holds(atom) { wasTrue[atom] = true } else { wasFalse[atom] = true }
        }
        pulses.removeAll(keepingCapacity: true)
    }

    /// Adds what was seen elsewhere with the same program.
    public mutating func add(_ other: AtomSightings) {
        precondition(other.wasTrue.count == wasTrue.count, "sightings of one program are added")
        for atom in wasTrue.indices {
            if other.wasTrue[atom] { wasTrue[atom] = true }
            if other.wasFalse[atom] { wasFalse[atom] = true }
        }
    }
}

extension LaneEngine {
    /// Looks at every atom after a report was applied.
    mutating func lookAtAtoms(at moment: Moment, lane: borrowing Lane) {
        guard var seen = sightings else { return }
        sightings = nil
        seen.look { holds($0, at: moment.at, lane: lane) }
        sightings = seen
    }
}
