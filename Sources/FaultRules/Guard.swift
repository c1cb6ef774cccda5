/// What must be true at a moment for a reading or an event to count.
///
/// A comparison whose quantity is not known is neither true nor false, and then nothing counts.
public indirect enum Guard: Hashable, Sendable {
    case all([Guard])
    case any([Guard])
    case not(Guard)
    case compare(Quantity, SignalAtom.Comparison, Double)
    case attribute(AttributeAtom)

    /// Every quantity compared.
    public var quantities: [Quantity] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.quantities)
        case .not(let part): part.quantities
        case .compare(let quantity, _, _): [quantity]
        case .attribute: []
        }
    }
}

extension Guard: CustomStringConvertible {
    /// The same text for the same meaning.
    public var description: String {
        switch self {
        case .all(let parts): "(\(parts.map(\.description).joined(separator: " and ")))"
        case .any(let parts): "(\(parts.map(\.description).joined(separator: " or ")))"
        case .not(let part): "not \(part)"
        case .compare(let quantity, let sign, let limit):
            "\(quantity) \(sign.rawValue) \(RuleText.number(limit))"
        case .attribute(let atom): atom.description
        }
    }
}
