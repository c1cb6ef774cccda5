import VehicleFaults

/// A training that a team was given.
public struct TrainingRecord: Hashable, Sendable {
    public var date: EventTime
    public var name: String
    /// The skill group that was trained.
    public var skill: String
    /// The failure mode that it was about; `nil` for all of the skill group's.
    public var mode: String?

    public init(date: EventTime, name: String, skill: String, mode: String?) {
        self.date = date
        self.name = name
        self.skill = skill
        self.mode = mode
    }
}

// What repairs were like before a training and after it.
extension ServiceReport {
    /// A measure of repairs on the two sides of a training.
    private struct Sides {
        enum Verdict {
            case better, worse, chance, few

            var phrase: Phrase {
                switch self {
                case .better: Phrase("better", "改善")
                case .worse: Phrase("worse", "变差")
                case .chance: Phrase("within chance", "属随机波动")
                case .few: Phrase("too few to say", "样本不足")
                }
            }
        }

        /// With fewer cases on a side nothing is said.
        private static let fewest = 10

        var name: Phrase
        var unit: Figure.Unit
        var before, after: (value: Double?, n: Int)
        /// A 95 % interval of the change.
        var interval: ClosedRange<Double>?
        var lowerIsBetter = false

        var change: Double? {
            guard let before = before.value, let after = after.value else { return nil }
            return after - before
        }

        var verdict: Verdict {
            guard min(before.n, after.n) >= Self.fewest, let interval else { return .few }
            if interval.contains(0) { return .chance }
            return (interval.lowerBound > 0) != lowerIsBetter ? .better : .worse
        }

        /// Two shares; the interval of their difference comes from their own (Newcombe 1998,
        /// method 10).
        init(_ name: Phrase, _ before: Proportion, _ after: Proportion) {
            self.name = name
            unit = .share
            self.before = (before.value, before.total)
            self.after = (after.value, after.total)
            if let old = before.value, let new = after.value, let below = before.interval,
                let above = after.interval
            {
                func root(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
                let change = new - old
                let low = change - root(new - above.lowerBound, below.upperBound - old)
                let high = change + root(above.upperBound - new, old - below.lowerBound)
                interval = low...high
            }
        }

        /// Two means; the interval of their difference is the normal one (Welch 1947).
        init(
            _ name: Phrase, _ before: Sample, _ after: Sample, _ unit: Figure.Unit,
            lowerIsBetter: Bool = false
        ) {
            self.name = name
            self.unit = unit
            self.before = (before.mean, before.count)
            self.after = (after.mean, after.count)
            self.lowerIsBetter = lowerIsBetter
            if let old = before.mean, let new = after.mean, let below = before.meanInterval,
                let above = after.meanInterval
            {
                func half(_ interval: ClosedRange<Double>) -> Double {
                    (interval.upperBound - interval.lowerBound) / 2
                }
                let wide = (half(below) * half(below) + half(above) * half(above)).squareRoot()
                interval = new - old - wide...new - old + wide
            }
        }
    }

    /// What each training of the period changed; nothing where none is known.
    var trainingEffects: [ReportDocument.Section] {
        let trainings = records.trainings.filter { records.from < $0.date && $0.date < records.to }
            .sorted { ($0.date, $0.skill, $0.name) < ($1.date, $1.skill, $1.name) }
        guard !trainings.isEmpty else { return [] }
        return [
            .init(
                Phrase("Before and after", "培训前后对比"),
                notes: [
                    Phrase(
                        "Repairs that began in equally long times before and after the training. Whatever else changed then counts too, so this is a hint and no proof.",
                        "比较培训前后等长时间内开工的维修；同期其他变化也会计入，仅供参考，不是证明。")
                ],
                tables: [
                    .init(
                        "training_effect", Phrase("What trainings changed", "培训效果"),
                        columns: [
                            .init("training", Phrase("Training", "培训")),
                            .init("date", Phrase("Date", "日期")),
                            .init("skill", Phrase("Skill", "技能组")),
                            .init("measure", Phrase("Measure", "指标")),
                            .init("before", Phrase("Before", "培训前"), numeric: true),
                            .init("n_before", Phrase("n", "样本数"), numeric: true),
                            .init("after", Phrase("After", "培训后"), numeric: true),
                            .init("n_after", Phrase("n", "样本数"), numeric: true),
                            .init("change", Phrase("Change", "变化"), numeric: true),
                            .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                            .init("verdict", Phrase("Verdict", "结论")),
                        ], rows: trainings.flatMap(effect))
                ])
        ]
    }

    private func effect(of training: TrainingRecord) -> [[ReportDocument.Cell]] {
        let length = min(
            training.date.milliseconds(since: records.from),
            records.to.milliseconds(since: training.date))
        let repairs = tickets.filter {
            $0.wasRepaired && $0.skill == training.skill
                && (training.mode == nil || $0.mode == training.mode)
        }
        func sides(_ begin: Int64) -> TicketGroup {
            let from = training.date.advanced(by: begin)
            let to = from.advanced(by: length)
            return repairs.filter { ticket in
                ticket.repairStarted.map { from <= $0 && $0 < to } ?? false
            }
        }
        let (before, after) = (sides(-length), sides(0))
        // Of the newest repairs only those are settled that came back, so none of them counts.
        let settled = repairs.filter { $0.provingIsOver }.compactMap { $0.repairStarted }.max()
        func fixed(_ repairs: TicketGroup) -> Proportion {
            let proven = repairs.filter { ticket in
                guard let settled, let begun = ticket.repairStarted else { return false }
                return begun <= settled && (ticket.provingIsOver || ticket.reopenings > 0)
            }
            return Proportion(
                proven.count {
                    $0.visits <= 1 && $0.failedInspections == 0 && $0.reopenings == 0
                }, of: proven.count)
        }
        func over(_ repairs: TicketGroup) -> Sample {
            Sample(
                repairs.compactMap {
                    $0.actualHours > 0 && $0.standardHours > 0
                        ? $0.actualHours / $0.standardHours - 1 : nil
                })
        }
        func scores(_ repairs: TicketGroup) -> Sample {
            Sample(repairs.compactMap { $0.satisfaction.map(Double.init) })
        }
        let day = training.date.advanced(by: Int64(records.offset) * 60_000).text().prefix(10)
        return [
            Sides(Phrase("Fixed at once", "一次修复"), fixed(before), fixed(after)),
            Sides(
                Phrase("Over standard time", "超标准工时"), over(before), over(after), .share,
                lowerIsBetter: true),
            Sides(Phrase("Satisfaction", "满意度"), scores(before), scores(after), .score),
        ].map { sides in
            [
                .text(training.name), .text(String(day)),
                Self.cell(ofSkill: training.skill),
                .words(sides.name), .number(sides.before.value, sides.unit),
                .number(Double(sides.before.n), .count), .number(sides.after.value, sides.unit),
                .number(Double(sides.after.n), .count), .number(sides.change, sides.unit),
                .interval(sides.interval, sides.unit), .words(sides.verdict.phrase),
            ]
        }
    }
}
