/// Whether what was learnt of earlier messages is worth trying on the next.
struct Trust: Sendable {
    /// Messages for which nothing is tried where most are missed.
    private static let rest = 1024
    /// How many more misses than matches there may be before ``rest``, at most and after one.
    private static let most = 64
    private static let new = 16

    private var balance = Self.most
    private var resting = 0

    @inline(__always) var isTried: Bool { resting == 0 }

    @inline(__always) mutating func matched() {
        if balance < Self.most { balance &+= 1 }
    }

    /// Notes a miss, or a message that nothing was tried on.
    ///
    /// - Returns: whether it was a miss.
    mutating func missed() -> Bool {
        guard resting == 0 else {
            resting -= 1
            return false
        }
        balance -= 1
        if balance == 0 {
            balance = Self.new
            resting = Self.rest
        }
        return true
    }
}
