import FleetSimulation
import Testing
import YAMLSource

@testable import FaultRules

/// Rule files as they are when someone's finger slipped.
@Suite struct MutationTests {
    /// A file that uses every part of the language.
    static let pack = """
        version: 1
        pack: trucks
        params:
          hot: 108 °C
          hold: { value: 5, unit: m, note: how long it must last }
          misfires: P030[1-8]
        rules:
          - id: misfire
            mode: cylinder-misfire
            name: { en: Repeated misfire, zh: 反复失火 }
            severity: S3
            advice: A3
            component: ignition-coil
            skill: ENG
            workshop: open
            back_off: [1d, 14d]
            when: same code $misfires confirmed|active in 2 of 5 trips
            until: not code $misfires
          - id: overheating
            mode: overheating
            severity: S2
            advice: A2
            component: thermostat
            skill: ENG
            when: >-
              coolant_c > $hot for $hold while (engine running and load_pct in 60 to 80 %)
              or coolant_c - baseline(coolant_c, memory: 0.05, after: 20) > 8 K in 5 trips within 30d
            until: coolant_c < 100 °C for 10m or silent for 24h
          - id: sequence
            mode: catalyst
            severity: S2
            advice: A2
            component: catalyst
            skill: ENG
            when: code "P030?" lamp mil then code "P0420" occurrences >= 2 freeze coolant_c > 70
              within 2000 km and not code "P0171" between
          - id: windows
            mode: windows
            severity: S4
            advice: A3
            component: sensor
            skill: DIA
            when: "at least 2 of (slope(cell_mv, 7d) > 2 mV/w, p95(x, 10 engine h) > 3,
              median(egt_1_c - egt_2_c, 500 km) > 60 K, no coolant_c for 2h,
              reach(pad_mm, 3 mm, 5000 km) < 1500 km) and vehicle.make in ('Foton', 'FAW')"
          - id: charts
            mode: charts
            severity: S4
            advice: A4
            component: sensor
            skill: DIA
            when: "ewma(a_v, weight: 0.2) beyond 3 or b_v deviates above by 4 sigma from own"
        """

    private static func mutated(_ random: inout SeededRandom) -> String {
        var scalars = Array(pack.unicodeScalars)
        let strange = Array(
            "\"'(){}[]|:,#$%&*<>=!-+/\\\n\t 09azAZ_.°好\u{1F600}\u{0}".unicodeScalars)
        for _ in 0...random.whole(below: 3) {
            let place = random.whole(below: scalars.count)
            switch random.whole(below: 7) {
            case 0: scalars.remove(at: place)
            case 1: scalars.insert(strange[random.whole(below: strange.count)], at: place)
            case 2: scalars[place] = strange[random.whole(below: strange.count)]
            case 3:
                scalars.removeSubrange(place..<min(place + random.whole(below: 40), scalars.count))
            case 4:
                let piece = scalars[place..<min(place + random.whole(below: 40), scalars.count)]
                scalars.insert(contentsOf: piece, at: random.whole(below: scalars.count))
            case 5: scalars.removeLast(random.whole(below: scalars.count / 4))
            default: scalars.swapAt(place, random.whole(below: scalars.count))
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    @Test("a thousand mutated files are read or refused, with a place for every word said")
    func mutations() {
        #expect(readAll(Self.pack).diagnostics.isEmpty)
        var refused = 0
        for seed in UInt64(0)..<1000 {
            var random = SeededRandom(seed)
            let text = Self.mutated(&random)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
            var reader = RulePackReader()
            var problems: [Diagnostic] = []
            do throws(Diagnostic) {
                reader.add(file: try YAMLSource.parse(text, file: "rules.yaml"))
                reader.finish()
                problems = reader.diagnostics
            } catch {
                problems = [error]
            }
            if problems.contains(where: { $0.severity == .error }) { refused += 1 }
            let isTold = problems.allSatisfy {
                $0.position.file == "rules.yaml" && (1...(lines + 1)).contains($0.position.line)
                    && (1...400).contains($0.position.column) && !$0.message.isEmpty
            }
            if !isTold { Issue.record("seed \(seed): \(problems)") }
        }
        #expect(refused > 700, "\(refused)")
    }

    @Test("any words of the language in any order are read or refused in time")
    func anyWords() {
        let words = [
            "code", "same", "\"P0*\"", "not", "and", "or", "(", ")", "rpm", ">", "<=", "==", "5",
            "7d", "for", "within", "times", "3", "ewma", "cusum", ",", ":", "beyond", "confirmed",
            "|", "even", "if", "silent", "°C", "from", "+", "-", "*", "/", "mean", "slope", "reach",
            "median", "baseline", "memory", "then", "between", "while", "in", "on", "days", "trips",
            "of", "codes", "500", "km", "10", "engine", "h", "running", "no", "coolant_c",
            "vehicle.make", "\"A\"", "like", "at", "least", "deviates", "by", "own", "cohort", "to",
            "freeze", "occurrences", "lamp", "mil", "cold", "start", "$x", "abs", "60 %", "trip.km",
        ]
        var random = SeededRandom(42)
        for seed in 0..<6000 {
            let text = (0...random.whole(below: 24)).map { _ in
                words[random.whole(below: words.count)]
            }
            .joined(separator: " ")
            do throws(ExpressionLexer.Failure) {
                let result = try ExpressionParser.condition(in: text)
                #expect(!result.condition.atoms.isEmpty, "seed \(seed): \(text)")
                let known = result.atoms.indices
                for (index, atom) in result.atoms.enumerated() {
                    for inner in atom.conditions.flatMap(\.atoms) {
                        #expect(known.contains(inner) && inner < index, "seed \(seed): \(text)")
                    }
                }
            } catch {
                #expect(
                    (0...text.unicodeScalars.count).contains(error.offset), "seed \(seed): \(text)")
            }
        }
    }

    @Test("a deep, a long and a wide text end at a limit") func limits() {
        let deep = String(repeating: "(", count: 50_000) + "x > 1"
        let sequence = String(repeating: "(code \"*\" then ", count: 5000)
        let sum = Array(repeating: "a", count: 3000).joined(separator: " + ") + " > 1"
        let minus = "x > " + String(repeating: "- ", count: 4000) + "1"
        let word = String(repeating: "a", count: 100_000) + " > 1"
        for text in [deep, sequence, sum, minus, word] {
            #expect(throws: ExpressionLexer.Failure.self) {
                try ExpressionParser.condition(in: text)
            }
        }
    }
}
