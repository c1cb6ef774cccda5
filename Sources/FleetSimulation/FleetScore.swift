import VehicleFaults

/// How well tickets found what is known to be true.
public struct FleetScore: Sendable {
    /// All modes of failure, those that scorers keep apart, and the others.
    public private(set) var whole = FleetTally()
    public private(set) var withheld = FleetTally()
    public private(set) var known = FleetTally()
    /// By family, in the order of names.
    public private(set) var families: [(family: String, tally: FleetTally)] = []
    /// What false tickets were about, as a look-alike's name or `nothing`, in the order of names.
    public private(set) var falseBy: [(what: String, count: Int)] = []
    /// Tickets that were scored.
    public let tickets: Int

    /// Days after a look-alike during which a false ticket is still put down to it.
    private static let memory: Int64 = 30 * 86_400_000
    /// Milliseconds of a day.
    private static let day = 86_400_000.0

    private enum Verdict {
        case right(Int)
        case late(Int)
        case wrong
    }

    /// Scores tickets in the order in which they were opened.
    ///
    /// A ticket is right when it was opened from the onset (or `slack` before) until the failure of
    /// its vehicle, and names the failure's mode or component or nothing that the fleet knows. One
    /// that was opened up to `aftermath` later is late. Any other is false.
    public init(_ tickets: [ScoredTicket], truth: ScoredTruth, terms: ScoringTerms = .init()) {
        self.tickets = tickets.count
        let names = Set(truth.modes.flatMap { [$0.mode, $0.component] })
        let familyOf = Dictionary(
            truth.modes.flatMap { [($0.mode, $0), ($0.component, $0)] }
        ) { first, _ in first }
        var byVehicle: [String: [Int]] = [:]
        for index in truth.failures.indices {
            byVehicle[truth.failures[index].vehicle, default: []].append(index)
        }
        var alikes: [String: [ScoredTruth.LookAlike]] = [:]
        for alike in truth.lookAlikes { alikes[alike.vehicle, default: []].append(alike) }
        var tallies: [String: FleetTally] = [:]
        for mode in truth.modes { tallies[mode.family] = FleetTally() }
        var first: [Int: EventTime] = [:]
        var reasons: [String: Int] = [:]
        let ordered = tickets.indices.sorted {
            (tickets[$0].opened, $0) < (tickets[$1].opened, $1)
        }
        for ticket in ordered.map({ tickets[$0] }) {
            let verdict = Self.verdict(
                on: ticket, truth.failures, byVehicle[ticket.vehicle] ?? [], names, terms)
            let isRepeated =
                if case .right(let index) = verdict { first[index] != nil } else { false }
            let part: ScoredTruth.Mode? =
                switch verdict {
                case .right(let index), .late(let index):
                    Self.mode(of: truth.failures[index])
                case .wrong:
                    ticket.mode.flatMap { familyOf[$0] }
                        ?? ticket.component.flatMap { familyOf[$0] }
                }
            let judgement = Self.interval(of: ticket, verdict, truth)
            func count(_ tally: inout FleetTally) {
                switch verdict {
                case .right:
                    tally.trueTickets += 1
                    if isRepeated { tally.repeatedTickets += 1 }
                    switch judgement {
                    case .some(true): tally.intervalsRight += 1
                    case .some(false):
                        tally.intervalsWrong += 1
                        if Self.isLater(ticket, verdict, truth) { tally.intervalsLate += 1 }
                    case nil: if ticket.expected != nil { tally.intervalsOpen += 1 }
                    }
                case .late: tally.lateTickets += 1
                case .wrong: tally.falseTickets += 1
                }
            }
            count(&whole)
            if let part {
                if part.isWithheld { count(&withheld) } else { count(&known) }
                count(&tallies[part.family, default: FleetTally()])
            }
            switch verdict {
            case .right(let index): if !isRepeated { first[index] = ticket.opened }
            case .late: break
            case .wrong:
                let reason = Self.reason(for: ticket, in: alikes[ticket.vehicle] ?? [])
                reasons[reason, default: 0] += 1
            }
        }
        for (index, failure) in truth.failures.enumerated() {
            guard let failed = failure.failed else { continue }
            let opened = first[index]
            func count(_ tally: inout FleetTally) {
                tally.failures += 1
                let isVisible = failure.hasPrecursor && failure.isSeenFromOnset
                if isVisible { tally.visible += 1 }
                guard let opened else { return }
                tally.found += 1
                if isVisible { tally.visibleFound += 1 }
                tally.leadDays.append(Double(failed.milliseconds(since: opened)) / Self.day)
            }
            count(&whole)
            if failure.isWithheld { count(&withheld) } else { count(&known) }
            count(&tallies[failure.family, default: FleetTally()])
        }
        whole.leadDays.sort()
        withheld.leadDays.sort()
        known.leadDays.sort()
        families = tallies.sorted { $0.key < $1.key }.map { family, tally in
            var tally = tally
            tally.leadDays.sort()
            return (family, tally)
        }
        falseBy = reasons.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Adds false tickets that are only expected; they belong to no family.
    public mutating func expectFalse(_ number: Double) { whole.expectedFalse += number }

    private static func mode(of failure: ScoredTruth.Failure) -> ScoredTruth.Mode {
        ScoredTruth.Mode(
            mode: failure.mode, component: failure.component, family: failure.family,
            isWithheld: failure.isWithheld)
    }

    private static func verdict(
        on ticket: ScoredTicket, _ failures: [ScoredTruth.Failure], _ own: [Int],
        _ names: Set<String>, _ terms: ScoringTerms
    ) -> Verdict {
        let named = [ticket.mode, ticket.component].compactMap(\.self).filter(names.contains)
        let possible = own.filter { index in
            named.isEmpty || named.contains(failures[index].mode)
                || named.contains(failures[index].component)
        }
        // Of several failures under way the next one counts.
        let current = possible.filter { index in
            let failure = failures[index]
            return failure.onset.advanced(by: -terms.slack) <= ticket.opened
                && failure.failed.map { ticket.opened < $0 } ?? true
                && failure.hasPrecursor
        }
        let next = current.min {
            (failures[$0].failed?.milliseconds ?? .max, $0)
                < (failures[$1].failed?.milliseconds ?? .max, $1)
        }
        if let next { return .right(next) }
        let past = possible.first { index in
            guard let failed = failures[index].failed else { return false }
            return failed <= ticket.opened
                && ticket.opened <= failed.advanced(by: terms.aftermath)
        }
        return past.map { .late($0) } ?? .wrong
    }

    /// Whether the failure fell in a ticket's interval; `nil` when there is none, or the truth ends
    /// before that can be said.
    private static func interval(
        of ticket: ScoredTicket, _ verdict: Verdict, _ truth: ScoredTruth
    ) -> Bool? {
        guard case .right(let index) = verdict, let expected = ticket.expected else { return nil }
        if let failed = truth.failures[index].failed { return expected.contains(failed) }
        return expected.upperBound < truth.end ? false : nil
    }

    /// Whether the failure came after a ticket's interval, or will.
    private static func isLater(
        _ ticket: ScoredTicket, _ verdict: Verdict, _ truth: ScoredTruth
    ) -> Bool {
        guard case .right(let index) = verdict, let expected = ticket.expected else { return false }
        return (truth.failures[index].failed ?? truth.end) > expected.upperBound
    }

    private static func reason(
        for ticket: ScoredTicket, in alikes: [ScoredTruth.LookAlike]
    ) -> String {
        let close = alikes.filter { alike in
            alike.from <= ticket.opened
                && alike.to.map { ticket.opened <= $0.advanced(by: memory) } ?? true
        }
        // What it names goes before what merely happened to the vehicle; then the newest.
        let named = close.filter { $0.mode != nil && $0.mode == ticket.mode }
        let newest = (named.isEmpty ? close : named).max { ($0.from, $0.what) < ($1.from, $1.what) }
        return newest?.what ?? "nothing"
    }
}
