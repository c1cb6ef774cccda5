/// A number that an expression holds, for tools that ask what another number would have done.
public struct ExpressionNumber: Hashable, Sendable {
    /// What the number counts; a count is whole.
    public enum Kind: Hashable, Sendable {
        case quantity
        case count
        case duration
    }

    public var kind: Kind
    public var value: Double
    /// As written; empty for none.
    public var unit: String
    /// In characters (Unicode scalars) from the start of the expression.
    public var offset: Int
    /// Characters of the number with its unit.
    public var length: Int

    /// The numbers of an expression from left to right; none when it cannot be read.
    public static func all(in expression: String) -> [ExpressionNumber] {
        guard let tokens = try? ExpressionLexer.tokens(of: expression) else { return [] }
        let scalars = Array(expression.unicodeScalars)
        return zip(tokens, tokens.dropFirst()).compactMap { token, next in
            guard case .number(let value, let unit) = token.kind else { return nil }
            var end = next.offset
            while end > token.offset, scalars[end - 1].properties.isWhitespace { end -= 1 }
            var kind = Kind.quantity
            if next.kind == .word("times") {
                kind = .count
            } else if RuleText.durations.contains(where: { $0.unit == unit }), unit != "h" {
                kind = .duration
            } else if unit == "h" {
                // Hours are also what an engine counts; after a sign they are a limit.
                let isLimit = tokens.last { $0.offset < token.offset }?.isComparison ?? false
                kind = isLimit ? .quantity : .duration
            }
            return ExpressionNumber(
                kind: kind, value: value, unit: unit, offset: token.offset,
                length: end - token.offset)
        }
    }

    /// The number with another value, as an expression writes it.
    public func text(_ value: Double) -> String {
        let gap = unit.isEmpty || RuleText.durations.contains { $0.unit == unit } ? "" : " "
        return RuleText.number(value) + gap + unit
    }

    /// The expression with this number replaced.
    ///
    /// - Parameter expression: the one it was found in.
    public func replaced(by value: Double, in expression: String) -> String {
        let scalars = Array(expression.unicodeScalars)
        var result = String.UnicodeScalarView(scalars[..<offset])
        result.append(contentsOf: text(value).unicodeScalars)
        result.append(contentsOf: scalars[(offset + length)...])
        return String(result)
    }
}

extension ExpressionLexer.Token {
    fileprivate var isComparison: Bool {
        if case .sign(let sign) = kind {
            [">", ">=", "<", "<=", "==", "!="].contains(sign)
        } else {
            false
        }
    }
}
