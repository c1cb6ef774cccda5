import VehicleFaults

/// A JSON text taken apart into a flat list of its values, for envelopes whose members come in any
/// order.
///
/// One pass checks the whole grammar (RFC 8259) and the depth; afterwards nothing can be wrong with
/// the text any more. Storage is used again for the next text, and nothing is copied out of it but
/// what is asked for. Memory is bounded by the payload: a value takes at least two bytes of it.
struct JSONTape: Sendable {
    enum Kind: UInt8, Sendable { case object, array, text, number, yes, no, null }

    /// One value, with its name when it is a member.
    struct Node: Sendable {
        var kind: Kind
        var isEscaped = false
        var isNameEscaped = false
        /// The value's bytes; a text's stand between its quotes.
        var start: Int32
        var end: Int32
        var nameStart: Int32 = 0
        var nameEnd: Int32 = 0
        /// The node after this value and all that is in it.
        var next: Int32 = 0
    }

    private(set) var text = PaddedText()
    /// The values, and behind them what is left of longer texts.
    private(set) var nodes: ContiguousArray<Node> = []
    /// Bytes of the payload before the text.
    private(set) var base = 0

    /// The outermost value.
    var root: Int { 0 }

    /// How many values the text has.
    var count: Int { Int(nodes[root].next) }

    /// Takes a text apart.
    ///
    /// - Parameter range: the part of the payload that is the text.
    /// - Throws: where the text breaks the grammar, counted from the start of the payload.
    mutating func read(
        _ payload: Span<UInt8>, _ range: Range<Int>, limits: DecodingLimits
    ) throws(DecodingFailure) {
        base = range.lowerBound
        let part = payload.extracting(range)
        let scan = text.take(part)
        do throws(DecodingFailure) {
            if !scan.isASCII { try Self.validate(part) }
            let frame = JSONText.Frame(end: range.count, depth: limits.depth)
            // Every value but the outermost has a byte of its own and a comma, colon or bracket; one
            // that is still open when the text ends or goes wrong has only its own.
            let most = range.count / 2 + 2 + limits.depth
            if nodes.count < most {
                nodes = ContiguousArray(repeating: Node(kind: .null, start: 0, end: 0), count: most)
            }
            try Self.build(text, frame, &nodes)
        } catch {
            throw DecodingFailure(reason: error.reason, offset: base + error.offset)
        }
    }

    /// Takes a whole payload apart.
    mutating func read(
        _ payload: Span<UInt8>, limits: DecodingLimits
    ) throws(DecodingFailure) {
        try read(payload, payload.indices, limits: limits)
    }

    private static func validate(_ part: Span<UInt8>) throws(DecodingFailure) {
        do {
            _ = try UTF8Span(validating: part)
        } catch {
            throw DecodingFailure(reason: .invalidUTF8, offset: error.byteOffsets.lowerBound)
        }
    }

