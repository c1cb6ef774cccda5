import VehicleFaults

/// How many people a service centre needs, and what one fewer would cost.
public struct StaffingReport: Sendable {
    let inputs: StaffingInputs
    let advice: TeamAdvice?

    /// - Parameter advice: what the period says about the teams as they are; `nil` for none.
    public init(_ inputs: StaffingInputs, advice: TeamAdvice? = nil) {
        self.inputs = inputs
        self.advice = advice
    }

    /// Seats at the desk in each hour for these arrivals: one at least where anything comes at all,
    /// since an hour in which nothing came so far is no hour in which nothing will.
    public func seats(_ arrivals: [Double]) -> [Int] {
        let fewest = arrivals.contains { $0 > 0 } ? 1 : 0
        return arrivals.map { hourly in
            hourly > 0
                ? ErlangC.fewestAgents(
                    arrivals: hourly / 60, serviceTime: inputs.answerMinutes,
                    within: inputs.responseMinutes, share: inputs.responseShare) : fewest
        }
    }

    /// Full-time people for so many seat hours a day, every day of the week.
    public func people(seatHours: Double) -> Double {
        seatHours * 7 / (inputs.weeklyHours * (1 - inputs.shrinkage))
    }

    /// Seat hours of a mean day for the arrivals of a week.
    func seatHours(_ week: [Double]) -> Double { Double(seats(week).reduce(0, +)) / 7 }

    /// Hours of workshop work in a day.
    public var workload: Double {
        inputs.skills.reduce(0) { $0 + $1.jobsPerDay * $1.hoursPerJob }
    }

    /// The workshop's heads if work never waited.
    public var heads: Double {
        WorkshopCapacity.heads(
            hours: workload, shift: inputs.shiftHours, utilisation: inputs.utilisation,
            presence: inputs.presence)
    }

    /// The report for a period and site.
    public func document(
        from: EventTime, to: EventTime, site: String? = nil, by work: some PieceWork = InTurn()
    ) -> ReportDocument {
        var sections: [@Sendable () -> ReportDocument.Section] = [
            { desk(by: work) }, { callers }, { experts }, { workshop(by: work) },
            { seasons },
            { sensitivity }, { assumptions },
        ]
        if let advice {
            sections.insert(
                {
                    advice.section(
                        inputs.limits, responseShare: inputs.responseShare, by: work)
                }, at: 0)
        }
        return ReportDocument(
            name: "staffing", title: Phrase("Size of the team", "团队规模"), from: from, to: to,
            site: site, sections: work.results(of: sections))
    }

    // MARK: The workshop

    private func crew(_ skill: StaffingInputs.Skill) -> WorkshopCapacity.Crew {
        WorkshopCapacity.crew(
            within: inputs.openHours, arrivals: skill.jobsPerDay / inputs.openHours,
            serviceTime: skill.hoursPerJob, share: inputs.labourShare)
    }

    private func finished(_ skill: StaffingInputs.Skill, _ technicians: Int) -> Double {
        WorkshopCapacity.finished(
            within: inputs.openHours, arrivals: skill.jobsPerDay / inputs.openHours,
            serviceTime: skill.hoursPerJob, technicians: technicians)
    }

    private func workshop(by work: some PieceWork) -> ReportDocument.Section {
        let jobs = inputs.skills.reduce(0) { $0 + $1.jobsPerDay }
        let crews = inputs.skills.map(crew)
        let sizes = crews.map(\.technicians)
        let positions = sizes.reduce(0, +)
        // Every skill finishes its own share; the whole is their mean by jobs.
        let labour =
            jobs > 0
            ? zip(inputs.skills, sizes).reduce(0) { sum, pair in
                sum + pair.0.jobsPerDay * finished(pair.0, pair.1)
            } / jobs : 0
        let pooled =
            jobs > 0
            ? crew(.init(name: "", jobsPerDay: jobs, hoursPerJob: workload / jobs)).technicians
            : nil
        return .init(
            Phrase("Workshop", "车间"),
            notes: [
                Phrase(
                    "Work of \(NumberText.fixed(workload, decimals: 1)) h a day keeps \(NumberText.fixed(heads, decimals: 2)) people busy if nothing ever waits. So that \(text(inputs.labourShare * 100)) % are finished within a day, it takes \(positions) positions in separate skill groups\(pooled.map { ", \($0) if everybody could do everything" } ?? "").",
                    "每天 \(NumberText.fixed(workload, decimals: 1)) 工时，若无排队需 \(NumberText.fixed(heads, decimals: 2)) 人；要使 \(text(inputs.labourShare * 100))% 当天完成，分技能组需 \(positions) 个岗位\(pooled.map { "，若人人全能则需 \($0) 个" } ?? "")。"
                )
            ] + tooLong(crews),
            figures: [
                Figure("workload_hours", workload, .hours, n: inputs.skills.count),
                Figure("fluid_heads", heads, .ratio, n: inputs.skills.count),
                Figure("positions", Double(positions), .count, n: inputs.skills.count),
                Figure("positions_pooled", pooled.map(Double.init), .count, n: 1),
                Figure("labour_in_time", labour, .share, n: inputs.skills.count),
                Figure(
                    "solved_with_parts",
                    WorkshopCapacity.solved(
                        labour: labour, fillRate: inputs.fillRate, cured: inputs.curedLocally),
                    .share, n: inputs.skills.count, target: inputs.solveShare),
                Figure(
                    "fill_rate_needed",
                    WorkshopCapacity.fillRateNeeded(
                        target: inputs.solveShare, labour: labour, cured: inputs.curedLocally),
                    .share, n: inputs.skills.count),
            ],
            tables: [
                .init(
                    "skills", Phrase("By skill group", "按技能组"),
                    columns: [
                        .init("skill", Phrase("Skill", "技能组")),
                        .init("jobs", Phrase("Jobs a day", "日任务"), numeric: true),
                        .init("hours", Phrase("Hours each", "单件工时"), numeric: true),
                        .init("positions", Phrase("Positions", "岗位"), numeric: true),
                        .init("finished", Phrase("Done within a day", "当天完成"), numeric: true),
                        .init("one_fewer", Phrase("With one fewer", "少一人"), numeric: true),
                    ],
                    rows: zip(inputs.skills, sizes).map { skill, size in
                        [
                            ServiceReport.cell(ofSkill: skill.name),
                            .number(skill.jobsPerDay, .ratio),
                            .number(skill.hoursPerJob, .hours),
                            .number(Double(size), .count), .number(finished(skill, size), .share),
                            .number(size > 1 ? finished(skill, size - 1) : nil, .share),
                        ]
                    }), workshopRecount(sizes, by: work), bayRecount(sizes, by: work),
            ])
    }

