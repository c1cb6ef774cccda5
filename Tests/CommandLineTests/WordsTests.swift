import FaultDecoding
import StoreText
import TerminalText
import Testing
import VehicleFaults

@testable import forewarn

@Suite struct WordsTests {
    /// Every pair of texts that the output is made of.
    static let pairs: [(name: String, en: String, zh: String)] =
        Word.allCases.map { ($0.rawValue, $0.texts.en, $0.texts.zh) }
        + Severity.allCases.map { ($0.name, Words.texts(of: $0).en, Words.texts(of: $0).zh) }
        + Advice.allCases.map { ($0.name, Words.texts(of: $0).en, Words.texts(of: $0).zh) }
        + DecodingFailure.Reason.allCases.map {
            ($0.rawValue, Words.texts(of: $0).en, Words.texts(of: $0).zh)
        }
        + Trap.allCases.map {
            ($0.rawValue, Words.texts(of: $0).en, Words.texts(of: $0).zh)
        }

    @Test("no translation is missing") func complete() {
        for pair in Self.pairs {
            #expect(!pair.en.isEmpty && pair.en.utf8.allSatisfy { $0 < 0x80 }, "\(pair.name)")
            #expect(
                pair.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) },
                "\(pair.name) has no Chinese: \(pair.zh)")
        }
    }

    @Test(
        "a progress bar speaks the language of the output",
        arguments: [(Language.english, "1m10s left"), (.chinese, "剩余 1分钟10秒")])
    func progress(language: Language, left: String) {
        var bar = ProgressBar(
            label: "x", total: 80, words: JobProgress.words(language), isTerminal: true)
        _ = bar.update(done: 0, at: 0)
        let line = bar.update(done: 10, at: 10_000)
        #expect(line?.contains(left) == true, "\(line ?? "")")
    }

    @Test(
        "the environment chooses the language",
        arguments: [
            ([:], Language.english), (["LANG": "zh_CN.UTF-8"], .chinese),
            (["LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"], .english),
            (["LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"], .chinese),
            (["LC_ALL": "", "LANG": "zh_CN"], .chinese),
        ])
    func environment(variables: [String: String], language: Language) {
        #expect(Language.fromEnvironment { variables[$0] } == language)
    }

    @Test("pretty JSON keeps keys, texts and empty containers") func pretty() {
        #expect(
            PrettyJSON.text(#"{"b":[],"a":{"x":"{,:\"]"},"c":[1,{"d":{}}]}"#)
                == """
                {
                  "b": [],
                  "a": {
                    "x": "{,:\\"]"
                  },
                  "c": [
                    1,
                    {
                      "d": {}
                    }
                  ]
                }
                """)
    }
}
