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

    /// Seats at the desk in each hour for these arrivals.
    public func seats(_ arrivals: [Double]) -> [Int] {
        arrivals.map { hourly in
            hourly > 0
                ? ErlangC.fewestAgents(
                    arrivals: hourly / 60, serviceTime: inputs.answerMinutes,
                    within: inputs.responseMinutes, share: inputs.responseShare) : 0
        }
    }

    /// Full-time people for so many seat hours a day, every day of the week.
    public func people(seatHours: Int) -> Double {
        Double(seatHours * 7) / (inputs.weeklyHours * (1 - inputs.shrinkage))
    }

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

    // MARK: The response desk

    private func desk(by work: some PieceWork) -> ReportDocument.Section {
        let seats = seats(inputs.arrivals)
        let hours = seats.reduce(0, +)
        let fixed = inputs.arrivals.map { $0 * (1 - inputs.movable) }
        let total = inputs.arrivals.reduce(0, +)
        let level = WorkshopCapacity.waterLevel(fixed: fixed, movable: total * inputs.movable)
        let flattened = self.seats(fixed.map { max($0, level) })
        let peak = inputs.arrivals.max() ?? 0
        return .init(
            Phrase("Response desk", "响应席位"),
            notes: [
                Phrase(
                    "Answering within \(text(inputs.responseMinutes)) min around the clock takes \(hours) seat hours a day.",
                    "全天候 \(text(inputs.responseMinutes)) 分钟内响应，每天需要 \(hours) 席位小时。"),
                waiting(seats, flattened),
            ],
            figures: [
                Figure("seat_hours", Double(hours), .count, n: 24),
                Figure("desk_people", people(seatHours: hours), .ratio, n: 24),
                Figure("water_level", level, .ratio, n: 24),
                Figure("seat_hours_movable", Double(flattened.reduce(0, +)), .count, n: 24),
                Figure("movable_share", inputs.movable, .share, n: inputs.openings.count),
                .share("remote_share", inputs.remote),
            ],
            charts: [
                Chart(
                    "seats", Phrase("Seats by hour of day", "每小时席位"), .bars,
                    labels: (0..<24).map { Phrase(same: "\($0)") },
                    series: [
                        .init(Phrase("as they come", "即到即办"), seats.map(Double.init)),
                        .init(
                            Phrase("with movable work moved", "移峰之后"), flattened.map(Double.init)),
                    ], unit: .count)
            ],
            tables: [
                .init(
                    "desk_hours", Phrase("Hours of the day", "分时"),
                    columns: [
                        .init("hour", Phrase("Hour", "时"), numeric: true),
                        .init("arrivals", Phrase("Tickets", "工单"), numeric: true),
                        .init("seats", Phrase("Seats", "席位"), numeric: true),
                        .init("served", Phrase("Answered in time", "按时响应"), numeric: true),
                        .init(
                            "one_fewer", Phrase("With one seat fewer", "少一席"), numeric: true),
                        .init("wait", Phrase("Mean wait", "平均等待"), numeric: true),
                    ],
                    rows: zip(inputs.arrivals, seats).enumerated().map { hour, row in
                        let (arrivals, seats) = row
                        return [
                            .number(Double(hour), .count), .number(arrivals, .ratio),
                            .number(Double(seats), .count),
                            .number(
                                queue(arrivals, seats)?.served(within: inputs.responseMinutes),
                                .share),
                            .number(
                                queue(arrivals, seats - 1)?.served(within: inputs.responseMinutes),
                                .share),
                            .number(queue(arrivals, seats)?.meanWait, .minutes),
                        ]
                    }),
                peakTable(peak), recount(by: work),
            ])
    }

    /// What it would save to let tickets wait for a quiet hour; with few of them, nothing.
    private func waiting(_ seats: [Int], _ flattened: [Int]) -> Phrase {
        let share = text(inputs.movable * 100)
        let (peak, day) = (seats.max() ?? 0, seats.reduce(0, +))
        let (newPeak, newDay) = (flattened.max() ?? 0, flattened.reduce(0, +))
        guard newPeak < peak || newDay < day else {
            return Phrase(
                "\(share) % of the tickets may wait for a quiet hour of their day, but that would take no fewer seats.",
                "\(share)% 的工单可移至当天空闲时段，但席位不会因此减少。")
        }
        return Phrase(
            "If \(share) % of the tickets may wait for a quiet hour of their day, the peak takes \(newPeak) seats instead of \(peak), and the day \(newDay) seat hours instead of \(day).",
            "若 \(share)% 的工单移至当天空闲时段，峰值需 \(newPeak) 席（原 \(peak) 席），全天 \(newDay) 席位小时（原 \(day)）。"
        )
    }

    private func queue(_ arrivals: Double, _ seats: Int) -> ErlangC? {
        guard seats > 0 else { return nil }
        return ErlangC(
            arrivals: arrivals / 60, serviceTime: inputs.answerMinutes, agents: seats)
    }

    private func peakTable(_ peak: Double) -> ReportDocument.Table {
        let best = seats([peak])[0]
        return .init(
            "desk_peak", Phrase("The busiest hour, by seats (Erlang C)", "高峰小时（Erlang C）"),
            columns: [
                .init("seats", Phrase("Seats", "席位"), numeric: true),
                .init("waiting", Phrase("Must wait", "需等待"), numeric: true),
                .init("served", Phrase("Answered in time", "按时响应"), numeric: true),
                .init("wait", Phrase("Mean wait", "平均等待"), numeric: true),
                .init("occupancy", Phrase("Busy", "占用率"), numeric: true),
            ],
            rows: (max(1, best - 1)...(best + 1)).compactMap { seats in
                queue(peak, seats).map { queue in
                    [
                        .number(Double(seats), .count), .number(queue.waiting, .share),
                        .number(queue.served(within: inputs.responseMinutes), .share),
                        .number(queue.meanWait, .minutes), .number(queue.occupancy, .share),
                    ]
                }
            })
    }

    /// The tickets as they really came, answered by desks of several sizes.
    private func recount(by work: some PieceWork) -> ReportDocument.Table {
        let best = seats(inputs.arrivals).max() ?? 1
        let sizes = inputs.openings.isEmpty ? [] : Array(max(1, best - 2)...(best + 1))
        let openings = inputs.openings.sorted()
        return .init(
            "desk_recount", Phrase("The period's own tickets, replayed", "按本期真实工单重放"),
            columns: [
                .init("seats", Phrase("Seats", "席位"), numeric: true),
                .init("served", Phrase("Answered in time", "按时响应"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("wait", Phrase("Mean wait", "平均等待"), numeric: true),
                .init("longest", Phrase("Longest wait", "最长等待"), numeric: true),
            ],
            rows: work.results(
                of: sizes.map { seats in
                    {
                        let replay = DeskReplay(
                            openings: openings, seats: seats,
                            answerMinutes: inputs.answerMinutes, promise: inputs.responseMinutes)
                        return [
                            .number(Double(seats), .count), .number(replay.inTime.value, .share),
                            .interval(replay.inTime.interval, .share),
                            .number(replay.meanWait, .minutes),
                            .number(replay.longestWait, .minutes),
                        ]
                    }
                }))
    }

    /// The same hour, if those who wait may give up.
    private var callers: ReportDocument.Section {
        let peak = inputs.arrivals.max() ?? 0
        let best = seats([peak])[0]
        return .init(
            Phrase("If people give up waiting", "若等待者会放弃"),
            notes: [
                Phrase(
                    "For calls and faults that heal by themselves. Tickets that a machine opens do not hang up.",
                    "适用于来电与自行恢复的故障；系统自动开立的工单不会放弃等待。")
            ],
            tables: [
                .init(
                    "desk_patience", Phrase("The busiest hour (Erlang A)", "高峰小时（Erlang A）"),
                    columns: [
                        .init("seats", Phrase("Seats", "席位"), numeric: true),
                        .init("waiting", Phrase("Must wait", "需等待"), numeric: true),
                        .init("abandoned", Phrase("Give up", "放弃"), numeric: true),
                        .init("served", Phrase("Answered in time", "按时响应"), numeric: true),
                    ],
                    rows: peak > 0
                        ? (max(1, best - 2)...best).map { seats in
                            let queue = ErlangA(
                                arrivals: peak / 60, serviceTime: inputs.answerMinutes,
                                patience: inputs.patienceMinutes, agents: seats)
                            return [
                                .number(Double(seats), .count), .number(queue.waiting, .share),
                                .number(queue.abandoned, .share),
                                .number(queue.served(within: inputs.responseMinutes), .share),
                            ]
                        } : [])
            ])
    }

    // MARK: The workshop

    private func technicians(_ skill: StaffingInputs.Skill) -> Int? {
        WorkshopCapacity.fewestTechnicians(
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
        let sizes = inputs.skills.map(technicians)
        let positions = sizes.compactMap { $0 }.reduce(0, +)
        // Every skill finishes its own share; the whole is their mean by jobs.
        let labour =
            jobs > 0
            ? zip(inputs.skills, sizes).reduce(0) { sum, pair in
                sum + pair.0.jobsPerDay * (pair.1.map { finished(pair.0, $0) } ?? 0)
            } / jobs : 0
        let pooled =
            jobs > 0
            ? technicians(.init(name: "", jobsPerDay: jobs, hoursPerJob: workload / jobs)) : nil
        return .init(
            Phrase("Workshop", "车间"),
            notes: [
                Phrase(
                    "Work of \(NumberText.fixed(workload, decimals: 1)) h a day keeps \(NumberText.fixed(heads, decimals: 2)) people busy if nothing ever waits. So that \(text(inputs.labourShare * 100)) % are finished within a day, it takes \(positions) positions in separate skill groups\(pooled.map { ", \($0) if everybody could do everything" } ?? "").",
                    "每天 \(NumberText.fixed(workload, decimals: 1)) 工时，若无排队需 \(NumberText.fixed(heads, decimals: 2)) 人；要使 \(text(inputs.labourShare * 100))% 当天完成，分技能组需 \(positions) 个岗位\(pooled.map { "，若人人全能则需 \($0) 个" } ?? "")。"
                )
            ],
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
                            .text(skill.name), .number(skill.jobsPerDay, .ratio),
                            .number(skill.hoursPerJob, .hours),
                            .number(size.map(Double.init), .count),
                            .number(size.map { finished(skill, $0) }, .share),
                            .number(
                                size.flatMap { $0 > 1 ? finished(skill, $0 - 1) : nil }, .share),
                        ]
                    }), workshopRecount(sizes, by: work), bayRecount(sizes, by: work),
            ])
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
                    "固定 \(staff.permanent) 人、临时 \(staff.temporary.reduce(0, +)) 人月成本最低。")
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
