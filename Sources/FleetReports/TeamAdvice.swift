import VehicleFaults

/// Whether a team should grow, stay or shrink, and why: its tasks a day, its time to answer and its
/// customers' scores, each with the cases it rests on.
public struct TeamAdvice: Sendable {
    /// Where a team is too busy, too idle, or too often called slow.
    public struct Limits: Hashable, Sendable {
        /// The share of attended hours that is spent on work, from idle to too busy.
        public var busy = 0.65...0.88
        /// The share of customers who may say that they waited or were not helped.
        public var slow = 0.1
        /// With fewer tickets nothing is advised.
        public var fewestTickets = 20

        public init() {}
    }

    public enum Verdict: String, Sendable {
        case grow, hold, shrink
        /// Too few tickets to say.
        case unknown

        var phrase: Phrase {
            switch self {
            case .grow: Phrase("grow", "扩编")
            case .hold: Phrase("hold", "维持")
            case .shrink: Phrase("shrink", "缩编")
            case .unknown: Phrase("too few to say", "样本不足")
            }
        }
    }

    /// One team: all, a site or a skill group.
    struct Team: Sendable {
        let name: ReportDocument.Cell
        let tickets: TicketGroup
        let days: [AttendanceRecord]
        let limits: Limits
        /// The share for which the desk is planned.
        let responseShare: Double
        let response, solve: Figure
        let responseMean, satisfactionMean: Double?
        /// Customers who said that it went slowly or that nobody helped, of those who answered.
        let slow: Proportion

        init(
            name: ReportDocument.Cell, figures: ServiceFigures, days: [AttendanceRecord],
            limits: Limits,
            responseShare: Double
        ) {
            self.name = name
            tickets = figures.tickets
            self.days = days
            self.limits = limits
            self.responseShare = responseShare
            response = figures.responseAttainment
            solve = figures.solveAttainment
            responseMean = figures.responseMean
            satisfactionMean = figures.satisfactionMean
            let answered = tickets.filter { $0.satisfaction != nil }
            let slow = answered.count { ticket in
                ticket.complaints.contains { $0 == "slow_response" || $0 == "weak_support" }
            }
            self.slow = Proportion(slow, of: answered.count)
        }

        var tasks: Double? {
            days.isEmpty
                ? nil : Double(days.reduce(0) { $0 + $1.operations }) / Double(days.count)
        }

        var busy: Double? {
            let attended = days.reduce(0) { $0 + $1.attendedHours }
            return attended > 0 ? days.reduce(0) { $0 + $1.workedHours } / attended : nil
        }

        /// What speaks for more people; each is more than chance where it is an estimate.
        var pressures: [Phrase] {
            var reasons: [Phrase] = []
            if let high = response.interval?.upperBound, high < responseShare {
                reasons.append(Phrase("answers come late", "响应超时"))
            }
            if let high = solve.interval?.upperBound, let target = solve.target, high < target {
                reasons.append(Phrase("solutions come late", "解决超时"))
            }
            if let busy, busy > limits.busy.upperBound {
                reasons.append(Phrase("too busy", "负荷过高"))
            }
            if let low = slow.interval?.lowerBound, low > limits.slow {
                reasons.append(Phrase("customers say so", "客户反映"))
            }
            return reasons
        }

        var verdict: (Verdict, [Phrase]) {
            guard tickets.count >= limits.fewestTickets else { return (.unknown, []) }
            let pressures = pressures
            guard pressures.isEmpty else { return (.grow, pressures) }
            guard let busy else {
                return (.hold, [Phrase("promises kept, load unknown", "承诺达成，负荷未知")])
            }
            guard busy < limits.busy.lowerBound else {
                return (.hold, [Phrase("promises kept, sound load", "承诺达成，负荷适中")])
            }
            return (.shrink, [Phrase("promises kept with time to spare", "承诺达成且负荷偏低")])
        }
    }

    let records: ServiceRecords
    let promises: ServiceFigures.Promises
    let tickets: TicketGroup

