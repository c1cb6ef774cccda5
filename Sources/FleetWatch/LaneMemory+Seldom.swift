/// What few lanes need: a word each, in front of the others and only once it is needed.
extension LaneMemory {
    /// The first stands next to the lane's words, so that it is found at once.
    enum Seldom: UInt32 {
        /// When the lane is due.
        case due = 0
        /// The newest time that was applied, where it does not follow from the other times.
        case applied = 1
        /// The skew, in the same case.
        case skew = 2
        /// Messages that came late above, those that came twice below.
        case counts = 3
        /// The last four characters of the first 24 of a long name above, messages whose time was not
        /// believed below.
        case rest = 4
        /// The address of what waits.
        case waiting = 5
        /// The fourth and fifth eight characters of a longer name.
        case fourth = 6
        case fifth = 7
    }

    @inline(__always) func has(_ word: Seldom) -> Bool {
        seldom &>> word.rawValue & 1 != 0
    }

    /// `nil` for one that was never set.
    subscript(seldom word: Seldom) -> UInt64? {
        @inline(__always) get { has(word) ? unsafe front[place(of: word)] : nil }
        @inline(__always) set {
            precondition(newValue != nil, "what is seldom needed stays")
            if !has(word) { makeRoom(for: word) }
            unsafe front[place(of: word)] = newValue ?? 0
        }
    }

    /// How many words in front of the lane's own one lies.
    @inline(__always) private func place(of word: Seldom) -> Int {
        -1 - (seldom & (1 &<< word.rawValue - 1)).nonzeroBitCount
    }

    // MARK: - Waiting

    /// Where reports wait; `nil` where none ever did.
    var waitingRoom: WaitingRoom? {
        @inline(__always) get {
            guard let word = self[seldom: .waiting],
                let address = unsafe UnsafeRawPointer(bitPattern: UInt(word))
            else { return nil }
            return unsafe Unmanaged<WaitingRoom>.fromOpaque(address).takeUnretainedValue()
        }
    }

    /// Where reports wait, made when it is first needed and given up with the lane.
    mutating func needWaitingRoom() -> WaitingRoom {
        if let room = waitingRoom { return room }
        let room = WaitingRoom()
        let address = unsafe Unmanaged.passRetained(room).toOpaque()
        self[seldom: .waiting] = UInt64(UInt(bitPattern: address))
        return room
    }

    /// Gives up where reports wait, at the end of the lane.
    @inline(__always) func closeWaitingRoom() {
        guard let word = self[seldom: .waiting],
            let address = unsafe UnsafeRawPointer(bitPattern: UInt(word))
        else { return }
        unsafe Unmanaged<WaitingRoom>.fromOpaque(address).release()
    }
}
