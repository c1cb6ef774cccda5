import VehicleFaults

// The response desk: how many seats it takes at each hour of the week.
extension StaffingReport {
    func desk(by work: some PieceWork) -> ReportDocument.Section {
        let week = Desk(seats: seats(inputs.week))
        let (levels, levelled) = levelled
        let flat = Desk(seats: levelled)
        let n = inputs.openings.count
        return .init(
            Phrase("Response desk", "响应席位"),
            notes: [
                Phrase(
                    "Answering within \(text(inputs.responseMinutes)) min around the clock takes \(text(week.hours)) seat hours a day.",
                    "全天候 \(text(inputs.responseMinutes)) 分钟内响应，每天需要 \(text(week.hours)) 席位小时。"),
                waiting(week, flat),
            ] + crowds,
            figures: [
                Figure("seat_hours", week.hours, .count, n: n),
                Figure("desk_people", people(seatHours: week.hours), .ratio, n: n),
                Figure("arrival_dispersion", inputs.rates?.dispersion, .ratio, n: n),
                Figure("water_level", levels.max(), .ratio, n: n),
                Figure("seat_hours_movable", flat.hours, .count, n: n),
                Figure("movable_share", inputs.movable, .share, n: n),
                .share("remote_share", inputs.remote),
            ],
            charts: [
                Chart(
                    "seats", Phrase("Seats by hour of day", "每小时席位"), .bars,
                    labels: (0..<24).map { Phrase(same: "\($0)") },
                    series: [
                        .init(Phrase("as they come", "即到即办"), week.busiest.map(Double.init)),
                        .init(
                            Phrase("with movable work moved", "移峰之后"),
                            flat.busiest.map(Double.init)),
                    ], unit: .count)
            ],
            tables: [hours(week), days(week), peakTable, recount(by: work)])
    }

    /// The seats of each hour of the week.
    private struct Desk {
        let seats: [Int]

        /// Of a mean day.
        var hours: Double { Double(seats.reduce(0, +)) / 7 }

        /// For each hour of the day, on the weekday that needs most in that hour.
        var busiest: [Int] { StaffingInputs.busiest(seats) }
    }

    /// The level of each weekday to which movable tickets fill its quiet hours, and the seats that
    /// the week then takes.
    private var levelled: (levels: [Double], seats: [Int]) {
        var levels: [Double] = []
        var arrivals: [Double] = []
        for day in 0..<7 {
            let hours = inputs.week[day * 24..<(day + 1) * 24]
            let fixed = hours.map { $0 * (1 - inputs.movable) }
            let level = WorkshopCapacity.waterLevel(
                fixed: fixed, movable: hours.reduce(0, +) * inputs.movable)
            levels.append(level)
            arrivals += fixed.map { max($0, level) }
        }
        return (levels, seats(arrivals))
    }

    /// That the mean is no plan where tickets come in crowds.
    private var crowds: [Phrase] {
        guard let rates = inputs.rates, rates.isCrowded, let found = rates.dispersion else {
            return []
        }
        let times = NumberText.fixed(found, decimals: 2)
        return [
            Phrase(
                "Tickets come in crowds: their number in an hour varies \(times) times as much as chance would have it. So the plan is for the 80th percentile of each hour's rate.",
                "工单成批到达：每小时数量的波动为随机水平的 \(times) 倍，故按各小时到达率的第80百分位设计。")
        ]
    }

    /// What came in each hour of the day, and what its busiest weekday takes.
    private func hours(_ week: Desk) -> ReportDocument.Table {
        let came = inputs.counted ?? inputs.arrivals
        return .init(
            "desk_hours",
            Phrase("Hours of the day, on the weekday that has most then", "分时（取该时段最忙的星期）"),
            columns: [
                .init("hour", Phrase("Hour", "时"), numeric: true),
                .init("arrivals", Phrase("Tickets", "工单"), numeric: true),
                .init("planned", Phrase("Planned for", "设计到达"), numeric: true),
                .init("seats", Phrase("Seats", "席位"), numeric: true),
                .init("served", Phrase("Answered in time", "按时响应"), numeric: true),
                .init("one_fewer", Phrase("With one seat fewer", "少一席"), numeric: true),
                .init("wait", Phrase("Mean wait", "平均等待"), numeric: true),
            ],
            rows: zip(inputs.busiest, week.busiest).enumerated().map { hour, row in
                let (arrivals, seats) = row
                return [
                    .number(Double(hour), .count), .number(came[hour], .ratio),
                    .number(arrivals, .ratio), .number(Double(seats), .count),
                    .number(
                        queue(arrivals, seats)?.served(within: inputs.responseMinutes), .share),
                    .number(
                        queue(arrivals, seats - 1)?.served(within: inputs.responseMinutes),
                        .share),
                    .number(queue(arrivals, seats)?.meanWait, .minutes),
                ]
            })
    }

    /// The seats of each hour on each weekday.
    private func days(_ week: Desk) -> ReportDocument.Table {
        let days = [
            ("mon", Phrase("Mon", "周一")), ("tue", Phrase("Tue", "周二")),
            ("wed", Phrase("Wed", "周三")), ("thu", Phrase("Thu", "周四")),
            ("fri", Phrase("Fri", "周五")), ("sat", Phrase("Sat", "周六")),
            ("sun", Phrase("Sun", "周日")),
        ]
        return .init(
            "desk_week", Phrase("Seats by hour and weekday", "各星期分时席位"),
            columns: [.init("hour", Phrase("Hour", "时"), numeric: true)]
                + days.map { .init($0.0, $0.1, numeric: true) },
            rows: (0..<24).map { hour in
                [.number(Double(hour), .count)]
                    + (0..<7).map { .number(Double(week.seats[$0 * 24 + hour]), .count) }
            })
    }

    /// What it would save to let tickets wait for a quiet hour; with few of them, nothing.
    private func waiting(_ week: Desk, _ flat: Desk) -> Phrase {
        let share = text(inputs.movable * 100)
        let (peak, newPeak) = (week.seats.max() ?? 0, flat.seats.max() ?? 0)
        let (day, newDay) = (text(week.hours), text(flat.hours))
        guard newPeak < peak || flat.hours < week.hours else {
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

    private var peakTable: ReportDocument.Table {
        let peak = inputs.week.max() ?? 0
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
        let best = seats(inputs.week).max() ?? 1
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
    var callers: ReportDocument.Section {
        let peak = inputs.week.max() ?? 0
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
}
