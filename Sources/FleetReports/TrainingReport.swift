import VehicleFaults

// Who could learn what.
extension ServiceReport {
    /// Where training would help most: how often, how badly, how slowly.
    ///
    /// - Parameter showsPeople: whether each technician is named; that is for who answers for them.
    public func training(showsPeople: Bool = false) -> ReportDocument {
        let needs = trainingNeeds
        return document(
            "training", Phrase("Training needs", "培训需求"),
            [
                .init(
                    Phrase("By skill and failure mode", "按技能组与失效模式"),
                    notes: [
                        Phrase(
                            "Need = repairs × share not fixed the first time × hours over standard. Few repairs say little about a person or a team.",
                            "需求 = 维修数 × 未一次修复占比 × 超标准工时。样本少时不宜评价个人或班组。")
                    ], charts: [chart(ofNeeds: needs)], tables: [needs])
            ] + trainingEffects + (showsPeople ? [people] : []))
    }

    /// Need by skill and failure mode, greatest first; none where no standard is known.
    var trainingNeeds: ReportDocument.Table {
        struct Key: Hashable {
            var skill: String
            var mode: String
        }
        let groups = tickets.filter { $0.wasRepaired }.grouped {
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
                    Self.cell(ofSkill: key.skill), cell(ofMode: key.mode),
                    .number(Double(count), .count), .number(missed, .share),
                    .number(over, .hours),
                    .number(over == nil ? nil : need, .score),
                ]
            })
    }

    /// The greatest needs.
    private func chart(ofNeeds needs: ReportDocument.Table) -> Chart {
        let rows = needs.rows.compactMap { cells -> (Phrase, Double)? in
            guard case .named(_, let name) = cells[1], case .named(_, let skill) = cells[0],
                case .number(let need?, _) = cells[5], need > 0
            else { return nil }
            return (Phrase("\(name.en) (\(skill.en))", "\(name.zh)（\(skill.zh)）"), need)
        }.prefix(12)
        return Chart(
            "training_needs", Phrase("Where training helps most", "最需培训的方面"), .ranked,
            labels: rows.map(\.0), series: [.init(Phrase("need", "需求值"), rows.map(\.1))],
            unit: .score)
    }

    /// Each technician by days, repairs and scores, with a word where that is too little to judge by.
    private var people: ReportDocument.Section {
        let days = Dictionary(grouping: records.attendance, by: \.technician)
        let repaired = tickets.filter { $0.wasRepaired && $0.technician != nil }
            .grouped { $0.technician ?? "" }
        let scores = Dictionary(grouping: records.scores, by: \.technician)
        let names = Set(days.keys).union(repaired.keys).union(scores.keys).sorted()
        return .init(
            Phrase("By technician", "按技师"),
            notes: [
                Phrase(
                    "With fewer than \(Self.fewestRepairs) repairs a share says nothing about a person. No pay follows from these figures.",
                    "维修数少于 \(Self.fewestRepairs) 时，比率不能用于评价个人；这些数字不用于薪酬。")
            ],
            tables: [
                .init(
                    "technicians", Phrase("Technicians", "技师"),
                    columns: [
                        .init("technician", Phrase("Technician", "技师")),
                        .init("days", Phrase("Days", "出勤天数"), numeric: true),
                        .init("tasks", Phrase("Tasks a day", "日任务"), numeric: true),
                        .init("busy", Phrase("At work", "利用率"), numeric: true),
                        .init("repairs", Phrase("Repairs", "维修数"), numeric: true),
                        .init("fixed", Phrase("Fixed at once", "一次修复"), numeric: true),
                        .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                        .init("satisfaction", Phrase("Satisfaction", "满意度"), numeric: true),
                        .init("answers", Phrase("Answers", "应答数"), numeric: true),
                        .init("score", Phrase("Scores, mean", "评分均值"), numeric: true),
                        .init("note", Phrase("Note", "说明")),
                    ],
                    rows: names.map { name in
                        row(
                            name, days[name] ?? [], repaired[name] ?? TicketGroup.none,
                            scores[name] ?? [])
                    })
            ])
    }

    private static let fewestRepairs = 30

    private func row(
        _ name: String, _ days: [AttendanceRecord], _ repairs: TicketGroup,
        _ scores: [ScoreRecord]
    ) -> [ReportDocument.Cell] {
        let attended = days.reduce(0) { $0 + $1.attendedHours }
        let fixed = Proportion(
            repairs.count {
                $0.visits <= 1 && $0.failedInspections == 0 && $0.reopenings == 0
            }, of: repairs.count)
        let answers = Sample(repairs.compactMap { $0.satisfaction.map(Double.init) })
        return [
            .text(name), .number(Double(days.count), .count),
            .number(
                days.isEmpty
                    ? nil : Double(days.reduce(0) { $0 + $1.operations }) / Double(days.count),
                .ratio),
            .number(
                attended > 0 ? days.reduce(0) { $0 + $1.workedHours } / attended : nil, .share),
            .number(Double(repairs.count), .count), .number(fixed.value, .share),
            .interval(fixed.interval, .share), .number(answers.mean, .score),
            .number(Double(answers.count), .count),
            .number(Sample(scores.map(\.score)).mean, .score),
            .words(
                repairs.count < Self.fewestRepairs
                    ? Phrase("too few to judge", "样本不足") : Phrase(same: "")),
        ]
    }

    /// How colleagues, leaders and customers scored the technicians, 1 to 5.
    var scoreTable: ReportDocument.Table {
        let groups = Dictionary(grouping: records.scores, by: \.source)
        return .init(
            "scores", Phrase("Scores of the team, from all sides", "360度评价"),
            columns: [
                .init("source", Phrase("By", "来源")),
                .init("n", Phrase("n", "样本数"), numeric: true),
                .init("mean", Phrase("Mean of 5", "均值（5分制）"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
            ],
            rows: ScoreRecord.Source.allCases.compactMap { source in
                guard let scores = groups[source] else { return nil }
                let sample = Sample(scores.map(\.score))
                let name =
                    switch source {
                    case .customer: Phrase("customers", "客户")
                    case .peer: Phrase("colleagues", "同事")
                    case .manager: Phrase("leaders", "上级")
                    }
                return [
                    .words(name), .number(Double(sample.count), .count),
                    .number(sample.mean, .score), .interval(sample.meanInterval, .score),
                ]
            })
    }
}
