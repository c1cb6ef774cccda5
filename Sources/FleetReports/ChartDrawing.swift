/// A chart as SVG, in two inks that stay apart for colour-blind readers and on grey paper.
struct ChartDrawing {
    private let chart: Chart
    private let language: ReportLanguage
    private let width = 720.0
    private let height: Double
    private let left = 56.0
    private let right = 52.0
    private let top = 34.0
    /// The width of one label, and whether its text has to be turned to fit.
    private let room: Double
    private let isSlanted: Bool
    private let bottom: Double

    init(_ chart: Chart, language: ReportLanguage) {
        self.chart = chart
        self.language = language
        let longest = chart.labels.map { $0[language].unicodeScalars.count }.max() ?? 0
        room = (width - left - right) / Double(max(1, chart.labels.count))
        isSlanted = Double(longest) * 6.5 > room
        bottom = isSlanted ? 72 : 28
        height = 236 + bottom
    }

    /// One `svg` element with a title for readers that do not see it.
    var svg: String {
        var parts = [
            "<svg viewBox=\"0 0 \(n(width)) \(n(height))\" role=\"img\" aria-label=\"\(escaped(chart.title[language]))\">"
        ]
        let scale = Scale(covering: largest)
        parts += grid(scale)
        switch chart.kind {
        case .bars: parts += bars(scale, stacked: false)
        case .stacked: parts += bars(scale, stacked: true)
        case .pareto: parts += bars(scale, stacked: false) + cumulative()
        case .line: parts += lines(scale)
        }
        parts += labels() + target(scale) + legend()
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    /// Round steps from zero to at least the largest value.
    struct Scale {
        let step: Double
        let steps: Int

        var top: Double { step * Double(steps) }

        init(covering largest: Double) {
            var step = 1.0
            let wanted = max(largest, 1e-9) / 4
            while step > wanted { step /= 10 }
            while step * 10 <= wanted { step *= 10 }
            let mantissa = wanted / step
            step *= mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10
            self.step = step
            steps = max(1, Int((largest / step).rounded(.up)))
        }
    }

    private var largest: Double {
        let values =
            switch chart.kind {
            case .stacked:
                chart.labels.indices.map { index in
                    chart.series.reduce(0) { $0 + value($1, index) }
                }
            default: chart.series.flatMap(\.values)
            }
        return max(values.max() ?? 0, chart.target ?? 0)
    }

    private func value(_ series: Chart.Series, _ index: Int) -> Double {
        index < series.values.count ? series.values[index] : 0
    }

    private func x(_ index: Double) -> Double {
        left + (width - left - right) * index / Double(max(1, chart.labels.count))
    }

    private func y(_ value: Double, _ scale: Scale) -> Double {
        height - bottom - (height - bottom - top) * value / scale.top
    }

    private func grid(_ scale: Scale) -> [String] {
        (0...scale.steps).flatMap { step -> [String] in
            let value = scale.step * Double(step)
            let place = n(y(value, scale))
            return [
                "<line class=\"grid\" x1=\"\(n(left))\" x2=\"\(n(width - right))\" y1=\"\(place)\" y2=\"\(place)\"/>",
                "<text class=\"axis\" x=\"\(n(left - 8))\" y=\"\(place)\" dy=\"4\" text-anchor=\"end\">\(tick(value, scale))</text>",
            ]
        }
    }

    private func tick(_ value: Double, _ scale: Scale) -> String {
        if chart.unit == .share { return NumberText.fixed(value * 100, decimals: 0) + " %" }
        return NumberText.fixed(value, decimals: scale.step < 1 ? (scale.step < 0.1 ? 2 : 1) : 0)
    }

    private func bars(_ scale: Scale, stacked: Bool) -> [String] {
        let count = stacked ? 1 : Double(chart.series.count)
        let bar = min(46, room * 0.72 / count)
        return chart.labels.indices.flatMap { index -> [String] in
            var base = 0.0
            return chart.series.indices.map { place in
                let value = value(chart.series[place], index)
                let start =
                    x(Double(index) + 0.5) - bar * count / 2
                    + (stacked ? 0 : bar * Double(place))
                let upper = y(base + value, scale)
                let rect =
                    "<rect class=\"ink\(place % 4)\" x=\"\(n(start))\" y=\"\(n(upper))\" width=\"\(n(bar))\" height=\"\(n(y(base, scale) - upper))\"><title>\(escaped(chart.labels[index][language])): \(NumberText.value(value, chart.unit, language))</title></rect>"
                if stacked { base += value }
                return rect
            }
        }
    }

    private func cumulative() -> [String] {
        guard let values = chart.series.first?.values else { return [] }
        let total = values.reduce(0, +)
        guard total > 0 else { return [] }
        var sum = 0.0
        let depth = height - bottom - top
        let points = values.enumerated().map { index, value -> String in
            sum += value
            return "\(n(x(Double(index) + 0.5))),\(n(height - bottom - depth * sum / total))"
        }
        return [
            "<polyline class=\"line\" points=\"\(points.joined(separator: " "))\"/>",
            "<text class=\"axis\" x=\"\(n(width - right + 6))\" y=\"\(n(top))\" dy=\"4\">100 %</text>",
            "<text class=\"axis\" x=\"\(n(width - right + 6))\" y=\"\(n(height - bottom))\" dy=\"4\">0 %</text>",
        ]
    }

    private func lines(_ scale: Scale) -> [String] {
        chart.series.enumerated().map { place, series in
            let points = series.values.enumerated().map {
                "\(n(x(Double($0.offset) + 0.5))),\(n(y($0.element, scale)))"
            }
            return
                "<polyline class=\"line line\(place % 4)\" points=\"\(points.joined(separator: " "))\"/>"
        }
    }

    private func labels() -> [String] {
        // Every label of a few, every second or third of many, so that none covers another.
        let every = isSlanted ? max(1, Int((14 / room).rounded(.up))) : 1
        return chart.labels.indices.filter { $0.isMultiple(of: every) }.map { index in
            let place = x(Double(index) + 0.5)
            let text = clipped(chart.labels[index][language], to: isSlanted ? 16 : 24)
            let turn =
                isSlanted
                ? " text-anchor=\"end\" transform=\"rotate(-32 \(n(place)) \(n(height - bottom + 14)))\""
                : " text-anchor=\"middle\""
            return
                "<text class=\"axis\" x=\"\(n(place))\" y=\"\(n(height - bottom + 16))\"\(turn)>\(escaped(text))</text>"
        }
    }

    private func target(_ scale: Scale) -> [String] {
        guard let target = chart.target else { return [] }
        let place = n(y(target, scale))
        return [
            "<line class=\"target\" x1=\"\(n(left))\" x2=\"\(n(width - right))\" y1=\"\(place)\" y2=\"\(place)\"/>",
            "<text class=\"axis\" x=\"\(n(width - right + 6))\" y=\"\(place)\" dy=\"4\">\(NumberText.value(target, chart.unit, language))</text>",
        ]
    }

    private func legend() -> [String] {
        guard chart.series.count > 1 else { return [] }
        var place = left
        return chart.series.enumerated().flatMap { index, series -> [String] in
            let name = series.name[language]
            // Han characters are twice as wide as Latin ones.
            let width = name.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 12.5 : 7) }
            defer { place += 36 + width }
            return [
                "<rect class=\"ink\(index % 4)\" x=\"\(n(place))\" y=\"8\" width=\"12\" height=\"12\"/>",
                "<text class=\"axis\" x=\"\(n(place + 17))\" y=\"18\">\(escaped(name))</text>",
            ]
        }
    }

    private func clipped(_ text: String, to count: Int) -> String {
        text.count <= count ? text : text.prefix(count - 1) + "…"
    }

    private func n(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }

    private func escaped(_ text: String) -> String { HTMLReport.escaped(text) }
}