    private static func build(
        _ text: borrowing PaddedText, _ frame: JSONText.Frame, _ list: inout ContiguousArray<Node>
    ) throws(DecodingFailure) {
        var nodes = list.mutableSpan
        let bytes = text.bytes.span
        var count = 0
        // The innermost open container; its `next` holds the one around it meanwhile.
        var container = -1
        var level = 0
        var place = 0
        var name = JSONText.Text(start: 0, end: 0, isEscaped: false)
        while true {
            let first = JSONText.peek(bytes, &place)
            var node = Node(kind: .null, start: Int32(truncatingIfNeeded: place), end: 0)
            node.nameStart = Int32(truncatingIfNeeded: name.start)
            node.nameEnd = Int32(truncatingIfNeeded: name.end)
            node.isNameEscaped = name.isEscaped
            node.next = Int32(truncatingIfNeeded: count &+ 1)
            var isOpen = false
            switch first {
            case 0x22:
                let text = try JSONText.string(bytes, frame, &place)
                node.kind = .text
                node.start = Int32(truncatingIfNeeded: text.start)
                node.isEscaped = text.isEscaped
                node.end = Int32(truncatingIfNeeded: text.end)
            case 0x7B, 0x5B:
                node.kind = first == 0x7B ? .object : .array
                isOpen = try JSONText.open(
                    bytes, frame, &place, closing: first &+ 2, level: level &+ 1)
                node.end = Int32(truncatingIfNeeded: place)
                if isOpen { node.next = Int32(truncatingIfNeeded: container) }
            case 0x2D, 0x30...0x39:
                node.kind = .number
                place = try JSONText.afterAnyNumber(bytes, frame, place)
                node.end = Int32(truncatingIfNeeded: place)
            default:
                place = try JSONText.afterLiteral(bytes, frame, place)
                node.kind = first == 0x74 ? .yes : first == 0x66 ? .no : .null
                node.end = Int32(truncatingIfNeeded: place)
            }
            nodes[count] = node
            if isOpen {
                container = count
                level &+= 1
                if first == 0x7B {
                    name = try JSONText.key(bytes, frame, &place)
                } else {
                    name = JSONText.Text(start: 0, end: 0, isEscaped: false)
                }
                count &+= 1
                continue
            }
            count &+= 1
            while container >= 0 {
                let isObject = nodes[container].kind == .object
                if try JSONText.another(bytes, frame, &place, closing: isObject ? 0x7D : 0x5D) {
                    if isObject {
                        name = try JSONText.key(bytes, frame, &place)
                    } else {
                        name = JSONText.Text(start: 0, end: 0, isEscaped: false)
                    }
                    break
                }
                let outer = Int(nodes[container].next)
                nodes[container].end = Int32(truncatingIfNeeded: place)
                nodes[container].next = Int32(truncatingIfNeeded: count)
                container = outer
                level &-= 1
            }
            if container < 0 { break }
        }
        place = JSONText.afterBlanks(bytes, place)
        guard place == frame.end else { throw frame.unexpected(at: place) }
    }
}

// MARK: - Finding

extension JSONTape {
    /// The members of an object or elements of an array, in order; none for any other value.
    struct Children: Sequence, IteratorProtocol {
        fileprivate let nodes: ContiguousArray<Node>
        fileprivate var node: Int
        fileprivate let end: Int

        mutating func next() -> Int? {
            guard node < end else { return nil }
            defer { node = Int(nodes[node].next) }
            return node
        }
    }

    func children(of node: Int) -> Children {
        Children(nodes: nodes, node: node + 1, end: Int(nodes[node].next))
    }

    func kind(_ node: Int) -> Kind { nodes[node].kind }

    /// The member of an object with a name, or `nil`.
    func member(_ name: StaticString, of node: Int) -> Int? {
        guard nodes[node].kind == .object else { return nil }
        let end = Int(nodes[node].next)
        let count = Int32(truncatingIfNeeded: name.utf8CodeUnitCount)
        var child = node &+ 1
        while child < end {
            let length = nodes[child].nameEnd &- nodes[child].nameStart
            if length == count || nodes[child].isNameEscaped, isNamed(child, name) { return child }
            child = Int(nodes[child].next)
        }
        return nil
    }

    /// Whether a member has a name.
    func isNamed(_ node: Int, _ name: StaticString) -> Bool {
        if nodes[node].isNameEscaped {
            return self.name(node).elementsEqual(name.description.utf8)
        }
        let (start, end) = (Int(nodes[node].nameStart), Int(nodes[node].nameEnd))
        guard end &- start == name.utf8CodeUnitCount else { return false }
        let bytes = text.bytes.span
        let letters = unsafe name.utf8Start
        for index in 0..<end &- start {
            // Inside the name's own bytes, which are there for the life of the program.
            guard unsafe bytes.byte(start &+ index) == letters[index] else { return false }
        }
        return true
    }

    /// Whether a member's name has no escapes, so that its bytes are its characters.
    func hasPlainName(_ node: Int) -> Bool { !nodes[node].isNameEscaped }

    /// Whether a value is a text without escapes, whose bytes are its characters.
    func isPlain(_ node: Int) -> Bool { nodes[node].kind == .text && !nodes[node].isEscaped }

