import GRDB
import ServiceTickets
import VehicleFaults

// What reports read: many tickets at once, as they stood at a time.
extension TicketStore {
    /// The numbers of the tickets that were opened in a period, cut into stretches of equally many.
    public func stretches(openedFrom start: EventTime, until stop: EventTime, length: Int) throws
        -> [ClosedRange<Int64>]
    {
        let numbers = try query { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT number FROM ticket WHERE opened_received >= ? AND opened_received < ?
                    """, arguments: [start.milliseconds, stop.milliseconds])
        }.sorted()
        return stride(from: 0, to: numbers.count, by: length).map {
            numbers[$0]...numbers[min($0 + length, numbers.count) - 1]
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
                    AND number BETWEEN ? AND ? ORDER BY number
                """,
                [
                    start.milliseconds, stop.milliseconds, numbers.lowerBound, numbers.upperBound,
                ])
            var ready: [Ticket] = []
            var texts = RowTexts()
            while try rows.next(db) {
                let number = rows.integer(0)
                if let ticket = rows.ticket(asOf: end, &texts) {
                    if folded.isEmpty { try body(ticket) } else { ready.append(ticket) }
                } else {
                    folded.append(number)
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
    /// What ``ColumnRows/ticket(asOf:)`` reads, in its order.
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
    /// The row as a ticket, when it says all that is known at `end`.
    fileprivate func ticket(asOf end: EventTime, _ texts: inout RowTexts) -> Ticket? {
        guard let account = bytes(32).map(Array.init),
            let counted = Ticket.counted(account: account), counted < end,
            let vehicle = text(1).flatMap({ VehicleID($0) }),
            let severity = texts.severities(bytes(3)), let advice = texts.advices(bytes(4)),
            let component = texts.components(bytes(5)), let openedAt = time(7),
            let received = time(8), let state = texts.states(bytes(9)),
            let source = texts.sources(bytes(11)), let proof = texts.proofs(bytes(17)),
            let clockStart = time(20)
        else { return nil }
        let opened = Ticket(
            number: integer(0), vehicle: vehicle, mode: texts.modes(bytes(2)) ?? "",
            severity: severity, advice: advice, component: component,
            skill: texts.skills(bytes(6)) ?? "",
            name: ("", ""), openedAt: openedAt, openedPosition: 0, findings: 0,
            latestAt: openedAt, symptomGone: false, openedReceived: received, source: source)
        var course = Course(severity: severity, advice: advice, component: component)
        course.state = state
        course.site = texts.sites(bytes(13))
        course.technicians = texts.technicians(bytes(14)) ?? []
        course.disposition = texts.dispositions(bytes(15))
        course.cancelReason = texts.cancelReasons(bytes(16))
        course.csat =
            isNull(18) ? nil : Int(integer(18))
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
        course.actualCost =
            isNull(35) ? nil : number(35)
        let total =
            isNull(19) ? nil : number(19)
        return Ticket(
            opened, course: course, epoch: Int(integer(10)),
            clockStart: clockStart, proof: proof,
            estimate: total.map { (text(34) ?? "", $0) }, rules: texts.rules(bytes(12)) ?? [],
            account: account)
    }
}
