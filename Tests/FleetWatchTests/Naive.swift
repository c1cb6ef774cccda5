import FaultRules
import FaultTrends
import VehicleFaults

/// A message as the naive evaluator keeps it.
struct Told {
    /// A code of a control unit, which is empty where the message names none.
    struct Subject: Hashable {
        var code: FaultCode
        var unit = ""
    }

    struct Sighting {
        var subject: Subject
        var status: FaultStatus
        var occurrences: Int
        var freeze: [String: Double]
    }

    var at: Int64
    var position: UInt64
    /// In the order of the message.
    var readings: [(name: String, value: Double)] = []
    /// At most one, so that the order within a list does not matter.
    var sighting: Sighting?
    /// `nil` when the message says nothing of codes.
    var isSnapshot: Bool?

    func value(_ signal: String) -> Double? { readings.last { $0.name == signal }?.value }
}

/// One thing after the other, as one vehicle's lane meets them.
enum Step {
    case message(Told)
    /// A moment at which nothing arrives.
    case pause(Int64)
}

/// Decides what rules make of one vehicle by reading its whole history again for every question.
///
/// Written from docs/reference/rules.md and not from the lane: it holds no state between questions
/// but a memory of answers.
final class Naive {
    let program: RuleProgram
    let attributes: VehicleAttributes?
    let steps: [Step]
    private var metMemory: [String: [Bool]] = [:]
    private var newsMemory: [Int: [News]] = [:]
    private var clockMemory: [Question: Double?] = [:]
    /// All messages, and how many there are up to each step.
    private let all: [(step: Int, told: Told)]
    private let counts: [Int]
    private var tripMemory: [Int: Trip] = [:]
    private var compoundMemory: [Question: Bool] = [:]
    private var happenedMemory: [Question: News?] = [:]

    private struct Question: Hashable {
        var atom: Int
        var step: Int
        var condition: Condition?
    }

    /// An atom that became true.
    struct News {
        var atom: Int
        var at: Int64
    }

    init(_ program: RuleProgram, _ steps: [Step], attributes: VehicleAttributes?) {
        self.program = program
        self.steps = steps
        self.attributes = attributes
        var all: [(step: Int, told: Told)] = []
        var counts: [Int] = []
        for (index, step) in steps.enumerated() {
            if case .message(let told) = step { all.append((index, told)) }
            counts.append(all.count)
        }
        self.all = all
        self.counts = counts
    }

    // MARK: - Findings

    struct Found: Hashable, CustomStringConvertible {
        var step: Int
        var rule: Int
        var isRaised: Bool
        var at: Int64
        var description: String { "\(step) rule \(rule) \(isRaised ? "raised" : "cleared") \(at)" }
    }

    func findings() -> [Found] {
        var result: [Found] = []
        /// Rules with a clear condition that were raised, and at which message.
        var open: [Int: Int] = [:]
        for step in steps.indices {
            let news = news(step)
            for rule in program.rules.indices {
                let isRaised = news.contains { item in
                    program.rulesDriven[item.atom].contains(rule)
                        && program.rules[rule].when.holds { $0 == item.atom || holds($0, step) }
                }
                guard isRaised else { continue }
                if program.rules[rule].until != nil {
                    guard open[rule] == nil else { continue }
                    open[rule] = lastMessage(step)
                }
                result.append(Found(step: step, rule: rule, isRaised: true, at: now(step)))
            }
            for (rule, raised) in open.sorted(by: { $0.key < $1.key }) {
                switch steps[step] {
                case .message: if raised == step { continue }
                case .pause:
                    let own = program.everyAtom(of: program.rules[rule])
                    guard news.contains(where: { own.contains($0.atom) }) else { continue }
                }
                guard let until = program.rules[rule].until, until.holds({ holds($0, step) })
                else { continue }
                open[rule] = nil
                result.append(Found(step: step, rule: rule, isRaised: false, at: now(step)))
            }
        }
        return result
    }

    // MARK: - History

