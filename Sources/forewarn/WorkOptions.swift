import ArgumentParser
import FaultRules
import ForewarnDaemon
import Foundation
import RuleTrials
import StoreText
import TerminalText
import VehicleFaults
import YAMLSource

/// What tickets cost and what they were worth.
struct WorkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Failure modes with their hours and parts. May be repeated.", valueName: "file"))
    var modes: [String] = []

    @Option(
        help: ArgumentHelp(
            "Breakdowns that happened: a table vehicle,at,mode.", valueName: "file"))
    var breakdowns: String?

    @Option(help: "How long before a breakdown a ticket still counts as its warning.")
    var horizon = "90d"

    func validate() throws {
        guard (try? DurationText.parse(horizon)) != nil else {
            throw ValidationError("--horizon is a duration as 90d")
        }
    }

    var horizonMilliseconds: Int64 { (try? DurationText.parse(horizon)) ?? 0 }

    /// The failure modes; `nil` when no file was named.
    func readModes(_ presentation: Presentation) throws -> FailureModeCatalogue? {
        guard !modes.isEmpty else { return nil }
        var texts = SourceTexts()
        var reader = FailureModeReader()
        do {
            for file in try RuleSet.files(at: modes) {
                texts.add(file)
                do throws(Diagnostic) {
                    reader.add(file: try YAMLSource.parse(file.text, file: file.name))
                } catch {
                    Output.talk(presentation.shown(error, in: texts))
                    throw CommandFailure(code: .usage)
                }
            }
        } catch let error as SettingsFailure {
            throw CommandFailure(code: .usage, message: error.description)
        }
        reader.finish()
        for problem in reader.diagnostics { Output.talk(presentation.shown(problem, in: texts)) }
        guard !reader.hasErrors else { throw CommandFailure(code: .usage) }
        return reader.catalogue
    }

    /// The breakdowns; none when no file was named.
    func readBreakdowns(_ presentation: Presentation) throws -> [Breakdown] {
        guard let path = breakdowns else { return [] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(code: .usage, message: "\(path) cannot be read")
        }
        let file = RuleSet.File(name: path, text: String(decoding: data, as: UTF8.self))
        let reader = BreakdownReader(file.text, file: path)
        guard reader.diagnostics.isEmpty else {
            var texts = SourceTexts()
            texts.add(file)
            for problem in reader.diagnostics {
                Output.talk(presentation.shown(problem, in: texts))
            }
            throw CommandFailure(code: .usage)
        }
        return reader.breakdowns
    }
}

/// Tickets and their work as lines and JSON.
struct TrialText {
    let presentation: Presentation

    func ticket(_ ticket: TrialTicket) -> String {
        "\(presentation.time(ticket.at))  \(presentation.paint(ticket.severity))  "
            + presentation.vehicle("\(ticket.vehicle)").padded(to: presentation.showsWhole ? 17 : 8)
            + "  \(ticket.mode)  \(ticket.rule)"
    }

    func breakdown(_ breakdown: Breakdown) -> String {
        "\(presentation.time(breakdown.at))  "
            + presentation.vehicle("\(breakdown.vehicle)").padded(
                to: presentation.showsWhole ? 17 : 8)
            + "  \(breakdown.mode?.visible ?? "-")"
    }

    /// Hours to a tenth.
    static func hours(_ hours: Double) -> String { "\((hours * 10).rounded() / 10) h" }

    /// Parts in the order of their numbers: `COIL-12 ×3, PLUG-7 ×12`.
    static func parts(_ parts: [String: Int]) -> String {
        parts.filter { $0.value != 0 }.sorted { $0.key < $1.key }
            .map { "\($0.key.visible) ×\($0.value)" }.joined(separator: ", ")
    }

    static func json(_ ticket: TrialTicket) -> JSONObject {
        var object = JSONObject()
        object.append("vehicle", "\(ticket.vehicle)")
        object.append("mode", ticket.mode)
        object.append("rule", ticket.rule)
        object.append("severity", ticket.severity.name)
        object.append("at", ticket.at.text())
        object.append("findings", ticket.findings)
        return object
    }

    static func json(_ breakdown: Breakdown) -> JSONObject {
        var object = JSONObject()
        object.append("vehicle", "\(breakdown.vehicle)")
        object.append("at", breakdown.at.text())
        object.append("mode", breakdown.mode)
        return object
    }

    static func json(_ parts: [String: Int]) -> JSONObject {
        var object = JSONObject()
        for (number, count) in parts.sorted(by: { $0.key < $1.key }) {
            object.append(number, count)
        }
        return object
    }
}
