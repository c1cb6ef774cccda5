import FleetReports
import TicketStorage
import VehicleFaults

/// How to recount a report's figures, for whoever has the store and `sqlite3`.
///
/// The statements read the events and not the columns that reports read, so that they are a second
/// way to the same number. Steps that were taken back are not seen to; clocks are those of the usual
/// terms, around the clock.
struct ReportSQL {
    /// How one figure or table is counted again.
    enum Recount: Equatable {
        /// A statement whose first row has the value first.
        case query(String)
        /// A statement that gives the rows of a table.
        case rows(String)
        /// It comes from these files of `--data`.
        case files(String)
        /// It follows from what stands above, or from a formula.
        case note(String)
    }

    let from, to: EventTime
    /// Only tickets of these sites; `nil` for all.
    let sites: [String]?
    /// Minutes east of UTC of the workshop's day.
    var offset = 0
    var promises = ServiceFigures.Promises()

    /// Statements for every figure and table of a report, in its order.
    func text(of document: ReportDocument) -> String {
        var text = "-- sqlite3 STATE/forewarn.db, this file as input\n\(preparation)\n"
        for section in document.sections {
            for figure in section.figures {
                text += Self.text(figure.id, FigureName.name(of: figure.id).en, recount(figure.id))
            }
            for table in section.tables {
                text += Self.text(table.id, table.title.en, recount(table: table.id))
            }
        }
        return text
    }

    private static func text(_ id: String, _ name: String, _ recount: Recount) -> String {
        switch recount {
        case .query(let sql), .rows(let sql): "\n-- \(id): \(name)\n\(sql);\n"
        case .files(let names): "\n-- \(id): \(name)\n--   from \(names)\n"
        case .note(let note): "\n-- \(id): \(name)\n--   \(note)\n"
        }
    }

