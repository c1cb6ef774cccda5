import VehicleFaults

extension ServiceReport {
    /// What breaks: the Pareto of failure modes, and one document for each, made as `work` says.
    public func faults(by work: some PieceWork = InTurn()) -> ReportDocument {
        let modes = modes
        var sections: [@Sendable () -> ReportDocument.Section] = [{ overview(ofModes: modes) }]
        for (mode, members) in modes.prefix(10) { sections.append { modeSection(mode, members) } }
        return document(
            "faults", Phrase("Common faults", "常见故障"), work.results(of: sections))
    }

    /// Failure modes with their tickets, the most frequent first.
    var modes: [(mode: String, members: TicketGroup)] {
        // Complaints are about our service; they break nothing.
        tickets.filter { !$0.isComplaint }.grouped { $0.mode }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            .map { ($0.key, $0.value) }
    }

    /// The Pareto of failure modes.
    func overview(ofModes modes: [(mode: String, members: TicketGroup)])
        -> ReportDocument.Section
    {
        // Shares are of all, so what does not fit stands together at the end.
        let rest = modes.dropFirst(15).reduce(0) { $0 + $1.members.count }
        let bars =
            modes.prefix(15).map { (name(ofMode: $0.mode), Double($0.members.count)) }
            + (rest > 0 ? [(Phrase("all others", "其他"), Double(rest))] : [])
        let chart = Chart(
            "pareto", Phrase("Tickets by failure mode", "失效模式帕累托图"), .pareto,
            labels: bars.map(\.0), series: [.init(Phrase("Tickets", "工单数"), bars.map(\.1))],
            unit: .count)
        let table = ReportDocument.Table(
            "modes", Phrase("Failure modes", "失效模式"),
            columns: [
                .init("mode", Phrase("Failure mode", "失效模式")),
                .init("tickets", Phrase("Tickets", "工单数"), numeric: true),
                .init("vehicles", Phrase("Vehicles", "车辆数"), numeric: true),
                .init("confirmed", Phrase("Confirmed", "属实"), numeric: true),
                .init("precision", Phrase("Right", "准确率"), numeric: true),
                .init("lead", Phrase("Lead, median", "提前量中位"), numeric: true),
                .init("hours", Phrase("Hours, mean", "工时均值"), numeric: true),
                .init(
                    "over", Phrase("Over standard", "超标准工时"), numeric: true),
            ],
            rows: modes.map { mode, members in
                let confirmed = members.filter { $0.disposition?.isConfirmed == true }
                let refuted = members.count { $0.disposition?.isFalse == true }
                let leads = Sample(confirmed.compactMap(leadDays))
                let worked = members.filter { $0.actualHours > 0 }
                let standard = worked.sum { $0.standardHours }
                let actual = worked.sum { $0.actualHours }
                return [
                    cell(ofMode: mode), .number(Double(members.count), .count),
                    .number(Double(Set(members.map { $0.vehicle }).count), .count),
                    .number(Double(confirmed.count), .count),
                    .number(
                        Proportion(confirmed.count, of: confirmed.count + refuted).value, .share),
                    .number(leads.median, .days),
                    .number(Sample(worked.map { $0.actualHours }).mean, .hours),
                    .number(standard > 0 ? actual / standard - 1 : nil, .share),
                ]
            })
        return .init(
            Phrase("Overview", "总览"), charts: [chart],
            tables: [table] + (records.campaigns.isEmpty ? [] : [campaigns]))
    }

    /// Faults that vehicles of one lot, week, supplier, region or release have more often.
    private var campaigns: ReportDocument.Table {
        .init(
            "campaigns", Phrase("Recall candidates, for review", "召回候选（待评审）"),
            columns: [
                .init("ticket", Phrase("Ticket", "工单")),
                .init("mode", Phrase("Failure mode", "失效模式")),
                .init("attribute", Phrase("Have in common", "共同属性")),
                .init("cases", Phrase("Faulty", "已故障"), numeric: true),
                .init("expected", Phrase("Expected", "预期"), numeric: true),
                .init("healthy", Phrase("Still healthy", "尚未故障"), numeric: true),
                .init("q", Phrase("q", "q"), numeric: true),
                .init("opened", Phrase("Found on", "发现日期")),
                .init("state", Phrase("State", "状态")),
                .init("outcome", Phrase("Outcome", "结论")),
            ],
            rows: records.campaigns.map { found in
                let day = found.opened.advanced(by: Int64(records.offset) * 60_000).text()
                return [
                    .text(found.ticket), cell(ofMode: found.mode), .text(found.attribute),
                    .number(found.cases.map(Double.init), .count), .number(found.expected, .ratio),
                    .number(found.healthy.map(Double.init), .count),
                    .number(found.qValue, .probability),
                    .text(String(day.prefix(10))), .words(ServiceTerm.term(found.state)),
                    .words(found.disposition.map { ServiceTerm.term($0) } ?? Phrase(same: "–")),
                ]
            })
    }

