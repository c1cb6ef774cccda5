import FaultDecoding
import Foundation

/// What the tests and the benchmarks read, as a beginning for libFuzzer.
enum PayloadSeeds {
    /// A message with a name that no other has, under a whole format or a codec alone.
    private static let messages: [(name: String, format: String, topic: String, payload: [UInt8])] =
        FormatSample.all.map { ("bench", $0.format, $0.topic, $0.payload) }
        + (EnvelopeRows.every + EnvelopeRows.paths).enumerated().map {
            ("row\($0.offset)", $0.element.format, $0.element.topic, $0.element.payload)
        }
        + CodecSample.all.flatMap { codec, payloads in
            payloads.enumerated().map {
                ("codec\($0.offset)", codec.rawValue, "v/VAN7", $0.element)
            }
        }

    /// The topic under which the tests read a format.
    static func topic(of format: String) -> [UInt8] {
        let own = messages.first { $0.format == format }
        let kin = messages.first { format.hasPrefix($0.format + "+") }
        return Array((own?.topic ?? kin?.topic ?? "v/VAN7").utf8)
    }

    /// Writes the inputs of a reader to a folder, and the keys of their JSON to `words` beside it.
    static func write(reader: String, to folder: String) {
        var words: Set<String> = []
        for (number, format) in PayloadInputs.formats.enumerated() {
            if reader == "format" && number != PayloadInputs.chosen { continue }
            let name = format.rawValue
            for message in messages
            where name == message.format || name.hasPrefix(message.format + "+")
                || message.format.hasPrefix(name + "+") || name.hasSuffix("+" + message.format)
            {
                keys(of: message.payload, into: &words)
                for way in [UInt8(0), 3] {
                    var bytes = reader == "format" ? [way] : [UInt8(number), way]
                    if reader == "topic" { bytes = [UInt8(number)] + message.topic.utf8 + [0x0A] }
                    let file = "\(name)-\(message.format)-\(message.name)-\(way)"
                    save(Data(bytes + message.payload), "\(folder)/\(file)")
                }
            }
        }
        save(Data(words.sorted().map { "\($0)\n" }.joined().utf8), "\(folder).words")
    }

    private static func save(_ data: Data, _ path: String) {
        do { try data.write(to: URL(fileURLWithPath: path)) } catch {
            preconditionFailure("\(path): \(error)")
        }
    }

    /// Every text that stands before a colon, as libFuzzer writes a word.
    private static func keys(of payload: [UInt8], into words: inout Set<String>) {
        let parts = payload.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        for (part, next) in zip(parts, parts.dropFirst()) where next.first == UInt8(ascii: ":") {
            guard (1...40).contains(part.count), part.allSatisfy({ (0x20..<0x7F).contains($0) }),
                !part.contains(UInt8(ascii: "\\"))
            else { continue }
            words.insert("\"\\\"" + String(decoding: part, as: UTF8.self) + "\\\"\"")
        }
    }
}
