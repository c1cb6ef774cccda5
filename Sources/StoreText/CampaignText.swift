import FaultTrends
import ForewarnDaemon
import ServiceTickets
import TerminalText
import TicketStorage
import VehicleFaults

/// What explains that some vehicles have a fault and others do not, as the roster and the cases stand now.
package struct CampaignText {
    /// An attribute that was found to explain it.
    package struct Cause {
        /// As it was when it was found.
        package var found: FaultExplanation
        /// As it is now.
        package var table: BatchTable
    }

    private let causes: [Cause]
    /// Vehicles that share the first attribute and have not had the fault, in their order.
    private let healthy: [VehicleID]

    /// `nil` for a ticket about a vehicle.
    ///
    /// - Parameter rules: those in force, with the roster.
    /// - Throws: ``TicketStore/Unusable`` when the store cannot be read.
    package init?(_ ticket: StoredTicket, _ store: TicketStore, _ rules: RuleSet?) throws {
        guard ticket.isCampaign else { return nil }
        let classes = VehicleClasses(rules?.roster ?? VehicleRoster())
        let cases = Set(try store.cases(of: ticket.mode))
        var causes: [Cause] = []
        for event in try store.history(of: ticket.number) {
            causes += event.fields.explanations.map {
                Cause(found: $0, table: Self.table($0.trait, classes, cases))
            }
        }
        self.causes = causes
        healthy =
            causes.first.map {
                classes.vehicles(with: $0.found.trait).filter { !cases.contains($0) }
            }
            ?? []
    }

    private static func table(
        _ trait: VehicleTrait, _ classes: VehicleClasses, _ cases: Set<VehicleID>
    ) -> BatchTable {
        let inside = classes.vehicles(with: trait)
        let all = classes.vehicles(saying: trait.attribute)
        let failed = inside.count { cases.contains($0) }
        let failedAll = cases.count { classes.says(trait.attribute, of: $0) }
        return BatchTable(
            failedInside: failed, healthyInside: inside.count - failed,
            failedOutside: failedAll - failed,
            healthyOutside: all - inside.count - (failedAll - failed))
    }

    /// Vehicles that are named unless all are asked for.
    private static let fewest = 10

    package func text(_ presentation: Presentation, showsAll: Bool) -> String {
        let words = presentation.words
        let title = words.say("recall candidate, for review", "召回候选，待评审")
        var text = "\n" + presentation.painter.paint(title, .strong) + "\n"
        var table = Table([
            .init("  " + words.say("HAVE IN COMMON", "共同属性")),
            .init(words.say("FAULTY", "已故障"), .right),
            .init(words.say("EXPECTED", "预期"), .right),
            .init(words.say("HEALTHY", "未故障"), .right),
            .init(words.say("FAULTY ELSEWHERE", "其他车辆故障率"), .right),
            .init("P", .right), .init("Q", .right),
        ])
        for cause in causes {
            let counts = cause.table
            let others = counts.failedOutside + counts.healthyOutside
            let share = 100 * Double(counts.failedOutside) / Double(max(1, others))
            table.append([
                .init("  " + cause.found.trait.text.visible), "\(counts.failedInside)",
                .init(cause.found.expected.map { "\($0)" } ?? "-"), "\(counts.healthyInside)",
                "\(counts.failedOutside)/\(others) (\(shortNumber((share * 10).rounded() / 10)) %)",
                .init(Self.short(counts.pValues.greater)), .init(cause.found.qText ?? "-"),
            ])
        }
        text += table.text(width: presentation.width, painter: presentation.painter)
        text +=
            "\n  "
            + words.say(
                "exposed and still healthy: \(healthy.count)", "涉及但尚未故障：\(healthy.count) 辆")
        let named = healthy.prefix(showsAll ? .max : Self.fewest)
        for vehicle in named { text += "\n    " + presentation.vehicle("\(vehicle)") }
        if named.count < healthy.count {
            text += "\n    … \(healthy.count - named.count) \(words[.more]) (--all)"
        }
        return text + "\n"
    }

    /// A share with three digits that count.
    private static func short(_ share: Double) -> String {
        if share < 1e-12 { return "<1e-12" }
        guard share < 0.001 else { return shortNumber((share * 1000).rounded() / 1000) }
        var (digits, power) = (share, 0)
        while digits < 1 { (digits, power) = (digits * 10, power + 1) }
        return "\(shortNumber((digits * 10).rounded() / 10))e-\(power)"
    }

    /// Adds the same to a ticket's JSON.
    package func append(to object: inout JSONObject) {
        var list = JSONArray()
        for cause in causes {
            var entry = JSONObject()
            entry.append("attribute", cause.found.trait.attribute)
            entry.append("value", cause.found.trait.value)
            entry.append("faulty", cause.table.failedInside)
            entry.append("healthy", cause.table.healthyInside)
            entry.append("faulty_elsewhere", cause.table.failedOutside)
            entry.append("healthy_elsewhere", cause.table.healthyOutside)
            entry.append("expected", cause.found.expected)
            entry.append("p", cause.table.pValues.greater)
            entry.append("q", cause.found.qValue)
            list.append(entry)
        }
        object.append("explained_by", list)
        var vehicles = JSONArray()
        for vehicle in healthy { vehicles.append("\(vehicle)") }
        object.append("exposed_healthy", vehicles)
    }
}
