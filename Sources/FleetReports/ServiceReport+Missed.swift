import VehicleFaults

// The tickets that missed a promise.
extension ServiceReport {
    var missedPromises: ReportDocument.Section { .init(Phrase("Missed", "未达成"), tables: [missed]) }

    /// How many rows a review shows of those that missed a promise.
    public static let worst = 50

    /// Those that missed a promise by most, and how many there are.
    var worstMissed: ReportDocument.Section {
        let late = lateTickets.sorted { (a: Late, b: Late) -> Bool in
            a.beyond == b.beyond ? a.ticket.number < b.ticket.number : a.beyond > b.beyond
        }
        let shown = late.prefix(Self.worst)
        let isAll = shown.count == late.count
        return .init(
            Phrase("Missed", "未达成"),
            notes: [
                Phrase(
                    "\(late.count) of \(tickets.count) tickets missed a promise."
                        + (isAll
                            ? ""
                            : " The \(shown.count) that missed it by most stand here; all of them are in forewarn report sla."),
                    "\(tickets.count) 张工单中有 \(late.count) 张未达成承诺"
                        + (isAll
                            ? "。" : "，此处列出超出最多的 \(shown.count) 张；全部见 forewarn report sla。"))
            ],
            tables: [
                .init(
                    "missed_by_most", Phrase("Furthest beyond a promise", "超出承诺最多的工单"),
                    columns: Self.missedColumns + [
                        .init("beyond", Phrase("Beyond", "超出"), numeric: true)
                    ],
                    rows: shown.map { cells(ofMissed: $0.ticket) + [.number($0.beyond, .hours)] })
            ])
    }

    /// A ticket that missed a promise, and by how many hours it missed both together.
    private typealias Late = (ticket: TicketGroup.Member, beyond: Double)

    private var lateTickets: [Late] {
        tickets.compactMap { ticket -> Late? in
            let answer = minutesToAnswer(ticket) ?? (ticket.isOpen ? .infinity : 0)
            let solve = ticket.isOutOfOurHands ? 0 : (ticket.netSolve ?? 0) / 3600
            guard answer > promises.responseMinutes || solve > promises.solveHours else {
                return nil
            }
            // Who waits for an answer has waited until the period's end.
            let waited =
                answer.isFinite
                ? answer / 60 : Double(records.to.milliseconds(since: ticket.opened)) / 3_600_000
            return (
                ticket,
                max(0, waited - promises.responseMinutes / 60) + max(0, solve - promises.solveHours)
            )
        }
    }

    private func minutesToAnswer(_ ticket: TicketGroup.Member) -> Double? {
        ticket.acknowledged.map { Double($0.milliseconds(since: ticket.opened)) / 60_000 }
    }

    private static let missedColumns: [ReportDocument.Column] = [
        .init("ticket", Phrase("Ticket", "工单")),
        .init("vehicle", Phrase("Vehicle", "车辆")),
        .init("mode", Phrase("Failure mode", "失效模式")),
        .init("severity", Phrase("Severity", "紧急程度")),
        .init("response", Phrase("First response", "首次响应"), numeric: true),
        .init("net", Phrase("Net", "净时长"), numeric: true),
        .init("gross", Phrase("Gross", "含挂起"), numeric: true),
    ]

    private func cells(ofMissed ticket: TicketGroup.Member) -> [ReportDocument.Cell] {
        [
            .text(ticket.id), .text(records.vehicleText(ticket.vehicle)),
            cell(ofMode: ticket.mode),
            .text(ticket.severity.name), .number(minutesToAnswer(ticket), .minutes),
            .number(ticket.netSolve.map { $0 / 3600 }, .hours),
            .number(ticket.grossSolve.map { $0 / 3600 }, .hours),
        ]
    }

    private var missed: ReportDocument.Table {
        let late = lateTickets.sorted { (a: Late, b: Late) -> Bool in
            // Names are made where they decide only.
            let (a, b) = (a.ticket, b.ticket)
            return a.opened == b.opened ? a.id < b.id : a.opened < b.opened
        }
        return .init(
            "missed", Phrase("Tickets that missed a promise", "未达成承诺的工单"),
            columns: Self.missedColumns, rows: late.map { cells(ofMissed: $0.ticket) })
    }
}