    private func leadDays(_ ticket: TicketGroup.Member) -> Double? {
        (ticket.failed ?? ticket.predictedFailure).map {
            Double($0.milliseconds(since: ticket.opened)) / 86_400_000
        }
    }

    /// One technical document: how often, how early, what it was and took, what misled us.
    private func modeSection(
        _ mode: String, _ members: TicketGroup
    ) -> ReportDocument.Section {
        let outcomes = Dictionary(grouping: members.compactMap { $0.disposition?.rawValue }) { $0 }
            .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let lead = Sample(
            members.filter { $0.disposition?.isConfirmed == true }.compactMap(leadDays)
        ).median
        let worked = members.filter { $0.actualHours > 0 }
        let hours = Sample(worked.map { $0.actualHours }).mean
        let standard = worked.map { $0.standardHours }.max().flatMap { $0 > 0 ? $0 : nil }
        func text(_ value: Double?, _ unit: Figure.Unit) -> Phrase {
            Phrase(
                NumberText.value(value, unit, .english), NumberText.value(value, unit, .chinese))
        }
        let (days, took, usual) = (text(lead, .days), text(hours, .hours), text(standard, .hours))
        return .init(
            name(ofMode: mode),
            notes: [
                Phrase(same: mode),
                Phrase(
                    "\(members.count) tickets on \(Set(members.map { $0.vehicle }).count) vehicles; foretold \(days.en) ahead (median); at the vehicle \(took.en) (mean), standard \(usual.en).",
                    "\(Set(members.map { $0.vehicle }).count) 辆车，\(members.count) 张工单；提前 \(days.zh)（中位）；工时均值 \(took.zh)，标准 \(usual.zh)。"
                ),
            ],
            tables: [
                .init(
                    "\(mode).outcome", Phrase("What it was", "结论"),
                    columns: [
                        .init("outcome", Phrase("Outcome", "结论")),
                        .init("n", Phrase("n", "数量"), numeric: true),
                    ],
                    rows: outcomes.map {
                        [.words(ServiceTerm.term($0.0)), .number(Double($0.1), .count)]
                    }),
                causeTable(mode),
                verdicts(mode, members.filter { $0.disposition != nil }),
            ])
    }

    /// What technicians found, what they did about it, and the part at the root.
    private func causeTable(_ mode: String) -> ReportDocument.Table {
        .init(
            "\(mode).causes", Phrase("Causes and corrections", "原因与纠正措施"),
            columns: [
                .init("cause", Phrase("Cause", "原因")),
                .init("correction", Phrase("Correction", "纠正措施")),
                .init("part", Phrase("Part at the root", "根本原因部件")),
                .init("n", Phrase("n", "数量"), numeric: true),
            ],
            rows: records.causes.filter { $0.mode == mode }.prefix(10).map {
                [
                    .text($0.cause), .text($0.correction), .text($0.rootPart),
                    .number(Double($0.count), .count),
                ]
            })
    }

    // MARK: Feedback

    /// What research and development should hear: what departments were told, and each failure mode
    /// in the short form of an 8D.
    public func feedback(by work: some PieceWork = InTurn()) -> ReportDocument {
        let closed = tickets.filter { $0.disposition != nil && !$0.isComplaint }
        let modes = closed.grouped { $0.mode }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        var sections: [@Sendable () -> ReportDocument.Section] = [
            {
                .init(
                    Phrase("What departments were told", "部门反馈"),
                    charts: [rightness(modes.map { ($0.key, $0.value) })], tables: [told])
            }
        ]
        for (mode, members) in modes { sections.append { lesson(mode, members) } }
        return document(
            "feedback", Phrase("Feedback for research and development", "给研发的反馈"),
            work.results(of: sections))
    }

