import MemoryHints

/// A lane's state as groups of 64-bit words: a header word (key, a small number of the group's own,
/// length), then the content. What is in a group is decided by its kind and the layout of the running
/// rules.
///
/// The words lie in memory that this value alone owns. In an array, each word that is written would
/// cost a look at the array's reference count, and a lane writes some thirty words a message. Safe,
/// because it cannot be copied and every place is checked against the count.
@safe struct LaneMemory: ~Copyable {
    enum Kind: UInt32 {
        case dead = 0
        /// A signal that rules speak of; keyed by signal.
        case signal = 1
        /// A fault code seen on this vehicle; keyed by the shard's number for it.
        case code = 2
        /// Occurrences counted over all codes of a pattern; keyed by atom.
        case pattern = 3
        /// A rule with a clear condition that has been raised; keyed by rule.
        case episode = 4
        /// Digests of recent messages; its own number is the next place among them.
        case recent = 5
        /// What is remembered of a signal for measures; keyed by cell.
        case cell = 6
        /// Whether and since when a measure holds; keyed by atom.
        case measure = 7
        /// Events of a count or pair; keyed by atom.
        case event = 8
        /// Whether a silence lasts; keyed by atom.
        case silence = 9
        /// Distance and engine hours.
        case clock = 10
        case trip = 11
        /// What a statistical check remembers; keyed by check.
        case trend = 12
        /// What tells that fault codes were cleared with a tool.
        case clears = 13
        /// What the vehicle has added to what the fleet gathers of signals, one after the other.
        case cohort = 14
        /// The signals that only charts read, while all were read by the same messages.
        case together = 15
    }

    /// Bits of a header that say how long the group is; of the twelve above, which may be anything that
    /// fits; above those is the key.
    private static let lengthBits: UInt64 = 0xF_FFFF

    /// Words of the content of the group that this header begins.
    @inline(__always) static func length(_ header: UInt64) -> Int {
        Int(truncatingIfNeeded: header & lengthBits)
    }

    /// A header with another number of the group's own, of at most twelve bits.
    @inline(__always) static func header(_ header: UInt64, own number: Int) -> UInt64 {
        header & ~(0xFFF << 20) | UInt64(truncatingIfNeeded: number & 0xFFF) &<< 20
    }

    /// The number of its own of the group that this header begins.
    @inline(__always) static func own(_ header: UInt64) -> Int {
        Int(truncatingIfNeeded: header &>> 20 & 0xFFF)
    }

    private var base: UnsafeMutablePointer<UInt64>
    private var used: Int32 = 0
    /// Words that may be used, in the low 24 bits; above, which words of ``Seldom`` lie before them.
    private var room: UInt32
    private static let mostWords = 1 << 24

    private var capacity: Int { @inline(__always) get { Int(room & 0xFF_FFFF) } }
    /// A bit for each word of ``Seldom`` that is there.
    var seldom: UInt32 { @inline(__always) get { room &>> 24 } }
    /// The lane's words, of which those of ``Seldom`` lie in front.
    @unsafe var front: UnsafeMutablePointer<UInt64> { @inline(__always) get { unsafe base } }

    // A lane of many groups keeps a list of them at the end of its room, where a walk over the groups
    // need not wait for the header of one to find the next: how many there are in the last word, and
    // before it, from the back, a word for each: its key, and the place of its content. Codes, of which
    // there may be many, are left out: they are searched for.

    /// Lanes with less room than this are walked.
    private static let leastListed = 128
    private var isListed: Bool { capacity >= Self.leastListed }
    /// Words that the list takes.
    private var listed: Int {
        isListed ? unsafe Int(truncatingIfNeeded: base[capacity - 1]) + 1 : 0
    }

    /// No words, with room for `words` before they must be moved.
    init(room words: Int) {
        let words = Self.full(max(words, Self.lookedAt), behind: 0)
        unsafe base = Self.zeros(words)
        room = UInt32(truncatingIfNeeded: words)
    }

    deinit {
        guard seldom != 0 else {
            unsafe base.deallocate()
            return
        }
        closeWaitingRoom()
        unsafe (base - seldom.nonzeroBitCount).deallocate()
    }

