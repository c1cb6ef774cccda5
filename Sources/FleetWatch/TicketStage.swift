import FaultRules
import ServiceTickets
import VehicleFaults

/// The ticket stage: what was found, asked and timed, one after the other in journal order.
///
/// It knows nothing of lanes but what they hand on, so that it may decide a batch while lanes take the next.
public struct TicketStage: Sendable {
    /// The open tickets.
    public internal(set) var book: TicketBook
    let program: RuleProgram
    /// The program's rules with what findings say of them.
    let worded: WordedRules
    /// What people said about rules.
    let controls: RuleControls
    let settings: WatchSettings

    init(
        program: RuleProgram, settings: WatchSettings, controls: RuleControls, book: TicketBook,
        classes: VehicleClasses
    ) {
        self.program = program
        worded = WordedRules(program)
        self.controls = controls
        self.settings = settings
        self.book = book
        self.book.classes = classes
    }

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

    /// Decides what a batch means for tickets.
    ///
    /// - Parameter messages: the batch's messages, for vehicles that are watched; none where there are no
    ///   people, and so nobody who has any watched.
    mutating func decide(_ lanes: consuming LaneOutcome, messages: BatchMessages?) -> Outcome {
        var outcome = lanes.counts
        var progress = Progress()
        progress.heard = lanes.heard
        for found in lanes.found {
            proceed(to: (found.entry, .finding), &progress, lanes, messages, &outcome)
            observe(upTo: found.entry, &progress, messages, &outcome)
            settle(found, &outcome)
        }
        proceed(to: (.max, .command), &progress, lanes, messages, &outcome)
        if book.watchesAny { observe(upTo: .max, &progress, messages, &outcome) }
        count(&progress.heard)
        return outcome
    }

    /// As ``decide(_:messages:)`` for a batch of a recording, which holds no people.
    public mutating func decide(_ lanes: consuming LaneOutcome) -> Outcome {
        decide(lanes, messages: nil)
    }

    /// Does what comes before a place.
    private mutating func proceed(
        to limit: (entry: Int, rank: Rank), _ progress: inout Progress,
        _ lanes: borrowing LaneOutcome, _ messages: BatchMessages?, _ outcome: inout Outcome
    ) {
        let (ticks, letters, commands) = (lanes.ticks, lanes.letters, lanes.commands)
        while true {
            var next = limit
            if progress.tick < ticks.count, (ticks[progress.tick].entry, .tick) < next {
                next = (ticks[progress.tick].entry, .tick)
            }
            if progress.letter < letters.count, (letters[progress.letter].entry, .letter) < next {
                next = (letters[progress.letter].entry, .letter)
            }
            if progress.command < commands.count,
                (commands[progress.command].entry, .command) < next
            {
                next = (commands[progress.command].entry, .command)
            }
            guard next < limit else { return }
            switch next.rank {
            case .tick:
                observe(upTo: next.entry - 1, &progress, messages, &outcome)
                let time = ticks[progress.tick].time
                progress.tick += 1
                note(book.tick(at: EventTime(milliseconds: time)), &outcome)
                note(endCaseEpoch(at: time, &progress.heard), &outcome)
            case .letter:
                outcome.decisions.append(.deadLetter(letters[progress.letter]))
                progress.letter += 1
            case .command:
                observe(upTo: next.entry, &progress, messages, &outcome)
                carryOut(commands[progress.command], &outcome)
                progress.command += 1
            case .finding: return
            }
        }
    }

    private func note(_ notes: [TicketNote], _ outcome: inout Outcome) {
        for note in notes { outcome.decisions.append(.ticket(note)) }
    }

    /// Tells the book of messages from vehicles that it watches.
    private mutating func observe(
        upTo entry: Int, _ progress: inout Progress, _ messages: BatchMessages?,
        _ outcome: inout Outcome
    ) {
        guard book.watchesAny, let messages else {
            progress.unwatched = max(progress.unwatched, entry)
            return
        }
        while progress.slice < messages.slices.count {
            let box = messages.slices[progress.slice]
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
                        at: EventTime(milliseconds: messages.times[origin])), &outcome)
            }
            progress.slice += 1
            progress.report = 0
        }
    }

    private mutating func settle(_ found: LaneOutcome.Found, _ outcome: inout Outcome) {
        let finding = found.finding
        let received = EventTime(milliseconds: found.received)
        guard finding.kind != .codesCleared else {
            guard finding.vehicle != .canary else { return }
            outcome.decisions.append(.maintenance(finding))
            return note(
                book.codesCleared(
                    on: finding.vehicle, cleared: finding.at, at: received), &outcome)
        }
        let rule = program.rules[finding.rule]
        switch hold(finding, of: rule, received: received) {
        case .passed: break
        case .kept(let effect):
            if effect != .canary {
                outcome.findings += 1
            } else if rule.id == FleetWatch.canaryRule {
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
                received: received, rule: rule.id,
                kinds: finding.kind == .raised ? finding.evidenceKinds : []))
        outcome.findings += 1
        outcome.decisions.append(
            .finding(
                SettledFinding(
                    finding: finding, of: worded, effect: settled.effect,
                    ticket: settled.ticket, own: settled.own)))
        note(settled.further, &outcome)
    }

    /// What the stage has changed besides tickets, to be stored.
    public mutating func takeMemory() -> [MemoryRow] { book.takeMemory() }

    // MARK: - Commands

    private mutating func carryOut(
        _ command: LaneOutcome.Command, _ outcome: inout Outcome
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
                at: EventTime(milliseconds: command.received))
            note(answer.notes, &outcome)
            outcome.repairs += answer.notes.compactMap(program.repair)
            outcome.answers.append(
                CommandOutcome(command: number, isDone: true, answer: answer.json))
        } catch {
            outcome.answers.append(
                CommandOutcome(command: number, isDone: false, answer: error.json))
        }
    }
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
