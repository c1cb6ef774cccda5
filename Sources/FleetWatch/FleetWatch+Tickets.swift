import FaultDecoding
import FaultRules
import ServiceTickets
import VehicleFaults

// The ticket stage: what was found, asked and timed, one after the other in journal order.
extension FleetWatch {
    /// What happens at one entry: first the tick before it, then what was wrong with it, then what
    /// was found in it, then what it asks.
    private enum Rank: Int, Comparable {
        case tick, letter, finding, command
        static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
    }

    /// How far the ticket stage has come in a batch.
    private struct Progress {
        var tick = 0
        var letter = 0
        var command = 0
        var slice = 0
        var report = 0
        /// The newest entry that came while no vehicle was watched.
        var unwatched = -1
        /// Vehicles that were heard first in an epoch and are not counted yet.
        var heard: ArraySlice<(vehicle: VehicleID, epoch: Int64)> = []
    }

    /// Decides what findings, dead letters, ticks and commands of a batch mean for tickets.
    ///
    /// - Parameters:
    ///   - found: in journal order.
    ///   - failures: in order of entry.
    mutating func decide(
        _ found: [(key: FindingKey, finding: Finding)],
        _ failures: [(entry: Int, failure: DecodingFailure)], into outcome: inout Outcome
    ) {
        let ticks = gridPoints()
        var progress = Progress()
        progress.heard = takeCensus()
        for (key, finding) in found {
            proceed(to: (key.entry, .finding), &progress, ticks, failures, &outcome)
            observe(upTo: key.entry, &progress, &outcome)
            settle(finding, at: key.entry, &outcome)
        }
        proceed(to: (.max, .command), &progress, ticks, failures, &outcome)
        if book.watchesAny { observe(upTo: entries.count, &progress, &outcome) }
        count(&progress.heard)
    }

    /// Does what comes before a place.
    private mutating func proceed(
        to limit: (entry: Int, rank: Rank), _ progress: inout Progress, _ ticks: [Tick],
        _ failures: [(entry: Int, failure: DecodingFailure)], _ outcome: inout Outcome
    ) {
        while true {
            var next = limit
            if progress.tick < ticks.count, (ticks[progress.tick].entry, .tick) < next {
                next = (ticks[progress.tick].entry, .tick)
            }
            if progress.letter < failures.count, (failures[progress.letter].entry, .letter) < next {
                next = (failures[progress.letter].entry, .letter)
            }
            if progress.command < commands.count,
                (commands[progress.command].entry, .command) < next
            {
                next = (commands[progress.command].entry, .command)
            }
            guard next < limit else { return }
            switch next.rank {
            case .tick:
                observe(upTo: next.entry - 1, &progress, &outcome)
                let time = ticks[progress.tick].time
                progress.tick += 1
                note(book.tick(at: EventTime(milliseconds: time)), &outcome)
                note(endCaseEpoch(at: time, &progress.heard), &outcome)
            case .letter:
                outcome.decisions.append(deadLetter(failures[progress.letter]))
                progress.letter += 1
            case .command:
                observe(upTo: next.entry, &progress, &outcome)
                carryOut(commands[progress.command], &outcome)
                progress.command += 1
            case .finding: return
            }
        }
    }

    private func note(_ notes: [TicketNote], _ outcome: inout Outcome) {
        for note in notes { outcome.decisions.append(.ticket(note)) }
    }

    /// The points of the grid that received time passes in the batch.
    private func gridPoints() -> [Tick] {
        guard let newest = times.last else { return [] }
        let before = lastReceivedBeforeBatch
        // Most batches lie between two ticks.
        if before > .min, TickGrid.latest(upTo: newest) == TickGrid.latest(upTo: before) {
            return []
        }
        var result: [Tick] = []
        var passed = before == .min ? Int64.min : TickGrid.latest(upTo: before)
        for (index, time) in times.enumerated() {
            let grid = TickGrid.latest(upTo: time)
            guard grid > passed else { continue }
            passed = grid
            result.append(Tick(entry: index, time: grid))
        }
        return result
    }

    private func deadLetter(_ failure: (entry: Int, failure: DecodingFailure)) -> Decision {
        .deadLetter(
            DeadLetter(
                position: positions[failure.entry], entry: failure.entry, failure: failure.failure))
    }

    /// Tells the book of messages from vehicles that it watches.
    private mutating func observe(
        upTo entry: Int, _ progress: inout Progress, _ outcome: inout Outcome
    ) {
        guard book.watchesAny else {
            progress.unwatched = max(progress.unwatched, entry)
            return
        }
        while progress.slice < slices.count {
            let box = slices[progress.slice]
            while progress.report < box.slice.traces.count {
                let origin = Int(box.slice.traces[progress.report].entry)
                guard origin <= entry else { return }
                let place = progress.report
                progress.report += 1
                guard origin > progress.unwatched else { continue }
                let report = box.slice.buffer.reports[place]
                guard book.watches(report.vehicle) else { continue }
                note(
                    book.observe(
                        report.vehicle, odometer: report.odometerKilometres,
                        at: EventTime(milliseconds: times[origin])), &outcome)
            }
            progress.slice += 1
            progress.report = 0
        }
    }

