/// An item of an estimate, as it is written: `1 x COIL-12 @ 420`, `1.2 h ignition @ 300`, `tax 52.20`.
public struct EstimateLine: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case part, labour, tax
    }

    public var kind: Kind
    /// The part number or the name of the work; empty for a tax.
    public var name: String
    /// Pieces or hours; 1 for a tax.
    public var quantity: Double
    /// Of one piece or hour, in the currency of the estimate.
    public var price: Double

    public var amount: Double { quantity * price }

    /// Reads items that are divided by semicolons; `nil` when one of them cannot be understood.
    public static func lines(_ text: String) -> [EstimateLine]? {
        var result: [EstimateLine] = []
        for part in text.split(separator: ";") where part.contains(where: { !$0.isWhitespace }) {
            guard let line = EstimateLine(String(part)) else { return nil }
            result.append(line)
        }
        return result.isEmpty ? nil : result
    }

    init?(_ text: String) {
        let words = text.split { $0.isWhitespace }.map(String.init)
        if words.count == 2, words[0] == "tax", let amount = Self.number(words[1]) {
            self.init(kind: .tax, name: "", quantity: 1, price: amount)
            return
        }
        guard words.count >= 5, let quantity = Self.number(words[0]), words[words.count - 2] == "@",
            let price = Self.number(words[words.count - 1])
        else { return nil }
        let name = words[2..<(words.count - 2)].joined(separator: " ")
        switch words[1] {
        case "x": self.init(kind: .part, name: name, quantity: quantity, price: price)
        case "h": self.init(kind: .labour, name: name, quantity: quantity, price: price)
        default: return nil
        }
    }

    init(kind: Kind, name: String, quantity: Double, price: Double) {
        self.kind = kind
        self.name = name
        self.quantity = quantity
        self.price = price
    }

    private static func number(_ text: String) -> Double? {
        Double(text).flatMap { $0 >= 0 && $0 <= 1_000_000_000 ? $0 : nil }
    }

    /// What all items come to, to the hundredth.
    public static func sum(_ lines: [EstimateLine]) -> Double {
        (lines.reduce(0) { $0 + $1.amount } * 100).rounded() / 100
    }
}
