import Testing
import VehicleFaults

@testable import FleetSimulation

@Suite struct FleetScoreTests {
    static func day(_ day: Double) -> EventTime {
        EventTime(milliseconds: 1_767_542_400_000).advanced(by: Int64(day * 86_400_000))
    }

    /// Car A fails on day 40 after twenty days of drift; B breaks suddenly; C drifts beyond the end;
    /// D has a plateau from day 10; E a withheld failure on day 50.
    static let truth = ScoredTruth(
        failures: [
            .init(
                vehicle: "A", mode: "hot", component: "thermostat", family: "drift",
                onset: day(20), failed: day(40), oracle: day(30)),
            .init(
                vehicle: "B", mode: "hot", component: "thermostat", family: "drift",
                hasPrecursor: false, onset: day(45), failed: day(45)),
            .init(
                vehicle: "C", mode: "hot", component: "thermostat", family: "drift",
                onset: day(80), failed: nil),
            .init(
                vehicle: "E", mode: "oil", component: "pump", family: "step", isWithheld: true,
                onset: day(30), failed: day(50), oracle: day(31)),
        ],
        lookAlikes: [
            .init(vehicle: "D", what: "plateau", mode: "hot", from: day(10), oracle: day(20)),
            .init(vehicle: "D", what: "workshop", from: day(12), to: day(12)),
        ],
        modes: [
            .init(mode: "hot", component: "thermostat", family: "drift", isWithheld: false),
            .init(mode: "oil", component: "pump", family: "step", isWithheld: true),
        ], vehicles: 5, start: day(0), end: day(90), oracleDoubt: 0.5)

    static func ticket(
        _ vehicle: String, _ at: Double, mode: String? = "hot", part: String? = nil,
        expects: ClosedRange<Double>? = nil
    ) -> ScoredTicket {
        ScoredTicket(
            vehicle: vehicle, opened: day(at), mode: mode, component: part,
            expected: expects.map { day($0.lowerBound)...day($0.upperBound) })
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var ticket: ScoredTicket
        /// `right`, `late`, or what a false ticket is put down to.
        var verdict: String
        var slackDays: Double = 0

        init(_ name: String, _ ticket: ScoredTicket, _ verdict: String, slackDays: Double = 0) {
            testDescription = name
            self.ticket = ticket
            self.verdict = verdict
            self.slackDays = slackDays
        }
    }

    static let rows: [Row] = [
        Row("at the onset", ticket("A", 20), "right"),
        Row("a moment before the failure", ticket("A", 39.99), "right"),
        Row("at the failure", ticket("A", 40), "late"),
        Row("a week after the failure", ticket("A", 47), "late"),
        Row("long after the failure", ticket("A", 60), "nothing"),
        Row("before the onset", ticket("A", 19), "nothing"),
        Row("before the onset, within the slack", ticket("A", 19), "right", slackDays: 2),
        Row("naming another mode", ticket("A", 30, mode: "oil"), "nothing"),
        Row("naming the component only", ticket("A", 30, mode: nil, part: "thermostat"), "right"),
        Row("naming another component", ticket("A", 30, mode: nil, part: "pump"), "nothing"),
        Row("naming nothing that the fleet knows", ticket("A", 30, mode: "odd"), "right"),
        Row("naming nothing", ticket("A", 30, mode: nil), "right"),
        Row("before a sudden failure", ticket("B", 44), "nothing"),
        Row("after a sudden failure", ticket("B", 46), "late"),
        Row("for a failure that is still to come", ticket("C", 85), "right"),
        Row("on a plateau", ticket("D", 30), "plateau"),
        Row(
            "on another part of the vehicle with a plateau", ticket("D", 30, mode: "oil"),
            "workshop"),
        Row("on a vehicle that nobody knows", ticket("Z", 30), "nothing"),
    ]

