import TerminalText
import VehicleFaults

/// Payloads as people and programs read them.
package enum Payload {
    /// The text when it is text, made visible; else its bytes as hex digits.
    package static func text(_ payload: [UInt8]) -> String {
        isText(payload) ? VisibleText.text(of: payload.span) : hex(payload)
    }

    /// Whether the bytes are UTF-8 without controls other than blanks and line ends.
    package static func isText(_ payload: [UInt8]) -> Bool {
        String(validating: payload, as: UTF8.self) != nil
            && payload.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
    }

    package static func hex(_ bytes: some Sequence<UInt8>, separator: String = " ") -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: separator)
    }

    /// Adds `payload` when it is UTF-8, else `payload_hex`, so that no byte is lost.
    package static func append(_ payload: [UInt8], to object: inout JSONObject) {
        if let text = String(validating: payload, as: UTF8.self) {
            object.append("payload", text)
        } else {
            object.append("payload_hex", hex(payload, separator: ""))
        }
    }

    /// A payload as ``text(_:)`` shows it, masked as ``masked(_:_:vehicle:)`` does.
    package static func text(
        _ payload: [UInt8], _ presentation: Presentation, vehicle: String? = nil
    ) -> String {
        masked(text(payload), presentation, vehicle: vehicle)
    }

    /// A topic, made visible and masked alike.
    package static func topic(
        _ topic: [UInt8], _ presentation: Presentation, vehicle: String? = nil
    ) -> String {
        masked(VisibleText.text(of: topic.span), presentation, vehicle: vehicle)
    }

    /// Text from a message with whatever has the shape of a VIN masked like the rest of the output.
    ///
    /// - Parameter vehicle: an identifier to mask whatever its shape.
    package static func masked(_ text: String, _ presentation: Presentation, vehicle: String? = nil)
        -> String
    {
        guard !presentation.showsWhole else { return text }
        var text = text.replacing(#/[A-Za-z0-9]+/#) { word in
            VehicleID(word.output).flatMap { $0.isVIN ? $0.masked : nil } ?? String(word.output)
        }
        if let vehicle {
            for spelling in [vehicle, vehicle.lowercased()] {
                text = text.replacing(spelling, with: presentation.vehicle(vehicle))
            }
        }
        return text
    }

    /// The bytes around an offset with a caret under it, on two lines.
    package static func excerpt(
        _ payload: [UInt8], at offset: Int, width: Int = 64, masked: (String) -> String = { $0 }
    ) -> [String] {
        let isText = isText(payload)
        let reach = isText ? width / 2 : width / 6
        let offset = min(max(offset, 0), payload.count)
        let start = max(0, offset - reach)
        let end = min(payload.count, offset + reach)
        func show(_ range: Range<Int>) -> String {
            isText
                ? masked(VisibleText.text(of: Array(payload[range]).span))
                : payload[range].map { hex([$0]) + " " }.joined()
        }
        let lead = (start > 0 ? "…" : "") + show(start..<offset)
        let line = lead + show(offset..<end) + (end < payload.count ? "…" : "")
        return [line, String(repeating: " ", count: lead.displayWidth) + "^"]
    }
}
