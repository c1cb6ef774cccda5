import VehicleFaults

/// A small fleet in which every vehicle speaks through another kind of device, with the truth about
/// each: two vehicles a kind, of which the first has a fault.
///
/// The same seed gives the same bytes on every machine.
public struct MixedFleet: Sendable {
    /// What everything random follows from.
    public let seed: UInt64
    /// How many days they drive.
    public let days: Int
    /// The fleet's first midnight.
    public let start: EventTime

    /// Vehicles that every kind of device has.
    public static let perDevice = 2
    /// Messages of a vehicle a day, one each half hour.
    static let steps = 20

    /// Describes a fleet; `days` is 3 at least, since a code must have the time to come back.
    public init(seed: UInt64, days: Int = 3, start: EventTime = SampleFleet.usualStart) {
        precondition(days >= 3, "a code does not come back within \(days) days")
        self.seed = seed
        self.days = days
        self.start = start
    }

    /// A vehicle and how it is heard.
    public struct Member: Sendable {
        public var device: MixedDevice
        /// 0 or 1.
        public var place: Int
        /// Its identification number.
        public var vehicle: String
        /// The name its messages come under.
        public var source: String
        public var story: MixedStory
        /// The step at which its story begins.
        var onset: Int
        /// What tells it from all others.
        var index: Int
    }

    /// The vehicles, in order of ``MixedDevice``.
    public var members: [Member] {
        MixedDevice.allCases.enumerated().flatMap { number, device in
            (0..<Self.perDevice).map { place in
                let index = number * Self.perDevice + place
                let model: SampleModel =
                    switch device {
                    case .gbt32960: .electric
                    case .j1939: .truck
                    case .ovms, .sparkplug: .van
                    default: .car
                    }
                let vin = String(
                    decoding: SampleNumber.text(index: 500 + index, model: model, year: 0x53),
                    as: UTF8.self)
                return Member(
                    device: device, place: place, vehicle: vin,
                    source: device.source(place, vin: vin),
                    story: MixedStory.of(device, place: place), onset: Self.steps + 2 * number,
                    index: index)
            }
        }
    }

    /// Every message, in the order in which the broker received it.
    public func messages() -> [SampleMessage] {
        var sent: [SampleMessage] = []
        for member in members {
            var random = SeededRandom(seed, part: member.index)
            for step in 0..<days * Self.steps {
                let moment = MixedMoment(member, step: step, fleet: self, random: &random)
                sent += MixedPayload.messages(of: member, moment)
            }
        }
        sent += mishaps(among: sent)
        // Sorting need not be stable, so the place decides between equal times.
        return sent.indices.sorted { a, b in
            sent[a].received != sent[b].received ? sent[a].received < sent[b].received : a < b
        }.map { sent[$0] }
    }

    /// Messages that arrive twice, and some that nobody can read.
    private func mishaps(among sent: [SampleMessage]) -> [SampleMessage] {
        let again = [sent.count / 3, sent.count / 2].map { index in
            var message = sent[index]
            message.received = message.received.advanced(by: 7_013)
            message.delivery = .duplicate
            return message
        }
        // The end that the WiCAN's own documentation prints, and a sum that does not fit its bytes.
        let spoilt = [("/can/rx", 0x3B), ("/avl", 0xA5)].compactMap {
            (topic: String, byte: UInt8) -> SampleMessage? in
            guard var message = sent.last(where: { $0.topic.hasSuffix(topic) }) else { return nil }
            message.received = message.received.advanced(by: 5_007)
            message.payload.append(byte)
            message.delivery = .malformed
            return message
        }
        return again + spoilt
    }

    /// When a step of a member's day begins, in milliseconds since ``start``.
    func time(of step: Int, _ member: Member) -> Int64 {
        let (day, part) = step.quotientAndRemainder(dividingBy: Self.steps)
        return Int64(day) * 86_400_000 + 8 * 3_600_000 + Int64(part) * 1_800_000
            + Int64(member.index) * 37_000
    }

    /// Adds what is true of every vehicle to `bytes`, one JSON object a line.
    public func appendTruth(to bytes: inout [UInt8]) {
        for member in members {
            var text = PayloadText()
            text.open()
            text.whole("v", 1)
            text.string("vin", member.vehicle)
            text.string("source", member.source)
            text.string("device", member.device.rawValue)
            text.string("kind", member.story.name)
            text.raw("fault", member.story.isFault ? "true" : "false")
            if member.story.isFault {
                text.string("onset", start.advanced(by: time(of: member.onset, member)).text())
            }
            text.close()
            bytes += text.bytes
            bytes.append(0x0A)
        }
    }

    /// Adds a roster to `bytes`: which device belongs to which vehicle.
    public func appendRoster(to bytes: inout [UInt8]) {
        bytes += "vehicle,device,kind\n".utf8
        for member in members {
            let device = member.source == member.vehicle ? "" : member.source
            bytes += "\(member.vehicle),\(device),\(member.device.rawValue)\n".utf8
        }
    }
}

/// What a vehicle of the mixed fleet has to tell at one step.
struct MixedMoment {
    var step: Int
    /// The first step of a day, when devices say hello.
    var isFirst: Bool
    /// By a clock that is right.
    var time: EventTime
    var rpm: Int
    var speed: Int
    /// In whole degrees, as control units count.
    var coolant: Int
    var millivolts: Int
    /// Hundreds of metres.
    var odometer: Int
    /// The codes that are stored now.
    var codes: [String] = []
    /// Those of them that were not stored a step ago.
    var news: [String] = []

    init(
        _ member: MixedFleet.Member, step: Int, fleet: MixedFleet, random: inout SeededRandom
    ) {
        self.step = step
        isFirst = step % MixedFleet.steps == 0
        time = fleet.start.advanced(
            by: fleet.time(of: step, member) + Int64(random.whole(below: 20)) * 1000)
        rpm = 800 + random.whole(below: 1600)
        speed = 20 + random.whole(below: 80)
        coolant = 86 + random.whole(below: 8)
        millivolts = 12_500 + 10 * random.whole(below: 40)
        odometer = 300_000 + 1000 * member.index + 170 * step
        let since = step - member.onset
        func stored(_ since: Int) -> [String] {
            switch member.story {
            case .returning(let codes): [0, 1, 4, 5, 8, 9].contains(since) ? codes : []
            case .standing(let codes): since >= 0 ? codes : []
            case .once(let code): since == 0 ? [code] : []
            case .old(let code): [code]
            case .drained, .hot, .nothing: []
            }
        }
        codes = stored(since)
        if stored(since - 1).isEmpty { news = codes }
        if member.story == .drained, since >= 0 { millivolts = 11_650 - 10 * min(since, 30) }
        if member.story == .hot, since >= 0 { coolant = 113 + random.whole(below: 3) }
    }
}
