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

    let records: ServiceRecords
    let promises: Promises
    let tickets: TicketGroup

    public init(_ records: ServiceRecords, promises: Promises = Promises()) {
        self.init(records, promises: promises, tickets: records.ticketsOfPeriod)
    }

    /// The figures of some tickets of a period.
    init(_ records: ServiceRecords, promises: Promises, tickets: TicketGroup) {
        self.records = records
        self.promises = promises
        self.tickets = tickets
    }

    /// All of them, in the order of the review.
    public var all: [Figure] { pieces.flatMap { $0() } }

    /// What makes ``all``.
    var pieces: [@Sendable () -> [Figure]] {
        [
            { response }, { solving }, { quality }, { prediction }, { calibration },
            { satisfaction }, { work }, { parts }, { repairs }, { backlog }, { telemetry },
        ]
    }

    // MARK: Speed

    func hours(_ from: EventTime, _ to: EventTime) -> Double {
        Double(to.milliseconds(since: from)) / 3_600_000
    }

    /// Minutes to the first answer of a person, and the share in time.
    public var response: [Figure] {
        let answers = answers
        let times = Sample(answers.minutes)
        let taken = tickets.compactMap { ticket in
            ticket.taken.map { hours(ticket.opened, $0) * 60 }
        }
        let acknowledged = taken == answers.minutes ? times : Sample(taken)
        let waiting = tickets.count - times.count - answers.overdue
        return [
            Figure(
                "first_response_mean", times.mean, .minutes, n: times.count, excluded: waiting,
                interval: times.meanInterval, lowerIsBetter: true),
            .quantile("first_response_median", times, 0.5, .minutes, excluded: waiting),
            .quantile("first_response_p90", times, 0.9, .minutes, excluded: waiting),
            Figure(
                "mtta", acknowledged.mean, .minutes, n: acknowledged.count,
                excluded: tickets.count - acknowledged.count,
                interval: acknowledged.meanInterval, lowerIsBetter: true),
            attainment(answers),
        ]
    }

    /// How long people took to answer, in the order of the tickets.
    private struct Answers {
        var minutes: [Double]
        /// Tickets that nobody has answered and somebody should have.
        var overdue: Int
    }

    private var answers: Answers {
        // Cancelled before anybody could answer is nobody's lateness; unanswered past the limit is.
        let overdue = tickets.count {
            $0.acknowledged == nil && $0.isOpen
                && hours($0.opened, records.to) * 60 > promises.responseMinutes
        }
        return Answers(
            minutes: tickets.compactMap { ticket in
                ticket.acknowledged.map { hours(ticket.opened, $0) * 60 }
            }, overdue: overdue)
    }

    private func attainment(_ answers: Answers) -> Figure {
        let count = answers.minutes.count + answers.overdue
        return .share(
            "response_attainment",
            Proportion(answers.minutes.count { $0 <= promises.responseMinutes }, of: count),
            excluded: tickets.count - count, target: promises.responseShare)
    }

    /// Hours to the solution, net and gross, and the share within the promise.
    public var solving: [Figure] {
        let counted = tickets.filter { !$0.isOutOfOurHands }
        let excluded = tickets.count - counted.count
        let done = counted.filter { $0.solved != nil }
        let net = Sample(done.compactMap { $0.netSolve.map { $0 / 3600 } })
        let gross = Sample(done.compactMap { $0.grossSolve.map { $0 / 3600 } })
        let overdue = overdue(counted)
        let unsolved = counted.count { $0.solved == nil && $0.closed != nil }
        return [
            Figure(
                "solve_net_mean", net.mean, .hours, n: net.count, excluded: excluded,
                interval: net.meanInterval, lowerIsBetter: true),
            .quantile("solve_net_median", net, 0.5, .hours, excluded: excluded),
            Figure(
                "solve_gross_mean", gross.mean, .hours, n: gross.count, excluded: excluded,
                interval: gross.meanInterval, lowerIsBetter: true),
            solveAttainment,
            .share(
                "resolution_rate",
                Proportion(done.count, of: done.count + unsolved + overdue),
                excluded: tickets.count - done.count - unsolved - overdue),
        ]
    }

    /// Tickets that are open beyond the promise to solve.
    private func overdue(_ counted: TicketGroup) -> Int {
        counted.count { $0.isOpen && ($0.netSolve ?? 0) / 3600 > promises.solveHours }
    }

    /// The share answered in time. It and the next ones are told of many teams, and sort nothing
    /// that they need not.
    var responseAttainment: Figure { attainment(answers) }

    /// The share solved in time.
    var solveAttainment: Figure {
        let counted = tickets.filter { !$0.isOutOfOurHands }
        let done = counted.filter { $0.solved != nil && $0.netSolve != nil }
        let count = done.count + overdue(counted)
        return .share(
            "solve_attainment",
            Proportion(
                done.count { ($0.netSolve ?? 0) / 3600 <= promises.solveHours }, of: count),
            excluded: tickets.count - count, target: promises.solveShare)
    }

    /// Mean hours to the solution, without holds that wait for the customer and with them.
    var solveMeans: (net: Double?, gross: Double?) {
        let done = tickets.filter { !$0.isOutOfOurHands && $0.solved != nil }
        return (
            Sample(done.compactMap { $0.netSolve.map { $0 / 3600 } }).mean,
            Sample(done.compactMap { $0.grossSolve.map { $0 / 3600 } }).mean
        )
    }

    /// Mean minutes to the first answer.
    var responseMean: Double? { Sample(answers.minutes).mean }

    /// The mean score that customers gave.
    var satisfactionMean: Double? {
        Sample(tickets.compactMap { $0.satisfaction.map(Double.init) }).mean
    }

    /// Whether repairs hold.
    public var quality: [Figure] {
        let solved = tickets.filter { $0.solved != nil && !$0.isOutOfOurHands }
        let repaired = solved.filter { $0.wasRepaired }
        let proven = repaired.filter { $0.provingIsOver || $0.reopenings > 0 }
        let inspections = tickets.sum { $0.inspections }
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
                Proportion(tickets.sum { $0.failedInspections }, of: inspections),
                lowerIsBetter: true),
        ]
    }

    // MARK: Customers

    /// What customers said afterwards.
    public var satisfaction: [Figure] {
        let answers = tickets.compactMap { $0.satisfaction }
        let scores = Sample(answers.map(Double.init))
        let asked = tickets.count { $0.wasAsked }
        let handed = tickets.filter { $0.delivered != nil }
        let complaints = tickets.filter { $0.isComplaint }
        let served = handed.filter { !$0.isComplaint }
        let settled = Sample(
            complaints.filter { $0.solved != nil }
                .compactMap { $0.grossSolve.map { $0 / 3600 } })
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
                "discontent_rate",
                Proportion(served.count { !$0.complaints.isEmpty }, of: served.count),
                lowerIsBetter: true),
            .rate("complaint_rate", complaints.count, on: Double(served.count), .share),
            Figure(
                "complaint_time_mean", settled.mean, .hours, n: settled.count,
                excluded: complaints.count - settled.count, interval: settled.meanInterval,
                lowerIsBetter: true),
        ]
    }
}
