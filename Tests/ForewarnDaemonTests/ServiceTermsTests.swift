import Foundation
import ForewarnDaemon
import ServiceTickets
import Testing
import VehicleFaults

@Suite struct ServiceTermsTests {
    private func terms(_ text: String) throws -> ServiceTerms {
        let folder = try ScratchFolder()
        let file = folder.path + "/service.yaml"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return try ServiceTerms(file: file)
    }

    @Test("without a file the usual promises hold") func usual() throws {
        #expect(try ServiceTerms(file: nil).policy() == .standard)
    }

    @Test("calendars, clocks and limits come from the file, and go through the journal")
    func file() throws {
        let terms = try terms(
            """
            version: 1
            calendars:
              workshop:
                zone: Asia/Shanghai
                week: { mon-fri: [ "08:30-12:00", "13:00-17:30" ] }
                holidays: [ 2026-10-01..2026-10-07 ]
                working_days: [ 2026-10-10 ]
            clocks:
              response: 20m
              solve: { within: 8h, calendar: workshop }
              decision: { S1: 30m }
            pausing: [ awaiting_parts ]
            storm: off
            proof: { within: 10d, km: 500 }
            back_off: [ 1d, 2d ]
            close_after: 1d
            on_call:
              - { from: "2026-10-01T08:00:00+08:00", until: "2026-10-02T08:00:00+08:00", name: zhao }
            """)
        let read = try JSONDecoder().decode(
            ServiceTerms.self, from: try JSONEncoder().encode(terms))
        let policy = try read.policy()
        #expect(policy == (try terms.policy()))
        #expect(policy.response?.milliseconds == 1_200_000)
        #expect(policy.decision.count == 1)
        #expect(policy.storm == nil && policy.pausing == [.parts])
        #expect(policy.reopenMilliseconds == 864_000_000 && policy.reopenKilometres == 500)
        #expect(policy.backOff == [86_400_000, 172_800_000] && policy.closesAfter == 86_400_000)
        #expect(policy.onCall.map(\.name) == ["zhao"])
        #expect(policy.onCall.map(\.from.milliseconds) == [1_790_812_800_000])
        let solve = try #require(policy.solve)
        // Wednesday 30 September 2026, 16:00 in Shanghai, and eight working hours later.
        #expect(
            solve.calendar.instant(
                solve.milliseconds, after: EventTime(milliseconds: 1_790_755_200_000))
                == EventTime(milliseconds: 1_791_446_400_000))
    }

    @Test("zones are read from the system, with their summer time") func zones() throws {
        let terms = try terms(
            """
            version: 1
            calendars:
              night: { zone: America/New_York, week: { mon-sun: "00:30-06:30" } }
            clocks: { response: { within: 1h, calendar: night } }
            """)
        let calendar = try #require(try terms.policy().response?.calendar)
        func hours(_ from: Int64) -> Int64 {
            calendar.elapsed(
                from: EventTime(milliseconds: from * 1000),
                until: EventTime(milliseconds: (from + 82_800) * 1000)) / 3_600_000
        }
        // Midnight in New York on 2026-03-08 and 2026-11-01.
        #expect(hours(1_772_946_000) == 5)
        #expect(hours(1_793_505_600) == 7)
    }

    static let wrong: [(name: String, text: String, says: String)] = [
        ("no version", "clocks: {}", "version: 1"),
        ("an unknown key", "version: 1\nclock: {}", "service.yaml:2:1: error: there is no key"),
        (
            "an unknown calendar", "version: 1\nclocks: { solve: { within: 1h, calendar: x } }",
            "'x'"
        ),
        (
            "an unknown zone",
            "version: 1\ncalendars: { a: { zone: Mars/Olympus, week: { mon: 08:00-09:00 } } }",
            "Mars/Olympus"
        ),
        ("no duration", "version: 1\nclocks: { response: soon }", "30m, 24h or 3d"),
        (
            "hours that end before they begin",
            "version: 1\ncalendars: { a: { week: { mon: \"12:00-08:00\" } } }", "08:30-12:00"
        ),
        (
            "a shift that ends before it begins",
            "version: 1\non_call: [ { from: \"2026-10-02T08:00:00Z\", until: \"2026-10-01T08:00:00Z\", "
                + "name: a } ]", "a shift ends after it begins"
        ),
        (
            "a day that does not exist",
            "version: 1\ncalendars: { a: { week: {}, holidays: [ 2026-02-30 ] } }", "2026-10-01"
        ),
    ]

    @Test("what is wrong is named", arguments: wrong)
    func refuses(name: String, text: String, says: String) throws {
        do {
            _ = try terms(text).policy()
            Issue.record("\(name) was accepted")
        } catch { #expect("\(error)".contains(says), "\(name): \(error)") }
    }
}
