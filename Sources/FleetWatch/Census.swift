import VehicleFaults

/// Which vehicles are heard for the first time in an epoch of received time.
///
/// A lane knows when it was heard last, so the vehicles of an epoch are the same wherever batches are
/// cut, on any number of threads, and after a recovery.
struct Census {
    /// Whether anyone asks.
    var isTaken = false
    /// A vehicle and the epoch in which it was heard, once each.
    var heard: [(vehicle: VehicleID, epoch: Int64)] = []
    private let length: Int64
    private var current: Range<Int64> = 0..<0

    /// - Parameter length: of an epoch, in milliseconds.
    init(length: Int64) { self.length = length }

    /// Notes a message of a lane that was heard last at `latest`.
    @inline(__always)
    mutating func note(_ vehicle: VehicleID, latest: Int64, received: Int64) {
        if !current.contains(received) {
            let start = Self.epoch(of: received, length)
            current = start..<(start &+ length)
        }
        if latest < current.lowerBound { heard.append((vehicle, current.lowerBound)) }
    }

    /// When the epoch began that a time lies in.
    static func epoch(of time: Int64, _ length: Int64) -> Int64 {
        time.floored(dividedBy: length) * length
    }
}
