// People with more to know: those who judge and help, and those who are new.
extension StaffingReport {
    /// Support by experts is a queue of its own: every ticket is judged by a technician of level 2 or
    /// an engineer, and requests for technical support take them longer.
    var experts: ReportDocument.Section {
        let asked = inputs.judgements + inputs.supportRequests
        let hours =
            (inputs.judgements * inputs.judgeMinutes
                + inputs.supportRequests * inputs.supportMinutes) / 60
        let mean = asked > 0 ? hours * 60 / asked : 0
        let total = inputs.week.reduce(0, +) / 7
        // Whoever asks, asks when tickets come.
        let peak = total > 0 ? (inputs.week.max() ?? 0) / total * asked : 0
        let best =
            peak > 0 && mean > 0
            ? ErlangC.fewestAgents(
                arrivals: peak / 60, serviceTime: mean, within: inputs.judgeWithin,
                share: inputs.responseShare) : 0
        return .init(
            Phrase("Support by experts", "专家支持（L2、L3）"),
            notes: [
                Phrase(
                    "Each ticket is judged by a technician of level 2 or above or by an engineer, in \(text(inputs.judgeMinutes)) min; each request for technical support takes them \(text(inputs.supportMinutes)) min. They are a queue of their own.",
                    "每张工单由 2 级及以上技师或工程师研判（\(text(inputs.judgeMinutes)) 分钟）；每次技术支持请求占用 \(text(inputs.supportMinutes)) 分钟。专家支持单独成队列。"
                )
            ],
            figures: [
                Figure("expert_load", hours, .hours, n: inputs.expertTickets),
                Figure(
                    "expert_seats", best > 0 ? Double(best) : nil, .count, n: inputs.expertTickets),
            ],
            tables: [
                .init(
                    "experts", Phrase("The busiest hour, by experts", "高峰小时（按专家数）"),
                    columns: [
                        .init("seats", Phrase("Experts", "专家"), numeric: true),
                        .init("waiting", Phrase("Must wait", "需等待"), numeric: true),
                        .init("served", Phrase("Judged in time", "按时研判"), numeric: true),
                        .init("wait", Phrase("Mean wait", "平均等待"), numeric: true),
                        .init("occupancy", Phrase("Busy", "占用率"), numeric: true),
                    ],
                    rows: best > 0
                        ? (max(1, best - 1)...(best + 1)).map { seats in
                            let queue = ErlangC(
                                arrivals: peak / 60, serviceTime: mean, agents: seats)
                            return [
                                .number(Double(seats), .count), .number(queue.waiting, .share),
                                .number(queue.served(within: inputs.judgeWithin), .share),
                                .number(queue.meanWait, .minutes),
                                .number(queue.occupancy, .share),
                            ]
                        } : [])
            ])
    }

    /// How much a new person can do, month by month: a straight line to that of others.
    var ramp: ReportDocument.Table {
        let months = max(1, inputs.rampMonths)
        return .init(
            "ramp", Phrase("What new people can do at first", "新员工爬坡"),
            columns: [
                .init("month", Phrase("Month", "月"), numeric: true),
                .init("productivity", Phrase("Of full work", "产能"), numeric: true),
                .init("new", Phrase("New people", "新员工"), numeric: true),
                .init("stand_for", Phrase("Stand for", "相当于"), numeric: true),
                .init("missing", Phrase("To be covered", "需补足"), numeric: true),
            ],
            rows: (1...months).map { month in
                let done =
                    inputs.rampStart
                    + (1 - inputs.rampStart) * (Double(month) - 0.5) / Double(months)
                return [
                    .number(Double(month), .count), .number(done, .share),
                    .number(inputs.newPeople, .count), .number(inputs.newPeople * done, .ratio),
                    .number(inputs.newPeople * (1 - done), .ratio),
                ]
            })
    }
}
