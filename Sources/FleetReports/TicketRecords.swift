import ServiceTickets
import VehicleFaults

/// The tickets of a period, field by field.
///
/// A report asks a hundred thousand tickets some fifty times for two or three of their forty fields.
/// Field by field, what it asks for lies together, and what it does not ask for is not touched.
public struct TicketRecords: Sendable {
    var number: [Int64] = []
    var vehicle: [VehicleID] = []
    var mode: [String] = []
    var rule: [String] = []
    var component: [String] = []
    var skill: [String] = []
    var site: [String] = []
    var severity: [Severity] = []
    var source: [TicketSource] = []
    var serviceType: [ServiceType] = []
    var opened: [EventTime] = []
    var acknowledged: [EventTime?] = []
    var taken: [EventTime?] = []
    var lag: [Double?] = []
    var answerMinutes: [Double?] = []
    var triaged: [EventTime?] = []
    var checkedIn: [EventTime?] = []
    var repairStarted: [EventTime?] = []
    var solved: [EventTime?] = []
    var delivered: [EventTime?] = []
    var promised: [EventTime?] = []
    var followedUp: [EventTime?] = []
    var closed: [EventTime?] = []
    var cancelled: [EventTime?] = []
    var disposition: [TicketRecord.Disposition?] = []
    var netSolve: [Double?] = []
    var grossSolve: [Double?] = []
    var visits: [Int] = []
    var inspections: [Int] = []
    var failedInspections: [Int] = []
    var reopenings: [Int] = []
    var provingIsOver: [Bool] = []
    var predictedFailure: [EventTime?] = []
    var probability: [Double?] = []
    var failed: [EventTime?] = []
    var satisfaction: [Int?] = []
    var wasAsked: [Bool] = []
    var complaints: [[String]] = []
    var standardHours: [Double] = []
    var actualHours: [Double] = []
    var technician: [String?] = []
    var estimate: [Double?] = []
    var cost: [Double?] = []
    var deviations: [[String]] = []
    var lateSteps: [[String]] = []
    /// Milliseconds in each state, ticket after ticket.
    private(set) var timeInStates: [Int64] = []
    /// Milliseconds waited for each reason, ticket after ticket.
    private(set) var timeOnHold: [Int64] = []

    public init() {}

    public var count: Int { number.count }

    /// Calls `body` with each of some things that belong to tickets, and the failure mode of its
    /// ticket; those of other tickets are left out.
    ///
    /// - Parameter ticket: the ticket's number; as these tickets, the things are in its order.
    public func withModes<Thing>(
        _ things: [Thing], _ ticket: (Thing) -> Int64, _ body: (Thing, String) -> Void
    ) {
        var place = 0
        for thing in things {
            while place < number.count, number[place] < ticket(thing) { place += 1 }
            if place < number.count, number[place] == ticket(thing) { body(thing, mode[place]) }
        }
    }

    /// The milliseconds that a ticket stood in each state, in the order of ``TicketState/allCases``.
    func timeInStates(of place: Int) -> ArraySlice<Int64> {
        let length = timeInStates.count / count
        return timeInStates[place * length..<(place + 1) * length]
    }

    /// The milliseconds that it waited for each reason, in the order of ``HoldReason/allCases``.
    func timeOnHold(of place: Int) -> ArraySlice<Int64> {
        let length = timeOnHold.count / count
        return timeOnHold[place * length..<(place + 1) * length]
    }

    /// Makes room for so many tickets in all.
    public mutating func reserve(_ count: Int) {
        number.reserveCapacity(count)
        vehicle.reserveCapacity(count)
        mode.reserveCapacity(count)
        rule.reserveCapacity(count)
        component.reserveCapacity(count)
        skill.reserveCapacity(count)
        site.reserveCapacity(count)
        severity.reserveCapacity(count)
        source.reserveCapacity(count)
        serviceType.reserveCapacity(count)
        opened.reserveCapacity(count)
        acknowledged.reserveCapacity(count)
        taken.reserveCapacity(count)
        lag.reserveCapacity(count)
        answerMinutes.reserveCapacity(count)
        triaged.reserveCapacity(count)
        checkedIn.reserveCapacity(count)
        repairStarted.reserveCapacity(count)
        solved.reserveCapacity(count)
        delivered.reserveCapacity(count)
        promised.reserveCapacity(count)
        followedUp.reserveCapacity(count)
        closed.reserveCapacity(count)
        cancelled.reserveCapacity(count)
        disposition.reserveCapacity(count)
        netSolve.reserveCapacity(count)
        grossSolve.reserveCapacity(count)
        visits.reserveCapacity(count)
        inspections.reserveCapacity(count)
        failedInspections.reserveCapacity(count)
        reopenings.reserveCapacity(count)
        provingIsOver.reserveCapacity(count)
        predictedFailure.reserveCapacity(count)
        probability.reserveCapacity(count)
        failed.reserveCapacity(count)
        satisfaction.reserveCapacity(count)
        wasAsked.reserveCapacity(count)
        complaints.reserveCapacity(count)
        standardHours.reserveCapacity(count)
        actualHours.reserveCapacity(count)
        technician.reserveCapacity(count)
        estimate.reserveCapacity(count)
        cost.reserveCapacity(count)
        deviations.reserveCapacity(count)
        lateSteps.reserveCapacity(count)
        timeInStates.reserveCapacity(count * TicketState.allCases.count)
        timeOnHold.reserveCapacity(count * HoldReason.allCases.count)
    }

