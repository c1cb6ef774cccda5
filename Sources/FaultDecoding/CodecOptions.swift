import VehicleFaults

/// How one source's bytes differ from what the standards say, as a subscription states it.
///
/// Written as words apart by blanks or commas: `spn=1` or `spn=1@3` (conversion method 1 for all
/// units, or for source address 3), `did=4711:5` (data identifier 0x4711 has 5 bytes), `ext=01:2`
/// (extended data record 01 has 2 bytes), `dtc=2` (UDS format identifier 02, J1939).
public struct CodecOptions: Sendable, Equatable {
    /// How the 19 bits of a suspect parameter number lie in a code's bytes (SAE J1939-73).
    public enum SPNConversion: UInt8, Sendable, CaseIterable {
        case version1 = 1
        case version2 = 2
        case version3 = 3
        case version4 = 4
    }

    /// The conversion for a source address, or for all that have none of their own (`nil`).
    struct SPNOverride: Sendable, Equatable {
        var sourceAddress: UInt8?
        var conversion: SPNConversion
    }

    private var conversions: [SPNOverride] = []
    /// Bytes of a data identifier's value: a message does not say.
    private var dataSizes: [UInt16: Int] = [:]
    /// Bytes of an extended data record: a message does not say.
    private var recordSizes: [UInt8: Int] = [:]
    /// The format of UDS codes (ISO 14229-1, DTCFormatIdentifier), or `nil` for two bytes and a
    /// failure type.
    public private(set) var codeFormat: UInt8?

    /// Nothing differs.
    public init() {}

    /// Why a text is no list of options, and where.
    public struct Malformed: Error, Equatable {
        /// The word at fault.
        public var word: String

        /// Names a word.
        public init(word: String) { self.word = word }
    }

    /// Reads options; an empty text has none.
    public init(_ text: some StringProtocol) throws(Malformed) {
        for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
            guard take(word) else { throw Malformed(word: String(word)) }
        }
    }

    private mutating func take(_ word: some StringProtocol) -> Bool {
        let halves = word.split(separator: "=", maxSplits: 1)
        guard halves.count == 2 else { return false }
        switch halves[0] {
        case "spn":
            let parts = halves[1].split(separator: "@", maxSplits: 1)
            guard let number = UInt8(parts[0]), let method = SPNConversion(rawValue: number)
            else { return false }
            var address: UInt8?
            if parts.count == 2 {
                guard let read = UInt8(parts[1]) else { return false }
                address = read
            }
            conversions.append(SPNOverride(sourceAddress: address, conversion: method))
        case "did":
            guard let (key, size) = Self.size(halves[1]), key <= 0xFFFF else { return false }
            dataSizes[UInt16(key)] = size
        case "ext":
            guard let (key, size) = Self.size(halves[1]), key <= 0xFF else { return false }
            recordSizes[UInt8(key)] = size
        case "dtc":
            guard let format = UInt8(halves[1], radix: 16) else { return false }
            codeFormat = format
        default: return false
        }
        return true
    }

    /// `4711:5`, hex and decimal.
    private static func size(_ text: some StringProtocol) -> (key: Int, size: Int)? {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let key = Int(parts[0], radix: 16), let size = Int(parts[1]),
            key >= 0, (0...4095).contains(size)
        else { return nil }
        return (key, size)
    }

    /// The conversion that is stated for a unit, or `nil`; the last word counts.
    public func conversion(for sourceAddress: UInt8) -> SPNConversion? {
        conversions.last { $0.sourceAddress == sourceAddress }?.conversion
            ?? conversions.last { $0.sourceAddress == nil }?.conversion
    }

    /// Bytes of a data identifier's value, or `nil` when nobody said.
    public func size(ofData identifier: UInt16) -> Int? { dataSizes[identifier] }

    /// Bytes of an extended data record, or `nil` when nobody said.
    public func size(ofRecord number: UInt8) -> Int? { recordSizes[number] }

    /// The words that ``init(_:)`` reads back.
    public var text: String {
        let words =
            conversions.map { item in
                "spn=\(item.conversion.rawValue)" + (item.sourceAddress.map { "@\($0)" } ?? "")
            }
            + dataSizes.sorted { $0.key < $1.key }.map {
                "did=\(FaultCode.hexText($0.key, digits: 4)):\($0.value)"
            }
            + recordSizes.sorted { $0.key < $1.key }.map {
                "ext=\(FaultCode.hexText($0.key, digits: 2)):\($0.value)"
            } + (codeFormat.map { ["dtc=\(FaultCode.hexText($0, digits: 2))"] } ?? [])
        return words.joined(separator: " ")
    }
}

extension FaultCode {
    /// A number as upper-case hex digits.
    static func hexText(_ value: some FixedWidthInteger, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