    private mutating func settle(_ finding: Finding, at entry: Int, _ outcome: inout Outcome) {
        guard finding.kind != .codesCleared else {
            guard finding.vehicle != .canary else { return }
            outcome.decisions.append(.maintenance(finding))
            return note(
                book.codesCleared(
                    on: finding.vehicle, cleared: finding.at,
                    at: EventTime(milliseconds: times[entry])), &outcome)
        }
        let rule = program.rules[finding.rule]
        switch hold(finding, of: rule, received: times[entry]) {
        case .passed: break
        case .kept(let effect):
            if effect != .canary {
                outcome.findings += 1
            } else if rule.id == Self.canaryRule {
                outcome.canaries += 1
            }
            outcome.decisions.append(
                .finding(SettledFinding(finding: finding, of: worded, effect: effect)))
            return
        case .dropped: return
        }
        let settled = book.settle(
            Suspicion(
                vehicle: finding.vehicle, mode: rule.mode, severity: rule.severity,
                advice: rule.advice, component: rule.component, skill: rule.skill,
                name: (rule.name.en, rule.name.zh), at: finding.at, position: finding.position,
                isRaised: finding.kind == .raised,
                received: EventTime(milliseconds: times[entry]), rule: rule.id,
                kinds: finding.kind == .raised ? finding.evidenceKinds : []))
        outcome.findings += 1
        outcome.decisions.append(
            .finding(
                SettledFinding(
                    finding: finding, of: worded, effect: settled.effect,
                    ticket: settled.ticket, own: settled.own)))
        note(settled.further, &outcome)
    }

    // MARK: - Commands

    private mutating func carryOut(
        _ command: (entry: Int, payload: [UInt8]), _ outcome: inout Outcome
    ) {
        let pairs = FlatJSON.pairs(String(decoding: command.payload, as: UTF8.self)) ?? []
        let number = pairs.first { $0.0 == "command" }.flatMap { Int64($0.1) } ?? 0
        if let repair = ConfirmedRepair(pairs: pairs) {
            // The lane has heard of it in its place among the messages.
            outcome.answers.append(
                CommandOutcome(command: number, isDone: true, answer: repair.json))
            return
        }
        do throws(Refusal) {
            let answer = try book.carryOut(
                try TicketRequest(pairs: pairs),
                at: EventTime(milliseconds: times[command.entry]))
            note(answer.notes, &outcome)
            outcome.repairs += answer.notes.compactMap(repair)
            outcome.answers.append(
                CommandOutcome(command: number, isDone: true, answer: answer.json))
        } catch {
            outcome.answers.append(
                CommandOutcome(command: number, isDone: false, answer: error.json))
        }
    }

    /// Tickets that the opened batch's commands speak of and that are not in memory: they must be
    /// brought with ``adopt(_:)-(Ticket)`` before ``close(row:)``.
    public var wantedTickets: [Int64] {
        var result: [Int64] = []
        for command in commands {
            let pairs = FlatJSON.pairs(String(decoding: command.payload, as: UTF8.self)) ?? []
            for (name, value) in pairs where name == "ticket" || name == "into" {
                let number =
                    Int64(value) ?? TicketRequest.Subject(value).flatMap { book.newest($0) }
                guard let number, book[number] == nil, !result.contains(number)
                else { continue }
                result.append(number)
            }
        }
        return result
    }

    /// Brings a ticket that is over.
    public mutating func adopt(_ ticket: Ticket) { book.adopt(ticket) }

    /// What the ticket stage has changed besides tickets, to be stored with the batch.
    public mutating func takeTicketMemory() -> [MemoryRow] { book.takeMemory() }

    /// Forgets tickets that are over when there are many of them.
    public mutating func forgetFinishedTickets() { book.forgetFinished() }
}

extension Finding {
    /// What kinds of evidence it has, each once, in order.
    var evidenceKinds: [String] {
        var result: [String] = []
        let items = evidence.span
        for place in items.indices {
            if place > 0, items[place].isOfKind(of: items[place - 1]) { continue }
            let kind = items[place].kind
            if !result.contains(kind) { result.append(kind) }
        }
        return result
    }
}

extension Evidence {
    /// Whether two are known to be of one kind without a look at what it is called.
    fileprivate func isOfKind(of other: Evidence) -> Bool {
        if case .code(let code, _) = content, case .code(let same, _) = other.content {
            return code == same
        }
        return false
    }
}
