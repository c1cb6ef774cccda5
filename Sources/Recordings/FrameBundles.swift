/// Joins the frames that make up one longer message, since a decoder sees one payload at a time.
///
/// A frame alone is a message. When one opens a transfer in several frames (SAE J1939-21, ISO
/// 15765-2), all frames of that bus stay together until every open transfer has ended, so that the
/// order of frames is kept. Topics are `can/<bus>/<identifier of the first frame>`.
struct FrameBundles {
    /// A transfer is given up after 1.25 s without a frame, the longest that J1939-21 allows (T2).
    static let patience: Int64 = 1_250_000
    /// How much one message may hold, in bytes of text.
    static let longest = 32 << 10

    struct Bundle {
        var topic: [UInt8]
        var payload: [UInt8] = []
        var microseconds: Int64 = 0
        var line: Int
    }

    private struct Transfer {
        /// What the frames of the transfer have in common.
        var key: UInt32
        /// Frames that are still to come.
        var left: Int
        /// Whether it ends with a receipt rather than with its last frame.
        var wantsReceipt: Bool
        var seen: Int64
    }

    private struct Bus {
        var name: [UInt8]
        var bundle: Bundle?
        var transfers: [Transfer] = []
    }
    private var buses: [Bus] = []

    /// Takes a frame, and gives the messages that are whole now.
    mutating func take(_ frame: RecordedFrame, line: Int) -> [Bundle] {
        let place: Int
        if let known = buses.firstIndex(where: { $0.name == frame.bus }) {
            place = known
        } else {
            place = buses.count
            buses.append(Bus(name: frame.bus))
        }
        var done: [Bundle] = []
        buses[place].transfers.removeAll { frame.microseconds - $0.seen > Self.patience }
        if buses[place].transfers.isEmpty, let bundle = buses[place].bundle {
            done.append(bundle)
            buses[place].bundle = nil
        }
        var bundle: Bundle
        if let open = buses[place].bundle {
            bundle = open
            bundle.payload.append(UInt8(ascii: "\n"))
        } else {
            bundle = Bundle(topic: Self.topic(frame), line: line)
        }
        frame.appendLine(to: &bundle.payload)
        bundle.microseconds = frame.microseconds
        Self.follow(frame, &buses[place].transfers)
        if buses[place].transfers.isEmpty || bundle.payload.count > Self.longest {
            buses[place].transfers = []
            buses[place].bundle = nil
            done.append(bundle)
        } else {
            buses[place].bundle = bundle
        }
        return done
    }

    /// What is still open at the end of the recording.
    mutating func finish() -> [Bundle] {
        let open = buses.compactMap(\.bundle)
        buses = []
        return open
    }

    private static func topic(_ frame: RecordedFrame) -> [UInt8] {
        var topic = Array("can/".utf8) + frame.bus
        topic.append(UInt8(ascii: "/"))
        frame.appendIdentifier(to: &topic)
        return topic
    }

    private static func follow(_ frame: RecordedFrame, _ transfers: inout [Transfer]) {
        guard let control = frame.data.first, !frame.isRemote else { return }
        let format = frame.identifier >> 16 & 0xFF
        let ends = frame.identifier & 0xFFFF
        switch (frame.isExtended, format) {
        case (true, 0xEC): followConnection(control, ends, frame, &transfers)
        case (true, 0xEB):
            guard let index = transfers.firstIndex(where: { $0.key == ends }) else { return }
            transfers[index].left -= 1
            transfers[index].seen = frame.microseconds
            if transfers[index].left <= 0, !transfers[index].wantsReceipt {
                transfers.remove(at: index)
            }
        case (true, 0xDA), (true, 0xDB), (false, _):
            // Diagnosis on 11 bits has identifiers from 600 on (ISO 15765-4: 7E8 to 7EF).
            guard frame.isExtended || frame.identifier >= 0x600 else { return }
            followDiagnosis(control, frame, &transfers)
        default: break
        }
    }

    /// SAE J1939-21, 5.10: announcement, request, receipt and abort.
    private static func followConnection(
        _ control: UInt8, _ ends: UInt32, _ frame: RecordedFrame, _ transfers: inout [Transfer]
    ) {
        // A receipt goes back, so its ends are the other way round.
        let reversed = ends >> 8 & 0xFF | (ends & 0xFF) << 8
        switch control {
        case 0x10, 0x20:
            guard frame.data.count == 8 else { return }
            transfers.removeAll { $0.key == ends }
            transfers.append(
                Transfer(
                    key: ends, left: Int(frame.data[3]), wantsReceipt: control == 0x10,
                    seen: frame.microseconds))
        case 0x11:
            for index in transfers.indices where transfers[index].key == reversed {
                transfers[index].seen = frame.microseconds
            }
        case 0x13: transfers.removeAll { $0.key == reversed }
        case 0xFF: transfers.removeAll { $0.key == reversed || $0.key == ends }
        default: break
        }
    }

    private static func followDiagnosis(
        _ control: UInt8, _ frame: RecordedFrame, _ transfers: inout [Transfer]
    ) {
        // Apart from J1939's keys, which have 16 bits.
        let key = frame.identifier | 0x8000_0000
        switch control >> 4 {
        case 1:
            guard frame.data.count == 8 else { return }
            let length = Int(control & 15) << 8 | Int(frame.data[1])
            guard length > 7 else { return }
            transfers.removeAll { $0.key == key }
            transfers.append(
                Transfer(
                    key: key, left: length / 7, wantsReceipt: false,
                    seen: frame.microseconds))
        case 2:
            guard let index = transfers.firstIndex(where: { $0.key == key }) else { return }
            transfers[index].left -= 1
            transfers[index].seen = frame.microseconds
            if transfers[index].left <= 0 { transfers.remove(at: index) }
        default: break
        }
    }
}
