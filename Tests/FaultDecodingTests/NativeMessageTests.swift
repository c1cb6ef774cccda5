import FaultDecoding
import Testing
import VehicleFaults

@Suite("native messages") struct NativeMessageTests {
    @Test("a usual message gives everything it says") func usual() throws {
        let buffer = try read(
            """
            {"topic":"v1/LSV0APA4K37556888/ev","vin":"LSV0APA4K37556888",\
            "ts":"2026-03-01T00:00:01.209Z","odo_km":198556.5,"engine_h":4963.98,\
            "dtcs":[{"code":"P0301","status":"confirmed","fmi":null}],\
            "signals":{"coolant_c":91.47,"batt_v":13.450,"oil_kpa":288.9}}
            """)
        let report = try #require(buffer.reports.first)
        #expect(report.vehicle.description == "LSV0APA4K37556888")
        #expect(report.claimed?.description == "2026-03-01T00:00:01.209Z")
        #expect(report.sequence == nil)
        #expect(report.odometerKilometres == 198556.5)
        #expect(report.engineHours == 4963.98)
        #expect(report.list == .unstated)
        #expect(report.sightings == 0..<1)
        #expect(report.readings == 0..<2)
        #expect(buffer.sightings.map(\.summary) == ["P0301 confirmed"])
        #expect(buffer.readings.map(\.value) == [91.47, 13.45])
        #expect(buffer.readings.map(\.signal.index) == [0, 1])
        #expect(buffer.unknownFields == 1, "oil_kpa is not watched")
        #expect(buffer.refusedValues == 0)
    }

