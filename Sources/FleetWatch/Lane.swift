import VehicleFaults

/// Everything that is remembered of one vehicle.
struct Lane {
    var vehicle: VehicleID
    /// The newest time the vehicle has claimed: a message that claims a later one is no duplicate.
    var newestClaimed = Int64.min
    /// The vehicle's time of the newest message that was applied.
    var newestApplied = Int64.min
    /// When that, or any later, message was received.
    var latestReceived = Int64.min
    /// How far the vehicle's clock was from the received time at its last message, milliseconds.
    var skew: Int64 = 0
    var messages: UInt32 = 0
    var duplicates: UInt32 = 0
    /// Messages older than one that was applied before.
    var late: UInt32 = 0
    /// Messages whose time was not believed.
    var unbelieved: UInt32 = 0
    /// Received time at which something happens without a message; `Int64.max` for never.
    var due = Int64.max
    /// The first journal row that the stored state lacks; 0 when the stored state is complete.
    var dirtySince: Int64 = 0
    /// The journal row up to which the state was applied, 0 before the first.
    var appliedRow: Int64 = 0
    var memory = LaneMemory()
    /// Reports that wait for older ones, oldest first.
    var waiting: [WaitingReport] = []

    init(vehicle: VehicleID) { self.vehicle = vehicle }
}

/// A report that waits for the vehicle's watermark to pass.
struct WaitingReport {
    var report: Report
    var sightings: [FaultSighting]
    var readings: [Reading]
    var at: Int64
    var received: Int64
    var position: UInt64
}

/// A lane's state as groups of 64-bit words in one array: a header word (key, length), then the
/// content. What is in a group is decided by its kind and the layout of the running rules.
struct LaneMemory {
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
        /// Digests of recent messages.
        case recent = 5
    }

    var words = ContiguousArray<UInt64>()

    static func key(_ kind: Kind, _ number: Int) -> UInt32 {
        kind.rawValue << 28 | UInt32(truncatingIfNeeded: number) & 0x0FFF_FFFF
    }

    /// The place after the header of the group with this key, searched from `hint` round to it.
    @inline(__always)
    func find(_ key: UInt32, from hint: Int = 0) -> Int? {
        unsafe words.withUnsafeBufferPointer { words in
            var place = hint
            while place < words.count {
                let header = unsafe words[place]
                if UInt32(truncatingIfNeeded: header >> 32) == key { return place &+ 1 }
                place = place &+ 1 &+ Int(truncatingIfNeeded: header & 0xFFFF_FFFF)
            }
            place = 0
            while place < hint {
                let header = unsafe words[place]
                if UInt32(truncatingIfNeeded: header >> 32) == key { return place &+ 1 }
                place = place &+ 1 &+ Int(truncatingIfNeeded: header & 0xFFFF_FFFF)
            }
            return nil
        }
    }

    /// Adds a group of zeros and returns the place after its header.
    mutating func add(_ key: UInt32, length: Int) -> Int {
        let place = words.count
        // Doubling would waste half the memory of a fleet, so the array grows by what is needed.
        words.reserveCapacity(place + 1 + length)
        words.append(UInt64(key) << 32 | UInt64(length))
        for _ in 0..<length { words.append(0) }
        return place + 1
    }

    /// The length of the group whose content begins at `place`.
    func length(at place: Int) -> Int { Int(truncatingIfNeeded: words[place - 1] & 0xFFFF_FFFF) }

    /// The key of the group whose content begins at `place`.
    func key(at place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place - 1] >> 32) }

    /// Gives up a group; its words stay until the lane is next stored and loaded.
    mutating func drop(at place: Int) { words[place - 1] &= 0xFFFF_FFFF }

    /// Calls `body` with kind, number and content of each living group, in order of birth.
    func forEachGroup(_ body: (Kind, Int, Range<Int>) -> Void) {
        var place = 0
        while place < words.count {
            let header = words[place]
            let length = Int(truncatingIfNeeded: header & 0xFFFF_FFFF)
            let key = UInt32(truncatingIfNeeded: header >> 32)
            if let kind = Kind(rawValue: key >> 28), kind != .dead {
                body(kind, Int(key & 0x0FFF_FFFF), (place + 1)..<(place + 1 + length))
            }
            place += 1 + length
        }
    }

    func double(_ place: Int) -> Double { Double(bitPattern: words[place]) }
    mutating func set(_ place: Int, _ value: Double) { words[place] = value.bitPattern }
    func integer(_ place: Int) -> Int64 { Int64(bitPattern: words[place]) }
    mutating func set(_ place: Int, _ value: Int64) { words[place] = UInt64(bitPattern: value) }
}
