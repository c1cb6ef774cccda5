extension StaffingReport {
    /// What the answer would be if an input were wrong.
    var sensitivity: ReportDocument.Section {
        func row(_ name: Phrase, _ change: (inout StaffingInputs, Double) -> Void)
            -> [ReportDocument.Cell]
        {
            [.words(name)]
                + [0.8, 1, 1.2].flatMap { factor -> [ReportDocument.Cell] in
                    var changed = inputs
                    change(&changed, factor)
                    let report = StaffingReport(changed)
                    return [
                        .number(
                            report.people(seatHours: report.seatHours(changed.week)), .ratio),
                        .number(report.heads, .ratio),
                    ]
                }
        }
        return .init(
            Phrase("If the inputs are off by a fifth", "输入偏差±20%时"),
            tables: [
                .init(
                    "sensitivity", Phrase("People at the desk and in the workshop", "席位人数与车间人数"),
                    columns: [.init("input", Phrase("Input", "输入"))]
                        + [("80", "−20 %"), ("100", "±0"), ("120", "+20 %")].flatMap { id, text in
                            [
                                .init(
                                    "desk_\(id)", Phrase("Desk \(text)", "席位 \(text)"),
                                    numeric: true),
                                .init(
                                    "workshop_\(id)", Phrase("Workshop \(text)", "车间 \(text)"),
                                    numeric: true),
                            ]
                        },
                    rows: [
                        row(Phrase("Tickets", "工单量")) { inputs, factor in
                            inputs.week = inputs.week.map { $0 * factor }
                            for index in inputs.skills.indices {
                                inputs.skills[index].jobsPerDay *= factor
                            }
                        },
                        row(Phrase("Time for each", "单件时长")) { inputs, factor in
                            inputs.answerMinutes *= factor
                            for index in inputs.skills.indices {
                                inputs.skills[index].hoursPerJob *= factor
                            }
                        },
                        row(Phrase("Absence", "缺勤")) { inputs, factor in
                            inputs.shrinkage *= factor
                            inputs.presence = 1 - (1 - inputs.presence) * factor
                        },
                    ])
            ])
    }

    /// Where the time for an answer comes from.
    private var answering: Phrase {
        let minutes = NumberText.fixed(inputs.answerMinutes, decimals: 1)
        return inputs.answersTold > 0
            ? Phrase(
                "An answer takes \(minutes) min, the mean of the \(inputs.answersTold) that told their time.",
                "单次响应 \(minutes) 分钟，为 \(inputs.answersTold) 次有记录响应的平均值。")
            : Phrase(
                "That an answer takes \(minutes) min is a setting: too few told their time (ack --minutes).",
                "单次响应 \(minutes) 分钟为配置值：有时长记录的响应太少（ack --minutes）。")
    }

    /// Every input with its value.
    var assumptions: ReportDocument.Section {
        func row(_ id: String, _ name: Phrase, _ value: Double, _ unit: Figure.Unit)
            -> [ReportDocument.Cell]
        { [.text(id), .words(name), .number(value, unit)] }
        return .init(
            Phrase("What this rests on", "计算依据"),
            notes: [
                Phrase(
                    "Arrivals and hours come from the tickets of the period, all else from the settings. No formula knows your town: combine this with what you see.",
                    "到达量与工时取自本期工单，其余取自配置。公式不了解当地情况，请结合实际判断。"),
                answering,
            ],
            tables: [
                .init(
                    "inputs", Phrase("Inputs", "输入"),
                    columns: [
                        .init("key", Phrase("Setting", "配置键")),
                        .init("name", Phrase("Meaning", "含义")),
                        .init("value", Phrase("Value", "数值"), numeric: true),
                    ],
                    rows: [
                        row(
                            "answer_minutes", Phrase("Time to answer one", "单次响应时长"),
                            inputs.answerMinutes, .minutes),
                        row(
                            "response_minutes", Phrase("Promise", "承诺"), inputs.responseMinutes,
                            .minutes),
                        row(
                            "response_share", Phrase("Planned for", "设计达成率"),
                            inputs.responseShare, .share),
                        row("shrinkage", Phrase("Absence", "缺勤率"), inputs.shrinkage, .share),
                        row(
                            "weekly_hours", Phrase("Paid hours a week", "周工时"),
                            inputs.weeklyHours, .hours),
                        row("movable", Phrase("Movable", "可移动占比"), inputs.movable, .share),
                        row(
                            "judge_minutes", Phrase("Time to judge one", "单次研判时长"),
                            inputs.judgeMinutes, .minutes),
                        row(
                            "support_minutes", Phrase("Time for a request", "单次支持时长"),
                            inputs.supportMinutes, .minutes),
                        row(
                            "judge_within", Phrase("Judged in time within", "研判时限"),
                            inputs.judgeWithin, .minutes),
                        row("new_people", Phrase("New people", "新员工"), inputs.newPeople, .count),
                        row(
                            "ramp_start", Phrase("What they do at first", "初始产能"),
                            inputs.rampStart, .share),
                        row(
                            "ramp_months", Phrase("Months until they do all", "爬坡月数"),
                            Double(inputs.rampMonths), .count),
                        row(
                            "busy_low", Phrase("Idle below", "利用率下限"),
                            inputs.limits.busy.lowerBound, .share),
                        row(
                            "busy_high", Phrase("Too busy above", "利用率上限"),
                            inputs.limits.busy.upperBound, .share),
                        row(
                            "slow_limit", Phrase("Called slow by at most", "反映慢上限"),
                            inputs.limits.slow, .share),
                        row("shift_hours", Phrase("Shift", "班次"), inputs.shiftHours, .hours),
                        row("open_hours", Phrase("Open", "营业"), inputs.openHours, .hours),
                        row("open_from", Phrase("Opens at", "开门时间"), inputs.openFrom, .hours),
                        row("bay_count", Phrase("Bays", "工位"), Double(inputs.bays), .count),
                        row(
                            "utilisation", Phrase("Time on work", "利用率"), inputs.utilisation,
                            .share),
                        row("presence", Phrase("Present", "出勤率"), inputs.presence, .share),
                        row(
                            "labour_share", Phrase("Done within a day", "当天完成目标"),
                            inputs.labourShare, .share),
                        row(
                            "fill_rate", Phrase("Parts on the shelf", "配件满足率"), inputs.fillRate,
                            .share),
                    ])
            ])
    }
}