    @Test("ranges continue from what the buffer holds") func ranges() throws {
        var decoder = MessageDecoder.native
        var buffer = ReportBuffer()
        let message = Array(
            #"{"vin":"A","dtcs":["P0301"],"signals":{"batt_v":1,"coolant_c":2}}"#.utf8)
        try decoder.decode(message, into: &buffer)
        try decoder.decode(message, into: &buffer)
        #expect(buffer.reports.map(\.sightings) == [0..<1, 1..<2])
        #expect(buffer.reports.map(\.readings) == [0..<2, 2..<4])
    }

    static let lists: [(name: String, fields: String, list: FaultList, codes: [String])] = [
        ("no list", "", .absent, []),
        ("null", #""dtcs":null"#, .absent, []),
        ("null and complete", #""dtcs":null,"complete":true"#, .absent, []),
        ("empty", #""dtcs":[]"#, .unstated, []),
        ("empty with blanks", "\"dtcs\": [ \n]", .unstated, []),
        ("complete", #""complete":true,"dtcs":[]"#, .snapshot, []),
        ("complete, said later", #""dtcs":["P0301"],"complete":true"#, .snapshot, ["P0301"]),
        ("incomplete", #""dtcs":["P0301"],"complete":false"#, .delta, ["P0301"]),
        ("null for complete", #""dtcs":[],"complete":null"#, .unstated, []),
        (
            "all kinds of codes", #""dtcs":["p0301","P03011A",{"code":"U0100:00"},"OEM-7"]"#,
            .unstated, ["P0301", "P0301-1A", "U0100-00", "OEM-7"]
        ),
        (
            "SPN and FMI", #""dtcs":[{"spn":110,"fmi":0,"status":"active","oc":3,"ecu":0}]"#,
            .unstated, ["SPN 110 FMI 0 active @0 x3"]
        ),
        (
            "null for the code of an SPN", #""dtcs":[{"code":null,"spn":91,"fmi":3}]"#, .unstated,
            [
                "SPN 91 FMI 3"
            ]
        ),
        ("FMI beside a code", #""dtcs":[{"code":"P0301","fmi":31}]"#, .unstated, ["P0301"]),
        (
            "nonsense FMI beside a code", #""dtcs":[{"code":"P0301","fmi":-1}]"#, .unstated,
            ["P0301"]
        ),
        ("SPN beside a code", #""dtcs":[{"code":"P0301","spn":1,"fmi":2}]"#, .unstated, ["P0301"]),
        (
            "several statuses", #""dtcs":[{"code":"P0301","status":["pending","confirmed"]}]"#,
            .unstated, ["P0301 pending|confirmed"]
        ),
        (
            "joined statuses",
            #""dtcs":[{"code":"P0301","status":"permanent|active|history|cleared"}]"#, .unstated,
            ["P0301 permanent|active|history|cleared"]
        ),
        ("no status", #""dtcs":[{"code":"P0301","status":null}]"#, .unstated, ["P0301"]),
        ("no statuses", #""dtcs":[{"code":"P0301","status":[]}]"#, .unstated, ["P0301"]),
        (
            "the unit of the list", #""dtcs":["P0301",{"code":"P0302","ecu":"TCM"}],"ecu":"ECM""#,
            .unstated, ["P0301 @ECM", "P0302 @TCM"]
        ),
        ("an absurd count", #""dtcs":[{"code":"P0301","oc":-3}]"#, .unstated, ["P0301"]),
        (
            "escapes", #""dtcs":[{"co\u0064e":"P\u0030301","status":"activ\u0065"}]"#, .unstated,
            [
                "P0301 active"
            ]
        ),
    ]
    @Test("a list of faults is read", arguments: lists)
    func list(name: String, fields: String, list: FaultList, codes: [String]) throws {
        let buffer = try read(#"{"vin":"A"\#(fields.isEmpty ? "" : ",")\#(fields)}"#)
        #expect(buffer.reports[0].list == list, "\(name)")
        #expect(buffer.sightings.map(\.summary) == codes, "\(name)")
    }

    @Test("a list's unit is named in the report, and only with a list") func listECU() throws {
        #expect(try read(#"{"vin":"A","ecu":7,"dtcs":[]}"#).reports[0].ecu == ShortText("7"))
        #expect(try read(#"{"vin":"A","ecu":"X"}"#).reports[0].ecu == .empty)
        #expect(try read(#"{"vin":"A","dtcs":[]}"#).reports[0].listStatus == [])
    }

    @Test("a freeze frame keeps the known signals") func freeze() throws {
        let buffer = try read(
            #"""
            {"vin":"A","dtcs":[{"code":"P0301","freeze":{"coolant_c":90,"x":1}},
            {"freeze":{"batt_v":12.5,"coolant_c":-3},"code":"P0302"}],"signals":{"batt_v":13}}
            """#)
        #expect(buffer.sightings.map(\.freeze) == [0..<1, 1..<3])
        #expect(buffer.freezeReadings.map(\.value) == [90, 12.5, -3])
        #expect(buffer.readings.map(\.value) == [13])
        #expect(buffer.unknownFields == 1)
    }

    static let vehicles: [(name: String, text: String, vehicle: String)] = [
        ("vin", #"{"vin":"WVWZZZ1JZXW000001"}"#, "WVWZZZ1JZXW000001"),
        ("vehicle", #"{"vehicle":"van-7"}"#, "VAN-7"),
        ("both, in other cases", #"{"vin":"van-7","vehicle":"VAN-7"}"#, "VAN-7"),
        ("null and a name", #"{"vin":null,"vehicle":"a"}"#, "A"),
        (
            "a UUID", #"{"vin":"123e4567-e89b-12d3-a456-426614174000"}"#,
            "123E4567-E89B-12D3-A456-426614174000"
        ),
        ("17 characters in lower case", #"{"vin":"wvwzzz1jzxw000001"}"#, "WVWZZZ1JZXW000001"),
        (
            "40 characters", #"{"vin":"0123456789012345678901234567890123456789"}"#,
            "0123456789012345678901234567890123456789"
        ),
        ("16 characters", #"{"vin":"0123456789ABCDEF"}"#, "0123456789ABCDEF"),
        ("24 characters", #"{"vin":"0123456789ABCDEFGHIJKLM~"}"#, "0123456789ABCDEFGHIJKLM~"),
        ("25 characters", #"{"vin":"0123456789ABCDEFGHIJKLMNO"}"#, "0123456789ABCDEFGHIJKLMNO"),
        ("an escaped name", #"{"vin":"A\u0042\/C"}"#, "AB/C"),
    ]
    @Test("a vehicle is named", arguments: vehicles)
    func vehicle(name: String, text: String, vehicle: String) throws {
        let read = try read(text).reports[0].vehicle
        #expect(read.description == vehicle, "\(name)")
        #expect(read == VehicleID(vehicle), "\(name)")
    }

    static let scalars: [(name: String, text: String, unknown: Int, refused: Int)] = [
        ("nothing but a name", #"{"vin":"A"}"#, 0, 0),
        ("blanks everywhere", " {\t\"vin\" :\r\n \"A\" , \"odo_km\" : 1.5 } \n", 0, 0),
        ("version 1", #"{"v":1,"vin":"A"}"#, 0, 0),
        ("version 1.0 and null", #"{"vin":"A","v":1.0}"#, 0, 0),
        (
            "nulls",
            #"{"v":null,"vin":"A","ts":null,"seq":null,"odo_km":null,"engine_h":null,"ecu":null,"signals":null,"dtcs":null}"#,
            0, 0
        ),
        (
            "fields of later versions", #"{"vin":"A","gps":[1,{"a":[]}],"x":{},"y":"\n","z":-1e5}"#,
            4, 0
        ),
        ("topic and type", #"{"t":{"a":1},"topic":"x","vin":"A"}"#, 0, 0),
        ("refused values", #"{"vin":"A","signals":{"batt_v":"13","coolant_c":[1]}}"#, 0, 2),
        ("absurd values", #"{"vin":"A","signals":{"batt_v":1e301,"coolant_c":-1e302}}"#, 0, 2),
        ("a null and a bool", #"{"vin":"A","signals":{"batt_v":null,"coolant_c":true}}"#, 0, 1),
        ("an unwatched value of any kind", #"{"vin":"A","signals":{"a":null,"b":{},"c":1}}"#, 3, 0),
        (
            "unknown fields of a fault", #"{"vin":"A","dtcs":[{"text":"misfire","code":"P0301"}]}"#,
            1, 0
        ),
        ("an unknown name twice", #"{"vin":"A","x":1,"x":2,"signals":{"y":1,"y":2}}"#, 4, 0),
        ("a name with an escaped NUL", #"{"vin":"A","vin\u0000":"B"}"#, 1, 0),
        ("text beyond ASCII", #"{"vin":"A","note":"Öldruck 油圧"}"#, 1, 0),
    ]
    @Test("what is not taken is counted", arguments: scalars)
    func counts(name: String, text: String, unknown: Int, refused: Int) throws {
        let buffer = try read(text)
        #expect(buffer.reports.count == 1, "\(name)")
        #expect(buffer.unknownFields == unknown, "\(name)")
        #expect(buffer.refusedValues == refused, "\(name)")
        #expect(buffer.readings.isEmpty, "\(name)")
    }

    @Test("the sequence number keeps all 64 bits") func sequence() throws {
        #expect(try read(#"{"vin":"A","seq":18446744073709551615}"#).reports[0].sequence == .max)
        #expect(try read(#"{"vin":"A","seq":0}"#).reports[0].sequence == 0)
    }

    @Test("a learning table takes every name, of any length up to its limit") func learns() throws {
        var decoder = MessageDecoder(names: SignalNames(learns: true))
        var buffer = ReportBuffer()
        let long = String(repeating: "n", count: 64)
        let members = (0..<100).map { "\"signal_\($0)\":\($0)" }.joined(separator: ",")
        let text = #"{"vin":"A","signals":{\#(members),"\#(long)":1,"\#(long)n":2,"\u0061":3}}"#
        for round in 1...3 {
            try decoder.decode(Array(text.utf8), into: &buffer)
            #expect(buffer.readings.count == round * 102)
        }
        #expect(decoder.names.count == 102)
        #expect(decoder.names.names.last == "a")
        #expect(buffer.unknownFields == 3, "one name is too long")
        let twice = #"{"vin":"A","signals":{"signal_0":1,"signal_99":1,"x":2,"signal_99":3}}"#
        #expect(refusal(Array(twice.utf8), decoder)?.reason == .duplicateKey)
    }

    @Test("the digest tells payloads apart, and is the same in every process") func digest() throws
    {
        let first = try read(#"{"vin":"A","seq":1}"#).reports[0].digest
        #expect(try read(#"{"vin":"A","seq":1}"#).reports[0].digest == first)
        #expect(try read(#"{"vin":"A","seq":2}"#).reports[0].digest != first)
        #expect(try read(#"{"vin":"A","seq":1} "#).reports[0].digest != first)
        #expect(first == 2_334_179_340_065_144_492, "this very number stands in journals")
        var seen: Set<UInt64> = []
        for length in 0..<300 {
            let text = #"{"vin":"A","x":"\#(String(repeating: "y", count: length))"}"#
            seen.insert(try read(text).reports[0].digest)
        }
        #expect(seen.count == 300)
    }
}
