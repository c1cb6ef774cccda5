import VehicleFaults

/// All that is known of tickets: one at most is active for each vehicle and failure mode.
///
/// Takes suspicions, people's requests and ticks one by one in journal order; the same order gives
/// the same tickets.
public struct TicketBook: Sendable {
    struct Key: Hashable {
        var vehicle: VehicleID
        var mode: String
    }

    struct RuleKey: Hashable {
        var vehicle: VehicleID
        var rule: String
    }

    /// What is promised and how things are decided.
    public var policy: TicketPolicy {
        didSet { if policy != oldValue { changePolicy(from: oldValue) } }
    }
    /// The number that the next ticket gets.
    public internal(set) var nextNumber: Int64
    /// Live tickets, and those that were asked for. Each goes on with all that happens to it, and one
    /// that nobody else holds any more is changed where it lies: who looks at one lets go of it before.
    var tickets: [Int64: Shared<Ticket>] = [:]
    var active: [Key: Int64] = [:]
    var byVehicle: [VehicleID: [Int64]] = [:]
    var past: [Key: Int64] = [:]
    var backOffs: [RuleKey: BackOff] = [:]
    var storms: [String: StormCount] = [:]
    /// Vehicles that are watched after a repair.
    var sightings: [VehicleID: Sighting] = [:]
    /// What faults are explained from.
    var ledger = CaseLedger()
    private var timers = TicketTimers()
    var changedMemory: Set<MemoryRow> = []
    /// How many tickets ended since they were last forgotten.
    private var finished = 0

    /// A book that knows `tickets` and numbers new ones from `nextNumber`.
    ///
    /// - Parameters:
    ///   - tickets: the live ones, in order of number.
    ///   - memory: what was taken with ``takeMemory()`` before; rows that make no sense are left out.
    public init(
        open tickets: some Sequence<Ticket> = [], nextNumber: Int64 = 1,
        policy: TicketPolicy = TicketPolicy(), memory: some Sequence<MemoryRow> = []
    ) {
        self.nextNumber = nextNumber
        self.policy = policy
        for row in memory { remember(row) }
        for ticket in tickets { take(in: ticket) }
        changedMemory.removeAll()
        _ = ledger.takeChanges()
    }

    /// How many tickets are open.
    public var openCount: Int { tickets.values.count { !$0.state.isFinal } }

    /// A ticket that is live or was brought with ``adopt(_:)``.
    public subscript(number: Int64) -> Ticket? { tickets[number]?.value }

    /// Brings a ticket that is over, as a person asks for it.
    public mutating func adopt(_ ticket: Ticket) {
        if tickets[ticket.number] == nil { take(in: ticket) }
    }

    /// Forgets tickets that are over, when there are more than a thousand.
    public mutating func forgetFinished() {
        guard finished > 1000 else { return }
        finished = 0
        tickets = tickets.filter { $0.value.value.isLive }
    }

    private mutating func take(in ticket: Ticket) {
        let number = ticket.number
        tickets[number] = Shared(ticket)
        guard ticket.isLive else { return }
        setTimer(number)
        if let kept = tickets[number] { enlist(kept) }
    }

    func key(_ ticket: Shared<Ticket>) -> Key { Key(vehicle: ticket.vehicle, mode: ticket.mode) }

    /// Makes a ticket the one that findings go to.
    private mutating func enlist(_ ticket: Shared<Ticket>) {
        // The newest of a key takes the findings; an older one only waits to be closed.
        let key = key(ticket)
        if (active[key] ?? 0) < ticket.number { active[key] = ticket.number }
        Self.add(ticket.number, to: &byVehicle[ticket.vehicle, default: []])
        if ticket.isWatched, sightings[ticket.vehicle] == nil {
            sightings[ticket.vehicle] = Sighting(odometer: ticket.course.odometer)
            changed(.sighting, ticket.vehicle.description)
        }
    }

    /// Adds a number to others in their order, once; nearly always it is the newest.
    private static func add(_ number: Int64, to numbers: inout [Int64]) {
        if numbers.last.map({ $0 < number }) ?? true { return numbers.append(number) }
        let place = numbers.firstIndex { $0 >= number } ?? numbers.endIndex
        if numbers[place] != number { numbers.insert(number, at: place) }
    }

    private mutating func retire(_ ticket: Shared<Ticket>) {
        let key = key(ticket)
        finished += 1
        byVehicle[ticket.vehicle]?.removeAll { $0 == ticket.number }
        if active[key] == ticket.number {
            active[key] = byVehicle[ticket.vehicle]?.last { tickets[$0]?.mode == ticket.mode }
        }
        if byVehicle[ticket.vehicle]?.isEmpty == true { byVehicle[ticket.vehicle] = nil }
        if ticket.course.mergedInto == nil, (past[key] ?? 0) < ticket.number {
            past[key] = ticket.number
            changed(.past, Self.text(key))
        }
    }

    // MARK: - Events

    /// Lets an event happen.
    mutating func note(_ event: TicketEvent) -> TicketNote? {
        // Found once and changed where it lies: a ticket is large.
        guard let place = tickets.index(forKey: event.ticket) else { return nil }
        let wasWatched = tickets.values[place].isWatched
        tickets.values[place].value.apply(event)
        setTimer(at: place)
        let ticket = tickets.values[place]
        settle(ticket, wasWatched: wasWatched)
        var event = event
        event.state = ticket.state
        event.epoch = ticket.epoch
        return TicketNote(event: event, ticket: ticket)
    }