    func told(_ step: Int) -> Told? {
        if step >= 0, case .message(let told) = steps[step] { told } else { nil }
    }

    private func messages(upTo step: Int) -> ArraySlice<(step: Int, told: Told)> {
        step < 0 ? [] : all[..<counts[step]]
    }

    private func lastMessage(_ step: Int) -> Int { messages(upTo: step).last?.step ?? -1 }

    private func now(_ step: Int) -> Int64 {
        switch steps[step] {
        case .message(let told): told.at
        case .pause(let time): time
        }
    }

    private func value(_ signal: String, _ step: Int, now: Int64) -> Double? {
        guard
            let last = messages(upTo: step).last(where: { $0.told.value(signal) != nil }),
            now - last.told.at <= 600_000
        else { return nil }
        return last.told.value(signal)
    }

    struct Trip {
        var number = 0
        var begin: Int64 = 0
        var rest: Int64?
        var run: Double?
    }

    private func trip(_ step: Int) -> Trip {
        if let known = tripMemory[step] { return known }
        let result = computedTrip(step)
        tripMemory[step] = result
        return result
    }

    private func computedTrip(_ step: Int) -> Trip {
        var trip = Trip()
        var last: Int64 = 0
        var standing: Int64?
        for (index, told) in messages(upTo: step) {
            let engine = told.value("rpm") ?? told.value("engine_rpm")
            let isGap = trip.number > 0 && told.at - last >= 1_800_000
            var begins = trip.number == 0
            if trip.number > 0 {
                if let engine, engine <= 0 {
                    if standing == nil { standing = isGap ? last : told.at }
                } else if let since = standing {
                    begins = engine != nil && (isGap || told.at - since >= 300_000)
                } else {
                    begins = isGap
                }
            } else if let engine, engine <= 0 {
                standing = told.at
            }
            if begins {
                trip.rest = trip.number == 0 ? nil : told.at - (standing ?? last)
                trip.number += 1
                trip.begin = told.at
                trip.run = clock(.distance, index, now: told.at)
            }
            if let engine, engine > 0 { standing = nil }
            last = told.at
        }
        return trip
    }

    private func clock(_ kind: Window.Kind, _ step: Int, now: Int64) -> Double? {
        switch kind {
        case .time: return Double(now)
        case .trips:
            let trip = trip(step)
            return trip.number > 0 ? Double(trip.number) : nil
        case .distance, .engineHours:
            let question = Question(atom: Int(kind.rawValue), step: step, condition: nil)
            if let known = clockMemory[question] { return known }
            let name = kind == .distance ? "odo_km" : "engine_h"
            let values = messages(upTo: step).compactMap { $0.told.value(name) }
            let run = zip(values, values.dropFirst()).reduce(0.0) { $0 + max(0, $1.1 - $1.0) }
            clockMemory[question] = .some(values.isEmpty ? nil : run)
            return values.isEmpty ? nil : run
        }
    }

    private func span(_ window: Window) -> Double {
        window.kind == .trips ? window.length - 1 : window.length
    }

    // MARK: - Quantities

    private func quantity(_ part: Quantity, _ condition: Guard?, _ step: Int, now: Int64) -> Double?
    {
        let result: Double?
        switch part {
        case .constant(let value): result = value
        case .signal(let name): result = value(name, step, now: now)
        case .attribute(let name): result = attributes?.number(name)
        case .cohort: result = nil
        case .builtin(let name):
            let trip = trip(step)
            switch name {
            case .tripAge: result = trip.number > 0 ? Double(now - trip.begin) / 1000 : nil
            case .tripRest: result = trip.rest.map { Double($0) / 3_600_000 }
            case .tripDistance:
                let run = clock(.distance, step, now: now)
                result = run.flatMap { run in trip.run.map { run - $0 } }
            case .month:
                result = Double(EventTime.date(fromDays: Int(now / 86_400_000)).month)
            }
        case .cell(let cell): result = remembered(cell, condition, step, now: now)
        case .binary(let sign, let first, let second):
            guard let a = quantity(first, condition, step, now: now),
                let b = quantity(second, condition, step, now: now)
            else { return nil }
            result = sign == .plus ? a + b : sign == .minus ? a - b : sign == .times ? a * b : a / b
        case .magnitude(let part):
            result = quantity(part, condition, step, now: now).map { abs($0) }
        case .least(let parts), .greatest(let parts):
            let values = parts.compactMap { quantity($0, condition, step, now: now) }
            guard values.count == parts.count else { return nil }
            result = if case .least = part { values.min() } else { values.max() }
        }
        guard let result, result.isFinite else { return nil }
        return result
    }

