import VehicleFaults

/// A value that a pack names, so that a site can have another without touching the pack.
struct Parameter: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        /// A number with the unit it was written with, which may be a duration.
        case number(Double, unit: String)
        case text(String)
    }

    var value: Value
    var position: SourcePosition

    /// What stands for it in an expression.
    var token: ExpressionLexer.Token.Kind {
        switch value {
        case .number(let value, let unit): .number(value, unit: unit)
        case .text(let text): .text(text)
        }
    }

    /// Reads `108 °C`, `5m`, `3` or any other text.
    static func value(of text: String) throws(ExpressionLexer.Failure) -> Value {
        let tokens: [ExpressionLexer.Token]
        do throws(ExpressionLexer.Failure) {
            tokens = try ExpressionLexer.tokens(of: text)
        } catch {
            return .text(text)
        }
        guard tokens.count == 2, case .number(let value, let unit) = tokens[0].kind else {
            return .text(text)
        }
        guard unit.isEmpty || MeasureUnit.named(unit) != nil else {
            throw ExpressionLexer.Failure(
                offset: 0, message: "\"\(unit)\" is not a unit",
                suggestion: MeasureUnit.nearest(to: unit))
        }
        return .number(value, unit: unit)
    }

    /// Whether another value measures the same thing.
    func agrees(with other: Value) -> Bool {
        switch (value, other) {
        case (.number(_, let a), .number(_, let b)):
            (MeasureUnit.named(a) ?? .none).dimension == (MeasureUnit.named(b) ?? .none).dimension
        case (.text, .text): true
        case (.number, .text), (.text, .number): false
        }
    }
}
