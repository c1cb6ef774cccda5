import SpecialFunctions
import VehicleFaults

/// The steps of one ticket of a ``ServiceHistory``, one after the other.
struct ServiceCourse {
    let history: ServiceHistory
    let number: Int
    var draws: SeededRandom
    /// Hours since the start.
    var clock: Double
    let kind: ServiceHistory.Kind
    let site: String
    let vehicle: String
    var odometer: Int
    var isUrgent: Bool
    var estimate = 0.0
    var actions: [ServiceHistory.Action] = []
    var breakdowns: [ServiceHistory.Breakdown] = []
    var invoices: [String] = []

    init(history: ServiceHistory, number: Int, opened: Double, draws: SeededRandom) {
        self.history = history
        self.number = number
        self.draws = draws
        clock = opened
        let total = ServiceHistory.kinds.reduce(0) { $0 + $1.weight }
        var place = self.draws.whole(below: total)
        kind =
            ServiceHistory.kinds.first { kind in
                place -= kind.weight
                return place < 0
            } ?? ServiceHistory.kinds[0]
        site = ServiceHistory.sites[self.draws.whole(below: ServiceHistory.sites.count)]
        // Each ticket has a vehicle of its own, so that none joins another. A 9 as third character
        // stands for makers of few vehicles, so no real one can have the number.
        vehicle = "LF9T40D01NQ\(100_000 + number)"
        odometer = 40_000 + self.draws.whole(below: 160_000)
        isUrgent = kind.severity >= .s2
    }

    /// Half of the draws lie below `median`; `spread` is that of the logarithm.
    private mutating func around(_ median: Double, _ spread: Double) -> Double {
        median * Elementary.exp(spread * draws.deviate())
    }

    private mutating func act(
        _ verb: String, by actor: String, _ role: String, level: Int = 0,
        _ fields: [(name: String, value: String)] = []
    ) {
        var pairs = [(name: "verb", value: verb)]
        if verb != "open" { pairs.append(("ticket", "\(vehicle)/\(kind.mode)")) }
        pairs += [("actor", "\(site.lowercased())-\(actor)"), ("role", role)]
        if level > 0 { pairs.append(("level", "\(level)")) }
        actions.append(.init(at: history.time(clock), pairs: pairs + fields))
    }

    /// A message of the vehicle, with its code or without.
    private mutating func send(isFaulty: Bool, after kilometres: Int = 0) {
        odometer += kilometres
        let at = history.time(clock)
        let sent = at.advanced(by: -Int64(draws.number(in: 2...90)) * 1000)
        let codes = isFaulty ? "\"\(kind.code)\"" : ""
        actions.append(
            .init(
                at: at,
                pairs: [
                    ("topic", "v1/\(vehicle)/ev"),
                    (
                        "payload",
                        "{\"vin\":\"\(vehicle)\",\"ts\":\"\(sent.text())\",\"odo_km\":\(odometer),\"dtcs\":[\(codes)]}"
                    ),
                ]))
    }

    private func text(_ hours: Double) -> String { history.time(hours).text() }

    /// Moves on to the next hour at which a workshop is open: 8 to 17:30, every day.
    private mutating func openHour(after hours: Double) {
        clock = Self.open(clock + hours)
    }

    private static func open(_ hours: Double) -> Double {
        let ofDay = hours.truncatingRemainder(dividingBy: 24)
        return ofDay < 8 ? hours + 8 - ofDay : ofDay >= 17.5 ? hours + 32 - ofDay : hours
    }

    mutating func run(isSecondQuarter: Bool) {
        live(isSecondQuarter)
        let end = clock
        tellOthers()
        clock = end
        // A few vehicles have fallen silent by the end of the second quarter.
        guard !draws.chance(0.04) else { return }
        let last = ServiceHistory.days * 24 - draws.number(in: 1...60)
        if last > clock {
            clock = last
            send(isFaulty: false, after: draws.whole(below: 400))
        }
    }