    private func remembered(_ cell: Cell, _ condition: Guard?, _ step: Int, now: Int64) -> Double? {
        var taken: [(step: Int, at: Int64, value: Double)] = []
        for (index, told) in messages(upTo: step) {
            guard cell.source.signals.contains(where: { told.value($0) != nil }) else { continue }
            if let condition, holds(condition, index, now: told.at) != true { continue }
            guard let value = quantity(cell.source, nil, index, now: told.at) else { continue }
            taken.append((index, told.at, value))
        }
        let values = taken.map(\.value)
        switch cell.function {
        case .change, .rate:
            // Of readings with one time the newest counts.
            var distinct: [(at: Int64, value: Double)] = []
            for item in taken {
                if distinct.last?.at == item.at { distinct.removeLast() }
                distinct.append((item.at, item.value))
            }
            guard distinct.count >= 2, let last = distinct.last else { return nil }
            let before = distinct[distinct.count - 2]
            let change = last.value - before.value
            return cell.function == .change
                ? change : change / (Double(last.at - before.at) / 1000)
        case .start:
            let number = trip(step).number
            return taken.first { trip($0.step).number == number }?.value
        case .baseline(let memory, let warmUp):
            guard values.count > warmUp else { return nil }
            return past(values.dropLast(), memory).mean
        case .score(let memory, let warmUp):
            guard let last = values.last else { return nil }
            return past(values.dropLast(), memory).standardised(last, warmUp: warmUp)
        default: break
        }
        guard let window = cell.window, let present = clock(window.kind, step, now: now) else {
            return nil
        }
        let size = window.length / Double(cell.stepCount)
        let newest = (present / size).rounded(.down)
        var counted: [(clock: Double, value: Double)] = []
        for item in taken {
            guard let clock = clock(window.kind, item.step, now: item.at) else { continue }
            if newest - (clock / size).rounded(.down) < Double(cell.stepCount) {
                counted.append((clock, item.value))
            }
        }
        return windowed(cell, counted, size, present)
    }

    private func past(_ values: ArraySlice<Double>, _ memory: Double) -> RunningBaseline {
        var result = RunningBaseline()
        for value in values { result.learn(value, memory: memory) }
        return result
    }

    private func windowed(
        _ cell: Cell, _ counted: [(clock: Double, value: Double)], _ size: Double, _ now: Double
    ) -> Double? {
        let values = counted.map(\.value)
        if cell.function == .count { return Double(values.count) }
        guard let first = values.first, let last = values.last else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        switch cell.function {
        case .minimum: return values.min()
        case .maximum: return values.max()
        case .mean: return mean
        case .delta: return last - first
        case .deviation:
            let sum = values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
            return (sum / Double(values.count)).squareRoot()
        case .percentile(let share):
            var seen: Set<Double> = []
            var samples: [Double] = []
            for item in counted where seen.insert((item.clock / size).rounded(.down)).inserted {
                samples.append(item.value)
            }
            samples.sort()
            let rank = share / 100 * Double(samples.count - 1)
            let low = samples[Int(rank.rounded(.down))]
            return low + (samples[Int(rank.rounded(.up))] - low) * (rank - rank.rounded(.down))
        default: break
        }
        // A straight line by the textbook: centred, then divided.
        let unit = cell.window?.kind == .time ? 86_400_000.0 : 1
        let x = counted.map { ($0.clock - now) / size }
        let centre = x.reduce(0, +) / Double(x.count)
        let spread = x.reduce(0.0) { $0 + ($1 - centre) * ($1 - centre) }
        guard values.count >= 3, spread > 1e-9 else { return nil }
        let slope =
            zip(x, values).reduce(0.0) { $0 + ($1.0 - centre) * ($1.1 - mean) } / spread
        guard case .reach(let limit) = cell.function else { return slope / size * unit }
        guard slope != 0 else { return nil }
        let distance = (limit - (mean - slope * centre)) / slope
        if distance < 0 { return -distance <= Double(cell.stepCount) ? 0 : nil }
        return distance * size / unit
    }

