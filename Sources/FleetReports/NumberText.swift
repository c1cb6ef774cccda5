/// Numbers as people read them; the same digits on every machine.
public enum NumberText {
    /// A number with so many decimals, rounded half away from zero.
    ///
    /// - Parameters:
    ///   - value: finite; beyond 9e15 its shortest exact text is given.
    ///   - decimals: 0 to 9.
    public static func fixed(_ value: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        var digits = String(Int64(scaled))
        if decimals > 0 {
            if digits.count <= decimals {
                digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits
            }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
        }
        return value < 0 && scaled > 0 ? "-" + digits : digits
    }

    /// A value in its unit, such as `97.0 %` or `19.8 min`; a dash for nothing.
    public static func value(
        _ value: Double?, _ unit: Figure.Unit, _ language: ReportLanguage
    ) -> String {
        guard let value, value.isFinite else { return "–" }
        return number(value, unit) + suffix(unit, language)
    }

    /// Both ends of an interval, such as `59.6–98.2 %`.
    public static func interval(
        _ interval: ClosedRange<Double>?, _ unit: Figure.Unit, _ language: ReportLanguage
    ) -> String {
        guard let interval else { return "–" }
        let joint = interval.lowerBound < 0 ? " … " : "–"
        return number(interval.lowerBound, unit) + joint
            + (interval.upperBound.isFinite ? number(interval.upperBound, unit) : "∞")
            + suffix(unit, language)
    }

    /// The digits alone.
    public static func number(_ value: Double, _ unit: Figure.Unit) -> String {
        switch unit {
        case .share: fixed(value * 100, decimals: 1)
        case .count:
            value == value.rounded() ? fixed(value, decimals: 0) : fixed(value, decimals: 1)
        case .score, .ratio: fixed(value, decimals: 2)
        case .minutes, .hours, .days: fixed(value, decimals: 1)
        case .perThousandKilometres: fixed(value, decimals: 4)
        case .perThousandVehicles, .perMillionKilometres: fixed(value, decimals: 2)
        case .money: grouped(fixed(value, decimals: 0))
        case .probability: significant(value)
        }
    }

    /// Three digits that count, however small the number: `0.972`, `3.59e-4`.
    private static func significant(_ value: Double) -> String {
        guard abs(value) < 0.01, value != 0 else { return fixed(value, decimals: 3) }
        var (mantissa, exponent) = (value, 0)
        while abs(mantissa) < 1 {
            mantissa *= 10
            exponent -= 1
        }
        return "\(fixed(mantissa, decimals: 2))e\(exponent)"
    }

    private static func grouped(_ digits: String) -> String {
        var text = ""
        let body = digits.drop { $0 == "-" }
        for (index, digit) in body.enumerated() {
            if index > 0, (body.count - index).isMultiple(of: 3) { text += "\u{202F}" }
            text.append(digit)
        }
        return digits.hasPrefix("-") ? "-" + text : text
    }

    private static func suffix(_ unit: Figure.Unit, _ language: ReportLanguage) -> String {
        let words =
            switch unit {
            case .share: Phrase(" %", " %")
            case .minutes: Phrase(" min", " 分钟")
            case .hours: Phrase(" h", " 小时")
            case .days: Phrase(" d", " 天")
            case .score, .count, .ratio, .money, .probability: Phrase("", "")
            case .perThousandKilometres: Phrase(" / 1000 km", " 次/千公里")
            case .perMillionKilometres: Phrase(" / 10⁶ km", " 次/百万公里")
            case .perThousandVehicles: Phrase(" / 1000 veh.", " 次/千车")
            }
        return words[language]
    }
}
