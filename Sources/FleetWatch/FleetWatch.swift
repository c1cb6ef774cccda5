import FaultDecoding
import FaultRules
import ServiceTickets
import VehicleFaults

/// The core: journal entries in, decisions out, the same for the same entries however they are cut
/// into batches and however many workers share the work.
///
/// A batch is taken in two steps, so that the caller can fetch what a vehicle's lane has stored:
/// ``open(_:)`` decodes and names the vehicles that are not in memory, ``adopt(_:)`` brings their
/// lanes, ``close(row:)`` decides.
public struct FleetWatch {
    public private(set) var program: RuleProgram
    public let settings: WatchSettings
    /// Messages taken so far: the position of the newest one.
    public private(set) var position: UInt64 = 0
    /// The newest received time, which never goes back.
    public private(set) var received = Int64.min
    /// What decides about tickets.
    public internal(set) var tickets: TicketStage
    /// What the vehicles know together.
    public internal(set) var fleet: FleetTrends
    /// What numbers of Sparkplug B stand for, as of the newest message.
    public internal(set) var aliases: SparkplugAliases
    /// What the opened batch has changed of that.
    public internal(set) var aliasChanges: [SparkplugAliases.Change] = []
    let needsAliases: Bool
    let workers: Workers
    let boxes: [ShardBox]
    let slices: [SliceBox]
    /// The newest received time before the opened batch.
    var lastReceivedBeforeBatch: Int64
    var entries: [Entry] = []
    private(set) var positions: ContiguousArray<UInt64> = []
    private(set) var times: ContiguousArray<Int64> = []
    /// The batch's commands, by their entries.
    var commands: [(entry: Int, payload: [UInt8])] = []
    /// The repairs among them that let checks begin anew.
    var renewals: [Renewal] = []

    /// Makes a core with nothing in memory.
    ///
    /// - Parameters:
    ///   - subscriptions: how topics are read; none reads every topic as the native format.
    ///   - roster: what kind of vehicle each is, and which devices it has.
    ///   - falseCodes: codes that are passed over on vehicles where they mean nothing.
    ///   - book: the open tickets that the store knows.
    ///   - position: the position of the newest message that was decided.
    public init(
        program: RuleProgram, subscriptions: [Subscription] = [],
        limits: DecodingLimits = DecodingLimits(), settings: WatchSettings = WatchSettings(),
        roster: VehicleRoster = VehicleRoster(), falseCodes: [FalseCode] = [],
        controls: RuleControls = RuleControls(),
        book: TicketBook = TicketBook(),
        position: UInt64 = 0, received: Int64 = .min,
        fleet: FleetTrends = FleetTrends(), aliases: SparkplugAliases = SparkplugAliases(),
        workers: Workers = .serial
    ) {
        self.program = program
        self.settings = settings
        let classes = VehicleClasses(roster)
        tickets = TicketStage(
            program: program, settings: settings, controls: controls, book: book, classes: classes)
        self.position = position
        self.received = received
        self.workers = workers
        self.fleet = fleet
        self.fleet.keep(for: program)
        self.fleet.decide(by: settings.decision, target: settings.falseShare)
        self.aliases = aliases
        lastReceivedBeforeBatch = received
        let decoder = MessageDecoder(
            subscriptions: subscriptions, names: LaneEngine.names(of: program), limits: limits,
            sources: SourceRegistry(roster))
        needsAliases = decoder.needsAliases
        let shards = workers.count == 1 ? 1 : workers.count * Self.shardsAWorker
        boxes = (0..<shards).map { _ in
            ShardBox(
                Shard(
                    engine: LaneEngine(
                        program: program, settings: settings, roster: roster,
                        falseCodes: falseCodes)),
                slices: workers.count)
        }
        slices = (0..<workers.count).map { _ in
            SliceBox(Slice(decoder: decoder, shards: shards))
        }
        publishTrends()
        for box in boxes { box.shard.engine.census.isTaken = !classes.isEmpty }
    }

    /// Remembers from now on which parts of conditions hold after each message, which costs time.
    public mutating func beginSeeingAtoms() {
        for box in boxes {
            box.shard.engine.sightings = AtomSightings(count: program.atoms.count)
        }
    }

