import FleetReports
import ServiceTickets
import Testing
import VehicleFaults

/// What trainings changed, and what vehicles have in common.
@Suite struct TrainingEffectTests {
    private func rows(_ records: ServiceRecords) -> [[String]] {
        ServiceReport(records).training().sections.flatMap(\.tables)
            .filter { $0.id == "training_effect" }
            .flatMap { $0.rows.map { $0.map { $0.text(.english) } } }
    }

    /// Repairs before and after the fiftieth of a hundred hours.
    private static func records(
        before: Int, fixedBefore: Int, after: Int, fixedAfter: Int
    ) -> ServiceRecords {
        var records = ServiceReportTests.records(before + after) { index, ticket in
            let isBefore = index < before
            let begun = ServiceFiguresTests.at(isBefore ? 20 : 60)
            ticket.repairStarted = begun
            ticket.solved = begun.advanced(by: 3_600_000)
            ticket.provingIsOver = true
            ticket.visits = 1
            let place = isBefore ? index : index - before
            if place >= (isBefore ? fixedBefore : fixedAfter) { ticket.failedInspections = 1 }
            ticket.standardHours = 2
            ticket.actualHours = isBefore ? 3 : 2 + Double(place % 2) / 10
            ticket.satisfaction = 4
        }
        records.trainings = [
            TrainingRecord(
                date: ServiceFiguresTests.at(50), name: "coils", skill: "ENG", mode: nil)
        ]
        return records
    }

    @Test("a training is judged by repairs before and after it") func effect() {
        // 56 of 70 against 48 of 80: the difference .2 has the interval .0524 to .3339, by method 10
        // of Newcombe (1998), table II.
        let found = rows(Self.records(before: 80, fixedBefore: 48, after: 70, fixedAfter: 56))
        #expect(found.map { $0[3] } == ["Fixed at once", "Over standard time", "Satisfaction"])
        #expect(found[0][4...7] == ["60.0 %", "80", "80.0 %", "70"])
        #expect(found[0][8] == "20.0 %")
        #expect(found[0][9] == "5.2–33.4 %")
        #expect(found[0][10] == "better")
        // Less time over the standard is better.
        #expect(found[1][10] == "better")
        #expect(found[2][10] == "within chance")
    }

    static let verdicts: [(name: String, counts: [Int], verdict: String)] = [
        ("nothing changed", [40, 30, 40, 30], "within chance"),
        ("a little better may be chance", [40, 30, 40, 33], "within chance"),
        ("much worse", [40, 36, 40, 18], "worse"),
        ("nine repairs say nothing", [9, 0, 40, 40], "too few to say"),
    ]

    @Test("better and worse are said only beyond chance", arguments: verdicts)
    func verdict(name: String, counts: [Int], verdict: String) {
        let records = Self.records(
            before: counts[0], fixedBefore: counts[1], after: counts[2], fixedAfter: counts[3])
        #expect(rows(records)[0][10] == verdict, "\(name)")
    }

    @Test("only repairs of its skill and failure mode count, in equal times") func scope() {
        var records = Self.records(before: 40, fixedBefore: 20, after: 40, fixedAfter: 30)
        // Thirty hours after the training are left, so thirty before it count: from hour 40 on.
        records.trainings[0].date = ServiceFiguresTests.at(70)
        #expect(rows(records)[0][5] == "40")
        records.trainings[0].date = ServiceFiguresTests.at(95)
        #expect(rows(records)[0][5] == "0")
        records.trainings[0] = TrainingRecord(
            date: ServiceFiguresTests.at(50), name: "cells", skill: "HV", mode: nil)
        #expect(rows(records)[0][5] == "0")
        records.trainings[0].skill = "ENG"
        records.trainings[0].mode = "belt"
        #expect(rows(records)[0][5] == "0")
        records.trainings[0].mode = "coil-worn"
        #expect(rows(records)[0][5] == "40")
        // What happened at another time changed nothing here.
        records.trainings[0].date = records.to
        #expect(rows(records).isEmpty)
        records.trainings[0].date = records.from
        #expect(rows(records).isEmpty)
    }

    @Test("the report of faults names recall candidates, where there are any") func campaigns()
        throws
    {
        var records = ServiceReportTests.records(3)
        func table() -> ReportDocument.Table? {
            ServiceReport(records).faults().sections.flatMap(\.tables)
                .first { $0.id == "campaigns" }
        }
        #expect(table() == nil)
        records.campaigns = [
            CampaignRecord(
                ticket: "T-9", mode: "coil-worn", opened: ServiceFiguresTests.at(1),
                attribute: "lot=L-2", cases: 12, expected: 3.4, healthy: 8, qValue: 0.00031,
                state: "triaged", disposition: nil)
        ]
        let found = try #require(table())
        let row = found.rows[0]
        #expect(row[0].text(.english) == "T-9" && row[2].text(.english) == "lot=L-2")
        #expect(row[3].text(.english) == "12" && row[5].text(.english) == "8")
        #expect(row[8].text(.chinese) == "已研判")
        #expect(found.title.zh == "召回候选（待评审）")
    }
}
