import VehicleFaults

/// A ticket's whole way in few bytes: what it was opened as, and what each event changed of all that
/// reports ask.
///
/// It follows from the ticket's events like the ticket itself, and only saves unfolding them: what is
/// read from it up to a time is what the events before that time make. What was taken back is one
/// more change. A list is told by how much of its beginning stays and what follows.
public struct TicketCard: Hashable, Sendable {
    /// Empty before the first event.
    public private(set) var bytes: [UInt8] = []
    /// Until when a reader would count the time, and the time of the newest change.
    private var counted = EventTime(milliseconds: 0)
    private var newest = EventTime(milliseconds: 0)

    /// Cards of other versions are not understood. A new one needs a migration that makes them again.
    static let version: UInt8 = 1
    /// Bytes of most cards of new tickets, and more than nearly any event changes.
    fileprivate static let usualBytes = 64

    /// Names of what changes. They and the places below are stored: new ones are added at the end.
    enum Change: UInt8 {
        case end, state, severity, component, serviceType, site, clockStart, solveFrom, respondedAt
        case earlierResponse, triagedAt, appointment, readyBy, checkedInAt, repairStartedAt
        case repairedAt, solvedAt, deliveredAt, followedUpAt, closedAt, cancelledAt, failedAt
        case failsAt, probability, technician, csat, disposition, cancelReason, proof, epoch
        case estimate, estimateTotal, actualCost, visits, inspections, failedInspections, wasAsked
        case reasons, flow, pauses, rounds, answerMinutes
    }

    static let states = TicketState.allCases
    static let severities: [Severity] = [.s4, .s3, .s2, .s1]
    static let sources = TicketSource.allCases
    static let serviceTypes = ServiceType.allCases
    static let dispositions = Disposition.allCases
    static let cancelReasons = CancelReason.allCases
    static let proofs = Ticket.Proof.allCases
    static let holdReasons = HoldReason.allCases

    /// Nothing that happened.
    public init() {}

    /// Adds what an event at a time changed.
    ///
    /// - Parameter old: where the ticket stood before; blank before the first event.
    mutating func note(_ old: TicketStanding, _ new: TicketStanding, at time: EventTime) {
        var writer = CardWriter(at: time)
        writer.changes(old, new)
        guard !writer.bytes.isEmpty || bytes.isEmpty else { return }
        if bytes.isEmpty {
            bytes.reserveCapacity(Self.usualBytes)
            bytes.append(Self.version)
            newest = EventTime(milliseconds: 0)
            bytes += CardWriter.opening(new)
            newest = new.openedReceived
            counted = new.openedReceived
        }
        if time < old.spent.counted, counted < old.spent.counted {
            // The clock was put back after time was counted that nothing had changed in.
            entry([], at: old.spent.counted)
        }
        entry(writer.bytes, at: time)
    }

    private mutating func entry(_ changes: [UInt8], at time: EventTime) {
        CardWriter.number(time.milliseconds(since: newest), to: &bytes)
        bytes += changes
        bytes.append(Change.end.rawValue)
        newest = time
        counted = max(counted, time)
    }
}

/// Writes changes, each with its name; times as milliseconds from that of the event.
private struct CardWriter {
    let time: EventTime
    private(set) var bytes: [UInt8] = []

    init(at time: EventTime) {
        self.time = time
        bytes.reserveCapacity(TicketCard.usualBytes)
    }

    /// What a ticket was opened as.
    static func opening(_ standing: TicketStanding) -> [UInt8] {
        var writer = CardWriter(at: standing.openedReceived)
        Self.number(standing.openedReceived.milliseconds, to: &writer.bytes)
        writer.put(standing.openedAt)
        writer.put(place: TicketCard.sources.firstIndex(of: standing.source))
        writer.put(standing.mode)
        writer.put(standing.skill)
        return writer.bytes
    }

