import VehicleFaults

/// Reads the vehicles that a site knows, from tables and YAML.
///
/// ```text
/// vehicle,device,make,model,year,region,software
/// LFV3B28R8A3025310,861234567890123,FAW,J6,2021,CN-SH,2.4.1
/// ```
///
/// ```yaml
/// version: 1
/// vehicles:
///   - { vehicle: LFV3B28R8A3025310, device: ["861234567890123"], model: J6, software: 2.4.1 }
/// false_codes:
///   - { code: P0420, when: vehicle.model == "J6" and vehicle.software < "2.4.2", reason: wrong limit }
/// ```
public struct RosterReader {
    /// What is known of each vehicle.
    public private(set) var roster = VehicleRoster()
    /// Codes that mean nothing, in the order in which they were read.
    public private(set) var falseCodes: [FalseCode] = []
    private var reader = NodeReader()
    private var places: [VehicleID: SourcePosition] = [:]
    private var registry = SourceRegistry()

    /// The most attributes of a vehicle.
    public static let mostAttributes = 32
    /// The most false codes, since each sighting of a code is compared with all of them.
    public static let mostFalseCodes = 256
    /// The largest table, in bytes.
    public static let largestTable = 32 << 20

    /// What is wrong, in the order in which it was read.
    public var diagnostics: [Diagnostic] { reader.diagnostics }
    public var hasErrors: Bool { reader.hasErrors }

    public init() {}

    /// Notes what is wrong with a file that could not be read at all.
    public mutating func note(_ diagnostic: Diagnostic) { reader.note(diagnostic) }

    /// Whether a file's name says that it holds a table.
    public static func isTable(_ name: String) -> Bool { name.hasSuffix(".csv") }

    /// Whether a YAML file holds a roster.
    public static func holdsRoster(_ root: SourceNode) -> Bool {
        guard case .mapping(let pairs) = root.content else { return false }
        return pairs.contains { ["vehicles", "false_codes"].contains($0.key.text) }
    }

    /// Adds the vehicles of a table: a row each, with the column `vehicle` and any others.
    public mutating func add(table text: String, file: String) {
        let start = SourceNode(
            .scalar("", lines: []), at: SourcePosition(file: file, line: 1, column: 1))
        guard text.utf8.count <= Self.largestTable else {
            reader.fail(start, "the table is larger than \(Self.largestTable) bytes")
            return
        }
        do throws(Diagnostic) {
            for cell in try CommaText.heading(text, file: file) {
                guard let name = cell.text, !Self.isName(name) else { continue }
                reader.fail(cell, "the column \"\(name)\" \(Self.nameRule)")
            }
            let rows = try CommaText.table(text, file: file, required: ["vehicle"])
            for var row in rows {
                guard let vehicle = row.removeValue(forKey: "vehicle") else { continue }
                let devices = row.removeValue(forKey: SourceRegistry.attribute)
                add(
                    vehicle, devices: devices.map { [$0] } ?? [], row.filter { $0.value.text != "" }
                )
            }
        } catch {
            reader.note(error)
        }
    }

    /// Adds the vehicles and false codes of a YAML document.
    public mutating func add(file root: SourceNode) {
        guard
            let fields = reader.mapping(
                root, what: "a roster", known: ["version", "vehicles", "false_codes"],
                required: ["version"])
        else { return }
        if let version = fields["version"], version.text != "1" {
            reader.fail(version, "this version of rosters is not known", suggestion: "1")
        }
        for node in reader.list(fields["vehicles"], "vehicles") { add(vehicle: node) }
        for node in reader.list(fields["false_codes"], "false_codes") { add(falseCode: node) }
    }

    private mutating func add(vehicle node: SourceNode) {
        guard case .mapping(let pairs) = node.content else {
            reader.fail(node, "a vehicle must be a mapping, not \(node.kind)")
            return
        }
        var values: [String: SourceNode] = [:]
        for (key, value) in pairs {
            guard let name = key.text, Self.isName(name) else {
                reader.fail(key, "the key \"\(key.text ?? "")\" \(Self.nameRule)")
                continue
            }
            if values.updateValue(value, forKey: name) != nil {
                reader.fail(key, "\"\(name)\" is given twice")
            }
        }
        guard let vehicle = values.removeValue(forKey: "vehicle") else {
            reader.fail(node, "a vehicle needs the key \"vehicle\"")
            return
        }
        var devices: [SourceNode] = []
        if let named = values.removeValue(forKey: SourceRegistry.attribute) {
            if named.text == nil {
                devices = reader.list(named, SourceRegistry.attribute)
            } else {
                devices = [named]
            }
        }
        add(vehicle, devices: devices, values)
    }

