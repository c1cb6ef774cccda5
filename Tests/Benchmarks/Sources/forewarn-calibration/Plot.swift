import Foundation

/// A small drawing of curves over one axis, as SVG.
struct Plot {
    var title: String
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>
    /// What the axes count.
    var labels: (x: String, y: String)
    private var shapes: [String] = []

    init(_ title: String, x: ClosedRange<Double>, y: ClosedRange<Double>, labels: (String, String))
    {
        (self.title, self.x, self.y) = (title, x, y)
        self.labels = labels
    }

    private static let area = (left: 56.0, top: 30.0, width: 560.0, height: 180.0)

    private func place(_ px: Double, _ py: Double) -> String {
        let area = Self.area
        let right = (px - x.lowerBound) / (x.upperBound - x.lowerBound)
        let up =
            (min(max(py, y.lowerBound), y.upperBound) - y.lowerBound)
            / (y.upperBound - y.lowerBound)
        return Self.number(area.left + right * area.width) + ","
            + Self.number(area.top + (1 - up) * area.height)
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }

    mutating func line(
        _ points: [(Double, Double)], colour: String, width: Double = 1.5, dashed: Bool = false
    ) {
        let path = points.map { place($0.0, $0.1) }.joined(separator: " ")
        shapes.append(
            "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"\(width)\""
                + (dashed ? " stroke-dasharray=\"5 4\"" : "") + "/>")
    }

    mutating func dots(_ points: [(Double, Double)], colour: String) {
        for point in points {
            let at = place(point.0, point.1).split(separator: ",")
            shapes.append("<circle cx=\"\(at[0])\" cy=\"\(at[1])\" r=\"1.6\" fill=\"\(colour)\"/>")
        }
    }

    mutating func band(_ low: [(Double, Double)], _ high: [(Double, Double)], colour: String) {
        let path = (low + high.reversed()).map { place($0.0, $0.1) }.joined(separator: " ")
        shapes.append("<polygon points=\"\(path)\" fill=\"\(colour)\" fill-opacity=\"0.2\"/>")
    }

    mutating func note(_ text: String, at px: Double, _ py: Double, colour: String) {
        let at = place(px, py).split(separator: ",")
        shapes.append("<text x=\"\(at[0])\" y=\"\(at[1])\" fill=\"\(colour)\">\(text)</text>")
    }

    var svg: String {
        let area = Self.area
        let bottom = area.top + area.height
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 250" font-family="sans-serif" font-size="12">
            <title>\(title)</title>
            <rect width="640" height="250" fill="#fff"/>
            <text x="\(Self.number(area.left))" y="18" font-weight="bold">\(title)</text>
            <path d="M\(Self.number(area.left)) \(Self.number(area.top))V\(Self.number(bottom))H616" fill="none" stroke="#555"/>

            """
        for share in [0, 0.5, 1.0] {
            let px = x.lowerBound + share * (x.upperBound - x.lowerBound)
            let py = y.lowerBound + share * (y.upperBound - y.lowerBound)
            text +=
                "<text x=\"\(Self.number(area.left + share * area.width))\" y=\"\(Self.number(bottom + 16))\" text-anchor=\"middle\" fill=\"#555\">\(Self.short(px))</text>\n"
            text +=
                "<text x=\"\(Self.number(area.left - 6))\" y=\"\(Self.number(bottom - share * area.height + 4))\" text-anchor=\"end\" fill=\"#555\">\(Self.short(py))</text>\n"
        }
        text +=
            "<text x=\"336\" y=\"244\" text-anchor=\"middle\" fill=\"#555\">\(labels.x)</text>\n"
        text += "<text x=\"616\" y=\"18\" text-anchor=\"end\" fill=\"#555\">\(labels.y)</text>\n"
        return text + shapes.joined(separator: "\n") + "\n</svg>\n"
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String((value * 100).rounded() / 100)
    }

    func write(to path: String) throws {
        try svg.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
