import ArgumentParser
import ForewarnDaemon
import ServiceTickets
import TerminalText
import TicketStorage
import VehicleFaults

/// Reads what several commands take as arguments; what is wrong is a wrong usage.
enum Arguments {
    /// The time of the machine.
    static var now: EventTime { MachineClock.now }

    /// A point in time as ``TimeText`` reads it.
    static func time(_ text: String, _ option: String) throws -> EventTime {
        do throws(TimeText.Failure) {
            return try TimeText(now: now, offset: { LocalOffset.minutes(at: $0) }).parse(text)
        } catch { throw ValidationError("\(option): \(error)") }
    }

    /// `S2` for this and graver ones, `S2+` for the same, `S1..S3` for a range.
    static func severities(_ text: String) throws -> Set<Severity> {
        let ends = text.uppercased().split(separator: "..", omittingEmptySubsequences: false)
        let first = ends[0].hasSuffix("+") ? ends[0].dropLast() : ends[0]
        guard let low = Severity(name: first), ends.count <= 2 else {
            throw unknownSeverity(text)
        }
        guard ends.count == 2 else { return Set(Severity.allCases.filter { $0 >= low }) }
        guard let high = Severity(name: ends[1]) else { throw unknownSeverity(text) }
        return Set(Severity.allCases.filter { (min(low, high)...max(low, high)).contains($0) })
    }

    private static func unknownSeverity(_ text: String) -> ValidationError {
        ValidationError("'\(text.visible)' is no severity; use S1, S2, S3, S4 or a range as S1..S3")
    }

    /// The year and number of `2026Q3`.
    static func quarter(_ text: String) throws -> (year: Int, number: Int) {
        let parts = text.uppercased().split(separator: "Q", omittingEmptySubsequences: false)
        guard parts.count == 2, let year = Int(parts[0]), let number = Int(parts[1]),
            (2000...2098).contains(year), (1...4).contains(number)
        else { throw ValidationError("'\(text.visible)' is no quarter; use 2026Q3") }
        return (year, number)
    }

    /// `T-12` or `12`.
    static func ticket(_ text: String) throws -> Int64 {
        let digits = text.uppercased().hasPrefix("T-") ? text.dropFirst(2) : text[...]
        guard let number = Int64(digits), number > 0 else {
            throw ValidationError("'\(text.visible)' is no ticket; use T-12 or 12")
        }
        return number
    }

    /// `FIELD=VALUE`, the value as it is stored.
    static func match(_ text: String) throws -> (EventFilter.Field, String) {
        let names = EventFilter.Field.allCases.map(\.rawValue)
        guard let mark = text.firstIndex(of: "=") else {
            throw ValidationError(
                "'\(text.visible)' is not FIELD=VALUE; fields are \(names.joined(separator: ", "))")
        }
        let name = String(text[..<mark])
        let value = String(text[text.index(after: mark)...])
        guard let field = EventFilter.Field(rawValue: name) else {
            let near = NearestName.find(name, among: names)
            throw ValidationError(
                "there is no field '\(name.visible)'"
                    + (near.map { "; did you mean \($0)?" }
                        ?? "; fields are \(names.joined(separator: ", "))"))
        }
        switch field {
        case .vehicle, .rule, .mode: return (field, value)
        case .severity:
            return (field, try one(value.uppercased(), of: ["S1", "S2", "S3", "S4"], name))
        case .kind:
            return (
                field,
                try one(value, of: ["finding", "ticket", "maintenance", "dead_letter"], name)
            )
        case .state:
            return (
                field,
                try one(
                    value,
                    of: ["raised", "cleared", "codes_cleared"]
                        + TicketState.allCases.map(\.rawValue), name)
            )
        case .effect:
            return (
                field,
                try one(
                    value,
                    of: TicketEffect.allCases.map(\.rawValue)
                        + TicketStep.allCases.map(\.rawValue)
                        + TicketEvent.Notice.allCases.map(\.rawValue), name)
            )
        case .ticket: return (field, String(try ticket(value)))
        }
    }

    private static func one(_ value: String, of known: [String], _ field: String) throws -> String {
        guard known.contains(value) else {
            let near = NearestName.find(value, among: known)
            throw ValidationError(
                "\(field) is never '\(value.visible)'"
                    + (near.map { "; did you mean \($0)?" }
                        ?? "; it is \(known.joined(separator: ", "))"))
        }
        return value
    }
}