    /// A condition for ``sites``.
    var place: String {
        let names = sites.map { $0.map { "'\($0.replacing("'", with: "''"))'" } }
        return names.map { " AND site IN (\($0.joined(separator: ", ")))" } ?? ""
    }

    // MARK: Tables that the statements read

    /// Makes the temporary tables `t`, a row for each ticket of the period as it stood at its end,
    /// and `solve`, with the hours to the solution.
    var preparation: String {
        let (start, end) = (from.milliseconds, to.milliseconds)
        func first(_ kinds: String) -> String { stamp("min", kinds) }
        func last(_ kinds: String) -> String { stamp("max", kinds) }
        func stamp(_ which: String, _ kinds: String) -> String {
            "(SELECT \(which)(at) FROM past e WHERE e.ticket = b.number AND e.epoch = b.epochs AND \(kinds))"
        }
        func said(_ field: String, _ kinds: String) -> String {
            """
            (SELECT json_extract(json, '$.\(field)') FROM past e WHERE e.ticket = b.number
                  AND e.epoch = b.epochs AND kind IN (\(kinds)) AND json_extract(json, '$.\(field)') IS NOT NULL
                ORDER BY seq DESC LIMIT 1)
            """
        }
        func count(_ condition: String) -> String {
            "(SELECT count(*) FROM past e WHERE e.ticket = b.number AND \(condition))"
        }
        let passed = "(kind = 'remote' OR kind = 'qc' AND json_extract(json, '$.result') = 'pass')"
        return """
            CREATE TEMP TABLE past AS
              SELECT e.* FROM ticket_event e JOIN ticket ON ticket.number = e.ticket
               WHERE opened_received >= \(start) AND opened_received < \(end)\(place) AND e.at < \(end)
                 AND \(TicketStore.isAboutVehicle);
            CREATE INDEX temp.past_ticket ON past (ticket, seq);
            CREATE TEMP TABLE t AS
              WITH b AS (SELECT *, (SELECT max(epoch) FROM past e WHERE e.ticket = number) AS epochs,
                  (SELECT state FROM past e WHERE e.ticket = number ORDER BY seq DESC LIMIT 1) AS stands
                FROM ticket WHERE number IN (SELECT ticket FROM past))
              SELECT number, vehicle, mode, severity, source, skill, component, coalesce(site, '–') AS site,
                coalesce(nullif(CASE WHEN instr(rules, char(10)) > 0
                  THEN substr(rules, 1, instr(rules, char(10)) - 1) ELSE rules END, ''), source) AS rule,
                opened_at, opened_received AS opened, epochs, stands, estimate_id,
                (SELECT min(at) FROM past e WHERE e.ticket = b.number AND kind = 'ack') AS answered,
                \(last(passed)) AS solved,
                \(last("kind = 'check_in'")) AS checked_in, \(first("kind = 'repair_start'")) AS repair_started,
                \(last("kind IN ('deliver', 'remote')")) AS delivered,
                CASE WHEN stands IN ('followed_up', 'closed') THEN \(last("kind = 'follow_up'")) END AS followed_up,
                CASE WHEN stands = 'closed' THEN \(last("kind = 'close'")) END AS closed,
                CASE WHEN stands = 'cancelled' THEN \(last("kind IN ('cancel', 'merge')")) END AS cancelled,
                CASE stands WHEN 'closed' THEN \(said("disposition", "'repair_done', 'remote', 'close'"))
                  WHEN 'cancelled' THEN coalesce(\(said("reason", "'cancel'")), 'duplicate') END AS outcome,
                \(said("csat", "'follow_up'")) + 0 AS csat, \(said("ready_by", "'schedule', 'check_in'")) + 0 AS ready_by,
                (SELECT json_extract(json, '$.fails_at') + 0 FROM past e WHERE e.ticket = b.number
                  AND kind IN ('open', 'triage') AND json_extract(json, '$.fails_at') IS NOT NULL
                  ORDER BY seq DESC LIMIT 1) AS fails_at,
                (SELECT json_extract(json, '$.probability') + 0.0 FROM past e WHERE e.ticket = b.number
                  AND kind IN ('open', 'triage') AND json_extract(json, '$.probability') IS NOT NULL
                  ORDER BY seq DESC LIMIT 1) AS probability,
                \(count("kind = 'check_in'")) AS visits, \(count("kind = 'qc'")) AS inspections,
                \(count("kind = 'qc' AND json_extract(json, '$.result') = 'fail'")) AS failed_inspections,
                \(count("kind = 'follow_up'")) > 0 AS asked,
                \(count("kind = 'follow_up' AND json_extract(json, '$.reasons') IS NOT NULL")) > 0 AS complained
              FROM b;
            UPDATE t SET outcome = 'unknown' WHERE outcome = 'vehicle_gone';
            CREATE TEMP TABLE round AS
              SELECT number AS ticket, e.epoch, CASE WHEN e.epoch > 1 THEN min(e.at)
                  WHEN source IN ('phone', 'counter', 'breakdown', 'complaint') OR severity IN ('S1', 'S2') THEN opened
                  ELSE min(CASE WHEN kind IN ('check_in', 'remote') THEN e.at END) END AS start,
                coalesce(max(CASE WHEN \(passed) THEN e.at END),
                  max(CASE WHEN kind IN ('cancel', 'merge') THEN e.at END),
                  (SELECT min(at) FROM past n WHERE n.ticket = number AND n.epoch = e.epoch + 1), \(end)) AS stop
                FROM t JOIN past e ON e.ticket = number GROUP BY number, e.epoch;
            CREATE TEMP TABLE pause AS
              SELECT h.ticket, h.at AS start, coalesce((SELECT min(at) FROM past n WHERE n.ticket = h.ticket
                  AND n.seq > h.seq AND kind IN ('resume', 'cancel', 'merge')), \(end)) AS stop
                FROM past h JOIN t ON number = ticket
               WHERE kind = 'hold' AND severity <> 'S1' AND json_extract(json, '$.reason')
                 IN ('awaiting_customer', 'awaiting_vehicle', 'awaiting_approval');
            CREATE TEMP TABLE solve AS
              SELECT ticket, sum(stop - start) / 3600000.0 AS gross, sum(stop - start - (SELECT
                  coalesce(sum(max(0, min(p.stop, r.stop) - max(p.start, r.start))), 0)
                  FROM pause p WHERE p.ticket = r.ticket)) / 3600000.0 AS net
                FROM round r WHERE start IS NOT NULL GROUP BY ticket;
            """
    }

    // MARK: Figures

    static let confirmed =
        "source <> 'complaint' AND outcome IN ('confirmed_as_predicted', 'confirmed_other_component', 'confirmed_early', 'broke_down_before_service')"
    static let refuted = "source <> 'complaint' AND outcome IN ('false_alarm', 'data_fault')"
    private static let unverified =
        "source <> 'complaint' AND outcome IN ('no_trouble_found', 'unknown', 'self_cleared')"
    static let ours = "coalesce(outcome, '') NOT IN ('declined', 'duplicate')"
    static let open = "solved IS NULL AND cancelled IS NULL AND closed IS NULL"

    private func mean(_ value: String, _ condition: String) -> Recount {
        .query(
            "SELECT avg(\(value)), count(*) FROM t LEFT JOIN solve ON ticket = number WHERE \(condition)"
        )
    }

    private func share(_ hit: String, of condition: String) -> Recount {
        .query(
            "SELECT 1.0 * sum(\(hit)) / count(*), count(*) FROM t LEFT JOIN solve ON ticket = number WHERE \(condition)"
        )
    }

    /// Between neighbours in proportion, as the report does.
    private func quantile(_ share: String, _ value: String, _ condition: String) -> Recount {
        .query(
            """
            WITH s AS (SELECT \(value) AS x, row_number() OVER (ORDER BY \(value)) - 1 AS i,
                (count(*) OVER () - 1) * \(share) AS h
              FROM t LEFT JOIN solve ON ticket = number WHERE \(condition))
            SELECT sum(CASE WHEN i = CAST(h AS INTEGER) THEN x * (1 - h + CAST(h AS INTEGER))
                WHEN i = CAST(h AS INTEGER) + 1 THEN x * (h - CAST(h AS INTEGER)) ELSE 0 END), count(*) FROM s
            """)
    }

    /// How a figure is counted again.
    func recount(_ id: String) -> Recount {
        let end = to.milliseconds
        let limit = Int64(promises.responseMinutes * 60_000)
        let solve = promises.solveHours
        let called = Int64(promises.followUpDays * 86_400_000)
        let minutes = "(answered - opened) / 60000.0"
        let overdue = "\(Self.open) AND coalesce(net, 0) > \(solve)"
        let lead = "(fails_at - opened) / 86400000.0"
        let age = "(\(end) - opened) / 3600000.0"
        switch id {
        case "first_response_mean", "mtta": return mean(minutes, "answered IS NOT NULL")
        case "first_response_median": return quantile("0.5", minutes, "answered IS NOT NULL")
        case "first_response_p90": return quantile("0.9", minutes, "answered IS NOT NULL")
        case "response_attainment":
            return share(
                "coalesce(answered - opened <= \(limit), 0)",
                of: "answered IS NOT NULL OR (\(Self.open) AND \(end) - opened > \(limit))")
        case "solve_net_mean": return mean("net", "solved IS NOT NULL AND \(Self.ours)")
        case "solve_net_median":
            return quantile("0.5", "net", "solved IS NOT NULL AND \(Self.ours)")
        case "solve_gross_mean": return mean("gross", "solved IS NOT NULL AND \(Self.ours)")
        case "solve_attainment":
            return share(
                "solved IS NOT NULL AND net <= \(solve)",
                of: "\(Self.ours) AND (solved IS NOT NULL OR \(overdue))")
        case "resolution_rate":
            return share(
                "solved IS NOT NULL",
                of: "\(Self.ours) AND (solved IS NOT NULL OR closed IS NOT NULL OR \(overdue))")
        case "reopen_rate": return share("epochs > 1", of: "solved IS NOT NULL AND \(Self.ours)")
        case "rework_rate":
            return .query(
                "SELECT 1.0 * sum(failed_inspections) / sum(inspections), sum(inspections) FROM t")
        case "first_time_fix":
            return .note(
                "repaired ones whose proof is over: see visits, failed_inspections and epochs in t; the time in which a repair can come back is a setting"
            )
        case "precision":
            return share(Self.confirmed, of: "(\(Self.confirmed)) OR (\(Self.refuted))")
        case "precision_strict":
            return share(
                Self.confirmed, of: "\(Self.confirmed) OR \(Self.refuted) OR \(Self.unverified)")
        case "lead_time_mean": return mean(lead, "\(Self.confirmed) AND fails_at IS NOT NULL")
        case "lead_time_median":
            return quantile("0.5", lead, "\(Self.confirmed) AND fails_at IS NOT NULL")
        case "brier_score":
            return mean(
                "(probability - (\(Self.confirmed))) * (probability - (\(Self.confirmed)))",
                "probability IS NOT NULL AND (\(Self.confirmed) OR \(Self.refuted))")
        case "log_loss":
            return .note(
                "as brier_score, of -ln(probability) where it came true, else of -ln(1 - probability)"
            )
        case "planned_to_emergency":
            return .query(
                "SELECT 1.0 * sum(severity IN ('S3', 'S4')) / sum(severity IN ('S1', 'S2')), count(*) FROM t WHERE solved IS NOT NULL"
            )
        case "satisfied_share": return share("csat >= 4", of: "csat IS NOT NULL")
        case "satisfaction_mean": return mean("csat", "csat IS NOT NULL")
        case "satisfaction_answered": return share("csat IS NOT NULL", of: "asked")
        case "follow_up_on_time":
            return share(
                "coalesce(followed_up - delivered <= \(called), 0)",
                of:
                    "delivered IS NOT NULL AND (followed_up IS NOT NULL OR \(end) - delivered > \(called))"
            )
        case "discontent_rate":
            return share("complained", of: "delivered IS NOT NULL AND source <> 'complaint'")
        case "complaint_rate":
            return .query(
                "SELECT 1.0 * sum(source = 'complaint') / sum(delivered IS NOT NULL AND source <> 'complaint'), sum(source = 'complaint') FROM t"
            )
        case "complaint_time_mean":
            return mean("gross", "source = 'complaint' AND solved IS NOT NULL")
        case "waiting_time_mean":
            return mean(
                "(repair_started - checked_in) / 3600000.0",
                "repair_started IS NOT NULL AND checked_in IS NOT NULL")
        case "handover_on_time":
            return share(
                "delivered <= ready_by", of: "delivered IS NOT NULL AND ready_by IS NOT NULL")
        case "same_day_handover":
            return .query(
                """
                SELECT 1.0 * sum(date(delivered / 1000 + \(offset * 60), 'unixepoch')
                    = date(checked_in / 1000 + \(offset * 60), 'unixepoch')) / count(*), count(*)
                  FROM t WHERE delivered IS NOT NULL AND checked_in IS NOT NULL
                """)
        case "backlog_age_median": return quantile("0.5", age, Self.open)
        case "backlog_age_p90": return quantile("0.9", age, Self.open)
        case "backlog_under_4h": return backlog("\(age) < 4")
        case "backlog_under_24h": return backlog("\(age) >= 4 AND \(age) < 24")
        case "backlog_under_3d": return backlog("\(age) >= 24 AND \(age) < 72")
        case "backlog_under_7d": return backlog("\(age) >= 72 AND \(age) < 168")
        case "backlog_over_7d": return backlog("\(age) >= 168")
        case "report_lag_p95":
            return quantile("0.95", "(opened - opened_at) / 60000.0", "source = 'rule'")
        case "messages_refused": return ratio("dead_letters")
        case "messages_duplicate": return ratio("duplicates")
        case "vehicles_silent":
            return .note("counted from what is remembered of each vehicle; see forewarn vehicle ls")
        default:
            return Self.elsewhere[id]
                ?? .note("a formula over the numbers above and the inputs that the report prints")
        }
    }

    private func backlog(_ condition: String) -> Recount {
        .query(
            "SELECT count(*), (SELECT count(*) FROM t WHERE \(Self.open)) FROM t WHERE \(Self.open) AND \(condition)"
        )
    }

    private func ratio(_ fact: String) -> Recount {
        .query(
            """
            SELECT 1.0 * coalesce((SELECT value FROM fact WHERE name = '\(fact)'), 0) / sum(value), sum(value) + 0
              FROM fact WHERE name IN ('messages', 'duplicates')
            """)
    }

    /// Figures that rest on what other systems exported.
    private static let elsewhere: [String: Recount] = [
        "recall": .files("breakdowns.csv: foretold, of those covered"),
        "lead_time_actual_median": .files(
            "breakdowns.csv, by vehicle and failure mode against t.opened"),
        "caught_in_time": .files("breakdowns.csv: confirmed in t with solved before the breakdown"),
        "avoided_breakdowns": .files(
            "breakdowns.csv: share of t with outcome 'declined' that failed"),
        "false_alarms": .files("fleet.csv: million_km, under the count of refuted in t"),
        "productive_utilisation": .files("attendance.csv: worked_hours by attended_hours"),
        "labour_efficiency": .files("attendance.csv: sold_hours by worked_hours"),
        "daily_tasks": .files("attendance.csv: operations by rows"),
        "estimate_error_mean": .files(
            "invoices.csv: total against ticket.estimate_total by estimate_id"),
        "estimate_exceeded": .files(
            "invoices.csv: total against ticket.estimate_total by estimate_id"),
        "parts_fill_lines": .files("order-lines.csv: on_shelf by rows"),
        "parts_fill_orders": .files("order-lines.csv: orders whose lines are all on_shelf"),
        "parts_turns": .files("demand.csv: the last 12 months, by stock of parts.csv"),
        "parts_dead": .files("parts.csv: stock of parts without demand in 12 months"),
        "repairs_per_thousand": .files(
            "fleet.csv: vehicles_sold, under repaired and confirmed in t"),
        "repairs_per_million_km": .files(
            "fleet.csv: million_km, under repaired and confirmed in t"),
    ]
}
