import ForewarnDaemon
import TicketStorage
import VehicleFaults

/// What a store holds as figures that Prometheus reads. Names and meanings stand in
/// `docs/reference/console.md`.
struct StoreMetrics {
    private(set) var text = ""

    /// - Throws: ``TicketStore/Unusable`` when the store cannot be read.
    init(_ store: TicketStore, _ knowledge: StoreKnowledge, at now: EventTime) throws {
        let facts = try store.facts(countsJournal: false)
        counter(
            "forewarn_messages_total", "Messages decided, without those sent again", facts.messages)
        counter("forewarn_dead_letters_total", "Messages that could not be read", facts.deadLetters)
        counter(
            "forewarn_duplicates_total", "Messages sent again and decided once", facts.duplicates)
        counter(
            "forewarn_late_messages_total", "Messages older than the window in which they count",
            facts.late)
        counter("forewarn_findings_total", "Findings of rules and checks", facts.findings)
        counter("forewarn_tickets_total", "Tickets ever opened", facts.tickets)
        let open = try store.openCounts()
        begin("forewarn_tickets_open", "gauge", "Tickets that are not closed")
        for severity in Severity.allCases.reversed() {
            let count = open.total { $0.severity == severity }
            sample("forewarn_tickets_open", "{severity=\"\(severity.name)\"}", "\(count)")
        }
        if let received = facts.received {
            let age = Double(now.milliseconds(since: received)) / 1000
            gauge(
                "forewarn_last_message_age_seconds",
                "Seconds since the newest message was received",
                "\(age)")
        }
        gauge("forewarn_store_bytes", "Bytes of the database and its log", "\(facts.bytes)")
        if let sight = knowledge.view()?.sight { add(sight) }
        if let fact = try store.fact("canary"), let canary = Canary(fact: fact) {
            gauge(
                "forewarn_canary_overdue", "1 when the daemon's own message should have come back",
                canary.isOverdue(at: now.milliseconds) ? "1" : "0")
            if let trip = canary.roundTrip {
                gauge(
                    "forewarn_canary_round_trip_seconds",
                    "From its publish to its committed decision",
                    "\(Double(trip) / 1000)")
            }
        }
    }

    private mutating func add(_ sight: Sight) {
        gauge("forewarn_vehicles_known", "Vehicles that were ever heard", "\(sight.vehicles)")
        begin("forewarn_vehicles_heard", "gauge", "Vehicles heard in the newest day and week")
        sample("forewarn_vehicles_heard", "{within=\"day\"}", "\(sight.day)")
        sample("forewarn_vehicles_heard", "{within=\"week\"}", "\(sight.week)")
        gauge(
            "forewarn_vehicles_never_heard", "Vehicles of the roster that were never heard",
            "\(sight.neverHeard)")
        begin(
            "forewarn_vehicles_clock_wrong", "gauge",
            "Vehicles heard in the newest week whose clock is ahead, or behind by a day")
        sample("forewarn_vehicles_clock_wrong", "{way=\"ahead\"}", "\(sight.ahead)")
        sample("forewarn_vehicles_clock_wrong", "{way=\"behind\"}", "\(sight.behind)")
        gauge(
            "forewarn_rules_without_input", "Rules whose signals nobody sent for a week",
            "\(sight.deaf.count)")
        gauge(
            "forewarn_checks_short_of_data", "Statistical checks that judge few of the vehicles",
            "\(sight.starved.count)")
    }

    private mutating func begin(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: String) {
        text += "\(name)\(labels) \(value)\n"
    }

    private mutating func counter(_ name: String, _ help: String, _ value: Int) {
        begin(name, "counter", help)
        sample(name, "", "\(value)")
    }

    private mutating func gauge(_ name: String, _ help: String, _ value: String) {
        begin(name, "gauge", help)
        sample(name, "", value)
    }
}
