import VehicleFaults

/// What a fleet of vehicles that do not exist sends to the broker, with the truth about each.
///
/// The same seed, size, length and start give the same bytes on every machine. What a vehicle sends
/// does not depend on how many others there are; only which messages arrive spoilt does.
public struct SampleFleet: Sequence, Sendable {
    /// What everything random follows from.
    public let seed: UInt64
    /// How many vehicles drive.
    public let vehicles: Int
    /// How many days they drive.
    public let days: Int
    /// The fleet's first midnight.
    public let start: EventTime

    /// Midnight in Shanghai before Monday, 2 March 2026.
    public static let usualStart = EventTime(milliseconds: 1_772_380_800_000)

    /// Describes a fleet; nothing is computed before it is read.
    ///
    /// - Parameters:
    ///   - seed: chooses the fleet; any number.
    ///   - vehicles: 1 to 1,088,999. Every sixty hold each fault and each look-alike.
    ///   - days: at least 1.
    ///   - start: the instant of midnight where the fleet drives.
    public init(
        seed: UInt64, vehicles: Int = 60, days: Int = 7, start: EventTime = Self.usualStart
    ) {
        precondition((1...SampleNumber.most).contains(vehicles), "no such fleet: \(vehicles)")
        precondition(days >= 1, "a fleet drives for a day at least, not \(days)")
        self.seed = seed
        self.vehicles = vehicles
        self.days = days
        self.start = start
    }

    /// The midnight after the last day.
    public var end: EventTime { start.advanced(by: Int64(days) * 86_400_000) }

    /// The label of every vehicle that is not healthy, faulty or not, in order of vehicles.
    public var truth: [SampleTruth] {
        members().compactMap { member in
            guard member.condition != .healthy, let vehicle = VehicleID(member.name) else {
                return nil
            }
            return SampleTruth(
                vehicle: vehicle, model: member.model, condition: member.condition,
                onset: member.onset)
        }
    }

    /// Every vehicle as it stands before its first trip.
    func members() -> [SampleVehicle] {
        let roster = SampleRoster(seed: seed)
        return (0..<vehicles).map { SampleVehicle(index: $0, fleet: self, place: roster[$0]) }
    }

    /// Reads the messages from the first, in the order in which they were received.
    public func makeIterator() -> Iterator { Iterator(self) }

    /// The messages one by one; holds those of one day of the whole fleet.
    public struct Iterator: IteratorProtocol {
        private let fleet: SampleFleet
        private var members: [SampleVehicle]
        private var day = 0
        /// Newest first, so that the next one is taken off the end.
        private var ready: [SampleMessage] = []

        init(_ fleet: SampleFleet) {
            self.fleet = fleet
            members = fleet.members()
        }

        /// The next message, or `nil` after the last.
        public mutating func next() -> SampleMessage? {
            if ready.isEmpty, day < fleet.days {
                readDay()
                day += 1
            }
            return ready.popLast()
        }

        private mutating func readDay() {
            let midnight = fleet.start.advanced(by: Int64(day) * 86_400_000)
            // Weather is one for the whole fleet: 4 degrees either way.
            var weather = SeededRandom(fleet.seed, part: -2 - day)
            let chill = weather.number(in: -4...4)
            var sent: [SampleMessage] = []
            for index in members.indices {
                let first = sent.count
                members[index].drive(from: midnight, chill: chill, into: &sent)
                spoilOne(of: index, from: first, in: &sent)
            }
            // The last trip ends by 23:00 and a late message is 20 minutes late at most, so that
            // what is sent on a day is received on that day. The place in `sent` decides between
            // equal times, since sorting need not be stable.
            let latestFirst = sent.indices.sorted { a, b in
                sent[a].received != sent[b].received ? sent[a].received > sent[b].received : a > b
            }
            ready = latestFirst.map { sent[$0] }
        }

        /// One vehicle in 35 spoils one message a day, so that 60 vehicles do it 12 times in 7 days.
        private mutating func spoilOne(
            of index: Int, from first: Int, in sent: inout [SampleMessage]
        ) {
            let turn = day * fleet.vehicles + index
            guard turn % 35 == 17, first < sent.count else { return }
            var spoilt = sent[first + (sent.count - first) / 2]
            let ways = Malformation.allCases
            var random = SeededRandom(~fleet.seed, part: turn)
            spoilt.payload = ways[turn / 35 % ways.count].spoil(spoilt.payload, random: &random)
            // An extra transmission, so that nothing of the truth is lost with it.
            spoilt.received = spoilt.received.advanced(by: 31_007)
            spoilt.delivery = .malformed
            sent.append(spoilt)
        }
    }
}
