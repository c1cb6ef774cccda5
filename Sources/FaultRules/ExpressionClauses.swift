/// The parts of an expression as they are written: what stands between `and`, `or`, `not` and the
/// parentheses around conditions.
public enum ExpressionClauses {
    /// A part of an expression.
    public struct Clause: Hashable, Sendable {
        public var text: String
        /// In characters (Unicode scalars) from the start of the expression.
        public var range: Range<Int>
    }

    /// The parts from left to right; none when the expression cannot be read.
    public static func all(in expression: String) -> [Clause] {
        guard let tokens = try? ExpressionLexer.tokens(of: expression) else { return [] }
        let scalars = Array(expression.unicodeScalars)
        var result: [Clause] = []
        var start: Int?
        // For each open parenthesis, whether it belongs to a part, as that of a function does.
        var isInside: [Bool] = []
        func end(at offset: Int) {
            guard let first = start else { return }
            var last = offset
            while last > first, scalars[last - 1].properties.isWhitespace { last -= 1 }
            result.append(
                Clause(
                    text: String(String.UnicodeScalarView(scalars[first..<last])),
                    range: first..<last))
            start = nil
        }
        for token in tokens {
            switch token.kind {
            case .end: end(at: token.offset)
            case .word("and") where !isInside.contains(true),
                .word("or") where !isInside.contains(true),
                .word("not") where !isInside.contains(true):
                end(at: token.offset)
            case .sign("("):
                isInside.append(start != nil || isInside.contains(true))
                if isInside.last == true, start == nil { start = token.offset }
            case .sign(")"):
                if isInside.popLast() == false { end(at: token.offset) }
            default: if start == nil { start = token.offset }
            }
        }
        return result
    }

    /// For each atom of a rule's condition its place in the program and how it is written, in the
    /// order of writing.
    ///
    /// - Parameter text: the expression that the condition was read from.
    public static func atoms(of condition: Condition, in text: String) -> [(
        atom: Int, text: String
    )] {
        let atoms = condition.leaves
        let clauses = all(in: text)
        // A part that is more than one condition to a person is one atom; then only the whole is
        // sure to be right.
        return atoms.enumerated().map { place, atom in
            (
                atom,
                clauses.count == atoms.count ? clauses[place].text : "part \(place + 1) of \(text)"
            )
        }
    }
}

extension Condition {
    /// The atoms from left to right, as often as they stand there.
    fileprivate var leaves: [Int] {
        switch self {
        case .all(let parts), .any(let parts), .atLeast(_, let parts): parts.flatMap(\.leaves)
        case .not(let part): part.leaves
        case .atom(let atom): [atom]
        }
    }
}
