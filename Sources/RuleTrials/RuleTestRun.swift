import FaultRules
import FleetWatch
import VehicleFaults

/// What running a test came to.
public struct RuleTestResult: Sendable {
    public var test: RuleTest
    public var trial: TrialResult
    /// For each expected ticket, the place of the ticket that is taken for it.
    public var matches: [Int?]
    /// What is otherwise than expected; empty when the test passed.
    public var differences: [Difference]

    public var passed: Bool { differences.isEmpty }

    /// One way in which the tickets are not those that were expected.
    public enum Difference: Hashable, Sendable {
        /// No ticket is like it.
        case missing(ExpectedTicket)
        /// Nothing was expected that is like it.
        case unexpected(TrialTicket)
        /// A ticket is there, and some of its fields are otherwise.
        case differs(TrialTicket, [Field])
        /// More or fewer messages than expected could not be read.
        case deadLetters(expected: Int, got: Int, first: String?)
    }

    /// A field of a ticket that came out otherwise.
    public struct Field: Hashable, Sendable {
        public var name: String
        public var expected: String
        public var got: String
        /// Milliseconds by which it came later; `nil` for what is no time.
        public var late: Int64?
    }
}

extension RuleTest {
    /// Decides messages by a program, and compares the tickets.
    public func run(
        on traffic: EntryBatch, program: RuleProgram, settings: Trial.Settings = Trial.Settings(),
        seesAtoms: Bool = false
    ) -> RuleTestResult {
        var trial = Trial(program: program, settings: settings, seesAtoms: seesAtoms)
        trial.take(traffic)
        trial.finish(silence: silenceAfter)
        return compare(trial.result)
    }

    /// Compares what came of a trial with what is expected.
    func compare(_ trial: TrialResult) -> RuleTestResult {
        let matches = matches(trial.tickets)
        var differences: [RuleTestResult.Difference] = []
        for (ticket, match) in zip(expected, matches) {
            guard let match else {
                differences.append(.missing(ticket))
                continue
            }
            let got = trial.tickets[match]
            let fields = ticket.differences(from: got)
            if !fields.isEmpty { differences.append(.differs(got, fields)) }
        }
        let taken = Set(matches.compactMap(\.self))
        for (place, ticket) in trial.tickets.enumerated() where !taken.contains(place) {
            differences.append(.unexpected(ticket))
        }
        if trial.deadLetters.count != deadLetters {
            let first = trial.deadLetters.first.map { letter in
                "message \(letter.position): \(letter.failure.reason.rawValue) at byte "
                    + "\(letter.failure.offset)"
            }
            differences.append(
                .deadLetters(
                    expected: deadLetters, got: trial.deadLetters.count, first: first))
        }
        return RuleTestResult(
            test: self, trial: trial, matches: matches, differences: differences)
    }

    /// Finds for each expected ticket the one that is most like it, the best pairs first.
    private func matches(_ tickets: [TrialTicket]) -> [Int?] {
        var pairs: [(likeness: Int, expected: Int, got: Int)] = []
        for (number, ticket) in expected.enumerated() {
            for (place, got) in tickets.enumerated() {
                if let likeness = ticket.likeness(to: got) {
                    pairs.append((likeness, number, place))
                }
            }
        }
        pairs.sort { ($1.likeness, $0.expected, $0.got) < ($0.likeness, $1.expected, $1.got) }
        var result = [Int?](repeating: nil, count: expected.count)
        var taken: Set<Int> = []
        for pair in pairs where result[pair.expected] == nil && !taken.contains(pair.got) {
            result[pair.expected] = pair.got
            taken.insert(pair.got)
        }
        return result
    }
}

extension ExpectedTicket {
    /// How like a ticket is; `nil` when it is about another vehicle, or by no name the same.
    func likeness(to ticket: TrialTicket) -> Int? {
        if let vehicle, vehicle != ticket.vehicle { return nil }
        let isRule = rule.map { $0 == ticket.rule }
        let isMode = mode.map { $0 == ticket.mode }
        guard isRule == true || isMode == true else { return nil }
        var score = 0
        if isRule == true { score += 8 }
        if isMode == true { score += 8 }
        if vehicle != nil { score += 4 }
        if at == ticket.at { score += 2 }
        if severity == ticket.severity { score += 1 }
        return score
    }

    /// The fields that are stated and otherwise.
    func differences(from ticket: TrialTicket) -> [RuleTestResult.Field] {
        var fields: [RuleTestResult.Field] = []
        func compare(_ name: String, _ expected: String?, _ got: String, late: Int64? = nil) {
            guard let expected, expected != got else { return }
            fields.append(.init(name: name, expected: expected, got: got, late: late))
        }
        compare("rule", rule, ticket.rule)
        compare("mode", mode, ticket.mode)
        compare(
            "at", at?.description, ticket.at.description,
            late: at.map { ticket.at.milliseconds(since: $0) })
        compare("severity", severity?.name, ticket.severity.name)
        compare("advice", advice?.name, ticket.advice.name)
        compare("findings", findings.map { "\($0)" }, "\(ticket.findings)")
        compare("symptom_gone", symptomGone.map { "\($0)" }, "\(ticket.symptomGone)")
        return fields
    }
}
