import FleetReports
import FleetSimulation
import Foundation
import Testing
import VehicleFaults

private func isClose(_ a: Double, _ b: Double, _ relative: Double = 1e-9) -> Bool {
    abs(a - b) <= relative * max(abs(a), abs(b), 1e-300)
}

@Suite struct ErlangTests {
    @Test("a desk without hanging up waits as the tables say", arguments: QueueTables.desks)
    func erlangC(row: [Double]) {
        let arrivals = row[0] / (row[1] * 60)
        let agents = Int(row[5])
        let queue = ErlangC(arrivals: arrivals, serviceTime: row[2], agents: agents)
        let fewer = ErlangC(arrivals: arrivals, serviceTime: row[2], agents: agents - 1)
        let found = [
            queue.waiting, queue.served(within: row[3]), queue.meanWait, queue.occupancy,
            queue.blocking, fewer.served(within: row[3]),
        ]
        for (place, value) in found.enumerated() {
            #expect(isClose(value, row[6 + place]), "number \(place) of \(row)")
        }
        #expect(
            ErlangC.fewestAgents(
                arrivals: arrivals, serviceTime: row[2], within: row[3], share: row[4]) == agents)
    }

    @Test("each further seat blocks and keeps waiting as many fewer as the table says")
    func seats() {
        for row in QueueTables.seats {
            let queue = ErlangC(arrivals: 24.0 / 180, serviceTime: 180, agents: Int(row[0]))
            #expect(isClose(queue.blocking, row[1]), "blocked, \(row)")
            #expect(isClose(queue.waiting, row[2]), "waits, \(row)")
            #expect(isClose(queue.served(within: 20), row[3]), "in time, \(row)")
        }
        #expect(QueueTables.seats.count == 36)
    }

    @Test("a desk with too much to do serves nobody in time and waits for ever") func overload() {
        let queue = ErlangC(arrivals: 10, serviceTime: 1, agents: 10)
        #expect(queue.waiting == 1)
        #expect(queue.served(within: 100) == 0)
        #expect(queue.meanWait == .infinity)
    }

    private func impatient(_ row: [Double]) -> ErlangA {
        ErlangA(
            arrivals: row[0], serviceTime: 1 / row[1], patience: 1 / row[2], agents: Int(row[3]))
    }

    @Test("a desk whose callers give up waits as the tables say", arguments: QueueTables.impatient)
    func erlangA(row: [Double]) {
        let queue = impatient(row)
        let found = [
            queue.waiting, queue.abandoned, queue.meanQueue, queue.meanWait,
            queue.waits(longerThan: row[4]), queue.served(within: row[4]), queue.occupancy,
        ]
        for (place, value) in found.enumerated() {
            // Of a chance of 3e-7 the table has seven digits; with 40 it is the one below.
            let isFar = row[5 + place] < 1e-6 && place == 4
            #expect(
                isClose(value, row[5 + place], isFar ? 1e-7 : 1e-9), "number \(place) of \(row)")
            if isFar { #expect(isClose(value, 2.950739649147193e-07)) }
        }
    }

    @Test("and as simulations of it did") func simulated() {
        let queue = impatient(QueueTables.impatient[2])
        let found = [queue.abandoned, queue.meanWait, queue.waiting]
        for (value, row) in zip(found, QueueTables.simulated) {
            #expect(abs(value - row[0]) < 2 * row[1], "\(row)")
            #expect(isClose(value, row[2], 0.03), "\(row)")
        }
    }

    @Test("patience without end is Erlang C") func patient() {
        let patient = ErlangA(arrivals: 4, serviceTime: 1, patience: 1e9, agents: 6)
        let endless = ErlangC(arrivals: 4, serviceTime: 1, agents: 6)
        #expect(isClose(patient.waiting, endless.waiting, 1e-8))
        #expect(isClose(patient.served(within: 0.5), endless.served(within: 0.5), 1e-8))
    }
}

@Suite struct StaffTests {
    static let day: [Double] = [
        2, 1.5, 1, 1, 1.5, 3, 6, 11, 16, 18, 17, 14, 12, 13, 15, 16, 14, 12, 10, 8, 6, 5, 4, 3,
    ]

