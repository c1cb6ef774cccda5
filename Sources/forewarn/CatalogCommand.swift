import ArgumentParser
import Foundation
import StoreText
import TerminalText
import VehicleFaults

/// `forewarn catalog`
struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "What your fault codes mean, in your own words.",
        subcommands: [CatalogImport.self, CatalogShow.self])
}

/// `forewarn catalog import`
struct CatalogImport: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take the texts of fault codes from a table.",
        discussion: """
            CSV, TSV, JSON and SQLite, with a column of codes (code, or spn and fmi) and
            one of texts (description, title, text, definition, meaning); manufacturer,
            locale, system, severity and action are kept if they are there. Texts are shown
            in tail, tickets and explain. They lie in codes.jsonl in the state folder and
            decide nothing.

              forewarn catalog import our-codes.csv --locale en
            """)

    @Argument(help: "The table.")
    var file: String

    @Option(help: "The maker whose codes they are, where a row names none.")
    var manufacturer = ""

    @Option(help: "The language of the texts, where a row names none: en or zh-Hans.")
    var locale = ""

    @Flag(name: .customLong("dry-run"), help: "Only say what would be taken.")
    var isDry = false

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions

    func run() throws {
        var reader = CatalogueReader(manufacturer: manufacturer, locale: locale)
        do {
            try reader.read(path: file)
        } catch let error as CatalogueReader.Unreadable {
            throw CommandFailure(code: .badData, message: error.message.visible)
        }
        let folder = store.catalogueFolder
        var catalogue = CodeCatalogue(folder: folder)
        var changed = 0
        for entry in reader.entries {
            if let before = catalogue.set(entry), before != entry.text { changed += 1 }
        }
        if !isDry, !reader.entries.isEmpty {
            do {
                try catalogue.write(to: folder)
            } catch {
                throw CommandFailure(
                    code: .unreachable,
                    message: "\(CodeCatalogue.path(in: folder)) cannot be written")
            }
        }
        try report(reader, changed: changed, in: catalogue)
        if !reader.problems.isEmpty { throw CommandFailure(code: .badData) }
    }

    private func report(_ reader: CatalogueReader, changed: Int, in catalogue: CodeCatalogue) throws
    {
        if output == .json {
            func list(_ problems: [CatalogueReader.Problem]) -> [JSONObject] {
                problems.map { problem in
                    var object = JSONObject()
                    object.append("line", problem.line)
                    object.append("message", problem.message)
                    return object
                }
            }
            var object = JSONObject()
            object.append("v", 1)
            object.append("taken", reader.entries.count)
            object.append("changed", changed)
            object.append("duplicates", reader.duplicates)
            object.append("conflicts", list(reader.conflicts))
            object.append("refused", list(reader.problems))
            object.append("texts", catalogue.entries.count)
            return try Output.write(object.json + "\n")
        }
        for (problems, word) in [(reader.conflicts, "conflict"), (reader.problems, "refused")] {
            for problem in problems.prefix(20) {
                Output.talk("\(file.visible):\(problem.line): \(word): \(problem.message.visible)")
            }
            if problems.count > 20 { Output.talk("  and \(problems.count - 20) more") }
        }
        try Output.write(
            """
            texts taken   \(reader.entries.count)\(isDry ? " (not written)" : "")
            changed       \(changed)
            duplicates    \(reader.duplicates)
            conflicts     \(reader.conflicts.count)
            refused       \(reader.problems.count)
            in all        \(catalogue.entries.count)

            """)
    }
}

/// `forewarn catalog show`
struct CatalogShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say what a fault code means.")

    @Argument(help: "The code, as P0301, P0301-1A or \"SPN 100 FMI 1\".")
    var code: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        guard let read = FaultCode(text: code.uppercased()) else {
            throw CommandFailure(code: .usage, message: "\(code.visible) is no code")
        }
        var presentation = style.presentation()
        presentation.codes = CodeCatalogue(folder: store.catalogueFolder)
        guard let text = presentation.text(ofCode: read.description) else {
            throw CommandFailure(
                code: .no, message: "nobody has a text for \(read)",
                hint: "forewarn catalog import FILE takes yours")
        }
        try Output.write("\(read)  \(text)\n")
    }
}

extension StoreOptions {
    /// The folder that holds the store.
    var catalogueFolder: String {
        let end = path.lastIndex(of: "/")
        return end.map { String(path[..<$0]) } ?? "."
    }
}
