import FleetReports
import StoreText
import TerminalText
import VehicleFaults

/// The readings that a ticket rests on, over time, as SVG: one drawing for each signal with the limits of
/// its rules, and one for the score of a statistical check with the limit that it passed.
struct EvidenceChart {
    private struct Point: Equatable {
        var at: EventTime
        var value: Double
    }

    /// What a reading passed.
    struct Limit: Equatable {
        var value: Double
        /// `>` or the like; empty where the limit belongs to a score.
        var comparison = ""
    }

    private struct Drawing {
        var name: String
        var points: [Point]
        var limits: [Limit]
    }

    private let drawings: [Drawing]
    private let presentation: Presentation
    private static let (width, height) = (720.0, 200.0)
    private static let (left, right, top, bottom) = (64.0, 16.0, 14.0, 26.0)
    /// Drawings, and points of each, beyond which nobody sees more.
    private static let (mostDrawings, mostPoints) = (4, 2000)

    /// - Parameters:
    ///   - bodies: findings in order.
    ///   - limits: what the rules that found them ask of each signal.
    /// - Returns: `nil` when they rest on no readings, or on one only.
    init?(_ bodies: [EventBody], limits: [String: [Limit]], _ presentation: Presentation) {
        self.presentation = presentation
        var found: [Drawing] = []
        func add(_ name: String, _ point: Point, _ limits: [Limit]) {
            guard point.value.isFinite else { return }
            guard let place = found.firstIndex(where: { $0.name == name }) else {
                return found.append(Drawing(name: name, points: [point], limits: limits))
            }
            // Of one message, several findings may speak.
            if found[place].points.last == point { return }
            found[place].points.append(point)
            found[place].limits = limits
        }
        for item in bodies.flatMap({ $0.evidence ?? [] }) {
            guard let signal = item.signal, let at = item.time else { continue }
            if let value = item.value {
                add(signal, Point(at: at, value: value), limits[signal] ?? [])
            }
            if let score = item.score, let limit = item.limit {
                let name = "\(signal): \(item.statistic ?? "")"
                add(name, Point(at: at, value: score), [Limit(value: limit)])
            }
        }
        drawings = found.filter { $0.points.count > 1 }.prefix(Self.mostDrawings).map { drawing in
            var drawing = drawing
            drawing.points = Array(
                drawing.points.sorted { $0.at < $1.at }.suffix(Self.mostPoints))
            return drawing
        }
        if drawings.isEmpty { return nil }
    }

    var html: HTML {
        let title = presentation.words.say("Readings of the evidence", "证据中的读数")
        let figures = drawings.map { drawing -> HTML in
            "<figure><figcaption><code>\(drawing.name)</code></figcaption>\(svg(drawing))</figure>"
        }
        return "<section><h2>\(title)</h2>\(figures)</section>"
    }

    private func svg(_ drawing: Drawing) -> HTML {
        let values = drawing.points.map(\.value) + drawing.limits.map(\.value)
        var (low, high) = (values.min() ?? 0, values.max() ?? 0)
        // A line along an edge looks like part of the frame.
        let margin = high > low ? (high - low) * 0.08 : max(1, abs(high) * 0.08)
        (low, high) = (low - margin, high + margin)
        let first = drawing.points[0].at
        let span = Double(
            max(1, drawing.points[drawing.points.count - 1].at.milliseconds(since: first)))
        func x(_ at: EventTime) -> Double {
            Self.left + (Self.width - Self.left - Self.right)
                * Double(at.milliseconds(since: first)) / span
        }
        func y(_ value: Double) -> Double {
            Self.height - Self.bottom - (Self.height - Self.top - Self.bottom) * (value - low)
                / (high - low)
        }
        let line = drawing.points.map { "\(n(x($0.at))),\(n(y($0.value)))" }.joined(separator: " ")
        let marks =
            drawing.points.count > 60
            ? []
            : drawing.points.map { point -> HTML in
                "<circle class=\"mark\" cx=\"\(n(x(point.at)))\" cy=\"\(n(y(point.value)))\" r=\"3.5\"><title>\(presentation.time(point.at)) \(shortNumber(point.value))</title></circle>"
            }
        let ends = [drawing.points.map(\.value).max() ?? 0, drawing.points.map(\.value).min() ?? 0]
        let scale = (ends[0] == ends[1] ? [ends[0]] : ends).map { value -> HTML in
            """
            <line class="grid" x1="\(n(Self.left))" x2="\(n(Self.width - Self.right))" y1="\(n(y(value)))" y2="\(n(y(value)))"/><text x="\(n(Self.left - 8))" y="\(n(y(value) + 4))" text-anchor="end">\(shortNumber((value * 100).rounded() / 100))</text>
            """
        }
        let limits = drawing.limits.map { limit -> HTML in
            let (place, value) = (y(limit.value), shortNumber((limit.value * 100).rounded() / 100))
            // Above its line, unless that is where the drawing ends.
            let foot = place < Self.top + 12 ? place + 14 : place - 5
            return """
                <line class="limit" x1="\(n(Self.left))" x2="\(n(Self.width - Self.right))" y1="\(n(place))" y2="\(n(place))"/><text class="limit" x="\(n(Self.width - Self.right))" y="\(n(foot))" text-anchor="end">\(presentation.words[.limit]) \(limit.comparison) \(value)</text>
                """
        }
        let last = drawing.points[drawing.points.count - 1].at
        let foot = n(Self.height - 6)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(Self.width)) \(n(Self.height))" role="img" aria-label="\(drawing.name)">\(scale)\(limits)<polyline class="line" points="\(line)"/>\(marks)<text x="\(n(Self.left))" y="\(foot)">\(presentation.minute(first))</text><text x="\(n(Self.width - Self.right))" y="\(foot)" text-anchor="end">\(presentation.minute(last))</text></svg>
            """
    }

    private func n(_ value: Double) -> String { shortNumber((value * 10).rounded() / 10) }
}
