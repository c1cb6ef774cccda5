import FaultRules
import FleetWatch
import ForewarnDaemon
import Foundation
import Recordings
import RuleTrials
import TerminalText
import VehicleFaults
import YAMLSource

/// The test files that a path names, with the rules they test and their traffic.
struct RuleTestSuite {
    /// Tests of one file, ready to run.
    struct File {
        var tests: RuleTestFile
        var source: RuleSource
        var program: RuleProgram
        /// How its messages are watched.
        var settings: Trial.Settings
        /// The rule files, by which files that test the same rules are known.
        var rulePaths: [String]
    }

    private(set) var files: [File] = []
    private(set) var texts = SourceTexts()
    private(set) var warnings: [Diagnostic] = []
    private let rosterPaths: [String]
    private var recordings: [String: EntryBatch] = [:]

    /// Something in the files is wrong; in order of file and line.
    struct Unusable: Error {
        var diagnostics: [Diagnostic]
        var texts: SourceTexts
    }

    /// Reads test files, and those in folders and the folders in them.
    ///
    /// - Parameter roster: the roster of files that name none.
    init(paths: [String], roster: [String] = []) throws {
        rosterPaths = roster
        var problems: [Diagnostic] = []
        for path in try Self.testFiles(at: paths) {
            do throws(RuleSource.Unusable) {
                try read(path)
            } catch {
                problems += error.diagnostics
            }
        }
        guard problems.isEmpty else { throw Unusable(diagnostics: problems, texts: texts) }
    }

    static func testFiles(at paths: [String]) throws -> [String] {
        var result: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw CommandFailure(code: .usage, message: "there is no \(path)")
            }
            guard isFolder.boolValue else {
                result.append(path)
                continue
            }
            let inside = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }
            result += (inside ?? []).filter(RuleSet.isTestFile).sorted()
                .map { path == "." ? $0 : path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
        }
        return result
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private mutating func read(_ path: String) throws(RuleSource.Unusable) {
        func unusable(_ message: Saying) -> RuleSource.Unusable {
            RuleSource.Unusable(diagnostics: [
                Diagnostic(
                    .error, at: SourcePosition(file: path, line: 1, column: 1), message)
            ])
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw unusable("the file cannot be read")
        }
        let text = RuleSet.File(name: path, text: String(decoding: data, as: UTF8.self))
        texts.add(text)
        let reader = RuleTestReader(try Self.parse(text), name: path)
        guard !reader.hasErrors else {
            throw RuleSource.Unusable(diagnostics: reader.diagnostics)
        }
        warnings += reader.diagnostics
        var named = reader.file.rules.map { $0.hasPrefix("/") ? $0 : Self.folder(of: path) + $0 }
        if named.isEmpty, let end = path.range(of: ".test.", options: .backwards) {
            named = [path[..<end.lowerBound] + "." + path[end.upperBound...]]
        }
        let rules: [RuleSet.File]
        do throws(SettingsFailure) {
            rules = try RuleSet.files(at: named)
        } catch {
            throw unusable(
                "its rules are not there: \(named.joined(separator: ", "))")
        }
        for rule in rules { texts.add(rule) }
        var nodes: [SourceNode] = []
        for rule in rules { nodes.append(try Self.parse(rule)) }
        let source = RuleSource(files: nodes)
        let program = try source.program()
        let unknown = reader.file.check(against: program)
        guard unknown.isEmpty else { throw RuleSource.Unusable(diagnostics: unknown) }
        files.append(
            File(
                tests: reader.file, source: source, program: program,
                settings: try settings(of: reader.file), rulePaths: rules.map(\.name)))
    }

    /// How a file's messages are watched: with its own roster, or the one that was named.
    private mutating func settings(of file: RuleTestFile) throws(RuleSource.Unusable)
        -> Trial.Settings
    {
        var settings = Trial.Settings(watch: WatchSettings(reorderWindow: file.reorderWindow))
        let own = file.roster.map { $0.hasPrefix("/") ? $0 : Self.folder(of: file.name) + $0 }
        let files: [RuleSet.File]
        do throws(SettingsFailure) {
            files = try RuleSet.files(at: own.isEmpty ? rosterPaths : own)
        } catch {
            let place = SourcePosition(file: file.name, line: 1, column: 1)
            throw RuleSource.Unusable(diagnostics: [
                Diagnostic(
                    .error, at: place, "its roster is not there: \(own.joined(separator: ", "))")
            ])
        }
        for file in files { texts.add(file) }
        let reader = RuleSet.roster(files)
        guard !reader.hasErrors else {
            throw RuleSource.Unusable(diagnostics: reader.diagnostics)
        }
        (settings.roster, settings.falseCodes) = (reader.roster, reader.falseCodes)
        return settings
    }

    private static func parse(_ file: RuleSet.File) throws(RuleSource.Unusable) -> SourceNode {
        do throws(Diagnostic) {
            return try YAMLSource.parse(file.text, file: file.name)
        } catch {
            throw RuleSource.Unusable(diagnostics: [error])
        }
    }

    /// The messages of a test.
    ///
    /// - Throws: when a recording cannot be read, or a line of it.
    mutating func traffic(of test: RuleTest, in file: RuleTestFile) throws -> EntryBatch {
        switch test.traffic {
        case .lines(let lines):
            var batch = EntryBatch()
            for line in lines {
                let start = batch.bytes.count
                batch.bytes += line.text.utf8
                batch.entries.append(Entry(received: nil, payload: start..<batch.bytes.count))
            }
            return batch
        case .recording(let name, let place):
            let path = name.hasPrefix("/") ? name : Self.folder(of: file.name) + name
            if let known = recordings[path] { return known }
            do {
                let batch = try RecordedTraffic.read(path)
                recordings[path] = batch
                return batch
            } catch let error as RecordingFailure {
                throw Unusable(
                    diagnostics: [Diagnostic(.error, at: place, "\(error)")], texts: texts)
            } catch let error as RecordedTraffic.Refused {
                throw Unusable(
                    diagnostics: [Diagnostic(.error, at: place, "\(error.description)")],
                    texts: texts)
            }
        }
    }
}

