import ServiceTickets
import VehicleFaults

/// What the reports about tickets say: `kpi`, `sla`, `faults`, `quality`, `training`, `feedback`.
public struct ServiceReport: Sendable {
    let records: ServiceRecords
    let promises: ServiceFigures.Promises
    let site: String?
    let tickets: TicketGroup
    let figures: ServiceFigures

    public init(
        _ records: ServiceRecords, promises: ServiceFigures.Promises = .init(), site: String? = nil
    ) {
        self.records = records
        self.promises = promises
        self.site = site
        tickets = records.ticketsOfPeriod
        figures = ServiceFigures(records, promises: promises, tickets: tickets)
    }

    /// What a failure mode is called; its id where nobody named it.
    func name(ofMode mode: String) -> Phrase { records.modeNames[mode] ?? Phrase(same: mode) }

    /// A failure mode in a table.
    func cell(ofMode mode: String) -> ReportDocument.Cell { .named(mode, name(ofMode: mode)) }

    /// A skill group for a table.
    static func cell(ofSkill id: String) -> ReportDocument.Cell {
        .named(id, name(ofSkill: id))
    }

    static func name(ofSkill id: String) -> Phrase {
        SkillGroup.name(of: id).map { Phrase($0.en, $0.zh) } ?? Phrase(same: id)
    }

    func document(
        _ name: String, _ title: Phrase, _ sections: [ReportDocument.Section]
    ) -> ReportDocument {
        ReportDocument(
            name: name, title: title, from: records.from, to: records.to, site: site,
            sections: sections)
    }

    /// Every key figure, the sections made as `work` says.
    public func kpi(by work: some PieceWork = InTurn()) -> ReportDocument {
        let sections = work.results(
            of: [
                { .init(Phrase("Response", "响应"), figures: figures.response) },
                { .init(Phrase("Solution", "解决"), figures: figures.solving) },
                { .init(Phrase("Quality of repair", "维修质量"), figures: figures.quality) },
                { .init(Phrase("Prediction", "预警"), figures: figures.prediction) },
                {
                    .init(
                        Phrase("Promised probabilities", "概率校准"), figures: figures.calibration,
                        tables: [reliability])
                },
                {
                    .init(
                        Phrase("Customers", "客户"), figures: figures.satisfaction,
                        tables: [complaintReasons])
                },
                { .init(Phrase("Workshop", "车间"), figures: figures.work) },
                { .init(Phrase("Parts", "配件"), figures: figures.parts) },
                {
                    .init(
                        Phrase("Repairs in the fleet", "车队维修"), figures: figures.repairs,
                        tables: [repairsByComponent])
                },
                { .init(Phrase("Training", "培训"), tables: [trainingNeeds]) },
                { .init(Phrase("Backlog", "积压"), figures: figures.backlog) },
                { .init(Phrase("Telemetry", "遥测"), figures: figures.telemetry) },
            ] as [@Sendable () -> ReportDocument.Section])
        let glance = ReportDocument.Section(
            Phrase("At a glance", "概览"),
            charts: [weekly, promisesChart(sections.flatMap(\.figures))])
        return document(
            "kpi", Phrase("Key figures of the service centre", "服务中心关键指标"), [glance] + sections)
    }

