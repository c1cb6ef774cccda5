import VehicleFaults

/// One thing that many vehicles have in common, as the roster says: `lot=L-17`.
public struct VehicleTrait: Hashable, Sendable, Comparable {
    /// The roster's column.
    public var attribute: String
    public var value: String

    public init(attribute: String, value: String) {
        self.attribute = attribute
        self.value = value
    }

    /// Reads `attribute=value`; `nil` when it is something else.
    public init?(text: some StringProtocol) {
        guard let mark = text.firstIndex(of: "=") else { return nil }
        attribute = String(text[..<mark])
        value = String(text[text.index(after: mark)...])
    }

    /// `attribute=value`.
    public var text: String { "\(attribute)=\(value)" }

    public static func < (a: VehicleTrait, b: VehicleTrait) -> Bool {
        (a.attribute, a.value) < (b.attribute, b.value)
    }
}

/// Which attributes of the roster may explain that a fault is on some vehicles and not on others.
///
/// Make, model and year explain nothing here: vehicles are compared with those that agree in them,
/// because other vehicles have other parts and another age. Of the other attributes each value that
/// five vehicles share is a suspect; rarer ones count as one value that is none.
public struct VehicleClasses: Sendable {
    /// What vehicles must agree in to be compared.
    static let cohort = ["make", "model", "year"]
    /// Vehicles that must share a value before it is a suspect.
    static let fewest = 5

    private let roster: VehicleRoster
    /// The values that are suspects, by attribute.
    private let suspects: [String: Set<String>]
    /// How many there are.
    public let count: Int

    /// What a vehicle has in common with others.
    struct Traits {
        var cohort: String
        /// In order of attribute; the value is empty where it is a rare one.
        var list: [VehicleTrait]
    }

    public init(_ roster: VehicleRoster = VehicleRoster()) {
        self.roster = roster
        var counts: [String: [String: Int]] = [:]
        for vehicle in roster.vehicles {
            for (attribute, value) in roster[vehicle]?.values ?? [:]
            where !Self.cohort.contains(attribute) {
                counts[attribute, default: [:]][Self.plain(value), default: 0] += 1
            }
        }
        // What all vehicles share tells none of them from the others.
        suspects = counts.filter { $0.value.count > 1 }
            .mapValues { Set($0.filter { $0.value >= Self.fewest }.keys) }
            .filter { !$0.value.isEmpty }
        count = suspects.values.reduce(0) { $0 + $1.count }
    }

    /// Whether nothing tells one vehicle from another.
    public var isEmpty: Bool { count == 0 }

    /// A text that can stand in a row between tabs.
    private static func plain(_ text: String) -> String {
        text.contains("\t") ? String(text.map { $0 == "\t" ? " " : $0 }) : text
    }

    /// `nil` for a vehicle of which nothing is known that others share.
    func traits(of vehicle: VehicleID) -> Traits? {
        guard let values = roster[vehicle]?.values else { return nil }
        var list: [VehicleTrait] = []
        for (attribute, value) in values {
            guard let known = suspects[attribute] else { continue }
            let value = Self.plain(value)
            list.append(
                VehicleTrait(attribute: attribute, value: known.contains(value) ? value : ""))
        }
        guard !list.isEmpty else { return nil }
        return Traits(
            cohort: Self.cohort.map { Self.plain(values[$0] ?? "") }.joined(separator: "/"),
            list: list.sorted())
    }

    /// The vehicles of the roster that have a trait, in their order.
    public func vehicles(with trait: VehicleTrait) -> [VehicleID] {
        roster.vehicles.filter {
            roster[$0]?[trait.attribute].map { Self.plain($0) == trait.value } ?? false
        }
    }

    /// How many vehicles of the roster it says something of, by this attribute.
    public func vehicles(saying attribute: String) -> Int {
        roster.vehicles.count { says(attribute, of: $0) }
    }

    /// Whether the roster says something of a vehicle, by this attribute.
    public func says(_ attribute: String, of vehicle: VehicleID) -> Bool {
        roster[vehicle]?[attribute] != nil
    }
}
