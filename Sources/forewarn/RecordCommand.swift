import ArgumentParser
import ForewarnDaemon
import Foundation
import Logging
import MQTTIntake
import Recordings
import TerminalText
import VehicleFaults

/// `forewarn record`: writes what a broker sends, losing nothing.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Write messages from the broker to a recording.")

    @Option(name: [.customShort("o"), .long], help: "The recording; - for standard output.")
    var output = "-"

    @Option(name: .long, help: "Address of the broker.")
    var broker = "mqtt://127.0.0.1:1883"

    @Option(name: .long, help: "Topic filter. May be repeated.")
    var topic: [String] = ["#"]

    @Option(name: .long, help: "own (lossless, one JSON object a line) or mosquitto-hex.")
    var format = "own"

    @Option(name: [.customShort("C"), .long], help: "Leave after this many messages.")
    var count: Int?

    @Option(
        name: [.customShort("W"), .long],
        help: "Leave after this long, with 124 when --count was not reached.")
    var wait: String?

    @Flag(name: .long, help: "Replace the file when it is there.")
    var replace = false

    @Flag(name: .long, help: "Append to the file when it is there.")
    var append = false

    func run() throws {
        guard let format = RecordingFormat(name: format) else {
            throw ValidationError("--format is own or mosquitto-hex")
        }
        let limit = try wait.map(Self.duration)
        var settings = BrokerSettings(
            address: try BrokerAddress(broker),
            clientID: "forewarn-record-\(ProcessInfo.processInfo.processIdentifier)")
        settings.keepsSession = false
        settings.failsFast = true
        settings.subscriptions = topic
        let signals = try SignalInbox()
        let logger = Logger(label: "forewarn") { _ in LogLines(level: .warning, format: .text) }
        let intake = BrokerIntake(
            settings: settings, limits: BatchLimits(), wake: signals.wake, logger: logger)
        var writer = try RecordingWriter(
            path: output, format: format,
            existing: append ? .append : replace ? .replace : .keep)
        let start = ContinuousClock.now
        var written = 0
        while !signals.wantsStop {
            let batch = intake.gather(timeout: .milliseconds(100))
            for message in batch.messages {
                if let count, written >= count { break }
                try writer.append(
                    topic: batch.bytes.span.extracting(message.topic),
                    payload: batch.bytes.span.extracting(message.payload),
                    received: EventTime(milliseconds: message.receivedMilliseconds), qos: 1,
                    isRetained: message.retained)
                written += 1
            }
            try writer.flush()
            intake.acknowledge()
            if let count, written >= count { break }
            if case .down(let failure, _) = intake.state, intake.hasGivenUp, let failure {
                throw Self.failure(failure, settings.address)
            }
            if let limit, start.duration(to: .now) >= .milliseconds(limit) {
                intake.close()
                Output.talk("\(written) messages recorded")
                if count != nil { throw CommandFailure(code: .waitRanOut) }
                return
            }
        }
        intake.close()
        Output.talk("\(written) messages recorded")
        if signals.wantsStop { throw CommandFailure(code: .interrupted) }
    }

    private static func duration(_ text: String) throws -> Int64 {
        // A bare number is seconds, as with mosquitto_sub.
        if let seconds = Int64(text) { return seconds * 1000 }
        do {
            return try DurationText.parse(text)
        } catch {
            throw ValidationError("--wait: \(error)")
        }
    }

    static func failure(_ failure: BrokerFailure, _ address: BrokerAddress) -> CommandFailure {
        switch failure {
        case .credentialsRefused, .insecure, .refused:
            CommandFailure(code: .refused, message: "\(address): \(failure)")
        default: CommandFailure(code: .unreachable, message: "\(address): \(failure)")
        }
    }
}