    private mutating func live(_ isSecondQuarter: Bool) {
        let isTrue = draws.chance(kind.truth)
        let isCalled = draws.chance(0.12)
        if isCalled {
            isUrgent = true
            act(
                "open", by: "desk-\(draws.whole(below: 4) + 1)", "customer_service",
                [
                    ("vehicle", vehicle), ("mode", kind.mode), ("severity", "S2"),
                    ("component", kind.component), ("skill", kind.skill), ("site", site),
                    ("source", draws.chance(0.4) ? "breakdown" : "phone"),
                    ("complaint", "the driver called: \(kind.name.en.lowercased())"),
                ])
        } else {
            send(isFaulty: true)
        }
        // The desk has got better since the quarter before.
        clock += max(0.02, around(isSecondQuarter ? 0.15 : 0.21, 0.62))
        act("ack", by: "desk-\(draws.whole(below: 4) + 1)", "customer_service")
        clock += around(0.4, 0.5)
        let lead = around(isUrgent ? 4 : 11, 0.5) * 24
        var judgement = [
            ("severity", isCalled ? "S2" : kind.severity.name), ("advice", kind.advice.name),
            ("component", kind.component),
        ]
        if !isCalled {
            let promised = min(0.97, max(0.2, kind.truth + draws.number(in: -0.12...0.12)))
            judgement += [
                ("probability", "0.\(Int(promised * 100))"), ("fails_at", text(clock + lead)),
            ]
        }
        act(
            "triage", by: "li-\(kind.skill.lowercased())", "technician", level: 2,
            judgement.map { ($0.0, $0.1) })
        guard !callOff(isTrue, lead) else { return }
        if !isUrgent, draws.chance(0.04) { return remote(isTrue) }
        clock += around(0.7, 0.6)
        act("contact", by: "desk-1", "customer_service", [("outcome", "reached_yes")])
        clock += 0.1
        appoint(lead)
        guard let wentWell = visit(isTrue, lead), wentWell else { return }
        watch(isTrue)
    }

    /// What a few tickets teach other departments, and the few customers who complain; drawn apart,
    /// so that the courses themselves stay what they were.
    private mutating func tellOthers() {
        var draws = SeededRandom(history.seed, part: 1_000_000 + number)
        let isDelivered = actions.contains { $0.pairs.contains { $0.value == "deliver" } }
        if isDelivered, draws.chance(0.03) {
            act(
                "feedback", by: "li-\(kind.skill.lowercased())", "technician", level: 2,
                [
                    ("department", draws.chance(0.7) ? "rd" : "purchasing"),
                    ("text", "\(kind.component): failed well before its usual life"),
                    ("until", text(clock + 21 * 24)),
                ])
        }
        guard isDelivered, draws.chance(0.02) else { return }
        complain(&draws)
    }

    /// A complaint about the service is a ticket of its own.
    private mutating func complain(_ draws: inout SeededRandom) {
        let texts = [
            "was promised at noon, ready in the evening", "dearer than told", "rude at the desk",
        ]
        openHour(after: draws.number(in: 20...90))
        let mode = "service-complaint"
        func subject(_ more: [(name: String, value: String)]) -> [(name: String, value: String)] {
            [("ticket", "\(vehicle)/\(mode)")] + more
        }
        file(
            "open", "customer_service",
            [
                ("vehicle", vehicle), ("mode", mode), ("severity", "S3"),
                ("component", "service"), ("skill", "GEN"), ("site", site),
                ("source", "complaint"), ("name", "Complaint about the service"),
                ("complaint", texts[draws.whole(below: texts.count)]),
            ])
        clock += draws.number(in: 0.05...0.6)
        file("ack", "customer_service", subject([]))
        clock += draws.number(in: 0.2...2)
        file(
            "triage", "technician",
            subject([
                ("level", "2"), ("severity", "S3"), ("advice", "A4"), ("component", "service"),
            ]))
        clock += draws.number(in: 1...30)
        file(
            "remote", "technician",
            subject([
                ("level", "2"), ("cause", "work ran late"), ("correction", "called and made good"),
                ("complaint", "as told"), ("disposition", "unknown"),
            ]))
        openHour(after: draws.number(in: 24...60))
        file("follow-up", "customer_service", subject([("csat", "\(2 + draws.whole(below: 3))")]))
        clock += 2
        file("close", "customer_service", subject([]))
    }