    /// Whether a value is a text with characters and without escapes.
    func isPlainWord(_ node: Int) -> Bool {
        isPlain(node) && nodes[node].start < nodes[node].end
    }

    /// Where in the payload a value stands; a text's first character counts.
    func place(of node: Int) -> Int { base + Int(nodes[node].start) }

    /// Where in the payload a member's name stands.
    func namePlace(of node: Int) -> Int { base + Int(nodes[node].nameStart) }

    /// The bytes of a value, or of a text between its quotes.
    func range(of node: Int) -> Range<Int> { Int(nodes[node].start)..<Int(nodes[node].end) }

    /// The bytes of a member's name.
    func nameRange(of node: Int) -> Range<Int> {
        Int(nodes[node].nameStart)..<Int(nodes[node].nameEnd)
    }
}

// MARK: - Values

extension JSONTape {
    /// A number; `nil` for any other value.
    func number(_ node: Int) -> Double? {
        let value = nodes[node]
        guard value.kind == .number else { return nil }
        return Self.number(text, range(of: node))
    }

    /// A number, or a text that is one: `83`, `"83"`.
    func numberOrText(_ node: Int) -> Double? {
        let value = nodes[node]
        switch value.kind {
        case .number: return Self.number(text, range(of: node))
        case .text where !value.isEscaped && value.start < value.end:
            return Self.number(text, range(of: node))
        default: return nil
        }
    }

    /// A number, or 1 for true and 0 for false.
    func numberOrFlag(_ node: Int) -> Double? {
        switch nodes[node].kind {
        case .yes: 1
        case .no: 0
        default: number(node)
        }
    }

    private static func number(_ text: borrowing PaddedText, _ range: Range<Int>) -> Double? {
        let bytes = text.bytes.span
        let frame = JSONText.Frame(end: range.upperBound, depth: 4)
        do throws(DecodingFailure) {
            let token = try JSONText.numberToken(bytes, frame, range.lowerBound)
            guard token.end == range.upperBound else { return nil }
            return JSONText.value(bytes, token)
        } catch { return nil }
    }

    /// A whole number; `nil` for any other value.
    func whole(_ node: Int) -> Int64? {
        let value = nodes[node]
        // Bytes and identifiers are a few digits, which the grammar has been checked of.
        if value.kind == .number, value.end &- value.start < 16 {
            let text = text.bytes.span
            var whole: Int64 = 0
            var place = Int(value.start)
            while place < Int(value.end), text.byte(place) &- 0x30 < 10 {
                whole = whole &* 10 &+ Int64(text.byte(place) &- 0x30)
                place &+= 1
            }
            if place == Int(value.end) { return whole }
        }
        return number(node).flatMap { Int64(exactly: $0) }
    }

    /// The characters of a text, as UTF-8; none for any other value.
    func characters(_ node: Int) -> [UInt8] {
        let value = nodes[node]
        guard value.kind == .text else { return [] }
        return characters(range(of: node), isEscaped: value.isEscaped)
    }

    /// The characters of a member's name.
    func name(_ node: Int) -> [UInt8] {
        characters(nameRange(of: node), isEscaped: nodes[node].isNameEscaped)
    }

    private func characters(_ range: Range<Int>, isEscaped: Bool) -> [UInt8] {
        let bytes = text.bytes.span
        if isEscaped {
            let text = JSONText.Text(
                start: range.lowerBound, end: range.upperBound, isEscaped: true)
            // Half of a surrogate pair is the one thing the grammar lets pass.
            do throws(DecodingFailure) { return try JSONEscape.characters(bytes, text) } catch {
                return []
            }
        }
        return [UInt8](capacity: range.count) { output in
            for index in range { output.append(bytes.byte(index)) }
        }
    }

