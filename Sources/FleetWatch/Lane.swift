import VehicleFaults

/// Everything that is remembered of one vehicle, in one cache line and the words of its memory.
///
/// Of most vehicles some of it follows from the rest: the newest message that was applied is the
/// newest there is, nothing waits, nothing came twice. What does not is a word of ``LaneMemory/Seldom``.
struct Lane: ~Copyable {
    // The first twenty characters of the vehicle; few have more.
    private var first: UInt64
    private var second: UInt64
    private var third: UInt32
    var messages: UInt32 = 0
    var memory: LaneMemory
    /// The newest time the vehicle has claimed: a message that claims a later one is no duplicate.
    private(set) var newestClaimed = Int64.min
    /// When the message of ``newestApplied``, or any later one, was received.
    private(set) var latestReceived = Int64.min
    /// The journal row up to which the state was applied when the stored state is complete, 0 before
    /// the first; less than 0 when it is behind.
    private var stored: Int64 = 0

    /// The first journal row that the stored state lacks; 0 when the stored state is complete.
    var dirtySince: Int64 {
        get { stored < 0 ? -stored : 0 }
        set { stored = -newValue }
    }

    /// The newest journal row that must not be applied again. One that is not stored yet is never
    /// read a second time, so the row before it will do.
    var appliedRow: Int64 {
        get { stored < 0 ? -stored - 1 : stored }
        set { stored = newValue }
    }

    /// A lane that remembers nothing, with room for `words` words.
    init(vehicle: VehicleID, room words: Int) {
        let name = vehicle.packed
        (first, second) = (name.0, name.1)
        third = UInt32(truncatingIfNeeded: name.2 >> 32)
        memory = LaneMemory(room: words)
        let rest = name.2 & 0xFFFF_FFFF
        if rest != 0 { memory[seldom: .rest] = rest << 32 }
        if name.3 != 0 { memory[seldom: .fourth] = name.3 }
        if name.4 != 0 { memory[seldom: .fifth] = name.4 }
    }

    // MARK: - The vehicle

    var vehicle: VehicleID {
        @inline(__always) get {
            let third = UInt64(third) << 32
            guard memory.has(.rest) else {
                return VehicleID(checked: (first, second, third, 0, 0))
            }
            return VehicleID(
                checked: (
                    first, second, third | (memory[seldom: .rest] ?? 0) >> 32,
                    memory[seldom: .fourth] ?? 0, memory[seldom: .fifth] ?? 0
                ))
        }
    }

    /// Whether this is the lane of a vehicle.
    @inline(__always) func belongs(to other: VehicleID) -> Bool {
        let name = other.packed
        guard name.0 == first, name.1 == second,
            UInt32(truncatingIfNeeded: name.2 &>> 32) == third
        else { return false }
        let isShort = name.2 & 0xFFFF_FFFF | name.3 | name.4 == 0
        return isShort && !memory.has(.rest) || vehicle == other
    }

    // MARK: - Times

    /// The vehicle's time of the newest message that was applied: what it claimed last, unless that
    /// is not believed, still waits, or nothing was claimed.
    var newestApplied: Int64 {
        @inline(__always) get { time(.applied) ?? usuallyApplied }
        @inline(__always) set { setTime(.applied, newValue, usually: usuallyApplied) }
    }

    private var usuallyApplied: Int64 {
        @inline(__always) get { newestClaimed > .min ? newestClaimed : latestReceived }
    }

    /// How far the vehicle's clock was from the received time at its last message, milliseconds; 0
    /// before it has claimed any time.
    var skew: Int64 {
        @inline(__always) get { time(.skew) ?? usualSkew }
        @inline(__always) set { setTime(.skew, newValue, usually: usualSkew) }
    }

    private var usualSkew: Int64 {
        @inline(__always) get { newestClaimed > .min ? newestClaimed &- latestReceived : 0 }
    }

    /// Sets all times at once, since two of them mostly follow from the others.
    @inline(__always) mutating func setTimes(
        claimed: Int64, applied: Int64, received: Int64, skew: Int64
    ) {
        newestClaimed = claimed
        latestReceived = received
        newestApplied = applied
        self.skew = skew
    }

    /// Received time at which something happens without a message; `Int64.max` for never.
    var due: Int64 {
        @inline(__always) get { time(.due) ?? .max }
        @inline(__always) set { setTime(.due, newValue, usually: .max) }
    }

    /// A time or a difference of times, if it has a word of its own.
    @inline(__always) private func time(_ word: LaneMemory.Seldom) -> Int64? {
        memory[seldom: word].map { Int64(bitPattern: $0) }
    }

    @inline(__always) private mutating func setTime(
        _ word: LaneMemory.Seldom, _ value: Int64, usually usual: Int64
    ) {
        guard memory.has(word) || value != usual else { return }
        memory[seldom: word] = UInt64(bitPattern: value)
    }

    // MARK: - Counts

    var duplicates: UInt32 {
        get { UInt32(truncatingIfNeeded: memory[seldom: .counts] ?? 0) }
        set { setHalf(.counts, high: late, low: newValue) }
    }

    /// Messages older than one that was applied before.
    var late: UInt32 {
        get { UInt32(truncatingIfNeeded: (memory[seldom: .counts] ?? 0) >> 32) }
        set { setHalf(.counts, high: newValue, low: duplicates) }
    }

    /// Messages whose time was not believed.
    var unbelieved: UInt32 {
        get { UInt32(truncatingIfNeeded: memory[seldom: .rest] ?? 0) }
        set {
            let high = (memory[seldom: .rest] ?? 0) >> 32
            setHalf(.rest, high: UInt32(truncatingIfNeeded: high), low: newValue)
        }
    }

    private mutating func setHalf(_ word: LaneMemory.Seldom, high: UInt32, low: UInt32) {
        let value = UInt64(high) << 32 | UInt64(low)
        if value != 0 || memory.has(word) { memory[seldom: word] = value }
    }

    // MARK: - Waiting

    /// Reports that wait for older ones, oldest first.
    var waiting: [WaitingReport] {
        @inline(__always) _read {
            if let room = memory.waitingRoom {
                yield room.reports
            } else {
                let nothing: [WaitingReport] = []
                yield nothing
            }
        }
        _modify {
            yield &memory.needWaitingRoom().reports
        }
    }
}

/// Where the reports of a lane wait.
final class WaitingRoom {
    var reports: [WaitingReport] = []
}

/// A report that waits for the vehicle's watermark to pass.
struct WaitingReport {
    var report: Report
    var sightings: [FaultSighting]
    var readings: [Reading]
    /// The freeze frames of the sightings, one after the other.
    var freeze: [Reading]
    var at: Int64
    var received: Int64
    var position: UInt64
}
