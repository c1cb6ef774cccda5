import FaultRules
import Testing
import YAMLSource

@Suite("The catalogue of failure modes") struct FailureModeTests {
    static func mode(_ id: String, _ more: String = "") -> String {
        "  - { id: \(id), name: { en: A, zh: 甲 }, component: c, skill: ENG, hours: 1.5\(more) }\n"
    }

    static func read(_ modes: String) throws -> FailureModeReader {
        var reader = FailureModeReader()
        reader.add(
            file: try YAMLSource.parse("version: 1\nfailure_modes:\n" + modes, file: "m.yaml"))
        reader.finish()
        return reader
    }

    @Test("a mode has all that a ticket needs") func whole() throws {
        let reader = try Self.read(
            """
              - id: misfire
                name: { en: Misfire, zh: 失火 }
                component: coil
                suppresses: [catalyst, "egr-*"]
                procedure: swap-test
                skill: ENG
                level: 3
                hours: 1.5
                parts: [COIL-1, { part: PLUG-2, quantity: 4, name: { en: Plug, zh: 火花塞 } }]
                driver_advice: { en: Go easy., zh: 缓慢驾驶。 }

            """ + Self.mode("catalyst") + Self.mode("egr-flow")
                + "components: [{ id: coil, name: { en: Coil, zh: 线圈 } }, { id: COIL-1, name: X }]\n"
        )
        #expect(reader.diagnostics.isEmpty)
        let mode = try #require(reader.catalogue["misfire"])
        #expect(mode.suppresses == ["catalyst", "egr-*"] && mode.level == 3 && mode.hours == 1.5)
        #expect(mode.parts.map(\.number) == ["COIL-1", "PLUG-2"])
        #expect(mode.parts.map(\.quantity) == [1, 4])
        #expect(mode.driverAdvice?.zh == "缓慢驾驶。" && mode.procedure?.en == "swap-test")
        #expect(reader.catalogue["catalyst"]?.level == 1)
        // A part's name does for a component, unless the component has one of its own.
        #expect(
            reader.catalogue.componentNames.mapValues(\.zh) == [
                "coil": "线圈", "COIL-1": "X", "PLUG-2": "火花塞",
            ])
    }

    static let mistakes: [(name: String, modes: String, message: String)] = [
        (
            "no hours", "  - { id: a, name: b, component: c, skill: d }\n",
            "3:5: error: a failure mode needs the key \"hours\""
        ),
        (
            "twice", mode("a") + mode("a"),
            "4:11: error: the failure mode \"a\" exists already at m.yaml:3"
        ),
        (
            "hours of a text", mode("a").replacing("1.5", with: "long"),
            "3:71: error: \"hours\" is a number from 0 to 1000"
        ),
        (
            "an unknown symptom", mode("catalyst") + mode("b", ", suppresses: [catalist]"),
            "4:89: error: there is no failure mode \"catalist\"; did you mean \"catalyst\"?"
        ),
        (
            "no such family", mode("a", ", suppresses: [\"egr-*\"]"),
            "3:89: error: there is no failure mode \"egr-*\""
        ),
        (
            "itself", mode("a", ", suppresses: [a]"),
            "3:89: error: a failure mode cannot suppress itself"
        ),
        (
            "a circle", mode("a", ", suppresses: [b]") + mode("b", ", suppresses: [a]"),
            "3:89: error: \"a\" and \"b\" suppress each other, so neither would be told"
        ),
        (
            "a part without number", mode("a", ", parts: [{ quantity: 2 }]"),
            "3:84: error: a part needs the key \"part\""
        ),
        (
            "a component twice",
            mode("a") + "components: [{ id: c, name: x }, { id: c, name: y }]\n",
            "4:40: error: the component \"c\" has a name already"
        ),
        (
            "one language", mode("a").replacing(", zh: 甲", with: ""),
            "3:20: error: \"name\" needs the key \"zh\""
        ),
    ]
    @Test("says where the catalogue is wrong", arguments: mistakes)
    func saysWhere(name: String, modes: String, message: String) throws {
        let reader = try Self.read(modes)
        #expect(
            reader.diagnostics.map(\.description).contains("m.yaml:" + message),
            "\(name): \(reader.diagnostics)")
    }

    @Test("a rule's mode must be in the catalogue") func unknownMode() throws {
        var rules = RulePackReader()
        rules.add(
            file: try YAMLSource.parse(
                """
                version: 1
                rules:
                  - { id: r, mode: misfires, severity: S3, advice: A3, component: c, skill: d, when: rpm > 1 }
                """, file: "r.yaml"))
        let catalogue = try Self.read(Self.mode("misfire")).catalogue
        #expect(
            catalogue.check(rules.program).map(\.description) == [
                "r.yaml:3:5: error: no failure mode of the catalogue is \"misfires\", which the rule "
                    + "\"r\" names; did you mean \"misfire\"?"
            ])
    }
}
