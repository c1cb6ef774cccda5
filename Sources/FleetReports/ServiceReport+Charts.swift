import ServiceTickets
import VehicleFaults

// Pictures of what tickets did.
extension ServiceReport {
    /// Tickets opened in each week of the period, urgent ones upon the others.
    var weekly: Chart {
        let start = records.from
        let weeks = max(
            1, Int((records.to.milliseconds(since: start) + 604_799_999) / 604_800_000))
        var planned = [Double](repeating: 0, count: weeks)
        var urgent = planned
        tickets.forEach { ticket in
            let week = Int(ticket.opened.milliseconds(since: start) / 604_800_000)
            if ticket.severity <= .s3 { planned[week] += 1 } else { urgent[week] += 1 }
        }
        return Chart(
            "tickets_by_week", Phrase("Tickets opened, by week", "每周新开工单"), .stacked,
            labels: (0..<weeks).map { week in
                let day = start.advanced(
                    by: Int64(week) * 604_800_000 + Int64(records.offset) * 60_000
                ).text()
                return Phrase(same: String(day.dropFirst(5).prefix(5)))
            },
            series: [
                .init(Phrase("planned (S3, S4)", "计划（S3、S4）"), planned),
                .init(Phrase("urgent (S1, S2)", "紧急（S1、S2）"), urgent),
            ], unit: .count)
    }

    /// What is promised in shares, each with its promise in its name.
    func promisesChart(_ figures: [Figure]) -> Chart {
        let promised = figures.filter {
            $0.unit == .share && $0.target != nil && $0.value != nil
        }
        return Chart(
            "promises", Phrase("Promises and what became of them", "承诺与达成"), .ranked,
            labels: promised.map { figure in
                let name = FigureName.name(of: figure.id)
                func target(_ language: ReportLanguage) -> String {
                    NumberText.value(figure.target, figure.unit, language)
                }
                return Phrase(
                    "\(name.en) (\(target(.english)))", "\(name.zh)（\(target(.chinese))）")
            },
            series: [
                .init(
                    Phrase("actual", "实际"), promised.map { $0.value ?? 0 },
                    intervals: promised.map(\.interval))
            ], unit: .share)
    }

    /// The share solved in time in groups of tickets, with the promise drawn across.
    private func attainment(
        _ id: String, _ title: Phrase, _ groups: [Attainment]
    ) -> Chart {
        let found = groups.map { (name: $0.name, figure: $0.solve) }
            .filter { $0.figure.value != nil }
        return Chart(
            id, title, .bars, labels: found.map { Phrase(same: $0.name) },
            series: [
                .init(
                    Phrase("solved in time", "按时解决"), found.map { $0.figure.value ?? 0 },
                    intervals: found.map(\.figure.interval))
            ], target: promises.solveShare, unit: .share)
    }

    func attainmentBySite(_ sites: [Attainment]) -> Chart {
        // Tickets that never came to a site stand in the tables.
        attainment(
            "attainment_by_site", Phrase("Solved within 24 h, by site", "24小时解决达成率（按站点）"),
            sites.filter { $0.name != "–" })
    }

    func attainmentBySeverity(_ severities: [Attainment]) -> Chart {
        attainment(
            "attainment_by_severity",
            Phrase("Solved within 24 h, by severity", "24小时解决达成率（按紧急程度）"), severities)
    }

    /// Where tickets stood longest, by their median.
    func stateChart(_ stays: [Stay]) -> Chart {
        let medians = stays.compactMap { stay in
            stay.median.map { (ServiceTerm.term(stay.name), $0) }
        }.sorted { $0.1 > $1.1 }
        return Chart(
            "state_hours", Phrase("Hours in each state, median", "各状态停留小时（中位）"), .ranked,
            labels: medians.map(\.0), series: [.init(Phrase("hours", "小时"), medians.map(\.1))],
            unit: .hours)
    }
}
