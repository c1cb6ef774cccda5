import VehicleFaults

/// Joins the frames of long answers (ISO 15765-2), for each CAN identifier apart.
///
/// It holds no clock: all frames of an answer are in one payload, and what is missing at its end
/// is missing.
struct ISOTransport {
    /// Where a frame stands in the payload, in bytes before it.
    struct Place {
        var line: Int
        var data: Int
        var end: Int
    }

    private struct Transfer {
        var message: OBDMessage
        var length: Int
        var next: UInt8
    }
    private var transfers: [ShortText: Transfer] = [:]

    /// Answers that still lack bytes, with the length they claim, in order of their first frame.
    var unfinished: [(message: OBDMessage, length: Int)] {
        transfers.values.sorted { $0.message.offset < $1.message.offset }
            .map { ($0.message, $0.length) }
    }

    /// Takes one frame.
    ///
    /// - Returns: the answer that it completes, or `nil`.
    mutating func take(
        _ frame: [UInt8], from source: ShortText, at place: Place
    ) throws(DecodingFailure) -> OBDMessage? {
        guard let control = frame.first else {
            throw DecodingFailure(reason: .truncated, offset: place.end)
        }
        switch control >> 4 {
        case 0:
            // CAN FD puts the length of a single frame into a byte of its own.
            let start = control == 0 ? 2 : 1
            guard frame.count >= start else {
                throw DecodingFailure(reason: .truncated, offset: place.end)
            }
            let length = Int(frame[start - 1])
            guard length > 0, frame.count >= start + length else {
                throw DecodingFailure(reason: .truncated, offset: place.end)
            }
            try refuseOpen(source, place)
            return OBDMessage(
                ecu: source, bytes: Array(frame[start..<start + length]), offset: place.data,
                end: place.end)
        case 1:
            guard frame.count > 2 else {
                throw DecodingFailure(reason: .truncated, offset: place.end)
            }
            try refuseOpen(source, place)
            let length = Int(control & 15) << 8 | Int(frame[1])
            let message = OBDMessage(
                ecu: source, bytes: Array(frame[2...].prefix(length)), offset: place.data,
                end: place.end)
            if message.bytes.count >= length { return message }
            transfers[source] = Transfer(message: message, length: length, next: 1)
            return nil
        case 2:
            guard var transfer = transfers[source], control & 15 == transfer.next else {
                throw DecodingFailure(reason: .missingFrame, offset: place.line)
            }
            let missing = transfer.length - transfer.message.bytes.count
            transfer.message.bytes += frame[1...].prefix(missing)
            transfer.message.end = place.end
            transfer.next = (transfer.next + 1) & 15
            transfers[source] = transfer
            guard transfer.message.bytes.count >= transfer.length else { return nil }
            transfers[source] = nil
            return transfer.message
        case 3: return nil  // Flow control: the tester's, heard on the bus.
        default: throw DecodingFailure(reason: .notAnAnswer, offset: place.data)
        }
    }

    private func refuseOpen(_ source: ShortText, _ place: Place) throws(DecodingFailure) {
        guard transfers[source] == nil else {
            throw DecodingFailure(reason: .missingFrame, offset: place.line)
        }
    }
}