    @Test("a day's desk is staffed hour by hour") func desk() {
        var inputs = StaffingInputs()
        inputs.arrivals = Self.day
        let report = StaffingReport(inputs)
        #expect(
            report.seats(Self.day) == [
                2, 2, 2, 2, 2, 2, 3, 5, 7, 7, 7, 6, 5, 6, 6, 7, 6, 5, 5, 4, 3, 3, 3, 2,
            ])
        #expect(isClose(report.people(seatHours: 102), 21.768292682926827))
    }

    @Test("the busiest hour keeps its promise with seven seats and not with six") func peak() {
        func desk(_ seats: Int) -> ErlangC {
            ErlangC(arrivals: 18.0 / 60, serviceTime: 18, agents: seats)
        }
        #expect(isClose(desk(6).served(within: 30), 0.727723, 1e-6))
        #expect(isClose(desk(7).served(within: 30), 0.970264, 1e-6))
        #expect(isClose(desk(7).meanWait, 4.8146, 1e-4))
        let callers = ErlangA(arrivals: 18.0 / 60, serviceTime: 18, patience: 60, agents: 6)
        #expect(isClose(callers.waiting, 0.554724, 1e-6))
        #expect(isClose(callers.abandoned, 0.07927, 1e-5))
        #expect(isClose(callers.served(within: 30), 0.913133, 1e-6))
    }

    @Test("the workshop is a flow, then a queue") func workshop() throws {
        #expect(
            isClose(
                WorkshopCapacity.heads(hours: 87.8, shift: 8, utilisation: 0.85, presence: 0.88),
                14.672460, 1e-7))
        let groups: [(jobs: Double, hours: Double, technicians: Int, finished: Double)] = [
            (14, 2.6, 6, 0.97544), (9, 2.1, 3, 0.97896), (8, 1.7, 3, 0.99641),
            (21, 0.9, 3, 0.99995), (52, 87.8 / 52, 10, 0.99195),
        ]
        for group in groups {
            let crew = WorkshopCapacity.crew(
                within: 10, arrivals: group.jobs / 10, serviceTime: group.hours, share: 0.97)
            let technicians = crew.technicians
            #expect(crew.isEnough && technicians == group.technicians)
            #expect(
                isClose(
                    WorkshopCapacity.finished(
                        within: 10, arrivals: group.jobs / 10, serviceTime: group.hours,
                        technicians: technicians), group.finished, 1e-5))
        }
        #expect(
            isClose(
                WorkshopCapacity.solved(labour: 0.98917, fillRate: 0.92, cured: 0.5), 0.94961,
                1e-5))
        #expect(
            isClose(
                try #require(
                    WorkshopCapacity.fillRateNeeded(target: 0.9, labour: 0.98917, cured: 0.5)),
                0.8197, 1e-4))
    }

    @Test("no crowd finishes a job faster than it takes") func impossible() {
        #expect(
            !WorkshopCapacity.crew(
                within: 1, arrivals: 0.1, serviceTime: 10, share: 0.97
            ).isEnough)
    }

    @Test("where work takes too long, the crew is the one that a larger one hardly helps")
    func slowWork() {
        let alone = 1 - exp(-10 / 3.6)
        var before = 0
        for arrivals in [0.005, 0.2, 1, 3] {
            let crew = WorkshopCapacity.crew(
                within: 10, arrivals: arrivals, serviceTime: 3.6, share: 0.97)
            func finished(_ technicians: Int) -> Double {
                WorkshopCapacity.finished(
                    within: 10, arrivals: arrivals, serviceTime: 3.6, technicians: technicians)
            }
            #expect(!crew.isEnough && crew.technicians > before)
            #expect(finished(crew.technicians) >= alone - 0.01)
            #expect(crew.technicians == 1 || finished(crew.technicians - 1) < alone - 0.01)
            before = crew.technicians
        }
        let quick = WorkshopCapacity.crew(
            within: 10, arrivals: 1.4, serviceTime: 2.6, share: 0.97)
        #expect(quick.isEnough && quick.technicians == 6)
    }

    @Test("an hour in which nothing came has somebody, if other hours have")
    func quietHours() {
        let report = StaffingReport(StaffingInputs())
        #expect(report.seats([0, 18, 0]) == [1, 7, 1])
        #expect(report.seats([0, 0]) == [0, 0])
    }

    @Test("a season is met by permanent and temporary people at least cost") func season() {
        let staff = FlexibleStaff(
            base: 14.672460,
            season: [0.82, 0.78, 0.90, 0.95, 1, 1.08, 1.20, 1.22, 1.02, 0.95, 1, 1.08],
            permanentCost: 9000, temporaryCost: 15000)
        #expect(staff.needs == [13, 12, 14, 14, 15, 16, 18, 18, 15, 14, 15, 16])
        #expect(staff.permanent == 14)
        #expect(staff.temporary == [0, 0, 0, 0, 1, 2, 4, 4, 1, 0, 1, 2])
        #expect(staff.cost == 1_737_000)
    }

    @Test("movable work fills the valleys") func valleys() {
        let fixed = Self.day.map { $0 * 0.6 }
        let level = WorkshopCapacity.waterLevel(fixed: fixed, movable: 84)
        #expect(isClose(level, 8.46315789473684))
        #expect(isClose(fixed.reduce(0) { $0 + max(0, level - $1) }, 84))
        let seats = StaffingReport(StaffingInputs()).seats(fixed.map { max($0, level) })
        #expect(seats.max() == 5)
        #expect(seats.reduce(0, +) == 100)
    }

    @Test("a replayed desk answers in order, each by whoever is free first") func replay() {
        let start = EventTime(milliseconds: 0)
        let openings = [0.0, 0, 10, 12].map { start.advanced(by: Int64($0 * 60_000)) }
        let one = DeskReplay(openings: openings, seats: 1, answerMinutes: 20, promise: 30)
        // They begin at 0, 20, 40 and 60, and so wait 0, 20, 30 and 48.
        #expect(one.inTime == Proportion(3, of: 4))
        #expect(one.meanWait == 24.5)
        #expect(one.longestWait == 48)
        let two = DeskReplay(openings: openings, seats: 2, answerMinutes: 20, promise: 30)
        #expect(two.inTime == Proportion(4, of: 4))
        #expect(two.longestWait == 10)
    }

    @Test("a random desk with equal answers does a little better than the formula, not perfectly")
    func agreement() {
        var random = SeededRandom(7)
        var openings: [EventTime] = []
        var minutes = 0.0
        for _ in 0..<20_000 {
            // Gaps of whole hundredths of a minute are geometric, which is nearly exponential.
            var gap = 0
            repeat {
                gap += 1
            } while !random.chance(0.01 * 0.3)
            minutes += Double(gap) * 0.01
            openings.append(EventTime(milliseconds: Int64(minutes * 60_000)))
        }
        // Answers all take the same time here, so that waits are shorter than Erlang's.
        let replay = DeskReplay(openings: openings, seats: 6, answerMinutes: 18, promise: 30)
        let formula = ErlangC(arrivals: 0.3, serviceTime: 18, agents: 6).served(within: 30)
        let share = replay.inTime.value ?? 0
        #expect(share > formula)
        #expect(share < 1)
    }
}
