import ArgumentParser
import TerminalText

/// `forewarn version`
struct VersionCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Say which version this is.")

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    func run() throws {
        guard output == .json else { return try Output.write("forewarn \(ProductVersion.text)\n") }
        var object = JSONObject()
        object.append("v", 1)
        object.append("version", ProductVersion.text)
        try Output.write(object.json + "\n")
    }
}
