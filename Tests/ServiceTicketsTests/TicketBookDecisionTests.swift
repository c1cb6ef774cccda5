import Testing
import VehicleFaults

@testable import ServiceTickets

@Suite struct TicketBookDecisionTests {
    @Test("in the workshop, findings are added to the ticket the vehicle is there for")
    func workshop() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "check-in")
        let other = try garage.find("lamp", severity: .s1)
        #expect(other.effect == .attached && other.ticket?.number == 1)
        let same = try garage.find(severity: .s1)
        #expect(same.effect == .attached && same.ticket?.severity == .s3)
        #expect(try garage.ticket().findings == 3)
    }

    @Test("after delivery there is a grace of 50 km or a day, but not for what may kill")
    func grace() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "deliver")
        let vehicle = try garage.ticket().vehicle
        #expect(try garage.find("lamp").effect == .attached)
        #expect(try garage.find().effect == .attached)
        var urgent = garage
        #expect(try urgent.find("brakes", severity: .s1).effect == .opened)
        #expect(try urgent.find(severity: .s1).effect == .reopened)
        _ = garage.book.observe(vehicle, odometer: 40_059, at: garage.now)
        #expect(try garage.find("lamp").effect == .attached)
        _ = garage.book.observe(vehicle, odometer: 40_070, at: garage.now)
        #expect(try garage.find("lamp").effect == .opened)
        var late = garage
        _ = late.wait(day + 1)
        #expect(try late.find("horn").effect == .opened)
    }

    @Test("what comes back within 30 days and 2000 km opens the ticket again") func reopening()
        throws
    {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "close")
        _ = garage.wait(20 * day)
        let back = try garage.find()
        #expect(back.effect == .reopened && back.ticket?.epoch == 2)
        #expect(back.ticket?.state == .triaged && back.ticket?.proof == .cameBack)
        #expect(back.further.map(\.event.kind) == [.step(.reopen)])
    }

    static let ends: [(name: String, wait: Int64, odometer: Double)] = [
        ("31 days", 31 * day, .nan), ("2000 km", 10 * day, 42_020),
    ]

    @Test("later it is a new ticket that points to the old one", arguments: ends)
    func recurrence(name: String, wait: Int64, odometer: Double) throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "close")
        _ = garage.wait(wait)
        let vehicle = try garage.ticket().vehicle
        _ = garage.book.observe(vehicle, odometer: odometer, at: garage.now)
        let again = try garage.find()
        #expect(again.effect == .opened, "\(name)")
        #expect(again.ticket?.recurrenceOf == 1, "\(name)")
    }

    @Test("a repair is verified by time, by distance, or not at all when the vehicle is silent")
    func proof() throws {
        var garage = Garage()
        _ = try garage.find()
        try garage.lead(to: "close")
        let vehicle = try garage.ticket().vehicle
        #expect(try garage.ticket().proof == .watching)
        var silent = garage
        _ = silent.wait(30 * day + hour)
        #expect(try silent.ticket().proof == .unproven)
        var heard = garage
        _ = heard.book.observe(vehicle, odometer: .nan, at: heard.now)
        _ = heard.wait(30 * day + hour)
        #expect(try heard.ticket().proof == .verified)
        let notes = garage.book.observe(vehicle, odometer: 42_011, at: garage.now)
        #expect(notes.map(\.event.kind) == [.notice(.verified)])
        #expect(!garage.book.watchesAny)
    }

    @Test("a symptom is added to its cause, unless it is graver or comes too late") func cascade()
        throws
    {
        var policy = TicketPolicy.standard
        policy.modes = ModeCatalogue(suppresses: ["low_voltage": ["u_*"]], window: hour)
        var garage = Garage(policy)
        _ = try garage.find("low_voltage", severity: .s3)
        let symptom = try garage.find("u_lost_abs", severity: .s3)
        #expect(symptom.effect == .symptom && symptom.ticket?.number == 1)
        let graver = try garage.find("u_lost_steering", severity: .s2)
        #expect(graver.effect == .opened && graver.ticket?.causedBy == 1)
        #expect(try garage.find("u_lost_abs", on: "OTHER-1").effect == .opened)
        _ = garage.wait(hour + 1)
        #expect(try garage.find("u_lost_gearbox").effect == .opened)
    }

    @Test("a symptom that came first goes under its cause when that is found") func lateCause()
        throws
    {
        var policy = TicketPolicy.standard
        policy.modes = ModeCatalogue(suppresses: ["low_voltage": ["u_lost_abs", "u_lost_eps"]])
        var garage = Garage(policy)
        _ = try garage.find("u_lost_abs")
        _ = try garage.find("u_lost_eps")
        try garage.act("ack", 2, by: .customerService)
        let cause = try garage.find("low_voltage")
        #expect(cause.effect == .opened && cause.ticket?.absorbed == [1])
        #expect(try garage.ticket(1).course.mergedInto == 3)
        #expect(try garage.ticket(2).causedBy == 3 && garage.ticket(2).state == .acknowledged)
        #expect(try garage.find("u_lost_abs").effect == .symptom)
    }

    @Test("after a false alarm the rule holds its peace for 7, 14 and 28 days") func backOff()
        throws
    {
        var garage = Garage()
        for days in [7, 14, 28, 28] {
            #expect(try garage.find().effect == .opened)
            let number = garage.book.nextNumber - 1
            try garage.act("cancel", number, by: .supervisor, [(.reason, "false_alarm")])
            _ = garage.wait(Int64(days) * day - 1)
            #expect(try garage.find().effect == .heldBack)
            var graver = garage
            #expect(try graver.find(severity: .s2).effect == .opened)
            var other = garage
            #expect(try other.find(kinds: ["code P0301", "signal coolant"]).effect == .opened)
            var rule = garage
            #expect(try rule.find(rule: "r2").effect == .opened)
            _ = garage.wait(1)
        }
    }

    @Test("a rule may open tickets in the workshop and right after it, unless its fault has one")
    func workshopOfItsOwn() throws {
        var policy = TicketPolicy.standard
        policy.conducts["loud"] = TicketConduct(opensInWorkshop: true)
        var garage = Garage(policy)
        _ = try garage.find()
        try garage.lead(to: "check-in")
        #expect(try garage.find("lamp", rule: "loud").effect == .opened)
        #expect(try garage.find("horn", rule: "r1").effect == .attached)
        #expect(try garage.find(rule: "loud").ticket?.number == 1)
        garage = Garage(policy)
        _ = try garage.find()
        try garage.lead(to: "deliver")
        #expect(try garage.find("horn", rule: "r1").effect == .attached)
        #expect(try garage.find("wiper", rule: "loud").effect == .opened)
        #expect(try garage.find(rule: "loud").effect == .reopened)
    }

    @Test("a rule may hold its peace for times of its own, or never") func backOffOfItsOwn() throws
    {
        var policy = TicketPolicy.standard
        policy.conducts["brief"] = TicketConduct(backOff: [hour, 2 * hour])
        policy.conducts["never"] = TicketConduct(backOff: [])
        var garage = Garage(policy)
        for hours in [1, 2, 2] {
            #expect(try garage.find(rule: "brief").effect == .opened)
            let number = garage.book.nextNumber - 1
            try garage.act("cancel", number, by: .supervisor, [(.reason, "false_alarm")])
            _ = garage.wait(Int64(hours) * hour - 1)
            #expect(try garage.find(rule: "brief").effect == .heldBack)
            _ = garage.wait(1)
        }
        for _ in 1...2 {
            #expect(try garage.find("lamp", rule: "never").effect == .opened)
            let number = garage.book.nextNumber - 1
            try garage.act("cancel", number, by: .supervisor, [(.reason, "false_alarm")])
        }
        // Who has learned of a rule that it is to be heard again need not wait for its old silence.
        #expect(try garage.find("horn", rule: "r1").effect == .opened)
        try garage.act(
            "cancel", garage.book.nextNumber - 1, by: .supervisor, [(.reason, "false_alarm")])
        #expect(try garage.find("horn", rule: "r1").effect == .heldBack)
        garage.book.policy.conducts["r1"] = TicketConduct(backOff: [])
        #expect(try garage.find("horn", rule: "r1").effect == .opened)
    }

    @Test("the sixth vehicle within an hour makes it one incident, to which others are added")
    func storm() throws {
        var garage = Garage()
        for number in 1...5 {
            #expect(try garage.find(on: "CAR-\(number)").effect == .opened)
            _ = garage.wait(minute)
        }
        let sixth = try garage.find(on: "CAR-6")
        #expect(sixth.effect == .opened && sixth.ticket?.isIncident == true)
        for number in 7...40 {
            let settled = try garage.find(on: "CAR-\(number)")
            #expect(settled.effect == .storm && settled.ticket?.number == 6)
        }
        #expect(try garage.ticket(6).findings == 35)
        let urgent = try garage.find(on: "CAR-41", severity: .s1)
        #expect(urgent.effect == .opened && urgent.ticket?.isIncident == false)
        #expect(try garage.find("leak", on: "CAR-42").effect == .opened)
        _ = garage.wait(hour + minute)
        #expect(try garage.find(on: "CAR-43").effect == .opened)
    }

    @Test("many vehicles in an hour are no storm where many are usual") func usual() throws {
        var garage = Garage()
        var number = 0
        // Three an hour for three days, all apart.
        for _ in 0..<(72 * 3) {
            number += 1
            #expect(try garage.find(on: "CAR-\(number)").effect == .opened)
            _ = garage.wait(20 * minute)
        }
        for _ in 0..<20 {
            number += 1
            #expect(try garage.find(on: "CAR-\(number)").effect == .opened, "\(number)")
        }
        var isStorm = false
        for _ in 0..<20 {
            number += 1
            isStorm = try garage.find(on: "CAR-\(number)").effect == .storm || isStorm
        }
        #expect(isStorm)
    }
}
