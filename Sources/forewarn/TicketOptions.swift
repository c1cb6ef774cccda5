import ArgumentParser
import ForewarnDaemon
import ServiceTickets
import TerminalText
import VehicleFaults

/// Who does something with a ticket.
struct ActorOptions: ParsableArguments {
    @Option(help: "Who does it; else FOREWARN_ACTOR or the user of the machine.")
    var actor: String?

    @Option(
        help: ArgumentHelp(
            "As what: \(Role.allCases.filter { $0 != .system }.map(\.rawValue).joined(separator: ", ")).",
            discussion: "Else FOREWARN_ROLE."))
    var role: String?

    @Option(help: "A technician's level, 1 to 3; else FOREWARN_LEVEL.")
    var level: Int?

    func validate() throws {
        if let role, Role(rawValue: role) == nil {
            let names = Role.allCases.filter { $0 != .system }.map(\.rawValue)
            let near = NearestName.find(role, among: names)
            throw ValidationError(
                "there is no role '\(role.visible)'"
                    + (near.map { "; did you mean \($0)?" }
                        ?? "; roles are \(names.joined(separator: ", "))"))
        }
    }

    /// Who it is, or `nil` for the user of the machine.
    var name: String? { actor ?? Terminal.environment("FOREWARN_ACTOR") }

    /// The role and level as fields of a request.
    func pairs() throws -> [(String, String)] {
        guard let role = role ?? Terminal.environment("FOREWARN_ROLE"), !role.isEmpty else {
            throw ValidationError(
                "say as what with --role, as --role technician; forewarn ticket next says who may")
        }
        let level = level ?? Terminal.environment("FOREWARN_LEVEL").flatMap { Int($0) }
        return [("role", role)] + (level.map { [("level", "\($0)")] } ?? [])
    }
}

/// Reads what a step of a ticket is told, as `--odometer 41200 --consent`.
enum TicketOptions {
    /// Options that stand for a field and its value.
    private static let short: [String: (TicketField, String)] = [
        "pass": (.result, "pass"), "fail": (.result, "fail"), "consent": (.consent, "yes"),
        "no-answer": (.answer, "no_answer"),
    ]

    /// The fields that `words` say for a step with any of `steps`.
    static func fields(_ words: [String], for steps: [TicketStep]) throws -> Fields {
        var fields = Fields()
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word.count > 2 else {
                guard steps == [.note], fields[.text] == nil else {
                    throw ValidationError("'\(word.visible)' does not belong here")
                }
                fields[.text] = word
                continue
            }
            var name = String(word.dropFirst(2))
            var value: String?
            if let mark = name.firstIndex(of: "=") {
                value = String(name[name.index(after: mark)...])
                name = String(name[..<mark])
            } else if let next = rest.first, !next.hasPrefix("--"), short[name]?.0 != .result,
                short[name]?.0 != .answer
            {
                value = next
                rest = rest.dropFirst()
            }
            let field = try field(name, steps)
            guard let text = value ?? short[name]?.1 else {
                throw ValidationError("--\(name) needs a value")
            }
            fields[field] = try stored(text, of: field, in: steps[0])
        }
        return fields
    }

    private static func field(_ name: String, _ steps: [TicketStep]) throws -> TicketField {
        let known = steps.flatMap { $0.required + $0.optional }
        if let field = short[name]?.0, known.contains(field) { return field }
        if let field = TicketField(option: name), known.contains(field) { return field }
        let names = Set(known.map(\.option)).sorted()
        let near = NearestName.find(name, among: names)
        throw ValidationError(
            "this step has no --\(name.visible)"
                + (near.map { "; did you mean --\($0)?" }
                    ?? (names.isEmpty
                        ? "" : "; it has --\(names.joined(separator: ", --"))"))
        )
    }

    /// A value as it is stored: times as milliseconds, tickets as numbers.
    private static func stored(_ text: String, of field: TicketField, in step: TicketStep) throws
        -> String
    {
        if field == .into || field == .causedBy { return "\(try Arguments.ticket(text))" }
        guard field.form(in: step) == .time else { return text }
        if let wait = try? wait(text) { return "\(Arguments.now.milliseconds + wait)" }
        return "\(try Arguments.time(text, "--\(field.option)").milliseconds)"
    }

    /// A time from now, as `4h` or `2d`, in milliseconds.
    static func wait(_ text: String) throws -> Int64 {
        do throws(DurationText.Failure) {
            return try DurationText.parse(text)
        } catch { throw ValidationError("'\(text.visible)': \(error)") }
    }
}

extension TicketField {
    /// How a step's field is written on the command line, with what it may say.
    func usage(in step: TicketStep) -> String {
        switch form(in: step) {
        case .text: "--\(option) TEXT"
        case .number: into ? "--\(option) T-2" : "--\(option) N"
        case .time: "--\(option) TIME"
        case .choice(["yes"]): "--\(option)"
        case .choice(let names): "--\(option) \(names.joined(separator: "|"))"
        }
    }

    private var into: Bool { self == .into || self == .causedBy }
}