    /// The skill groups whose work no crowd would finish in time.
    private func tooLong(_ crews: [WorkshopCapacity.Crew]) -> [Phrase] {
        let slow = zip(inputs.skills, crews).filter { !$0.1.isEnough }
        guard !slow.isEmpty else { return [] }
        func found(_ language: ReportLanguage) -> String {
            slow.map { skill, crew in
                let share = finished(skill, crew.technicians)
                let name = ServiceReport.name(ofSkill: skill.name)[language]
                return "\(name) \(NumberText.value(share, .share, language))"
            }.joined(separator: language == .chinese ? "、" : ", ")
        }
        let share = text(inputs.labourShare * 100)
        return [
            Phrase(
                "Where the work itself often takes longer than a day, no number of people finishes \(share) %; the positions are then as many as help: \(found(.english)).",
                "部分工作本身常超过一天，增加人手也无法达到 \(share)%；此类岗位数以再增无益为限：\(found(.chinese))。")
        ]
    }

    // MARK: Season

    private var seasons: ReportDocument.Section {
        let staff = FlexibleStaff(
            base: heads, season: inputs.season, permanentCost: inputs.permanentCost,
            temporaryCost: inputs.temporaryCost)
        let months = staff.needs.indices
        return .init(
            Phrase("Permanent and temporary staff", "固定与临时人员"),
            notes: [
                Phrase(
                    "\(staff.permanent) permanent people and \(staff.temporary.reduce(0, +)) months of temporary help cost least.",
                    "固定 \(staff.permanent) 人、临时 \(staff.temporary.reduce(0, +)) 人月成本最低。"),
                inputs.seasonIndex.phrase,
            ],
            figures: [
                Figure("permanent_staff", Double(staff.permanent), .count, n: months.count),
                Figure(
                    "temporary_months", Double(staff.temporary.reduce(0, +)), .count,
                    n: months.count),
                Figure("staff_cost", staff.cost, .money, n: months.count),
            ],
            charts: [
                Chart(
                    "staff_by_month", Phrase("People by month", "各月人数"), .stacked,
                    labels: months.map { Phrase(same: "\($0 + 1)") },
                    series: [
                        .init(
                            Phrase("permanent", "固定"),
                            months.map { _ in Double(staff.permanent) }),
                        .init(Phrase("temporary", "临时"), staff.temporary.map(Double.init)),
                    ], unit: .count)
            ],
            tables: [
                .init(
                    "staff_months", Phrase("Months", "月份"),
                    columns: [
                        .init("month", Phrase("Month", "月"), numeric: true),
                        .init("index", Phrase("Season", "季节指数"), numeric: true),
                        .init("need", Phrase("Needed", "需要"), numeric: true),
                        .init("temporary", Phrase("Temporary", "临时"), numeric: true),
                    ],
                    rows: months.map { month in
                        [
                            .number(Double(month + 1), .count),
                            .number(inputs.season[month], .ratio),
                            .number(Double(staff.needs[month]), .count),
                            .number(Double(staff.temporary[month]), .count),
                        ]
                    }),
                ramp,
            ])
    }

    func text(_ value: Double) -> String {
        NumberText.fixed(value, decimals: value == value.rounded() ? 0 : 1)
    }
}
