import VehicleFaults

/// Reads paths of the vehicle signal specification from JSON in the shapes that brokers and VISS
/// servers publish: flat paths with dots or slashes, a tree, datapoints (`path`, `dp`, `value`,
/// `ts`), lists of those, and Kuksa's entries.
enum VSSDecoder {
    /// Most values of one text.
    private static let most = 65_536

    /// Appends one report.
    ///
    /// - Throws: what is wrong with the JSON, or `not_an_answer` when it holds no path.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard tape.count <= most else {
            throw DecodingFailure(reason: .tooManySignals, offset: tape.place(of: most))
        }
        var walk = Walk(draft: writer.draft(context))
        walk.visit(tape.root, of: tape, path: [], at: nil, into: &writer)
        guard walk.isTaken else {
            throw writer.firstRefusal ?? DecodingFailure(reason: .notAnAnswer, offset: 0)
        }
        walk.draft.claimed = walk.latest
        if walk.draft.vehicle != nil, let named = context.vehicle, named.isVIN,
            walk.draft.vehicle != named
        {
            throw DecodingFailure(reason: .vehicleMismatch, offset: walk.vehicleOffset)
        }
        try writer.finish(walk.draft, context)
    }

    // MARK: - Bare values

    /// The path that the levels of a topic are, as old Kuksa servers publish: `vss/Vehicle/OBD/…` with
    /// nothing but the value in the payload.
    static func path(in topic: Span<UInt8>) -> [UInt8]? {
        guard let first = TopicLevels.index(of: "Vehicle", in: topic),
            let range = TopicLevels.range(first, of: topic), range.upperBound < topic.count
        else { return nil }
        return (range.lowerBound..<topic.count).map { topic[$0] == 0x2F ? 0x2E : topic[$0] }
    }

    /// Whether a payload is a value alone, or a list of texts.
    static func isBare(_ payload: Span<UInt8>) -> Bool {
        var isList = false
        for index in payload.indices where payload[index] > 0x20 {
            switch payload[index] {
            case 0x7B: return false
            case 0x5B where !isList: isList = true
            default: return true
            }
        }
        return isList
    }

    /// Appends the report of a value whose path the topic says.
    ///
    /// - Throws: what is wrong with a value that is no JSON, unless it is a list of codes as text.
    static func decode(
        _ payload: Span<UInt8>, path: [UInt8], _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        var walk = Walk(draft: writer.draft(context))
        do throws(DecodingFailure) {
            try tape.read(payload, limits: writer.limits)
            walk.visit(tape.root, of: tape, path: path, at: nil, into: &writer)
        } catch {
            guard case .codes = VSSPaths.meaning(of: path.span) else { throw error }
            walk.draft.list = .snapshot
            walk.draft.listStatus = .active
            try TextCodes.append(payload, status: .active, to: &walk.draft, into: &writer)
        }
        try writer.finish(walk.draft, context)
    }

    // MARK: - Paths

    /// The members that say what an object is, found in one pass.
    private struct Members {
        var ts: Int?
        var timestamp: Int?
        var time: Int?
        var path: Int?
        var dp: Int?
        var value: Int?

        init(_ node: Int, of tape: borrowing JSONTape) {
            for child in tape.children(of: node) {
                // The first of several counts, and what begins with a capital is a branch.
                guard tape.mayBeSmall(child) else { continue }
                if ts == nil, tape.isNamed(child, "ts") { ts = child }
                if timestamp == nil, tape.isNamed(child, "timestamp") { timestamp = child }
                if time == nil, tape.isNamed(child, "time") { time = child }
                if path == nil, tape.isNamed(child, "path") { path = child }
                if dp == nil, tape.isNamed(child, "dp") { dp = child }
                if value == nil, tape.isNamed(child, "value") { value = child }
            }
        }
    }

    /// The walk through a message.
    private struct Walk {
        var draft: ReportDraft
        /// Whether any path was found.
        var isTaken = false
        /// The latest time of a value.
        var latest: EventTime?
        var vehicleOffset = 0

        init(draft: ReportDraft) { self.draft = draft }

        /// Looks at a value and, as deep as the limits allow, at what is inside.
        mutating func visit(
            _ node: Int, of tape: borrowing JSONTape, path: [UInt8], at time: EventTime?,
            into writer: inout ReportWriter
        ) {
            switch tape.kind(node) {
            case .object: object(node, of: tape, path: path, at: time, into: &writer)
            case .array where path.isEmpty:
                for child in tape.children(of: node) {
                    visit(child, of: tape, path: [], at: time, into: &writer)
                }
            default:
                guard !path.isEmpty else {
                    return writer.refuse(.wrongType, at: tape.place(of: node))
                }
                value(node, of: tape, path.span, at: time, into: &writer)
            }
        }

        private mutating func object(
            _ node: Int, of tape: borrowing JSONTape, path: [UInt8], at time: EventTime?,
            into writer: inout ReportWriter
        ) {
            let members = Members(node, of: tape)
            var time = time
            if let found = members.ts { time = VSSDecoder.time(found, of: tape) ?? time }
            if let found = members.timestamp { time = VSSDecoder.time(found, of: tape) ?? time }
            if let found = members.time { time = VSSDecoder.time(found, of: tape) ?? time }
            // A datapoint names its path, or stands under it in a tree.
            if let named = members.path, tape.kind(named) == .text {
                let path = normalized(tape.characters(named))
                if let inner = members.dp ?? members.value {
                    datapoint(inner, of: tape, path, at: time, into: &writer)
                }
                return
            }
            if !path.isEmpty, members.value != nil {
                return datapoint(node, of: tape, path, at: time, into: &writer)
            }
            for child in tape.children(of: node) {
                // Branches of the specification begin with a capital.
                if path.isEmpty, tape.mayBeSmall(child) {
                    let key = tape.name(child)
                    if key.first ?? 0 >= 0x61, Self.wrappers.contains(key) {
                        visit(child, of: tape, path: [], at: time, into: &writer)
                        continue
                    }
                    if key.first ?? 0 >= 0x61, Self.ignored.contains(key) { continue }
                }
                if path.isEmpty, tape.kind(child) != .object, tape.isPlainPath(child) {
                    // The usual flat path need not be copied.
                    let range = tape.nameRange(of: child)
                    value(
                        child, of: tape, tape.text.bytes.span.extracting(range), at: time,
                        into: &writer)
                    continue
                }
                let inner = normalized(tape.name(child))
                visit(
                    child, of: tape, path: path.isEmpty ? inner : path + [0x2E] + inner,
                    at: time, into: &writer)
            }
        }

        private static let wrappers = Set(
            ["data", "entry", "entries", "updates", "payload", "dp"].map { Array($0.utf8) })
        private static let ignored = Set(
            [
                "ts", "timestamp", "time", "topic", "action", "requestId", "subscriptionId",
                "authorization", "request", "t",
            ].map { Array($0.utf8) })

        /// Dots for slashes, without a slash at either end.
        private func normalized(_ path: [UInt8]) -> [UInt8] {
            guard path.contains(0x2F) || path.first == 0x2E || path.last == 0x2E else {
                return path
            }
            var path = path.map { $0 == 0x2F ? 0x2E : $0 }
            while path.first == 0x2E { path.removeFirst() }
            while path.last == 0x2E { path.removeLast() }
            return path
        }

        /// A value with its time: `{"value":…,"ts":…}`, a list of such, a Kuksa value that names its
        /// type, or the bare value.
        private mutating func datapoint(
            _ node: Int, of tape: borrowing JSONTape, _ path: [UInt8], at time: EventTime?,
            into writer: inout ReportWriter
        ) {
            if tape.kind(node) == .array {
                var last: Int?
                for child in tape.children(of: node) { last = child }
                if let last, tape.kind(last) == .object {
                    // The last one is the newest (VISS, clause 5.1.3).
                    return datapoint(last, of: tape, path, at: time, into: &writer)
                }
            }
            guard tape.kind(node) == .object else {
                return value(node, of: tape, path.span, at: time, into: &writer)
            }
            var time = time
            var inner: Int?
            for child in tape.children(of: node) {
                if tape.isNamed(child, "ts") || tape.isNamed(child, "timestamp") {
                    time = VSSDecoder.time(child, of: tape) ?? time
                } else if inner == nil {
                    inner = child
                }
            }
            guard let inner else { return writer.refuse(.wrongType, at: tape.place(of: node)) }
            if tape.kind(inner) == .object {
                datapoint(inner, of: tape, path, at: time, into: &writer)
            } else {
                value(inner, of: tape, path.span, at: time, into: &writer)
            }
        }

        /// A path and its value.
        private mutating func value(
            _ node: Int, of tape: borrowing JSONTape, _ path: Span<UInt8>, at time: EventTime?,
            into writer: inout ReportWriter
        ) {
            isTaken = true
            if let time, latest.map({ time > $0 }) ?? true { latest = time }
            switch VSSPaths.meaning(of: path) {
            case .codes: codes(node, of: tape, path, into: &writer)
            case .reading(let signal, let factor):
                reading(node, of: tape, path, signal, factor, into: &writer)
            case .freezeCode: note(node, of: tape, path, "freeze frame", &writer)
            case .vehicle:
                guard let read = tape.vehicle(node) else {
                    return writer.refuse(.vehicleMalformed, at: tape.place(of: node))
                }
                note(node, of: tape, path, "\(read.masked)", &writer)
                draft.vehicle = read
                vehicleOffset = tape.place(of: node)
            case nil:
                guard tape.kind(node) != .text, let number = tape.numberOrFlag(node) else {
                    writer.buffer.unknownFields += 1
                    return note(node, of: tape, path, "not kept", &writer)
                }
                note(node, of: tape, path, "\(OBDDecoder.shortText(number))", &writer)
                writer.append(name: path, number, at: tape.place(of: node), to: &draft)
            }
        }

        private mutating func reading(
            _ node: Int, of tape: borrowing JSONTape, _ path: Span<UInt8>,
            _ signal: KnownSignal, _ factor: Double, into writer: inout ReportWriter
        ) {
            guard tape.kind(node) != .null else { return }
            guard let number = VSSDecoder.number(node, of: tape) else {
                return writer.refuse(.wrongType, at: tape.place(of: node))
            }
            note(
                node, of: tape, path, "\(OBDDecoder.shortText(number * factor))", unit: signal.unit,
                trap: tape.kind(node) == .text ? .numberAsText : nil, &writer)
            writer.append(signal, number * factor, at: tape.place(of: node), to: &draft)
        }

        /// The list of active codes: texts in an array, or in one text.
        private mutating func codes(
            _ node: Int, of tape: borrowing JSONTape, _ path: Span<UInt8>,
            into writer: inout ReportWriter
        ) {
            if draft.list == .absent { draft.list = .snapshot }
            draft.listStatus = .active
            guard tape.kind(node) == .array else {
                return code(node, of: tape, into: &writer)
            }
            var isEmpty = true
            for item in tape.children(of: node) {
                isEmpty = false
                code(item, of: tape, into: &writer)
            }
            if isEmpty { note(node, of: tape, path, "none", trap: .noFault, &writer) }
        }

        private mutating func code(
            _ node: Int, of tape: borrowing JSONTape, into writer: inout ReportWriter
        ) {
            let place = tape.place(of: node)
            switch tape.kind(node) {
            case .null: return
            case .text:
                do throws(DecodingFailure) {
                    if tape.isPlain(node) {
                        let range = tape.range(of: node)
                        try TextCodes.append(
                            tape.text.bytes.span.extracting(range), base: place, status: .active,
                            to: &draft, into: &writer)
                    } else {
                        try TextCodes.append(
                            tape.characters(node).span, base: place, status: .active, to: &draft,
                            into: &writer)
                    }
                } catch {
                    draft.list = .delta
                    writer.refuse(error.reason, at: error.offset)
                }
            default:
                // A number counts codes, and a list with a gap is no snapshot.
                draft.list = .delta
                writer.refuse(.wrongType, at: place)
            }
        }

        private func note(
            _ node: Int, of tape: borrowing JSONTape, _ path: Span<UInt8>,
            _ meaning: @autoclosure () -> Saying, unit: String = "", trap: Trap? = nil,
            _ writer: inout ReportWriter
        ) {
            guard writer.trace != nil else { return }
            writer.trace?.note(
                path.text, at: tape.place(of: node), length: tape.range(of: node).count,
                raw: tape.raw(node), meaning(), unit: unit, trap: trap)
        }
    }

    /// The number that a number, a yes or no, or a text with one of them stands for.
    private static func number(_ node: Int, of tape: borrowing JSONTape) -> Double? {
        if tape.isText(node, "true") { return 1 }
        if tape.isText(node, "false") { return 0 }
        return tape.numberOrFlag(node) ?? tape.numberOrText(node)
    }

    /// The time that a text in RFC 3339 or a number since 1970 stands for, or `nil`.
    private static func time(_ node: Int, of tape: borrowing JSONTape) -> EventTime? {
        if tape.isPlain(node) {
            let range = tape.range(of: node)
            let whole = JSONText.Text(
                start: range.lowerBound, end: range.upperBound, isEscaped: false)
            return try? Timestamp().read(tape.text.bytes.span, whole)
        }
        guard let value = tape.number(node) else { return nil }
        // Seconds reach 1e11 in the year 5138, milliseconds did in 1973.
        return DeviceTime.checked(value < 1e11 ? value * 1000 : value)
    }
}

extension JSONTape {
    /// Whether a member's name can begin with a small letter.
    fileprivate func mayBeSmall(_ node: Int) -> Bool {
        let range = nameRange(of: node)
        return !hasPlainName(node) || !range.isEmpty && text.bytes[range.lowerBound] >= 0x61
    }

    /// Whether a member's name is a path as it is looked up: with dots, none of them at an end.
    fileprivate func isPlainPath(_ node: Int) -> Bool {
        let range = nameRange(of: node)
        guard hasPlainName(node), !range.isEmpty else { return false }
        let bytes = text.bytes.span
        for place in range where bytes[place] == 0x2F { return false }
        return bytes[range.lowerBound] != 0x2E && bytes[range.upperBound - 1] != 0x2E
    }
}
