import VehicleFaults

/// The key figures of a service centre, each defined once.
///
/// A ticket belongs to the period in which it was opened. The states are those at the end.
public struct ServiceFigures: Sendable {
    /// What was promised and how times are read.
    public struct Promises: Hashable, Sendable {
        /// Minutes until a person answers; the limit itself is in time.
        public var responseMinutes = 30.0
        public var responseShare = 1.0
        /// Net hours until it is solved.
        public var solveHours = 24.0
        public var solveShare = 0.9
        /// Days from hand-over to the follow-up call.
        public var followUpDays = 3.0

        public init() {}
    }

    private let records: ServiceRecords
    private let promises: Promises
    private let tickets: [TicketRecord]

    public init(_ records: ServiceRecords, promises: Promises = Promises()) {
        self.records = records
        self.promises = promises
        tickets = records.tickets.filter { $0.opened >= records.from && $0.opened < records.to }
    }

    /// All of them, in the order of the review.
    public var all: [Figure] {
        response + solving + quality + prediction + satisfaction + work + parts + backlog
            + telemetry
    }

    // MARK: Speed

    private func hours(_ from: EventTime, _ to: EventTime) -> Double {
        Double(to.milliseconds(since: from)) / 3_600_000
    }

    /// Minutes to the first answer of a person, and the share in time.
    public var response: [Figure] {
        let limit = promises.responseMinutes
        let times = Sample(
            tickets.compactMap { ticket in
                ticket.acknowledged.map { hours(ticket.opened, $0) * 60 }
            })
        // Cancelled before anybody could answer is nobody's lateness; unanswered past the limit is.
        let overdue = tickets.count {
            $0.acknowledged == nil && $0.isOpen && hours($0.opened, records.to) * 60 > limit
        }
        let waiting = tickets.count - times.count - overdue
        return [
            Figure(
                "first_response_mean", times.mean, .minutes, n: times.count, excluded: waiting,
                interval: times.meanInterval, lowerIsBetter: true),
            Figure(
                "first_response_median", times.median, .minutes, n: times.count,
                excluded: waiting, lowerIsBetter: true),
            Figure(
                "first_response_p90", times.quantile(0.9), .minutes, n: times.count,
                excluded: waiting, lowerIsBetter: true),
            .share(
                "response_attainment",
                Proportion(
                    times.values.count { $0 <= limit }, of: times.count + overdue),
                excluded: waiting, target: promises.responseShare),
        ]
    }

    /// Hours to the solution, net and gross, and the share within the promise.
    public var solving: [Figure] {
        let counted = tickets.filter { !$0.isOutOfOurHands }
        let excluded = tickets.count - counted.count
        let done = counted.filter { $0.solved != nil }
        let net = Sample(done.compactMap { $0.netSolve.map { $0 / 3600 } })
        let gross = Sample(done.compactMap { $0.grossSolve.map { $0 / 3600 } })
        let overdue = counted.count {
            $0.isOpen && ($0.netSolve ?? 0) / 3600 > promises.solveHours
        }
        let unsolved = counted.count { $0.solved == nil && $0.closed != nil }
        return [
            Figure(
                "solve_net_mean", net.mean, .hours, n: net.count, excluded: excluded,
                interval: net.meanInterval, lowerIsBetter: true),
            Figure(
                "solve_net_median", net.median, .hours, n: net.count, excluded: excluded,
                lowerIsBetter: true),
            Figure(
                "solve_gross_mean", gross.mean, .hours, n: gross.count, excluded: excluded,
                interval: gross.meanInterval, lowerIsBetter: true),
            .share(
                "solve_attainment",
                Proportion(
                    net.values.count { $0 <= promises.solveHours }, of: net.count + overdue),
                excluded: excluded + counted.count - net.count - overdue,
                target: promises.solveShare),
            .share(
                "resolution_rate",
                Proportion(done.count, of: done.count + unsolved + overdue),
                excluded: tickets.count - done.count - unsolved - overdue),
        ]
    }

