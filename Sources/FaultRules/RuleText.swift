/// Words and numbers as rules write them.
enum RuleText {
    /// Milliseconds of each unit of time.
    static let durations: [(unit: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ("w", 604_800_000),
    ]

    /// A number without a needless fraction.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// A duration in the largest unit that is whole.
    static func duration(_ milliseconds: Int64) -> String {
        for (unit, size) in durations.reversed() where unit != "w" {
            if milliseconds % Int64(size) == 0 { return "\(milliseconds / Int64(size))\(unit)" }
        }
        return "\(milliseconds)ms"
    }
}
