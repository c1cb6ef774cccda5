import ArgumentParser
import FaultDecoding
import Foundation
import Recordings
import TerminalText
import VehicleFaults

extension PayloadFormat: ExpressibleByArgument {}

/// `forewarn decode`
struct DecodeCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Say what a message means, or where it stops making sense.",
        discussion: """
            The input is a file that exists, - for standard input, or the text itself:
            JSON, hex digits, what an adapter prints, or candump lines.

              forewarn decode '{"vin":"LGAG1A2B3C4D00042","dtcs":["P0301"]}'
              forewarn decode "43 02 03 01 04 20"
              forewarn decode --as j1939 --options spn=1@3 drive.log
              forewarn dlq show 7 -o raw | forewarn decode -
            """)

    @Option(
        help: ArgumentHelp(
            "How it is written: \(PayloadFormat.allCases.map(\.rawValue).joined(separator: ", "))."
                + " Found out else."))
    var `as`: PayloadFormat?

    @Option(help: "The topic it came under.")
    var topic: String?

    @Option(help: "How topics name vehicles, as v1/{vehicle}/ev.")
    var template: String?

    @Option(help: "How the source differs from the standards, as a subscription's options.")
    var options: String?

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var style: OutputOptions

    @Argument(help: "TEXT, HEX, FILE or -")
    var input: String

    func validate() throws {
        _ = try readTemplate()
        _ = try readOptions()
    }

    private func readTemplate() throws -> TopicTemplate? {
        guard let text = template else { return nil }
        do throws(TopicTemplate.Malformed) {
            return try TopicTemplate(text)
        } catch {
            let reason = error.reason.rawValue.replacing("_", with: " ")
            throw ValidationError("--template: \(reason) at character \(error.offset + 1)")
        }
    }

    private func readOptions() throws -> CodecOptions {
        do throws(CodecOptions.Malformed) {
            return try CodecOptions(options ?? "")
        } catch {
            throw ValidationError(
                "--options: \"\(error.word.visible)\" is none of spn=1@3, did=4711:5, ext=01:2, dtc=02"
            )
        }
    }

    /// What a decoder made of the payload.
    struct Result {
        var payload: [UInt8]
        var buffer = ReportBuffer()
        var names = SignalNames()
        var trace = FieldTrace()
        var failure: DecodingFailure?
    }

    func run() throws {
        let given = try Self.payload(input)
        let template = try readTemplate()
        let options = try readOptions()
        var guess: FormatGuess?
        if `as` == nil {
            guess = FormatGuess(given) { format in
                let result = try? read(given, format, template, options)
                guard let result, result.failure == nil else { return nil }
                return (result.buffer, result.names, result.trace)
            }
        }
        guard let format = `as` ?? guess?.format else { return }
        let result = try read(given, format, template, options)
        let shown = DecodedText(
            presentation: style.presentation(), format: format, guess: guess, result: result)
        try Output.write(output == .json ? shown.json().json + "\n" : shown.text())
        if guess?.certainty == .unsure, let recording = Self.recording(given) {
            let words = style.presentation().words
            Output.talk(
                words.say(
                    "a recording in \(recording.name)? its messages: "
                        + "forewarn convert \(input.visible) -",
                    "这似乎是 \(recording.name) 格式的记录，可用 forewarn convert \(input.visible) - 查看其中的消息"
                ))
        }
        guard let failure = result.failure ?? result.trace.refusals.first else { return }
        guard output == .text else { throw CommandFailure(code: .badData) }
        let words = style.presentation().words
        throw CommandFailure(
            code: .badData,
            message: "\(words[failure.reason]) (\(failure.reason.rawValue))"
                + words.comma + words.atByte(failure.offset),
            hint: failure.reason == .noVehicle || failure.reason == .topicUnexpected
                ? "name the topic with --topic and how it is built with --template" : nil)
    }

    /// The format of a recording that was given in place of a message.
    private static func recording(_ given: [UInt8]) -> RecordingFormat? {
        let first = given.prefix { $0 != 0x0A }
        let found = RecordingFormat.detect(in: Array(first).span)
        return found == .native ? nil : found
    }

    /// Stands for the vehicle where neither message nor topic names one.
    static let unnamed = "UNNAMED"

    private func read(
        _ given: [UInt8], _ format: PayloadFormat, _ template: TopicTemplate?,
        _ options: CodecOptions
    ) throws -> Result {
        // A vehicle is wanted by every report; an answer on its own names none. Envelopes of devices
        // know their topics themselves.
        let knowsTopics = format.envelope != .native && format.envelope != .raw
        let namesVehicle = topic != nil || template != nil
        let known =
            try template
            ?? TopicTemplate(
                knowsTopics ? "#" : namesVehicle ? "+/{vehicle}/#" : "{vehicle}")
        let heard = topic ?? (format == .native ? nil : Self.unnamed)
        let result = Self.read(given, format, heard, known, options)
        guard knowsTopics, template == nil, result.failure?.reason == .noVehicle else {
            return result
        }
        return Self.read(
            given, format, "\(Self.unnamed)/\(topic ?? "")", try TopicTemplate("{vehicle}/#"),
            options)
    }

    private static func read(
        _ given: [UInt8], _ format: PayloadFormat, _ heard: String?, _ known: TopicTemplate,
        _ options: CodecOptions
    ) -> Result {
        let subscriptions =
            heard == nil
            ? [] : [Subscription(template: known, format: format, options: options)]
        var decoder = MessageDecoder(
            subscriptions: subscriptions, names: SignalNames(learns: true))
        var result = Result(payload: Self.readsHex(format) ? given : Self.unhexed(given))
        var buffer = ReportBuffer()
        var trace = FieldTrace()
        do throws(DecodingFailure) {
            try decoder.decode(
                topic: Array((heard ?? "").utf8).span, payload: result.payload.span,
                into: &buffer, noting: &trace)
        } catch {
            result.failure = error
        }
        result.buffer = buffer
        result.trace = trace
        result.names = decoder.names
        return result
    }

    /// The bytes that the argument stands for.
    private static func payload(_ input: String) throws -> [UInt8] {
        if input == "-" { return [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: input, isDirectory: &isFolder),
            !isFolder.boolValue
        {
            guard let bytes = FileManager.default.contents(atPath: input) else {
                throw CommandFailure(code: .usage, message: "cannot read \(input.visible)")
            }
            return [UInt8](bytes)
        }
        return Array(input.utf8)
    }

    /// Whether a format's own decoder understands hex digits, and says where among them it stopped.
    private static func readsHex(_ format: PayloadFormat) -> Bool {
        format.envelope == .raw && format.codec != .vss
    }

    /// What hex digits stand for; any other bytes as they are.
    private static func unhexed(_ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in payload where ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return payload }
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return high == nil && !bytes.isEmpty ? bytes : payload
    }
}
