import SpecialFunctions
import VehicleFaults

// Whether tickets were right, and early enough.
extension ServiceFigures {
    /// Whether tickets were right, and early enough.
    public var prediction: [Figure] {
        // A complaint foretells nothing.
        let judged = tickets.filter { $0.disposition != nil && !$0.isComplaint }
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
            .quantile(
                "lead_time_median", leads, 0.5, .days, excluded: confirmed.count - leads.count,
                lowerIsBetter: false),
            .quantile(
                "lead_time_actual_median", actual, 0.5, .days,
                excluded: confirmed.count - actual.count, lowerIsBetter: false),
            .share("caught_in_time", Proportion(inTime, of: confirmed.count)),
            avoidedBreakdowns,
            .rate(
                "false_alarms", refuted, on: records.fleet.kilometres / 1000,
                .perThousandKilometres),
            plannedToEmergency,
        ]
    }

    /// Treated vehicles times the share of declined ones that failed, less the treated that failed.
    ///
    /// The declined are the control group; with fewer than ten there is no answer.
    var avoidedBreakdowns: Figure {
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

    /// Promised probabilities with what happened, of tickets that were proved right or wrong.
    var forecasts: [(promised: Double, happened: Bool)] {
        tickets.compactMap { ticket in
            guard !ticket.isComplaint, let promised = ticket.probability,
                let outcome = ticket.disposition,
                outcome.isConfirmed || outcome.isFalse
            else { return nil }
            return (promised, outcome.isConfirmed)
        }
    }

    /// Whether promised probabilities came true.
    public var calibration: [Figure] {
        let forecasts = forecasts
        let squares = Sample(
            forecasts.map {
                ($0.promised - ($0.happened ? 1 : 0)) * ($0.promised - ($0.happened ? 1 : 0))
            })
        // A promise of certainty that fails would cost infinitely much.
        let logs = Sample(
            forecasts.map { promised, happened in
                let chance = min(max(happened ? promised : 1 - promised, 1e-6), 1)
                return -Elementary.log(chance)
            })
        let excluded = tickets.count - forecasts.count
        return [
            Figure(
                "brier_score", squares.mean, .score, n: squares.count, excluded: excluded,
                interval: squares.meanInterval, lowerIsBetter: true),
            Figure(
                "log_loss", logs.mean, .score, n: logs.count, excluded: excluded,
                interval: logs.meanInterval, lowerIsBetter: true),
        ]
    }

    var plannedToEmergency: Figure {
        let solved = tickets.filter { $0.solved != nil }
        let planned = solved.count { $0.severity <= .s3 }
        let urgent = solved.count - planned
        // The logarithm of a ratio of counts is nearly normal (Katz and others 1978).
        var interval: ClosedRange<Double>?
        if planned > 0, urgent > 0 {
            let ratio = Double(planned) / Double(urgent)
            let spread = Elementary.exp(
                1.959963984540054 * (1 / Double(planned) + 1 / Double(urgent)).squareRoot())
            interval = ratio / spread...ratio * spread
        }
        return Figure(
            "planned_to_emergency", urgent > 0 ? Double(planned) / Double(urgent) : nil, .ratio,
            n: solved.count, excluded: tickets.count - solved.count, interval: interval)
    }
}
