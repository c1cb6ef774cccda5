import FaultRules
import Testing
import VehicleFaults
import YAMLSource

@Suite("Rosters") struct RosterReaderTests {
    static func read(yaml text: String) throws -> RosterReader {
        var reader = RosterReader()
        reader.add(file: try YAMLSource.parse("version: 1\n" + text, file: "r.yaml"))
        return reader
    }

    static func read(table text: String) -> RosterReader {
        var reader = RosterReader()
        reader.add(table: text, file: "r.csv")
        return reader
    }

    static func id(_ text: String) throws -> VehicleID { try #require(VehicleID(text)) }

    @Test("a table and YAML say the same") func alike() throws {
        let table = Self.read(
            table: """
                vehicle,device,make,software,note
                van-1,861 A4:CF,FAW,2.4.1,"big, red"
                VAN-2,,Foton,,

                """)
        let yaml = try Self.read(
            yaml: """
                vehicles:
                  - { vehicle: VAN-1, device: ["861", "A4:CF"], make: FAW, software: 2.4.1, note: "big, red" }
                  - { vehicle: VAN-2, make: Foton }
                """)
        #expect(table.diagnostics.isEmpty && yaml.diagnostics.isEmpty)
        #expect(table.roster == yaml.roster)
        let van = try #require(table.roster[Self.id("VAN-1")])
        #expect(van["make"] == "FAW" && van["note"] == "big, red" && van["device"] == "861 A4:CF")
        #expect(try table.roster[Self.id("VAN-2")]?.values == ["make": "Foton"])
        let devices = SourceRegistry(table.roster)
        #expect(try devices[Self.id("a4:cf")] == Self.id("VAN-1"))
    }

    static let wrongTables: [(name: String, text: String, message: String)] = [
        ("nothing", "", "r.csv:1:1: error: the table is empty"),
        ("no vehicles", "make\nFAW\n", "r.csv:1:1: error: the table needs the column \"vehicle\""),
        (
            "a column that no rule can ask for", "vehicle,Home town\nA,B\n",
            "r.csv:1:9: error: the column \"Home town\" is no name of an attribute: letters, digits"
        ),
        ("no vehicle", "vehicle,make\n,FAW\n", "r.csv:2:1: error: this is no vehicle: 1 to 40"),
        (
            "twice", "vehicle\nA\nB\na\n",
            "r.csv:4:1: error: this vehicle stands already at r.csv:2"
        ),
        (
            "a device of two", "vehicle,device\nA,D1\nB,D2;d1\n",
            "r.csv:3:3: error: the device \"d1\" belongs to another vehicle already, r.csv:2"
        ),
        (
            "a vehicle that is a device", "vehicle,device\nA,B\nB,C\n",
            "r.csv:3:3: error: the device \"C\" cannot have this vehicle, which is a device"
        ),
        ("a row too long", "vehicle\nA,B\n", "r.csv:2:1: error: a row of 2 cells"),
        (
            "too many attributes",
            "vehicle,\((0..<32).map { "a\($0)" }.joined(separator: ","))\nA,"
                + (0..<32).map { "\($0)" }.joined(separator: ",") + "\n",
            "r.csv:2:1: error: a vehicle has at most 32 attributes"
        ),
    ]
    @Test("a table says where it is wrong", arguments: wrongTables)
    func wrongTable(name: String, text: String, message: String) {
        let first = Self.read(table: text).diagnostics.first?.description ?? ""
        #expect(first.hasPrefix(message), "\(name): \(first)")
    }

    static let wrongFiles: [(name: String, text: String, message: String)] = [
        ("another key", "vehicle: []", "2:1: error: \"vehicle\" is not a key of a roster; did you"),
        ("no list", "vehicles: A", "2:11: error: \"vehicles\" must be a list, not a text"),
        ("no name", "vehicles: [{ make: A }]", "2:12: error: a vehicle needs the key \"vehicle\""),
        ("a list as make", "vehicles: [{ vehicle: A, make: [] }]", "2:32: error: \"make\" must be"),
        ("no reason", "false_codes: [{ code: P1 }]", "2:15: error: a false code needs the key"),
        (
            "no pattern", "false_codes: [{ code: \"P[1\", reason: r }]",
            "2:25: error: in the code pattern \"P[1\", a set needs"
        ),
        (
            "no comparison", "false_codes: [{ code: P1, reason: r, when: vehicle.model = 3 }]",
            "2:58: error: \"=\" is not a comparison; did you mean \"==\"?"
        ),
        (
            "what a vehicle says", "false_codes: [{ code: P1, reason: r, when: rpm > 3 }]",
            "2:44: error: which vehicles are meant is said by comparisons with texts"
        ),
    ]
    @Test("a file says where it is wrong", arguments: wrongFiles)
    func wrongFile(name: String, text: String, message: String) throws {
        let first = try Self.read(yaml: text).diagnostics.first?.description ?? ""
        #expect(first.hasPrefix("r.yaml:" + message), "\(name): \(first)")
    }

    static let sightings: [(name: String, code: String, model: String?, isFalse: Bool)] = [
        ("the model, before the new software", "P0420", "J6 2.4.1", true),
        ("the same, with a failure type", "P0420-1A", "J6 2.4.1", true),
        ("the new software", "P0420", "J6 2.4.2", false),
        ("another model", "P0420", "J7 2.4.1", false),
        ("another code", "P0421", "J6 2.4.1", false),
        ("a model whose software is not known", "P0420", "J6", false),
        ("a vehicle that is not known", "P0420", nil, false),
        ("a code that is false everywhere", "U3FFF", nil, true),
    ]
    @Test("a code is false on the vehicles that are meant", arguments: sightings)
    func isFalse(name: String, code: String, model: String?, isFalse: Bool) throws {
        let codes = try Self.read(
            yaml: """
                false_codes:
                  - code: P0420
                    when: vehicle.model == "J6" and vehicle.software < "2.4.2"
                    reason: limit set too low
                  - { code: U3FFF, reason: sent by the gateway when it starts }
                """
        ).falseCodes
        #expect(codes.count == 2)
        let words = model.map { $0.split(separator: " ").map(String.init) }
        let vehicle = words.map {
            VehicleAttributes(
                $0.count > 1 ? ["model": $0[0], "software": $0[1]] : ["model": $0[0]])
        }
        let read = try #require(FaultCode(text: code))
        #expect(codes.contains { $0.holds(read, on: vehicle) } == isFalse, "\(name)")
    }
}
