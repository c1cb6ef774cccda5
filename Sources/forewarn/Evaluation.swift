import FleetSimulation
import Foundation
import StoreText
import TerminalText

/// The scores of several sets of tickets side by side, as a table and as JSON.
struct Evaluation {
    struct Column {
        var name: String
        var score: FleetScore
    }

    let file: TruthFile
    /// The tickets, the oracle, and the thresholds when there are any.
    let columns: [Column]
    let terms: ScoringTerms
    let withoutVehicle: Int

    /// Thirty days of a thousand vehicles, the unit of false tickets.
    private var thousandMonths: Double {
        Double(file.truth.vehicles) * Double(file.days) / 30_000
    }

    /// How far the tickets have come from the thresholds (0) to the oracle (1), or `nil` when that
    /// cannot be said.
    private func progress(_ figure: (FleetTally) -> Double?) -> Double? {
        guard columns.count == 3, let own = figure(columns[0].score.whole),
            let best = figure(columns[1].score.whole), let plain = figure(columns[2].score.whole),
            best != plain
        else { return nil }
        return (own - plain) / (best - plain)
    }

    // MARK: - Text

    func text(_ presentation: Presentation) -> String {
        var table = Table(
            [.init("")] + columns.map { .init($0.name.uppercased(), .right) }
                + (columns.count == 3 ? [.init("WAY", .right)] : []))
        func row(
            _ title: String, _ figure: (FleetTally) -> Double?, _ show: (Double) -> String,
            showsWay: Bool = false
        ) {
            var cells = [Table.Cell(title)]
            cells += columns.map { .init(figure($0.score.whole).map(show) ?? "-") }
            if showsWay, let way = progress(figure) { cells.append(.init(Self.number(way, 2))) }
            table.append(cells)
        }
        let count: (Double) -> String = { Self.number($0, 0) }
        let share: (Double) -> String = { Self.number($0 * 100, 1) + " %" }
        row("tickets right", { Double($0.trueTickets) }, count)
        row("  of these for what had one", { Double($0.repeatedTickets) }, count)
        row("tickets too late", { Double($0.lateTickets) }, count)
        row("tickets false", { Double($0.falseTickets) + $0.expectedFalse }, count)
        row(
            "  a month and 1000 vehicles",
            { (Double($0.falseTickets) + $0.expectedFalse) / thousandMonths },
            { Self.number($0, 2) })
        row("false share", \.falseShare, share)
        row("failures", { Double($0.failures) }, count)
        row("recall", \.recall, share, showsWay: true)
        row("  seen from their onset", \.visibleRecall, share)
        row("F1", \.f1, { Self.number($0, 3) }, showsWay: true)
        for (name, quantile) in [("10 %", 0.1), ("median", 0.5), ("90 %", 0.9)] {
            row("lead, days, \(name)", { $0.lead(quantile) }, { Self.number($0, 1) })
        }
        row("cost saved", { $0.saving(terms) }, share, showsWay: true)
        row("interval coverage", \.coverage, share)
        row("  intervals judged", { Double($0.intervalsRight + $0.intervalsWrong) }, count)
        let painter = presentation.painter
        var text =
            "preset \(file.preset), seed \(file.seed), \(file.truth.vehicles) vehicles, "
            + "\(file.days) days\n\n"
        text += table.text(width: presentation.width, painter: painter) + "\n"
        text += parts().text(width: presentation.width, painter: painter)
        if let own = columns.first?.score, !own.falseBy.isEmpty {
            let reasons = own.falseBy.sorted { ($1.count, $0.what) < ($0.count, $1.what) }
            text +=
                "\nfalse tickets were about: "
                + reasons.map { "\($0.what) \($0.count)" }.joined(separator: ", ") + "\n"
        }
        if withoutVehicle > 0 {
            text += "\n\(withoutVehicle) tickets name no vehicle and were not scored\n"
        }
        return text
    }

