import VehicleFaults

/// A JSON text (RFC 8259) as a flat list of values in the order in which they stand, for formats
/// whose shape is not known beforehand.
///
/// Size, depth and number of values are capped before they cost anything.
struct JSONTree {
    /// The kinds of values.
    enum Kind: UInt8 {
        case object, array, string, number, yes, no, null
    }

    /// One value.
    struct Node {
        var kind: Kind
        /// The place of its first byte; of a string's first character.
        var start: Int
        /// The place after it; after a string's last character.
        var end: Int
        /// The name before it, in an object.
        var key: JSONText.Text?
        /// Whether a string holds backslashes.
        var isEscaped = false
        /// The index of the next value that is not inside this one.
        var next = 0
    }

    private(set) var nodes: ContiguousArray<Node> = []
    let text: PaddedText

    /// Most values of one text.
    static let most = 65_536

    /// Reads a text.
    ///
    /// - Throws: `invalid_utf8`, `not_json`, `truncated`, `too_deep` or `too_many_signals`.
    init(_ payload: Span<UInt8>, _ limits: DecodingLimits) throws(DecodingFailure) {
        var text = PaddedText()
        let scan = text.take(payload)
        if !scan.isASCII {
            do {
                _ = try UTF8Span(validating: payload)
            } catch {
                throw DecodingFailure(reason: .invalidUTF8, offset: error.byteOffsets.lowerBound)
            }
        }
        self.text = text
        let frame = JSONText.Frame(end: payload.count, depth: limits.depth)
        nodes = try Self.nodes(text.bytes.span, frame)
    }

    private static func nodes(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame
    ) throws(DecodingFailure) -> ContiguousArray<Node> {
        var nodes: ContiguousArray<Node> = []
        // A member of average length takes some thirty bytes.
        nodes.reserveCapacity(min(frame.end / 24 + 4, most))
        var open: [Int] = []
        var place = 0
        var key: JSONText.Text?
        while true {
            guard nodes.count < most else {
                throw DecodingFailure(reason: .tooManySignals, offset: place)
            }
            var node = Node(kind: .null, start: 0, end: 0, key: key)
            key = nil
            let first = JSONText.peek(bytes, &place)
            node.start = place
            if first == 0x7B || first == 0x5B {
                node.kind = first == 0x7B ? .object : .array
                let closing: UInt8 = first == 0x7B ? 0x7D : 0x5D
                nodes.append(node)
                if try JSONText.open(bytes, frame, &place, closing: closing, level: open.count + 1)
                {
                    open.append(nodes.count - 1)
                    if first == 0x7B { key = try JSONText.key(bytes, frame, &place) }
                    continue
                }
                nodes[nodes.count - 1].end = place
                nodes[nodes.count - 1].next = nodes.count
            } else {
                try scalar(bytes, frame, first, &place, &node)
                node.next = nodes.count + 1
                nodes.append(node)
            }
            while let inner = open.last {
                let isObject = nodes[inner].kind == .object
                if try JSONText.another(bytes, frame, &place, closing: isObject ? 0x7D : 0x5D) {
                    if isObject { key = try JSONText.key(bytes, frame, &place) }
                    break
                }
                nodes[inner].end = place
                nodes[inner].next = nodes.count
                open.removeLast()
            }
            guard open.isEmpty else { continue }
            guard JSONText.peek(bytes, &place) == 0, place == frame.end else {
                throw frame.unexpected(at: place)
            }
            return nodes
        }
    }

    private static func scalar(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ first: UInt8, _ place: inout Int,
        _ node: inout Node
    ) throws(DecodingFailure) {
        switch first {
        case 0x22:
            let string = try JSONText.string(bytes, frame, &place)
            node.kind = .string
            node.start = string.start
            node.end = string.end
            node.isEscaped = string.isEscaped
        case 0x2D, 0x30...0x39:
            node.kind = .number
            node.end = try JSONText.numberToken(bytes, frame, place).end
            place = node.end
        default:
            node.kind = first == 0x74 ? .yes : first == 0x66 ? .no : .null
            node.end = try JSONText.afterLiteral(bytes, frame, place)
            place = node.end
        }
    }

