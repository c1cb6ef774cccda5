import Foundation
import MQTTIntake
import TicketStorage
import VehicleFaults

/// Publishes what was committed, at least once each, in order.
///
/// The cursor is stored: after a crash everything that the broker has not confirmed is told again.
struct Announcer {
    private let isOn: Bool
    private let prefix: String
    private var cursor: Int64
    private var stored: Int64
    private var storedAt = ContinuousClock.now
    /// Publishes under way, oldest first.
    private var flying: [(id: PublishID?, event: Int64, isDone: Bool)] = []
    private var newest: Int64
    /// Whether the store may hold events that have not been queued.
    private var hasNews = true

    /// Publishes that may be under way at once.
    private static let window = 500
    /// The cursor is stored so often at most, unless it has come far: what was told since then is
    /// told again after a crash.
    private static let storing = Duration.seconds(1)

    init(settings: Settings, store: TicketStore) throws {
        isOn = settings.announces
        prefix = "\(settings.topicPrefix)/\(settings.site)/alerts"
        if let known = try store.fact("announced").flatMap(Int64.init) {
            cursor = known
        } else {
            // Whoever switches alerts on does not want last year's. It is stored at once: after a
            // crash, the first alert would otherwise pass for last year's too.
            cursor = try store.state().lastEvent
            if isOn { _ = try store.finish(facts: [("announced", String(cursor))]) }
        }
        stored = cursor
        newest = cursor
    }

    /// Notes that something was decided.
    mutating func noteDecisions() { hasNews = true }

    /// Queues what is new, and notes what has been confirmed.
    ///
    /// - Returns: whether something was queued, which leaves with the next acknowledgement.
    mutating func announce(_ store: TicketStore, through intake: BrokerIntake) throws -> Bool {
        guard isOn else { return false }
        let done = intake.takeConfirmed()
        if !done.isEmpty {
            let done = Set(done)
            for index in flying.indices where flying[index].id.map(done.contains) ?? false {
                flying[index].isDone = true
            }
            while let first = flying.first, first.isDone {
                cursor = first.event
                flying.removeFirst()
            }
        }
        for refused in intake.takeRefused() {
            // The broker will not have it, now or later; the store keeps it.
            for index in flying.indices where flying[index].id == refused.id {
                flying[index].isDone = true
            }
        }
        // Storing it is a commit of its own, which the next batch would wait for.
        let isDue = cursor - stored >= 1000 || storedAt.duration(to: .now) >= Self.storing
        if cursor != stored, isDue { try keep(store) }
        guard hasNews, intake.state.isUp, flying.count < Self.window else { return false }
        let room = Self.window - flying.count
        let events = try store.announcements(after: newest, limit: room)
        hasNews = events.count == room
        for event in events {
            newest = event.event
            if ["shadow", "silenced", "canary"].contains(event.effect) {
                // Nobody is told; it only must not be told later.
                flying.append((nil, event.event, true))
                continue
            }
            let id = try intake.publish(
                topic: topic(of: event), payload: payload(of: event), retain: false)
            flying.append((id, event.event, false))
        }
        return !events.isEmpty
    }

    /// Stores the cursor at the end.
    mutating func finish(_ store: TicketStore, through intake: BrokerIntake) throws {
        guard isOn, cursor != stored else { return }
        try keep(store)
    }

    private mutating func keep(_ store: TicketStore) throws {
        _ = try store.finish(facts: [("announced", String(cursor))])
        stored = cursor
        storedAt = .now
    }

    private func topic(of event: TicketStore.Announcement) -> String {
        let kind =
            event.kind == "finding" && (event.effect == "opened" || event.effect == "raised")
            ? "ticket" : event.kind
        guard let vehicle = event.vehicle else { return "\(prefix)/\(kind)" }
        // What means something else in a topic stands in few names.
        let isPlain = vehicle.utf8.allSatisfy { !Self.special.contains($0) }
        let level =
            isPlain ? vehicle : String(vehicle.map { "/+#".contains($0) ? "_" : $0 })
        return "\(prefix)/\(kind)/\(level)"
    }

    private static let special = Array("/+#".utf8)

    private func payload(of event: TicketStore.Announcement) -> [UInt8] {
        var payload = event.body
        // The object goes on where its last brace was.
        if !payload.isEmpty { payload.removeLast() }
        payload += ",\"event\":\(event.event)}".utf8
        return payload
    }
}
