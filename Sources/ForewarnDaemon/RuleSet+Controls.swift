import Foundation
import ServiceTickets
import TicketStorage
import VehicleFaults

extension RuleSet {
    /// The form in which controls are journaled, with the rules they are about.
    struct RecordedControls: Codable {
        struct Recorded: Codable {
            var number: Int64
            var rule: String?
            var mode: String?
            var vehicle: String?
            var from: Int64
            var until: Int64
            var severity: String
            var kinds: [String]
            var author: String
            var reason: String
        }

        var states: [String: String] = [:]
        var silences: [Recorded] = []

        /// `nil` where nobody has said anything, so that the bytes are those from before.
        init?(_ controls: RuleControls) {
            guard controls != RuleControls() else { return nil }
            states = controls.states.mapValues(\.rawValue)
            silences = controls.silences.map {
                Recorded(
                    number: $0.number, rule: $0.rule, mode: $0.mode,
                    vehicle: $0.vehicle.map { "\($0)" }, from: $0.from.milliseconds,
                    until: $0.until.milliseconds, severity: $0.severity.name, kinds: $0.kinds,
                    author: $0.author, reason: $0.reason)
            }
        }

        func controls() throws -> RuleControls {
            RuleControls(
                states: try states.mapValues { name in
                    guard let state = RuleControls.State(rawValue: name) else {
                        throw StoreDamaged("the journal names an unknown state of a rule")
                    }
                    return state
                },
                silences: try silences.map { try $0.silence() })
        }
    }

    /// The same rules under other controls.
    public func with(controls: RuleControls) throws -> RuleSet {
        try RuleSet(
            files: files, modes: modeFiles, roster: rosterFiles, controls: controls,
            subscriptions: subscriptions, settings: settings, maxMessageBytes: limits.bytes,
            service: service)
    }
}

extension RuleSet.RecordedControls.Recorded {
    func silence() throws -> Silence {
        guard let severity = Severity(name: severity),
            vehicle.map({ VehicleID($0) != nil }) ?? true
        else { throw StoreDamaged("the journal holds a silence that cannot be read") }
        return Silence(
            number: number, rule: rule, mode: mode, vehicle: vehicle.flatMap { VehicleID($0) },
            from: EventTime(milliseconds: from), until: EventTime(milliseconds: until),
            severity: severity, kinds: kinds, author: author, reason: reason)
    }
}

/// A silence as a command asks for it.
public struct SilenceRequest: Codable, Sendable {
    public var rule: String?
    public var mode: String?
    public var vehicle: String?
    /// Received times, in milliseconds.
    public var from: Int64
    public var until: Int64
    public var severity: String
    public var kinds: [String]
    public var reason: String

    public init(
        rule: String?, mode: String?, vehicle: String?, from: Int64, until: Int64,
        severity: String, kinds: [String], reason: String
    ) {
        self.rule = rule
        self.mode = mode
        self.vehicle = vehicle
        self.from = from
        self.until = until
        self.severity = severity
        self.kinds = kinds
        self.reason = reason
    }

    /// The argument of the command.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The silence that a command asks for; `nil` when its argument makes no sense.
    static func silence(_ command: AskedCommand) -> Silence? {
        guard
            let request = try? JSONDecoder().decode(
                SilenceRequest.self, from: Data(command.argument.utf8)),
            request.rule != nil || request.mode != nil || request.vehicle != nil,
            request.from < request.until, !request.reason.isEmpty
        else { return nil }
        let recorded = RuleSet.RecordedControls.Recorded(
            // A command that is carried out twice after a crash adds one silence.
            number: command.id, rule: request.rule, mode: request.mode, vehicle: request.vehicle,
            from: request.from, until: request.until, severity: request.severity,
            kinds: request.kinds, author: command.actor, reason: request.reason)
        return try? recorded.silence()
    }
}

extension ServiceDesk {
    /// The kinds of commands that are about rules and silences.
    static let controlKinds: Set<String> = [
        "rule.enable", "rule.disable", "rule.shadow", "silence.add", "silence.expire",
    ]

    /// Carries out what people say about rules: as an entry of the journal, in order with all else.
    ///
    /// - Returns: what came of each command.
    public func carryOut(_ commands: [AskedCommand]) throws -> [CommandAnswer] {
        guard !commands.isEmpty else { return [] }
        var controls = rules.controls
        let answers = commands.map { command in
            let (isDone, answer) = apply(command, to: &controls)
            return CommandAnswer(command: command.id, isDone: isDone, answer: answer)
        }
        if controls != rules.controls { try change(to: rules.with(controls: controls)) }
        _ = try store.finish(answers: answers)
        return answers
    }

    private func apply(_ command: AskedCommand, to controls: inout RuleControls) -> (Bool, String) {
        switch command.kind {
        case "rule.enable", "rule.disable", "rule.shadow":
            guard rules.program.rules.contains(where: { $0.id == command.argument }) else {
                let near = NearestName.find(
                    command.argument, among: rules.program.rules.map(\.id))
                return (
                    false,
                    "no rule that runs is \"\(command.argument)\""
                        + (near.map { "; did you mean \"\($0)\"?" } ?? "")
                )
            }
            let states: [String: RuleControls.State] = [
                "rule.enable": .enabled, "rule.disable": .disabled, "rule.shadow": .shadow,
            ]
            let state = states[command.kind] ?? .enabled
            controls.set(state, of: command.argument)
            return (true, "\(command.argument) \(state.rawValue)")
        case "silence.add":
            guard let silence = SilenceRequest.silence(command) else {
                return (false, "this silence cannot be read")
            }
            controls.add(silence)
            return (true, "\(silence.number)")
        default:
            let now = EventTime(milliseconds: max(received, 0))
            guard let number = Int64(command.argument), controls.expire(number, at: now) else {
                return (false, "no silence \(command.argument) holds")
            }
            return (true, "\(number)")
        }
    }
}
