/// Names a message that was given to `BrokerIntake.publish`; later ones are greater.
public struct PublishID: Hashable, Comparable, Sendable {
    /// Counts from 1 in each process.
    public var number: UInt64

    public static func < (a: PublishID, b: PublishID) -> Bool { a.number < b.number }
}

/// Why a message cannot be published.
public enum PublishFailure: Error, Hashable, Sendable {
    /// Too many wait for the broker already; come back when some are confirmed.
    case queueFull
    /// The topic is empty or holds a wildcard.
    case topicInvalid
}

/// A message that the broker, or the library on its behalf, will not take.
public struct RefusedPublish: Hashable, Sendable {
    /// Which one.
    public var id: PublishID
    /// Why.
    public var reason: String
}

/// Keeps what we publish until the broker has it; survives any number of connections.
struct PublishQueue {
    struct Entry: Equatable {
        var id: PublishID
        var topic: String
        var payload: [UInt8]
        var retain: Bool
    }

    private let limit: Int
    private let window: Int
    private var last: UInt64 = 0
    private var waiting: ArraySlice<Entry> = []
    private var handed: [Int32: Entry] = [:]
    private var confirmed: [PublishID] = []
    private var refused: [RefusedPublish] = []

    /// Holds `limit` messages, of which `window` are with the broker at a time.
    init(limit: Int = 10_000, window: Int = 1000) {
        self.limit = limit
        self.window = window
    }

    /// Messages that the broker has not confirmed.
    var count: Int { waiting.count + handed.count }

    mutating func add(
        topic: String, payload: [UInt8], retain: Bool
    ) throws(PublishFailure) -> PublishID {
        guard count < limit else { throw .queueFull }
        last += 1
        let id = PublishID(number: last)
        waiting.append(Entry(id: id, topic: topic, payload: payload, retain: retain))
        return id
    }

    /// The next message to hand to the broker, if the window has room.
    var next: Entry? { handed.count < window ? waiting.first : nil }

    /// The first waiting message went out under packet id `packet`.
    mutating func handOver(as packet: Int32) { handed[packet] = waiting.removeFirst() }

    /// The first waiting message can never go out.
    mutating func refuseNext(_ reason: String) {
        refused.append(RefusedPublish(id: waiting.removeFirst().id, reason: reason))
    }

    /// The broker answered; a packet id that is not ours is none of our business.
    mutating func answered(_ packet: Int32, refusal: String?) {
        guard let entry = handed.removeValue(forKey: packet) else { return }
        if let refusal {
            refused.append(RefusedPublish(id: entry.id, reason: refusal))
        } else {
            confirmed.append(entry.id)
        }
    }

    /// The connection is gone: what was not confirmed goes out again, in its old order.
    mutating func connectionLost() {
        guard !handed.isEmpty else { return }
        waiting = ArraySlice(handed.values.sorted { $0.id < $1.id } + waiting)
        handed = [:]
    }

    mutating func takeConfirmed() -> [PublishID] {
        defer { confirmed = [] }
        return confirmed
    }

    mutating func takeRefused() -> [RefusedPublish] {
        defer { refused = [] }
        return refused
    }
}