    /// Notes an event of the daemon's own.
    mutating func note(
        _ kind: TicketEvent.Kind, _ fields: [(TicketField, String)] = [], on ticket: Int64,
        at time: EventTime
    ) -> TicketNote? {
        note(
            TicketEvent(
                ticket: ticket, epoch: 0, at: time, actor: Actor.system.name, role: .system,
                kind: kind, fields: Fields(fields), state: .open))
    }

    /// Brings the indexes up to what a ticket has become.
    private mutating func settle(_ ticket: Shared<Ticket>, wasWatched: Bool) {
        if ticket.isLive { enlist(ticket) } else { retire(ticket) }
        if wasWatched || ticket.isWatched {
            let others = (byVehicle[ticket.vehicle] ?? []).compactMap { tickets[$0] }
            if !others.contains(where: \.isWatched) {
                sightings[ticket.vehicle] = nil
                changed(.sighting, ticket.vehicle.description)
            } else if !wasWatched {
                sightings[ticket.vehicle] = Sighting(
                    odometer: ticket.course.odometer ?? sightings[ticket.vehicle]?.odometer)
                changed(.sighting, ticket.vehicle.description)
            }
        }
    }

    // MARK: - Timers

    private mutating func changePolicy(from old: TicketPolicy) {
        timers = TicketTimers()
        for number in tickets.keys.sorted() {
            tickets[number]?.value.timer = nil
            // What was opened before anyone was to be told would be told all at once.
            if policy.escalates, !old.escalates { tickets[number]?.value.told = .max }
            setTimer(number)
        }
    }

    private mutating func setTimer(_ number: Int64) {
        if let place = tickets.index(forKey: number) { setTimer(at: place) }
    }

    private mutating func setTimer(at place: Dictionary<Int64, Shared<Ticket>>.Index) {
        let number = tickets.keys[place]
        let (due, time, before) = tickets.values[place].value.promises(policy)
        if due != before.due { tickets.values[place].value.due = due }
        guard time != before.timer else { return }
        tickets.values[place].value.timer = time
        if let time { timers.insert(TicketTimer(at: time, ticket: number)) }
    }

    /// Does what is due at a point of the tick grid, in order of time and ticket.
    public mutating func tick(at now: EventTime) -> [TicketNote] {
        var notes: [TicketNote] = []
        while let next = timers.first, next.at <= now {
            timers.removeFirst()
            guard let ticket = tickets[next.ticket]?.value, ticket.timer == next.at else {
                continue
            }
            tickets[next.ticket]?.value.timer = nil
            guard let due = ticket.nextDue(policy), due.at <= now else {
                setTimer(next.ticket)
                continue
            }
            notes += carryOut(due.task, on: ticket, at: now)
            setTimer(next.ticket)
        }
        return notes
    }

    // MARK: - Memory

    mutating func changed(_ kind: MemoryRow.Kind, _ key: String) {
        changedMemory.insert(MemoryRow(kind: kind, key: key, value: nil))
    }

    static func text(_ key: Key) -> String { "\(key.vehicle)\t\(key.mode)" }
    static func text(_ key: RuleKey) -> String { "\(key.vehicle)\t\(key.rule)" }

    /// What has changed since it was last asked for, besides tickets.
    public mutating func takeMemory() -> [MemoryRow] {
        changedMemory.formUnion(ledger.takeChanges())
        guard !changedMemory.isEmpty else { return [] }
        defer { changedMemory.removeAll() }
        return changedMemory.sorted { ($0.kind.rawValue, $0.key) < ($1.kind.rawValue, $1.key) }
            .map { MemoryRow(kind: $0.kind, key: $0.key, value: value($0.kind, $0.key)) }
    }

    private func value(_ kind: MemoryRow.Kind, _ key: String) -> String? {
        switch kind {
        case .past: Self.pair(key).flatMap { past[Key(vehicle: $0, mode: $1)].map(String.init) }
        case .backOff: Self.pair(key).flatMap { backOffs[RuleKey(vehicle: $0, rule: $1)]?.text }
        case .storm: storms[key]?.text
        case .sighting: VehicleID(key).flatMap { sightings[$0]?.text }
        case .census, .exposure, .faultCase, .suspect: ledger.value(kind, key)
        }
    }

    private static func pair(_ key: String) -> (VehicleID, String)? {
        let parts = key.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let vehicle = VehicleID(parts[0]) else { return nil }
        return (vehicle, String(parts[1]))
    }

    private mutating func remember(_ row: MemoryRow) {
        guard let value = row.value else { return }
        switch row.kind {
        case .past:
            guard let (vehicle, mode) = Self.pair(row.key) else { return }
            past[Key(vehicle: vehicle, mode: mode)] = Int64(value)
        case .backOff:
            guard let (vehicle, rule) = Self.pair(row.key) else { return }
            backOffs[RuleKey(vehicle: vehicle, rule: rule)] = BackOff(text: value)
        case .storm: storms[row.key] = StormCount(text: value)
        case .sighting:
            guard let vehicle = VehicleID(row.key) else { return }
            sightings[vehicle] = Sighting(text: value)
        case .census, .exposure, .faultCase, .suspect: ledger.remember(row.kind, row.key, value)
        }
    }
}

extension Ticket {
    /// Whether its vehicle is watched: after a repair, or instead of one.
    var isWatched: Bool {
        proof == .watching
            || state == .monitoring && course.monitoredUntilKilometres != nil
    }
}
