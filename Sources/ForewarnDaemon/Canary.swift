import FaultDecoding
import FleetWatch
import VehicleFaults

/// Whether messages still come through, from a publish to a committed decision: a vehicle that does
/// not exist speaks now and then, and a rule of its own must find what it says.
///
/// Decides only when it flies and what its return means; holds no connection and reads no clock.
public struct Canary: Equatable, Sendable {
    /// How often it flies, in milliseconds; 0 for never.
    public let interval: Int64
    /// When it was first due, since which it is waited for.
    public private(set) var begun: Int64
    private var flown = Int64.min
    /// When it last came back.
    public private(set) var returned: Int64?
    /// How long it then took from the publish to the commit, in milliseconds.
    public private(set) var roundTrip: Int64?

    public init(interval: Int64, at now: Int64) {
        self.interval = interval
        begun = now
    }

    /// Whether it is to fly now.
    ///
    /// - Parameter isUp: whether the broker can be reached; else it waits.
    public mutating func isDue(at now: Int64, isUp: Bool) -> Bool {
        guard interval > 0, isUp, flown == .min || now - flown >= interval || now < flown else {
            return false
        }
        flown = now
        return true
    }

    /// What it says on one flight, first that its signal is there and then that it is gone: a rule
    /// speaks when something changes, and whatever it knew before, one of the two is a change.
    public static func payloads(at now: Int64) -> [[UInt8]] {
        [(now - 1, 1), (now, 0)].map { time, value in
            Array(
                "{\"vin\":\"\(VehicleID.canary)\",\"ts\":\(time),\"signals\":{\"\(signal)\":\(value)}}"
                    .utf8)
        }
    }

    /// Notes what a committed batch says of it.
    ///
    /// - Returns: whether it came back.
    public mutating func note(_ outcome: Outcome, at now: Int64) -> Bool {
        guard interval > 0, outcome.canaries > 0 else { return false }
        for case .finding(let settled) in outcome.decisions where settled.rule.id == Self.rule {
            // One that waited in the broker while the daemon was away says how long it waited.
            roundTrip = max(0, now - settled.finding.at.milliseconds)
        }
        returned = now
        return true
    }

    /// Whether it should have come back: two flights and a minute ago.
    public func isOverdue(at now: Int64) -> Bool {
        interval > 0 && now - (returned ?? begun) > 2 * interval + 60_000
    }

    // MARK: - Its rule

    /// What only the canary sends.
    private static let signal = "forewarn_canary"

    /// The name of its rule, and of the failure mode that it finds.
    static let rule = FleetWatch.canaryRule

    /// The topic under which it flies, below the prefix of alerts and the site.
    public static func topic(_ settings: Settings) -> String {
        "\(settings.topicPrefix)/\(settings.site)/canary"
    }

    /// The rule that finds it.
    static let rules = RuleSet.File(
        name: "canary",
        text: """
            version: 1
            pack: forewarn-canary
            rules:
              - id: \(rule)
                mode: \(rule)
                name: { en: Messages come through, zh: 消息链路畅通 }
                severity: S4
                advice: A4
                component: forewarn
                skill: GEN
                when: \(signal) > 0
                until: \(signal) < 1

            """)

    /// Its failure mode, for sites that have a catalogue of them.
    static let modes = RuleSet.File(
        name: "canary",
        text: """
            version: 1
            failure_modes:
              - id: \(rule)
                name: { en: Messages come through, zh: 消息链路畅通 }
                component: forewarn
                skill: GEN
                level: 1
                hours: 0

            """)

    // MARK: - For others to read

    /// The state as a fact of the store.
    public var fact: String {
        "\(interval) \(begun) \(returned ?? -1) \(roundTrip ?? -1)"
    }

    /// Reads ``fact``; `nil` when it is something else, or the canary does not fly.
    public init?(fact: String) {
        let numbers = fact.split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 4, numbers[0] > 0 else { return nil }
        self.init(interval: numbers[0], at: numbers[1])
        returned = numbers[2] >= 0 ? numbers[2] : nil
        roundTrip = numbers[3] >= 0 ? numbers[3] : nil
    }
}
