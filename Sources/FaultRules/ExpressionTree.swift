/// How the parts of an expression are joined, for tools that ask what it would have said without
/// one of them.
public indirect enum ExpressionTree: Hashable, Sendable {
    case all([ExpressionTree])
    case any([ExpressionTree])
    case not(ExpressionTree)
    case part(ExpressionClauses.Clause)
    /// What is always so, or never.
    case fixed(Bool)

    /// Reads an expression; `nil` when it is not made of parts, `and`, `or`, `not` and parentheses.
    public init?(_ expression: String) {
        guard let tokens = try? ExpressionLexer.tokens(of: expression) else { return nil }
        var reader = Reader(
            tokens: tokens, parts: ExpressionClauses.all(in: expression))
        guard let tree = reader.either(), reader.isAtEnd else { return nil }
        self = tree
    }

    /// The parts from left to right, each with whether it stands under an odd number of `not`.
    public var parts: [(part: ExpressionClauses.Clause, isNegated: Bool)] { parts(false) }

    private func parts(_ isNegated: Bool) -> [(part: ExpressionClauses.Clause, isNegated: Bool)] {
        switch self {
        case .all(let trees), .any(let trees): trees.flatMap { $0.parts(isNegated) }
        case .not(let tree): tree.parts(!isNegated)
        case .part(let part): [(part, isNegated)]
        case .fixed: []
        }
    }

    /// The same with one part taken as always so, or never, and all that follows from that.
    public func fixing(_ part: ExpressionClauses.Clause, as value: Bool) -> ExpressionTree {
        switch self {
        case .all(let trees): Self.joined(trees.map { $0.fixing(part, as: value) }, isAll: true)
        case .any(let trees): Self.joined(trees.map { $0.fixing(part, as: value) }, isAll: false)
        case .not(let tree):
            switch tree.fixing(part, as: value) {
            case .fixed(let value): .fixed(!value)
            case let other: .not(other)
            }
        case .part(let own): own == part ? .fixed(value) : self
        case .fixed: self
        }
    }

    private static func joined(_ trees: [ExpressionTree], isAll: Bool) -> ExpressionTree {
        if trees.contains(.fixed(!isAll)) { return .fixed(!isAll) }
        let rest = trees.filter { $0 != .fixed(isAll) }
        guard let first = rest.first else { return .fixed(isAll) }
        return rest.count == 1 ? first : isAll ? .all(rest) : .any(rest)
    }

    /// The expression; `nil` when it is always so, or never.
    public var text: String? {
        switch self {
        case .all(let trees): trees.compactMap { $0.inner }.joined(separator: " and ")
        case .any(let trees): trees.compactMap { $0.inner }.joined(separator: " or ")
        case .not(let tree): tree.inner.map { "not \($0)" }
        case .part(let part): part.text
        case .fixed: nil
        }
    }

    /// The text as a part of another expression.
    private var inner: String? {
        switch self {
        case .all, .any: text.map { "(\($0))" }
        case .not, .part, .fixed: text
        }
    }

    private struct Reader {
        let tokens: [ExpressionLexer.Token]
        let parts: [ExpressionClauses.Clause]
        var place = 0
        var part = 0
        var depth = 0

        var isAtEnd: Bool { tokens[place].kind == .end }

        mutating func either() -> ExpressionTree? {
            guard let first = both() else { return nil }
            var trees = [first]
            while tokens[place].kind == .word("or") {
                place += 1
                guard let next = both() else { return nil }
                trees.append(next)
            }
            return trees.count == 1 ? first : .any(trees)
        }

        private mutating func both() -> ExpressionTree? {
            guard let first = single() else { return nil }
            var trees = [first]
            while tokens[place].kind == .word("and") {
                place += 1
                guard let next = single() else { return nil }
                trees.append(next)
            }
            return trees.count == 1 ? first : .all(trees)
        }

        private mutating func single() -> ExpressionTree? {
            depth += 1
            defer { depth -= 1 }
            guard depth <= RuleLimits.depth else { return nil }
            let token = tokens[place]
            if part < parts.count, parts[part].range.contains(token.offset) {
                let own = parts[part]
                part += 1
                while tokens[place].kind != .end, own.range.contains(tokens[place].offset) {
                    place += 1
                }
                return .part(own)
            }
            if token.kind == .word("not") {
                place += 1
                return single().map { .not($0) }
            }
            guard token.kind == .sign("(") else { return nil }
            place += 1
            guard let inner = either(), tokens[place].kind == .sign(")") else { return nil }
            place += 1
            return inner
        }
    }
}
