import VehicleFaults

/// Joins the frames of long answers (ISO 15765-2), for each bus and CAN identifier apart.
///
/// It holds no clock: all frames of an answer are in one payload, and what is missing at its end
/// is missing. Frames that carry their own times are held to the protocol's second.
struct ISOTransport {
    /// Where a frame stands in the payload, in bytes before it.
    struct Place {
        var line: Int
        var data: Int
        var end: Int
    }

    /// Whose frames belong together.
    struct Source: Hashable {
        var bus = ShortText.empty
        var name: ShortText
    }

    private struct Transfer {
        var source: Source
        var answer: DiagnosticAnswer
        var length: Int
        var next: UInt8
    }
    /// The transfer begun last. Nearly always one unit answers at a time, and then no table is made.
    private var latest: Transfer?
    /// Transfers that others have begun after.
    private var earlier: [Source: Transfer] = [:]

    /// The longest answer that is put together. Classic CAN ends at 4,095; CAN FD could claim 4 GiB.
    static let longest = 65_535
    /// The longest pause between frames, in milliseconds (N_Cr).
    static let timeout: Int64 = 1000

    /// Answers that still lack bytes, with the length they claim, in order of their first frame.
    var unfinished: [(answer: DiagnosticAnswer, length: Int)] {
        guard latest != nil || !earlier.isEmpty else { return [] }
        return (Array(earlier.values) + [latest].compactMap { $0 })
            .sorted { $0.answer.offset < $1.answer.offset }
            .map { ($0.answer, $0.length) }
    }

    /// Gives up what a source has begun.
    mutating func drop(_ source: Source) { _ = remove(source) }

    /// Takes a transfer out, so that it grows where it is and is not copied.
    private mutating func remove(_ source: Source) -> Transfer? {
        if latest?.source == source { return latest.take() }
        return earlier.isEmpty ? nil : earlier.removeValue(forKey: source)
    }

    private mutating func keep(_ transfer: Transfer) {
        if let before = latest { earlier[before.source] = before }
        latest = transfer
    }

    private func isOpen(_ source: Source) -> Bool {
        latest?.source == source || !earlier.isEmpty && earlier[source] != nil
    }

    /// Takes one frame.
    ///
    /// - Returns: the answer that it completes, or `nil`.
    mutating func take(
        _ frame: Span<UInt8>, _ places: BytePlaces, from source: Source, at place: Place,
        heard: EventTime? = nil
    ) throws(DecodingFailure) -> DiagnosticAnswer? {
        guard !frame.isEmpty else {
            throw DecodingFailure(reason: .truncated, offset: place.end)
        }
        let control = frame[0]
        switch control >> 4 {
        case 0: return try single(frame, places, source, place, heard)
        case 1: return try first(frame, places, source, place, heard)
        case 2:
            // Whatever throws here gives the transfer up, as the caller does too.
            guard var transfer = remove(source), control & 15 == transfer.next else {
                throw DecodingFailure(reason: .missingFrame, offset: place.line)
            }
            if let before = transfer.answer.at, let heard,
                heard.milliseconds(since: before) > Self.timeout
            {
                throw DecodingFailure(reason: .missingFrame, offset: place.line)
            }
            let missing = transfer.length - transfer.answer.bytes.count
            transfer.answer.append(frame, places, 1..<min(frame.count, 1 + missing))
            transfer.answer.end = place.end
            transfer.answer.at = heard ?? transfer.answer.at
            transfer.next = (transfer.next + 1) & 15
            if transfer.answer.bytes.count >= transfer.length { return transfer.answer }
            keep(transfer)
            return nil
        case 3: return nil  // Flow control: the tester's, heard on the bus.
        default: throw DecodingFailure(reason: .notAnAnswer, offset: place.data)
        }
    }

    private func single(
        _ frame: Span<UInt8>, _ places: BytePlaces, _ source: Source, _ place: Place,
        _ heard: EventTime?
    ) throws(DecodingFailure) -> DiagnosticAnswer {
        // CAN FD puts the length of a single frame into a byte of its own.
        let start = frame[0] == 0 ? 2 : 1
        guard frame.count >= start else {
            throw DecodingFailure(reason: .truncated, offset: place.end)
        }
        let length = Int(frame[start - 1])
        guard length > 0, frame.count >= start + length else {
            throw DecodingFailure(reason: .truncated, offset: place.end)
        }
        try refuseOpen(source, place)
        var answer = DiagnosticAnswer(
            ecu: source.name, frame, places, start..<start + length, end: place.end)
        answer.offset = place.data
        answer.at = heard
        return answer
    }

    private mutating func first(
        _ frame: Span<UInt8>, _ places: BytePlaces, _ source: Source, _ place: Place,
        _ heard: EventTime?
    ) throws(DecodingFailure) -> DiagnosticAnswer? {
        guard frame.count > 2 else {
            throw DecodingFailure(reason: .truncated, offset: place.end)
        }
        try refuseOpen(source, place)
        var length = Int(frame[0] & 15) << 8 | Int(frame[1])
        var start = 2
        if length == 0 {
            // CAN FD: the length did not fit into 12 bits, and four bytes follow.
            guard frame.count > 6 else {
                throw DecodingFailure(reason: .truncated, offset: place.end)
            }
            length = (2..<6).reduce(0) { $0 << 8 | Int(frame[$1]) }
            start = 6
            guard length <= Self.longest else {
                throw DecodingFailure(reason: .tooLarge, offset: place.data)
            }
        }
        var answer = DiagnosticAnswer(
            ecu: source.name, frame, places, start..<min(frame.count, start + length),
            end: place.end)
        answer.offset = place.data
        answer.at = heard
        if answer.bytes.count >= length { return answer }
        answer.reserve(length)
        keep(Transfer(source: source, answer: answer, length: length, next: 1))
        return nil
    }

    private func refuseOpen(_ source: Source, _ place: Place) throws(DecodingFailure) {
        guard !isOpen(source) else {
            throw DecodingFailure(reason: .missingFrame, offset: place.line)
        }
    }
}