    /// As many words or one more: an odd number, with those before them, and the allocator's own one
    /// fill what it hands out.
    private static func full(_ words: Int, behind front: Int) -> Int {
        let words = (words + front | 1) - front
        precondition(words < mostWords, "a lane of more than 16 million words")
        return words
    }

    @unsafe private static func zeros(_ words: Int) -> UnsafeMutablePointer<UInt64> {
        let base = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
        unsafe base.initialize(repeating: 0, count: words)
        return unsafe base
    }

    /// Moves all words to where there is room for so many, and for one more in front.
    private mutating func move(room words: Int, adding word: Seldom? = nil) {
        let (old, new) = (seldom, seldom | (word.map { 1 << $0.rawValue } ?? 0))
        let front = new.nonzeroBitCount
        var words = Self.full(max(words, Self.lookedAt), behind: front)
        if words >= Self.leastListed {
            words = Self.full(max(words, count + groupCount + 1), behind: front)
        }
        let start = unsafe Self.zeros(front + words)
        let moved = unsafe start + front
        unsafe moved.update(from: base, count: count)
        var (source, target) = (0, 0)
        for bit in 0..<UInt32(8) where new >> bit & 1 != 0 {
            target -= 1
            guard old >> bit & 1 != 0 else { continue }
            source -= 1
            unsafe moved[target] = base[source]
        }
        unsafe (base - old.nonzeroBitCount).deallocate()
        unsafe base = moved
        room = new << 24 | UInt32(truncatingIfNeeded: words)
        listAll()
    }

    /// Makes room in front for a word that was not needed before; it is 0.
    @inline(never) mutating func makeRoom(for word: Seldom) { move(room: capacity, adding: word) }

    /// Words in all groups, headers included.
    var count: Int { Int(used) }

    /// The room of a lane of many groups, 512 words at most; 0 for one of few, which grows by what is needed.
    var roomOfMany: Int { isListed ? min(capacity, 512) : 0 }