    /// Whether repairs hold.
    public var quality: [Figure] {
        let solved = tickets.filter { $0.solved != nil && !$0.isOutOfOurHands }
        let repaired = solved.filter { $0.wasRepaired }
        let proven = repaired.filter { $0.provingIsOver || $0.reopenings > 0 }
        let inspections = tickets.reduce(0) { $0 + $1.inspections }
        return [
            .share(
                "first_time_fix",
                Proportion(
                    proven.count {
                        $0.visits <= 1 && $0.failedInspections == 0 && $0.reopenings == 0
                    }, of: proven.count),
                excluded: repaired.count - proven.count),
            .share(
                "reopen_rate", Proportion(solved.count { $0.reopenings > 0 }, of: solved.count),
                lowerIsBetter: true),
            .share(
                "rework_rate",
                Proportion(tickets.reduce(0) { $0 + $1.failedInspections }, of: inspections),
                lowerIsBetter: true),
        ]
    }

    // MARK: Prediction

    /// Whether tickets were right, and early enough.
    public var prediction: [Figure] {
        let judged = tickets.filter { $0.disposition != nil }
        let confirmed = judged.filter { $0.disposition?.isConfirmed == true }
        let refuted = judged.count { $0.disposition?.isFalse == true }
        let unverified = judged.count { $0.disposition?.isUnverified == true }
        let foretold = confirmed.filter { $0.predictedFailure != nil }
        let leads = Sample(
            foretold.compactMap { ticket in
                ticket.predictedFailure.map { hours(ticket.opened, $0) / 24 }
            })
        let actual = Sample(
            confirmed.compactMap { ticket in
                ticket.failed.map { hours(ticket.opened, $0) / 24 }
            })
        let covered = records.breakdowns.filter(\.isCovered)
        let inTime = confirmed.count { ticket in
            guard let solved = ticket.solved else { return false }
            return ticket.failed.map { solved < $0 } ?? true
        }
        let thousands = records.fleet.kilometres / 1000
        return [
            .share(
                "precision", Proportion(confirmed.count, of: confirmed.count + refuted),
                excluded: tickets.count - confirmed.count - refuted),
            .share(
                "precision_strict",
                Proportion(confirmed.count, of: confirmed.count + refuted + unverified),
                excluded: tickets.count - confirmed.count - refuted - unverified),
            .share(
                "recall", Proportion(covered.count(where: \.wasForetold), of: covered.count),
                excluded: records.breakdowns.count - covered.count),
            Figure(
                "lead_time_mean", leads.mean, .days, n: leads.count,
                excluded: confirmed.count - leads.count, interval: leads.meanInterval),
            Figure(
                "lead_time_median", leads.median, .days, n: leads.count,
                excluded: confirmed.count - leads.count),
            Figure("lead_time_actual_median", actual.median, .days, n: actual.count),
            .share("caught_in_time", Proportion(inTime, of: confirmed.count)),
            avoidedBreakdowns,
            brierScore,
            Figure(
                "false_alarms", thousands > 0 ? Double(refuted) / thousands : nil,
                .perThousandKilometres, n: refuted, lowerIsBetter: true),
            plannedToEmergency,
        ]
    }

    /// Treated vehicles times the share of declined ones that failed, less the treated that failed.
    ///
    /// The declined are the control group; with fewer than ten there is no answer.
    private var avoidedBreakdowns: Figure {
        let control = tickets.filter { $0.disposition == .declined }
        let treated = tickets.filter { $0.wasRepaired && !$0.isOutOfOurHands }
        let failures = Double(treated.count { $0.failed != nil })
        let share = Proportion(control.count { $0.failed != nil }, of: control.count)
        guard control.count >= 10, let rate = share.value, let interval = share.interval else {
            return Figure("avoided_breakdowns", nil, .count, n: control.count)
        }
        let count = Double(treated.count)
        return Figure(
            "avoided_breakdowns", count * rate - failures, .count, n: treated.count,
            interval: (count * interval.lowerBound - failures)...(count * interval.upperBound
                - failures))
    }

