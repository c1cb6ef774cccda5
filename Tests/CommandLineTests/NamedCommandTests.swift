import Foundation
import ServiceTickets
import Testing

/// What documents say can be typed can be typed.
@Suite("Commands that documents name") struct NamedCommandTests {
    /// A command with all that can follow it.
    struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }

            var names: [Name]?
            var allValues: [String]?
        }

        var commandName: String
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?

        /// Its options as they are typed.
        var options: Set<String> {
            Set(
                (arguments ?? []).flatMap { $0.names ?? [] }.map {
                    ($0.kind == "long" ? "--" : "-") + $0.name
                })
        }

        /// What may stand in its first place, when that is one of a few words.
        var choices: [String]? {
            (arguments ?? []).first { $0.names == nil }?.allValues
        }
    }

    struct Dump: Decodable { var command: Command }

    static let root = Result {
        let output = try Program.run(["--experimental-dump-help"]).output
        return try JSONDecoder().decode(Dump.self, from: Data(output.utf8)).command
    }

    static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let documents: [String] = {
        let files = FileManager.default.subpaths(atPath: top.path + "/docs") ?? []
        return ["README.md"] + files.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    }()

    @Test("what a command says of itself needs 80 columns, but for examples") func help() throws {
        var waiting = [try Self.root.get()]
        var (found, wide) = (0, [String]())
        while let command = waiting.popLast() {
            waiting += command.subcommands ?? []
            guard let text = command.discussion else { continue }
            found += 1
            let lines = text.components(separatedBy: "\n")
            for (line, next) in zip(lines, lines.dropFirst())
            where line.count > 80 && next.first?.isLowercase == true
                // The options of a step are a line of their own.
                && !line.hasPrefix("  ") && !line.contains(" --")
            {
                wide.append("\(command.commandName): \(line)")
            }
        }
        // A longer line is broken by the help itself, and leaves its last words alone on a line.
        #expect(wide == [])
        #expect(found > 20)
    }

    /// Spans of code on a line, and whole lines of blocks that begin with the program's name.
    private func spans(_ text: String) -> [(line: Int, text: String)] {
        var found: [(Int, String)] = []
        var isBlock = false
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("```") {
                isBlock.toggle()
            } else if isBlock {
                let typed = line.drop { $0 == "$" || $0 == " " }
                if typed.hasPrefix("forewarn ") { found.append((index + 1, String(typed))) }
            } else {
                for match in line.matches(of: /`([^`]+)`/) {
                    found.append((index + 1, String(match.output.1)))
                }
            }
        }
        return found
    }

    /// The first word of a span that cannot be typed there; `nil` when all can, or when it is
    /// something else than a command.
    private func unknown(_ span: String, _ root: Command) -> String? {
        var words = span.prefix { !"|>&;#\\".contains($0) }.split(separator: " ").map(String.init)
        let isOurs = words.first == "forewarn"
        if isOurs { words.removeFirst() }
        var command = root
        while let word = words.first,
            let next = command.subcommands?.first(where: { $0.commandName == word })
        {
            command = next
            words.removeFirst()
        }
        guard command.commandName != root.commandName else {
            return isOurs && words.first?.first?.isLetter == true ? words.first : nil
        }
        if let word = words.first, word.first?.isLowercase == true {
            if command.subcommands?.isEmpty == false { return word }
            if let choices = command.choices, !choices.contains(word) { return word }
        }
        var options = command.options.union(root.options)
        // A placeholder stands for any of them.
        for each in command.subcommands ?? [] { options.formUnion(each.options) }
        if span.contains("ticket ") {
            options.formUnion(
                TicketField.allCases.map { field in
                    "--" + field.rawValue.replacing("_", with: "-")
                })
        }
        return words.first { word in
            guard word.hasPrefix("--"), word.count > 2 else { return false }
            return !options.contains(String(word.prefix { $0 != "=" }))
        }
    }

    @Test("are there, with their options", arguments: documents)
    func named(path: String) throws {
        let root = try Self.root.get()
        let text = try String(contentsOf: Self.top.appendingPathComponent(path), encoding: .utf8)
        for (line, span) in spans(text) {
            let word = unknown(span, root)
            #expect(word == nil, "\(path):\(line): `\(span)`: \(word ?? "")")
        }
    }

    @Test(
        "one that is not there is seen",
        arguments: [
            ("forewarn rapport kpi", "rapport"), ("ticket shows", "shows"),
            ("report quartal", "quartal"), ("ticket ls --opened", "--opened"),
            ("forewarn vehicle show X --state=/a --hidden | less", "--hidden"),
        ])
    func unknown(span: String, word: String) throws {
        #expect(unknown(span, try Self.root.get()) == word)
    }
}
