import VehicleFaults

/// Something that can be written as JSON.
public protocol JSONWritable {
    /// Appends this value as JSON text in UTF-8.
    func append(to bytes: inout [UInt8])
}

/// One JSON object on one line, its members in the order in which they were added.
public struct JSONObject: JSONWritable, Sendable {
    private var members: [UInt8] = []

    /// An object without members.
    ///
    /// - Parameter capacity: bytes that its members are thought to take.
    public init(capacity: Int = 0) { members.reserveCapacity(capacity) }

    /// Adds a member; `nil` is written as `null`. A name must be added only once.
    public mutating func append(_ name: String, _ value: some JSONWritable) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        name.append(to: &members)
        members.append(UInt8(ascii: ":"))
        value.append(to: &members)
    }

    public func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        bytes += members
        bytes.append(UInt8(ascii: "}"))
    }
}

/// One JSON array on one line, whose elements may be of several kinds.
public struct JSONArray: JSONWritable, Sendable {
    private var elements: [UInt8] = []

    /// An array without elements.
    public init() {}

    /// Adds an element; `nil` is written as `null`.
    public mutating func append(_ value: some JSONWritable) {
        if !elements.isEmpty { elements.append(UInt8(ascii: ",")) }
        value.append(to: &elements)
    }

    public func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        bytes += elements
        bytes.append(UInt8(ascii: "]"))
    }
}

extension JSONWritable {
    /// This value as JSON text, without a line end.
    public var json: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String: JSONWritable {
    public func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        // Most texts are written as they are.
        guard isEscaped else {
            bytes += utf8
            return
        }
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes += #"\n"#.utf8
            case 0x0D: bytes += #"\r"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0..<0x20, 0x7F:
                bytes += (byte < 16 ? #"\u000"# : #"\u00"#).utf8
                bytes += String(byte, radix: 16).utf8
            default: bytes.append(byte)
            }
        }
    }

    /// Whether anything in it has to be escaped.
    private var isEscaped: Bool {
        let bytes = utf8.span
        for place in bytes.indices {
            switch bytes[place] {
            case 0..<0x20, 0x22, 0x5C, 0x7F: return true
            default: break
            }
        }
        return false
    }
}

extension EventTime: JSONWritable {
    /// Appends ``VehicleFaults/EventTime/text(offset:)`` in UTC.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        appendText(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

extension Bool: JSONWritable {
    public func append(to bytes: inout [UInt8]) { bytes += (self ? "true" : "false").utf8 }
}

extension FixedWidthInteger where Self: JSONWritable {
    public func append(to bytes: inout [UInt8]) { bytes += String(self).utf8 }
}

extension Int: JSONWritable {}
extension Int64: JSONWritable {}
extension UInt64: JSONWritable {}
extension Int32: JSONWritable {}
extension UInt32: JSONWritable {}
extension UInt16: JSONWritable {}
extension UInt8: JSONWritable {}

extension Double: JSONWritable {
    /// Appends the shortest text that reads back as the same number, whole numbers without `.0`;
    /// `null` for what is no finite number.
    public func append(to bytes: inout [UInt8]) {
        guard isFinite else {
            bytes += "null".utf8
            return
        }
        let text = description
        bytes += text.hasSuffix(".0") ? text.dropLast(2).utf8 : text[...].utf8
    }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    public func append(to bytes: inout [UInt8]) {
        if let self { self.append(to: &bytes) } else { bytes += "null".utf8 }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    public func append(to bytes: inout [UInt8]) {
        var array = JSONArray()
        for element in self { array.append(element) }
        array.append(to: &bytes)
    }
}