    subscript(place: Int) -> UInt64 {
        @inline(__always) get {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "no such word")
            return unsafe base[place]
        }
        @inline(__always) set {
            precondition(UInt(bitPattern: place) < UInt(bitPattern: count), "no such word")
            unsafe base[place] = newValue
        }
    }

    @inline(__always) func double(_ place: Int) -> Double { Double(bitPattern: self[place]) }
    @inline(__always) mutating func set(_ place: Int, _ value: Double) {
        self[place] = value.bitPattern
    }
    @inline(__always) func integer(_ place: Int) -> Int64 { Int64(bitPattern: self[place]) }
    @inline(__always) mutating func set(_ place: Int, _ value: Int64) {
        self[place] = UInt64(bitPattern: value)
    }

    /// The words of one check, from a place on, where they are: read and written one by one they would
    /// cost as much as most checks, and as a copy as much as those that have little to do.
    subscript(check place: Int) -> InlineArray<11, UInt64> {
        @inline(__always) get { unsafe check(at: place).pointee }
        @inline(__always) _modify { yield unsafe &check(at: place).pointee }
    }

    @unsafe @inline(__always) private func check(at place: Int) -> UnsafeMutablePointer<
        InlineArray<11, UInt64>
    > {
        precondition(place >= 0 && place <= count - TrendWork.words, "no such words")
        return unsafe UnsafeMutableRawPointer(base + place).assumingMemoryBound(
            to: InlineArray<11, UInt64>.self)
    }

    /// Writes words from a place on.
    mutating func set(_ place: Int, _ words: some Sequence<UInt64>) {
        for (index, word) in words.enumerated() { self[place + index] = word }
    }

    /// Words of which ``touch()`` reads some: what the lanes of a few signals and codes need.
    private static let lookedAt = 25

    /// Reads a word of each of the first cache lines, so that the work that follows finds them near.
    ///
    /// No branch depends on a word or on the count, because a wrong guess would wait for memory.
    ///
    /// - Returns: something to be kept, lest the compiler see that nothing is done with the words.
    @inline(__always) func touch() -> UInt64 {
        unsafe base[0] | base[8] | base[16] | base[24]
    }

    /// Asks for the words that ``touch()`` reads and those between, and does not wait for them.
    @inline(__always) func hint() {
        let start = unsafe UnsafeRawPointer(base)
        unsafe memory_hint(start)
        unsafe memory_hint(start + 64)
        unsafe memory_hint(start + 128)
        unsafe memory_hint(start + 192)
        unsafe memory_hint(start + 224)
    }

    /// Asks for all words of a lane of many groups; the few of others are read by ``touch()``.
    @inline(__always) func hintAll() {
        guard isListed else { return }
        let start = unsafe UnsafeRawPointer(base)
        var line = 0
        while line < capacity &* 8 {
            unsafe memory_hint(start + line)
            line &+= 64
        }
    }

    /// The words of a group, checked once for all of them; good until a group is added.
    @unsafe @inline(__always) func words(at place: Int, length: Int) -> UnsafeMutablePointer<UInt64>
    {
        precondition(
            place >= 0 && length >= 0 && place &+ length <= count, "no such words")
        return unsafe base + place
    }

    // MARK: - Groups

    @inline(__always) static func key(_ kind: Kind, _ number: Int) -> UInt32 {
        kind.rawValue << 28 | UInt32(truncatingIfNeeded: number) & 0x0FFF_FFFF
    }

    /// The place after the header of the group with this key, searched from `hint` round to it.
    @inline(__always) func find(_ key: UInt32, from hint: Int = 0) -> Int? {
        var place = hint
        while place < count {
            let header = self[place]
            if UInt32(truncatingIfNeeded: header >> 32) == key { return place &+ 1 }
            place = place &+ 1 &+ Self.length(header)
        }
        place = 0
        while place < hint {
            let header = self[place]
            if UInt32(truncatingIfNeeded: header >> 32) == key { return place &+ 1 }
            place = place &+ 1 &+ Self.length(header)
        }
        return nil
    }

    /// The place after the header of the group with this key, of those that begin at a place or later.
    func find(_ key: UInt32, after start: Int) -> Int? {
        var place = start
        while place < count {
            let header = self[place]
            if UInt32(truncatingIfNeeded: header >> 32) == key { return place &+ 1 }
            place = place &+ 1 &+ Self.length(header)
        }
        return nil
    }

    /// As ``find(_:from:)``, by the list where there is one, for all but codes.
    func findListed(_ key: UInt32) -> Int? {
        guard let list = unsafe list else { return find(key) }
        let entries = unsafe list.span
        for index in entries.indices
        where UInt32(truncatingIfNeeded: entries[index] &>> 32) == key {
            return Int(truncatingIfNeeded: entries[index] & 0xFFFF_FFFF)
        }
        return nil
    }

    /// Adds a group of zeros and returns the place after its header.
    @inline(never) mutating func add(_ key: UInt32, length: Int) -> Int {
        precondition(length >> 20 == 0, "a group of more than a million words")
        let place = count
        if place + 1 + length + listed + 1 > capacity { grow(to: place + 1 + length) }
        // Words that were never used are zero.
        used += Int32(1 + length)
        self[place] = UInt64(key) << 32 | UInt64(length)
        if isListed { list(key, place + 1) }
        return place + 1
    }

    /// Doubling would waste half the memory of a fleet, so a small lane grows by what is needed. Of a
    /// large one, which has many groups still to come, not all are moved for each.
    private mutating func grow(to needed: Int) {
        var room = needed
        if needed >= Self.leastListed - 28 { room += needed / 8 + groupCount + 8 }
        move(room: room)
    }

    /// Groups, the dead among them.
    private var groupCount: Int {
        var (place, result) = (0, 0)
        while place < count {
            place += 1 + Self.length(self[place])
            result += 1
        }
        return result
    }

    /// Whether a group with this header stands in lists.
    @inline(__always) static func isListed(_ header: UInt64) -> Bool {
        header &>> 60 != UInt64(Kind.code.rawValue)
    }

    /// Adds a group to the list, for which there is room.
    private mutating func list(_ key: UInt32, _ place: Int) {
        guard Self.isListed(UInt64(key) << 32) else { return }
        let last = capacity - 1
        unsafe base[last] += 1
        unsafe base[last - Int(truncatingIfNeeded: base[last])] = UInt64(key) << 32 | UInt64(place)
    }

    /// Makes the list anew; the words between those in use and the list are zero afterwards.
    private mutating func listAll() {
        guard isListed else { return }
        unsafe (base + count).update(repeating: 0, count: capacity - count)
        var place = 0
        while place < count {
            let header = self[place]
            list(UInt32(truncatingIfNeeded: header >> 32), place + 1)
            place += 1 + Self.length(header)
        }
    }

    /// The list of groups, newest first; `nil` for a lane that is walked.
    @unsafe @inline(__always) var list: UnsafeBufferPointer<UInt64>? {
        guard isListed else { return nil }
        let groups = listed - 1
        return unsafe UnsafeBufferPointer(
            start: base + (capacity - 1 - groups), count: groups)
    }

    /// The length of the group whose content begins at `place`.
    func length(at place: Int) -> Int { Self.length(self[place - 1]) }

    /// The number of its own of the group whose content begins at `place`: 0 at first, at most 4095.
    subscript(own place: Int) -> Int {
        get { Self.own(self[place - 1]) }
        set {
            precondition(newValue >> 12 == 0, "a group's own number has twelve bits")
            self[place - 1] = Self.header(self[place - 1], own: newValue)
        }
    }

    /// Gives up a group; its words stay until the lane is next stored and loaded.
    mutating func drop(at place: Int) {
        // A code was not in the list, and what is dead is.
        if isListed, count + listed + 1 > capacity { move(room: count + listed + 1) }
        self[place - 1] &= 0xFFFF_FFFF
        listAll()
    }

    /// Takes a group out; the groups after it move down.
    mutating func remove(at place: Int) {
        let start = place - 1
        let end = place + length(at: place)
        precondition(start >= 0 && end <= count, "no such group")
        unsafe (base + start).update(from: base + end, count: count - end)
        // Words that are not used are zero.
        unsafe (base + (count - (end - start))).update(repeating: 0, count: end - start)
        used -= Int32(truncatingIfNeeded: end - start)
        listAll()
    }

    /// Puts other groups in the place of those between two headers.
    mutating func replace(
        _ range: Range<Int>, with groups: [(key: UInt32, words: [UInt64])]
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "no such groups")
        let length = groups.reduce(0) { $0 + 1 + $1.words.count }
        let needed = count + length - range.count
        if needed + listed + groups.count > capacity { grow(to: max(needed, count)) }
        let tail = count - range.upperBound
        let end = unsafe base + (range.lowerBound + length)
        unsafe end.update(from: base + range.upperBound, count: tail)
        // Words that are not used are zero.
        if needed < count { unsafe (base + needed).update(repeating: 0, count: count - needed) }
        used = Int32(truncatingIfNeeded: needed)
        var place = range.lowerBound
        for group in groups {
            self[place] = UInt64(group.key) << 32 | UInt64(group.words.count)
            set(place + 1, group.words)
            place += 1 + group.words.count
        }
        listAll()
    }

    /// Gives back room that is not used.
    mutating func fit() {
        let needed = Self.full(max(count, Self.lookedAt), behind: seldom.nonzeroBitCount)
        if !isListed, needed < capacity { move(room: count) }
    }

    /// Calls `body` with kind, number and content of each living group, in order of birth.
    func forEachGroup(_ body: (Kind, Int, Range<Int>) -> Void) {
        var place = 0
        while place < count {
            let header = self[place]
            let length = Self.length(header)
            let key = UInt32(truncatingIfNeeded: header >> 32)
            if let kind = Kind(rawValue: key >> 28), kind != .dead {
                body(kind, Int(key & 0x0FFF_FFFF), (place + 1)..<(place + 1 + length))
            }
            place += 1 + length
        }
    }
    /// The next group of a kind at a place or behind it: its number and content.
    ///
    /// A loop around it needs no closure, which might keep a copy of what it looks at.
    ///
    /// - Parameter place: 0 at first; moved on behind the group.
    @inline(__always) func next(_ kind: Kind, from place: inout Int) -> (number: Int, content: Int)?
    {
        while place < count {
            let header = self[place]
            let content = place &+ 1
            place = content &+ Self.length(header)
            if header &>> 60 == UInt64(kind.rawValue) {
                return (Int(truncatingIfNeeded: header &>> 32) & 0x0FFF_FFFF, content)
            }
        }
        return nil
    }
}
