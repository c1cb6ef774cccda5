import VehicleFaults

/// A piece of what the ticket book remembers besides its tickets, as it is stored.
public struct MemoryRow: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The newest ticket about a failure mode of a vehicle that is over.
        case past
        /// A rule that holds its peace about a vehicle.
        case backOff = "back_off"
        /// How many vehicles have a failure mode of late.
        case storm
        /// What a vehicle did since it was repaired.
        case sighting
        /// The epoch that runs, and how many hypotheses there were.
        case census
        /// How many vehicles were heard, of those that have an attribute of the roster in common.
        case exposure
        /// When a vehicle had a fault for the first time.
        case faultCase = "case"
        /// How well an attribute explains a fault.
        case suspect
    }

    public var kind: Kind
    public var key: String
    /// `nil` to forget it.
    public var value: String?

    public init(kind: Kind, key: String, value: String?) {
        self.kind = kind
        self.key = key
        self.value = value
    }
}

/// A rule that gave false alarms on a vehicle.
struct BackOff: Hashable, Sendable {
    var count: Int
    var until: EventTime
    var severity: Severity
    var kinds: [String]

    var text: String {
        "\(count)\t\(until.milliseconds)\t\(severity.name)\t" + kinds.joined(separator: "\t")
    }

    init(count: Int, until: EventTime, severity: Severity, kinds: [String]) {
        self.count = count
        self.until = until
        self.severity = severity
        self.kinds = kinds
    }

    init?(text: String) {
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count >= 4, let count = Int(parts[0]), let until = Int64(parts[1]),
            let severity = Severity(name: parts[2])
        else { return nil }
        self.init(
            count: count, until: EventTime(milliseconds: until), severity: severity,
            kinds: parts[3...].filter { !$0.isEmpty }.map(String.init))
    }
}

/// How often a failure mode has been seen on new vehicles of late.
struct StormCount: Hashable, Sendable {
    struct Opening: Hashable, Sendable {
        var at: EventTime
        var vehicle: VehicleID
    }

    var firstAt: EventTime
    /// Openings that are older than the window.
    var earlier = 0
    /// Openings within the window, one a vehicle.
    var recent: [Opening] = []
    /// The ticket that stands for all of them; 0 for none.
    var incident: Int64 = 0
    var lastAttached: EventTime

    /// Where this many within the window are usual, no storm is noticed.
    static let mostRecent = 512

    init(firstAt: EventTime) {
        self.firstAt = firstAt
        lastAttached = firstAt
    }

    /// Counts a vehicle, for which no incident stands.
    ///
    /// - Returns: whether there are too many at once.
    mutating func isStorm(
        with vehicle: VehicleID, at time: EventTime, _ storm: TicketPolicy.Storm
    ) -> Bool {
        incident = 0
        count(vehicle, at: time, storm)
        return isStorm(at: time, storm)
    }

    private mutating func count(
        _ vehicle: VehicleID, at time: EventTime, _ storm: TicketPolicy.Storm
    ) {
        let before = recent.count
        recent.removeAll { time.milliseconds(since: $0.at) > storm.window }
        earlier += before - recent.count
        guard !recent.contains(where: { $0.vehicle == vehicle }) else { return }
        recent.append(Opening(at: time, vehicle: vehicle))
        if recent.count > Self.mostRecent {
            recent.removeFirst()
            earlier += 1
        }
    }

    /// Counts devices as the vehicles that they sit in.
    ///
    /// - Returns: whether there was any.
    mutating func rename(_ owners: [VehicleID: VehicleID]) -> Bool {
        guard recent.contains(where: { owners[$0.vehicle] != nil }) else { return false }
        var named: [Opening] = []
        for opening in recent {
            let vehicle = owners[opening.vehicle] ?? opening.vehicle
            guard !named.contains(where: { $0.vehicle == vehicle }) else { continue }
            named.append(Opening(at: opening.at, vehicle: vehicle))
        }
        recent = named
        return true
    }

    private func isStorm(at time: EventTime, _ storm: TicketPolicy.Storm) -> Bool {
        guard recent.count > storm.vehicles else { return false }
        let age = time.milliseconds(since: firstAt)
        guard age >= storm.newFor else { return true }
        let usual = Double(earlier) * Double(storm.window) / Double(age)
        return Double(recent.count) > storm.factor * usual
    }

    /// Written with each finding that the incident takes in.
    var text: String {
        var bytes = Array(
            "\(firstAt.milliseconds)\t\(earlier)\t\(incident)\t\(lastAttached.milliseconds)".utf8)
        for opening in recent {
            bytes += "\t\(opening.at.milliseconds) ".utf8
            opening.vehicle.appendText(to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    init?(text: String) {
        let parts = text.split(separator: "\t")
        guard parts.count >= 4, let first = Int64(parts[0]), let earlier = Int(parts[1]),
            let incident = Int64(parts[2]), let last = Int64(parts[3])
        else { return nil }
        self.init(firstAt: EventTime(milliseconds: first))
        self.earlier = earlier
        self.incident = incident
        lastAttached = EventTime(milliseconds: last)
        for part in parts[4...] {
            let words = part.split(separator: " ")
            guard words.count == 2, let at = Int64(words[0]), let vehicle = VehicleID(words[1])
            else { return nil }
            recent.append(Opening(at: EventTime(milliseconds: at), vehicle: vehicle))
        }
    }
}

/// What a repaired vehicle did since.
struct Sighting: Hashable, Sendable {
    /// Kilometres, as of the newest step of ``step``; `nil` when nothing is known.
    var odometer: Double?
    var isHeard = false

    /// Kilometres that must be driven before it is noted, so that not every message is.
    static let step = 10.0

    var text: String { "\(isHeard ? 1 : 0)\t\(odometer.map { "\($0)" } ?? "")" }

    init(odometer: Double?) { self.odometer = odometer }

    init?(text: String) {
        let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        odometer = Double(parts[1])
        isHeard = parts[0] == "1"
    }
}
