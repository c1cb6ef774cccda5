import FleetReports
import Foundation
import Testing
import VehicleFaults

private func isClose(_ a: Double, _ b: Double, _ relative: Double = 1e-9) -> Bool {
    abs(a - b) <= relative * max(abs(a), abs(b), 1e-300)
}

@Suite struct ErlangTests {
    struct Desk: Sendable {
        var name: String
        var calls, interval, handling, target: Double
        var agents: Int
        var waiting, served, wait: Double
    }

    static let desks = [
        Desk(
            name: "a busy half hour", calls: 360, interval: 30, handling: 240, target: 15,
            agents: 55, waiting: 0.2387009363780091, served: 0.8458830921705804,
            wait: 8.184032104388884),
        Desk(
            name: "a small desk", calls: 100, interval: 30, handling: 180, target: 20, agents: 14,
            waiting: 0.17413193359504983, served: 0.8883500191794669, wait: 7.835937011777243),
        Desk(
            name: "a large desk", calls: 1800, interval: 60, handling: 300, target: 20,
            agents: 163, waiting: 0.21110511290226963, served: 0.9112618846197823,
            wait: 4.871656451590837),
        Desk(
            name: "nobody may wait", calls: 12, interval: 480, handling: 5400, target: 0,
            agents: 4, waiting: 0.24117776797529777, served: 0.7588222320247022,
            wait: 744.2056840380617),
    ]

    @Test("a desk without hanging up waits as the tables say", arguments: desks)
    func erlangC(desk: Desk) {
        let queue = ErlangC(
            arrivals: desk.calls / (desk.interval * 60), serviceTime: desk.handling,
            agents: desk.agents)
        #expect(isClose(queue.waiting, desk.waiting), "\(desk.name)")
        #expect(isClose(queue.served(within: desk.target), desk.served), "\(desk.name)")
        #expect(isClose(queue.meanWait, desk.wait), "\(desk.name)")
    }

    @Test("a desk with too much to do serves nobody in time and waits for ever") func overload() {
        let queue = ErlangC(arrivals: 10, serviceTime: 1, agents: 10)
        #expect(queue.waiting == 1)
        #expect(queue.served(within: 100) == 0)
        #expect(queue.meanWait == .infinity)
    }

    struct Impatient: Sendable {
        var arrivals, service, loss, time: Double
        var agents: Int
        var waiting, abandoned, wait, beyond, served, occupancy: Double
    }

    static let impatient = [
        Impatient(
            arrivals: 0.8, service: 0.25, loss: 0.5, time: 1.0 / 3, agents: 5,
            waiting: 0.19713680572870013, abandoned: 0.07227971400044543,
            wait: 0.14455942800089086, beyond: 0.15208715395856387, served: 0.8444572559160844,
            occupancy: 0.593740983039715),
        Impatient(
            arrivals: 6, service: 0.25, loss: 1.0 / 3, time: 0.25, agents: 24,
            waiting: 0.4934913170178251, abandoned: 0.08692812722716331,
            wait: 0.26078438168148993, beyond: 0.3657120183963561, served: 0.6291602589982326,
            occupancy: 0.9130718727728366),
        Impatient(
            arrivals: 6, service: 0.25, loss: 1.0 / 3, time: 0.25, agents: 28,
            waiting: 0.2193246671583578, abandoned: 0.02844515330692309,
            wait: 0.08533545992076928, beyond: 0.13468064557897647, served: 0.862062841561151,
            occupancy: 0.8327612971654945),
    ]

    @Test("a desk whose callers give up waits as the tables say", arguments: impatient)
    func erlangA(row: Impatient) {
        let queue = ErlangA(
            arrivals: row.arrivals, serviceTime: 1 / row.service, patience: 1 / row.loss,
            agents: row.agents)
        #expect(isClose(queue.waiting, row.waiting))
        #expect(isClose(queue.abandoned, row.abandoned))
        #expect(isClose(queue.meanWait, row.wait))
        #expect(isClose(queue.waits(longerThan: row.time), row.beyond))
        #expect(isClose(queue.served(within: row.time), row.served))
        #expect(isClose(queue.occupancy, row.occupancy))
    }

    @Test("patience without end is Erlang C") func patient() {
        let patient = ErlangA(arrivals: 4, serviceTime: 1, patience: 1e9, agents: 6)
        let endless = ErlangC(arrivals: 4, serviceTime: 1, agents: 6)
        #expect(isClose(patient.waiting, endless.waiting, 1e-6))
        #expect(isClose(patient.served(within: 0.5), endless.served(within: 0.5), 1e-6))
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
        var state: UInt64 = 7
        var openings: [EventTime] = []
        var minutes = 0.0
        for _ in 0..<20_000 {
            // Gaps of whole hundredths of a minute are geometric, which is nearly exponential.
            var gap = 0
            repeat {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                gap += 1
            } while Double(state >> 11) * 0x1p-53 > 0.01 * 0.3
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
