import VehicleFaults

/// The review of a quarter: the figures beside those of the quarter before, and what to do.
public struct QuarterReport: Sendable {
    let now: ServiceReport
    let before: ServiceReport?
    let staffing: StaffingInputs
    let parts: [PartRecord]
    let batches: [BatchComparison.Batch]

    /// - Parameters:
    ///   - now: the quarter under review.
    ///   - before: the quarter before, if it is known.
    public init(
        now: ServiceReport, before: ServiceReport?, staffing: StaffingInputs,
        parts: [PartRecord] = [], batches: [BatchComparison.Batch] = []
    ) {
        self.now = now
        self.before = before
        self.staffing = staffing
        self.parts = parts
        self.batches = batches
    }

    /// What takes a while to make; what takes longest begins first.
    private enum Part: CaseIterable {
        case missed, staff, time, supply, steps, modes, training, glance, rules
    }

    /// What a part, or one group of figures, comes to.
    private struct Piece: Sendable {
        var sections: [ReportDocument.Section] = []
        var charts: [Chart] = []
        var figures: [Figure] = []
        var rows: [[ReportDocument.Cell]] = []
    }

    /// The pack, its pieces made as `work` says.
    public func document(by work: some PieceWork = InTurn()) -> ReportDocument {
        func pieces(of figures: ServiceFigures?) -> [@Sendable () -> Piece] {
            (figures?.pieces ?? []).map { made in { Piece(figures: made()) } }
        }
        let parts: [@Sendable () -> Piece] = Part.allCases.map { part in
            { piece(part, by: work) }
        }
        let (current, past) = (pieces(of: now.figures), pieces(of: before?.figures))
        let made = work.results(of: parts + current + past)
        let found = Dictionary(uniqueKeysWithValues: zip(Part.allCases, made))
        let figures = made[parts.count...].prefix(current.count).flatMap(\.figures)
        let earlier = made.suffix(past.count).flatMap(\.figures)
        let first: [ReportDocument.Section] = [
            .init(
                Phrase("At a glance", "概览"),
                figures: Self.headlineIDs.compactMap { id in figures.first { $0.id == id } },
                charts: found[.glance]?.charts ?? []),
            .init(
                Phrase("What to do", "待办事项"),
                tables: [actions(figures, rules: found[.rules]?.rows ?? [])]
                    + (now.records.feedback.isEmpty ? [] : [now.told])),
            .init(
                Phrase("Against the quarter before", "与上季度对比"),
                tables: [comparison(figures, earlier)]),
        ]
        let order: [Part] = [.modes, .time, .missed, .steps, .training, .staff, .supply]
        return now.document(
            "quarter", Phrase("Quarterly review", "季度评审"),
            first + order.flatMap { found[$0]?.sections ?? [] })
    }

    private func piece(_ part: Part, by work: some PieceWork) -> Piece {
        switch part {
        case .missed: Piece(sections: [now.worstMissed])
        case .staff: Piece(sections: staffed(by: work))
        case .time: Piece(sections: [now.whereTimeWent(by: work)])
        case .supply: Piece(sections: supplied)
        case .steps: Piece(sections: [now.fiveSteps])
        case .modes: Piece(sections: [now.overview(ofModes: now.modes)])
        case .training: Piece(sections: now.training().sections)
        case .glance:
            Piece(charts: [now.weekly, now.attainmentBySite(now.attainments { $0.site })])
        case .rules: Piece(rows: untrustworthy)
        }
    }

    /// Of the report about staffing what shows something, the size of the workshop and the advice.
    private func staffed(by work: some PieceWork) -> [ReportDocument.Section] {
        StaffingReport(staffing, advice: now.advice)
            .document(from: now.records.from, to: now.records.to, by: work)
            .sections.filter {
                !$0.charts.isEmpty || $0.figures.contains { $0.id == "positions" }
                    || $0.tables.contains { $0.id == "team_advice" }
            }
    }

