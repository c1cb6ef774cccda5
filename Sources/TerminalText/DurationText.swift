/// Durations as people type and read them: `90s`, `1h30m`, `2w`, `500ms`.
public enum DurationText {
    /// Why a text is no duration, and where.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        /// What is wrong.
        public var reason: Reason
        /// How many characters come before it.
        public var offset: Int

        /// What can be wrong with a duration.
        public enum Reason: Equatable, Sendable {
            /// There is no number where one must be.
            case noNumber
            /// A number has no unit behind it.
            case noUnit
            /// A unit that is none of `ms s m h d w`.
            case unknownUnit(String)
            /// Units must become smaller, each at most once.
            case outOfOrder(String)
            /// Longer than can be counted.
            case tooLong
        }

        /// One sentence for people, with an example.
        public var description: String {
            let place = "at character \(offset + 1)"
            return switch reason {
            case .noNumber: "a number is expected \(place), as in 90s or 1h30m"
            case .noUnit: "a unit is expected \(place): ms, s, m, h, d or w"
            case .unknownUnit(let unit):
                "'\(unit)' \(place) is no unit; units are ms, s, m, h, d and w"
            case .outOfOrder(let unit):
                "'\(unit)' \(place) must come before smaller units, and once, as in 1h30m"
            case .tooLong: "the number \(place) is too large"
            }
        }
    }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
        ("ms", 1),
    ]

    /// Reads a duration: whole numbers with units, the largest first, nothing between them.
    ///
    /// - Returns: milliseconds, not negative.
    public static func parse(_ text: some StringProtocol) throws(Failure) -> Int64 {
        var total: Int64 = 0
        var smallest = -1
        var rest = Array(text)[...]
        repeat {
            let start = rest.startIndex
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { throw Failure(reason: .noNumber, offset: start) }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber) }
            guard !name.isEmpty else { throw Failure(reason: .noUnit, offset: rest.startIndex) }
            let unit = String(name).lowercased()
            guard let index = units.firstIndex(where: { $0.name == unit }) else {
                throw Failure(reason: .unknownUnit(String(name).visible), offset: rest.startIndex)
            }
            guard index > smallest else {
                throw Failure(reason: .outOfOrder(unit), offset: start)
            }
            smallest = index
            rest = rest.dropFirst(name.count)
            let product = Int64(String(digits))?
                .multipliedReportingOverflow(by: units[index].milliseconds)
            let sum = product.map { total.addingReportingOverflow($0.partialValue) }
            guard let product, let sum, !product.overflow, !sum.overflow else {
                throw Failure(reason: .tooLong, offset: start)
            }
            total = sum.partialValue
        } while !rest.isEmpty
        return total
    }

    /// Writes a duration compactly, so that ``parse(_:)`` reads the same back.
    ///
    /// Weeks are written as days, which are easier to compare.
    ///
    /// - Parameters:
    ///   - milliseconds: the duration; a negative one gets a minus sign and cannot be read back.
    ///   - parts: how many units to write at most; what is smaller is dropped.
    public static func text(_ milliseconds: Int64, parts: Int = .max) -> String {
        text(milliseconds, parts: parts, names: units.map(\.name))
    }

    /// Writes a duration for a Chinese reader: `264天17小时`.
    ///
    /// - Parameters: as of ``text(_:parts:)``.
    public static func chinese(_ milliseconds: Int64, parts: Int = .max) -> String {
        text(milliseconds, parts: parts, names: ["周", "天", "小时", "分钟", "秒", "毫秒"])
    }

    private static func text(_ milliseconds: Int64, parts: Int, names: [String]) -> String {
        var rest = milliseconds.magnitude
        var text = ""
        var left = parts
        for (unit, name) in zip(units, names).dropFirst() where left > 0 {
            let size = UInt64(unit.milliseconds)
            if rest >= size {
                text += "\(rest / size)\(name)"
                rest %= size
            }
            if !text.isEmpty { left -= 1 }
        }
        if text.isEmpty { return "0\(names[4])" }
        return (milliseconds < 0 ? "-" : "") + text
    }
}
