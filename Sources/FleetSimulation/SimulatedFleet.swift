import VehicleFaults

/// A fleet that does not exist, whose failures, precursors and look-alikes are known.
///
/// The same preset, seed, size, length and start give the same bytes on every machine. It is made
/// while it is read: memory holds about 700 bytes for each vehicle, the messages of ten
/// minutes, and those that the network holds back, which are one in twenty.
public struct SimulatedFleet: Sequence, Sendable {
    /// How hard it is.
    public let preset: FleetPreset
    /// What everything random follows from.
    public let seed: UInt64
    /// How many vehicles drive.
    public let vehicles: Int
    /// How many days they drive.
    public let days: Int
    /// Its first midnight, that of a Monday.
    public let start: EventTime
    /// How parts come in lots.
    public let lots: LotMaking

    /// Midnight in Shanghai before Monday, 5 January 2026.
    public static let usualStart = EventTime(milliseconds: 1_767_542_400_000)
    /// The most vehicles that get a number each.
    public static let most = FleetNumber.most

    /// Describes a fleet; nothing is computed before it is read.
    ///
    /// - Parameters:
    ///   - vehicles: 1 to ``most``.
    ///   - days: at least 1.
    ///   - start: the instant of a Monday's midnight where the fleet drives, in early January.
    ///   - lots: how parts come in lots.
    public init(
        preset: FleetPreset, seed: UInt64, vehicles: Int, days: Int,
        start: EventTime = Self.usualStart, lots: LotMaking = LotMaking()
    ) {
        precondition((1...Self.most).contains(vehicles), "no such fleet: \(vehicles)")
        precondition(days >= 1, "a fleet drives for a day at least, not \(days)")
        self.preset = preset
        self.seed = seed
        self.vehicles = vehicles
        self.days = days
        self.start = start
        self.lots = lots
    }

    /// The midnight after the last day.
    public var end: EventTime { start.advanced(by: Int64(days) * 86_400_000) }

    /// What a reader gets, in order.
    public enum Item: Equatable, Sendable {
        /// The next message in the order in which messages were received.
        case message(SampleMessage)
        /// A line of the truth. The first lines are about the whole fleet, the last ones about what
        /// was still going on and about each vehicle.
        case truth(FleetTruth)
    }

    /// Reads messages and truth from the first.
    public func makeIterator() -> Iterator { Iterator(self) }

    /// Messages and truth, one by one.
    public struct Iterator: IteratorProtocol {
        private static let sliceMilliseconds: Int64 = 600_000

        private let setting: FleetSetting
        private var members: ContiguousArray<SimulatedVehicle>
        /// For each slice of time the first vehicle whose trip ends in it, or -1, and for each
        /// vehicle the next one in the same slice.
        private var heads: ContiguousArray<Int32>
        private var links: ContiguousArray<Int32>
        /// Messages that are under way, by the slice in which they arrive.
        private var underWay: [Int: [SampleMessage]] = [:]
        private var slice = 0
        /// Vehicles that have been closed.
        private var closed = 0
        /// What is ready to be read, the next one last.
        private var ready: [Item] = []

        init(_ fleet: SimulatedFleet) {
            let setting = FleetSetting(
                preset: fleet.preset, seed: fleet.seed, vehicles: fleet.vehicles, days: fleet.days,
                start: fleet.start, lots: fleet.lots)
            self.setting = setting
            members = ContiguousArray(
                (0..<fleet.vehicles).map { SimulatedVehicle(index: $0, setting: setting) })
            heads = ContiguousArray(repeating: -1, count: fleet.days * 144)
            links = ContiguousArray(repeating: -1, count: fleet.vehicles)
            for index in members.indices { wait(index) }
            var first: [FleetTruth] = [
                .fleet(
                    FleetHeader(
                        preset: fleet.preset, seed: fleet.seed, vehicles: fleet.vehicles,
                        days: fleet.days, start: fleet.start, end: fleet.end))
            ]
            first += setting.releases.map { .release($0) }
            first += setting.shocks.map { .shock($0) }
            first += setting.lots.bad.map {
                .badLot(
                    name: $0.name, component: FailureMode.all[$0.mode].component, factor: $0.factor)
            }
            for vehicle in members where vehicle.isBatteryLow {
                first.append(
                    .lookAlike(
                        LookAlikeTruth(
                            vehicle: vehicle.identity, what: .chronicLowBattery,
                            signal: FleetSignal.all[FleetSignal.crank].name, from: setting.start,
                            to: nil, codes: [LookAlike.lowBatteryCode])))
            }
            ready = first.reversed().map { .truth($0) }
        }

        /// The next message or line of the truth, or `nil` after the last.
        public mutating func next() -> Item? {
            while ready.isEmpty {
                if slice < heads.count {
                    runSlice()
                } else if closed < members.count {
                    var sink = FleetSink()
                    members[closed].close(setting, &sink)
                    ready = sink.truth.reversed().map { .truth($0) }
                    closed += 1
                } else {
                    return nil
                }
            }
            return ready.popLast()
        }

        private func sliceNumber(_ time: EventTime) -> Int {
            Int(time.milliseconds(since: setting.start) / Self.sliceMilliseconds)
        }

        /// Puts a vehicle where its trip ends; a trip that ends after the last day is not made.
        private mutating func wait(_ index: Int) {
            let number = sliceNumber(members[index].tripEnd)
            guard number < heads.count else { return }
            links[index] = heads[number]
            heads[number] = Int32(index)
        }

        private mutating func runSlice() {
            var due: [Int] = []
            var next = heads[slice]
            while next >= 0 {
                due.append(Int(next))
                next = links[Int(next)]
            }
            due.sort()
            var sink = FleetSink()
            for index in due {
                repeat {
                    members[index].endTrip(setting, &sink)
                } while sliceNumber(members[index].tripEnd) == slice
                wait(index)
            }
            for message in sink.messages {
                let number = sliceNumber(message.received)
                // What would arrive after the last day is still under way then.
                if number < heads.count { underWay[number, default: []].append(message) }
            }
            let arrived = underWay.removeValue(forKey: slice) ?? []
            // The place in `arrived` decides between equal times, since sorting need not be stable.
            let latestFirst = arrived.indices.sorted { a, b in
                let (x, y) = (arrived[a].received, arrived[b].received)
                return x != y ? x > y : a > b
            }
            ready =
                latestFirst.map { .message(arrived[$0]) } + sink.truth.reversed().map { .truth($0) }
            slice += 1
        }
    }
}
