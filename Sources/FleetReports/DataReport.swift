import VehicleFaults

/// A report for programs: CSV and JSON with full precision and stable keys.
public enum DataReport {
    /// Comma-separated values (RFC 4180): the figures, then each table after an empty line.
    public static func csv(_ document: ReportDocument, _ language: ReportLanguage) -> String {
        var text = ""
        func row(_ fields: [String]) { text += fields.map(field).joined(separator: ",") + "\r\n" }
        let figures = document.figures
        if !figures.isEmpty {
            row(["figure", "name", "value", "unit", "n", "excluded", "low", "high", "target"])
            for figure in figures {
                row([
                    figure.id, FigureName.name(of: figure.id)[language], number(figure.value),
                    figure.unit.rawValue, "\(figure.n)", "\(figure.excluded)",
                    number(figure.interval?.lowerBound), number(figure.interval?.upperBound),
                    number(figure.target),
                ])
            }
        }
        for table in document.sections.flatMap(\.tables) {
            if !text.isEmpty { text += "\r\n" }
            row(table.columns.map(\.id))
            for cells in table.rows {
                row(
                    cells.map { cell in
                        switch cell {
                        case .text(let text): text
                        case .named(let id, _): id
                        case .words(let words): words[language]
                        case .number(let value, _): number(value)
                        case .interval(let interval, _):
                            interval.map { "\($0.lowerBound)..\($0.upperBound)" } ?? ""
                        }
                    })
            }
        }
        return text
    }

    private static func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D })
        else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    /// One JSON object on one line, the rows of long tables written as `work` says.
    public static func json(
        _ document: ReportDocument, _ language: ReportLanguage, by work: some PieceWork = InTurn()
    ) -> String {
        var parts = [
            "\"v\":1", "\"report\":\(quoted(document.name))",
            "\"from\":\(quoted(document.from.text()))", "\"to\":\(quoted(document.to.text()))",
            "\"site\":\(document.site.map(quoted) ?? "null")",
        ]
        let figures = document.figures.map { figure in
            let interval =
                figure.interval.map { "[\(json($0.lowerBound)),\(json($0.upperBound))]" } ?? "null"
            return
                "{\"id\":\(quoted(figure.id)),\"name\":\(quoted(FigureName.name(of: figure.id)[language]))"
                + ",\"value\":\(json(figure.value)),\"unit\":\(quoted(figure.unit.rawValue))"
                + ",\"n\":\(figure.n),\"excluded\":\(figure.excluded),\"interval\":\(interval)"
                + ",\"target\":\(json(figure.target))}"
        }
        parts.append("\"figures\":[\(figures.joined(separator: ","))]")
        let tables = document.sections.flatMap(\.tables).map { table in
            let names = table.columns.map { "\(quoted($0.id)):" }
            let pieces = work.results(
                of: stride(from: 0, to: table.rows.count, by: 2000).map { start in
                    { json(table.rows.dropFirst(start).prefix(2000), names, language) }
                })
            return "\(quoted(table.id)):[\(pieces.joined(separator: ","))]"
        }
        parts.append("\"tables\":{\(tables.joined(separator: ","))}")
        return "{\(parts.joined(separator: ","))}"
    }

    private static func json(
        _ rows: ArraySlice<[ReportDocument.Cell]>, _ names: [String], _ language: ReportLanguage
    ) -> String {
        var text = ""
        for cells in rows {
            text += text.isEmpty ? "{" : ",{"
            for (place, cell) in zip(names.indices, cells) {
                if place > 0 { text += "," }
                text += names[place]
                text += json(cell, language)
            }
            text += "}"
        }
        return text
    }

    private static func json(_ cell: ReportDocument.Cell, _ language: ReportLanguage) -> String {
        switch cell {
        case .text(let text): quoted(text)
        case .named(let id, _): quoted(id)
        case .words(let words): quoted(words[language])
        case .number(let value, _): json(value)
        case .interval(let interval, _):
            interval.map { "[\(json($0.lowerBound)),\(json($0.upperBound))]" } ?? "null"
        }
    }

    private static func json(_ value: Double?) -> String {
        let text = number(value)
        return text.isEmpty ? "null" : text
    }

    /// A JSON string (RFC 8259, section 7).
    static func quoted(_ text: String) -> String {
        // Most texts are written as they are.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else {
            return "\"" + text + "\""
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
