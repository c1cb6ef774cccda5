import FaultRules
import Testing
import VehicleFaults

@Suite struct CodePatternTests {
    static let rows: [(name: String, pattern: String, matches: [String], others: [String])] = [
        ("a code itself", "P0301", ["P0301", "p0301"], ["P0302", "U0301"]),
        ("a set", "P030[1-8]", ["P0301", "P0308"], ["P0300", "P0309", "P0311"]),
        ("a set of single characters", "P030[135]", ["P0303"], ["P0302"]),
        ("any one character", "P03?1", ["P0301", "P03A1"], ["P0302"]),
        ("any rest", "U01*", ["U0100", "U01FF"], ["U0200", "P0100"]),
        ("everything", "*", ["P0301", "SPN 110 FMI 0", "X-99"], []),
        ("alternatives", "P0171|P0174", ["P0171", "P0174"], ["P0172"]),
        ("without a failure type, any type", "P0301", ["P0301-1A"], []),
        ("with a failure type, that one only", "P0301-1A", ["P0301-1A"], ["P0301", "P0301-1B"]),
        ("a suspect parameter", "SPN 110 FMI 0", ["SPN 110 FMI 0"], ["SPN 110 FMI 16"]),
        (
            "alternatives of the failure mode alone", "SPN 110 FMI 0|16",
            ["SPN 110 FMI 0", "SPN 110 FMI 16"], ["SPN 111 FMI 16", "SPN 110 FMI 1"]
        ),
        (
            "failure modes of several parameters", "P0217|SPN 110 FMI 0|1[56]|spn 175 fmi 0|U0100",
            ["P0217", "SPN 110 FMI 0", "SPN 110 FMI 15", "SPN 175 FMI 0", "U0100"],
            ["SPN 110 FMI 1", "SPN 175 FMI 16", "SPN 110 FMI 17"]
        ),
        (
            "parameters with one failure mode each", "SPN 1099 FMI *|SPN 110[0-4] FMI 1",
            ["SPN 1099 FMI 7", "SPN 1104 FMI 1"], ["SPN 1104 FMI 7", "SPN 1105 FMI 1"]
        ),
        ("any failure mode", "SPN 110 FMI *", ["SPN 110 FMI 3"], ["SPN 111 FMI 3"]),
        ("a star in the middle", "P*1", ["P0301", "P2BA1"], ["P0302"]),
        ("a vendor's text", "E-STOP", ["e-stop"], ["E-STOPS"]),
    ]

    @Test("a pattern means these codes and no others", arguments: rows)
    func matches(name: String, pattern: String, matches: [String], others: [String]) throws {
        let compiled = try CodePattern(pattern)
        for text in matches {
            let code = try #require(FaultCode(text: text))
            #expect(compiled.matches(code), "\(name): \(text)")
        }
        for text in others {
            let code = try #require(FaultCode(text: text))
            #expect(!compiled.matches(code), "\(name): \(text)")
        }
    }

    static let malformed: [(pattern: String, offset: Int)] = [
        ("", 0), ("P030[1-8", 4), ("P030[]", 4), ("P030]", 4), ("P0301|", 6), ("P0301||P0302", 6),
        ("P030[8-1]", 5), ("P03é", 3),
    ]

    @Test("a malformed pattern says where", arguments: malformed)
    func refuses(pattern: String, offset: Int) {
        #expect { try CodePattern(pattern) } throws: { error in
            (error as? CodePattern.Malformed)?.offset == offset
        }
    }

    @Test("a pattern of many stars ends at once") func isNotExponential() throws {
        let pattern = try CodePattern(String(repeating: "*A", count: 40))
        let code = try #require(FaultCode(text: "AAAAAAAAAAAAAAAB"))
        #expect(!pattern.matches(code))
    }
}
