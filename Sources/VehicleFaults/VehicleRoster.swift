/// What kind of vehicle a vehicle is, as the site knows it.
public struct VehicleAttributes: Hashable, Sendable {
    /// By name: `make`, `model`, `year`, `region`, `software`, or whatever the site keeps.
    public var values: [String: String]

    public init(_ values: [String: String] = [:]) { self.values = values }

    /// The value with this name, or `nil`.
    public subscript(name: String) -> String? { values[name] }

    /// The value as a number, or `nil` when it is none.
    public func number(_ name: String) -> Double? {
        values[name].flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Whether two texts mean the same value: letters in either case.
    public static func agree(_ a: String, _ b: String) -> Bool { a.lowercased() == b.lowercased() }

    /// Which of two versions is later, digits compared as numbers: -1, 0 or 1.
    ///
    /// `2.10` is later than `2.9`, and `2.1.1` later than `2.1`.
    public static func compareVersions(_ a: String, _ b: String) -> Int {
        let (first, second) = (parts(a), parts(b))
        for index in 0..<max(first.count, second.count) {
            guard index < first.count else { return -1 }
            guard index < second.count else { return 1 }
            let (x, y) = (first[index], second[index])
            if x == y { continue }
            if let m = UInt64(x), let n = UInt64(y) {
                if m == n { continue }
                return m < n ? -1 : 1
            }
            return x < y ? -1 : 1
        }
        return 0
    }

    /// Runs of digits and runs of letters.
    private static func parts(_ text: String) -> [String] {
        var result: [String] = []
        var wasDigit: Bool?
        for character in text.lowercased().unicodeScalars {
            let isDigit = character >= "0" && character <= "9"
            guard isDigit || character.properties.isAlphabetic else {
                wasDigit = nil
                continue
            }
            if wasDigit == isDigit, let last = result.popLast() {
                result.append(last + String(character))
            } else {
                result.append(String(character))
            }
            wasDigit = isDigit
        }
        return result
    }
}

/// The vehicles that the site knows.
public struct VehicleRoster: Hashable, Sendable {
    private var entries: [VehicleID: VehicleAttributes]

    public init(_ entries: [VehicleID: VehicleAttributes] = [:]) { self.entries = entries }

    public var count: Int { entries.count }

    /// The vehicles, in their order.
    public var vehicles: [VehicleID] { entries.keys.sorted() }

    /// What is known of a vehicle, or `nil` when the roster does not name it.
    public subscript(vehicle: VehicleID) -> VehicleAttributes? {
        get { entries[vehicle] }
        set { entries[vehicle] = newValue }
    }
}
