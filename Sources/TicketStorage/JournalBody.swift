import FleetWatch
import VehicleFaults

/// The bytes of a journal row: every entry with its received time, topic and payload.
///
/// An entry is a flag byte (bit 0 tick, bit 1 retained, bit 2 command), the received time as a
/// variable-length difference to the entry before, and for a message or a command the length and
/// bytes of topic and payload.
public enum JournalBody {
    /// A journal row's bytes make no sense.
    public struct Damaged: Error, Equatable, Sendable {
        /// Bytes before the first one that made no sense.
        public var offset: Int
    }

    /// Writes the entries of a batch; each must have its received time.
    public static func encode(_ batch: EntryBatch) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(batch.bytes.count + batch.entries.count * 8 + 16)
        var previous: Int64 = 0
        append(UInt64(batch.entries.count), to: &out)
        for entry in batch.entries {
            let received = entry.received ?? previous
            out.append(flags(entry))
            let difference = received &- previous
            append(UInt64(bitPattern: difference << 1 ^ difference >> 63), to: &out)
            previous = received
            guard entry.kind != .tick else { continue }
            append(UInt64(entry.topic.count), to: &out)
            out.append(contentsOf: batch.bytes[entry.topic])
            append(UInt64(entry.payload.count), to: &out)
            out.append(contentsOf: batch.bytes[entry.payload])
        }
        return out
    }

    /// Reads the entries back; topic and payload are ranges of `body` itself.
    public static func decode(_ body: [UInt8]) throws(Damaged) -> EntryBatch {
        var reader = Reader(body: body)
        return EntryBatch(bytes: body, entries: try reader.entries())
    }

    private struct Reader {
        let body: [UInt8]
        var place = 0

        mutating func entries() throws(Damaged) -> [Entry] {
            var entries: [Entry] = []
            var received: Int64 = 0
            let count = try number()
            guard count <= UInt64(body.count) else { throw Damaged(offset: 0) }
            entries.reserveCapacity(Int(count))
            for _ in 0..<count {
                guard place < body.count, body[place] < 8 else { throw Damaged(offset: place) }
                let flags = body[place]
                place += 1
                let zigzag = try number()
                received =
                    received &+ (Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1))
                if flags & 1 != 0 {
                    entries.append(Entry(kind: .tick, received: received))
                } else {
                    entries.append(
                        Entry(
                            kind: flags & 4 != 0 ? .command : .message, received: received,
                            topic: try range(), payload: try range(),
                            isRetained: flags & 2 != 0))
                }
            }
            guard place == body.count else { throw Damaged(offset: place) }
            return entries
        }

        private mutating func number() throws(Damaged) -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while place < body.count, shift < 64 {
                let byte = body[place]
                place += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            throw Damaged(offset: place)
        }

        private mutating func range() throws(Damaged) -> Range<Int> {
            let count = try number()
            guard count <= UInt64(body.count - place) else { throw Damaged(offset: place) }
            defer { place += Int(count) }
            return place..<(place + Int(count))
        }
    }

    private static func flags(_ entry: Entry) -> UInt8 {
        (entry.kind == .tick ? 1 : 0) | (entry.isRetained ? 2 : 0)
            | (entry.kind == .command ? 4 : 0)
    }

    private static func append(_ value: UInt64, to out: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }
}
