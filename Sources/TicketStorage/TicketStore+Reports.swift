import GRDB
import ServiceTickets
import VehicleFaults

// What reports read: many tickets at once, as they stood at a time.
extension TicketStore {
    /// Stretches of the numbers of the tickets that were opened in a period, each of `length` numbers.
    public func stretches(openedFrom start: EventTime, until stop: EventTime, length: Int) throws
        -> [ClosedRange<Int64>]
    {
        let ends = try query { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT min(number), max(number) FROM ticket
                    WHERE opened_received >= ? AND opened_received < ?
                    """, arguments: [start.milliseconds, stop.milliseconds])
        }
        guard let first = ends?[0] as Int64?, let last = ends?[1] as Int64? else { return [] }
        return stride(from: first, through: last, by: length).map {
            $0...min($0 + Int64(length) - 1, last)
        }
    }

    /// Calls `body` with every ticket that was opened in a period, as it stood at `end`, in order of
    /// number.
    ///
    /// Most rows hold all that is asked. Tickets to which something happened at `end` or later, and
    /// those of stores from before rows held it, are folded from their events.
    ///
    /// - Parameter numbers: those that are looked at.
    public func forEachTicket(
        openedFrom start: EventTime, until stop: EventTime, asOf end: EventTime,
        numbers: ClosedRange<Int64> = 0...Int64.max, _ body: (Ticket) throws -> Void
    ) throws {
        try query { db in
            var folded: [Int64] = []
            let rows = try ColumnRows(
                db,
                """
                SELECT \(Self.reportColumns) FROM ticket
                WHERE opened_received >= ? AND opened_received < ?
                    AND number BETWEEN ? AND ? AND \(Self.isAboutVehicle) ORDER BY number
                """,
                [
                    start.milliseconds, stop.milliseconds, numbers.lowerBound, numbers.upperBound,
                ])
            var ready: [Ticket] = []
            var texts = RowTexts()
            var ticket = Ticket.blank
            while try rows.next(db) {
                if !rows.fill(&ticket, asOf: end, &texts) {
                    folded.append(rows.integer(0))
                } else if folded.isEmpty {
                    try body(ticket)
                } else {
                    ready.append(ticket)
                }
            }
            guard !folded.isEmpty else { return }
            let late = try Self.fold(folded, before: end, db)
            var (left, right) = (0, 0)
            while left < ready.count || right < late.count {
                if right == late.count
                    || (left < ready.count && ready[left].number < late[right].number)
                {
                    try body(ready[left])
                    left += 1
                } else {
                    try body(late[right])
                    right += 1
                }
            }
        }
    }

    /// Tickets as the events before a time make them.
    static func fold(_ numbers: [Int64], before end: EventTime, _ db: Database) throws
        -> [Ticket]
    {
        let list = "[\(numbers.map(String.init).joined(separator: ","))]"
        return try fold(
            tickets: ("number IN (SELECT value FROM json_each(?))", [list]),
            events: (
                "ticket IN (SELECT value FROM json_each(?)) AND at < ?", [list, end.milliseconds]
            ), isPart: true, db)
    }
}

extension TicketStore {
    /// Holds of what is about a vehicle. Figures leave out tickets about what many have in common, and
    /// the canary.
    public static let isAboutVehicle =
        "vehicle NOT IN ('\(VehicleID.wholeFleet)', '\(VehicleID.canary)')"

    /// What ``ColumnRows/fill(_:asOf:_:)`` reads, in its order.
    fileprivate static let reportColumns = [
        "number", "vehicle", "mode", "severity", "advice", "component", "skill", "opened_at",
        "opened_received", "state", "epoch", "source", "rules", "site", "technicians",
        "disposition", "cancel_reason", "proof", "csat", "estimate_total", "clock_start",
        "solve_from", "responded_at", "triaged_at", "checked_in_at", "repair_started_at",
        "repaired_at", "solved_at", "delivered_at", "followed_up_at", "closed_at", "cancelled_at",
        "account", "appointment_at", "estimate_id", "actual_cost",
    ].joined(separator: ", ")
}

/// What the texts of many rows were.
private struct RowTexts {
    var modes = SeenTexts<String>()
    var severities = SeenTexts<Severity> { Severity(name: $0) }
    var advices = SeenTexts<Advice> { Advice(name: $0) }
    var components = SeenTexts<String>()
    var skills = SeenTexts<String>()
    var states = SeenTexts<TicketState>()
    var sources = SeenTexts<TicketSource>()
    var rules = SeenTexts<[String]>()
    var sites = SeenTexts<String>()
    var technicians = SeenTexts<[String]>()
    var dispositions = SeenTexts<Disposition>()
    var cancelReasons = SeenTexts<CancelReason>()
    var proofs = SeenTexts<Ticket.Proof>()
}

extension ColumnRows {
    /// Makes the row's ticket of another, when the row says all that is known at `end`.
    fileprivate func fill(
        _ ticket: inout Ticket, asOf end: EventTime, _ texts: inout RowTexts
    ) -> Bool {
        guard let account = bytes(32).map(Array.init),
            let counted = Ticket.counted(account: account), counted < end,
            let vehicle = bytes(1).flatMap({ VehicleID(Array($0).span) }),
            let severity = texts.severities(bytes(3)), let advice = texts.advices(bytes(4)),
            let component = texts.components(bytes(5)), let openedAt = time(7),
            let received = time(8), let state = texts.states(bytes(9)),
            let source = texts.sources(bytes(11)), let proof = texts.proofs(bytes(17)),
            let clockStart = time(20)
        else { return false }
        return ticket.become(
            (
                integer(0), vehicle, texts.modes(bytes(2)) ?? "", texts.skills(bytes(6)) ?? "",
                source, openedAt, received
            ),
            epoch: Int(integer(10)), clockStart: clockStart, proof: proof,
            estimate: isNull(19) ? nil : (text(34) ?? "", number(19)),
            rules: texts.rules(bytes(12)) ?? [], account: account
        ) { course in
            course.severity = severity
            course.advice = advice
            course.component = component
            course.state = state
            course.site = texts.sites(bytes(13))
            course.technicians = texts.technicians(bytes(14)) ?? []
            course.disposition = texts.dispositions(bytes(15))
            course.cancelReason = texts.cancelReasons(bytes(16))
            course.csat = isNull(18) ? nil : Int(integer(18))
            course.solveFrom = time(21)
            course.respondedAt = time(22)
            course.triagedAt = time(23)
            course.checkedInAt = time(24)
            course.repairStartedAt = time(25)
            course.repairedAt = time(26)
            course.solvedAt = time(27)
            course.deliveredAt = time(28)
            course.followedUpAt = time(29)
            course.closedAt = time(30)
            course.cancelledAt = time(31)
            course.appointment = time(33)
            course.actualCost = isNull(35) ? nil : number(35)
        }
    }
}