    /// The advice for all together, each site and each skill group.
    func section(
        _ limits: Limits, responseShare: Double, by work: some PieceWork
    ) -> ReportDocument.Section {
        @Sendable func team(
            _ name: ReportDocument.Cell, _ members: TicketGroup,
            _ isTheirs: (AttendanceRecord) -> Bool
        ) -> Team {
            Team(
                name: name,
                figures: ServiceFigures(records, promises: promises, tickets: members),
                days: records.attendance.filter(isTheirs), limits: limits,
                responseShare: responseShare)
        }
        let sites = tickets.grouped { $0.site }.filter { $0.key != "–" }
            .sorted { $0.key < $1.key }
        let skills = tickets.grouped { $0.skill }.sorted { $0.key < $1.key }
        var pieces: [@Sendable () -> Team] = [
            { team(.named("all", Phrase("all", "全部")), tickets) { _ in true } }
        ]
        for (site, members) in sites {
            pieces.append { team(.text(site), members) { $0.site == site } }
        }
        for (skill, members) in skills {
            pieces.append {
                team(ServiceReport.cell(ofSkill: skill), members) { $0.skill == skill }
            }
        }
        let teams = work.results(of: pieces)
        let (verdict, reasons) = teams[0].verdict
        let why = Self.joined(reasons)
        return .init(
            Phrase("Grow, hold or shrink", "扩编、维持或缩编"),
            notes: [
                Phrase(
                    "For all together: \(verdict.phrase.en)\(reasons.isEmpty ? "" : " (\(why.en))").",
                    "整体建议：\(verdict.phrase.zh)\(reasons.isEmpty ? "" : "（\(why.zh)）")。"),
                Phrase(
                    "A team grows when promises are missed by more than chance, when more than \(Self.percent(limits.busy.upperBound)) of its hours are work, or when surely more than \(Self.percent(limits.slow)) of customers call it slow or unhelpful. It shrinks when nothing of this holds and less than \(Self.percent(limits.busy.lowerBound)) is work.",
                    "承诺未达成（超出随机波动）、工时利用率高于 \(Self.percent(limits.busy.upperBound))，或确有超过 \(Self.percent(limits.slow)) 的客户反映响应慢、支持不足时建议扩编；均不成立且利用率低于 \(Self.percent(limits.busy.lowerBound)) 时建议缩编。"
                ),
            ], tables: [Self.table(teams)])
    }

    private static func percent(_ share: Double) -> String {
        "\(NumberText.fixed(share * 100, decimals: 0)) %"
    }

    private static func joined(_ reasons: [Phrase]) -> Phrase {
        Phrase(
            reasons.map(\.en).joined(separator: ", "), reasons.map(\.zh).joined(separator: "、"))
    }

    private static func table(_ teams: [Team]) -> ReportDocument.Table {
        .init(
            "team_advice", Phrase("By team", "按班组"),
            columns: [
                .init("team", Phrase("Team", "班组")),
                .init("tickets", Phrase("Tickets", "工单数"), numeric: true),
                .init("tasks", Phrase("Tasks a day each", "人均日任务"), numeric: true),
                .init("response", Phrase("Answer, mean", "平均响应"), numeric: true),
                .init("satisfaction", Phrase("Satisfaction", "满意度"), numeric: true),
                .init("busy", Phrase("At work", "利用率"), numeric: true),
                .init("slow", Phrase("Called slow", "反映慢"), numeric: true),
                .init("slow_interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("advice", Phrase("Advice", "建议")),
                .init("why", Phrase("Because", "理由")),
            ],
            rows: teams.map { team in
                let (verdict, reasons) = team.verdict
                return [
                    team.name, .number(Double(team.tickets.count), .count),
                    .number(team.tasks, .ratio), .number(team.responseMean, .minutes),
                    .number(team.satisfactionMean, .score), .number(team.busy, .share),
                    .number(team.slow.value, .share), .interval(team.slow.interval, .share),
                    .words(verdict.phrase), .words(joined(reasons)),
                ]
            })
    }
}

extension ServiceReport {
    /// What tickets, rosters and customers say about the size of each team.
    public var advice: TeamAdvice {
        TeamAdvice(records: records, promises: promises, tickets: tickets)
    }
}
