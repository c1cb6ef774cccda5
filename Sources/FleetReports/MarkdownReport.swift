/// A report as Markdown, to be kept beside other documents.
public struct MarkdownReport {
    private let language: ReportLanguage

    public init(language: ReportLanguage) { self.language = language }

    /// The whole text, ending in a line feed.
    public func text(of document: ReportDocument) -> String {
        var lines = ["# \(document.title[language])", "", document.heading(language)]
        for section in document.sections {
            lines += ["", "## \(section.title[language])"]
            for note in section.notes { lines += ["", note[language]] }
            if !section.figures.isEmpty {
                lines.append("")
                lines += table(FigureTable.table(of: section.figures))
            }
            for each in section.tables {
                lines += ["", "### \(each.title[language])", ""]
                lines += table(each)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func table(_ table: ReportDocument.Table) -> [String] {
        func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        return [
            row(table.columns.map { escaped($0.title[language]) }),
            row(table.columns.map { $0.isNumeric ? "---:" : "---" }),
        ] + table.rows.map { row($0.map { escaped($0.text(language)) }) }
    }

    /// A bar would end the cell, and a line feed the row.
    private func escaped(_ text: String) -> String {
        String(
            text.flatMap { character -> [Character] in
                switch character {
                case "|": ["\\", "|"]
                case "\n", "\r\n": [" "]
                default: [character]
                }
            })
    }
}

/// Figures as a table: value, cases, interval, promise.
public enum FigureTable {
    public static func table(of figures: [Figure]) -> ReportDocument.Table {
        ReportDocument.Table(
            "figures", Phrase("Figures", "指标"),
            columns: [
                .init("figure", Phrase("Figure", "指标")),
                .init("value", Phrase("Value", "数值"), numeric: true),
                .init("n", Phrase("n", "样本数"), numeric: true),
                .init("excluded", Phrase("Left out", "剔除"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("target", Phrase("Promise", "目标"), numeric: true),
                .init("met", Phrase("Kept", "达成")),
            ],
            rows: figures.map { figure in
                [
                    .words(FigureName.name(of: figure.id)),
                    .number(figure.value, figure.unit),
                    .number(Double(figure.n), .count),
                    .number(Double(figure.excluded), .count),
                    .interval(figure.interval, figure.unit),
                    figure.target == nil ? .text("") : .number(figure.target, figure.unit),
                    .words(
                        figure.isMet.map { $0 ? Phrase("yes", "是") : Phrase("no", "否") }
                            ?? Phrase(same: "")),
                ]
            })
    }
}

extension ReportDocument.Cell {
    /// The cell as people read it.
    public func text(_ language: ReportLanguage) -> String {
        switch self {
        case .text(let text): text
        case .words(let words), .named(_, let words): words[language]
        case .number(let value, let unit): NumberText.value(value, unit, language)
        case .interval(let interval, let unit): NumberText.interval(interval, unit, language)
        }
    }
}