    /// What was seen since ``beginSeeingAtoms()``; `nil` when that was not asked for.
    public var seenAtoms: AtomSightings? {
        var result: AtomSightings?
        for seen in boxes.compactMap({ $0.shard.engine.sightings }) {
            if result == nil { result = seen } else { result?.add(seen) }
        }
        return result
    }

    // MARK: - A batch

    /// Decodes a batch and finds the lanes it needs.
    ///
    /// - Returns: the vehicles whose lanes are not in memory.
    public mutating func open(_ batch: EntryBatch) -> [VehicleID] {
        decode(batch)
        return enter(batch)
    }

    /// Room for a batch that is decoded before it is opened, while others are decided; `nil` when a
    /// message may change how the next is read.
    public func makeDecodedBatch() -> DecodedBatch? {
        guard !needsAliases else { return nil }
        return DecodedBatch(Slice(decoder: slices[0].slice.decoder, shards: boxes.count))
    }

    /// As ``open(_:)`` for a batch that was decoded before; `decoded` gets the room of an earlier one.
    public mutating func open(_ batch: EntryBatch, decoded: DecodedBatch) -> [VehicleID] {
        precondition(!needsAliases, "nothing made room for a decoded batch")
        aliasChanges.removeAll()
        swap(&slices[0].slice, &decoded.slice)
        for other in slices.dropFirst() {
            other.slice.begin(0..<0)
            other.slice.list()
        }
        return enter(batch)
    }

    /// Finds the lanes that a decoded batch needs.
    private mutating func enter(_ batch: EntryBatch) -> [VehicleID] {
        entries = batch.entries
        commands.removeAll(keepingCapacity: true)
        for (index, entry) in entries.enumerated() where entry.kind == .command {
            commands.append((index, Array(batch.bytes[entry.payload])))
        }
        number()
        let count = boxes.count
        let (boxes, slices) = (boxes, slices)
        share(count) { index in
            let box = boxes[index]
            box.shard.beginBatch()
            box.newcomers.removeAll(keepingCapacity: true)
            for number in slices.indices {
                Self.assign(
                    slices[number].slice, to: index, of: count, &box.shard,
                    work: &box.work[number], newcomers: &box.newcomers)
            }
        }
        findRenewals()
        return count == 1 ? boxes[0].newcomers : boxes.flatMap(\.newcomers)
    }

    /// Batches below this many entries are not worth waking another thread for.
    private static let worthSharing = 256

    /// Shares pieces of work out to the workers.
    func share(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if entries.count < Self.worthSharing {
            for index in 0..<count { body(index) }
        } else {
            workers.run(count, body)
        }
    }

    /// Finds the reports of a shard's vehicles, and their lanes.
    private static func assign(
        _ slice: borrowing Slice, to index: Int, of count: Int, _ shard: inout Shard,
        work: inout ContiguousArray<Work>, newcomers: inout [VehicleID]
    ) {
        let (reports, traces) = (slice.buffer.reports.span, slice.traces.span)
        let own = count == 1 ? ContiguousArray<Int32>() : slice.own[index]
        let listed = own.span
        let total = count == 1 ? reports.count : listed.count
        work.removeAll(keepingCapacity: true)
        work.reserveCapacity(total)
        // The lanes that the next reports are most likely for.
        var guesses = InlineArray<8, Int>(repeating: -1)
        for place in 0..<total {
            let report = count == 1 ? place : Int(listed[place])
            let trace = traces[report]
            let guess: Int
            if trace.guess >= 0 {
                guess = Int(trace.guess)
            } else {
                // What was decoded elsewhere has asked for nothing yet.
                guess = guesses[place & 7]
                if place &+ 16 < total {
                    let far = count == 1 ? place &+ 16 : Int(listed[place &+ 16])
                    shard.lanes.hintSlot(traces[far].hash)
                }
                if place &+ 8 < total {
                    let near = count == 1 ? place &+ 8 : Int(listed[place &+ 8])
                    let next = shard.lanes.guess(traces[near].hash)
                    if next >= 0 { shard.lanes.hint(next) }
                    guesses[place & 7] = next
                }
            }
            let vehicle = reports[report].vehicle
            let lane: Int
            if guess >= 0, shard.lanes[guess].vehicle == vehicle {
                lane = guess
            } else if let known = shard.lanes.find(vehicle, trace.hash) {
                lane = known
            } else {
                newcomers.append(vehicle)
                lane = shard.add(vehicle)
            }
            work.append(
                Work(
                    report: Int32(truncatingIfNeeded: report),
                    lane: Int32(truncatingIfNeeded: lane)))
        }
    }

