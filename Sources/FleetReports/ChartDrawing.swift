import VehicleFaults

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
    /// The room for names beside ranked bars.
    private let names: Double

    private static let row = 26.0

    private static func isRanked(_ chart: Chart) -> Bool {
        chart.kind == .ranked || chart.kind == .pareto
    }

    init(_ chart: Chart, language: ReportLanguage) {
        self.chart = chart
        self.language = language
        let longest = chart.labels.map { $0[language].unicodeScalars.count }.max() ?? 0
        names = min(300, (chart.labels.map { Self.width(of: $0[language]) }.max() ?? 0) + 14)
        room = (width - left - right) / Double(max(1, chart.labels.count))
        isSlanted = Double(longest) * 6.5 > room
        bottom = isSlanted ? 84 : 28
        height =
            Self.isRanked(chart)
            ? Double(chart.labels.count) * Self.row + (chart.target == nil ? 34 : 52)
            : 236 + bottom
    }

    /// About how wide a text is drawn; Han characters are twice as wide as Latin ones.
    private static func width(of text: String) -> Double {
        text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 12.5 : 6.6) }
    }

    /// One `svg` element with a title for readers that do not see it.
    var svg: String {
        var parts = [
            "<svg\(Self.isRanked(chart) ? " class=\"tall\"" : "") viewBox=\"0 0 \(n(width)) \(n(height))\" role=\"img\" aria-label=\"\(Markup.escaped(chart.title[language]))\">"
        ]
        let scale = Scale(covering: largest, isWhole: chart.unit == .count)
        guard !Self.isRanked(chart) else {
            return (parts + ranked(scale) + ["</svg>"]).joined(separator: "\n")
        }
        parts += grid(scale)
        switch chart.kind {
        case .bars: parts += bars(scale, stacked: false)
        case .stacked: parts += bars(scale, stacked: true)
        case .line: parts += lines(scale)
        case .ranked, .pareto: break
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

        /// - Parameter isWhole: whether there is nothing between whole numbers.
        init(covering largest: Double, isWhole: Bool) {
            var step = 1.0
            let wanted = max(largest, 1e-9) / 4
            while step > wanted { step /= 10 }
            while step * 10 <= wanted { step *= 10 }
            let mantissa = wanted / step
            step *=
                mantissa <= 1
                ? 1 : mantissa <= 2 ? 2 : mantissa <= 2.5 ? 2.5 : mantissa <= 5 ? 5 : 10
            if isWhole { step = max(1, step.rounded(.up)) }
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
        let ends = chart.series.flatMap(\.intervals).compactMap { $0?.upperBound }
            .filter(\.isFinite)
        return max(values.max() ?? 0, ends.max() ?? 0, chart.target ?? 0)
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
                    "<rect class=\"ink\(place % 4)\" x=\"\(n(start))\" y=\"\(n(upper))\" width=\"\(n(bar))\" height=\"\(n(y(base, scale) - upper))\"><title>\(Markup.escaped(chart.labels[index][language])): \(NumberText.value(value, chart.unit, language))</title></rect>"
                if stacked { base += value }
                // What is written above a narrow bar would cover its neighbours.
                let isTold =
                    !stacked && chart.series.count == 1 && room >= 34 && chart.kind == .bars
                guard isTold else { return rect }
                let interval =
                    index < chart.series[place].intervals.count
                    ? chart.series[place].intervals[index] : nil
                let middle = start + bar / 2
                let top = min(upper, interval.map { y($0.upperBound, scale) } ?? upper)
                return rect + whisker(interval, at: middle, scale)
                    + "<text class=\"axis told\" x=\"\(n(middle))\" y=\"\(n(top - 5))\" text-anchor=\"middle\">\(NumberText.value(value, chart.unit, language))</text>"
            }
        }
    }

    /// A line from end to end of an interval.
    private func whisker(_ interval: ClosedRange<Double>?, at place: Double, _ scale: Scale)
        -> String
    {
        guard let interval else { return "" }
        let (low, high) = (n(y(interval.lowerBound, scale)), n(y(interval.upperBound, scale)))
        return
            "<path class=\"whisker\" d=\"M\(n(place)) \(low)V\(high)M\(n(place - 4)) \(low)h8M\(n(place - 4)) \(high)h8\"/>"
    }

    /// The share of each bar and those above it together, in a Pareto chart.
    private var cumulative: [Double]? {
        guard chart.kind == .pareto, let values = chart.series.first?.values else { return nil }
        let total = values.reduce(0, +)
        var sum = 0.0
        return values.map { value in
            sum += value
            return total > 0 ? sum / total : 0
        }
    }

    /// Bars from left to right, with names before and values behind them.
    private func ranked(_ scale: Scale) -> [String] {
        let start = chart.target == nil ? 8.0 : 26
        let end = width - (chart.kind == .pareto ? 150 : 88)
        let sums = cumulative
        func place(_ value: Double) -> Double {
            names + (end - names) * min(value, scale.top) / scale.top
        }
        let depth = start + Double(chart.labels.count) * Self.row
        var parts = (0...scale.steps).flatMap { step -> [String] in
            let value = scale.step * Double(step)
            let x = n(place(value))
            return [
                "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(n(start))\" y2=\"\(n(depth))\"/>",
                "<text class=\"axis\" x=\"\(x)\" y=\"\(n(depth + 16))\" text-anchor=\"middle\">\(tick(value, scale))</text>",
            ]
        }
        guard let series = chart.series.first else { return parts }
        for (index, label) in chart.labels.enumerated() {
            let value = value(series, index)
            let middle = start + (Double(index) + 0.5) * Self.row
            let interval = index < series.intervals.count ? series.intervals[index] : nil
            let reach = max(place(value), interval.map { place($0.upperBound) } ?? 0)
            parts.append(
                "<text class=\"label\" x=\"\(n(names - 8))\" y=\"\(n(middle))\" dy=\"4\" text-anchor=\"end\">\(Markup.escaped(clipped(label[language], to: 44)))</text>"
            )
            parts.append(
                "<rect class=\"ink0\" x=\"\(n(names))\" y=\"\(n(middle - 8))\" width=\"\(n(place(value) - names))\" height=\"16\"/>"
            )
            if let interval {
                let (low, high) = (n(place(interval.lowerBound)), n(place(interval.upperBound)))
                parts.append(
                    "<path class=\"whisker\" d=\"M\(low) \(n(middle))H\(high)M\(low) \(n(middle - 4))v8M\(high) \(n(middle - 4))v8\"/>"
                )
            }
            parts.append(
                "<text class=\"axis told\" x=\"\(n(reach + 7))\" y=\"\(n(middle))\" dy=\"4\">\(NumberText.value(value, chart.unit, language))\(sums.map { ", Σ " + NumberText.value($0[index], .share, language) } ?? "")</text>"
            )
        }
        if let target = chart.target {
            let x = n(place(target))
            parts += [
                "<line class=\"target\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(n(start - 6))\" y2=\"\(n(depth))\"/>",
                "<text class=\"axis\" x=\"\(x)\" y=\"\(n(start - 10))\" text-anchor=\"middle\">\(NumberText.value(target, chart.unit, language))</text>",
            ]
        }
        return parts
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
        let every = isSlanted ? max(1, Int((16 / room).rounded(.up))) : 1
        return chart.labels.indices.filter { $0.isMultiple(of: every) }.map { index in
            let place = x(Double(index) + 0.5)
            let text = clipped(chart.labels[index][language], to: isSlanted ? 20 : 24)
            let turn =
                isSlanted
                ? " text-anchor=\"end\" transform=\"rotate(-32 \(n(place)) \(n(height - bottom + 14)))\""
                : " text-anchor=\"middle\""
            return
                "<text class=\"axis\" x=\"\(n(place))\" y=\"\(n(height - bottom + 16))\"\(turn)>\(Markup.escaped(text))</text>"
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
            defer { place += 40 + Self.width(of: name) }
            return [
                "<rect class=\"ink\(index % 4)\" x=\"\(n(place))\" y=\"8\" width=\"12\" height=\"12\"/>",
                "<text class=\"axis\" x=\"\(n(place + 17))\" y=\"18\">\(Markup.escaped(name))</text>",
            ]
        }
    }

    private func clipped(_ text: String, to count: Int) -> String {
        text.count <= count ? text : text.prefix(count - 1) + "…"
    }

    private func n(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
}
