import FaultDecoding
import Foundation
import StoreText
import Testing
import VehicleFaults

@testable import forewarn

/// What is wrong with a file, and what the fields of a message mean, in both languages.
@Suite("Sayings") struct SayingTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../").standardizedFileURL

    /// Every text literal of a Swift source, with `{}` for what is filled in; literals that are
    /// joined by + count as one.
    static func literals(of source: String) -> [String] {
        let text = Array(source.unicodeScalars)
        var result: [String] = []
        var (place, end) = (0, -1)
        func starts(_ word: String, _ place: Int) -> Bool {
            text[place...].starts(with: word.unicodeScalars)
        }
        /// Reads the literal whose first mark is here, and returns what comes after it.
        func literal(_ start: Int) -> (Int, String) {
            let mark = starts("\"\"\"", start) ? "\"\"\"" : "\""
            var (place, content) = (start + mark.count, String.UnicodeScalarView())
            while place < text.count, !starts(mark, place) {
                guard text[place] == "\\" else {
                    content.append(text[place])
                    place += 1
                    continue
                }
                guard text[place + 1] == "(" else {
                    content.append(text[place + 1])
                    place += 2
                    continue
                }
                var depth = 1
                place += 2
                while depth > 0 {
                    if text[place] == "\"" {
                        place = literal(place).0
                        continue
                    }
                    depth += text[place] == "(" ? 1 : text[place] == ")" ? -1 : 0
                    place += 1
                }
                content.append(contentsOf: "{}".unicodeScalars)
            }
            return (place + mark.count, String(content))
        }
        while place < text.count {
            if starts("//", place) {
                while place < text.count, text[place] != "\n" { place += 1 }
            } else if text[place] == "\"" {
                let (next, content) = literal(place)
                let between = end < 0 ? "" : String(String.UnicodeScalarView(text[end..<place]))
                if between.trimmingCharacters(in: .whitespacesAndNewlines) == "+" {
                    result[result.count - 1] += content
                } else {
                    result.append(content)
                }
                (place, end) = (next, next)
            } else {
                place += 1
            }
        }
        return result
    }

    /// Texts of those sources that are no sayings: rules as people write them, units, promises of
    /// the program to itself.
    private static let others = [
        "{} engine h", "{} km", "{} trips", " while {}", "Mohm MΩ", "kohm kΩ", "ohm Ω", "mbar hPa",
        "part {} of {}",
        "the parser lets no name pass that is too long", "; did you mean \"{}\"?",
        ", with code \"{}\"{}", ", adjusted for {}", ", every {}", ", limit {}", " beyond ",
        "code \"{}\"", " until ", " {} beyond {}", "trend {} {}", "drift {} {}",
        "trend {}",
        " per {} and what 95 % of the fleet stay below", "1 trip", " km",
        "wears out: chance of failing within {} beyond {}", "{} {} beyond ",
        "code \"{}\"{} with {} foretells within {} beyond {}",
        "cohort score({})", "baseline {} {}", "reach {}", "score {} {}", "{} {} within {}",
        "no rule of {}", "cell {} while {}", "cohort {}", "trend {} {} {}",
    ]

    @Test("whatever can be wrong with rules, tests and rosters can be said in Chinese")
    func problems() throws {
        var files: [String] = []
        for module in ["FaultRules", "YAMLSource"] {
            let folder = Self.root.appending(path: "Sources/\(module)")
            files += try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .map { "Sources/\(module)/\($0)" }
        }
        files += [
            "Sources/RuleTrials/RuleTestReader.swift", "Sources/RuleTrials/RepeatedMessage.swift",
            "Sources/RuleTrials/Breakdowns.swift",
        ]
        // The texts of these are for digests and for people who read rules.
        let passedOver = ["Meaning.swift", "RuleCost.swift", "ExpressionTree.swift", "Guard.swift"]
        var found = 0
        for file in files where !passedOver.contains(where: { file.hasSuffix("/" + $0) }) {
            let source = try String(
                contentsOf: Self.root.appending(path: file), encoding: .utf8)
            for text in Self.literals(of: source) where text.contains(" ") {
                guard text.contains(/[a-z]{2}/), !text.hasPrefix("vehicle.{}"),
                    !Self.others.contains(text)
                else { continue }
                found += 1
                #expect(Words.problems[text] != nil, "\(file): \"\(text)\" has no Chinese")
            }
        }
        #expect(found > 150)
    }

    @Test("whatever doctor finds can be said in Chinese") func checkups() throws {
        // An error's own words, a place, a name.
        let others = ["{}", "{}: {}", ", "]
        var found = 0
        for file in ["forewarn/Checkup.swift", "StoreText/StoreCheckup.swift"] {
            let source = try String(
                contentsOf: Self.root.appending(path: "Sources/\(file)"), encoding: .utf8)
            for text in Self.literals(of: source) where text.contains(" ") {
                guard !others.contains(text), text != Diagnosis.Check.deadLetters.rawValue
                else { continue }
                found += 1
                #expect(Words.checkups[text] != nil, "\(file): \"\(text)\" has no Chinese")
            }
        }
        #expect(found > 30)
    }

    @Test("a translation has the gaps of its text") func gaps() {
        let all = [Words.problems, Words.meanings, Words.checkups].flatMap { Array($0) }
        for (english, chinese) in all {
            let gaps = { (text: String) in text.matches(of: /\{\d*\}/).count }
            #expect(gaps(english) == gaps(chinese), "\(english)")
            #expect(
                ["not {}", "{} ({})"].contains(english)
                    || chinese != english && chinese.contains(/\p{Han}/)
                    || english.hasPrefix("\"=\""), "\(english)")
        }
    }

    /// The templates in a saying that nobody has translated.
    private static func english(in saying: Saying) -> [String] {
        var result: [String] = []
        if saying.template.replacing("{}", with: "").contains(/[a-z]{2}/),
            Words.meanings[saying.template] == nil
        {
            result.append(saying.template)
        }
        for case .saying(let part) in saying.parts { result += english(in: part) }
        return result
    }

    @Test("whatever the fields of a message mean can be said in Chinese") func meanings() throws {
        var missing: Set<String> = []
        var seen: Set<String> = []
        func decode(_ format: String, _ topic: String, _ payload: [UInt8]) throws {
            var decoder = MessageDecoder(
                subscriptions: [
                    Subscription(
                        template: try TopicTemplate("#"),
                        format: try #require(PayloadFormat(rawValue: format)))
                ], names: SignalNames(learns: true))
            var buffer = ReportBuffer()
            var trace = FieldTrace()
            _ = try? decoder.decode(
                topic: Array(topic.utf8).span, payload: payload.span, into: &buffer, noting: &trace)
            for field in trace.fields {
                seen.insert(field.meaning.template)
                missing.formUnion(Self.english(in: field.meaning))
            }
        }
        for row in EnvelopeRows.every + EnvelopeRows.paths {
            try decode(row.format, row.topic, row.payload)
        }
        for (codec, payloads) in CodecSample.all {
            for payload in payloads { try decode(codec.rawValue, "VAN7", payload) }
        }
        // Units, groups and reasons that no sample has.
        for address in UInt8.min...UInt8.max {
            let hex = String(address, radix: 16, uppercase: true)
            let two = address < 16 ? "0" + hex : hex
            try decode("j1939", "V", Array("18FECA\(two)#40FF5B000301FFFF".utf8))
            try decode("j1939", "V", Array("18EC\(two)00#\(two)120003FFCAFE00".utf8))
            try decode("j1939", "V", Array("18E8FF00#\(two)FFFFFFF9D3FE00".utf8))
            try decode("obd", "V", Array("7F 03 \(two)".utf8))
            try decode("obd", "V", Array("41 03 \(two)".utf8))
            try decode("obd", "V", Array("41 01 \(two) \(two) \(two) \(two)".utf8))
            try decode("uds", "V", Array("59 \(two) FF 03 01 1A 2F".utf8))
            try decode("uds", "V", Array("59 42 \(two) FF FF 04 \(two) 04 20 00 2F".utf8))
        }
        #expect(missing.isEmpty, "\(missing.sorted())")
        #expect(seen.count > 60)
    }

    @Test("check and test say in Chinese what is wrong, with place and mark") func commands() throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sayings-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = """
            version: 1
            pack: tests
            rules:
              - { id: hot, mode: hot, severity: S2, advice: A3, component: pump, skill: ENG,
                  when: "coolant_c > 90 kPa" }

            """
        try rules.write(
            to: folder.appending(path: "rules.yaml"), atomically: true, encoding: .utf8)
        let path = folder.appending(path: "rules.yaml").path
        let checked = try Program.run(["check", path, "--lang", "zh-Hans"])
        #expect(checked.code == 2)
        #expect(
            checked.errors.hasPrefix(
                """
                \(path):5:26: 错误：信号 "coolant_c" 的单位是°C，限值的单位是kPa；是否想写 "°C"？
                          when: "coolant_c > 90 kPa" }
                """), "\(checked.errors)")
        #expect(checked.errors.split(separator: "\n")[2].hasSuffix("^"))
        try "version: 1\ntests: 5\n".write(
            to: folder.appending(path: "rules.test.yaml"), atomically: true, encoding: .utf8)
        let tested = try Program.run(["test", folder.path, "--lang", "zh-Hans"])
        #expect(tested.code == 2 && tested.errors.contains("错误："), "\(tested.errors)")
        let decoded = try Program.run(
            ["decode", "--lang", "zh-Hans", "18FECA00#40FF5B000301FFFF"])
        #expect(decoded.output.contains("发动机") && decoded.output.contains("填充字节"))
        #expect(!decoded.output.contains("engine"))
    }
}