    /// A failure mode in the short form of an 8D.
    private func lesson(_ mode: String, _ members: TicketGroup) -> ReportDocument.Section {
        let confirmed = members.count { $0.disposition?.isConfirmed == true }
        let failures = members.count { $0.failed != nil }
        return .init(
            name(ofMode: mode),
            notes: [
                Phrase(same: mode),
                Phrase(
                    "D2 Problem: \(members.count) closed tickets, \(confirmed) confirmed, \(failures) broke down.",
                    "D2 问题：已结工单 \(members.count) 张，属实 \(confirmed) 张，抛锚 \(failures) 次。"),
                Phrase(
                    "D4 and D5, cause and correction, as technicians found them:",
                    "D4、D5 原因与纠正措施（技师填写）："),
            ], tables: [causeTable(mode), verdicts(mode, members)])
    }

    /// How often predictions of each failure mode were right, as far as verdicts tell.
    private func rightness(_ modes: [(mode: String, members: TicketGroup)]) -> Chart {
        let verdicts = modes.map { mode, members in
            (
                name: name(ofMode: mode),
                verdict: VerdictPosterior(
                    confirmed: members.count { $0.disposition?.isConfirmed == true },
                    refuted: members.count { $0.disposition?.isFalse == true })
            )
        }.filter { $0.verdict.confirmed + $0.verdict.refuted > 0 }
            .sorted { $0.verdict.mean < $1.verdict.mean }
        return Chart(
            "rightness", Phrase("Right, by failure mode (posterior mean)", "各失效模式准确率（后验均值）"),
            .ranked, labels: verdicts.map(\.name),
            series: [
                .init(
                    Phrase("right", "准确率"), verdicts.map(\.verdict.mean),
                    intervals: verdicts.map(\.verdict.interval))
            ], target: 0.5, unit: .share)
    }

    /// What departments were told in the period, and until when they should answer.
    var told: ReportDocument.Table {
        func day(_ time: EventTime) -> String {
            String(time.advanced(by: Int64(records.offset) * 60_000).text().prefix(10))
        }
        return .init(
            "told", Phrase("Records", "记录"),
            columns: [
                .init("ticket", Phrase("Ticket", "工单")),
                .init("mode", Phrase("Failure mode", "失效模式")),
                .init("department", Phrase("Department", "部门")),
                .init("text", Phrase("What", "内容")),
                .init("told", Phrase("Told on", "反馈日期")),
                .init("until", Phrase("Answer by", "答复期限")),
            ],
            rows: records.feedback.map { record in
                let name = record.department.texts
                return [
                    .text(record.ticket), cell(ofMode: record.mode),
                    .words(Phrase(name.en, name.zh)),
                    .text(record.text), .text(day(record.told)), .text(day(record.due)),
                ]
            })
    }

    private func verdicts(_ mode: String, _ members: TicketGroup) -> ReportDocument.Table {
        let rules = members.grouped { $0.rule }.sorted { $0.key < $1.key }
        return .init(
            "\(mode).rules", Phrase("What the rules were worth", "规则表现"),
            columns: [
                .init("rule", Phrase("Rule", "规则")),
                .init("confirmed", Phrase("Confirmed", "属实"), numeric: true),
                .init("refuted", Phrase("False", "误报"), numeric: true),
                .init("mean", Phrase("Right, posterior mean", "准确率（后验均值）"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("advice", Phrase("Advice", "建议")),
            ],
            rows: rules.map { rule, tickets in
                let verdict = VerdictPosterior(
                    confirmed: tickets.count { $0.disposition?.isConfirmed == true },
                    refuted: tickets.count { $0.disposition?.isFalse == true })
                return [
                    .words(ServiceTerm.term(rule)), .number(Double(verdict.confirmed), .count),
                    .number(Double(verdict.refuted), .count), .number(verdict.mean, .share),
                    .interval(verdict.interval, .share),
                    .words(
                        verdict.isUntrustworthy
                            ? Phrase("only watch", "仅观察") : Phrase("keep", "保留")),
                ]
            })
    }
}
