import ForewarnDaemon
import TerminalText
import TicketStorage
import VehicleFaults

/// How much of the fleet can be seen, and whether messages come through.
extension Checkup {
    @Sendable static func sight(_ patient: Patient) -> [Diagnosis] {
        guard let store = try? patient.store.open() else { return [] }
        let rules = try? RuleSet(inForce: store)
        guard let sight = try? Sight(store, rules: rules, at: nil) else { return [] }
        let text: Saying =
            "\(sight.week) of \(sight.vehicles) vehicles were heard in the newest week, "
            + "\(sight.day) in its newest day"
        var result = [
            sight.isDim
                ? Diagnosis.warn(
                    .sight, text, fix: "look for a gateway or a topic that no longer reports")
                : .ok(.sight, text)
        ]
        if sight.neverHeard > 0 {
            result.append(
                .warn(
                    .sight,
                    "\(sight.neverHeard) of \(sight.roster) vehicles of the roster were never heard",
                    fix: "forewarn vehicle unknown lists devices that nobody has named"))
        }
        if let left = try? store.facts().falseCodes, left > 0 {
            result.append(
                .ok(
                    .sight,
                    left == 1
                        ? "1 code left out that the roster calls false"
                        : "\(left) codes left out that the roster calls false"))
        }
        result += sight.starved.map { check in
            .warn(
                .sight,
                "\(check.rule) is short of data: it judges \(check.judged) of \(sight.week) vehicles",
                fix: "a past of some weeks is needed; see that vehicles send what it watches")
        }
        result += sight.deaf.map { rule in
            let names = rule.signals.joined(separator: ", ")
            return .warn(
                .sight, "\(rule.rule) has had no input for a week: nobody sends \(names)",
                fix: "see that vehicles send it under this name, or switch the rule off")
        }
        return result
    }

    /// When the daemon's own message last came back.
    @Sendable static func canary(_ patient: Patient) -> [Diagnosis] {
        guard let store = try? patient.store.open(), let fact = try? store.fact("canary"),
            let canary = Canary(fact: fact)
        else { return [] }
        let every = Saying(duration: canary.interval)
        let now = Arguments.now.milliseconds
        guard let returned = canary.returned else {
            let text: Saying =
                "has not come back since the daemon started; it flies every \(every)"
            return canary.isOverdue(at: now) ? [overdue(text)] : [.ok(.canary, text)]
        }
        let ago = Saying(duration: max(0, now - returned))
        let text: Saying =
            "came back \(ago) ago, after \(canary.roundTrip ?? 0) ms; it flies every \(every)"
        return canary.isOverdue(at: now) ? [overdue(text)] : [.ok(.canary, text)]
    }

    private static func overdue(_ text: Saying) -> Diagnosis {
        .fail(
            .canary, text,
            fix: "does the daemon run, is the broker up, and may it write and read its own topic?")
    }
}
