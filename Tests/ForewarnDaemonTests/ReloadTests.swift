import Foundation
import Testing
import TicketStorage

@testable import ForewarnDaemon

/// What a reload makes of files in which someone's finger slipped.
@Suite("A reload") struct ReloadTests {
    static let modes = """
        version: 1
        failure_modes:
          - { id: returning, name: { en: Comes back, zh: 反复 }, component: c, skill: DIA, hours: 1 }
          - { id: hot, name: Too hot, component: c, skill: ENG, hours: 2.5, suppresses: [both],
              parts: [{ part: A-1, quantity: 2 }] }
          - { id: both, name: Both, component: c, skill: ENG, hours: 1 }
          - { id: drift, name: Drift, component: c, skill: ENG, hours: 1 }
        """

    static let rules = """
        version: 1
        pack: vans
        params:
          hot: 105 °C
          often: { value: 3, note: sightings within two hours }
        rules:
          - { id: returns, mode: returning, severity: S3, advice: A3, component: c, skill: DIA,
              when: 'same code "P0*" $often times within 2h' }
          - id: hot
            mode: hot
            name: { en: Hot, zh: 过热 }
            severity: S2
            advice: A2
            component: c
            skill: ENG
            when: >-
              coolant_c > $hot for 5m while (engine running and speed_kmh > 40 km/h)
              or code "P0217" then coolant_c > 100 °C within 1h and not batt_v < 11 V between
            until: coolant_c < 95 °C for 3m
          - { id: both, mode: both, severity: S1, advice: A1, component: c, skill: ENG,
              when: 'code "P0217" and coolant_c > 100 and not batt_v < 11' }
          - { id: drift, mode: drift, severity: S4, advice: A4, component: c, skill: ENG,
              when: "median(coolant_c, 500 km) - baseline(coolant_c) > 8 K in 3 of 5 trips" }
        """

    /// A text with one slip or two.
    static func slipped(_ text: String, _ numbers: inout SeededNumbers) -> String {
        var scalars = Array(text.unicodeScalars)
        let strange = Array("\"'(){}[]|:,#$%&*<>=!-+/\\\n\t 09azAZ_.°好\u{0}".unicodeScalars)
        for _ in 0...numbers.below(2) {
            let place = numbers.below(scalars.count)
            switch numbers.below(6) {
            case 0: scalars.remove(at: place)
            case 1: scalars.insert(strange[numbers.below(strange.count)], at: place)
            case 2: scalars[place] = strange[numbers.below(strange.count)]
            case 3:
                scalars.removeSubrange(
                    place..<min(place + numbers.below(40), scalars.count))
            case 4:
                let piece = scalars[place..<min(place + numbers.below(40), scalars.count)]
                scalars.insert(contentsOf: piece, at: numbers.below(scalars.count))
            default: scalars.swapAt(place, numbers.below(scalars.count))
            }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    @Test("of a thousand slipped files puts none in force that is wrong, and names every place")
    func slips() throws {
        let folder = try ScratchFolder()
        let (rulesPath, modesPath) = (folder.path + "/vans.yaml", folder.path + "/modes.yaml")
        func write(_ text: String, _ path: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        try write(
            "rules: [\(rulesPath)]\nfailure_modes: [\(modesPath)]\n", folder.path + "/forewarn.yaml"
        )
        let load = {
            try SettingsReader.read(
                flags: [:], topics: [], environment: [:], file: folder.path + "/forewarn.yaml")
        }
        try write(Self.rules, rulesPath)
        try write(Self.modes, modesPath)
        var settings = try load()
        let desk = try ServiceDeskTests.desk(folder, try RuleSet(settings))
        let messages = ServiceDeskTests.traffic(seed: 1, count: 400, vehicles: 4)
        _ = try desk.take(ServiceDeskTests.batch(messages[..<200]))
        var numbers = SeededNumbers(7)
        var (refused, taken) = (0, 0)
        for round in 0..<1000 {
            let isMode = round % 5 == 4
            let text = Self.slipped(isMode ? Self.modes : Self.rules, &numbers)
            try write(isMode ? Self.rules : text, rulesPath)
            try write(isMode ? text : Self.modes, modesPath)
            let running = desk.rules.recorded
            switch try Reload.read(load, over: settings, desk.rules) {
            case .refused(let problems):
                refused += 1
                let place = try Regex(#"^.*/(vans|modes)\.yaml:[1-9][0-9]*:[1-9][0-9]*: error: \S"#)
                for problem in problems where try place.firstMatch(in: problem) == nil {
                    Issue.record("round \(round): \(problem)")
                }
                #expect(!problems.isEmpty && desk.rules.recorded == running, "round \(round)")
            case .ready(let next):
                taken += 1
                settings = next.settings
                #expect(!next.rules.program.rules.isEmpty, "round \(round)")
                // What can run can be read back from the journal.
                let again = try RuleSet(recorded: next.rules.recorded)
                #expect(again.program.meaning == next.rules.program.meaning, "round \(round)")
                if taken % 10 == 1 { try desk.change(to: next.rules) }
            }
        }
        #expect(refused > 500 && taken > 30, "\(refused) refused, \(taken) taken")
        _ = try desk.take(ServiceDeskTests.batch(messages[200...]))
        #expect(try Verification.run(desk.store, workers: .serial).difference == nil)
    }

    @Test("of nothing, of folders that are gone and of what is no text is refused with its reason")
    func unreadable() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/vans.yaml"
        let configuration = folder.path + "/forewarn.yaml"
        try Data(Self.rules.utf8).write(to: URL(fileURLWithPath: path))
        try Data("rules: [\(path)]\n".utf8).write(to: URL(fileURLWithPath: configuration))
        let load = {
            try SettingsReader.read(flags: [:], topics: [], environment: [:], file: configuration)
        }
        let settings = try load()
        let running = try RuleSet(settings)
        func problems() throws -> [String] {
            switch try Reload.read(load, over: settings, running) {
            case .refused(let problems): problems
            case .ready: []
            }
        }
        let deep = String(repeating: "[", count: 100_000)
        let large = "version: 1\nrules: [" + String(repeating: "a, ", count: 3_000_000) + "]\n"
        for (name, text, words) in [
            ("nothing", "", "vans.yaml:1:1: error: the file is empty"),
            ("no rules", "version: 1\n", "vans.yaml:1:1: error: "),
            ("deep", deep, "nested"), ("large", large, "vans.yaml:1:1: error: the file is larger"),
            ("zeros", String(repeating: "\u{0}", count: 40), "vans.yaml:1:1: error: "),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let found = try problems()
            #expect(found.contains { $0.contains(words) }, "\(name): \(found)")
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(try problems().first?.contains("there is no such rule file") == true)
        try Data("rules: [\(path)\n".utf8).write(to: URL(fileURLWithPath: configuration))
        #expect(try problems().first?.contains("forewarn.yaml:") == true)
    }
}
