/// Ways in which a payload is spoilt beyond reading, each seen of real devices.
enum Malformation: Int, CaseIterable {
    case halfSent, cutInNumber, cutInName, cutBeforeLastBrace, cutToOneByte
    case empty, modemText, gatewayPage, binary, brokenCharacter, bareName, letterInNumber

    /// What arrives in place of `payload`, which is a whole message.
    func spoil(_ payload: [UInt8], random: inout SeededRandom) -> [UInt8] {
        switch self {
        case .halfSent: return Array(payload.prefix(payload.count / 2))
        case .cutInNumber: return Array(payload.prefix(after("\"odo_km\":", in: payload) + 3))
        case .cutInName: return Array(payload.prefix(after("\"signals\":{\"ba", in: payload)))
        case .cutBeforeLastBrace: return Array(payload.dropLast())
        case .cutToOneByte: return Array(payload.prefix(1))
        case .empty: return []
        case .modemText: return Array("NO CARRIER\r\n".utf8)
        case .gatewayPage: return Array("<html><h1>502 Bad Gateway</h1></html>".utf8)
        case .binary:
            // 0xFF stands in no UTF-8 text and begins no known frame.
            return [0xFF] + (0..<24).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case .brokenCharacter:
            var bytes = payload
            // In a number, where no reader can take it for a character of another code page.
            bytes[after("\"odo_km\":", in: payload) + 1] = 0xC3
            return bytes
        case .bareName:
            var bytes = payload
            bytes.remove(at: after("\"seq", in: payload))
            return bytes
        case .letterInNumber:
            var bytes = payload
            // A letter O for a digit, from a device that builds JSON by hand.
            bytes[after("\"seq\":", in: payload)] = 0x4F
            return bytes
        }
    }

    /// The place behind the first `mark`, or the end when there is none.
    private func after(_ mark: String, in payload: [UInt8]) -> Int {
        let mark = Array(mark.utf8)
        let last = payload.count - mark.count
        for start in 0..<max(0, last)
        where payload[start..<start + mark.count].elementsEqual(mark) {
            return start + mark.count
        }
        return payload.count - 1
    }
}