    /// Whether a text is `word`.
    func isText(_ node: Int, _ word: StaticString) -> Bool {
        let value = nodes[node]
        if value.isEscaped { return characters(node).elementsEqual(word.description.utf8) }
        guard value.kind == .text, Int(value.end &- value.start) == word.utf8CodeUnitCount else {
            return false
        }
        let bytes = text.bytes.span
        for index in 0..<word.utf8CodeUnitCount {
            guard unsafe bytes.byte(Int(value.start) &+ index) == word.utf8Start[index] else {
                return false
            }
        }
        return true
    }

    /// A name of a vehicle or device: a text, or a whole number as it is written.
    func vehicle(_ node: Int) -> VehicleID? {
        let value = nodes[node]
        switch value.kind {
        case .text where value.isEscaped: return VehicleID(characters(node).span)
        case .text:
            let range = range(of: node)
            return VehicleID(text.bytes.span, range.lowerBound, range.count)
        case .number where whole(node) != nil:
            return VehicleID(text.bytes.span.extracting(range(of: node)))
        default: return nil
        }
    }

    /// Up to 16 printable characters, or a whole number as it is written.
    func shortText(_ node: Int) -> ShortText? {
        let value = nodes[node]
        switch value.kind {
        case .text where value.isEscaped: return ShortText(characters(node).span)
        case .text, .number: return ShortText(text.bytes.span.extracting(range(of: node)))
        default: return nil
        }
    }

    /// The name of a bus that a device gives a number: nothing for the first one, else `can1`.
    func bus(_ node: Int, first: Int64 = 0) -> ShortText {
        let number = numberOrText(node).flatMap { Int64(exactly: $0) }
        guard let number, number != first, (0...255).contains(number) else { return .empty }
        return ShortText("can\(number)") ?? .empty
    }

    /// Bytes written as pairs of hex digits, `0x` before them or not.
    ///
    /// - Returns: `nil` for another value, an odd number of digits or anything else between them.
    func hexBytes(_ node: Int) -> (bytes: [UInt8], places: BytePlaces)? {
        let value = nodes[node]
        guard value.kind == .text, !value.isEscaped else { return nil }
        let text = text.bytes.span
        var place = Int(value.start)
        let end = Int(value.end)
        if end - place >= 2, text.byte(place) == 0x30, text.byte(place + 1) | 0x20 == 0x78 {
            place += 2
        }
        guard (end - place) % 2 == 0 else { return nil }
        let places = BytePlaces(start: base + place, stride: 2)
        var bytes: [UInt8] = []
        bytes.reserveCapacity((end - place) / 2)
        while place < end {
            guard let high = HexDigit.value(text.byte(place)),
                let low = HexDigit.value(text.byte(place + 1))
            else { return nil }
            bytes.append(high << 4 | low)
            place += 2
        }
        return (bytes, places)
    }

    /// The data of a frame of classic CAN: at most eight bytes, as ``hexBytes(_:)`` reads them.
    func hexFrame(_ node: Int) -> (
        bytes: InlineArray<8, UInt8>, count: Int, places: BytePlaces
    )? {
        let value = nodes[node]
        guard value.kind == .text, !value.isEscaped else { return nil }
        let text = text.bytes.span
        var place = Int(value.start)
        let end = Int(value.end)
        if end - place >= 2, text.byte(place) == 0x30, text.byte(place + 1) | 0x20 == 0x78 {
            place += 2
        }
        guard (end - place) % 2 == 0, end - place <= 16 else { return nil }
        let places = BytePlaces(start: base + place, stride: 2)
        var bytes = InlineArray<8, UInt8>(repeating: 0)
        var count = 0
        while place < end {
            guard let high = HexDigit.value(text.byte(place)),
                let low = HexDigit.value(text.byte(place + 1))
            else { return nil }
            bytes[count] = high << 4 | low
            count += 1
            place += 2
        }
        return (bytes, count, places)
    }

    /// What stands in the text for people, at most 64 bytes of it.
    func raw(_ node: Int) -> String {
        let range = range(of: node)
        var characters: [UInt8] = []
        for index in range.prefix(64) { characters.append(text.bytes[index]) }
        return String(decoding: characters, as: UTF8.self) + (range.count > 64 ? "…" : "")
    }
}
