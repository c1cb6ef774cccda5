import Dispatch
import Foundation
import Synchronization
import TicketStorage
import VehicleFaults

/// Looks now and then how much of the fleet can be seen, on a thread of its own: reading what is
/// stored of a hundred thousand vehicles takes longer than a broker waits.
final class Lookout: Sendable {
    private struct State {
        var isLooking = false
        var seen: Sight?
    }

    private let queue = DispatchQueue(label: "lookout", qos: .utility)
    private let state = Mutex(State())

    /// Begins to look, unless it still does.
    func look(_ database: String, _ rules: RuleSet, at now: EventTime) {
        let begins = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard begins else { return }
        queue.async { [self] in
            // A store that cannot be read is the writer's to tell of.
            let store = try? TicketStore(path: database, access: .read)
            let seen = store.flatMap { try? Sight($0, rules: rules, at: now) }
            try? store?.close()
            state.withLock {
                $0.isLooking = false
                $0.seen = seen ?? $0.seen
            }
        }
    }

    /// What was seen, once.
    func take() -> Sight? {
        state.withLock { state in
            defer { state.seen = nil }
            return state.seen
        }
    }

    /// Returns when nothing looks any more.
    func finish() { queue.sync {} }
}

/// What the daemon says of itself under its status topic, retained.
struct StatusMessage: Encodable {
    struct Vehicles: Encodable {
        var known, heard_day, heard_week, roster, never_heard: Int
    }

    struct Flight: Encodable {
        var every_s: Int64
        var returned_at: String?
        var round_trip_ms: Int64?
        var overdue: Bool
    }

    var v = 1
    var status = "online"
    var at: String
    var open_tickets: Int
    var vehicles: Vehicles?
    var rules_without_input: [String]?
    var checks_short_of_data: [String]?
    var canary: Flight?

    init(openTickets: Int, sight: Sight?, canary: Canary, at now: Int64) {
        at = EventTime(milliseconds: now).text()
        open_tickets = openTickets
        if let sight {
            vehicles = Vehicles(
                known: sight.vehicles, heard_day: sight.day, heard_week: sight.week,
                roster: sight.roster, never_heard: sight.neverHeard)
            rules_without_input = sight.deaf.map(\.rule)
            checks_short_of_data = sight.starved.map(\.rule)
        }
        if canary.interval > 0 {
            self.canary = Flight(
                every_s: canary.interval / 1000,
                returned_at: canary.returned.map { EventTime(milliseconds: $0).text() },
                round_trip_ms: canary.roundTrip, overdue: canary.isOverdue(at: now))
        }
    }

    /// One line of JSON, keys in order.
    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Self.plain
    }

    /// What is said before anything is known.
    static let plain = Array("{\"v\":1,\"status\":\"online\"}".utf8)
}
