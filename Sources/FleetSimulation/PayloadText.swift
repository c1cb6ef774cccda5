/// Writes JSON byte by byte, with every number at a fixed count of decimals.
struct PayloadText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() { bytes.reserveCapacity(512) }

    mutating func open(_ name: String? = nil) { begin(name, 0x7B) }
    mutating func close() { end(0x7D) }
    mutating func openList(_ name: String) { begin(name, 0x5B) }
    mutating func closeList() { end(0x5D) }

    mutating func string(_ name: String, _ value: String) {
        key(name)
        bytes.append(0x22)
        for byte in value.utf8 { escape(byte) }
        bytes.append(0x22)
    }

    /// `null` when there is no value.
    mutating func optional(_ name: String, _ value: String?) {
        if let value { string(name, value) } else { raw(name, "null") }
    }

    /// A text in a list.
    mutating func element(_ value: String) {
        separate()
        bytes.append(0x22)
        for byte in value.utf8 { escape(byte) }
        bytes.append(0x22)
    }

    mutating func raw(_ name: String, _ value: String) {
        key(name)
        bytes += value.utf8
    }

    mutating func whole(_ name: String, _ value: Int) {
        key(name)
        bytes += String(value).utf8
    }

    /// Rounds half away from zero; `decimals` is at most 3.
    mutating func number(_ name: String, _ value: Double, decimals: Int) {
        key(name)
        let scale = [1, 10, 100, 1000][decimals]
        let scaled = Int((value * Double(scale)).rounded())
        // A minus sign before a rounded zero would be another spelling of the same number.
        if scaled < 0 { bytes.append(0x2D) }
        let (front, behind) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt(scale))
        bytes += String(front).utf8
        guard decimals > 0 else { return }
        bytes.append(0x2E)
        let digits = String(behind)
        for _ in digits.utf8.count..<decimals { bytes.append(0x30) }
        bytes += digits.utf8
    }

    private mutating func begin(_ name: String?, _ bracket: UInt8) {
        if let name { key(name) } else { separate() }
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = true
    }

    private mutating func key(_ name: String) {
        separate()
        bytes.append(0x22)
        bytes += name.utf8
        bytes += [0x22, 0x3A]
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C: bytes += [0x5C, byte]
        case 0x0A: bytes += [0x5C, 0x6E]
        case 0x00..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes += "\\u00".utf8
            bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: bytes.append(byte)
        }
    }
}