    /// A guard in three values.
    private func holds(_ condition: Guard, _ step: Int, now: Int64) -> Bool? {
        switch condition {
        case .all(let parts):
            let answers = parts.map { holds($0, step, now: now) }
            return answers.contains(false) ? false : answers.contains(nil) ? nil : true
        case .any(let parts):
            let answers = parts.map { holds($0, step, now: now) }
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        case .not(let part): return holds(part, step, now: now).map { !$0 }
        case .compare(let part, let sign, let limit):
            return quantity(part, nil, step, now: now).map { sign.holds($0, limit) }
        case .attribute(let atom): return atom.holds(for: attributes)
        }
    }

    // MARK: - Conditions on readings

    private func touches(_ atom: MeasureAtom, _ told: Told) -> Bool {
        let signals =
            atom.quantity.signals + (atom.condition?.quantities ?? []).flatMap(\.signals)
        return signals.isEmpty || signals.contains { told.value($0) != nil }
    }

    /// After each step, whether a hold has been met: of a signal, measure or silence.
    private func met(_ atom: Int) -> [Bool] {
        let key = "\(atom)"
        if let known = metMemory[key] { return known }
        let result: [Bool]
        switch program.atoms[atom] {
        case .signal(let signal):
            result = met(
                hold: signal.holdMilliseconds, gap: signal.longestGapMilliseconds,
                inSilence: signal.elapsesInSilence
            ) { told, _ in
                told.value(signal.signal).map { signal.comparison.holds($0, signal.limit) }
            }
        case .measure(let measure):
            result = met(
                hold: measure.holdMilliseconds, gap: measure.longestGapMilliseconds,
                inSilence: false
            ) { told, step in
                guard self.touches(measure, told) else { return nil }
                if let guarded = measure.condition,
                    self.holds(guarded, step, now: told.at) != true
                {
                    return false
                }
                guard
                    let value = self.quantity(
                        measure.quantity, measure.condition, step, now: told.at)
                else { return false }
                return measure.comparison.holds(value, measure.limit)
            }
        case .silence(let silence): result = met(silence)
        default: result = []
        }
        metMemory[key] = result
        return result
    }

    /// - Parameter truth: what a message says of it; `nil` for nothing.
    private func met(
        hold: Int64, gap: Int64, inSilence: Bool, _ truth: (Told, Int) -> Bool?
    ) -> [Bool] {
        var result: [Bool] = []
        let answers = steps.indices.map { step in told(step).flatMap { truth($0, step) } }
        for step in steps.indices {
            /// The messages of the present run, newest first.
            var run: [Int64] = []
            for (index, told) in messages(upTo: step).reversed() {
                guard let answer = answers[index] else { continue }
                if !answer { break }
                run.append(told.at)
            }
            guard let newest = run.first else {
                result.append(false)
                continue
            }
            var held: Int64 = 0
            for (later, earlier) in zip(run, run.dropFirst()) {
                if later - earlier <= gap || inSilence { held += later - earlier }
            }
            // Once met within a run it stays met.
            let wasMet = result.last == true && run.count > 1
            var silent: Int64 = 0
            if inSilence, case .pause(let time) = steps[step] {
                silent = time - newest
            } else if inSilence, result.last == true {
                silent = hold
            }
            result.append(wasMet || held + silent >= hold || (result.last == true && inSilence))
        }
        return result
    }

