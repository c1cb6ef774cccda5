import FaultRules

/// The same rules with one number moved a little: a test that does not notice is too weak.
public struct RuleMutation: Sendable {
    public var place: RuleSource.Place
    public var value: Double

    /// The number with its unit, as it would be written.
    public var text: String { place.number.text(value) }

    /// Every threshold, count and duration moved by a tenth down and up; a count by one at least.
    /// A zero cannot be moved by a share of itself and is left out.
    public static func all(of source: RuleSource) -> [RuleMutation] {
        source.numbers.flatMap { place -> [RuleMutation] in
            let value = place.number.value
            guard value != 0 else { return [] }
            var values = [0.9, 1.1].map { (value * $0 * 1e6).rounded() / 1e6 }
            if source.isWhole(place) {
                values = [
                    min(value - 1, (value * 0.9).rounded(.down)),
                    max(value + 1, (value * 1.1).rounded(.up)),
                ]
            }
            return values.map { RuleMutation(place: place, value: $0) }
        }
    }

    /// The rules with the number moved; `nil` when they could not be used at all, as with a count
    /// of none, which no test has to notice.
    public func program(of source: RuleSource) -> RuleProgram? {
        try? source.replacing(place, by: value).program()
    }
}
