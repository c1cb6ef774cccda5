import MemoryHints
import VehicleFaults

/// The lanes of a shard, numbered from 0, and found by their vehicle.
///
/// Lanes lie in pieces of memory that never move, so that a growing fleet is never copied. Safe,
/// because the table cannot be copied, it alone owns the pieces, and every number is checked.
@safe struct LaneTable: ~Copyable {
    private var pieces: ContiguousArray<UnsafeMutablePointer<Lane>> = unsafe []
    private(set) var count = 0
    /// Open addressing. Low half: the lane's number plus one, 0 for free. High half: the low half
    /// of the vehicle's hash, so that another vehicle's lane is not read to see that it is another.
    ///
    /// A search begins where the tag lies among all tags, so that any number of slots will do: a table
    /// that doubled would be half empty most of the time.
    private var slots: ContiguousArray<UInt64>

    private var pieceCount: Int { unsafe pieces.count }
    /// Lanes in a piece.
    private static let pieceLength = 1024

    init() {
        slots = ContiguousArray(repeating: 0, count: 1024)
    }

    deinit {
        for number in 0..<count { unsafe place(number).deinitialize(count: 1) }
        for index in 0..<pieceCount { unsafe pieces[index].deallocate() }
    }

    @inline(__always) private func place(_ number: Int) -> UnsafeMutablePointer<Lane> {
        let number = UInt(bitPattern: number)
        precondition(number < UInt(bitPattern: count), "no such lane")
        let piece = unsafe pieces[Int(bitPattern: number / UInt(Self.pieceLength))]
        return unsafe piece + Int(bitPattern: number % UInt(Self.pieceLength))
    }

    subscript(number: Int) -> Lane {
        @inline(__always) _read { yield unsafe place(number).pointee }
        @inline(__always) _modify { yield unsafe &place(number).pointee }
    }

    /// Where a search begins.
    @inline(__always) private func start(_ tag: UInt64) -> Int {
        Int(truncatingIfNeeded: (tag &* UInt64(truncatingIfNeeded: slots.count)) &>> 32)
    }

    @inline(__always) private func after(_ slot: Int) -> Int {
        slot &+ 1 == slots.count ? 0 : slot &+ 1
    }

    /// Asks for the slot where a search begins.
    @inline(__always) func hintSlot(_ hash: UInt64) {
        let slot = start(hash & 0xFFFF_FFFF)
        unsafe slots.withUnsafeBufferPointer { slots in
            guard let first = slots.baseAddress else { return }
            unsafe memory_hint(first + slot)
        }
    }

    /// Asks for a lane's numbers, so that ``hintWords(_:)`` and its comparison need not wait.
    @inline(__always) func hint(_ number: Int) {
        unsafe memory_hint(UnsafeRawPointer(place(number)))
    }

    /// Asks for a lane's words.
    @inline(__always) func hintWords(_ number: Int) { self[number].memory.hint() }

    /// Asks for all words of a lane, if they are many.
    @inline(__always) func hintAll(_ number: Int) { self[number].memory.hintAll() }

    /// Reads where a lane's words lie, so that the work that follows finds them near.
    ///
    /// - Returns: something to be kept, lest the compiler see that nothing is done with it.
    @inline(__always) func touch(_ number: Int) -> UInt64 {
        self[number].memory.touch()
    }

    func find(_ vehicle: VehicleID) -> Int? { find(vehicle, vehicle.mixed) }

    /// The number of a vehicle's lane.
    ///
    /// - Parameter hash: the vehicle's.
    @inline(__always) func find(_ vehicle: VehicleID, _ hash: UInt64) -> Int? {
        // The top bits of the hash choose the shard, so the table uses the low ones.
        let tag = UInt64(truncatingIfNeeded: UInt32(truncatingIfNeeded: hash))
        var slot = start(tag)
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if entry &>> 32 == tag {
                let number = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) &- 1
                if self[number].belongs(to: vehicle) { return number }
            }
            slot = after(slot)
        }
    }

    /// The number of the lane that is most likely a vehicle's, found without a look at any lane; -1
    /// when the vehicle has none.
    ///
    /// - Parameter hash: the vehicle's.
    @inline(__always) func guess(_ hash: UInt64) -> Int {
        let tag = UInt64(truncatingIfNeeded: UInt32(truncatingIfNeeded: hash))
        var slot = start(tag)
        while true {
            let entry = slots[slot]
            if entry == 0 { return -1 }
            if entry &>> 32 == tag { return Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) &- 1 }
            slot = after(slot)
        }
    }

    /// Adds the lane of a vehicle that has none here.
    mutating func add(_ lane: consuming Lane) -> Int {
        if (count + 1) * 4 > slots.count * 3 { rebuild(capacity: slots.count / 4 * 5) }
        if count == pieceCount * Self.pieceLength {
            // A lane fills one cache line, and no second when it begins at one.
            let piece = UnsafeMutableRawPointer.allocate(
                byteCount: Self.pieceLength * MemoryLayout<Lane>.stride, alignment: 64)
            unsafe pieces.append(piece.bindMemory(to: Lane.self, capacity: Self.pieceLength))
        }
        let tag = UInt64(UInt32(truncatingIfNeeded: lane.vehicle.mixed))
        count += 1
        unsafe place(count - 1).initialize(to: lane)
        enter(tag << 32 | UInt64(count))
        return count - 1
    }

    private mutating func enter(_ entry: UInt64) {
        var slot = start(entry >> 32)
        while slots[slot] != 0 { slot = after(slot) }
        slots[slot] = entry
    }

    private mutating func rebuild(capacity: Int) {
        let entries = slots
        slots = ContiguousArray(repeating: 0, count: capacity)
        for entry in entries where entry != 0 { enter(entry) }
    }

    /// Forgets lanes and closes the gaps; those that stay keep their order.
    mutating func remove(_ victims: Set<Int>) {
        slots = ContiguousArray(repeating: 0, count: slots.count)
        var kept = 0
        for number in 0..<count {
            if victims.contains(number) {
                unsafe place(number).deinitialize(count: 1)
                continue
            }
            if kept != number { unsafe place(kept).moveInitialize(from: place(number), count: 1) }
            kept += 1
            enter(self[kept - 1].vehicle.mixed << 32 | UInt64(kept))
        }
        count = kept
        while (pieceCount - 1) * Self.pieceLength >= count, let last = unsafe pieces.popLast() {
            unsafe last.deallocate()
        }
    }
}