    private mutating func decode(_ batch: EntryBatch) {
        let names = learnAliases(batch)
        let (slices, count) = (slices, slices.count)
        let size = (batch.entries.count + count - 1) / count
        let boxes = boxes
        share(count) { index in
            let end = min((index + 1) * size, batch.entries.count)
            Self.decode(
                batch, min(index * size, end)..<end, names, into: &slices[index].slice,
                near: boxes[index].shard, isAlone: count == 1)
        }
    }

    /// - Parameter isAlone: whether the shard has all lanes; whoever decodes then knows where they
    ///   are, and can ask for them early.
    private static func decode(
        _ batch: EntryBatch, _ range: Range<Int>,
        _ names: [(entry: Int, names: SparkplugAliases)], into slice: inout Slice,
        near shard: borrowing Shard, isAlone: Bool
    ) {
        slice.begin(range)
        let bytes = batch.bytes.span
        var next = 0
        for entry in range where batch.entries[entry].kind == .message {
            while next < names.count, names[next].entry <= entry {
                slice.decoder.aliases = names[next].names
                next += 1
            }
            slice.decode(batch.entries[entry], entry, bytes)
            if isAlone { shard.hint(&slice.traces) }
        }
        slice.list()
    }

    /// Gives each entry its position and its received time, which never goes back. Where a recording
    /// does not say when a message was received, the time that it claims stands in.
    private mutating func number() {
        let count = entries.count
        if positions.count != count {
            positions = ContiguousArray(repeating: 0, count: count)
            times = ContiguousArray(repeating: 0, count: count)
        }
        let entries = entries
        for box in slices {
            Self.number(
                box.slice, of: entries.span, position: &position, received: &received,
                &positions, &times)
        }
    }

    private static func number(
        _ slice: borrowing Slice, of entries: Span<Entry>, position newest: inout UInt64,
        received latest: inout Int64, _ positions: inout ContiguousArray<UInt64>,
        _ times: inout ContiguousArray<Int64>
    ) {
        let (reports, traces) = (slice.buffer.reports.span, slice.traces.span)
        var positions = positions.mutableSpan
        var times = times.mutableSpan
        var (position, received) = (newest, latest)
        var report = 0
        for index in slice.range {
            if entries[index].kind == .message { position &+= 1 }
            positions[index] = position
            // A message of several reports is dated by its first.
            while report < traces.count, traces[report].entry < index { report &+= 1 }
            if let time = entries[index].received {
                received = max(received, time)
            } else if report < traces.count, traces[report].entry == index,
                let claim = reports[report].claimed
            {
                received = max(received, claim.milliseconds)
            } else if received == .min {
                // 1970 when nothing has told the time yet.
                received = 0
            }
            times[index] = received
        }
        (newest, latest) = (position, received)
    }

    /// Brings a lane that the store holds, before ``close(row:)``.
    ///
    /// - Throws: ``LaneDamaged`` when its bytes make no sense.
    public mutating func adopt(_ stored: StoredLane) throws(LaneDamaged) {
        let box = box(of: stored.vehicle)
        var lane = try box.shard.engine.decode(stored.vehicle, stored.bytes)
        lane.appliedRow = stored.appliedRow
        if let index = box.shard.lanes.find(stored.vehicle) {
            box.shard.replace(index, with: lane)
        } else {
            _ = box.shard.add(lane)
        }
    }

    /// The newest tick that closing the opened batch will do, or `nil` when ticks mean nothing to
    /// the running rules: lanes that are due by then must be adopted first.
    public var newestTick: Int64? {
        guard let newest = times.last, newest > .min, hasTicks else { return nil }
        return TickGrid.latest(upTo: newest)
    }

    /// When the first entry of the opened batch counts as received; `nil` for an empty batch.
    public var oldestReceived: Int64? { times.first }

    var hasTicks: Bool { program.hasTimers || settings.reorderWindow > 0 }

    /// Goes on from a committed state after journal rows were only applied to lanes.
    public mutating func resume(book: TicketBook, position: UInt64, received: Int64) {
        self.book = withClasses(book)
        self.position = position
        self.received = received
        lastReceivedBeforeBatch = received
    }
}
