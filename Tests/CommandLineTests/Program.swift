import Foundation
import Glibc
import Testing

/// The built `forewarn`, run as anyone runs it.
enum Program {
    /// Beside the bundle of these tests, in the build folder.
    static let path: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let folder = [bundle, CommandLine.arguments.first].compactMap(\.self).map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().path
        }
        return folder.map { $0 + "/forewarn" }
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "forewarn"
    }()

    struct Result {
        var code: Int32
        var output: String
        var errors: String
        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// Eighty columns, UTC, no colours, English, whatever runs the tests.
    static let environment = [
        "COLUMNS": "80", "TZ": "UTC", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
        "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
    ]

    static func run(
        _ arguments: [String], state: SampleState? = nil, input: String? = nil,
        environment more: [String: String] = [:]
    ) throws -> Result {
        let running = try Running(arguments, state: state, input: input, environment: more)
        return running.finish()
    }

    /// A command that is still running, whose output is read as it comes.
    final class Running {
        private let process: Process
        private let output = Pipe()
        private let errors = Pipe()
        private var gathered = ""
        private var told = ""

        init(
            _ arguments: [String], state: SampleState? = nil, input: String? = nil,
            environment more: [String: String] = [:]
        ) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: Program.path)
            process.arguments = arguments + (state.map { ["--state", $0.folder] } ?? [])
            process.environment = Program.environment.merging(more) { $1 }
            process.standardOutput = output
            process.standardError = errors
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            if let input { pipe.fileHandleForWriting.write(Data(input.utf8)) }
            try? pipe.fileHandleForWriting.close()
            self.process = process
        }

        /// Reads until so many lines have come, or the program has ended.
        func awaitLines(_ count: Int) -> [String] {
            while gathered.utf8.count(where: { $0 == 0x0A }) < count {
                let bytes = output.fileHandleForReading.availableData
                if bytes.isEmpty { break }
                gathered += String(decoding: bytes, as: UTF8.self)
            }
            return gathered.split(separator: "\n").map(String.init)
        }

        /// Reads until so many lines of talk have come, or the program has ended.
        func awaitErrors(_ count: Int) -> [String] {
            while told.utf8.count(where: { $0 == 0x0A }) < count {
                let bytes = errors.fileHandleForReading.availableData
                if bytes.isEmpty { break }
                told += String(decoding: bytes, as: UTF8.self)
            }
            return told.split(separator: "\n").map(String.init)
        }

        func terminate() { kill(process.processIdentifier, SIGTERM) }

        /// Ends the program if it still runs.
        func end() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        func interrupt() { kill(process.processIdentifier, SIGINT) }

        /// Nobody reads any more.
        func closeOutput() { try? output.fileHandleForReading.close() }

        func finish(reads: Bool = true) -> Result {
            let rest = reads ? output.fileHandleForReading.readDataToEndOfFile() : Data()
            let talk = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            let text = gathered + String(decoding: rest, as: UTF8.self)
            let isSignal = process.terminationReason == .uncaughtSignal
            return Result(
                code: (isSignal ? 128 : 0) + process.terminationStatus, output: text,
                errors: told + String(decoding: talk, as: UTF8.self))
        }
    }
}

/// Compares with a file of `Expected`; a missing one is written, and fails once.
func expect(_ output: String, matches name: String, _ location: SourceLocation = #_sourceLocation)
    throws
{
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Expected").appendingPathComponent(name)
    guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
        try output.write(to: file, atomically: true, encoding: .utf8)
        Issue.record("\(name) was written; read it, then run again", sourceLocation: location)
        return
    }
    #expect(output == expected, "\(name)", sourceLocation: location)
}

/// A line of output as a JSON object.
func object(_ line: String) throws -> [String: Any] {
    try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
}