    public mutating func append(_ ticket: TicketRecord) {
        number.append(ticket.number)
        vehicle.append(ticket.vehicle)
        mode.append(ticket.mode)
        rule.append(ticket.rule)
        component.append(ticket.component)
        skill.append(ticket.skill)
        site.append(ticket.site)
        severity.append(ticket.severity)
        source.append(ticket.source)
        serviceType.append(ticket.serviceType)
        opened.append(ticket.opened)
        acknowledged.append(ticket.acknowledged)
        taken.append(ticket.taken)
        lag.append(ticket.lag)
        answerMinutes.append(ticket.answerMinutes)
        triaged.append(ticket.triaged)
        checkedIn.append(ticket.checkedIn)
        repairStarted.append(ticket.repairStarted)
        solved.append(ticket.solved)
        delivered.append(ticket.delivered)
        promised.append(ticket.promised)
        followedUp.append(ticket.followedUp)
        closed.append(ticket.closed)
        cancelled.append(ticket.cancelled)
        disposition.append(ticket.disposition)
        netSolve.append(ticket.netSolve)
        grossSolve.append(ticket.grossSolve)
        visits.append(ticket.visits)
        inspections.append(ticket.inspections)
        failedInspections.append(ticket.failedInspections)
        reopenings.append(ticket.reopenings)
        provingIsOver.append(ticket.provingIsOver)
        predictedFailure.append(ticket.predictedFailure)
        probability.append(ticket.probability)
        failed.append(ticket.failed)
        satisfaction.append(ticket.satisfaction)
        wasAsked.append(ticket.wasAsked)
        complaints.append(ticket.complaints)
        standardHours.append(ticket.standardHours)
        actualHours.append(ticket.actualHours)
        technician.append(ticket.technician)
        estimate.append(ticket.estimate)
        cost.append(ticket.cost)
        deviations.append(ticket.deviations)
        lateSteps.append(ticket.lateSteps)
        timeInStates += ticket.spent.states
        timeOnHold += ticket.spent.holds
    }

    public mutating func append(_ other: TicketRecords) {
        number += other.number
        vehicle += other.vehicle
        mode += other.mode
        rule += other.rule
        component += other.component
        skill += other.skill
        site += other.site
        severity += other.severity
        source += other.source
        serviceType += other.serviceType
        opened += other.opened
        acknowledged += other.acknowledged
        taken += other.taken
        lag += other.lag
        answerMinutes += other.answerMinutes
        triaged += other.triaged
        checkedIn += other.checkedIn
        repairStarted += other.repairStarted
        solved += other.solved
        delivered += other.delivered
        promised += other.promised
        followedUp += other.followedUp
        closed += other.closed
        cancelled += other.cancelled
        disposition += other.disposition
        netSolve += other.netSolve
        grossSolve += other.grossSolve
        visits += other.visits
        inspections += other.inspections
        failedInspections += other.failedInspections
        reopenings += other.reopenings
        provingIsOver += other.provingIsOver
        predictedFailure += other.predictedFailure
        probability += other.probability
        failed += other.failed
        satisfaction += other.satisfaction
        wasAsked += other.wasAsked
        complaints += other.complaints
        standardHours += other.standardHours
        actualHours += other.actualHours
        technician += other.technician
        estimate += other.estimate
        cost += other.cost
        deviations += other.deviations
        lateSteps += other.lateSteps
        timeInStates += other.timeInStates
        timeOnHold += other.timeOnHold
    }
}
