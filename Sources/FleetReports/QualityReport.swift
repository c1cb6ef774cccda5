import ServiceTickets
import VehicleFaults

// How well the service is done.
extension ServiceReport {
    /// Whether the five steps were kept, and where tickets wait.
    public func quality(by work: some PieceWork = InTurn()) -> ReportDocument {
        document(
            "quality", Phrase("Quality of service", "服务质量"),
            work.results(
                of: [
                    { fiveSteps },
                    {
                        let found = bottlenecks(by: work)
                        return .init(
                            Phrase("Bottlenecks", "瓶颈"), charts: found.charts,
                            tables: found.tables)
                    },
                    {
                        .init(
                            Phrase("Customers", "客户"), figures: figures.satisfaction,
                            charts: [scoreChart],
                            tables: [complaintReasons])
                    },
                ] as [@Sendable () -> ReportDocument.Section])
                + (records.scores.isEmpty
                    ? []
                    : [
                        .init(Phrase("The team, seen from all sides", "团队评价"), tables: [scoreTable])
                    ]))
    }

    /// Whether the five steps were kept.
    var fiveSteps: ReportDocument.Section {
        let deviations = Dictionary(grouping: tickets.flatMap { $0.deviations }) { $0 }
            .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        // What was solved from afar has no five steps to keep.
        let complete = tickets.filter { $0.closed != nil && $0.wasRepaired }
        let onTime = Proportion(complete.count { $0.lateSteps.isEmpty }, of: complete.count)
        let conforming = Proportion(complete.count { $0.deviations.isEmpty }, of: complete.count)
        return .init(
            Phrase("The five steps", "五步流程"),
            figures: [
                .share(
                    "flow_conformance", conforming,
                    excluded: tickets.count - complete.count),
                .share(
                    "flow_on_time", onTime, excluded: tickets.count - complete.count),
            ] + figures.quality, charts: [lateChart(complete)],
            tables: [
                lateSteps(complete),
                .init(
                    "deviations", Phrase("Steps left out or out of order", "缺失或次序颠倒的步骤"),
                    columns: [
                        .init("step", Phrase("Step", "步骤")),
                        .init("n", Phrase("Tickets", "工单数"), numeric: true),
                    ],
                    rows: deviations.map {
                        [.words(ServiceTerm.term($0.0)), .number(Double($0.1), .count)]
                    }),
            ])
    }

    /// The five steps of closed tickets, with how often each came late.
    private func lateSteps(_ complete: TicketGroup) -> ReportDocument.Table {
        .init(
            "late_steps", Phrase("Steps that came late", "超时步骤"),
            columns: [
                .init("step", Phrase("Step", "步骤")),
                .init("n", Phrase("Late", "超时"), numeric: true),
                .init("share", Phrase("Of closed", "占已结工单"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
            ],
            rows: TicketTally.flowSteps.map(\.rawValue).map { step in
                let late = Proportion(
                    complete.count { $0.lateSteps.contains(step) }, of: complete.count)
                return [
                    .words(ServiceTerm.term(step)), .number(Double(late.hits), .count),
                    .number(late.value, .share), .interval(late.interval, .share),
                ]
            })
    }

    private func lateChart(_ complete: TicketGroup) -> Chart {
        let steps = TicketTally.flowSteps.map(\.rawValue)
        let late = steps.map { step in
            Proportion(complete.count { $0.lateSteps.contains(step) }, of: complete.count)
        }
        return Chart(
            "late_steps", Phrase("Closed tickets with a late step", "已结工单各步骤超时占比"), .ranked,
            labels: steps.map { ServiceTerm.term($0) },
            series: [
                .init(
                    Phrase("late", "超时"), late.map { $0.value ?? 0 },
                    intervals: late.map(\.interval))
            ], unit: .share)
    }

    /// How many customers gave each score.
    private var scoreChart: Chart {
        let scores = tickets.compactMap { $0.satisfaction }
        return Chart(
            "scores_given", Phrase("Scores that customers gave", "客户评分分布"), .bars,
            labels: (1...5).map { Phrase(same: "\($0)") },
            series: [
                .init(
                    Phrase("customers", "客户数"),
                    (1...5).map { score in Double(scores.count { $0 == score }) })
            ], unit: .count)
    }

    var complaintReasons: ReportDocument.Table {
        let reasons = Dictionary(grouping: tickets.flatMap { $0.complaints }) { $0 }
            .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let answers = tickets.count { $0.satisfaction != nil }
        return .init(
            "complaints", Phrase("Why customers were not content", "差评原因"),
            columns: [
                .init("reason", Phrase("Reason", "原因")),
                .init("n", Phrase("Tickets", "工单数"), numeric: true),
                .init("share", Phrase("Of answers", "占应答"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
            ],
            rows: reasons.map { reason, count in
                let share = Proportion(count, of: answers)
                return [
                    .words(ServiceTerm.term(reason)), .number(Double(count), .count),
                    .number(share.value, .share), .interval(share.interval, .share),
                ]
            })
    }

    /// Where the tickets that missed a promise spent most of the time that they should have taken
    /// less of: a state, or a reason to wait.
    var breachCauses: ReportDocument.Table {
        struct Key: Hashable { var promise, cause: String }
        var found: [Key: (tickets: Int, hours: Double)] = [:]
        func count(_ promise: String, _ cause: String, _ milliseconds: Int64) {
            let old = found[Key(promise: promise, cause: cause)] ?? (0, 0)
            found[Key(promise: promise, cause: cause)] = (
                old.tickets + 1, old.hours + Double(milliseconds) / 3_600_000
            )
        }
        let limit = (promises.responseMinutes * 60_000, promises.solveHours * 3600)
        tickets.forEach { ticket in
            let answered = ticket.acknowledged ?? (ticket.isOpen ? records.to : ticket.opened)
            let wait = answered.milliseconds(since: ticket.opened)
            if Double(wait) > limit.0 { count("response", TicketState.open.rawValue, wait) }
            guard !ticket.isOutOfOurHands, (ticket.netSolve ?? 0) > limit.1 else { return }
            // A hold is told by its reason, not as a state; what a fault that we foresaw waited for
            // before it came in is no time of the promise.
            let isWhole = ticket.source.isReactive || ticket.severity >= .s2
            let states = zip(TicketState.allCases, ticket.timeInStates).filter { state, _ in
                [.checkedIn, .inRepair, .qualityCheck].contains(state)
                    || isWhole && TicketState.beforeRepair.contains(state)
            }.map { ($0.0.rawValue, $0.1) }
            let holds = zip(HoldReason.allCases, ticket.timeOnHold).map { ($0.0.rawValue, $0.1) }
            guard let most = (states + holds).max(by: { $0.1 < $1.1 }) else { return }
            count("solve", most.0, most.1)
        }
        let rows = found.sorted {
            ($0.key.promise, $1.value.tickets, $0.key.cause)
                < ($1.key.promise, $0.value.tickets, $1.key.cause)
        }
        return .init(
            "breach_causes", Phrase("What missed promises waited for", "未达成承诺的主因"),
            columns: [
                .init("promise", Phrase("Promise", "承诺")),
                .init("cause", Phrase("Longest in", "停留最长")),
                .init("tickets", Phrase("Tickets", "工单数"), numeric: true),
                .init("hours", Phrase("Hours there", "停留小时"), numeric: true),
            ],
            rows: rows.map { key, value in
                [
                    .words(ServiceTerm.term(key.promise)), .words(ServiceTerm.term(key.cause)),
                    .number(Double(value.tickets), .count), .number(value.hours, .hours),
                ]
            })
    }
}
