import FleetReports
import StoreText
import TerminalText

/// A report on a terminal: headings, figures and tables in columns, charts as rows of blocks.
struct TerminalReport {
    let presentation: Presentation

    private var language: ReportLanguage {
        presentation.words.language == .chinese ? .chinese : .english
    }

    /// Writes the whole report.
    func write(_ document: ReportDocument) throws {
        try line(document.title[language])
        try line(document.heading(language))
        for section in document.sections {
            try line("")
            try line("== \(section.title[language])")
            for note in section.notes {
                try line(Flow.paragraph(note[language], width: presentation.width))
            }
            if !section.figures.isEmpty { try write(FigureTable.table(of: section.figures)) }
            for chart in section.charts where chart.kind != .line { try write(chart) }
            for table in section.tables {
                try line("")
                try line(table.title[language])
                try write(table)
            }
        }
    }

    private func line(_ text: String) throws { try Output.write(text + "\n") }

    private func write(_ table: ReportDocument.Table) throws {
        guard !table.rows.isEmpty else { return try line("–") }
        let empty = Table(
            table.columns.map { column in
                column.isNumeric
                    ? .init(column.title[language], .right)
                    : .flexible(column.title[language], narrowest: 10)
            })
        try LongTable.write(
            table.rows, empty, width: presentation.width, painter: presentation.painter
        ) { [language] row in
            row.map { .init($0.text(language), Self.colour(of: $0)) }
        }
    }

    /// A promise that was missed stands out; the word says it too.
    private static func colour(of cell: ReportDocument.Cell) -> Colour? {
        guard case .words(let words) = cell else { return nil }
        switch words.en {
        case "no", "worse": return .plan
        case "yes", "better": return .cleared
        default: return nil
        }
    }

    /// Bars of blocks, one row for each label; series that are not parts of a whole one below the
    /// other.
    private func write(_ chart: Chart) throws {
        guard chart.kind != .stacked, chart.series.count > 1 else {
            return try write(chart, chart.series, title: chart.title[language])
        }
        for series in chart.series {
            try write(
                chart, [series],
                title: chart.title[language] + presentation.words.say(": ", "：")
                    + series.name[language])
        }
    }

    private func write(_ chart: Chart, _ series: [Chart.Series], title: String) throws {
        let values = chart.labels.indices.map { index in
            series.reduce(0) { $0 + (index < $1.values.count ? $1.values[index] : 0) }
        }
        guard let largest = values.max(), largest > 0 else { return }
        try line("")
        try line(title)
        let labels = chart.labels.map { $0[language] }
        let room = labels.map(\.displayWidth).max() ?? 0
        let width = max(10, min(48, (presentation.width ?? 80) - room - 14))
        for (label, value) in zip(labels, values) {
            let eighths = Int((value / largest * Double(width * 8)).rounded())
            let partial = eighths % 8
            let bar =
                String(repeating: "█", count: eighths / 8)
                + (partial > 0 ? String("▏▎▍▌▋▊▉".dropFirst(partial - 1).prefix(1)) : "")
            let pad = String(repeating: " ", count: room - label.displayWidth)
            try line(
                "\(label)\(pad)  \(bar) \(NumberText.value(value, chart.unit, language))")
        }
    }
}
