/// Which measures can be true at all where some signals are known: a bit for each atom.
///
/// A vehicle sends few of the signals that a rule pack knows, and most vehicles of a fleet send the same,
/// so what was found for one set of signals is kept for the next message.
struct PossibleMeasures: ~Copyable {
    private static let kept = 16
    private var sets = InlineArray<16, SignalSet>(repeating: SignalSet())
    private var isKnown = InlineArray<16, Bool>(repeating: false)
    private var bits: OwnedNumbers<UInt64>
    private let words: Int
    /// Where the bits of the set begin that was asked for last.
    private var start = 0

    /// - Parameter atoms: how many the program has.
    init(atoms: Int) {
        words = (atoms + 63) / 64
        bits = OwnedNumbers(repeating: 0, count: words * Self.kept)
    }

    /// Asks for a set of signals.
    @inline(__always) mutating func choose(
        _ signals: SignalSet, of measures: ContiguousArray<MeasureTable.Measure>
    ) {
        let place = signals.mixed
        start = place &* words
        if !isKnown[place] || sets[place] != signals { find(signals, place, measures) }
    }

    @inline(never) private mutating func find(
        _ signals: SignalSet, _ place: Int, _ measures: ContiguousArray<MeasureTable.Measure>
    ) {
        (sets[place], isKnown[place]) = (signals, true)
        for word in 0..<words { bits[start + word] = 0 }
        for measure in measures where measure.needs.isSubset(of: signals) {
            bits[start + measure.atom / 64] |= 1 << UInt64(measure.atom % 64)
        }
    }

    /// Those of 64 atoms.
    @inline(__always) subscript(word: Int) -> UInt64 { bits[start &+ word] }
}