    /// The mean squared difference of promised probability and what happened (Brier 1950).
    private var brierScore: Figure {
        let errors = tickets.compactMap { ticket -> Double? in
            guard let promised = ticket.probability, let outcome = ticket.disposition,
                outcome.isConfirmed || outcome.isFalse
            else { return nil }
            let difference = promised - (outcome.isConfirmed ? 1 : 0)
            return difference * difference
        }
        return Figure(
            "brier_score", Sample(errors).mean, .score, n: errors.count,
            excluded: tickets.count - errors.count, lowerIsBetter: true)
    }

    private var plannedToEmergency: Figure {
        let solved = tickets.filter { $0.solved != nil }
        let planned = solved.count { $0.severity <= .s3 }
        let urgent = solved.count - planned
        return Figure(
            "planned_to_emergency", urgent > 0 ? Double(planned) / Double(urgent) : nil, .ratio,
            n: solved.count)
    }

    // MARK: Customers

    /// What customers said afterwards.
    public var satisfaction: [Figure] {
        let answers = tickets.compactMap(\.satisfaction)
        let scores = Sample(answers.map(Double.init))
        let asked = tickets.count { $0.wasAsked }
        let handed = tickets.filter { $0.delivered != nil }
        let limit = promises.followUpDays * 24
        let called = handed.filter { ticket in
            ticket.followedUp != nil
                || ticket.delivered.map { hours($0, records.to) > limit } ?? false
        }
        let onTime = called.count { ticket in
            guard let delivered = ticket.delivered, let call = ticket.followedUp else {
                return false
            }
            return hours(delivered, call) <= limit
        }
        return [
            .share(
                "satisfied_share", Proportion(answers.count { $0 >= 4 }, of: answers.count),
                excluded: asked - answers.count),
            Figure(
                "satisfaction_mean", scores.mean, .score, n: scores.count,
                interval: scores.meanInterval),
            .share("satisfaction_answered", Proportion(answers.count, of: asked)),
            .share(
                "follow_up_on_time", Proportion(onTime, of: called.count),
                excluded: handed.count - called.count),
            .share(
                "complaint_rate",
                Proportion(tickets.count { !$0.complaints.isEmpty }, of: handed.count),
                lowerIsBetter: true),
        ]
    }

    // MARK: Work

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
                        return hours(arrived, delivered) <= 24
                    }, of: handedOver.count), target: 0.8),
            Figure(
                "estimate_error_mean", Sample(errors.values.map(abs)).mean, .share,
                n: errors.count, lowerIsBetter: true),
            .share(
                "estimate_exceeded",
                Proportion(errors.values.count { $0 > 0.1 }, of: errors.count),
                lowerIsBetter: true),
        ]
    }

    /// Whether parts were there.
    public var parts: [Figure] {
        let lines = records.partLines
        let orders = Dictionary(grouping: lines, by: \.order)
        return [
            .share(
                "parts_fill_lines", Proportion(lines.count(where: \.wasOnShelf), of: lines.count),
                target: 0.9),
            .share(
                "parts_fill_orders",
                Proportion(
                    orders.values.count { $0.allSatisfy(\.wasOnShelf) }, of: orders.count)),
        ]
    }

    /// What is still to be done, by age.
    public var backlog: [Figure] {
        let ages = Sample(
            tickets.filter(\.isOpen).map { hours($0.opened, records.to) })
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
            Figure(
                "backlog_age_median", ages.median, .hours, n: ages.count, lowerIsBetter: true),
            Figure(
                "backlog_age_p90", ages.quantile(0.9), .hours, n: ages.count, lowerIsBetter: true),
        ] + buckets
    }

    /// Whether the fleet can still be heard.
    public var telemetry: [Figure] {
        let fleet = records.fleet
        return [
            .share(
                "vehicles_silent", Proportion(fleet.silent, of: fleet.vehicles),
                lowerIsBetter: true),
            Figure(
                "report_lag_p95", fleet.lag95.map { $0 / 60 }, .minutes, n: fleet.messages,
                lowerIsBetter: true),
            .share(
                "messages_refused", Proportion(fleet.deadLetters, of: fleet.messages),
                lowerIsBetter: true),
            .share(
                "messages_duplicate", Proportion(fleet.duplicates, of: fleet.messages),
                lowerIsBetter: true),
        ]
    }
}
