import Testing
import VehicleFaults

@Suite struct NounsTests {
    static let codes: [(text: String, scheme: FaultCode.Scheme, shown: String)] = [
        ("P0301", .obd, "P0301"), ("p2bac", .obd, "P2BAC"), ("C0123", .obd, "C0123"),
        ("B0003", .obd, "B0003"), ("U0100", .obd, "U0100"), ("P0301-1A", .uds, "P0301-1A"),
        ("P0301:1a", .uds, "P0301-1A"), ("P0301 1A", .uds, "P0301-1A"),
        ("P03011A", .uds, "P0301-1A"),
        ("SPN 110 FMI 0", .j1939, "SPN 110 FMI 0"),
        ("spn 524287 fmi 31", .j1939, "SPN 524287 FMI 31"),
        ("SPN 524288 FMI 0", .vendor, "SPN 524288 FMI 0"), ("P4301", .vendor, "P4301"),
        ("E-stop", .vendor, "E-STOP"), ("X", .vendor, "X"),
    ]

    @Test("codes are read as devices write them", arguments: codes)
    func readsCodes(text: String, scheme: FaultCode.Scheme, shown: String) throws {
        let code = try #require(FaultCode(text: text))
        #expect(code.scheme == scheme)
        #expect(code.description == shown)
        #expect(FaultCode(text: code.description) == code)
        let stored = code.stored
        #expect(FaultCode(scheme: code.scheme.rawValue, high: stored.high, low: stored.low) == code)
    }

    @Test(
        "what is no code is not taken for one",
        arguments: ["", "12345678901234567", "P03\u{7}1", "失火"])
    func refusesCodes(text: String) { #expect(FaultCode(text: text) == nil) }

    @Test("every two-byte code is shown as it is read") func allCodes() {
        for number in UInt16.min...UInt16.max {
            let code = FaultCode(obd: number)
            #expect(FaultCode(text: code.description) == code, "\(number)")
        }
    }

    static let identifiers: [(text: String, masked: String, isVIN: Bool)] = [
        ("LFV3B28R8A3025310", "LFV…5310", true), ("lfv3b28r8a3025310", "LFV…5310", true),
        ("NLVIN123456789ABC", "NLV…9ABC", false), ("356307042441013", "356…1013", false),
        ("TRUCK-7", "T…", false), ("2f1acc6e-9d1b-4c3e-8f0a-5b7c2d9e1a34", "2F1…1A34", false),
    ]

    @Test("identifiers are kept in upper case and shown masked", arguments: identifiers)
    func readsIdentifiers(text: String, masked: String, isVIN: Bool) throws {
        let vehicle = try #require(VehicleID(text))
        #expect(vehicle.description == text.uppercased())
        #expect(vehicle.masked == masked)
        #expect(vehicle.isVIN == isVIN)
    }

    @Test(
        "identifiers that cannot be kept are refused",
        arguments: ["", "a b", "a\n", "é", String(repeating: "A", count: 41)])
    func refusesIdentifiers(text: String) { #expect(VehicleID(text) == nil) }

    @Test("identifiers are ordered as their texts, and equal ones hash alike") func order() throws {
        let texts = ["A", "AA", "AB", "B", "LFV3B28R8A3025310", "LFV3B28R8A3025311", "Z-1"]
        let vehicles = texts.compactMap { VehicleID($0) }
        #expect(vehicles.count == texts.count)
        #expect(vehicles.shuffled().sorted() == vehicles)
        #expect(Set(vehicles.map(\.mixed)).count == texts.count)
        #expect(VehicleID("abc")?.mixed == VehicleID("ABC")?.mixed)
    }

    static let times: [(milliseconds: Int64, offset: Int, text: String)] = [
        (0, 0, "1970-01-01T00:00:00.000Z"), (-1, 0, "1969-12-31T23:59:59.999Z"),
        (1_772_431_805_120, 480, "2026-03-02T14:10:05.120+08:00"),
        (951_782_400_000, 0, "2000-02-29T00:00:00.000Z"),
        (4_102_444_799_999, -210, "2099-12-31T20:29:59.999-03:30"),
        (1_709_164_799_999, 0, "2024-02-28T23:59:59.999Z"),
        (-62_167_219_200_000, 0, "0000-01-01T00:00:00.000Z"),
        (-62_167_219_200_001, 0, "-0001-12-31T23:59:59.999Z"),
        (253_402_300_799_999, 0, "9999-12-31T23:59:59.999Z"),
        (253_402_300_800_000, 0, "010000-01-01T00:00:00.000Z"),
    ]

    @Test("times are written as RFC 3339", arguments: times)
    func writesTimes(milliseconds: Int64, offset: Int, text: String) {
        #expect(EventTime(milliseconds: milliseconds).text(offset: offset) == text)
    }

    @Test("days and dates are inverse to each other") func calendar() {
        for day in stride(from: -200_000, through: 200_000, by: 37) {
            let date = EventTime.date(fromDays: day)
            #expect(EventTime.days(year: date.year, month: date.month, day: date.day) == day)
        }
    }

    @Test("a table of names finds each, also long ones that begin alike") func signalNames() throws
    {
        let names =
            (0..<300).map { "signal_with_a_long_name_\($0)" } + ["a", "coolant_c", "coolant_k"]
        var table = SignalNames(names)
        #expect(table.count == names.count)
        for (index, name) in names.enumerated() {
            #expect(table.find(name)?.index == UInt32(index))
        }
        #expect(table.find("coolant") == nil)
        #expect(table.find("signal_with_a_long_name_300") == nil)
        let new = Array("new".utf8)
        let added = table.insert(new.span)
        #expect(added.map { table[$0] } == "new")
        let long = [UInt8](repeating: 0x41, count: 65)
        let refused = table.insert(long.span)
        #expect(refused == nil)
    }

    @Test("severities are ordered by urgency") func severities() {
        #expect(Severity.allCases.sorted() == [Severity.s4, .s3, .s2, .s1])
        #expect(Severity.allCases.allSatisfy { Severity(name: $0.name) == $0 })
        #expect(Advice.allCases.allSatisfy { Advice(name: $0.name) == $0 })
        #expect(Severity(name: "S5") == nil)
    }
}