    private var supplied: [ReportDocument.Section] {
        let (from, to) = (now.records.from, now.records.to)
        var sections: [ReportDocument.Section] = []
        if !parts.isEmpty { sections += PartsReport(parts).document(from: from, to: to).sections }
        let lines = now.records.partLines
        if !lines.isEmpty || !batches.isEmpty {
            sections +=
                SupplierReport(lines, batches: batches).document(from: from, to: to).sections
        }
        return sections
    }

    private static let headlineIDs = [
        "response_attainment", "solve_attainment", "first_time_fix", "precision",
        "lead_time_median", "caught_in_time", "satisfaction_mean", "parts_fill_lines",
    ]

    private func comparison(_ figures: [Figure], _ earlier: [Figure]) -> ReportDocument.Table {
        .init(
            "comparison", Phrase("All figures", "全部指标"),
            columns: [
                .init("figure", Phrase("Figure", "指标")),
                .init("value", Phrase("This quarter", "本季度"), numeric: true),
                .init("before", Phrase("Before", "上季度"), numeric: true),
                .init("change", Phrase("Change", "变化")),
                .init("n", Phrase("n", "样本数"), numeric: true),
            ],
            rows: figures.filter { $0.value != nil }.map { figure in
                let old = earlier.first { $0.id == figure.id }
                return [
                    .words(FigureName.name(of: figure.id)), .number(figure.value, figure.unit),
                    .number(old?.value, figure.unit), .words(change(figure, old)),
                    .number(Double(figure.n), .count),
                ]
            })
    }

    /// Better or worse only where neither interval holds the other value; else just up or down.
    private func change(_ figure: Figure, _ old: Figure?) -> Phrase {
        guard let value = figure.value, let earlier = old?.value else { return Phrase(same: "–") }
        guard value != earlier else { return Phrase("same", "持平") }
        let rises = value > earlier
        guard let interval = figure.interval else {
            return rises ? Phrase("up", "上升") : Phrase("down", "下降")
        }
        // Either may be the one with few cases.
        let isChance = interval.contains(earlier) || old?.interval?.contains(value) == true
        guard !isChance else { return Phrase("within chance", "属随机波动") }
        return rises != figure.lowerIsBetter ? Phrase("better", "改善") : Phrase("worse", "变差")
    }

    /// Rules that are wrong more often than right.
    private var untrustworthy: [[ReportDocument.Cell]] {
        let rules = now.tickets.grouped { $0.rule }.sorted { $0.key < $1.key }
        return rules.compactMap { rule, members in
            let verdict = VerdictPosterior(
                confirmed: members.count { $0.disposition?.isConfirmed == true },
                refuted: members.count { $0.disposition?.isFalse == true })
            guard verdict.isUntrustworthy else { return nil }
            return [
                .text(rule), .number(verdict.mean, .share), .number(0.5, .share),
                .words(Phrase("let the rule only watch", "规则改为仅观察")),
            ]
        }
    }

    /// What the figures ask for, each with the number that asks.
    private func actions(
        _ figures: [Figure], rules: [[ReportDocument.Cell]]
    ) -> ReportDocument.Table {
        var rows: [[ReportDocument.Cell]] = []
        for figure in figures where figure.isMet == false {
            rows.append([
                .words(FigureName.name(of: figure.id)), .number(figure.value, figure.unit),
                .number(figure.target, figure.unit),
                .words(Phrase("bring back to the promise", "恢复至目标")),
            ])
        }
        rows += rules
        for found in BatchComparison.compare(batches) where found.isSignal {
            rows.append([
                .text(found.batch.name), .number(found.rateRatio, .ratio), .number(2, .ratio),
                .words(Phrase("recall candidate, for review", "召回候选（待评审）")),
            ])
        }
        return .init(
            "actions", Phrase("Actions", "措施"),
            columns: [
                .init("what", Phrase("What", "事项")),
                .init("value", Phrase("Now", "当前"), numeric: true),
                .init("limit", Phrase("Limit", "界限"), numeric: true),
                .init("action", Phrase("Action", "措施")),
            ], rows: rows)
    }
}
