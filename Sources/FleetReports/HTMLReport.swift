import VehicleFaults

/// A report as one HTML page that needs nothing else and prints on A4.
public struct HTMLReport {
    private let language: ReportLanguage

    public init(language: ReportLanguage) { self.language = language }

    /// The whole page.
    public func text(of document: ReportDocument) -> String {
        let body = document.sections.map(section).joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escaped(document.title[language]))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <header>
            <p class="brand">Forewarn</p>
            <h1>\(Markup.escaped(document.title[language]))</h1>
            <p class="period">\(Markup.escaped(document.heading(language)))</p>
            </header>
            <main>
            \(body)
            </main>
            </body>
            </html>

            """
    }

    private func section(_ section: ReportDocument.Section) -> String {
        // What fits on a page is kept on one.
        let rows = section.tables.reduce(0) { $0 + $1.rows.count + 3 }
        let isShort = section.charts.isEmpty && section.figures.isEmpty && rows <= 34
        var parts = [
            isShort ? "<section class=\"whole\">" : "<section>",
            "<h2>\(Markup.escaped(section.title[language]))</h2>",
        ]
        parts += section.notes.map { "<p>\(Markup.escaped($0[language]))</p>" }
        if !section.figures.isEmpty {
            parts.append("<div class=\"cards\">")
            parts += section.figures.map(card)
            parts.append("</div>")
        }
        parts += section.charts.filter { !$0.labels.isEmpty }.map { chart in
            let drawing = ChartDrawing(chart, language: language).svg
            return
                "<figure><figcaption>\(Markup.escaped(chart.title[language]))</figcaption>\(drawing)</figure>"
        }
        parts += section.tables.map(table)
        parts.append("</section>")
        return parts.joined(separator: "\n")
    }

    private func card(_ figure: Figure) -> String {
        let mark =
            switch figure.isMet {
            case true?: "<span class=\"kept\">✓ \(Phrase("kept", "达成")[language])</span>"
            case false?: "<span class=\"missed\">✗ \(Phrase("missed", "未达成")[language])</span>"
            case nil: ""
            }
        var small = ["n = \(figure.n)"]
        if figure.excluded > 0 {
            small.append("\(Phrase("left out", "剔除")[language]) \(figure.excluded)")
        }
        if figure.interval != nil {
            small.append("95 %: " + NumberText.interval(figure.interval, figure.unit, language))
        }
        if let target = figure.target {
            small.append(
                "\(Phrase("promise", "目标")[language]) "
                    + NumberText.value(target, figure.unit, language))
        }
        return """
            <div class="card"><p class="name">\(Markup.escaped(FigureName.name(of: figure.id)[language]))</p>
            <p class="value">\(Markup.escaped(NumberText.value(figure.value, figure.unit, language)))\(mark)</p>
            <p class="small">\(Markup.escaped(small.joined(separator: " · ")))</p></div>
            """
    }

    private func table(_ table: ReportDocument.Table) -> String {
        func cells(_ tag: String, _ texts: [String]) -> String {
            "<tr>"
                + zip(table.columns, texts).map { column, text in
                    // A browser would break a date at its hyphens.
                    let isWord = tag == "td" && text.utf8.count <= 12 && !text.contains(" ")
                    let style = column.isNumeric ? "number" : isWord ? "word" : ""
                    return (style.isEmpty ? "<\(tag)>" : "<\(tag) class=\"\(style)\">")
                        + Markup.escaped(text) + "</\(tag)>"
                }.joined() + "</tr>"
        }
        let head = cells("th", table.columns.map { $0.title[language] })
        let rows = table.rows.map { cells("td", $0.map { $0.text(language) }) }
        guard !table.rows.isEmpty else {
            return """
                <h3>\(Markup.escaped(table.title[language]))</h3>
                <p class="none">\(Phrase("none", "无")[language])</p>
                """
        }
        return """
            <h3>\(Markup.escaped(table.title[language]))</h3>
            <table\(table.rows.count <= 16 ? " class=\"whole\"" : "")><thead>\(head)</thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            """
    }

    private static let style = """
        :root { --ink: #16202c; --soft: #5b6776; --rule: #d8dee6; --one: #1f5fa8; --two: #e08a1e;
          --three: #6b7f94; --four: #2f8f83; }
        * { box-sizing: border-box; }
        body { margin: 0; color: var(--ink); background: #fff;
          font: 15px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
        header, main { max-width: 960px; margin: 0 auto; padding: 0 28px; }
        header { padding-top: 36px; border-bottom: 3px solid var(--one); padding-bottom: 14px; }
        .brand { margin: 0; color: var(--one); font-weight: 700; letter-spacing: .08em; }
        h1 { margin: 4px 0 2px; font-size: 30px; line-height: 1.2; }
        .period { margin: 0; color: var(--soft); }
        section { padding: 20px 0 4px; }
        h2 { font-size: 20px; margin: 0 0 8px; }
        h3 { font-size: 15px; margin: 18px 0 6px; }
        p { max-width: 75ch; margin: 6px 0; }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 10px;
          margin: 12px 0; }
        .card { border: 1px solid var(--rule); border-radius: 6px; padding: 10px 12px; break-inside: avoid; }
        .card p { margin: 0; }
        .name { color: var(--soft); font-size: 13px; }
        .value { font-size: 24px; font-weight: 650; font-variant-numeric: tabular-nums; }
        .small { color: var(--soft); font-size: 12px; }
        .value { white-space: nowrap; } .kept, .missed { display: inline-block; font-size: 13px; font-weight: 600; margin-left: 10px; white-space: nowrap; }
        .kept { color: #1c7a45; } .missed { color: #b3261e; }
        figure { margin: 14px 0; break-inside: avoid; }
        figcaption { font-weight: 600; font-size: 14px; margin-bottom: 2px; }
        .none { color: var(--soft); }
        .whisker { fill: none; stroke: var(--ink); stroke-width: 1.3; }
        svg text.told, svg text.label { fill: var(--ink); }
        svg text.told { font-weight: 600; }
        svg { width: 100%; height: auto; max-height: 340px; }
        svg text { font: 11.5px system-ui, "Noto Sans CJK SC", sans-serif; fill: var(--soft); }
        svg.tall { max-height: none; }
        .grid { stroke: var(--rule); stroke-width: 1; }
        .ink0 { fill: var(--one); } .ink1 { fill: var(--two); } .ink2 { fill: var(--three); } .ink3 { fill: var(--four); }
        .line { fill: none; stroke: var(--two); stroke-width: 2.5; }
        .line0 { stroke: var(--one); } .line1 { stroke: var(--two); } .line2 { stroke: var(--three); }
        .target { stroke: #b3261e; stroke-width: 1.5; stroke-dasharray: 6 4; }
        table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
        th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 1.5px solid var(--ink); }
        td { border-bottom: 1px solid var(--rule); }
        th, td { padding: 4px 6px; vertical-align: top; }
        th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
        .number + :not(.number) { padding-left: 22px; }
        .word { white-space: nowrap; } .number { text-align: right; white-space: nowrap; } th.number { white-space: normal; }
        tr { break-inside: avoid; }
        @page { size: A4; margin: 14mm 14mm 16mm;
          @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: #5b6776; } }
        @media print { body { font-size: 10pt; } header, main { padding: 0; max-width: none; }
          header { padding-bottom: 8px; } section { padding-top: 14px; }
          h2, h3, section > p { break-after: avoid; } .whole { break-inside: avoid; }
          .cards { grid-template-columns: repeat(4, 1fr); gap: 7px; } .card { padding: 7px 9px; }
          .value { font-size: 15pt; } .name, .small { font-size: 8pt; }
          .kept, .missed { font-size: 8.5pt; margin-left: 6px; }
          table { font-size: 8.8pt; } th, td { padding: 3px 5px; } svg { max-height: 205px; } svg.tall { max-height: none; } }
        """
}
