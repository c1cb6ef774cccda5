import VehicleFaults

// The vehicles that really came, through workshops of several sizes.
extension StaffingReport {
    /// By skill group, with one technician fewer and one more than the formula asks for.
    func workshopRecount(_ sizes: [Int], by work: some PieceWork) -> ReportDocument.Table {
        let jobs = Dictionary(grouping: inputs.repairs, by: \.skill)
        var rows: [@Sendable () -> [ReportDocument.Cell]] = []
        for (skill, size) in zip(inputs.skills, sizes) {
            guard let jobs = jobs[skill.name] else { continue }
            let arrivals = WorkshopReplay.Arrivals(jobs)
            for technicians in max(1, size - 1)...size + 1 {
                rows.append {
                    let replay = WorkshopReplay(
                        arrivals, technicians: [skill.name: technicians],
                        calendars: inputs.workshopCalendars)
                    return [
                        ServiceReport.cell(ofSkill: skill.name),
                        .number(Double(technicians), .count),
                    ]
                        + Self.cells(replay)
                }
            }
        }
        return .init(
            "workshop_recount",
            Phrase("The period's own repairs, replayed by skill group", "按本期真实维修重放（分技能组）"),
            columns: [
                .init("skill", Phrase("Skill", "技能组")),
                .init("technicians", Phrase("Technicians", "技师"), numeric: true),
            ] + Self.columns, rows: work.results(of: rows))
    }

    /// All skill groups together, with the technicians of the formula and several numbers of bays.
    func bayRecount(_ sizes: [Int], by work: some PieceWork) -> ReportDocument.Table {
        let technicians = Dictionary(
            zip(inputs.skills, sizes).map { ($0.name, $1) }, uniquingKeysWith: +)
        let positions = technicians.values.reduce(0, +)
        // More bays than people who could use them are of no use.
        let middle = inputs.bays > 0 ? min(inputs.bays, positions) : positions
        let counts =
            inputs.repairs.isEmpty || positions == 0
            ? [] : Set((middle - 2...middle + 1).map { min(max(1, $0), positions) }).sorted()
        let arrivals = WorkshopReplay.Arrivals(inputs.repairs)
        return .init(
            "bay_recount", Phrase("All of them, by bays", "全部维修重放（按工位数）"),
            columns: [.init("bays", Phrase("Bays", "工位"), numeric: true)] + Self.columns,
            rows: work.results(
                of: counts.map { bays in
                    {
                        [.number(Double(bays), .count)]
                            + Self.cells(
                                WorkshopReplay(
                                    arrivals, technicians: technicians, bays: bays,
                                    calendars: inputs.workshopCalendars))
                    }
                }))
    }

    private static let columns: [ReportDocument.Column] = [
        .init("n", Phrase("n", "样本数"), numeric: true),
        .init("finished", Phrase("Done within a day", "当天完成"), numeric: true),
        .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
        .init("wait", Phrase("Mean wait, open hours", "平均等待（营业小时）"), numeric: true),
        .init("longest", Phrase("Longest wait", "最长等待"), numeric: true),
    ]

    private static func cells(_ replay: WorkshopReplay) -> [ReportDocument.Cell] {
        [
            .number(Double(replay.inTime.total), .count), .number(replay.inTime.value, .share),
            .interval(replay.inTime.interval, .share), .number(replay.meanWait, .hours),
            .number(replay.longestWait, .hours),
        ]
    }
}
