import ServiceTickets
import VehicleFaults

/// What the size of the team is computed from; every answer prints it.
public struct StaffingInputs: Hashable, Sendable {
    /// One skill group's work.
    public struct Skill: Hashable, Sendable {
        public var name: String
        public var jobsPerDay: Double
        /// Mean hours of a job.
        public var hoursPerJob: Double

        public init(name: String, jobsPerDay: Double, hoursPerJob: Double) {
            self.name = name
            self.jobsPerDay = jobsPerDay
            self.hoursPerJob = hoursPerJob
        }
    }

    /// Tickets opened in each hour of the week, as it is planned for; 168 values, Monday first.
    public var week: [Double] = Array(repeating: 0, count: 168)
    /// Tickets opened in each hour of a mean day of the period, all its days alike; `nil` when nobody
    /// counted.
    public var counted: [Double]?
    /// What the week was made of; `nil` when it comes from elsewhere.
    public var rates: ArrivalRates?
    /// When the tickets of the period were opened, for a recount without formulas.
    public var openings: [EventTime] = []
    /// Minutes that a person spends on answering one, and how many answers told it; none when it is a
    /// setting.
    public var answerMinutes = 18.0
    public var answersTold = 0
    /// The promise, and the share that the size of the desk is planned for.
    public var responseMinutes = 30.0
    public var responseShare = 0.95
    /// Minutes until a caller gives up, for what people report themselves.
    public var patienceMinutes = 60.0
    /// The share of paid time that is leave, training and illness.
    public var shrinkage = 0.18
    public var weeklyHours = 40.0
    /// The share of tickets that may be answered at any hour of their day: those that rules opened
    /// and that are not urgent.
    public var movable = 0.4
    /// Tickets that were solved without a visit, of those that were solved.
    public var remote = Proportion(0, of: 0)
    /// Tickets that were judged and requests for technical support, a day.
    public var judgements = 0.0, supportRequests = 0.0
    /// The tickets behind them.
    public var expertTickets = 0
    /// Minutes of an expert for each, and within which a judgement is in time.
    public var judgeMinutes = 15.0, supportMinutes = 60.0, judgeWithin = 60.0
    /// People who are new, the share of full work they do at first, and months until they do all.
    public var newPeople = 1.0, rampStart = 0.8
    public var rampMonths = 3
    public var limits = TeamAdvice.Limits()
    public var skills: [Skill] = []
    /// The vehicles that were worked on in the period, for a recount without formulas.
    public var repairs: [WorkshopReplay.Job] = []
    /// Vehicles that can be worked on at the same time; 0 when nobody said.
    public var bays = 0
    /// When the workshop of a site opens that has no calendar, in hours after midnight, and minutes
    /// east of UTC of its day.
    public var openFrom = 8.0
    public var offset = 0
    /// When the other sites work.
    public var calendars: [String: BusinessCalendar] = [:]
    public var shiftHours = 8.0
    public var openHours = 10.0
    public var utilisation = 0.85
    public var presence = 0.88
    /// The share of jobs that labour alone should finish within one day's open hours.
    public var labourShare = 0.97
    public var fillRate = 0.92
    public var curedLocally = 0.5
    public var solveShare = 0.9
    /// Twelve monthly indices; 1 is an average month.
    public var season: [Double] = Array(repeating: 1, count: 12)
    /// Where it comes from.
    public var seasonIndex = SeasonIndex.unknown(months: 0)
    /// Of one person for one month.
    public var permanentCost = 9000.0
    public var temporaryCost = 15000.0

    /// Tickets opened in each hour of an average day; 24 values. Setting it makes all days alike.
    public var arrivals: [Double] {
        get {
            (0..<24).map { hour in (0..<7).reduce(0) { $0 + week[$1 * 24 + hour] } / 7 }
        }
        set { week = (0..<7).flatMap { _ in newValue } }
    }

    /// Tickets opened in each hour of the weekday that has most in that hour; 24 values.
    var busiest: [Double] { Self.busiest(week) }

    /// What the weekday has that has most, for each hour of the day, of 168 values from Monday's first
    /// hour on.
    static func busiest<Value: Comparable & Numeric>(_ week: [Value]) -> [Value] {
        (0..<24).map { hour in (0..<7).reduce(0) { max($0, week[$1 * 24 + hour]) } }
    }

    /// The hours in which sites work; where nobody said, the same every day.
    var workshopCalendars: WorkshopReplay.Calendars {
        let length = min(openHours, 24)
        let from = Int((min(openFrom, 24 - length) * 60).rounded())
        let until = min(1440, from + Int((length * 60).rounded()))
        let windows =
            until > from ? [BusinessCalendar.Window(from: from, until: until)] : []
        return .init(
            calendars,
            others: BusinessCalendar(
                name: "every day", zone: TimeZoneTable(first: Int64(offset) * 60),
                week: Array(repeating: windows, count: 7)))
    }

    public init() {}

    /// What the tickets of a period say about arrivals and work; the rest keeps its defaults.
    ///
    /// - Parameter offset: minutes east of UTC of the desk's day.
    public init(_ records: ServiceRecords, offset: Int) {
        let tickets = records.ticketsOfPeriod
        let days = max(
            1, Double(records.to.milliseconds(since: records.from)) / 86_400_000)
        openings = tickets.map { $0.opened }
        var counted = [Double](repeating: 0, count: 24)
        for opening in openings {
            let minutes = Int(
                opening.advanced(by: Int64(offset) * 60_000).milliseconds / 60_000 % 1440)
            counted[minutes / 60] += 1 / days
        }
        self.counted = counted
        calendars = records.calendars
        let rates = ArrivalRates(
            openings, from: records.from, to: records.to, offset: offset,
            daysOff: calendars.values.reduce(into: []) {
                $0.formUnion($1.holidays)
                $0.formUnion($1.workingDays)
            })
        self.rates = rates
        week = rates.week
        let told = tickets.compactMap { $0.answerMinutes }
        if told.count >= limits.fewestTickets {
            answersTold = told.count
            answerMinutes = told.reduce(0, +) / Double(told.count)
        }
        seasonIndex = SeasonIndex(
            records.openedDays,
            until: Int(
                records.to.advanced(by: Int64(offset) * 60_000).milliseconds
                    .floored(dividedBy: 86_400_000)))
        if case .found(let season, _, _) = seasonIndex { self.season = season }
        let movable = tickets.count { $0.source == .rule && $0.severity <= .s3 }
        if !tickets.isEmpty { self.movable = Double(movable) / Double(tickets.count) }
        remote = Proportion(
            tickets.count { $0.wasRemote }, of: tickets.count { $0.solved != nil })
        let judged = tickets.count { $0.triaged != nil }
        let support = tickets.count { $0.serviceType == .support }
        expertTickets = judged + support
        judgements = Double(judged) / days
        supportRequests = Double(support) / days
        self.offset = offset
        let worked = tickets.filter { $0.wasRepaired && $0.actualHours > 0 }
        repairs = worked.compactMap { ticket in
            ticket.checkedIn.map {
                .init(
                    arrived: $0, skill: ticket.skill, hours: ticket.actualHours, site: ticket.site)
            }
        }
        let repaired = worked.grouped { $0.skill }
        skills = repaired.sorted { $0.key < $1.key }.map { skill, members in
            Skill(
                name: skill, jobsPerDay: Double(members.count) / days,
                hoursPerJob: members.sum { $0.actualHours } / Double(members.count))
        }
    }
}
