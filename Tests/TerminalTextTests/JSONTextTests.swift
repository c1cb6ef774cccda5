import FleetSimulation
import Foundation
import Testing

@testable import TerminalText

struct JSONTextTests {
    @Test("writes members in order") func object() {
        var inner = JSONArray()
        inner.append("a")
        inner.append(1.5)
        var line = JSONObject()
        line.append("v", 1)
        line.append("at", "2026-11-21T22:05:06.120Z")
        line.append("cause", String?.none)
        line.append("codes", ["P0301", "P0420"])
        line.append("open", true)
        line.append("inner", inner)
        line.append("none", JSONObject())
        #expect(
            line.json
                == #"{"v":1,"at":"2026-11-21T22:05:06.120Z","cause":null,"codes":["P0301","P0420"],"#
                + #""open":true,"inner":["a",1.5],"none":{}}"#)
    }

    @Test(
        "writes numbers as they are",
        arguments: [
            (1.0, "1"), (-0.5, "-0.5"), (0.1, "0.1"), (1e300, "1e+300"),
            (.leastNonzeroMagnitude, "5e-324"),
            (1e16, "1e+16"),
            (1_795_298_706_120, "1795298706120"), (.infinity, "null"), (-.infinity, "null"),
            (.nan, "null"),
            (-0.0, "-0"),
        ])
    func numbers(number: Double, text: String) { #expect(number.json == text) }

    @Test("writes whole numbers of every size") func integers() {
        #expect([Int64.min, .max].json == "[-9223372036854775808,9223372036854775807]")
        #expect(UInt64.max.json == "18446744073709551615")
    }

    @Test(
        "escapes what JSON does not allow",
        arguments: [
            ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#),
            ("车/😀", #""车/😀""#), ("", #""""#),
        ])
    func escapes(text: String, json: String) { #expect(text.json == json) }

    @Test("other programs read the same back") func law() throws {
        for seed in UInt64(0)..<500 {
            var random = SeededRandom(seed)
            let texts = (0..<4).map { _ in random.text(upTo: 10) }
            let number = Double(bitPattern: random.next())
            var line = JSONObject()
            line.append("texts", texts)
            line.append("number", number)
            for (index, text) in texts.enumerated() { line.append("\(index)\(text)", index) }
            let value = try JSONSerialization.jsonObject(with: Data(line.json.utf8))
            let object = try #require(value as? [String: Any], "seed \(seed)")
            #expect(object["texts"] as? [String] == texts, "seed \(seed)")
            // Foundation on Linux rounds the last digit of some numbers wrongly, `strtod` does not.
            #expect(object["number"] is Double == number.isFinite, "seed \(seed)")
            #expect(Double(number.json) == (number.isFinite ? number : nil), "seed \(seed)")
            for (index, text) in texts.enumerated() {
                #expect(object["\(index)\(text)"] as? Int == index, "seed \(seed)")
            }
            #expect(!line.json.contains("\n"), "seed \(seed)")
        }
    }
}
