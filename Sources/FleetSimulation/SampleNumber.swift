import VehicleFaults

/// Vehicle identification numbers for vehicles that do not exist.
enum SampleNumber {
    /// The characters of a VIN (ISO 3779), digits first; I, O and Q are left out.
    static let alphabet = Array("0123456789ABCDEFGHJKLMNPRSTUVWXYZ".utf8)

    /// The most vehicles that get a number each.
    static let most = 1000 * 33 * 33 - 1

    /// The number of the vehicle at `index`, below ``most``.
    ///
    /// A 9 in the third place says that the maker builds few vehicles a year and that places 12
    /// to 14 complete its code (ISO 3780), so no large maker's number can come of it.
    static func text(index: Int, model: SampleModel, year: UInt8) -> [UInt8] {
        precondition(index >= 0 && index < most, "there are \(most) sample numbers")
        let (lot, serial) = (index + 1).quotientAndRemainder(dividingBy: 1000)
        var text = Array("LF9".utf8) + Array(model.descriptor.utf8)
        text += [alphabet[lot / 33], 0x30, year, alphabet[(lot + 10) % 33]]
        text += Array("FWN".utf8)
        text += [serial / 100, serial / 10 % 10, serial % 10].map { alphabet[$0] }
        text[8] = checkDigit(of: text)
        return text
    }

    /// The ninth character of a VIN as the other sixteen demand it (49 CFR 565.15, ISO 3779 annex):
    /// weighted sum modulo 11, where 10 is written X.
    static func checkDigit(of text: [UInt8]) -> UInt8 {
        let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
        var sum = 0
        for (byte, weight) in zip(text, weights) { sum += value(of: byte) * weight }
        return sum % 11 == 10 ? 0x58 : UInt8(0x30 + sum % 11)
    }

    /// A digit's own value; letters count 1 to 9 in three rows: A to H, J to R, S to Z from 2.
    private static func value(of byte: UInt8) -> Int {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x48: Int(byte) - 0x40
        case 0x4A...0x52: Int(byte) - 0x49
        case 0x53...0x5A: Int(byte) - 0x51
        default: 0
        }
    }
}