    private mutating func file(
        _ verb: String, _ role: String, _ pairs: [(name: String, value: String)]
    ) {
        let person =
            role == "technician" ? "li-gen" : "desk-1"
        actions.append(
            .init(
                at: history.time(clock),
                pairs: [
                    ("verb", verb), ("actor", "\(site.lowercased())-\(person)"), ("role", role),
                ] + pairs))
    }

    /// Tickets that end without a visit: a false alarm seen at once, or a customer who says no.
    private mutating func callOff(_ isTrue: Bool, _ lead: Double) -> Bool {
        let declined = draws.chance(0.1)
        let seen = !isTrue && draws.chance(0.35)
        guard declined || seen else { return false }
        clock += around(1, 0.5)
        act(
            "cancel", by: "wang", "supervisor",
            [("reason", seen ? "false_alarm" : "declined")])
        if !seen, isTrue, draws.chance(0.5) { breakDown(after: lead) }
        return true
    }

    private mutating func breakDown(after hours: Double) {
        breakdowns.append(
            .init(
                at: history.time(clock + hours), vehicle: vehicle, mode: kind.mode,
                wasForetold: true))
    }

    /// A setting or an update is all it needs.
    private mutating func remote(_ isTrue: Bool) {
        clock += around(2, 0.5)
        act(
            "remote", by: "li-\(kind.skill.lowercased())", "technician", level: 2,
            [
                ("complaint", "as predicted"), ("cause", "calibration"),
                ("correction", "calibration updated"),
                ("disposition", isTrue ? "confirmed_early" : "no_trouble_found"),
            ])
        followUp(disposition: nil)
    }

    /// The estimate and the slot.
    private mutating func appoint(_ lead: Double) {
        estimate = ((kind.hours * 320 + 400) * draws.number(in: 0.8...1.2)).rounded()
        let isWarranty = draws.chance(0.2)
        var fields = [
            ("estimate", "E-\(number)"), ("total", "\(Int(estimate))"), ("currency", "CNY"),
            ("payer", isWarranty ? "warranty" : "customer"), ("price_list", "2026-2"),
        ]
        if !isWarranty { fields.append(("approved_by", "customer")) }
        act("estimate", by: "desk-1", "customer_service", fields.map { ($0.0, $0.1) })
        let wait = isUrgent ? around(3, 0.4) : around(30, 0.6)
        let slot = Self.open(clock + 0.2 + wait)
        let isInStock = draws.chance(0.9)
        clock += 0.05
        act(
            "part", by: "he", "parts",
            [
                ("part", kind.part), ("state", isInStock ? "requested" : "ordered"),
                ("quantity", "1"), ("supplier", "Huaxin Parts"), ("eta", text(slot - 0.5)),
            ])
        clock += 0.05
        act(
            "schedule", by: "desk-1", "customer_service",
            [
                ("site", site), ("slot", text(slot)),
                ("parts", isInStock ? "in_stock" : "ordered"), ("estimate", "E-\(number)"),
            ])
        clock = max(clock + 0.1, slot + draws.number(in: -0.05...0.3))
    }

