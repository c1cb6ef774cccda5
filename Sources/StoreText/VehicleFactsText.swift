import FleetWatch
import VehicleFaults

/// What is remembered of a vehicle, in words.
package struct VehicleFactsText {
    private let presentation: Presentation

    package init(presentation: Presentation) { self.presentation = presentation }

    private var words: Words { presentation.words }

    /// When it was heard, how its clock goes, what it sent, and how much is remembered of it; a fact
    /// without a name goes on with the one before.
    package func facts(_ summary: LaneSummary) -> [(String, String)] {
        let heard = summary.lastHeard.map(presentation.time) ?? words[.never]
        var counts = [words.count(summary.messages, .messages)]
        if summary.duplicates > 0 { counts.append(words.count(summary.duplicates, .duplicates)) }
        // These two are adjectives, which have no singular.
        if summary.late > 0 { counts.append("\(summary.late) \(words[.late])") }
        if summary.unbelieved > 0 { counts.append("\(summary.unbelieved) \(words[.unbelieved])") }
        let offset = summary.clockOffset
        let clock =
            offset.magnitude < 1000
            ? words[.onTime]
            : "\(words.duration(Int64(offset.magnitude))) "
                + words[offset > 0 ? .ahead : .behind]
        return [
            (words[.lastHeard], heard), (words[.clock], clock),
            ("", counts.joined(separator: ", ")),
            (words.say("memory", "记忆"), size(summary)),
        ]
    }

    /// How much is remembered of a vehicle, and how much of that is the statistical checks'.
    package func size(_ summary: LaneSummary) -> String {
        let (bytes, checks) = (summary.bytes, summary.checks.count)
        guard checks > 0 else { return words.say("\(bytes) bytes", "\(bytes) 字节") }
        let count = words.say(
            checks == 1 ? "1 statistical check" : "\(checks) statistical checks", "\(checks) 项统计检查")
        return words.say(
            "\(bytes) bytes, \(summary.checkBytes) of them for \(count)",
            "\(bytes) 字节，其中 \(summary.checkBytes) 字节用于 \(count)")
    }

    /// The statuses of a code, as `confirmed|active`.
    package func status(of code: LaneSummary.Code) -> String {
        let names = FaultStatus.named.filter { code.status.contains($0.status) }
            .map { words.stored($0.name) }
        return names.isEmpty ? words[.unstated] : names.joined(separator: "|")
    }
}
