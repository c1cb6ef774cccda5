import ForewarnDaemon
import Foundation
import Testing

@Suite("Campaigns on the command line") struct CampaignCommandTests {
    private static let rules = """
        version: 1
        rules:
          - { id: misfire, mode: misfire, name: { en: Misfire, zh: 失火 }, severity: S3, advice: A3,
              component: coil, skill: ENG, when: 'code "P0301"' }
        """

    /// Sixty vans that speak daily; twelve of the twenty of lot L-2 misfire, and two others.
    private static func state() throws -> DeskState {
        // The supplier of the lot made one part more, so it explains nearly as much.
        var table = "vehicle,model,lot,region,supplier\n"
        for number in 0..<60 {
            table += "TESTVAN\(10 + number),J6,L-\(number / 20),\(number % 2 == 0 ? "N" : "S"),"
            table += number < 39 ? "Norra\n" : "Huaxin; Ningbo\n"
        }
        let state = try DeskState(
            rules: rules, roster: [RuleSet.File(name: "roster.csv", text: table)])
        var messages: [(Int64, String)] = []
        for day in 0..<16 {
            for number in 0..<60 {
                let time = DeskState.start + Int64(day) * 86_400_000 + Int64(number) * 1000
                let isHit =
                    day > 1
                    && (number == 40 + day - 2 && day < 14 || number == day - 2 && day % 7 == 3)
                let codes = isHit ? ",\"dtcs\":[\"P0301\"]" : ""
                messages.append(
                    (time, "{\"vin\":\"TESTVAN\(10 + number)\",\"ts\":\(time)\(codes)}"))
            }
        }
        try state.take(messages)
        try state.close()
        return state
    }

    @Test("a bad lot is listed, shown, explained and followed, in both languages") func shown()
        throws
    {
        let state = try Self.state()
        func run(_ arguments: String...) throws -> String {
            let result = try Program.run(
                arguments + ["--state", state.folder], environment: ["COLUMNS": "200"])
            #expect(result.code == 0, "\(arguments): \(result.errors)")
            return result.output
        }
        let listed = try run("ticket", "ls", "--campaigns", "-o", "json")
        let ticket = try object(listed)
        let number = try #require(ticket["id"] as? String)
        let name = try #require(ticket["name"] as? [String: String])
        #expect(name["en"] == "Recall candidate, for review: Misfire (lot=L-2)")
        #expect(name["zh"] == "召回候选，待评审：失火（lot=L-2）")
        #expect(ticket["source"] as? String == "campaign")
        let shown = try object(run("ticket", "show", number, "-o", "json"))
        let causes = try #require(shown["explained_by"] as? [[String: Any]])
        #expect(causes.first?["attribute"] as? String == "lot")
        #expect(causes.first?["value"] as? String == "L-2")
        #expect(causes.first?["faulty"] as? Int == 12)
        #expect((causes.first?["q"] as? Double ?? 1) <= 0.05)
        #expect(causes.count == 2)
        #expect(causes.last?["value"] as? String == "Huaxin; Ningbo")
        #expect(causes.last?["faulty"] as? Int == 12 && causes.last?["healthy"] as? Int == 9)
        #expect((causes.last?["q"] as? Double ?? 1) <= 0.05)
        #expect((causes.last?["expected"] as? Double ?? 12) < 12)
        let healthy = try #require(shown["exposed_healthy"] as? [String])
        #expect(healthy == (62...69).map { "TESTVAN\($0)" })
        let text = try run("ticket", "show", number, "--full")
        #expect(text.contains("exposed and still healthy: 8\n    TESTVAN62\n"))
        // The history has a line for each attribute, with its own figures.
        let causeTexts = [
            (
                "en",
                #/what they have in common: lot=L-2 \(10 with the fault, [\d.]+ expected, 10 healthy, q [\d.]+\)/#,
                "what they have in common: supplier=Huaxin; Ningbo ("
            ),
            (
                "zh-Hans", #/共同属性: lot=L-2 \(已故障 10 辆，预期 [\d.]+，未故障 10 辆，q [\d.]+\)/#,
                "共同属性: supplier=Huaxin; Ningbo ("
            ),
        ]
        let visit = try Visit(nil, ["--state", state.folder])
        for (language, first, second) in causeTexts {
            let history = try visit.ask("/ticket/\(number)?lang=\(language)").text
            #expect(history.contains(first) && history.contains(second), "\(history)")
            #expect(!history.contains("of the others:") && !history.contains("另有属性"))
        }
        try expect(run("explain", number, "--recompute"), matches: "campaign-explain.txt")
        try expect(
            run("explain", number, "--recompute", "--lang", "zh-Hans"),
            matches: "campaign-explain-zh.txt")
        let followed = try run("tail", "-n", "1000", "--lang", "zh-Hans")
        #expect(followed.contains("召回候选，待评审：lot=L-2"))
        let period = ["--from", "2020-01-01T00:00:00Z", "--to", "2035-01-01T00:00:00Z"]
        for report in ["faults", "quarter"] {
            let told = try Program.run(
                ["report", report, "-o", "csv", "--state", state.folder] + period)
            let rows = told.output.split(whereSeparator: \.isNewline).filter {
                $0.hasPrefix("\(number),misfire,")
            }
            #expect(rows.count == 2, "\(told.output)")
            #expect(rows.first?.contains(",lot=L-2,") == true, "\(told.output)")
            #expect(rows.last?.contains(",supplier=Huaxin; Ningbo,") == true, "\(told.output)")
            // Cases, those expected, the healthy and q are told of both.
            for row in rows {
                let cells = row.split(separator: ",", omittingEmptySubsequences: false)
                #expect(cells[3...6].allSatisfy { Double($0) != nil }, "\(row)")
            }
        }
        // It is told of the period in which it was found, and happens at no site.
        for other in [
            ["--from", "2026-02-01", "--to", "2026-03-05"], ["--from", "2026-04-01"],
            period + ["--site", "north"],
        ] {
            let told = try Program.run(
                ["report", "faults", "-o", "csv", "--state", state.folder] + other)
            #expect(told.code == 0 && !told.output.contains("lot=L-2"), "\(other)")
        }
        // It is about no vehicle, and no figure of service counts it.
        #expect(try run("vehicle", "ls", "-o", "json").split(separator: "\n").count == 60)
    }
}
