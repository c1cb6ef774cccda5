import ArgumentParser
import StoreText
import TerminalText

/// `forewarn doctor`
struct DoctorCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong, and say how to mend it.")

    @Option(help: "The daemon's configuration file, which must be readable.")
    var config: String?

    @Option(help: "A broker to reach, as mqtt://localhost:1883.")
    var broker: String?

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let patient = Patient(store: store, configuration: config, broker: broker)
        let presentation = style.presentation()
        var failures: [Diagnosis] = []
        for check in Checkup.all {
            for diagnosis in check(patient) {
                if diagnosis.verdict == .fail { failures.append(diagnosis) }
                try Output.write(line(diagnosis, presentation))
                // A broker may take seconds to stay silent; what is known until then shows.
                try Output.flush()
            }
        }
        guard let first = failures.first else { return }
        // One kind of failure has its own code; several together are just a no.
        let isOneKind = failures.allSatisfy { $0.code == first.code }
        throw CommandFailure(code: isOneKind ? first.code : .no)
    }

    private func line(_ diagnosis: Diagnosis, _ presentation: Presentation) -> String {
        if output == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("check", diagnosis.check.rawValue)
            object.append("verdict", diagnosis.verdict.rawValue)
            object.append("finding", diagnosis.finding.description)
            object.append("fix", diagnosis.fix?.description)
            return object.json + "\n"
        }
        let words = presentation.words
        let colour: Colour =
            switch diagnosis.verdict {
            case .ok: .cleared
            case .warn: .plan
            case .fail: .actNow
            }
        let word = words.stored(diagnosis.verdict.rawValue).padded(to: 4)
        let check = words.text(of: diagnosis.check).padded(to: 12)
        let finding = words.text(of: diagnosis.finding).visible
        var line = "\(presentation.painter.paint(word, colour))  \(check)  "
        line += Self.flow(finding, from: 20, presentation)
        if let fix = diagnosis.fix {
            line += "\n" + String(repeating: " ", count: 20) + "-> "
            line += Self.flow(words.text(of: fix), from: 23, presentation)
        }
        return line + "\n"
    }

    /// Text that goes on below where it began.
    private static func flow(_ text: String, from column: Int, _ presentation: Presentation)
        -> String
    {
        let width = presentation.width.map { max(20, $0 - column) }
        return Flow.paragraph(text, width: width).split(separator: "\n")
            .joined(separator: "\n" + String(repeating: " ", count: column))
    }
}
