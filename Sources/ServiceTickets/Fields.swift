/// What is said of a step or an event: a text for each field, in the order of the fields' names.
public struct Fields: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public var field: TicketField
        public var text: String
    }

    public private(set) var items: [Item] = []

    /// Nothing at all.
    public init() {}

    /// Nothing yet, with room for so many fields.
    init(room: Int) { items.reserveCapacity(room) }

    /// The fields given; later ones win.
    public init(_ pairs: [(TicketField, String)]) {
        items.reserveCapacity(pairs.count)
        for (field, text) in pairs { self[field] = text }
    }

    public subscript(_ field: TicketField) -> String? {
        get {
            // Place by place, so that only what is asked for is copied.
            for place in items.indices where items[place].field == field {
                return items[place].text
            }
            return nil
        }
        set {
            // Most are given in their order.
            if let text = newValue, items.last.map({ $0.field.rawValue < field.rawValue }) ?? true {
                return items.append(Item(field: field, text: text))
            }
            let place =
                items.firstIndex { $0.field.rawValue >= field.rawValue } ?? items.endIndex
            let isThere = place < items.endIndex && items[place].field == field
            switch (newValue, isThere) {
            case (let text?, true): items[place].text = text
            case (let text?, false): items.insert(Item(field: field, text: text), at: place)
            case (nil, true): items.remove(at: place)
            case (nil, false): break
            }
        }
    }

    public var isEmpty: Bool { items.isEmpty }

    /// The fields as one JSON object, keys in order, every value a string.
    public var json: String {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the bytes of ``json``.
    public func appendJSON(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 2 + 40 * items.count)
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for item in items {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            FlatJSON.quote(item.field.rawValue, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            FlatJSON.quote(item.text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Reads ``json`` back; `nil` when it is something else or names an unknown field.
    public init?(json: String) { self.init(json: Array(json.utf8)) }

    /// Reads ``json`` back from its bytes.
    public init?(json bytes: [UInt8]) {
        guard let pairs = FlatJSON.pairs(bytes) else { return nil }
        items.reserveCapacity(pairs.count)
        for (name, text) in pairs {
            guard let field = Self.named[name] else { return nil }
            self[field] = text
        }
    }

    private static let named = Dictionary(
        uniqueKeysWithValues: TicketField.allCases.map { ($0.rawValue, $0) })

    /// A field as a choice.
    func choice<Choice: RawRepresentable<String>>(_ field: TicketField) -> Choice? {
        self[field].flatMap { Choice(rawValue: $0) }
    }

    /// A field as a number.
    func number(_ field: TicketField) -> Double? { self[field].flatMap { Double($0) } }

    /// A field as milliseconds or a ticket's number.
    func integer(_ field: TicketField) -> Int64? { self[field].flatMap { Int64($0) } }
}

/// JSON objects of texts only: what the ticket stage reads and writes.
public enum FlatJSON {
    /// The pairs as an object, in the order given.
    public static func text(_ pairs: [(String, String)]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, (name, value)) in pairs.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            quote(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            quote(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a text with its quotation marks, escaped as RFC 8259 asks.
    public static func quote(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        var text = text
        let isPlain = text.withUTF8 {
            unsafe bytes.append(contentsOf: $0)
            return unsafe Self.isPlain($0)
        }
        if !isPlain { escape(&bytes, from: start) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether nothing in a text needs to be escaped.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var found = false
        // No way out in between: short texts are looked at sixteen bytes at a time.
        for place in text.indices {
            let byte = unsafe text[place]
            found = found || byte < 0x20 || byte == 0x22 || byte == 0x5C
        }
        return !found
    }

    /// Escapes what was appended from a place on; nearly always there is nothing to do.
    public static func escape(_ bytes: inout [UInt8], from start: Int) {
        guard let place = firstToEscape(bytes.span, from: start) else { return }
        let rest = Array(bytes[place...])
        bytes.removeLast(rest.count)
        for byte in rest {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(digit(byte >> 4))
                bytes.append(digit(byte & 15))
            default: bytes.append(byte)
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    private static func firstToEscape(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        for place in start..<bytes.count
        where bytes[place] < 0x20 || bytes[place] == UInt8(ascii: "\"")
            || bytes[place] == UInt8(ascii: "\\")
        { return place }
        return nil
    }

    /// The pairs of an object whose values are strings, numbers or truth values, in order.
    ///
    /// - Returns: `nil` when it is anything else.
    public static func pairs(_ text: String) -> [(String, String)]? { pairs(Array(text.utf8)) }

    /// The pairs of an object from its bytes.
    public static func pairs(_ bytes: [UInt8]) -> [(String, String)]? {
        var reader = Reader(bytes: bytes)
        return reader.object()
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func object() -> [(String, String)]? {
            skipBlanks()
            guard take("{") else { return nil }
            var result: [(String, String)] = []
            skipBlanks()
            if take("}") { return atEnd ? result : nil }
            repeat {
                skipBlanks()
                guard let name = string() else { return nil }
                skipBlanks()
                guard take(":") else { return nil }
                skipBlanks()
                guard let value = string() ?? word() else { return nil }
                result.append((name, value))
                skipBlanks()
            } while take(",")
            return take("}") && atEnd ? result : nil
        }

        private var atEnd: Bool {
            bytes[place...].allSatisfy { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        }

        private mutating func skipBlanks() {
            while place < bytes.count,
                bytes[place] == 0x20 || bytes[place] == 0x0A || bytes[place] == 0x0D
                    || bytes[place] == 0x09
            { place += 1 }
        }

        private mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: mark) else { return false }
            place += 1
            return true
        }

        /// A number or a truth value, as it stands.
        private mutating func word() -> String? {
            let start = place
            while place < bytes.count {
                switch bytes[place] {
                case 0x30...0x39, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x45: place += 1
                default: return place > start ? plain(start) : nil
                }
            }
            return nil
        }

        private func plain(_ start: Int) -> String? {
            let text = String(decoding: bytes[start..<place], as: UTF8.self)
            return text == "true" || text == "false" || Double(text) != nil ? text : nil
        }

        private mutating func string() -> String? {
            guard take("\"") else { return nil }
            let start = place
            while place < bytes.count, bytes[place] >= 0x20, bytes[place] != UInt8(ascii: "\"") {
                // Few texts have anything to take back.
                if bytes[place] == UInt8(ascii: "\\") { break }
                place += 1
            }
            let plain = bytes[start..<place]
            if take("\"") {
                // Telling ASCII is much faster than telling UTF-8.
                return plain.allSatisfy { $0 < 0x80 }
                    ? String(decoding: plain, as: UTF8.self)
                    : String(validating: plain, as: UTF8.self)
            }
            var out = Array(plain)
            while place < bytes.count {
                let byte = bytes[place]
                place += 1
                switch byte {
                case UInt8(ascii: "\""): return String(validating: out, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard escape(into: &out) else { return nil }
                case 0..<0x20: return nil
                default: out.append(byte)
                }
            }
            return nil
        }

        private mutating func escape(into out: inout [UInt8]) -> Bool {
            guard place < bytes.count else { return false }
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
            case UInt8(ascii: "b"): out.append(8)
            case UInt8(ascii: "f"): out.append(12)
            case UInt8(ascii: "n"): out.append(10)
            case UInt8(ascii: "r"): out.append(13)
            case UInt8(ascii: "t"): out.append(9)
            case UInt8(ascii: "u"):
                guard var code = unit() else { return false }
                if code & 0xFC00 == 0xD800 {
                    guard take("\\"), take("u"), let low = unit(), low & 0xFC00 == 0xDC00 else {
                        return false
                    }
                    code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
                }
                guard let scalar = Unicode.Scalar(code) else { return false }
                out.append(contentsOf: String(Character(scalar)).utf8)
            default: return false
            }
            return true
        }

        private mutating func unit() -> UInt32? {
            guard place + 4 <= bytes.count else { return nil }
            defer { place += 4 }
            return UInt32(
                String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        }
    }
}