    private func met(_ silence: SilenceAtom) -> [Bool] {
        steps.indices.map { step in
            guard let first = messages(upTo: step).first?.told.at else { return false }
            let heard = messages(upTo: step).last {
                silence.signal == nil || $0.told.value(silence.signal ?? "") != nil
            }
            let since = max(heard?.told.at ?? first, first)
            switch steps[step] {
            case .message(let told):
                return silence.signal != nil && told.at - since >= silence.milliseconds
            case .pause(let time): return time - since >= silence.milliseconds
            }
        }
    }

    // MARK: - Codes

    private struct Presence {
        var isPresent = false
        var status: FaultStatus = []
        var occurrences = -1
        var sighting: Int?
    }

    /// What was last said of a code.
    private func presence(_ subject: Told.Subject, _ step: Int) -> Presence {
        var result = Presence()
        for (index, told) in messages(upTo: step) {
            if let sighting = told.sighting, sighting.subject == subject {
                result = Presence(
                    isPresent: !sighting.status.contains(.cleared), status: sighting.status,
                    occurrences: sighting.occurrences, sighting: index)
            } else if told.isSnapshot == true, result.isPresent {
                result = Presence(
                    isPresent: false, status: .cleared, occurrences: 0,
                    sighting: result.sighting)
            }
        }
        return result
    }

    /// Whether a sighting tells something new: in a snapshot, what was there before is none.
    private func isNews(_ step: Int) -> Bool {
        guard let told = told(step), let sighting = told.sighting else { return false }
        let before = presence(sighting.subject, step - 1)
        guard told.isSnapshot == true, before.isPresent else { return true }
        return sighting.occurrences > before.occurrences
            || !before.status.isSuperset(of: sighting.status)
    }

    private func brings(_ step: Int, _ atom: CodeAtom) -> Bool {
        guard let told = told(step), let sighting = told.sighting,
            matches(sighting.subject, atom), atom.accepts(sighting.status)
        else { return false }
        return qualifies(step, atom)
    }

    private func matches(_ subject: Told.Subject, _ atom: CodeAtom) -> Bool {
        let unit = atom.ecu.map { "\($0)" }
        return atom.pattern.matches(subject.code) && unit ?? subject.unit == subject.unit
    }

    private func qualifies(_ step: Int, _ atom: CodeAtom) -> Bool {
        guard let qualifier = atom.qualifier else { return true }
        guard let told = told(step), let sighting = told.sighting else { return false }
        if let counted = qualifier.counted {
            guard sighting.occurrences >= 0,
                counted.comparison.holds(Double(sighting.occurrences), counted.limit)
            else { return false }
        }
        for frozen in qualifier.freeze {
            guard let value = sighting.freeze[frozen.signal],
                frozen.comparison.holds(value, frozen.limit)
            else { return false }
        }
        guard let condition = qualifier.condition else { return true }
        return holds(condition, step, now: told.at) == true
    }

    private func subjects(upTo step: Int) -> [Told.Subject] {
        var result: [Told.Subject] = []
        for (_, told) in messages(upTo: step) {
            if let subject = told.sighting?.subject, !result.contains(subject) {
                result.append(subject)
            }
        }
        return result
    }

    // MARK: - Counting

    private func key(_ unit: CountUnit, _ step: Int, at: Int64, _ code: FaultCode?) -> String? {
        switch unit {
        case .times: "\(step) \(at)"
        case .days: "\(at / 86_400_000)"
        case .trips: "\(trip(step).number)"
        case .codes: code.map(\.description)
        }
    }

    /// Whether so many different things lie within a window that ends with the newest, or at `now`.
    private func isReached(
        _ events: [(step: Int, clock: Double, key: String)], _ count: Int, _ window: Window,
        now: Double?
    ) -> Bool {
        var newest: [String: Double] = [:]
        for event in events {
            newest[event.key] = max(newest[event.key] ?? -.infinity, event.clock)
        }
        guard let end = now ?? newest.values.max() else { return false }
        return newest.values.count { end - $0 <= span(window) } >= count
    }

