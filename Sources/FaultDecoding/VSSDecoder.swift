import VehicleFaults

/// Reads paths of the vehicle signal specification from JSON in the shapes that brokers and VISS
/// servers publish: flat paths with dots or slashes, a tree, datapoints (`path`, `dp`, `value`,
/// `ts`), lists of those, and Kuksa's entries.
enum VSSDecoder {
    /// Appends one report.
    ///
    /// - Throws: what is wrong with the JSON, or `not_an_answer` when it holds no path.
    static func decode(
        _ payload: Span<UInt8>, _ context: DecodingContext, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var walk = Walk(tree: try JSONTree(payload, writer.limits), draft: writer.draft(context))
        walk.visit(0, path: [], at: nil, into: &writer)
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

    /// The members that say what an object is, found in one pass.
    private struct Members {
        var ts: Int?
        var timestamp: Int?
        var time: Int?
        var path: Int?
        var dp: Int?
        var value: Int?

        init(_ index: Int, of tree: JSONTree) {
            for child in tree.children(of: index) {
                // The first of several counts, and what begins with a capital is a branch.
                guard tree.mayBeSmall(child) else { continue }
                if ts == nil, tree.hasKey("ts", child) { ts = child }
                if timestamp == nil, tree.hasKey("timestamp", child) { timestamp = child }
                if time == nil, tree.hasKey("time", child) { time = child }
                if path == nil, tree.hasKey("path", child) { path = child }
                if dp == nil, tree.hasKey("dp", child) { dp = child }
                if value == nil, tree.hasKey("value", child) { value = child }
            }
        }
    }

    /// The walk through a message.
    private struct Walk {
        let tree: JSONTree
        var draft: ReportDraft
        /// Whether any path was found.
        var isTaken = false
        /// The latest time of a value.
        var latest: EventTime?
        var vehicleOffset = 0

        init(tree: JSONTree, draft: ReportDraft) {
            self.tree = tree
            self.draft = draft
        }

        /// Looks at a value and, as deep as the limits allow, at what is inside.
        mutating func visit(
            _ index: Int, path: [UInt8], at time: EventTime?, into writer: inout ReportWriter
        ) {
            switch tree.nodes[index].kind {
            case .object: object(index, path: path, at: time, into: &writer)
            case .array where path.isEmpty:
                for child in tree.children(of: index) {
                    visit(child, path: [], at: time, into: &writer)
                }
            default:
                guard !path.isEmpty else { return writer.refuse(.wrongType, at: start(index)) }
                value(index, path, at: time, into: &writer)
            }
        }

        private func start(_ index: Int) -> Int { tree.nodes[index].start }

        private mutating func object(
            _ index: Int, path: [UInt8], at time: EventTime?, into writer: inout ReportWriter
        ) {
            let members = Members(index, of: tree)
            var time = time
            for found in [members.ts, members.timestamp, members.time] {
                if let found { time = tree.time(found) ?? time }
            }
            // A datapoint names its path, or stands under it in a tree.
            if let named = members.path, tree.nodes[named].kind == .string {
                let path = normalized(tree.characters(named))
                if let inner = members.dp ?? members.value {
                    datapoint(inner, path, at: time, into: &writer)
                }
                return
            }
            if !path.isEmpty, members.value != nil {
                return datapoint(index, path, at: time, into: &writer)
            }
            for child in tree.children(of: index) {
                let key = tree.keyCharacters(child)
                // Branches of the specification begin with a capital.
                let isEnvelope = path.isEmpty && key.first ?? 0 >= 0x61
                if isEnvelope, Self.wrappers.contains(key) {
                    visit(child, path: [], at: time, into: &writer)
                } else if isEnvelope, Self.ignored.contains(key) {
                    continue
                } else {
                    let inner = normalized(key)
                    visit(
                        child, path: path.isEmpty ? inner : path + [0x2E] + inner, at: time,
                        into: &writer)
                }
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
            _ index: Int, _ path: [UInt8], at time: EventTime?, into writer: inout ReportWriter
        ) {
            if tree.nodes[index].kind == .array,
                let last = tree.children(of: index).suffix(1).first,
                tree.nodes[last].kind == .object
            {
                // The last one is the newest (VISS, clause 5.1.3).
                return datapoint(last, path, at: time, into: &writer)
            }
            guard tree.nodes[index].kind == .object else {
                return value(index, path, at: time, into: &writer)
            }
            var time = time
            var inner: Int?
            for child in tree.children(of: index) {
                if tree.hasKey("ts", child) || tree.hasKey("timestamp", child) {
                    time = tree.time(child) ?? time
                } else if inner == nil {
                    inner = child
                }
            }
            guard let inner else { return writer.refuse(.wrongType, at: start(index)) }
            if tree.nodes[inner].kind == .object {
                datapoint(inner, path, at: time, into: &writer)
            } else {
                value(inner, path, at: time, into: &writer)
            }
        }

        /// A path and its value.
        private mutating func value(
            _ index: Int, _ path: [UInt8], at time: EventTime?, into writer: inout ReportWriter
        ) {
            isTaken = true
            if let time, latest.map({ time > $0 }) ?? true { latest = time }
            switch VSSPaths.meaning(of: path) {
            case .codes: codes(index, path, into: &writer)
            case .reading(let signal, let factor):
                reading(index, path, signal, factor, into: &writer)
            case .freezeCode: note(index, path, "freeze frame", &writer)
            case .vehicle:
                guard let read = VehicleID(tree.characters(index).span) else {
                    return writer.refuse(.vehicleMalformed, at: start(index))
                }
                note(index, path, read.masked, &writer)
                draft.vehicle = read
                vehicleOffset = start(index)
            case nil:
                guard tree.nodes[index].kind != .string, let number = tree.number(index) else {
                    writer.buffer.unknownFields += 1
                    return note(index, path, "not kept", &writer)
                }
                note(index, path, OBDDecoder.shortText(number), &writer)
                writer.append(name: path.span, number, at: start(index), to: &draft)
            }
        }

        private mutating func reading(
            _ index: Int, _ path: [UInt8], _ signal: KnownSignal, _ factor: Double,
            into writer: inout ReportWriter
        ) {
            guard tree.nodes[index].kind != .null else { return }
            guard let number = tree.number(index) else {
                return writer.refuse(.wrongType, at: start(index))
            }
            note(
                index, path, OBDDecoder.shortText(number * factor), unit: signal.unit,
                trap: tree.nodes[index].kind == .string ? .numberAsText : nil, &writer)
            writer.append(signal, number * factor, at: start(index), to: &draft)
        }

        /// The list of active codes: texts in an array, or in one text.
        private mutating func codes(
            _ index: Int, _ path: [UInt8], into writer: inout ReportWriter
        ) {
            let isList = tree.nodes[index].kind == .array
            if draft.list == .absent { draft.list = .snapshot }
            draft.listStatus = .active
            if isList, tree.nodes[index].next == index + 1 {
                note(index, path, "none", trap: .noFault, &writer)
            }
            let items = isList ? tree.children(of: index) : tree.only(index)
            let text = tree.text
            for item in items where tree.nodes[item].kind != .null {
                guard tree.nodes[item].kind == .string else {
                    // A number counts codes, and a list with a gap is no snapshot.
                    draft.list = .delta
                    writer.refuse(.wrongType, at: start(item))
                    continue
                }
                do throws(DecodingFailure) {
                    if tree.nodes[item].isEscaped {
                        try TextCodes.append(
                            tree.characters(item).span, base: start(item), status: .active,
                            to: &draft, into: &writer)
                    } else {
                        let characters = start(item)..<tree.nodes[item].end
                        try TextCodes.append(
                            text.bytes.span.extracting(characters), base: start(item),
                            status: .active,
                            to: &draft, into: &writer)
                    }
                } catch {
                    draft.list = .delta
                    writer.refuse(error.reason, at: error.offset)
                }
            }
        }

        private func note(
            _ index: Int, _ path: [UInt8], _ meaning: @autoclosure () -> String,
            unit: String = "", trap: Trap? = nil, _ writer: inout ReportWriter
        ) {
            guard writer.trace != nil else { return }
            let node = tree.nodes[index]
            writer.trace?.note(
                String(decoding: path, as: UTF8.self), at: node.start,
                length: node.end - node.start,
                raw: String(decoding: tree.characters(index).prefix(64), as: UTF8.self),
                meaning(), unit: unit, trap: trap)
        }
    }
}
