import VehicleFaults

/// The names that births of Sparkplug B gave numbers for, by edge node.
///
/// They are the one thing that is kept between messages, because a node names its metrics once and
/// afterwards sends numbers only. A new birth of the node ends what its earlier ones said. Memory is
/// bounded: a node keeps at most ``mostAliases``, and of more than ``mostNodes`` those born longest ago
/// are forgotten, whose metrics are then refused until they are born again.
public struct SparkplugAliases: Sendable, Equatable {
    /// Most edge nodes, and most numbers of one.
    public static let mostNodes = 10_000
    public static let mostAliases = 4_096
    /// The longest name that is kept, in bytes.
    static let longestName = 128

    private struct Node: Sendable, Equatable {
        var names: [UInt64: [UInt8]] = [:]
        /// Counts births, so that the oldest is found.
        var born: UInt64
    }

    /// By group and node, as they stand in the topic.
    private var nodes: [[UInt8]: Node] = [:]
    private var births: UInt64 = 0

    /// No names.
    public init() {}

    /// Whether nothing is known.
    public var isEmpty: Bool { nodes.isEmpty }

    /// The edge node that a topic is of, `group/node`; `nil` when the topic is none of Sparkplug's.
    static func node(of topic: Span<UInt8>) -> [UInt8]? {
        guard TopicLevels.isLevel(0, "spBv1.0", of: topic),
            let group = TopicLevels.range(1, of: topic), let node = TopicLevels.range(3, of: topic)
        else { return nil }
        return (group.map { topic[$0] }) + [0x2F] + node.map { topic[$0] }
    }

    /// The name that a number stands for.
    func name(of alias: UInt64, node: [UInt8]) -> [UInt8]? { nodes[node]?.names[alias] }

    /// Takes the names of a birth over; any other message is passed by.
    ///
    /// - Returns: the node and its names for keeping, when they are others than before, and the nodes
    ///   that were forgotten.
    public mutating func learn(topic: Span<UInt8>, payload: Span<UInt8>) -> [Change] {
        let isNode = TopicLevels.isLevel(2, "NBIRTH", of: topic)
        guard isNode || TopicLevels.isLevel(2, "DBIRTH", of: topic),
            let key = Self.node(of: topic), let found = Self.names(in: payload)
        else { return [] }
        var names = isNode ? [:] : nodes[key]?.names ?? [:]
        for (alias, name) in found
        where names.count < Self.mostAliases || names[alias] != nil { names[alias] = name }
        guard nodes[key].map({ $0.names != names }) ?? !names.isEmpty else { return [] }
        births += 1
        nodes[key] = Node(names: names, born: births)
        var changes = [change(of: key)]
        if nodes.count > Self.mostNodes,
            let oldest = nodes.min(by: { $0.value.born < $1.value.born })
        {
            nodes[oldest.key] = nil
            changes.append(Change(node: Self.text(oldest.key), names: ""))
        }
        return changes
    }

    private static func names(in payload: Span<UInt8>) -> [(UInt64, [UInt8])]? {
        var result: [(UInt64, [UInt8])] = []
        var reader = ProtobufReader(0..<payload.count)
        do throws(DecodingFailure) {
            while let field = try reader.next(in: payload) {
                guard field.number == 2, case .bytes(let range) = field.content else { continue }
                guard result.count < mostAliases else { return result }
                var metric = ProtobufReader(range)
                var name: Range<Int>?
                var alias: UInt64?
                while let part = try metric.next(in: payload) {
                    switch (part.number, part.content) {
                    case (1, .bytes(let range)): name = range
                    case (2, .number(let number)): alias = number
                    default: break
                    }
                }
                guard let name, let alias, (1...longestName).contains(name.count) else { continue }
                result.append((alias, name.map { payload[$0] }))
            }
        } catch { return nil }  // The envelope says what is wrong with it.
        return result
    }

    // MARK: - Keeping

    /// What is to be kept of an edge node.
    public struct Change: Sendable, Equatable {
        public var node: String
        /// Empty for a node that was forgotten.
        public var names: String

        /// What was kept.
        public init(node: String, names: String) {
            self.node = node
            self.names = names
        }
    }

    /// Hex digits, since topics and names may hold anything.
    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { FaultCode.hexText($0, digits: 2).utf8 }, as: UTF8.self)
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count % 2 == 0 else { return nil }
        var result: [UInt8] = []
        var high: UInt8?
        for byte in text.utf8 {
            guard let digit = HexDigit.value(byte) else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return result
    }

    private func change(of key: [UInt8]) -> Change {
        let node = nodes[key]
        let names = (node?.names ?? [:]).sorted { $0.key < $1.key }
        return Change(
            node: Self.text(key),
            names: "\(node?.born ?? 0)" + names.map { " \($0.key)=\(Self.text($0.value))" }.joined()
        )
    }

    /// Takes back what was kept; what makes no sense is left out.
    public mutating func restore(_ change: Change) {
        let words = change.names.split(separator: " ")
        guard let key = Self.bytes(change.node[...]), let first = words.first,
            let born = UInt64(first)
        else { return }
        var node = Node(born: born)
        for word in words.dropFirst().prefix(Self.mostAliases) {
            let parts = word.split(separator: "=")
            guard parts.count == 2, let alias = UInt64(parts[0]), let name = Self.bytes(parts[1])
            else { continue }
            node.names[alias] = name
        }
        births = max(births, born)
        nodes[key] = node
    }
}