    private static let nameRule: Saying =
        "is no name of an attribute: letters, digits and \"_\", a letter first"

    /// Whether a rule can ask for `vehicle.` and this.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first | 0x20 >= 0x61, first | 0x20 <= 0x7A,
            text.utf8.count <= SignalNames.longest
        else { return false }
        return text.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || byte == 0x5F
        }
    }

    private mutating func add(
        _ node: SourceNode, devices: [SourceNode], _ values: [String: SourceNode]
    ) {
        guard let vehicle = node.text.flatMap({ VehicleID($0) }) else {
            reader.fail(
                node,
                "this is no vehicle: 1 to \(VehicleID.longest) printable ASCII characters without blanks"
            )
            return
        }
        if let before = places[vehicle] {
            reader.fail(node, "this vehicle stands already at \(before.file):\(before.line)")
            return
        }
        places[vehicle] = node.position
        guard values.count < Self.mostAttributes else {
            reader.fail(node, "a vehicle has at most \(Self.mostAttributes) attributes")
            return
        }
        var attributes: [String: String] = [:]
        for (name, value) in values.sorted(by: { $0.value.position < $1.value.position }) {
            if let text = reader.text(value, name) { attributes[name] = text }
        }
        let names = devices.flatMap { self.devices($0, of: vehicle) }
        if !names.isEmpty { attributes[SourceRegistry.attribute] = names.joined(separator: " ") }
        roster[vehicle] = VehicleAttributes(attributes)
    }

    /// The devices that a text names, apart by blanks or semicolons.
    private mutating func devices(_ node: SourceNode, of vehicle: VehicleID) -> [String] {
        guard let text = node.text else {
            reader.fail(node, "a device must be a text, not \(node.kind)")
            return []
        }
        return text.split { $0 == " " || $0 == ";" }.compactMap { word in
            guard let device = VehicleID(word) else {
                reader.fail(node, "\"\(word)\" is not a device's identifier")
                return nil
            }
            do throws(SourceRegistry.Claimed) {
                try registry.add(device, to: vehicle)
                return String(word)
            } catch {
                let line = places[error.vehicle].map { ", \($0.file):\($0.line)" } ?? ""
                reader.fail(
                    node,
                    error.source == device
                        ? "the device \"\(word)\" belongs to another vehicle already\(line)"
                        : "the device \"\(word)\" cannot have this vehicle, which is a device of "
                            + "another one\(line)")
                return nil
            }
        }
    }

    private mutating func add(falseCode node: SourceNode) {
        guard
            let fields = reader.mapping(
                node, what: "a false code", known: ["code", "when", "reason"],
                required: ["code", "reason"]),
            let place = fields["code"], let code = reader.text(place, "code"),
            let reason = reader.text(fields["reason"], "reason")
        else { return }
        guard falseCodes.count < Self.mostFalseCodes else {
            reader.fail(node, "more than \(Self.mostFalseCodes) false codes")
            return
        }
        var pattern: CodePattern?
        do throws(CodePattern.Malformed) {
            pattern = try CodePattern(code)
        } catch {
            reader.note(
                Diagnostic(
                    .error, at: place.position(ofCharacter: error.offset),
                    "in the code pattern \"\(code)\", \(error.reason)"))
        }
        let text = fields["when"] == nil ? nil : reader.text(fields["when"], "when")
        guard let pattern, (text == nil) == (fields["when"] == nil) else { return }
        do throws(ExpressionLexer.Failure) {
            falseCodes.append(
                try FalseCode(pattern, on: text, reason: reason, position: node.position))
        } catch {
            reader.note(
                Diagnostic(
                    .error,
                    at: fields["when"]?.position(ofCharacter: error.offset) ?? node.position,
                    error.message, suggestion: error.suggestion))
        }
    }
}
