import ArgumentParser
import FleetWatch
import ForewarnDaemon
import Foundation
import MQTTIntake
import Recordings
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn replay`: the same core as the daemon, fed from a recording.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Decide a recording again, publish it, or verify the daemon's own journal.",
        discussion: """
            Reads native JSON lines, recordings of forewarn record, and what mosquitto_sub
            -F '%U %t %x' and -F %j print. The digest covers every decision: equal digests
            mean equal findings, tickets and dead letters, byte for byte.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "The recording; - for standard input.")
    var file: String?

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Keep the decisions in this new database.")
    var db: String?

    @Option(name: .long, help: "Times as fast as it was recorded; without it, as fast as possible.")
    var speed: Double?

    @Option(name: .long, help: ArgumentHelp("Publish to a broker instead.", valueName: "mqtt://…"))
    var to: String?

    @Flag(name: .long, help: "Decide the journal of --state again and compare every decision.")
    var verify = false

    @Option(name: [.customShort("o"), .long], help: "text or json.")
    var format = Format.text

    @Option(
        name: .customLong("input-format"),
        help: ArgumentHelp(RecordingFormat.words + "; found out else."))
    var inputFormat: String?

    @Flag(name: [.short, .long], help: "No progress bar.")
    var quiet = false

    func validate() throws {
        if verify {
            if file != nil { throw ValidationError("--verify reads --state, not a recording") }
        } else if file == nil {
            throw ValidationError("a recording, or --verify")
        }
        if let speed, !(speed > 0) { throw ValidationError("--speed is above 0") }
        if let inputFormat, RecordingFormat(name: inputFormat) == nil {
            throw ValidationError("--input-format \(inputFormat) is not known")
        }
    }

    func run() throws {
        do {
            if verify { return try verifyJournal() }
            if let to { return try publish(to: to) }
            try decide()
        } catch let error as SettingsFailure {
            throw CommandFailure(code: .usage, message: error.description)
        } catch let error as RuleSet.Unusable {
            throw CommandFailure(code: .usage, message: error.description)
        } catch let error as RecordingFailure {
            throw CommandFailure(code: .badData, message: error.description)
        }
    }

    // MARK: - Deciding

    private func decide() throws {
        let settings = try options.settings()
        guard !settings.rulePaths.isEmpty else {
            throw CommandFailure(
                code: .usage, message: "nothing to decide by", hint: "name rules with --rules")
        }
        // A recording is decided whatever its topics are, unless topics are named.
        let isNamed = !options.topic.isEmpty || options.config != nil
        let rules = try RuleSet(settings, subscriptions: isNamed ? settings.subscriptions : [])
        if let db, FileManager.default.fileExists(atPath: db) {
            throw CommandFailure(code: .usage, message: "\(db) exists already")
        }
        let started = ContinuousClock.now
        var replay = Replay(
            rules: rules, workers: .threads(options.threads == nil ? 1 : settings.threads),
            store: Self.opening(db))
        defer { replay.crew.stop() }
        try forEachPiece(
            isPreparing: speed == nil, crew: replay.crew, make: { replay.makePiece() }
        ) {
            try replay.take($0)
        }
        try replay.finish()
        UntilExit.keep(replay)
        let time = started.duration(to: .now).components
        let seconds = Double(time.seconds) + Double(time.attoseconds) / 1e18
        try show(replay.summary, seconds: seconds)
        if replay.summary.refusedLines > 0 {
            throw CommandFailure(
                code: .badData,
                message: "\(replay.summary.refusedLines) lines of the recording were refused")
        }
    }

    /// What makes the store of the decisions, when there is to be one.
    private static func opening(_ path: String?) -> (@Sendable () throws -> TicketStore)? {
        guard let path else { return nil }
        return { try TicketStore(path: path, access: .shadow) }
    }

    private func show(_ summary: Replay.Summary, seconds: Double) throws {
        let messages = summary.messages - summary.duplicates
        if format == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("messages", messages)
            object.append("dead_letters", summary.deadLetters)
            object.append("duplicates", summary.duplicates)
            object.append("late", summary.late)
            object.append("findings", summary.findings)
            object.append("tickets", summary.tickets)
            object.append("refused_lines", summary.refusedLines)
            object.append("digest", summary.digest.hex)
            object.append("seconds", seconds)
            return try Output.write(object.json + "\n")
        }
        let rate = seconds > 0 ? Int(Double(summary.messages) / seconds) : 0
        try Output.write(
            """
            messages      \(messages)
            dead letters  \(summary.deadLetters)
            duplicates    \(summary.duplicates)
            late          \(summary.late)
            findings      \(summary.findings)
            tickets       \(summary.tickets)
            digest        \(summary.digest.hex)
            seconds       \((seconds * 1000).rounded() / 1000)  (\(rate) messages/s)

            """)
    }

    /// Reads the recording piece by piece, at the pace that was asked for.
    ///
    /// - Parameters:
    ///   - isPreparing: whether pieces are decoded where they are read.
    ///   - crew: who reads; started here, and to be stopped by the caller.
    private func forEachPiece(
        isPreparing: Bool = false, crew: Crew,
        make: () -> ReplayPiece = { ReplayPiece() },
        _ body: (ReplayPiece) throws -> Void
    ) throws {
        let reader = try ReadAhead(
            path: file ?? "-", format: inputFormat.flatMap { RecordingFormat(name: $0) },
            isPreparing: isPreparing, crew: crew, make: make)
        crew.start()
        var progress = JobProgress(file ?? "-", total: reader.totalBytes, isQuiet: quiet)
        var pace = Pace(speed: speed)
        while let piece = try reader.next() {
            for refused in piece.chunk.refused {
                Output.talk(
                    "\(reader.path):\(refused.line): error: \(refused.reason.rawValue) "
                        + "at byte \(refused.offset)")
            }
            try pace.run(piece, body)
            reader.giveBack(piece)
            progress.update(done: reader.bytesRead)
        }
        progress.end()
    }

    // MARK: - Publishing

    private func publish(to url: String) throws {
        var settings = BrokerSettings(
            address: try BrokerAddress(url),
            clientID: "forewarn-replay-\(ProcessInfo.processInfo.processIdentifier)")
        settings.keepsSession = false
        let publisher = try BrokerPublisher(settings: settings)
        var count = 0
        var withoutTopic = 0
        let crew = Crew()
        defer { crew.stop() }
        try forEachPiece(crew: crew) { piece in
            let chunk = piece.chunk
            for message in chunk.messages {
                let payload = Array(chunk.bytes[message.payload])
                var topic = String(decoding: chunk.bytes[message.topic], as: UTF8.self)
                if topic.isEmpty, let place = RecordingReader.topic(ofNativeLine: payload.span) {
                    topic = String(decoding: payload[place], as: UTF8.self)
                }
                guard !topic.isEmpty else {
                    withoutTopic += 1
                    continue
                }
                try publisher.publish(topic: topic, payload: payload, retain: message.isRetained)
                count += 1
            }
        }
        let left = try publisher.drain(timeout: .seconds(60))
        publisher.close()
        if format == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("published", count)
            object.append("unconfirmed", left)
            object.append("without_topic", withoutTopic)
            try Output.write(object.json + "\n")
        } else if !quiet {
            Output.talk("\(count) messages published to \(settings.address)")
        }
        guard left == 0 else {
            throw CommandFailure(
                code: .unreachable, message: "the broker did not confirm \(left) messages")
        }
        guard withoutTopic == 0 else {
            throw CommandFailure(
                code: .badData, message: "\(withoutTopic) messages name no topic and were left out")
        }
    }

    // MARK: - Verifying

    private func verifyJournal() throws {
        let settings = try options.settings()
        let store = try TicketStore(
            path: StateFolder(path: settings.state).database, access: .read)
        let started = ContinuousClock.now
        let result: Verification.Summary
        do {
            result = try Verification.run(
                store, workers: .threads(options.threads == nil ? 1 : settings.threads))
        } catch let error as Verification.Impossible {
            throw CommandFailure(code: .no, message: error.description)
        }
        let time = started.duration(to: .now).components
        let seconds = Double(time.seconds) + Double(time.attoseconds) / 1e18
        if format == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("messages", result.messages)
            object.append("decisions", result.decisions)
            object.append("agrees", result.difference == nil)
            object.append("digest", result.digest.hex)
            object.append("seconds", seconds)
            try Output.write(object.json + "\n")
        } else {
            try Output.write(
                "\(result.decisions) decisions on \(result.messages) messages decided again: "
                    + (result.difference == nil ? "100 % agree\n" : "they differ\n")
                    + "digest \(result.digest.hex)\n")
        }
        if let difference = result.difference {
            throw CommandFailure(
                code: .no,
                message: """
                    event \(difference.event) comes out otherwise
                      stored:  \(difference.stored ?? "nothing")
                      decided: \(difference.decided ?? "nothing")
                    """)
        }
    }
}

/// Holds messages back until their time has come.
private struct Pace {
    let speed: Double?
    private var first: Int64?
    private let start = ContinuousClock.now

    init(speed: Double?) { self.speed = speed }

    /// Hands a piece on, whole or message by message as their received times say.
    mutating func run(_ piece: ReplayPiece, _ body: (ReplayPiece) throws -> Void) throws {
        guard let speed else { return try body(piece) }
        let messages = piece.chunk.messages
        for message in messages {
            if let received = message.receivedMilliseconds {
                let origin = first ?? received
                first = origin
                let due = start + .milliseconds(Double(received - origin) / speed)
                let wait = ContinuousClock.now.duration(to: due)
                if wait > .zero {
                    let time = wait.components
                    Thread.sleep(
                        forTimeInterval: Double(time.seconds) + Double(time.attoseconds) / 1e18)
                }
            }
            piece.chunk.messages = [message]
            try body(piece)
            piece.chunk.refused = []
        }
        piece.chunk.messages = messages
        if messages.isEmpty { try body(piece) }
    }
}
