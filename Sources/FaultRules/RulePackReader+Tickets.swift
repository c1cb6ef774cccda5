import VehicleFaults

/// What rules and trends say of their tickets.
extension RulePackReader {
    /// The keys that any rule or trend may have.
    static let headOptions = ["name", "workshop", "back_off"]

    private enum Workshop: String, CaseIterable { case attach, open }

    /// Reads what a rule asks of its tickets.
    ///
    /// ```yaml
    /// workshop: open           # a ticket even while the vehicle is in the workshop
    /// back_off: [1d, 3d]       # or off
    /// ```
    mutating func conduct(of fields: [String: SourceNode]) -> TicketConduct {
        var conduct = TicketConduct()
        let workshop = choice(
            fields["workshop"], "workshop", Workshop.allCases.map(\.rawValue),
            { Workshop(rawValue: $0) })
        conduct.opensInWorkshop = workshop == .open
        if let node = fields["back_off"] { conduct.backOff = backOff(node) }
        return conduct
    }

    private mutating func backOff(_ node: SourceNode) -> [Int64] {
        if node.text == "off" || node.text == "false" { return [] }
        let items: [SourceNode]
        if case .sequence(let list) = node.content { items = list } else { items = [node] }
        if items.isEmpty || items.count > 10 {
            fail(node, "\"back_off\" is off, or one to ten durations")
        }
        return items.compactMap { duration($0, "back_off") }
    }

    /// A duration in milliseconds.
    mutating func duration(_ node: SourceNode, _ key: String) -> Int64? {
        if let text = node.text,
            let unit = RuleText.durations.first(where: { unit in
                text.hasSuffix(unit.unit) && Int64(text.dropLast(unit.unit.utf8.count)) != nil
            }), let count = Int64(text.dropLast(unit.unit.utf8.count)), (1...1000).contains(count)
        {
            return count * Int64(unit.milliseconds)
        }
        fail(node, "\"\(key)\" is a duration such as 1h or 1d")
        return nil
    }
}