    @Test("a ticket is right, late or false", arguments: rows)
    func verdicts(row: Row) {
        var terms = ScoringTerms()
        terms.slack = Int64(row.slackDays * 86_400_000)
        let score = FleetScore([row.ticket], truth: Self.truth, terms: terms)
        #expect(score.whole.trueTickets == (row.verdict == "right" ? 1 : 0))
        #expect(score.whole.lateTickets == (row.verdict == "late" ? 1 : 0))
        let isFalse = row.verdict != "right" && row.verdict != "late"
        #expect(score.whole.falseTickets == (isFalse ? 1 : 0))
        #expect(score.falseBy.map(\.what) == (isFalse ? [row.verdict] : []))
    }

    @Test("figures of a few tickets are those counted by hand")
    func figures() {
        let tickets = [
            Self.ticket("D", 30), Self.ticket("A", 36), Self.ticket("A", 30), Self.ticket("C", 85),
            Self.ticket("E", 55, mode: "oil"),
        ]
        let score = FleetScore(tickets, truth: Self.truth)
        let whole = score.whole
        #expect(whole.failures == 3 && whole.found == 1)
        #expect(whole.visible == 2 && whole.visibleFound == 1)
        #expect(whole.trueTickets == 3 && whole.repeatedTickets == 1)
        #expect(whole.lateTickets == 1 && whole.falseTickets == 1)
        #expect(whole.recall == 1.0 / 3)
        #expect(whole.falseShare == 0.25 && whole.precision == 0.75)
        #expect((whole.f1 ?? 0) - 2 * 0.75 / 3 / (0.75 + 1.0 / 3) == 0)
        // The earlier ticket of A counts.
        #expect(whole.leadDays == [10])
        // Two breakdowns, a planned repair, a look at a sound vehicle; 30 without any ticket.
        #expect(whole.cost(ScoringTerms()) == 24)
        #expect(whole.saving(ScoringTerms()) == 1 - 24.0 / 30)
        #expect(score.withheld.failures == 1 && score.withheld.lateTickets == 1)
        #expect(score.known.failures == 2 && score.known.falseTickets == 1)
        #expect(score.families.map(\.family) == ["drift", "step"])
        #expect(score.families[0].tally.trueTickets == 3)
    }

    @Test("the oracle's tickets are scored like any other, its doubt as false ones")
    func oracle() {
        var score = FleetScore(Self.truth.oracleTickets, truth: Self.truth)
        score.expectFalse(Self.truth.oracleDoubt)
        #expect(score.whole.trueTickets == 2 && score.whole.falseTickets == 1)
        #expect(score.whole.falseShare == 1.5 / 3.5)
        #expect(score.withheld.recall == 1)
    }

    @Test("an interval is judged when the failure, or the end of the interval, is known")
    func intervals() {
        let tickets = [
            Self.ticket("A", 30, expects: 35...45),
            Self.ticket("E", 40, mode: "oil", expects: 41...49),
            Self.ticket("C", 82, expects: 84...88), Self.ticket("C", 83, expects: 85...95),
            Self.ticket("D", 30, expects: 35...45),
        ]
        let whole = FleetScore(tickets, truth: Self.truth).whole
        #expect(whole.intervalsRight == 1 && whole.intervalsWrong == 2 && whole.intervalsOpen == 1)
        #expect(whole.coverage == 1.0 / 3)
    }

    @Test("without failures there is no recall, and every ticket is false")
    func nothingFails() {
        let truth = ScoredTruth(failures: [], vehicles: 1, start: Self.day(0), end: Self.day(9))
        let whole = FleetScore([Self.ticket("A", 3)], truth: truth).whole
        #expect(whole.recall == nil && whole.f1 == nil && whole.saving(ScoringTerms()) == nil)
        #expect(whole.falseShare == 1)
        #expect(FleetScore([], truth: truth).whole.falseShare == nil)
    }

    @Test("leads between two failures are interpolated")
    func quantiles() {
        var tally = FleetTally()
        #expect(tally.lead(0.5) == nil)
        tally.leadDays = [1, 2, 4]
        #expect(tally.lead(0) == 1 && tally.lead(0.5) == 2 && tally.lead(1) == 4)
        #expect(tally.lead(0.75) == 3)
    }
}
