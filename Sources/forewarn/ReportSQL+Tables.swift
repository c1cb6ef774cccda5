import FleetReports
import VehicleFaults

// How rows of tables are recounted.
extension ReportSQL {
    /// How a table is counted again.
    func recount(table id: String) -> Recount {
        let groups = ["by_site": "site", "by_severity": "severity", "by_skill": "skill"]
        if let column = groups[id] {
            return .rows("SELECT \(column), count(*) FROM t GROUP BY 1 ORDER BY 1")
        }
        switch id {
        case "modes":
            return .rows(
                "SELECT mode, count(*), count(DISTINCT vehicle), coalesce(sum(\(Self.confirmed)), 0) FROM t WHERE source <> 'complaint' GROUP BY 1 ORDER BY 2 DESC, 1"
            )
        case "time_in_state":
            return .rows(
                """
                WITH s AS (SELECT ticket, state, at, lead(at, 1, \(to.milliseconds))
                    OVER (PARTITION BY ticket ORDER BY seq) AS until FROM past)
                SELECT state, count(DISTINCT ticket), sum(until - at) / 3600000.0 FROM s
                 WHERE until > at AND state NOT IN ('closed', 'cancelled') GROUP BY 1 ORDER BY 3 DESC, 1
                """)
        case "complaints":
            return .rows(
                """
                SELECT json_extract(json, '$.reasons'), count(*) FROM past
                 WHERE kind = 'follow_up' AND json_extract(json, '$.reasons') IS NOT NULL
                 GROUP BY 1 ORDER BY 2 DESC, 1
                """)
        case "training":
            return .rows(
                """
                SELECT skill, mode, count(*), 1 - 1.0 * sum(visits <= 1 AND failed_inspections = 0 AND epochs = 1) / count(*)
                  FROM t WHERE repair_started IS NOT NULL AND solved IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
                """)
        case "repairs_by_component":
            return .rows(
                """
                SELECT component, count(*) FROM t WHERE repair_started IS NOT NULL AND solved IS NOT NULL
                   AND \(Self.confirmed) GROUP BY 1 ORDER BY 2 DESC, 1
                """)
        case "desk_hours":
            return .rows(
                """
                SELECT strftime('%H', opened / 1000 + \(offset * 60), 'unixepoch') + 0, count(*)
                    / \(Double(to.milliseconds(since: from)) / 86_400_000) FROM t GROUP BY 1 ORDER BY 1
                """)
        case "missed":
            return .rows(
                """
                SELECT 'T-' || number FROM t LEFT JOIN solve ON ticket = number
                 WHERE \(late) ORDER BY opened, 1
                """)
        case "missed_by_most":
            let unanswered = "CASE WHEN \(Self.open) THEN \(to.milliseconds) ELSE opened END"
            let answered = "(coalesce(answered, \(unanswered)) - opened) / 60000.0"
            let solved = "CASE WHEN \(Self.ours) THEN coalesce(net, 0) ELSE 0 END"
            return .rows(
                """
                SELECT 'T-' || number, max(0, \(answered) / 60 - \(promises.responseMinutes / 60))
                    + max(0, \(solved) - \(promises.solveHours)) FROM t LEFT JOIN solve ON ticket = number
                 WHERE \(late) ORDER BY 2 DESC, number LIMIT \(ServiceReport.worst)
                """)
        case "told":
            return .rows(
                """
                SELECT 'T-' || e.ticket, json_extract(json, '$.text') FROM ticket_event e
                  JOIN ticket ON number = e.ticket WHERE kind = 'feedback'
                   AND at >= \(from.milliseconds) AND at < \(to.milliseconds)\(place) ORDER BY seq
                """)
        case let id where id.hasSuffix(".causes"):
            return .rows(
                """
                SELECT json_extract(json, '$.cause'), count(*) FROM past JOIN t ON number = ticket
                 WHERE mode = '\(id.dropLast(7))' AND json_extract(json, '$.cause') IS NOT NULL
                 GROUP BY 1, json_extract(json, '$.correction'), json_extract(json, '$.root_part')
                 ORDER BY 2 DESC, 1, json_extract(json, '$.correction') LIMIT 10
                """)
        case "demand", "reorder_points": return .files("parts.csv, demand.csv, channels.csv")
        case "stock_up": return .files("parts.csv, demand.csv, channels.csv, needs.csv")
        case "suppliers": return .files("order-lines.csv")
        case "batches":
            return .files(
                "batches.csv; failures that it leaves out: tickets that returned a part of the lot")
        case let id where id.hasSuffix(".rules"):
            return .rows(
                """
                SELECT rule, coalesce(sum(\(Self.confirmed)), 0), coalesce(sum(\(Self.refuted)), 0) FROM t
                 WHERE mode = '\(id.dropLast(6))' AND outcome IS NOT NULL GROUP BY 1 ORDER BY 1
                """)
        case let id where id.hasSuffix(".outcome"):
            return .rows(
                "SELECT outcome, count(*) FROM t WHERE mode = '\(id.dropLast(8))' AND outcome IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
            )
        default:
            return .note(
                "the same figures by group, or a formula over the inputs that the report prints")
        }
    }

    /// Holds of tickets that missed a promise.
    private var late: String {
        """
        (coalesce((answered - opened) / 60000.0, CASE WHEN \(Self.open) THEN 1e9 ELSE 0 END)
                    > \(promises.responseMinutes)
                    OR \(Self.ours) AND coalesce(net, 0) > \(promises.solveHours))
        """
    }
}