    /// A signed number in groups of seven bits, the lowest first, its sign in the first of them.
    static func number(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func put(_ value: Int) { Self.number(Int64(value), to: &bytes) }

    private mutating func put(place: Int?) { put(place ?? -1) }

    private mutating func put(_ value: EventTime) {
        Self.number(value.milliseconds(since: time), to: &bytes)
    }

    private mutating func put(_ value: EventTime?) {
        bytes.append(value == nil ? 0 : 1)
        if let value { put(value) }
    }

    private mutating func put(_ value: Double?) {
        bytes.append(value == nil ? 0 : 1)
        guard let value else { return }
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    private mutating func put(_ value: String) {
        put(value.utf8.count)
        bytes += value.utf8
    }

    private mutating func put(_ value: String?) {
        bytes.append(value == nil ? 0 : 1)
        if let value { put(value) }
    }

    private mutating func put(_ pause: Course.Pause) {
        put(pause.from)
        put(pause.until)
        put(place: TicketCard.holdReasons.firstIndex(of: pause.reason))
        bytes.append(pause.isUrgent ? 1 : 0)
    }

    private mutating func begin(_ change: TicketCard.Change) { bytes.append(change.rawValue) }

    private mutating func time(_ change: TicketCard.Change, _ old: EventTime?, _ new: EventTime?) {
        guard old != new else { return }
        begin(change)
        put(new)
    }

    private mutating func choice<Choice: Equatable>(
        _ change: TicketCard.Change, _ all: [Choice], _ old: Choice?, _ new: Choice?
    ) {
        guard old != new else { return }
        begin(change)
        put(place: new.flatMap { all.firstIndex(of: $0) })
    }

    private mutating func text(_ change: TicketCard.Change, _ old: String?, _ new: String?) {
        guard old != new else { return }
        begin(change)
        put(new)
    }

    private mutating func number(_ change: TicketCard.Change, _ old: Double?, _ new: Double?) {
        guard old?.bitPattern != new?.bitPattern else { return }
        begin(change)
        put(new)
    }

    private mutating func count(_ change: TicketCard.Change, _ old: Int, _ new: Int) {
        guard old != new else { return }
        begin(change)
        put(new)
    }

    private mutating func list<Item: Equatable>(
        _ change: TicketCard.Change, _ old: [Item], _ new: [Item],
        _ put: (inout CardWriter, Item) -> Void
    ) {
        guard old != new else { return }
        begin(change)
        let kept = zip(old, new).prefix { $0 == $1 }.count
        self.put(kept)
        self.put(new.count - kept)
        for item in new[kept...] { put(&self, item) }
    }

    mutating func changes(_ old: TicketStanding, _ new: TicketStanding) {
        choice(.state, TicketCard.states, old.state, new.state)
        choice(.severity, TicketCard.severities, old.severity, new.severity)
        text(.component, old.component, new.component)
        choice(.serviceType, TicketCard.serviceTypes, old.serviceType, new.serviceType)
        text(.site, old.site, new.site)
        time(.clockStart, old.clockStart, new.clockStart)
        time(.solveFrom, old.solveFrom, new.solveFrom)
        time(.respondedAt, old.respondedAt, new.respondedAt)
        time(.earlierResponse, old.earlierResponse, new.earlierResponse)
        time(.triagedAt, old.triagedAt, new.triagedAt)
        time(.appointment, old.appointment, new.appointment)
        time(.readyBy, old.readyBy, new.readyBy)
        time(.checkedInAt, old.checkedInAt, new.checkedInAt)
        time(.repairStartedAt, old.repairStartedAt, new.repairStartedAt)
        time(.repairedAt, old.repairedAt, new.repairedAt)
        time(.solvedAt, old.solvedAt, new.solvedAt)
        time(.deliveredAt, old.deliveredAt, new.deliveredAt)
        time(.followedUpAt, old.followedUpAt, new.followedUpAt)
        time(.closedAt, old.closedAt, new.closedAt)
        time(.cancelledAt, old.cancelledAt, new.cancelledAt)
        time(.failedAt, old.failedAt, new.failedAt)
        time(.failsAt, old.failsAt, new.failsAt)
        number(.probability, old.probability, new.probability)
        text(.technician, old.technician, new.technician)
        choice(.disposition, TicketCard.dispositions, old.disposition, new.disposition)
        choice(.cancelReason, TicketCard.cancelReasons, old.cancelReason, new.cancelReason)
        choice(.proof, TicketCard.proofs, old.proof, new.proof)
        count(.epoch, old.epoch, new.epoch)
        text(.estimate, old.estimate, new.estimate)
        number(.estimateTotal, old.estimateTotal, new.estimateTotal)
        number(.actualCost, old.actualCost, new.actualCost)
        tally(old.tally, new.tally)
        if old.csat != new.csat {
            begin(.csat)
            bytes.append(new.csat == nil ? 0 : 1)
            if let score = new.csat { put(score) }
        }
        list(.pauses, old.pauses, new.pauses) { $0.put($1) }
        list(.rounds, old.rounds, new.rounds) { writer, round in
            writer.put(round.from)
            writer.put(round.until)
            writer.put(round.pauses.count)
            for pause in round.pauses { writer.put(pause) }
        }
    }

    private mutating func tally(_ old: TicketTally, _ new: TicketTally) {
        guard old != new else { return }
        count(.visits, old.visits, new.visits)
        count(.inspections, old.inspections, new.inspections)
        count(.failedInspections, old.failedInspections, new.failedInspections)
        count(.wasAsked, old.wasAsked ? 1 : 0, new.wasAsked ? 1 : 0)
        list(.reasons, old.reasons, new.reasons) { $0.put($1) }
        number(.answerMinutes, old.answerMinutes, new.answerMinutes)
        list(.flow, old.flow, new.flow) { writer, step in
            writer.put(place: TicketTally.flowSteps.firstIndex(of: step))
        }
    }
}
