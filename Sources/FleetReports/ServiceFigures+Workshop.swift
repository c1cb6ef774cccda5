import VehicleFaults

// How the workshop, its parts and its fleet fare.
extension ServiceFigures {
    /// How the workshop uses its time.
    public var work: [Figure] {
        let waits = Sample(
            tickets.compactMap { ticket in
                guard let arrived = ticket.checkedIn, let begun = ticket.repairStarted else {
                    return nil
                }
                return hours(arrived, begun)
            })
        let days = records.attendance
        let attended = days.reduce(0) { $0 + $1.attendedHours }
        let worked = days.reduce(0) { $0 + $1.workedHours }
        let sold = days.reduce(0) { $0 + $1.soldHours }
        let promised = tickets.filter { $0.delivered != nil && $0.promised != nil }
        let handedOver = tickets.filter { $0.delivered != nil && $0.checkedIn != nil }
        let priced = tickets.filter { ($0.estimate ?? 0) > 0 && $0.cost != nil }
        let errors = Sample(
            priced.compactMap { ticket in
                guard let estimate = ticket.estimate, let cost = ticket.cost else { return nil }
                return (cost - estimate) / estimate
            })
        let sizes = Sample(errors.values.map(abs))
        return [
            Figure(
                "waiting_time_mean", waits.mean, .hours, n: waits.count,
                interval: waits.meanInterval, lowerIsBetter: true),
            Figure(
                "productive_utilisation", attended > 0 ? worked / attended : nil, .share,
                n: days.count, target: 0.8),
            Figure(
                "labour_efficiency", worked > 0 ? sold / worked : nil, .ratio, n: days.count,
                target: 1),
            Figure(
                "daily_tasks",
                days.isEmpty
                    ? nil : Double(days.reduce(0) { $0 + $1.operations }) / Double(days.count),
                .count, n: days.count),
            .share(
                "handover_on_time",
                Proportion(
                    promised.count { ticket in
                        guard let delivered = ticket.delivered, let due = ticket.promised else {
                            return false
                        }
                        return delivered <= due
                    }, of: promised.count), target: 0.95),
            .share(
                "same_day_handover",
                Proportion(
                    handedOver.count { ticket in
                        guard let delivered = ticket.delivered, let arrived = ticket.checkedIn
                        else { return false }
                        return day(arrived) == day(delivered)
                    }, of: handedOver.count), target: 0.8),
            Figure(
                "estimate_error_mean", sizes.mean, .share, n: sizes.count,
                excluded: tickets.count - sizes.count, interval: sizes.meanInterval,
                lowerIsBetter: true),
            .share(
                "estimate_exceeded",
                Proportion(errors.values.count { $0 > 0.1 }, of: errors.count),
                lowerIsBetter: true),
        ]
    }

    /// The day of the workshop's own zone.
    private func day(_ time: EventTime) -> Int64 {
        (time.milliseconds / 60_000 + Int64(records.offset)).floored(dividedBy: 1440)
    }

    /// Whether parts were there, and whether those that are there are wanted.
    public var parts: [Figure] {
        let lines = records.partLines
        // Whether all lines of an order were on the shelf.
        var orders: [String: Bool] = [:]
        for line in lines {
            let isWhole = orders.updateValue(line.wasOnShelf, forKey: line.order) ?? true
            if !isWhole { orders[line.order] = false }
        }
        let year = records.parts.map {
            (stock: $0.stock, asked: $0.monthly.suffix(12).reduce(0, +))
        }
        let stock = year.reduce(0) { $0 + $1.stock }
        let asked = year.reduce(0) { $0 + $1.asked }
        let dead = year.reduce(0) { $0 + ($1.asked > 0 ? 0 : $1.stock) }
        return [
            .share(
                "parts_fill_lines", Proportion(lines.count(where: \.wasOnShelf), of: lines.count),
                target: 0.9),
            .share(
                "parts_fill_orders",
                Proportion(orders.values.count { $0 }, of: orders.count)),
            Figure(
                "parts_turns", stock > 0 ? asked / Double(stock) : nil, .ratio,
                n: records.parts.count, target: 6),
            Figure(
                "parts_dead", stock > 0 ? Double(dead) / Double(stock) : nil, .share,
                n: records.parts.count, lowerIsBetter: true),
        ]
    }

    /// Repairs that found the fault, in relation to the fleet.
    public var repairs: [Figure] {
        let repaired = tickets.count { $0.wasRepaired && $0.disposition?.isConfirmed == true }
        return [
            .rate(
                "repairs_per_thousand", repaired, on: Double(records.fleet.sold) / 1000,
                .perThousandVehicles),
            .rate(
                "repairs_per_million_km", repaired, on: records.fleet.kilometres / 1_000_000,
                .perMillionKilometres),
        ]
    }

    /// What is still to be done, by age.
    public var backlog: [Figure] {
        let ages = Sample(
            tickets.filter { $0.isOpen }.map { hours($0.opened, records.to) })
        let bounds = [4.0, 24, 72, 168, .infinity]
        let names = ["under_4h", "under_24h", "under_3d", "under_7d", "over_7d"]
        var low = 0.0
        var buckets: [Figure] = []
        for (name, high) in zip(names, bounds) {
            let count = ages.values.count { $0 >= low && $0 < high }
            buckets.append(
                Figure(
                    "backlog_\(name)", Double(count), .count, n: ages.count, lowerIsBetter: true))
            low = high
        }
        return [
            .quantile("backlog_age_median", ages, 0.5, .hours),
            .quantile("backlog_age_p90", ages, 0.9, .hours),
        ] + buckets
    }

    /// Whether the fleet can still be heard.
    public var telemetry: [Figure] {
        let fleet = records.fleet
        let lags = Sample(tickets.compactMap { $0.lag.map { $0 / 60 } })
        return [
            .share(
                "vehicles_silent", Proportion(fleet.silent, of: fleet.vehicles),
                lowerIsBetter: true),
            .quantile("report_lag_p95", lags, 0.95, .minutes, excluded: tickets.count - lags.count),
            .share(
                "messages_refused", Proportion(fleet.deadLetters, of: fleet.messages),
                lowerIsBetter: true),
            .share(
                "messages_duplicate", Proportion(fleet.duplicates, of: fleet.messages),
                lowerIsBetter: true),
        ]
    }
}
