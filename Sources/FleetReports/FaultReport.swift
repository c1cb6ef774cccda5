import VehicleFaults

extension ServiceReport {
    /// What breaks: the Pareto of failure modes, and one document for each.
    public var faults: ReportDocument {
        let modes = Dictionary(grouping: tickets, by: \.mode)
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let chart = Chart(
            "pareto", Phrase("Tickets by failure mode", "失效模式帕累托图"), .pareto,
            labels: modes.prefix(15).map { Phrase(same: $0.key) },
            series: [
                .init(Phrase("Tickets", "工单数"), modes.prefix(15).map { Double($0.value.count) })
            ], unit: .count)
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
                let standard = worked.reduce(0) { $0 + $1.standardHours }
                let actual = worked.reduce(0) { $0 + $1.actualHours }
                return [
                    .text(mode), .number(Double(members.count), .count),
                    .number(Double(Set(members.map(\.vehicle)).count), .count),
                    .number(Double(confirmed.count), .count),
                    .number(
                        Proportion(confirmed.count, of: confirmed.count + refuted).value, .share),
                    .number(leads.median, .days),
                    .number(Sample(worked.map(\.actualHours)).mean, .hours),
                    .number(standard > 0 ? actual / standard - 1 : nil, .share),
                ]
            })
        return document(
            "faults", Phrase("Common faults", "常见故障"),
            [.init(Phrase("Overview", "总览"), charts: [chart], tables: [table])]
                + modes.prefix(10).map { modeSection($0.key, $0.value) })
    }

    private func leadDays(_ ticket: TicketRecord) -> Double? {
        (ticket.failed ?? ticket.predictedFailure).map {
            Double($0.milliseconds(since: ticket.opened)) / 86_400_000
        }
    }

    /// One technical document: how often, what it was, what misled us.
    private func modeSection(
        _ mode: String, _ members: [TicketRecord]
    ) -> ReportDocument.Section {
        func counts(
            _ id: String, _ title: Phrase, _ heading: Phrase, _ key: (TicketRecord) -> String?
        ) -> ReportDocument.Table {
            let groups = Dictionary(grouping: members.compactMap(key)) { $0 }
                .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
            return .init(
                "\(mode).\(id)", title,
                columns: [.init(id, heading), .init("n", Phrase("n", "数量"), numeric: true)],
                rows: groups.map {
                    [.words(ServiceTerm.term($0.0)), .number(Double($0.1), .count)]
                })
        }
        return .init(
            Phrase(same: mode),
            notes: [
                Phrase(
                    "\(members.count) tickets on \(Set(members.map(\.vehicle)).count) vehicles.",
                    "\(Set(members.map(\.vehicle)).count) 辆车，\(members.count) 张工单。")
            ],
            tables: [
                counts("outcome", Phrase("What it was", "结论"), Phrase("Outcome", "结论")) {
                    $0.disposition?.rawValue
                },
                counts("component", Phrase("Component", "部件"), Phrase("Component", "部件")) {
                    $0.component
                },
                counts("rule", Phrase("Found by", "发现规则"), Phrase("Rule", "规则")) { $0.rule },
                counts("model", Phrase("Model", "车型"), Phrase("Model", "车型")) { $0.model },
            ])
    }

    // MARK: Quality

    /// Whether the five steps were kept, and where tickets wait.
    public var quality: ReportDocument {
        let deviations = Dictionary(grouping: tickets.flatMap(\.deviations)) { $0 }
            .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let complete = tickets.filter { $0.closed != nil && $0.disposition != .duplicate }
        let conforming = Proportion(complete.count { $0.deviations.isEmpty }, of: complete.count)
        return document(
            "quality", Phrase("Quality of service", "服务质量"),
            [
                .init(
                    Phrase("The five steps", "五步流程"),
                    figures: [
                        .share(
                            "flow_conformance", conforming,
                            excluded: tickets.count - complete.count)
                    ] + figures.quality,
                    tables: [
                        .init(
                            "deviations", Phrase("Steps left out or out of order", "缺失或次序颠倒的步骤"),
                            columns: [
                                .init("step", Phrase("Step", "步骤")),
                                .init("n", Phrase("Tickets", "工单数"), numeric: true),
                            ],
                            rows: deviations.map {
                                [.words(ServiceTerm.term($0.0)), .number(Double($0.1), .count)]
                            })
                    ]),
                .init(
                    Phrase("Bottlenecks", "瓶颈"), tables: [timeInState, timeOnHold]),
                .init(
                    Phrase("Customers", "客户"), figures: figures.satisfaction,
                    tables: [complaintReasons]),
            ])
    }

    var complaintReasons: ReportDocument.Table {
        let reasons = Dictionary(grouping: tickets.flatMap(\.complaints)) { $0 }
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

    // MARK: Training

    /// Where training would help most: how often, how badly, how slowly.
    public var training: ReportDocument {
        document(
            "training", Phrase("Training needs", "培训需求"),
            [
                .init(
                    Phrase("By skill and failure mode", "按技能组与失效模式"),
                    notes: [
                        Phrase(
                            "Need = repairs × share not fixed the first time × hours over standard. Few repairs say little about a person or a team.",
                            "需求 = 维修数 × 未一次修复占比 × 超标准工时。样本少时不宜评价个人或班组。")
                    ], tables: [trainingNeeds])
            ])
    }

    /// Need by skill and failure mode, greatest first; none where no standard is known.
    var trainingNeeds: ReportDocument.Table {
        struct Key: Hashable {
            var skill: String
            var mode: String
        }
        let groups = Dictionary(grouping: tickets.filter(\.wasRepaired)) {
            Key(skill: $0.skill, mode: $0.mode)
        }
        let rows = groups.map { key, members -> (Key, Int, Double, Double?, Double) in
            let fixed = members.count {
                $0.visits <= 1 && $0.failedInspections == 0 && $0.reopenings == 0
            }
            let missed = 1 - Double(fixed) / Double(members.count)
            let timed = members.filter { $0.standardHours > 0 }
            let over = Sample(timed.map { max(0, $0.actualHours - $0.standardHours) }).mean
            let need = Double(members.count) * missed * (over ?? 0)
            return (key, members.count, missed, over, need)
        }.sorted {
            ($1.4, $0.0.skill, $0.0.mode) < ($0.4, $1.0.skill, $1.0.mode)
        }
        return .init(
            "training", Phrase("Needs", "需求"),
            columns: [
                .init("skill", Phrase("Skill", "技能组")),
                .init("mode", Phrase("Failure mode", "失效模式")),
                .init("repairs", Phrase("Repairs", "维修数"), numeric: true),
                .init(
                    "missed", Phrase("Not fixed at once", "未一次修复"),
                    numeric: true),
                .init(
                    "over", Phrase("Hours over standard", "超标准工时"),
                    numeric: true),
                .init("need", Phrase("Need", "需求值"), numeric: true),
            ],
            rows: rows.map { key, count, missed, over, need in
                [
                    .text(key.skill), .text(key.mode),
                    .number(Double(count), .count), .number(missed, .share),
                    .number(over, .hours),
                    .number(over == nil ? nil : need, .score),
                ]
            })
    }

    // MARK: Feedback

    /// What research and development should hear: each failure mode in the short form of an 8D.
    public var feedback: ReportDocument {
        let modes = Dictionary(grouping: tickets.filter { $0.disposition != nil }, by: \.mode)
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        return document(
            "feedback", Phrase("Feedback for research and development", "给研发的反馈"),
            modes.map { mode, members in
                let confirmed = members.count { $0.disposition?.isConfirmed == true }
                let models = Dictionary(grouping: members, by: \.model)
                    .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
                let spread = models.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
                let failures = members.count { $0.failed != nil }
                return .init(
                    Phrase(same: mode),
                    notes: [
                        Phrase(
                            "D2 Problem: \(members.count) closed tickets, \(confirmed) confirmed, \(failures) broke down.",
                            "D2 问题：已结工单 \(members.count) 张，属实 \(confirmed) 张，抛锚 \(failures) 次。"),
                        Phrase("Models: \(spread).", "车型：\(spread)。"),
                    ],
                    tables: [verdicts(mode, members)])
            })
    }

    private func verdicts(_ mode: String, _ members: [TicketRecord]) -> ReportDocument.Table {
        let rules = Dictionary(grouping: members, by: \.rule).sorted { $0.key < $1.key }
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