    /// Recall and false tickets by family, and apart for what nobody may tune on.
    private func parts() -> Table {
        var table = Table(
            [.init("FAMILY"), .init("FAILURES", .right)]
                + columns.flatMap { column in
                    [
                        .init("\(column.name.uppercased()): RECALL", .right),
                        .init("RIGHT/FALSE", .right),
                    ]
                })
        func row(_ name: String, _ tally: (FleetScore) -> FleetTally) {
            var cells: [Table.Cell] = [.init(name), "\(tally(columns[0].score).failures)"]
            for column in columns {
                let own = tally(column.score)
                cells.append(.init(own.recall.map { Self.number($0 * 100, 1) + " %" } ?? "-"))
                cells.append("\(own.trueTickets)/\(own.falseTickets)")
            }
            table.append(cells)
        }
        for (index, family) in columns[0].score.families.enumerated() {
            row(family.family) { $0.families[index].tally }
        }
        row("not withheld", \.known)
        row("withheld", \.withheld)
        return table
    }

    private static func number(_ value: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }

    // MARK: - JSON

    func json() -> JSONObject {
        var object = JSONObject()
        object.append("v", 1)
        object.append("preset", file.preset)
        object.append("seed", file.seed)
        object.append("vehicles", file.truth.vehicles)
        object.append("days", file.days)
        object.append("slack_ms", terms.slack)
        object.append("breakdown_cost", terms.breakdownCost)
        object.append("repair_cost", terms.repairCost)
        object.append("inspection_cost", terms.inspectionCost)
        object.append("without_vehicle", withoutVehicle)
        for name in ["tickets", "oracle", "thresholds"] {
            object.append(name, columns.first { $0.name == name }.map { self.json($0.score) })
        }
        var way = JSONObject()
        way.append("recall", progress(\.recall))
        way.append("f1", progress(\.f1))
        way.append("saving", progress { $0.saving(terms) })
        object.append("way_to_oracle", way)
        return object
    }

    private func json(_ score: FleetScore) -> JSONObject {
        var object = json(score.whole)
        object.append("not_withheld", json(score.known))
        object.append("withheld", json(score.withheld))
        var families = JSONArray()
        for family in score.families {
            var part = JSONObject()
            part.append("family", family.family)
            append(family.tally, to: &part)
            families.append(part)
        }
        object.append("families", families)
        var reasons = JSONObject()
        for reason in score.falseBy { reasons.append(reason.what, reason.count) }
        object.append("false_by", reasons)
        return object
    }

    private func json(_ tally: FleetTally) -> JSONObject {
        var object = JSONObject()
        append(tally, to: &object)
        return object
    }

    private func append(_ tally: FleetTally, to object: inout JSONObject) {
        object.append("right", tally.trueTickets)
        object.append("repeated", tally.repeatedTickets)
        object.append("late", tally.lateTickets)
        object.append("false", tally.falseTickets)
        object.append("expected_false", tally.expectedFalse)
        object.append("failures", tally.failures)
        object.append("found", tally.found)
        object.append("visible", tally.visible)
        object.append("visible_found", tally.visibleFound)
        object.append("precision", tally.precision)
        object.append("recall", tally.recall)
        object.append("visible_recall", tally.visibleRecall)
        object.append("f1", tally.f1)
        object.append("false_share", tally.falseShare)
        object.append(
            "false_per_1000_vehicle_months",
            (Double(tally.falseTickets) + tally.expectedFalse) / thousandMonths)
        object.append("lead_days_q10", tally.lead(0.1))
        object.append("lead_days_median", tally.lead(0.5))
        object.append("lead_days_q90", tally.lead(0.9))
        object.append("cost", tally.cost(terms))
        object.append("saving", tally.saving(terms))
        object.append("coverage", tally.coverage)
        object.append("intervals_right", tally.intervalsRight)
        object.append("intervals_wrong", tally.intervalsWrong)
        object.append("intervals_open", tally.intervalsOpen)
    }
}