    /// From check-in to hand-over; `nil` when it failed on the way.
    private mutating func visit(_ isTrue: Bool, _ lead: Double, isSecond: Bool = false) -> Bool? {
        let technician = "\(kind.skill.lowercased())-\(draws.whole(below: 3) + 1)"
        let isLate = !isSecond && isTrue && draws.chance(0.04)
        if isLate {
            breakdowns.append(
                .init(
                    at: history.time(clock - 0.4), vehicle: vehicle, mode: kind.mode,
                    wasForetold: true))
        }
        odometer += 20 + draws.whole(below: 900)
        act(
            "check-in", by: "zhao", "reception",
            [
                ("odometer", "\(odometer)"), ("notes", "walk-round done"), ("consent", "yes"),
                ("ready_by", text(clock + kind.hours * 1.3 + 4.5)),
            ])
        clock += around(0.6, 0.5)
        act("repair", by: technician, "technician", level: 2)
        if draws.chance(0.12) {
            clock += 0.3
            act(
                "hold", by: technician, "technician", level: 2,
                [
                    ("reason", draws.chance(0.7) ? "awaiting_parts" : "awaiting_approval"),
                    ("wake_at", text(clock + 60)),
                ])
            openHour(after: around(7, 0.6))
            act("resume", by: technician, "technician", level: 2)
        }
        let slow = kind.mode == "insulation-falling" || kind.mode == "turbo-wear" ? 1.35 : 1.04
        clock += kind.hours * around(slow, 0.22)
        if isTrue {
            act(
                "part", by: technician, "technician", level: 2,
                [
                    ("part", kind.part), ("state", "fitted"), ("quantity", "1"),
                    ("lot", "B26\(draws.whole(below: 5) + 1)0"), ("supplier", "Huaxin Parts"),
                ])
        }
        report(technician, isTrue)
        clock += around(0.4, 0.4)
        if draws.chance(kind.skill == "HV" ? 0.2 : 0.04) {
            act(
                "qc", by: "sun", "quality", [("result", "fail"), ("checklist", "road test failed")]
            )
            clock += kind.hours * 0.6
            report(technician, isTrue)
            clock += 0.4
        }
        act("qc", by: "sun", "quality", [("result", "pass"), ("checklist", "all points")])
        clock += around(0.5, 0.4)
        act("deliver", by: "zhao", "reception", [("odometer", "\(odometer + 4)")])
        invoices.append("E-\(number),\(Int((estimate * around(1.01, 0.055)).rounded()))")
        guard !isSecond, draws.chance(0.05) else {
            followUp(
                disposition: isLate
                    ? "broke_down_before_service"
                    : isTrue
                        ? (draws.chance(0.9)
                            ? "confirmed_as_predicted" : "confirmed_other_component")
                        : (draws.chance(0.5) ? "no_trouble_found" : "data_fault"))
            return true
        }
        comeBack(isTrue, lead)
        return nil
    }

    private mutating func report(_ technician: String, _ isTrue: Bool) {
        act(
            "repair", by: technician, "technician", level: 2,
            [
                ("complaint", "as predicted"), ("cause", isTrue ? kind.component : "none found"),
                ("correction", isTrue ? "\(kind.component) replaced" : "checked"),
                ("root_part", isTrue ? kind.part : "none"),
            ])
    }

    /// The same code a few days after the repair opens the ticket again.
    private mutating func comeBack(_ isTrue: Bool, _ lead: Double) {
        clock += draws.number(in: 40...240)
        send(isFaulty: true, after: 400)
        clock += 0.5
        act("contact", by: "desk-1", "customer_service", [("outcome", "reached_yes")])
        clock += 0.1
        appoint(lead)
        _ = visit(isTrue, lead, isSecond: true)
    }

    private mutating func followUp(disposition: String?) {
        openHour(after: draws.number(in: 28...76))
        if draws.chance(0.1) {
            for _ in 0..<3 {
                act("follow-up", by: "desk-2", "customer_service", [("answer", "no_answer")])
                openHour(after: 4)
            }
        } else {
            var answers = [("csat", "\(score())")]
            if draws.chance(0.08) {
                let reasons = ["slow_response", "price", "parts"]
                answers.append(("reasons", reasons[draws.whole(below: 3)]))
            }
            act("follow-up", by: "desk-2", "customer_service", answers.map { ($0.0, $0.1) })
        }
        clock += around(8, 0.3)
        act(
            "close", by: "desk-2", "customer_service",
            disposition.map { [("disposition", $0)] } ?? [])
    }

    /// What the repaired vehicle sends later, by which the repair is proved.
    private mutating func watch(_ isTrue: Bool) {
        for days in [9.0, 22] {
            clock += days * 24
            send(isFaulty: false, after: 500 + draws.whole(below: 400))
        }
    }

    private mutating func score() -> Int {
        let draw = draws.unit()
        return draw < 0.03 ? 1 : draw < 0.08 ? 2 : draw < 0.2 ? 3 : draw < 0.55 ? 4 : 5
    }
}
