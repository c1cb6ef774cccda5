import Testing

@testable import FleetReports

/// The words of reports.
@Suite struct NameTests {
    @Test("every term of a report has words in both languages") func terms() {
        for (id, term) in ServiceTerm.terms {
            #expect(!term.en.isEmpty && term.en.utf8.allSatisfy { $0 < 128 }, "\(id)")
            #expect(term.zh.unicodeScalars.contains { $0.value > 0x3000 }, "\(id)")
        }
    }
}