    /// What was promised against what happened, by tenths of the promised probability.
    private var reliability: ReportDocument.Table {
        let groups = Dictionary(grouping: figures.forecasts) { min(9, Int($0.promised * 10)) }
        return .init(
            "reliability", Phrase("Promised and come true", "预测与兑现"),
            columns: [
                .init("promised", Phrase("Promised, mean", "预测均值"), numeric: true),
                .init("n", Phrase("n", "样本数"), numeric: true),
                .init("happened", Phrase("Came true", "兑现"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
            ],
            rows: groups.sorted { $0.key < $1.key }.map { _, members in
                let share = Proportion(members.count { $0.happened }, of: members.count)
                return [
                    .number(Sample(members.map { $0.promised }).mean, .share),
                    .number(Double(members.count), .count), .number(share.value, .share),
                    .interval(share.interval, .share),
                ]
            })
    }

    /// Confirmed repairs of each component, in relation to the fleet.
    private var repairsByComponent: ReportDocument.Table {
        let repaired = tickets.filter { $0.wasRepaired && $0.disposition?.isConfirmed == true }
        let groups = repaired.grouped { $0.component }
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        return .init(
            "repairs_by_component", Phrase("By component", "按部件"),
            columns: [
                .init("component", Phrase("Component", "部件")),
                .init("repairs", Phrase("Repairs", "维修数"), numeric: true),
                .init("per_thousand", Phrase("For 1000 vehicles", "千车故障数"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("per_million_km", Phrase("For a million km", "百万公里"), numeric: true),
            ],
            rows: groups.map { component, members in
                let sold = Figure.rate(
                    component, members.count, on: Double(records.fleet.sold) / 1000,
                    .perThousandVehicles)
                let driven = Figure.rate(
                    component, members.count, on: records.fleet.kilometres / 1_000_000,
                    .perMillionKilometres)
                return [
                    .named(component, records.componentNames[component] ?? Phrase(same: component)),
                    .number(Double(members.count), .count),
                    .number(sold.value, sold.unit), .interval(sold.interval, sold.unit),
                    .number(driven.value, driven.unit),
                ]
            })
    }

    // MARK: SLA

    /// The two promises, by site and by severity, and the tickets that missed them.
    public func sla(by work: some PieceWork = InTurn()) -> ReportDocument {
        document(
            "sla", Phrase("The two promises", "两项服务承诺"),
            work.results(
                of: [
                    { keptPromises(by: work) }, { whereTimeWent(by: work) }, { missedPromises },
                ]))
    }

    private func keptPromises(by work: some PieceWork) -> ReportDocument.Section {
        let groups = work.results(
            of: [
                { attainments { $0.site } }, { attainments { $0.severity.name } },
                { attainments { $0.skill } },
                {
                    records.regions.isEmpty
                        ? [] : attainments { records.regions[$0.site] ?? "–" }
                },
            ] as [@Sendable () -> [Attainment]])
        let (sites, severities, skills, regions) = (groups[0], groups[1], groups[2], groups[3])
        return .init(
            Phrase("Kept or not", "达成情况"),
            figures: [figures.responseAttainment, figures.solveAttainment],
            charts: [attainmentBySite(sites), attainmentBySeverity(severities)],
            tables: (records.regions.isEmpty
                ? [] : [attainment(Phrase("By region", "按区域"), "by_region", regions)]) + [
                    attainment(Phrase("By site", "按站点"), "by_site", sites),
                    attainment(Phrase("By severity", "按紧急程度"), "by_severity", severities),
                    attainment(
                        Phrase("By skill", "按技能组"), "by_skill", skills,
                        cell: Self.cell(ofSkill:)),
                ])
    }

    func whereTimeWent(by work: some PieceWork) -> ReportDocument.Section {
        let found = bottlenecks(by: work)
        return .init(
            Phrase("Where the time went", "时间去向"),
            notes: [
                Phrase(
                    "Net time leaves out holds that wait for the customer. Gross time counts them, so that a pause cannot hide a delay.",
                    "净时长不计等待客户的挂起；含挂起时长全部计入，暂停不能掩盖延误。")
            ], charts: found.charts, tables: found.tables)
    }

    /// Where tickets stood, why they waited, and what that did to the promises.
    func bottlenecks(by work: some PieceWork)
        -> (charts: [Chart], tables: [ReportDocument.Table])
    {
        let states = stays(TicketState.allCases.map(\.rawValue), by: work) { $0.timeInStates }
        let holds = stays(HoldReason.allCases.map(\.rawValue), by: work) { $0.timeOnHold }
        return (
            [stateChart(states)],
            [
                times(
                    "time_in_state", Phrase("Time in each state", "各状态停留时间"),
                    Phrase("State", "状态"), states),
                times(
                    "time_on_hold", Phrase("Time on hold, by reason", "挂起时间（按原因）"),
                    Phrase("Reason", "原因"), holds),
                breachCauses,
            ]
        )
    }

    /// What became of the promises in a group of tickets.
    struct Attainment: Sendable {
        var name: String
        var tickets: Int
        var response, solve: Figure
        /// Mean hours to the solution.
        var net, gross: Double?

        init(_ name: String, _ figures: ServiceFigures) {
            self.name = name
            tickets = figures.tickets.count
            response = figures.responseAttainment
            solve = figures.solveAttainment
            (net, gross) = figures.solveMeans
        }
    }

    /// The groups of tickets with a key in common, in its order.
    func attainments(_ key: (TicketGroup.Member) -> String) -> [Attainment] {
        tickets.grouped(key).sorted { $0.key < $1.key }.map { name, members in
            Attainment(name, ServiceFigures(records, promises: promises, tickets: members))
        }
    }

    private func attainment(
        _ title: Phrase, _ id: String, _ groups: [Attainment],
        cell: (String) -> ReportDocument.Cell = { .text($0) }
    ) -> ReportDocument.Table {
        .init(
            id, title,
            columns: [
                .init("group", Phrase("Group", "分组")),
                .init("tickets", Phrase("Tickets", "工单数"), numeric: true),
                .init("response", Phrase("Answered in time", "按时响应"), numeric: true),
                .init("solve", Phrase("Solved in time", "按时解决"), numeric: true),
                .init("net", Phrase("Net, mean", "净时长均值"), numeric: true),
                .init("gross", Phrase("Gross, mean", "含挂起均值"), numeric: true),
            ],
            rows: groups.map { group in
                [
                    cell(group.name), .number(Double(group.tickets), .count),
                    .number(group.response.value, .share), .number(group.solve.value, .share),
                    .number(group.net, .hours), .number(group.gross, .hours),
                ]
            })
    }

    /// How many hours the tickets stood somewhere that stood there at all.
    struct Stay: Sendable {
        var name: String
        /// Tickets that stood there.
        var count: Int
        var total: Double
        var median, p90: Double?
    }

    /// Where tickets stood, from milliseconds in the order of `names`.
    private func stays(
        _ names: [String], by work: some PieceWork,
        _ spent: (TicketGroup.Member) -> ArraySlice<Int64>
    ) -> [Stay] {
        var times = [[Int64]](repeating: [], count: names.count)
        tickets.forEach { ticket in
            for (place, time) in spent(ticket).enumerated() where time > 0 {
                times[place].append(time)
            }
        }
        return work.results(
            of: zip(names, times).filter { !$0.1.isEmpty }.map { name, times in
                {
                    let hours = times.map { Double($0) / 3_600_000 }
                    let total = hours.reduce(0, +)
                    let sample = Sample(hours)
                    return Stay(
                        name: name, count: times.count, total: total, median: sample.median,
                        p90: sample.quantile(0.9))
                }
            })
    }

    private func times(
        _ id: String, _ title: Phrase, _ heading: Phrase, _ stays: [Stay]
    ) -> ReportDocument.Table {
        .init(
            id, title,
            columns: [
                .init("name", heading), .init("tickets", Phrase("Tickets", "工单数"), numeric: true),
                .init("hours", Phrase("Hours in all", "合计小时"), numeric: true),
                .init("median", Phrase("Median", "中位"), numeric: true),
                .init("p90", Phrase("90 % within", "九成以内"), numeric: true),
            ],
            rows: stays.sorted { ($1.total, $0.name) < ($0.total, $1.name) }.map { stay in
                [
                    .words(ServiceTerm.term(stay.name)), .number(Double(stay.count), .count),
                    .number(stay.total, .hours), .number(stay.median, .hours),
                    .number(stay.p90, .hours),
                ]
            })
    }
}
