/// Builders for the binary formats, written from their layouts and not from the decoders.
enum Built {
    static func big(_ number: some BinaryInteger, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map {
            UInt8(truncatingIfNeeded: UInt64(truncatingIfNeeded: number) >> UInt64(8 * $0))
        }
    }

    /// A packet of Codec 8 Extended with its length and CRC-16/ARC.
    static func codec8E(_ records: [[UInt8]], codec: UInt8 = 0x8E) -> [UInt8] {
        let data = [codec, UInt8(records.count)] + records.flatMap { $0 } + [UInt8(records.count)]
        // Bit by bit with the polynomial as it is written, on reflected bytes.
        var sum = 0
        for byte in data {
            for bit in 0..<8 {
                let top = (sum >> 15 & 1) ^ Int(byte >> UInt8(bit) & 1)
                sum = (sum << 1 & 0xFFFF) ^ (top == 1 ? 0x8005 : 0)
            }
        }
        let reflected = (0..<16).reduce(0) { $0 | (sum >> $1 & 1) << (15 - $1) }
        return big(0, 4) + big(data.count, 4) + data + big(reflected, 4)
    }

    /// A record of Codec 8 Extended: elements by width, then those with text.
    static func record8E(
        _ milliseconds: UInt64, _ elements: [(id: Int, value: Int, width: Int)],
        texts: [(id: Int, text: String)] = []
    ) -> [UInt8] {
        var bytes = big(milliseconds, 8) + [0] + [UInt8](repeating: 0, count: 15)
        bytes += big(0, 2) + big(elements.count + texts.count, 2)
        for width in [1, 2, 4, 8] {
            let group = elements.filter { $0.width == width }
            bytes += big(group.count, 2)
            for element in group { bytes += big(element.id, 2) + big(element.value, width) }
        }
        bytes += big(texts.count, 2)
        for text in texts {
            bytes += big(text.id, 2) + big(text.text.utf8.count, 2) + text.text.utf8
        }
        return bytes
    }

    /// A frame of JT/T 808; a number of 20 digits makes it one of the edition of 2019.
    static func jt808(
        _ message: Int, phone: String, escapes: Bool = true, _ body: [UInt8]
    ) -> [UInt8] {
        let number = hex(phone)
        let is2019 = number.count == 10
        var content = big(message, 2) + big(body.count | (is2019 ? 0x4000 : 0), 2)
        content += (is2019 ? [1] : []) + number + [1, 3] + body
        content.append(content.reduce(0, ^))
        if escapes {
            content = content.flatMap { $0 == 0x7E ? [0x7D, 2] : $0 == 0x7D ? [0x7D, 1] : [$0] }
        }
        return [0x7E] + content + [0x7E]
    }

    static func varint(_ number: UInt64) -> [UInt8] {
        number < 128 ? [UInt8(number)] : [UInt8(number & 127) | 128] + varint(number >> 7)
    }

    static func field(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        varint(number << 3) + varint(value)
    }

    static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func field(_ number: UInt64, _ text: String) -> [UInt8] {
        field(number, Array(text.utf8))
    }

    static func field(_ number: UInt64, float: Float) -> [UInt8] {
        varint(number << 3 | 5) + big(float.bitPattern.byteSwapped, 4)
    }

    static func field(_ number: UInt64, double: Double) -> [UInt8] {
        varint(number << 3 | 1) + big(double.bitPattern.byteSwapped, 8)
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits = ""
        for byte in bytes {
            let text = String(byte, radix: 2)
            bits += String(repeating: "0", count: 8 - text.count) + text
        }
        while bits.count % 6 != 0 { bits += "0" }
        var text = ""
        while !bits.isEmpty {
            text.append(letters[Int(bits.prefix(6), radix: 2) ?? 0])
            bits.removeFirst(6)
        }
        while text.count % 4 != 0 { text.append("=") }
        return text
    }

    /// A line of a Freematics device with its sum.
    static func line(_ text: String) -> String {
        let sum = text.utf8.reduce(UInt8(0)) { $0 &+ $1 }
        return text + "*" + String(sum, radix: 16, uppercase: true)
    }
}
