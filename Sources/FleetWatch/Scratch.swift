import FaultRules

/// What a message says, while it is applied: by signal, and which measures it touches.
struct Scratch {
    private var generation: UInt32 = 0
    private var marks: ContiguousArray<UInt32> = []
    private var values: ContiguousArray<Double> = []
    private var cellMarks: ContiguousArray<UInt32> = []
    /// A bit for each atom that is to be looked at, and the words between which there are some.
    private var touched: ContiguousArray<UInt64> = []
    /// Where the groups of the message's lane are.
    var groups: GroupIndex
    /// What may be an event for counts and pairs, which settle it after the message.
    var events: [LaneEvent] = []
    /// What has become true, for the rules to look at after the message.
    var news: [LaneNews] = []
    /// What the message says of when codes were cleared.
    var clears = ClearSigns()

    init(_ program: RuleProgram) {
        marks = ContiguousArray(repeating: 0, count: program.signals.count)
        values = ContiguousArray(repeating: 0, count: program.signals.count)
        cellMarks = ContiguousArray(repeating: 0, count: program.cells.count)
        touched = ContiguousArray(repeating: 0, count: (program.atoms.count + 63) / 64)
        groups = GroupIndex(program)
    }

    mutating func begin() {
        generation &+= 1
        for word in touched.indices { touched[word] = 0 }
    }

    @inline(__always) mutating func say(_ signal: Int, _ value: Double) {
        marks[signal] = generation
        values[signal] = value
    }

    /// What the message says of a signal, if it does.
    @inline(__always) func value(_ signal: Int) -> Double? {
        says(signal) ? values[signal] : nil
    }

    @inline(__always) func says(_ signal: Int) -> Bool {
        generation > 0 && marks[signal] == generation
    }

    @inline(__always) mutating func touch(_ atom: Int) {
        touched[atom &>> 6] |= 1 &<< UInt64(atom & 63)
    }

    /// Whether this is the first time that the cell is met for this message.
    @inline(__always) mutating func isFirst(cell: Int) -> Bool {
        guard cellMarks[cell] != generation else { return false }
        cellMarks[cell] = generation
        return true
    }

    /// Takes the next atom that is to be looked at, in the order of the program.
    ///
    /// - Parameter word: where to go on, 0 at first.
    @inline(__always) mutating func takeTouched(_ word: inout Int) -> Int? {
        while word < touched.count {
            let bits = touched[word]
            guard bits == 0 else {
                touched[word] = bits & (bits &- 1)
                return word &<< 6 | bits.trailingZeroBitCount
            }
            word &+= 1
        }
        return nil
    }
}
