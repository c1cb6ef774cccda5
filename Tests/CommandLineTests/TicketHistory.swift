import Foundation
import Testing

/// Lines of `forewarn ticket import`.
enum History {
    /// 2026-07-01T00:00:00Z
    static let start = 1_782_864_000.0

    struct Line {
        var at: Double
        var text: String
    }

    static func time(_ hours: Double) -> String {
        let date = Date(timeIntervalSince1970: start + (hours * 3600).rounded())
        return date.formatted(.iso8601)
    }

    static func step(
        _ hours: Double, _ verb: String, _ vehicle: String, _ role: String,
        _ fields: [String: String] = [:]
    ) -> Line {
        var pairs = fields
        pairs["at"] = time(hours)
        pairs["verb"] = verb
        pairs["actor"] = fields["actor"] ?? role
        pairs["role"] = role
        pairs["level"] = "3"
        if verb == "open" {
            pairs["vehicle"] = vehicle
            pairs["mode"] = fields["mode"] ?? "coil-worn"
            pairs["severity"] = fields["severity"] ?? "S3"
            pairs["complaint"] = "misfires"
        } else {
            pairs["mode"] = nil
            pairs["ticket"] = "\(vehicle)/\(fields["mode"] ?? "coil-worn")"
        }
        let texts = pairs.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
        return Line(at: hours, text: "{\(texts.joined(separator: ","))}")
    }

    /// A message, received at `hours` and sent `lag` minutes before.
    static func message(_ hours: Double, _ vehicle: String, lag: Double, codes: String = "")
        -> Line
    {
        let payload =
            "{\\\"vin\\\":\\\"\(vehicle)\\\",\\\"ts\\\":\\\"\(time(hours - lag / 60))\\\",\\\"dtcs\\\":[\(codes)]}"
        return Line(
            at: hours,
            text:
                "{\"at\":\"\(time(hours))\",\"topic\":\"v1/\(vehicle)/ev\",\"payload\":\"\(payload)\"}"
        )
    }

    /// From the contact to the quality check that passes at `solved`.
    static func visit(
        _ vehicle: String, from begin: Double, solved: Double, _ verdict: String,
        readyBy: Double? = nil, checks: [String] = ["pass"]
    ) -> [Line] {
        func at(_ share: Double) -> Double { begin + (solved - begin) * share }
        let report = [
            "complaint": "misfires", "cause": "coil", "correction": "changed",
            "root_part": "C-1", "disposition": verdict,
        ]
        var arrival = ["odometer": "40000", "notes": "none", "consent": "yes"]
        if let readyBy { arrival["ready_by"] = time(readyBy) }
        var lines = [
            step(at(0.1), "contact", vehicle, "customer_service", ["outcome": "reached_yes"]),
            step(
                at(0.2), "estimate", vehicle, "customer_service",
                [
                    "estimate": "E-\(vehicle)", "total": "100", "currency": "CNY",
                    "payer": "warranty",
                ]),
            step(
                at(0.3), "schedule", vehicle, "customer_service",
                [
                    "site": "north", "slot": time(at(0.4)), "parts": "in_stock",
                    "estimate": "E-\(vehicle)",
                ]),
            step(at(0.5), "check-in", vehicle, "reception", arrival),
            step(at(0.6), "repair", vehicle, "technician"),
        ]
        for (place, result) in checks.enumerated() {
            // Checks that fail come before the one that passes.
            let end = at(1 - 0.05 * Double(checks.count - 1 - place))
            lines.append(
                step(
                    place == 0 && checks.count == 1 ? at(0.9) : end - 0.01, "repair", vehicle,
                    "technician", report))
            lines.append(
                step(end, "qc", vehicle, "quality", ["result": result, "checklist": "all"]))
        }
        return lines + [step(solved, "deliver", vehicle, "reception")]
    }

    static func end(_ vehicle: String, at hours: Double, score: Int?, reasons: String? = nil)
        -> [Line]
    {
        var answers =
            score.map { [["csat": "\($0)"]] }
            ?? Array(repeating: ["answer": "no_answer"], count: 3)
        if let reasons { answers[0]["reasons"] = reasons }
        return answers.map { step(hours, "follow-up", vehicle, "customer_service", $0) }
            + [step(hours, "close", vehicle, "customer_service")]
    }
}

/// A folder with a store that a history was taken into, and what other systems exported.
struct Centre {
    let workshop: Workshop
    var state: String { workshop.path("state") }

    init(
        history: [History.Line], service: String? = nil, rules: String? = nil,
        data: [String: String] = [:]
    ) throws {
        workshop = try Workshop()
        let text = history.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element.text).joined(separator: "\n")
        try workshop.write(text + "\n", to: "history.jsonl")
        try FileManager.default.createDirectory(
            atPath: workshop.path("data"), withIntermediateDirectories: true)
        for (name, text) in data { try workshop.write(text, to: "data/\(name)") }
        var arguments = ["ticket", "import", workshop.path("history.jsonl"), "--state", state]
        for (option, text) in [("--service", service), ("--rules", rules)] {
            guard let text else { continue }
            try workshop.write(text, to: "\(option.dropFirst(2)).yaml")
            arguments += [option, workshop.path("\(option.dropFirst(2)).yaml")]
        }
        let result = try Program.run(arguments)
        #expect(result.code == 0, "\(result.errors)")
    }

    /// A report over the first hours of the history.
    func report(_ name: String, hours: Double, _ more: [String] = []) throws -> [String: Any] {
        let result = try Program.run(
            [
                "report", name, "--state", state, "--data", workshop.path("data"), "--to",
                History.time(hours), "-o", "json",
            ] + (more.contains("--from") ? [] : ["--from", History.time(0)]) + more)
        #expect(result.code == 0, "\(result.errors)")
        return try object(try #require(result.lines.first))
    }
}

/// The figures of a report by their ids.
func figures(_ report: [String: Any]) throws -> [String: [String: Any]] {
    let list = try #require(report["figures"] as? [[String: Any]])
    return .init(
        uniqueKeysWithValues: list.compactMap { item in
            (item["id"] as? String).map { ($0, item) }
        })
}

/// The rows of a report's table.
func rows(_ report: [String: Any], _ table: String) throws -> [[String: Any]] {
    try #require((report["tables"] as? [String: Any])?[table] as? [[String: Any]], "\(table)")
}

/// A number of a report.
func number(_ value: Any?) throws -> Double { try #require((value as? NSNumber)?.doubleValue) }
