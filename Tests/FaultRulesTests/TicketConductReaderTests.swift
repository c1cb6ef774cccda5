import FaultRules
import Testing
import VehicleFaults

@Suite struct TicketConductReaderTests {
    private func pack(_ fields: String, trend: Bool = false) -> String {
        """
        version: 1
        \(trend ? "trends" : "rules"):
          - { id: r, mode: m, severity: S3, advice: A3, component: pump, skill: ENG,
              \(trend ? "signal: a_v, when: rises, harmless: 1" : "when: code \"P0301\"")
              \(fields.isEmpty ? "" : ", \(fields)") }
        """
    }

    static let right: [(fields: String, conduct: TicketConduct)] = [
        ("", TicketConduct()),
        ("workshop: attach", TicketConduct()),
        ("workshop: open", TicketConduct(opensInWorkshop: true)),
        ("back_off: off", TicketConduct(backOff: [])),
        ("back_off: 12h", TicketConduct(backOff: [43_200_000])),
        ("back_off: [1d, 2w]", TicketConduct(backOff: [86_400_000, 1_209_600_000])),
        (
            "workshop: open, back_off: [90m]",
            TicketConduct(opensInWorkshop: true, backOff: [5_400_000])
        ),
    ]

    @Test("a rule and a trend say what they ask of their tickets", arguments: right)
    func reads(fields: String, conduct: TicketConduct) throws {
        for trend in [false, true] {
            let reader = read(pack(fields, trend: trend))
            #expect(reader.diagnostics.isEmpty, "\(reader.diagnostics)")
            #expect(try #require(reader.program.rules.first).conduct == conduct)
        }
    }

    static let wrong: [(fields: String, says: String, suggestion: String?)] = [
        ("workshop: opens", "not one of attach, open", "open"),
        ("workshop: [open]", "not one of attach, open", nil),
        ("back_off: never", "\"back_off\" is a duration", nil),
        ("back_off: [1d, 0d]", "\"back_off\" is a duration", nil),
        ("back_off: []", "one to ten durations", nil),
        ("back_off: [1d,1d,1d,1d,1d,1d,1d,1d,1d,1d,1d]", "one to ten durations", nil),
        ("backoff: 1d", "\"backoff\" is not a key", "back_off"),
    ]

    @Test("what is wrong is said where it stands", arguments: wrong)
    func refuses(fields: String, says: String, suggestion: String?) throws {
        for trend in [false, true] {
            let reader = read(pack(fields, trend: trend))
            let said = try #require(reader.diagnostics.first, "nothing is said of \(fields)")
            #expect(reader.hasErrors)
            #expect(said.message.description.contains(says), "\(said.message)")
            #expect(said.suggestion == suggestion && said.position.line == 5, "\(said)")
        }
    }

    @Test("it belongs to what a rule means, and what is usual need not be said") func digest()
        throws
    {
        func meaning(_ fields: String) throws -> UInt64 {
            try #require(read(pack(fields)).program.rules.first).meaning
        }
        #expect(try meaning("workshop: attach") == meaning(""))
        let meanings = try ["", "workshop: open", "back_off: off", "back_off: 1d"].map(meaning)
        #expect(Set(meanings).count == meanings.count)
        #expect(try meaning("back_off: 24h") == meaning("back_off: [1d]"))
    }
}
