import ArgumentParser
import FaultDecoding
import Foundation
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
            The input is a file that exists, - for standard input, hex digits, or the text itself.

              forewarn decode '{"vin":"LGAG1A2B3C4D00042","dtcs":["P0301"]}'
              forewarn decode --as obd "43 02 03 01 04 20"
              forewarn dlq show 7 -o raw | forewarn decode -
            """)

    @Option(help: "How it is written: native or obd; found out else.")
    var `as`: PayloadFormat?

    @Option(help: "The topic it came under.")
    var topic: String?

    @Option(help: "How topics name vehicles, as v1/{vehicle}/ev.")
    var template: String?

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var style: OutputOptions

    @Argument(help: "HEX, FILE, TEXT or -")
    var input: String

    func validate() throws { _ = try readTemplate() }

    private func readTemplate() throws -> TopicTemplate? {
        guard let text = template else { return nil }
        do throws(TopicTemplate.Malformed) {
            return try TopicTemplate(text)
        } catch {
            let reason = error.reason.rawValue.replacing("_", with: " ")
            throw ValidationError("--template: \(reason) at character \(error.offset + 1)")
        }
    }

    func run() throws {
        let payload = try Self.payload(input)
        let format = `as` ?? Self.guess(payload)
        var buffer = ReportBuffer()
        // A vehicle is wanted by every report; an answer on its own names none.
        let namesVehicle = topic != nil || template != nil
        let known =
            try readTemplate() ?? TopicTemplate(namesVehicle ? "+/{vehicle}/#" : "{vehicle}")
        let heard = topic ?? (format == .obd ? "UNNAMED" : nil)
        let subscriptions =
            heard == nil && format == .native ? [] : [Subscription(template: known, format: format)]
        var decoder = MessageDecoder(
            subscriptions: subscriptions, names: SignalNames(learns: true))
        do throws(DecodingFailure) {
            try decoder.decode(
                topic: Array((heard ?? "").utf8).span, payload: payload.span, into: &buffer)
        } catch {
            try refuse(payload, format, error)
        }
        let shown = DecodedText(
            presentation: style.presentation(), format: format,
            isNamed: namesVehicle || format == .native,
            buffer: buffer, names: decoder.names)
        try Output.write(output == .json ? shown.json().json + "\n" : shown.text())
    }

    private func refuse(
        _ payload: [UInt8], _ format: PayloadFormat, _ failure: DecodingFailure
    ) throws -> Never {
        let words = style.presentation().words
        if output == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("ok", false)
            object.append("format", format.rawValue)
            object.append("reason", failure.reason.rawValue)
            object.append("offset", failure.offset)
            try Output.write(object.json + "\n")
            throw CommandFailure(code: .badData)
        }
        let excerpt = Payload.excerpt(payload, at: failure.offset)
        if !payload.isEmpty { try Output.write("  \(excerpt[0])\n  \(excerpt[1])\n") }
        throw CommandFailure(
            code: .badData,
            message: "\(words[failure.reason]) (\(failure.reason.rawValue))"
                + words.comma + words.atByte(failure.offset),
            hint: failure.reason == .noVehicle || failure.reason == .topicUnexpected
                ? "name the topic with --topic and how it is built with --template" : nil)
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
        let digits = input.filter { $0 != " " }
        guard digits.count >= 2, digits.count.isMultiple(of: 2),
            digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else { return Array(input.utf8) }
        var bytes: [UInt8] = []
        var rest = digits[...]
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// What starts with a brace is a native message; anything else an answer.
    private static func guess(_ payload: [UInt8]) -> PayloadFormat {
        let first = payload.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            ? .native : .obd
    }
}
