import ForewarnDaemon
import Glibc
import TerminalText
import TicketStorage
import VehicleFaults

/// What a store alone says of how things stand: `doctor` and the console show the same.
package enum StoreCheckup {
    /// How much of the fleet can be seen, which takes some seconds for a hundred thousand vehicles.
    ///
    /// - Throws: ``TicketStore/Unusable`` when the store cannot be read.
    package static func sight(_ store: TicketStore) throws -> [Diagnosis] {
        let rules = try? RuleSet(inForce: store)
        let facts = try store.facts(countsJournal: false)
        return diagnoses(
            try Sight(store, rules: rules, at: nil), falseCodes: facts.falseCodes)
    }

    /// What is to be said of what can be seen; nothing where no vehicle was heard.
    ///
    /// - Parameter falseCodes: sightings of codes that the roster calls false.
    package static func diagnoses(_ sight: Sight?, falseCodes: Int) -> [Diagnosis] {
        guard let sight else { return [] }
        let text = heard(sight)
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
        if falseCodes > 0 {
            result.append(
                .ok(
                    .sight,
                    falseCodes == 1
                        ? "1 code left out that the roster calls false"
                        : "\(falseCodes) codes left out that the roster calls false"))
        }
        result += clocks(sight)
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

    /// How many vehicles have a clock that cannot be right.
    private static func clocks(_ sight: Sight) -> [Diagnosis] {
        var result: [Diagnosis] = []
        if sight.ahead > 0 {
            result.append(
                .warn(
                    .sight,
                    sight.ahead == 1
                        ? "1 vehicle has a clock that is ahead; its times are not believed"
                        : "\(sight.ahead) vehicles have a clock that is ahead; their times are not believed",
                    fix: "set the clock of the device; vehicle show says by how much it is off"))
        }
        if sight.behind > 0 {
            result.append(
                .ok(
                    .sight,
                    sight.behind == 1
                        ? "the newest message of 1 vehicle was a day old or more when it came"
                        : "the newest messages of \(sight.behind) vehicles were a day old or more when they came"
                ))
        }
        return result
    }

    /// How many vehicles were heard lately.
    package static func heard(_ sight: Sight) -> Saying {
        "\(sight.week) of \(sight.vehicles) vehicles were heard in the newest week, "
            + "\(sight.day) in its newest day"
    }

    /// When the daemon's own message last came back.
    ///
    /// - Throws: ``TicketStore/Unusable`` when the store cannot be read.
    package static func canary(_ store: TicketStore, at time: EventTime) throws -> [Diagnosis] {
        guard let fact = try store.fact("canary"), let canary = Canary(fact: fact) else {
            return []
        }
        let every = Saying(duration: canary.interval)
        let now = time.milliseconds
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

    /// What the store holds and how old its newest message is.
    package static func content(_ facts: StoreFacts, at now: EventTime) -> [Diagnosis] {
        var found: [Diagnosis] = []
        let tables: Saying = "version \(facts.migrations.count)"
        found.append(
            facts.isKnown
                ? .ok(.schema, tables)
                : .fail(
                    .schema, "\(tables) is newer than this program",
                    fix: "install the version of forewarn that runs as the daemon"))
        if let rows = facts.journalRows {
            found.append(
                .ok(
                    .journal,
                    "newest row \(facts.journalRow), \(rows) kept, \(Bytes.text(facts.bytes))"))
        }
        found.append(age(facts.received, at: now))
        found.append(deadLetters(facts))
        return found
    }

    /// How many messages could not be read.
    package static func deadLetters(_ facts: StoreFacts) -> Diagnosis {
        let letters = facts.deadLetters
        let share = Double(letters) / Double(max(1, facts.messages))
        let percent = shortNumber((share * 10_000).rounded() / 100)
        let text: Saying = "\(letters) of \(facts.messages) messages (\(percent) %)"
        return share > 0.01 && letters >= 10
            ? .warn(
                .deadLetters, text,
                fix: "forewarn dlq ls shows the reasons; many at once mean a changed sender")
            : .ok(.deadLetters, text)
    }

    /// How old the newest message is.
    ///
    /// - Parameter received: when it was received; `nil` when none was.
    package static func age(_ received: EventTime?, at now: EventTime) -> Diagnosis {
        guard let received else {
            return .warn(
                .messages, "none was received yet",
                fix: "compare the topics with mosquitto_sub -v -t '#'")
        }
        let age = now.milliseconds(since: received)
        let text: Saying = "the newest was received \(Saying(duration: max(0, age))) ago"
        if age < -60_000 {
            return .fail(
                .messages, "the newest was received in the future, at \(received)",
                fix: "keep the clock of this machine right")
        }
        guard age > 900_000 else { return .ok(.messages, text) }
        return .warn(.messages, text, fix: "is the broker up, and do the vehicles drive?")
    }

    /// Whether a daemon runs, which holds a lock on a file of its folder.
    package static func daemon(folder: String) -> Diagnosis {
        let lock = StateFolder(path: folder).lockFile
        let descriptor = open(lock, O_RDONLY | O_CLOEXEC)
        let missing = Diagnosis.warn(
            .daemon, "no daemon runs on this folder",
            fix: "systemctl start forewarn, or forewarn run")
        guard descriptor >= 0 else {
            return errno == ENOENT
                ? missing
                : .warn(
                    .daemon, "\(lock): \(String(cString: strerror(errno)))",
                    fix: "look with the rights of the service")
        }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return .ok(.daemon, "runs") }
        flock(descriptor, LOCK_UN)
        return missing
    }
}