    /// The occurrences of a code atom, of one code or of all.
    private func occurrences(_ atom: CodeAtom, of subject: Told.Subject?, upTo step: Int)
        -> [(step: Int, clock: Double, key: String)]
    {
        guard let wanted = atom.occurrences else { return [] }
        var result: [(step: Int, clock: Double, key: String)] = []
        for (index, told) in messages(upTo: step) where isNews(index) && brings(index, atom) {
            if let subject, told.sighting?.subject != subject { continue }
            guard let clock = clock(wanted.window.kind, index, now: told.at),
                let key = key(wanted.unit, index, at: told.at, told.sighting?.subject.code)
            else { continue }
            result.append((index, clock, key))
        }
        return result
    }

    /// Whether a part of a count or pair happened in a step, and when.
    private func happened(_ condition: Condition, _ step: Int, before atom: Int) -> News? {
        let question = Question(atom: atom, step: step, condition: condition)
        if let known = happenedMemory[question] { return known }
        let result = firstNews(condition, step, before: atom)
        happenedMemory[question] = .some(result)
        return result
    }

    private func firstNews(_ condition: Condition, _ step: Int, before atom: Int) -> News? {
        news(step, before: atom).first { item in
            condition.drivers.contains(item.atom)
                && condition.holds { $0 == item.atom || holds($0, step) }
        }
    }

    private func events(
        _ condition: Condition, of atom: Int, _ guarded: Guard?, _ unit: CountUnit,
        _ window: Window, upTo step: Int
    ) -> [(step: Int, clock: Double, key: String)] {
        var result: [(step: Int, clock: Double, key: String)] = []
        for index in steps.indices.prefix(step + 1) {
            guard let item = happened(condition, index, before: atom) else { continue }
            if let guarded, holds(guarded, index, now: item.at) != true { continue }
            let code: FaultCode? =
                if case .code = program.atoms[item.atom] {
                    told(index)?.sighting?.subject.code
                } else { nil }
            guard let clock = clock(window.kind, index, now: item.at),
                let key = key(unit, index, at: item.at, code)
            else { continue }
            result.append((index, clock, key))
        }
        return result
    }

    /// The steps at which a pair was complete.
    private func completions(_ pair: PairAtom, _ atom: Int, upTo step: Int)
        -> [(step: Int, clock: Double)]
    {
        func list(_ condition: Condition) -> [(step: Int, clock: Double, key: String)] {
            events(condition, of: atom, nil, .times, pair.window, upTo: step)
        }
        let (firsts, seconds) = (list(pair.first), list(pair.second))
        var result: [(step: Int, clock: Double)] = []
        switch pair.order {
        case .near:
            for index in Set((firsts + seconds).map(\.step)).sorted() {
                guard let a = firsts.last(where: { $0.step <= index }),
                    let b = seconds.last(where: { $0.step <= index }),
                    abs(a.clock - b.clock) <= span(pair.window)
                else { continue }
                result.append((index, max(a.clock, b.clock)))
            }
        case .sequence(let without):
            let thirds = without.map(list) ?? []
            for b in seconds {
                guard let a = firsts.last(where: { $0.step < b.step }),
                    b.clock - a.clock <= span(pair.window),
                    !thirds.contains(where: { $0.clock >= a.clock && $0.step <= b.step })
                else { continue }
                result.append((b.step, b.clock))
            }
        }
        return result
    }

    // MARK: - Truth

