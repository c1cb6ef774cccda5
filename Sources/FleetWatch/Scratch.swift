import FaultRules
import VehicleFaults

/// What a message says, while it is applied: by signal, and which measures it touches.
struct Scratch: ~Copyable {
    /// Whose message it is.
    var vehicle: VehicleID?
    private var generation: UInt32 = 0
    private var marks: OwnedNumbers<UInt32>
    private var values: OwnedNumbers<Double>
    private var cellMarks: OwnedNumbers<UInt32>
    /// A bit for each atom that is to be looked at, and the words between which there are some.
    private var touched: OwnedNumbers<UInt64>
    private var monthDay = Int64.min
    private var month = 0.0
    var possible: PossibleMeasures
    /// Where the groups of the message's lane are.
    var groups: GroupIndex
    /// What may be an event for counts and pairs, which settle it after the message.
    var events: [LaneEvent] = []
    /// What has become true, for the rules to look at after the message.
    var news: [LaneNews] = []
    /// What the message says of when codes were cleared.
    var clears = ClearSigns()

    /// Codes that the message tells of as past, without the vehicle having told of them before.
    var pastCodes = 0
    /// Whether codes were cleared with a tool.
    var wereCleared = false

    init(_ program: RuleProgram) {
        marks = OwnedNumbers(repeating: 0, count: program.signals.count)
        values = OwnedNumbers(repeating: 0, count: program.signals.count)
        cellMarks = OwnedNumbers(repeating: 0, count: program.cells.count)
        touched = OwnedNumbers(repeating: 0, count: (program.atoms.count + 63) / 64)
        possible = PossibleMeasures(atoms: program.atoms.count)
        groups = GroupIndex(program)
    }

    /// Codes of the past that come at once when connectors are pulled and supplies switched off; a
    /// vehicle on the road has seldom more than one or two.
    private static let burst = 3

    /// Whether the message gives away that somebody worked on the vehicle.
    @inline(__always) mutating func takeVisit() -> Bool {
        guard pastCodes > 0 || wereCleared else { return false }
        defer { (pastCodes, wereCleared) = (0, false) }
        return wereCleared || pastCodes >= Self.burst
    }

    mutating func begin() {
        generation &+= 1
        for word in 0..<touched.count { touched[word] = 0 }
    }

    @inline(__always) mutating func say(_ signal: Int, _ value: Double) {
        marks[signal] = generation
        values[signal] = value
        groups.heard.insert(signal)
    }

    /// What the message says of a signal, if it does.
    @inline(__always) func value(_ signal: Int) -> Double? {
        says(signal) ? values[signal] : nil
    }

    @inline(__always) func says(_ signal: Int) -> Bool {
        generation > 0 && marks[signal] == generation
    }

    /// Takes a set of atoms among those that are to be looked at.
    @inline(__always) mutating func touch(
        _ atoms: MeasureTable.Touch, of words: borrowing ContiguousArray<UInt64>
    ) {
        var word = Int(atoms.word)
        for index in Int(atoms.bits.lowerBound)..<Int(atoms.bits.upperBound) {
            touched[word] |= words[index]
            word &+= 1
        }
    }

    @inline(__always) mutating func touch(_ atom: Int) {
        touched[atom &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: atom & 63)
    }

    /// The month of a day, counted from 1970; worked out once for messages of one day.
    @inline(__always) mutating func noteMonth(at time: Int64) {
        let day = Self.day(of: time)
        guard day != monthDay else { return }
        monthDay = day
        month = Double(EventTime.date(fromDays: Int(day)).month)
    }

    /// 1 to 12.
    func month(at time: Int64) -> Double {
        let day = Self.day(of: time)
        return day == monthDay ? month : Double(EventTime.date(fromDays: Int(day)).month)
    }

    @inline(__always) private static func day(of time: Int64) -> Int64 {
        time.floored(dividedBy: 86_400_000)
    }

    /// Whether this is the first time that the cell is met for this message.
    @inline(__always) mutating func isFirst(cell: Int) -> Bool {
        guard cellMarks[cell] != generation else { return false }
        cellMarks[cell] = generation
        return true
    }

    /// Words of ``takeTouched(_:)``.
    var touchedWords: Int { touched.count }

    /// Takes those of 64 atoms that are to be looked at.
    @inline(__always) mutating func takeTouched(_ word: Int) -> UInt64 {
        let bits = touched[word]
        if bits != 0 { touched[word] = 0 }
        return bits
    }
}
