/// One attribute that explains a fault, with the figures of the epoch in which it was found.
public struct FaultExplanation: Hashable, Sendable {
    public var trait: VehicleTrait
    /// Vehicles that have the fault and the trait; `nil` where an older event did not tell.
    public var cases: Int?
    /// How many of the cases the trait's share of the vehicles at risk explains; `nil` as above.
    public var expected: Double?
    /// Vehicles that have the trait and not the fault; `nil` as above.
    public var healthy: Int?
    /// The least share of false explanations at which this one would have been made, 0 to 1; `nil` as
    /// above.
    public var qValue: Double?

    public init(
        trait: VehicleTrait, cases: Int? = nil, expected: Double? = nil, healthy: Int? = nil,
        qValue: Double? = nil
    ) {
        self.trait = trait
        self.cases = cases
        self.expected = expected
        self.healthy = healthy
        self.qValue = qValue
    }

    private var expectedText: String? { expected.map { "\(($0 * 100).rounded() / 100)" } }

    /// The q-value with two digits that count, such as `0.00031`.
    public var qText: String? { qValue.map(Self.short) }

    private static func short(_ share: Double) -> String {
        guard share >= 1e-9 else { return "0.000000001" }
        var scale = 1.0
        while share * scale < 10 { scale *= 10 }
        return "\((share * scale).rounded() / scale)"
    }

    /// Which fields tell what of the one that explains most, and of the others, lists with `; ` between
    /// them: one event tells of all that were found in an epoch.
    fileprivate static let figures: [(first: TicketField, others: TicketField)] = [
        (.attribute, .also), (.cases, .alsoCases), (.expected, .alsoExpected),
        (.healthy, .alsoHealthy), (.qValue, .alsoQValue),
    ]

    /// Its texts, in the order of ``figures``.
    private var texts: [String?] {
        [trait.text, cases.map { "\($0)" }, expectedText, healthy.map { "\($0)" }, qText]
    }

    /// - Parameter list: the one that explains most comes first.
    static func fields(_ list: [FaultExplanation]) -> [(TicketField, String)] {
        var fields: [(TicketField, String)] = []
        for (place, figure) in figures.enumerated() {
            let texts = list.map { $0.texts[place] }
            if let first = texts.first { fields += first.map { [(figure.first, $0)] } ?? [] }
            if texts.count > 1 {
                let others = texts.dropFirst().map { $0 ?? "" }.joined(separator: separator)
                fields.append((figure.others, others))
            }
        }
        return fields
    }

    private static let separator = "; "

    /// Values of a roster may hold semicolons themselves, so what does not begin with the name of an
    /// attribute belongs to the value before it.
    fileprivate static func traits(_ text: String) -> [VehicleTrait] {
        var pieces: [String] = []
        for piece in text.split(separator: separator, omittingEmptySubsequences: false) {
            let name = piece.prefix { $0 != "=" }
            let isNew =
                name.count < piece.count && !name.isEmpty
                && name.utf8.allSatisfy {
                    $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0)
                        || (0x61...0x7A).contains($0 | 0x20)
                }
            if isNew || pieces.isEmpty {
                pieces.append(String(piece))
            } else {
                pieces[pieces.count - 1] += separator + piece
            }
        }
        return pieces.compactMap { VehicleTrait(text: $0) }
    }
}

extension Fields {
    /// The fields that ``explanations`` do not tell of, in their order.
    public var unexplained: [Item] {
        guard !explanations.isEmpty else { return items }
        let told = FaultExplanation.figures.flatMap { [$0.first, $0.others] }
        return items.filter { !told.contains($0.field) }
    }

    /// What an event of a campaign says to explain the fault, the one that explains most first; empty
    /// for any other event.
    public var explanations: [FaultExplanation] {
        guard let first = self[.attribute].flatMap({ VehicleTrait(text: $0) }) else { return [] }
        func list(_ field: TicketField) -> [Substring] {
            self[field]?.split(separator: "; ", omittingEmptySubsequences: false) ?? []
        }
        let (cases, expected) = (list(.alsoCases), list(.alsoExpected))
        let (healthy, qValues) = (list(.alsoHealthy), list(.alsoQValue))
        let also = self[.also].map(FaultExplanation.traits) ?? []
        let others = also.enumerated().map { place, trait in
            func text(_ list: [Substring]) -> Substring {
                list.indices.contains(place) ? list[place] : ""
            }
            return FaultExplanation(
                trait: trait, cases: Int(text(cases)), expected: Double(text(expected)),
                healthy: Int(text(healthy)), qValue: Double(text(qValues)))
        }
        return [
            FaultExplanation(
                trait: first, cases: self[.cases].flatMap { Int($0) },
                expected: self[.expected].flatMap { Double($0) },
                healthy: self[.healthy].flatMap { Int($0) },
                qValue: self[.qValue].flatMap { Double($0) })
        ] + others
    }
}
