import Foundation
import GRDB
import VehicleFaults

/// What a rule did so far.
public struct RuleActivity: Sendable {
    public var findings = 0
    /// Tickets that it opened.
    public var tickets = 0
    /// Findings while it ran in shadow, and while it was silenced.
    public var shadow = 0
    public var silenced = 0
    /// When its newest finding was received.
    public var latest: EventTime?

    public init() {}
}

extension TicketStore {
    /// What each rule did so far, by its id.
    public func ruleActivity() throws -> [String: RuleActivity] {
        try query { db in
            var result: [String: RuleActivity] = [:]
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT rule, effect, count(*) AS count, max(received_at) AS latest FROM event
                    WHERE kind = 'finding' AND state = 'raised' GROUP BY rule, effect
                    """)
            for row in rows {
                let rule: String = row["rule"]
                let count: Int = row["count"]
                let latest = EventTime(milliseconds: row["latest"])
                var activity = result[rule] ?? RuleActivity()
                activity.findings += count
                switch row["effect"] as String {
                case "opened": activity.tickets += count
                case "shadow": activity.shadow += count
                case "silenced": activity.silenced += count
                default: break
                }
                activity.latest = max(activity.latest ?? latest, latest)
                result[rule] = activity
            }
            return result
        }
    }
}
