import ArgumentParser
import FaultTrends
import Foundation

/// `forewarn score`: how unusual each row of a series is, by the rows before it.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Say of each row of a series how unusual it is, from 0 to 1.",
        discussion: """
            Reads CSV with the columns timestamp and value, in one pass: a score depends on
            the rows before it and on nothing else, and there is nothing to set. Half a
            point is what a series shows once in a thousand rows. A folder is read at any
            depth.
            """)

    @Argument(help: "A CSV file, or a folder of them.")
    var input: String

    @Argument(help: "Where to write timestamp, value, anomaly_score; the same paths for a folder.")
    var output: String

    func run() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
            throw CommandFailure(code: .usage, message: "\(input): no such file or folder")
        }
        guard isFolder.boolValue else {
            var target = output
            var isTargetFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: output, isDirectory: &isTargetFolder),
                isTargetFolder.boolValue
            {
                target += "/" + (input as NSString).lastPathComponent
            }
            let rows = try score(input, into: target)
            Output.talk("\(rows) rows written to \(target)")
            return
        }
        let names = (FileManager.default.enumerator(atPath: input)?.compactMap { $0 as? String })
            .map { $0.filter { $0.lowercased().hasSuffix(".csv") }.sorted() }
        guard let names, !names.isEmpty else {
            throw CommandFailure(code: .badData, message: "\(input): no .csv file in this folder")
        }
        var rows = 0
        for name in names { rows += try score(input + "/" + name, into: output + "/" + name) }
        Output.talk("\(rows) rows of \(names.count) files written to \(output)")
    }

    private func score(_ path: String, into target: String) throws -> Int {
        if URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
            == URL(fileURLWithPath: target).standardizedFileURL.resolvingSymlinksInPath()
        {
            throw CommandFailure(
                code: .usage, message: "\(path): input and output are the same file")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: (target as NSString).deletingLastPathComponent.isEmpty
                    ? "." : (target as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true)
            guard let reader = FileHandle(forReadingAtPath: path) else {
                throw CommandFailure(code: .unreachable, message: "\(path) cannot be read")
            }
            defer { try? reader.close() }
            guard FileManager.default.createFile(atPath: target, contents: nil),
                let writer = FileHandle(forWritingAtPath: target)
            else {
                throw CommandFailure(code: .unreachable, message: "\(target) cannot be written")
            }
            defer { try? writer.close() }
            return try score(from: reader, to: writer, path: path)
        } catch let failure as CommandFailure {
            throw failure
        } catch let failure as SeriesTable.Failure {
            throw CommandFailure(
                code: .badData, message: "\(path):\(failure.line): \(failure.reason)")
        } catch {
            throw CommandFailure(
                code: .unreachable, message: "\(path): \(error.localizedDescription)")
        }
    }

    private func score(from reader: FileHandle, to writer: FileHandle, path: String) throws -> Int {
        var table = SeriesTable()
        var series = SeriesScore()
        var rows = 0
        var text = [UInt8]("timestamp,value,anomaly_score\n".utf8)
        func write(_ row: SeriesTable.Row) {
            // A gap in the values is no anomaly, and nothing to learn from.
            let score = row.value.map { series.add($0, second: row.second) } ?? 0
            text += row.timestamp
            text.append(0x2C)
            text += row.written
            text.append(0x2C)
            text += "\(score)\n".utf8
            rows += 1
        }
        while let piece = try reader.read(upToCount: 1 << 20), !piece.isEmpty {
            try table.add(piece, each: write)
            try writer.write(contentsOf: text)
            text.removeAll(keepingCapacity: true)
        }
        try table.finish(each: write)
        try writer.write(contentsOf: text)
        return rows
    }
}
