import VehicleFaults

/// Reads the catalogue of failure modes.
///
/// ```yaml
/// version: 1
/// failure_modes:
///   - id: cylinder-misfire
///     name: { en: Cylinder misfire, zh: 气缸失火 }
///     component: ignition-coil
///     suppresses: [catalyst-damage]
///     procedure: swap-test
///     skill: ENG
///     level: 2
///     hours: 1.0
///     parts: [COIL-12, { part: PLUG-7, quantity: 4, name: { en: Spark plug, zh: 火花塞 } }]
///     driver_advice: { en: Avoid full load., zh: 避免急加速。 }
/// components:
///   - { id: radiator, name: { en: Radiator, zh: 散热器 } }
/// ```
public struct FailureModeReader {
    public private(set) var catalogue = FailureModeCatalogue()
    private var reader = NodeReader()
    /// Where each name under `suppresses` stands.
    private var suppressed: [(mode: String, name: String, node: SourceNode)] = []

    /// What is wrong, in the order in which it was read.
    public var diagnostics: [Diagnostic] { reader.diagnostics }
    public var hasErrors: Bool { reader.hasErrors }

    public init() {}

    /// Adds the modes of one file.
    public mutating func add(file root: SourceNode) {
        guard
            let fields = reader.mapping(
                root, what: "a file of failure modes",
                known: ["version", "failure_modes", "components"],
                required: ["version", "failure_modes"])
        else { return }
        if let version = fields["version"], version.text != "1" {
            reader.fail(version, "this version of failure modes is not known", suggestion: "1")
        }
        for node in reader.list(fields["failure_modes"], "failure_modes") { add(mode: node) }
        for node in reader.list(fields["components"], "components") { add(component: node) }
    }

    private mutating func add(component node: SourceNode) {
        guard
            let fields = reader.mapping(
                node, what: "a component", known: ["id", "name"], required: ["id", "name"])
        else { return }
        let id = reader.identifier(fields["id"], "id")
        let name = reader.bilingual(fields["name"], "name")
        guard let id, let name else { return }
        if !catalogue.add(component: id, name), let place = fields["id"] {
            reader.fail(place, "the component \"\(id)\" has a name already")
        }
    }

    private mutating func add(mode node: SourceNode) {
        let required = ["id", "name", "component", "skill", "hours"]
        let known =
            required + ["suppresses", "procedure", "level", "parts", "driver_advice", "waits_for"]
        guard
            let fields = reader.mapping(
                node, what: "a failure mode", known: known, required: required)
        else { return }
        let id = reader.identifier(fields["id"], "id")
        let name = reader.bilingual(fields["name"], "name")
        let component = reader.identifier(fields["component"], "component")
        let skill = reader.identifier(fields["skill"], "skill")
        let hours = reader.number(fields["hours"], "hours", in: 0...1000)
        guard let id, let name, let component, let skill, let hours else { return }
        var mode = FailureMode(
            id: id, name: name, component: component, skill: skill, hours: hours,
            position: node.position)
        mode.procedure = reader.bilingual(fields["procedure"], "procedure")
        mode.level = reader.whole(fields["level"], "level", in: 1...4) ?? 1
        mode.driverAdvice = reader.bilingual(fields["driver_advice"], "driver_advice")
        mode.parts = reader.list(fields["parts"], "parts").compactMap { part($0) }
        let missing = FailureMode.Missing.allCases.map(\.rawValue)
        mode.waitsFor = reader.list(fields["waits_for"], "waits_for").compactMap { item in
            reader.choice(item, "waits_for", missing) { FailureMode.Missing(rawValue: $0) }
        }
        for item in reader.list(fields["suppresses"], "suppresses") {
            guard let name = reader.text(item, "suppresses") else { continue }
            mode.suppresses.append(name)
            suppressed.append((id, name, item))
        }
        if !catalogue.add(mode), let place = fields["id"], let other = catalogue[id]?.position {
            reader.fail(
                place, "the failure mode \"\(id)\" exists already at \(other.file):\(other.line)")
        }
    }

    private mutating func part(_ node: SourceNode) -> FailureMode.Part? {
        if let number = node.text, !number.isEmpty { return FailureMode.Part(number: number) }
        guard
            let fields = reader.mapping(
                node, what: "a part", known: ["part", "name", "quantity"], required: ["part"]),
            let number = reader.text(fields["part"], "part")
        else { return nil }
        return FailureMode.Part(
            number: number, name: reader.bilingual(fields["name"], "name"),
            quantity: reader.whole(fields["quantity"], "quantity", in: 1...1000) ?? 1)
    }

    /// Says what can only be said when all files have been added: modes that do not exist, or that
    /// suppress each other in a circle.
    public mutating func finish() {
        let names = catalogue.modes.map(\.id)
        for (mode, name, node) in suppressed {
            if Self.matches(name, mode), !name.hasSuffix("*") {
                reader.fail(node, "a failure mode cannot suppress itself")
            } else if !names.contains(where: { Self.matches(name, $0) }) {
                reader.fail(
                    node, "there is no failure mode \"\(name)\"",
                    suggestion: NearestName.find(name, among: names))
            } else if name == names.first(where: { $0 == name }), reaches(mode, from: name) {
                reader.fail(
                    node,
                    "\"\(mode)\" and \"\(name)\" suppress each other, so neither would be told")
            }
        }
    }

    private static func matches(_ pattern: String, _ name: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
    }

    /// Whether `mode` is suppressed by `start`, perhaps by way of others.
    private func reaches(_ mode: String, from start: String) -> Bool {
        var seen: Set<String> = [start]
        var waiting = [start]
        while let next = waiting.popLast() {
            for name in catalogue[next]?.suppresses ?? [] {
                if name == mode { return true }
                if seen.insert(name).inserted { waiting.append(name) }
            }
        }
        return false
    }
}
