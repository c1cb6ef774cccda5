import VehicleFaults

/// Joins the packets of long J1939 messages (SAE J1939-21): BAM to all, RTS/CTS to one.
///
/// Its memory is bounded: at most ``most`` messages are open, each of 1,785 bytes. It holds no
/// clock; frames that carry their times are held to the protocol's longest pause.
struct J1939Transport {
    /// A message that is complete.
    struct Message {
        var pgn: UInt32
        var sourceAddress: UInt8
        var bus: ShortText
        var data: PlacedBytes
        /// The place of the frame that announced it.
        var place: Int
        var at: EventTime?
    }

    private struct Key: Hashable {
        var bus: ShortText
        var source: UInt8
        var destination: UInt8
    }

    private struct Transfer {
        var pgn: UInt32
        var size: Int
        var packets: Int
        var isBroadcast: Bool
        /// The packets by number, from 1.
        var parts: [PlacedBytes?]
        var received = 0
        var next = 1
        var place: Int
        var at: EventTime?
        var order: Int
    }

    private var transfers: [Key: Transfer] = [:]
    private var count = 0

    /// Most messages that may be open at once.
    static let most = 64
    /// The longest pause between packets, in milliseconds (T2, the longest of the standard's).
    static let timeout: Int64 = 1250

    /// What a frame led to.
    enum Outcome {
        case nothing
        case message(Message)
        /// What was open is given up.
        case failure(DecodingFailure.Reason)
    }

    /// Takes a connection management frame (TP.CM, 60416).
    mutating func manage(
        _ data: PlacedBytes, source: UInt8, destination: UInt8, bus: ShortText, place: Int,
        at time: EventTime?
    ) -> Outcome {
        guard data.bytes.count >= 8 else { return .failure(.truncated) }
        let bytes = data.bytes
        let pgn = UInt32(bytes[5]) | UInt32(bytes[6]) << 8 | UInt32(bytes[7]) << 16
        let size = Int(bytes[1]) | Int(bytes[2]) << 8
        let packets = Int(bytes[3])
        switch bytes[0] {
        case 0x20, 0x10:
            guard (9...1785).contains(size), packets == (size + 6) / 7 else {
                return .failure(.numberOutOfRange)
            }
            let key = Key(bus: bus, source: source, destination: destination)
            let isOpen = transfers[key] != nil
            var dropped = isOpen
            if !isOpen, transfers.count >= Self.most,
                let oldest = transfers.min(by: { $0.value.order < $1.value.order })
            {
                transfers[oldest.key] = nil
                dropped = true
            }
            count += 1
            transfers[key] = Transfer(
                pgn: pgn, size: size, packets: packets, isBroadcast: bytes[0] == 0x20,
                parts: Array(repeating: nil, count: packets), place: place, at: time,
                order: count)
            return dropped ? .failure(.missingFrame) : .nothing
        case 0x13:
            // The receiver says that it has all.
            let key = Key(bus: bus, source: destination, destination: source)
            guard let transfer = transfers.removeValue(forKey: key) else { return .nothing }
            guard let message = Self.message(transfer, key) else {
                return .failure(.missingFrame)
            }
            return .message(message)
        case 0xFF:
            let given = transfers.removeValue(
                forKey: Key(bus: bus, source: source, destination: destination))
            let taken = transfers.removeValue(
                forKey: Key(bus: bus, source: destination, destination: source))
            return given != nil || taken != nil ? .failure(.missingFrame) : .nothing
        default: return .nothing  // CTS and what else the receiver says.
        }
    }

    /// Takes a packet (TP.DT, 60160).
    mutating func take(
        _ data: PlacedBytes, source: UInt8, destination: UInt8, bus: ShortText,
        at time: EventTime?
    ) -> Outcome {
        let key = Key(bus: bus, source: source, destination: destination)
        // Without an announcement nobody knows what it is part of.
        guard var transfer = transfers[key], let number = data.bytes.first else {
            return .failure(.missingFrame)
        }
        if let before = transfer.at, let time, time.milliseconds(since: before) > Self.timeout {
            transfers[key] = nil
            return .failure(.missingFrame)
        }
        let index = Int(number) - 1
        guard transfer.parts.indices.contains(index),
            // To all, packets come once and in order. To one, the receiver may ask again.
            !transfer.isBroadcast || Int(number) == transfer.next
        else {
            transfers[key] = nil
            return .failure(.missingFrame)
        }
        let wanted = min(7, transfer.size - 7 * index)
        guard data.bytes.count > wanted else {
            transfers[key] = nil
            return .failure(.truncated)
        }
        if transfer.parts[index] == nil { transfer.received += 1 }
        transfer.parts[index] = data.part(1..<1 + wanted)
        transfer.next = Int(number) + 1
        transfer.at = time ?? transfer.at
        guard transfer.isBroadcast, transfer.received == transfer.packets else {
            transfers[key] = transfer
            return .nothing
        }
        transfers[key] = nil
        return Self.message(transfer, key).map { .message($0) } ?? .nothing
    }

    /// What is open at the end: messages to one of which all packets are there, though the log ends
    /// before the receiver said so, and the places of those that lack some.
    mutating func finish() -> (complete: [Message], unfinished: [Int]) {
        if transfers.isEmpty { return ([], []) }
        var complete: [Message] = []
        var unfinished: [Int] = []
        for (key, transfer) in transfers.sorted(by: { $0.value.order < $1.value.order }) {
            if let message = Self.message(transfer, key) {
                complete.append(message)
            } else {
                unfinished.append(transfer.place)
            }
        }
        transfers = [:]
        return (complete, unfinished)
    }

    private static func message(_ transfer: Transfer, _ key: Key) -> Message? {
        guard transfer.received == transfer.packets else { return nil }
        var data = PlacedBytes()
        for part in transfer.parts {
            guard let part else { return nil }
            data.append(part, 0..<part.bytes.count)
        }
        return Message(
            pgn: transfer.pgn, sourceAddress: key.source, bus: key.bus, data: data,
            place: transfer.place, at: transfer.at)
    }
}
