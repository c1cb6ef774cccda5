import Foundation
import Testing

/// The page from which people learn to write rules, typed in as it stands.
///
/// Comments that no reader sees say what a block is: `<!-- file NAME -->` and `<!-- append NAME -->`
/// of the block that follows, `<!-- replace NAME "A" "B" -->` that it takes the place of the lines
/// from the one that begins with A up to the one that begins with B, `<!-- run COMMAND -->` of what
/// the text asks for in words, `<!-- not here -->` of commands that need more than a folder.
@Suite("The tutorial") struct TutorialTests {
    static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/rules.md")

    enum Step {
        case write(name: String, from: String?, to: String?, isMore: Bool, text: String)
        case run(command: String, line: Int)
        case expect(output: String, line: Int)
    }

    static func steps(_ page: String) throws -> [Step] {
        var steps: [Step] = []
        var comment = ""
        var block: (kind: String, text: String)?
        for (index, line) in page.components(separatedBy: "\n").enumerated() {
            if let open = block {
                guard line.hasPrefix("```") else {
                    block?.text += line + "\n"
                    continue
                }
                block = nil
                defer { comment = "" }
                switch open.kind {
                case "sh" where comment != "not here":
                    steps.append(.run(command: open.text, line: index))
                case "text": steps.append(.expect(output: open.text, line: index))
                case "yaml", "json":
                    let words = comment.split(separator: " ", maxSplits: 2).map(String.init)
                    let name = try #require(words.dropFirst().first, "line \(index): \(comment)")
                    let limits = comment.split(separator: "\"").map(String.init)
                    let isCut = words[0] == "replace"
                    steps.append(
                        .write(
                            name: name, from: isCut ? limits[1] : nil,
                            to: isCut ? limits[3] : nil, isMore: words[0] == "append",
                            text: open.text))
                default: break
                }
            } else if line.hasPrefix("```") {
                block = (String(line.dropFirst(3)), "")
            } else if line.hasPrefix("<!-- ") {
                comment = String(line.dropFirst(5).dropLast(4))
                if comment.hasPrefix("run ") {
                    steps.append(.run(command: String(comment.dropFirst(4)), line: index + 1))
                    comment = ""
                }
            }
        }
        return steps
    }

    /// Runs a command in a folder as a shell does, and moves on to the folder in which it ends.
    static func shell(_ command: String, in folder: inout String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "{ \(command)\n} 2>&1; pwd -P >.place"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let programs = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
        process.environment = Program.environment.merging(["PATH": programs + ":/usr/bin:/bin"]) {
            $1
        }
        process.standardOutput = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        for place in [folder, folder + "/battery"] {
            let file = place + "/.place"
            guard let path = try? String(contentsOfFile: file, encoding: .utf8) else { continue }
            try FileManager.default.removeItem(atPath: file)
            folder = path.trimmingCharacters(in: .newlines)
        }
        return text
    }

    private static func write(
        _ text: String, to path: String, from: String?, upTo end: String?, isMore: Bool
    ) throws {
        let old = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        var new = isMore ? old + "\n" + text : text
        if let from, let end {
            var lines = old.components(separatedBy: "\n")
            let first = try #require(lines.firstIndex { $0.hasPrefix(from) }, "\(from)")
            let last = lines[(first + 1)...].firstIndex { $0.hasPrefix(end) } ?? lines.count - 1
            lines.replaceSubrange(
                first..<last, with: text.dropLast().components(separatedBy: "\n"))
            new = lines.joined(separator: "\n")
        }
        try Data(new.utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test("comes out as the page says, command by command") func tutorial() throws {
        let workshop = try Workshop()
        var folder = workshop.folder
        var output = ""
        var compared = 0
        for step in try Self.steps(try String(contentsOf: Self.page, encoding: .utf8)) {
            switch step {
            case .write(let name, let from, let to, let isMore, let text):
                try Self.write(
                    text, to: folder + "/" + name, from: from, upTo: to, isMore: isMore)
            case .run(let command, _): output = try Self.shell(command, in: &folder)
            case .expect(let expected, let line):
                compared += 1
                #expect(output == expected, "docs/rules.md:\(line)")
            }
        }
        #expect(compared >= 10)
    }
}
