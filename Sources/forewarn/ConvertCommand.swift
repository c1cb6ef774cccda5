import ArgumentParser
import Glibc
import Recordings
import StoreText
import TerminalText

extension RecordingFormat {
    /// The names of all formats, for help.
    static var words: String { allCases.map(\.name).joined(separator: ", ") }
}

/// `forewarn convert`: writes a recording in another format, and says what that loses.
struct ConvertCommand: ParsableCommand {
    enum Report: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a recording in another format.",
        discussion: """
            Formats: \(RecordingFormat.words). \
            A file that gzip packed is read as it is. csv and crtd are read only.

              forewarn convert truck.asc truck.jsonl
              forewarn convert monday.jsonl - --to mosquitto-hex
              forewarn convert trip.csv trip.jsonl --vehicle TRUCK-7 --column "TEMP (°C)=coolant_c"

            Standard error tells, line by line, what could not be read, and at the end what
            the format had no place for.
            """)

    @Argument(help: "The recording; - for standard input.")
    var input: String

    @Argument(help: "The file to write; - for standard output.")
    var output: String

    @Option(help: "How the recording is written; found out else.")
    var from: String?

    @Option(help: "How to write it; own, or else what the name of the file says.")
    var to: String?

    @Option(help: "The topic of messages that have none.")
    var topic: String?

    @Option(help: "The vehicle of a table that names none.")
    var vehicle: String?

    @Option(help: ArgumentHelp("What a column of a table means.", valueName: "HEADER=MEANING"))
    var column: [String] = []

    @Flag(help: "Replace the file when it is there.")
    var replace = false

    @Flag(help: "Leave with 4 when anything could not be read or written.")
    var strict = false

    @Option(name: .customLong("report"), help: "How standard error tells the end: text or json.")
    var report = Report.text

    func validate() throws {
        for name in [from, to].compactMap({ $0 }) where RecordingFormat(name: name) == nil {
            throw ValidationError("\(name.visible) is none of \(RecordingFormat.words)")
        }
        for text in column where TableColumns.entry(text) == nil {
            throw ValidationError("--column is HEADER=MEANING, not \(text.visible)")
        }
    }

    func run() throws {
        do {
            try convert()
        } catch let error as RecordingFailure {
            throw CommandFailure(code: Self.code(error), message: error.description)
        }
    }

    private static func code(_ failure: RecordingFailure) -> FailureCode {
        switch failure.problem {
        case .cannotOpen, .notWritable: .usage
        case .cannotWrite: .unreachable
        default: .badData
        }
    }

    private func convert() throws {
        var columns = TableColumns(vehicle: vehicle)
        for text in column {
            guard let entry = TableColumns.entry(text) else { continue }
            columns.meanings[entry.header] = entry.meaning
        }
        var reader = try RecordingReader(
            path: input, format: from.flatMap { RecordingFormat(name: $0) },
            options: RecordingOptions(columns: columns))
        let target = to.flatMap { RecordingFormat(name: $0) } ?? Self.format(of: output)
        var writer = try RecordingWriter(
            path: output, format: target, existing: replace ? .replace : .keep)
        var conversion = Conversion(topic: topic ?? "")
        var chunk = RecordedChunk()
        while try reader.next(into: &chunk) {
            for line in chunk.refused {
                Output.talk(
                    "\(reader.path):\(line.line): error: \(line.reason.rawValue) at byte "
                        + "\(line.offset)")
            }
            let before = conversion.left.count
            try conversion.take(chunk, into: &writer)
            for line in conversion.left[before...] {
                Output.talk("\(reader.path):\(line): error: cannot be said in \(target.name)")
            }
        }
        try writer.flush()
        tell(conversion, reader.format, target)
        if strict, conversion.refusedLines > 0 || !conversion.left.isEmpty {
            throw CommandFailure(code: .badData)
        }
    }

    /// The format that a file's name asks for.
    private static func format(of path: String) -> RecordingFormat {
        if path.hasSuffix(".asc") { return .vector }
        if path.hasSuffix(".log") { return .candump }
        return path.hasSuffix(".csv") ? .pythonCAN : .own
    }

    private func tell(
        _ conversion: Conversion, _ source: RecordingFormat?, _ target: RecordingFormat
    ) {
        let counts: [(key: String, words: String, count: Int)] = [
            ("refused_lines", "lines not read", conversion.refusedLines),
            ("left", "messages not written", conversion.left.count),
            ("lost_times", "times of reception lost", conversion.lostTimes),
            ("lost_topics", "topics lost", conversion.lostTopics),
            ("lost_qualities", "qualities of service lost", conversion.lostQualities),
            ("lost_retentions", "marks of retention lost", conversion.lostRetentions),
            ("lost_buses", "names of buses lost", conversion.lostBuses),
            ("lost_directions", "directions lost", conversion.lostDirections),
        ]
        if report == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("from", source?.name ?? "")
            object.append("to", target.name)
            object.append("messages", conversion.messages)
            object.append("lossless", conversion.isLossless)
            for item in counts { object.append(item.key, item.count) }
            return Output.talk(object.json)
        }
        let lost = counts.filter { $0.count > 0 }.map { "\($0.count) \($0.words)" }
        Output.talk(
            "\(conversion.messages) messages written as \(target.name); "
                + (lost.isEmpty ? "nothing lost" : lost.joined(separator: ", ")))
    }
}
