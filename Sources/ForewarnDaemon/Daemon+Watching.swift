import FleetWatch
import Logging
import MQTTIntake
import TicketStorage
import VehicleFaults

// Whether the daemon would notice: what of the fleet is heard, and whether messages come through.
extension Daemon {
    /// How often it looks who was heard, in milliseconds.
    private static let lookInterval: Int64 = 3_600_000

    /// What is known of it, for whoever watches the daemon.
    struct Watching {
        var canary: Canary
        var isOverdue = false
        let lookout = Lookout()
        var sight: Sight?
        var lookedAt = Int64.min
        var hasNews = false
    }

    /// The canary's fact, which also says when there is none any more.
    static func startWatching(_ settings: Settings, _ store: TicketStore) throws -> Watching {
        let canary = Canary(interval: settings.canaryInterval, at: now())
        if try settings.canaryInterval > 0 || store.fact("canary") != nil {
            _ = try store.finish(facts: [("canary", canary.fact)])
        }
        return Watching(canary: canary)
    }

    /// Notes what a committed batch says of the canary.
    func noteCanary(_ outcome: Outcome, _ store: TicketStore) throws {
        guard watching.canary.note(outcome, at: Self.now()) else { return }
        _ = try store.finish(facts: [("canary", watching.canary.fact)])
        watching.hasNews = true
    }

    /// Lets the canary fly, looks who was heard, and tells both when something is new.
    func watch(_ desk: ServiceDesk) {
        let now = Self.now()
        if watching.canary.isDue(at: now, isUp: intake.state.isUp) {
            do {
                for payload in Canary.payloads(at: now) {
                    _ = try intake.publish(topic: Canary.topic(settings), payload: payload)
                }
            } catch {
                logger.warning("the canary cannot fly", metadata: ["error": "\(error)"])
            }
        }
        if watching.canary.isOverdue(at: now) != watching.isOverdue {
            watching.isOverdue.toggle()
            watching.hasNews = true
            if watching.isOverdue {
                logger.warning(
                    "the canary has not come back: messages may not come through",
                    metadata: ["every": "\(watching.canary.interval / 1000)s"])
            } else {
                logger.notice("the canary has come back")
            }
        }
        if watching.lookedAt == .min || now - watching.lookedAt >= Self.lookInterval {
            watching.lookedAt = now
            watching.lookout.look(
                desk.store.path, desk.rules, at: EventTime(milliseconds: now))
        }
        if let sight = watching.lookout.take() {
            watching.sight = sight
            watching.hasNews = true
        }
        guard watching.hasNews else { return }
        watching.hasNews = false
        intake.tell(
            StatusMessage(
                openTickets: desk.openTickets, sight: watching.sight, canary: watching.canary,
                at: now
            ).bytes)
    }
}