    /// The values right inside another, by index, one after the other.
    struct Children: Sequence, IteratorProtocol {
        fileprivate let nodes: ContiguousArray<Node>
        fileprivate var place: Int
        fileprivate let end: Int

        mutating func next() -> Int? {
            guard place < end else { return nil }
            defer { place = nodes[place].next }
            return place
        }
    }

    /// The values right inside another; none in one that is no container.
    func children(of index: Int) -> Children {
        let isContainer = nodes[index].kind == .object || nodes[index].kind == .array
        return Children(
            nodes: nodes, place: index + 1, end: isContainer ? nodes[index].next : index + 1)
    }

    /// One value as the only one of a list.
    func only(_ index: Int) -> Children {
        Children(nodes: nodes, place: index, end: nodes[index].next)
    }

    /// Whether a member's name can begin with a small letter.
    func mayBeSmall(_ index: Int) -> Bool {
        guard let key = nodes[index].key else { return false }
        return key.isEscaped || key.count > 0 && text.bytes[key.start] >= 0x61
    }

    /// The member of an object with a name, or `nil`.
    func member(_ name: StaticString, of index: Int) -> Int? {
        guard nodes[index].kind == .object else { return nil }
        return children(of: index).first { hasKey(name, $0) }
    }

    /// Whether a member has a name.
    func hasKey(_ name: StaticString, _ index: Int) -> Bool {
        guard let key = nodes[index].key else { return false }
        guard !key.isEscaped else {
            return keyCharacters(index).elementsEqual(name.description.utf8)
        }
        guard key.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { buffer in
            for offset in 0..<key.count
            where unsafe buffer[offset] != text.bytes[key.start + offset] { return false }
            return true
        }
    }

    /// The characters of a member's name; none when it is no member.
    func keyCharacters(_ index: Int) -> [UInt8] {
        guard let key = nodes[index].key else { return [] }
        return characters(key)
    }

    /// The characters of a string; of any other value as it is written.
    func characters(_ index: Int) -> [UInt8] {
        let node = nodes[index]
        return characters(
            JSONText.Text(start: node.start, end: node.end, isEscaped: node.isEscaped))
    }

    private func characters(_ text: JSONText.Text) -> [UInt8] {
        guard text.isEscaped else { return Array(self.text.bytes[text.start..<text.end]) }
        // A half of a surrogate pair on its own is no character; the string is then taken as none.
        return (try? JSONEscape.characters(self.text.bytes.span, text)) ?? []
    }

    /// The number that a number, a yes or no, or a string with a number in it stands for.
    func number(_ index: Int) -> Double? {
        let node = nodes[index]
        switch node.kind {
        case .yes: return 1
        case .no: return 0
        case .number: return number(node.start, node.end)
        case .string:
            if node.end - node.start == 4 || node.end - node.start == 5 {
                let text = characters(index)
                if text.elementsEqual("true".utf8) { return 1 }
                if text.elementsEqual("false".utf8) { return 0 }
            }
            return number(node.start, node.end)
        case .object, .array, .null: return nil
        }
    }

    /// The number that fills a range of the text.
    private func number(_ start: Int, _ end: Int) -> Double? {
        let bytes = text.bytes.span
        let frame = JSONText.Frame(end: end, depth: 4)
        guard start < end, let token = try? JSONText.numberToken(bytes, frame, start),
            token.end == end
        else { return nil }
        return JSONText.value(bytes, token)
    }

    /// The time that a string in RFC 3339 or a number since 1970 stands for, or `nil`.
    func time(_ index: Int) -> EventTime? {
        if nodes[index].kind == .string {
            let padded = PaddedText(characters(index))
            let whole = JSONText.Text(
                start: 0, end: characters(index).count, isEscaped: false)
            return try? Timestamp().read(padded.bytes.span, whole)
        }
        guard nodes[index].kind == .number, let value = number(index), value >= 0 else {
            return nil
        }
        // Seconds reach 1e11 in the year 5138, milliseconds did in 1973.
        let milliseconds = value < 1e11 ? value * 1000 : value
        guard milliseconds <= Double(EventTime.latestCredible.milliseconds) else { return nil }
        return EventTime(milliseconds: Int64(milliseconds))
    }
}