    /// Whether an atom is true once all that a step says is known.
    private func holds(_ atom: Int, _ step: Int) -> Bool {
        switch program.atoms[atom] {
        case .attribute(let test): return test.holds(for: attributes) == true
        case .trend: return false
        case .signal, .measure, .silence: return met(atom)[step]
        case .code(let code):
            guard let wanted = code.occurrences else {
                return subjects(upTo: step).contains { one in
                    guard matches(one, code) else { return false }
                    let said = presence(one, step)
                    return said.isPresent && code.accepts(said.status)
                        && said.sighting.map { qualifies($0, code) } ?? false
                }
            }
            guard let clock = clock(wanted.window.kind, step, now: now(step)) else { return false }
            let subjects: [Told.Subject?] = code.countsEachCode ? subjects(upTo: step) : [nil]
            return subjects.contains {
                isReached(
                    occurrences(code, of: $0, upTo: step), wanted.count, wanted.window,
                    now: clock)
            }
        case .count(let count):
            guard let clock = clock(count.window.kind, step, now: now(step)) else { return false }
            let events = events(
                count.event, of: atom, count.condition, count.unit, count.window, upTo: step)
            return isReached(events, count.count, count.window, now: clock)
        case .pair(let pair):
            guard let clock = clock(pair.window.kind, step, now: now(step)),
                let last = completions(pair, atom, upTo: step).last
            else { return false }
            return clock - last.clock <= span(pair.window)
        }
    }

    // MARK: - News

    private func news(_ step: Int) -> [News] { news(step, before: .max) }

    /// What became true in a step, in order, of the atoms before one that speaks of them.
    private func news(_ step: Int, before limit: Int) -> [News] {
        var result = simple(step)
        for atom in program.atoms.indices where atom < limit {
            guard isCompound(atom), isCompoundNews(atom, step) else { continue }
            result.append(News(atom: atom, at: now(step)))
        }
        return result
    }

    private func isCompound(_ atom: Int) -> Bool { !program.atoms[atom].conditions.isEmpty }

    private func isCompoundNews(_ atom: Int, _ step: Int) -> Bool {
        let question = Question(atom: atom, step: step, condition: nil)
        if let known = compoundMemory[question] { return known }
        let result: Bool
        switch program.atoms[atom] {
        case .count(let count):
            let events = events(
                count.event, of: atom, count.condition, count.unit, count.window, upTo: step)
            result =
                events.last?.step == step
                && isReached(events, count.count, count.window, now: nil)
        case .pair(let pair): result = completions(pair, atom, upTo: step).last?.step == step
        default: result = false
        }
        compoundMemory[question] = result
        return result
    }

    /// What became true of codes, readings and silences.
    private func simple(_ step: Int) -> [News] {
        if let known = newsMemory[step] { return known }
        let result = program.atoms.indices.filter { isNewsNow($0, step) }.map {
            News(atom: $0, at: now(step))
        }
        newsMemory[step] = result
        return result
    }

    private func isNewsNow(_ atom: Int, _ step: Int) -> Bool {
        switch program.atoms[atom] {
        case .attribute, .count, .pair: return false
        case .signal, .measure, .silence:
            return met(atom)[step] && (step == 0 || !met(atom)[step - 1])
        case .trend(let trend): return told(step) != nil && passes(trend, step)
        case .code(let code):
            guard isNews(step), brings(step, code) else { return false }
            guard let wanted = code.occurrences else { return true }
            let one = code.countsEachCode ? told(step)?.sighting?.subject : nil
            let list = occurrences(code, of: one, upTo: step)
            return list.last?.step == step
                && isReached(list, wanted.count, wanted.window, now: nil)
        }
    }

    /// Whether a chart passes its limit with a step's reading.
    private func passes(_ trend: TrendAtom, _ step: Int) -> Bool {
        var past = RunningBaseline()
        var average = MovingAverageChart()
        var sum = CumulativeSumChart()
        var passed = false
        for (_, told) in messages(upTo: step) {
            passed = false
            guard let value = told.value(trend.signal) else { continue }
            let deviation = past.standardised(value, warmUp: trend.warmUp)
            past.learn(value, memory: trend.memory)
            guard let deviation else { continue }
            switch trend.method {
            case .ewma(let weight):
                passed = average.add(deviation, weight: weight, limit: trend.limit) != nil
            case .cusum(let slack):
                passed = sum.add(deviation, slack: slack, limit: trend.limit) != nil
            }
        }
        return passed
    }
}
