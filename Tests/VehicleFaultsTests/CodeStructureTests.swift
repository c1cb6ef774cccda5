import Testing
import VehicleFaults

@Suite("what a code says by rule") struct CodeStructureTests {
    static let codes: [(text: String, parts: String)] = [
        ("P0301", "powertrain standard ignition or misfire"),
        ("P0171", "powertrain standard fuel and air metering"),
        ("P0201", "powertrain standard fuel injection"),
        ("P0420", "powertrain standard emission controls"),
        ("P0505", "powertrain standard speed and idle control"),
        ("P0606", "powertrain standard control computer"),
        ("P0700", "powertrain standard transmission"),
        ("P0A80", "powertrain standard hybrid drive"),
        ("P2463", "powertrain standard emission controls"),
        ("P1457", "powertrain maker"),
        ("P3001", "powertrain maker"),
        ("P3400", "powertrain standard"),
        ("C0123", "chassis standard"),
        ("B1234", "body maker"),
        ("U0100", "network standard"),
        ("U3000", "network"),
        ("P0301-00", "powertrain standard ignition or misfire: no subtype"),
        ("C1012-13", "chassis maker: open circuit (electrical)"),
        ("U0100-87", "network standard: message missing (bus signal)"),
        (
            "P0562-4B",
            "powertrain standard speed and idle control: over temperature (inside the unit)"
        ),
        ("P0301-F1", "powertrain standard ignition or misfire (maker's own)"),
        ("SPN 110 FMI 0", "standard coolant temperature: far too high, most severe"),
        ("SPN 653 FMI 5", "standard injector of cylinder 3: current too low or open circuit"),
        ("SPN 520198 FMI 2", "maker: erratic or wrong data"),
        ("SPN 9 FMI 31", "standard: condition exists"),
        ("GB ALARM 01", "standard: battery too hot"),
        ("GB ALARM 16", "standard: high-voltage interlock"),
        ("GB ALARM 25", "maker"),
        ("GB 0000160B", "maker"),
        ("BMS_17", "maker"),
    ]
    @Test("a code is taken apart", arguments: codes)
    func code(text: String, parts: String) throws {
        let code = try #require(FaultCode(text: text))
        let structure = CodeStructure(code)
        var words: [String] = []
        if let system = structure.system { words.append(system.english) }
        if let isGeneric = structure.isGeneric { words.append(isGeneric ? "standard" : "maker") }
        if let subsystem = structure.subsystem { words.append(subsystem.english) }
        var found = words.joined(separator: " ")
        if let failure = structure.failure { found += ": \(failure.english)" }
        if let category = structure.category { found += " (\(category.english))" }
        #expect(found == parts, "\(text)")
    }

    @Test("every text is there in both languages") func languages() {
        var codes = (UInt8(0)...31).map { FaultCode(gbt32960Alarm: $0) }
        codes += (UInt8(0)...31).map { FaultCode(spn: 110, fmi: $0) }
        codes += (UInt8(0)...255).map { FaultCode(uds: 0x0301, failureType: $0) }
        codes += (UInt16(0)...15).flatMap { high in
            (UInt16(0)...15).map { FaultCode(obd: high << 12 | $0 << 8) }
        }
        codes += (UInt32(0)...6000).map { FaultCode(spn: $0, fmi: 3) }
        for code in codes {
            let structure = CodeStructure(code)
            for text in [
                structure.system, structure.subsystem, structure.failure, structure.category,
            ] {
                guard let text else { continue }
                #expect(text.english.utf8.allSatisfy { $0 < 0x80 } && !text.english.isEmpty)
                #expect(
                    text.chinese.unicodeScalars.contains { $0.value > 0x2E80 },
                    "\(code): \(text.chinese)")
            }
        }
    }

    /// Every suspect parameter of the reference's list.
    static let parameters: [UInt32] = [
        91, 94, 97, 98, 100, 102, 105, 107, 110, 111, 157, 168, 171, 174, 175, 177, 183, 190, 237,
        247, 250, 513, 520, 639, 651, 656, 723, 917, 1127, 1569, 1761, 2791, 3031, 3216, 3226,
        3242, 3246, 3251, 3361, 3364, 3471, 3509, 3719, 3720, 3936, 4334, 4360, 4363, 4364, 5246,
        5298,
    ]

    @Test("every listed parameter, failure mode, failure type and alarm has a name") func lists() {
        for spn in Self.parameters {
            #expect(CodeStructure(FaultCode(spn: spn, fmi: 3)).subsystem != nil, "SPN \(spn)")
        }
        for mode in Array(0...21) + [31] {
            let failure = CodeStructure(FaultCode(spn: 110, fmi: UInt8(mode))).failure
            #expect(failure != nil && failure?.english != "reserved", "FMI \(mode)")
        }
        let types: [UInt8] = [
            0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x1A, 0x1B, 0x1C, 0x29, 0x2F, 0x31, 0x4B,
            0x62, 0x64, 0x71, 0x72, 0x81, 0x87, 0x92, 0x96, 0x97,
        ]
        for type in types {
            let failure = CodeStructure(FaultCode(uds: 0x0301, failureType: type)).failure
            #expect(failure != nil, "type \(type)")
        }
        for bit in UInt8(0)...18 {
            #expect(CodeStructure(FaultCode(gbt32960Alarm: bit)).failure != nil, "bit \(bit)")
        }
    }

    static let wordings: [(code: String, english: String?)] = [
        ("P0301", "misfire in cylinder 1"),
        ("P0208-13", "injector circuit of cylinder 8: open circuit"),
        ("P0420-00", "catalyst too weak"),
        ("U0100-87", "engine control unit not heard: message missing"),
        ("C0077", "tyre pressure too low"), ("P0999", "transmission"), ("B1234", nil),
        ("SPN 100 FMI 1", "engine oil pressure: far too low, most severe"),
        ("GB ALARM 11", "insulation"), ("BMS_17", nil),
    ]
    @Test("a code has a few words of its own", arguments: wordings)
    func wording(code: String, english: String?) throws {
        let read = try #require(FaultCode(text: code))
        #expect(CodeStructure.wording(of: read)?.english == english)
    }
}