/// A recording in memory, as the core takes it.
enum RecordedTraffic {
    /// Lines of a recording make no sense.
    struct Refused: Error, CustomStringConvertible {
        var path: String
        var line: Int
        var reason: RefusedLine.Reason
        var offset: Int
        var description: String {
            "\(path):\(line): \(reason.rawValue) at byte \(offset)"
        }
    }

    /// Reads a whole recording.
    static func read(_ path: String) throws -> EntryBatch {
        var batch = EntryBatch()
        try forEachChunk(of: path) { chunk in
            let start = batch.bytes.count
            batch.bytes += chunk.bytes
            for entry in chunk.entries {
                var entry = entry
                entry.topic = entry.topic.lowerBound + start..<entry.topic.upperBound + start
                entry.payload = entry.payload.lowerBound + start..<entry.payload.upperBound + start
                batch.entries.append(entry)
            }
        }
        return batch
    }

    /// Reads a recording piece by piece.
    ///
    /// - Throws: ``Refused`` for the first line that is no message.
    static func forEachChunk(of path: String, _ body: (EntryBatch) throws -> Void) throws {
        var reader = try RecordingReader(path: path)
        var chunk = RecordedChunk()
        while try reader.next(into: &chunk) {
            if let refused = chunk.refused.first {
                throw Refused(
                    path: path, line: refused.line, reason: refused.reason, offset: refused.offset)
            }
            try body(
                EntryBatch(
                    bytes: chunk.bytes,
                    entries: chunk.messages.map {
                        Entry(
                            received: $0.receivedMilliseconds, topic: $0.topic,
                            payload: $0.payload, isRetained: $0.isRetained)
                    }))
        }
    }
}
