import VehicleFaults

/// Which topics a subscription hears, and which of their levels name the vehicle and the unit.
///
/// Written as an MQTT filter in which `{vehicle}` and `{ecu}` may stand for `+`, as in
/// `v1/{vehicle}/ev`, `fleet/+/obd` or `v1/#`.
public struct TopicTemplate: Sendable, Equatable {
    /// The template as it was written.
    public let text: String
    /// The filter to subscribe to: each capture is a `+`.
    public let filter: String

    private enum Level: Sendable, Equatable {
        case named(Range<Int>)
        case any
        case vehicle
        case ecu
        case rest
    }
    private let levels: ContiguousArray<Level>
    private let bytes: ContiguousArray<UInt8>

    /// Where a topic that matched names the vehicle and the control unit.
    public struct Match: Equatable, Sendable {
        /// The bytes of the topic that name the vehicle, or `nil` when the template has none.
        public var vehicle: Range<Int>?
        /// The bytes of the topic that name the control unit, or `nil`.
        public var ecu: Range<Int>?
    }

    /// Why a text is no template, and where.
    public struct Malformed: Error, Equatable {
        /// What is wrong.
        public var reason: Reason
        /// Bytes before the level that is wrong.
        public var offset: Int

        /// Names a cause and its place.
        public init(reason: Reason, offset: Int) {
            self.reason = reason
            self.offset = offset
        }

        /// The causes; the raw value is the name shown to people.
        public enum Reason: String, Sendable {
            /// A level without a name; also the empty text.
            case emptyLevel = "empty_level"
            /// `#` before the last level.
            case restNotLast = "rest_not_last"
            /// `+`, `#`, `{` or `}` beside other characters of a level.
            case mixedLevel = "mixed_level"
            /// A capture other than `{vehicle}` and `{ecu}`, which is most likely a misspelling.
            case unknownCapture = "unknown_capture"
            /// A capture that stands twice.
            case duplicateCapture = "duplicate_capture"
            /// A control character, or more than the 65,535 bytes that MQTT allows.
            case notATopic = "not_a_topic"
        }
    }

    /// Reads a template.
    public init(_ text: String) throws(Malformed) {
        let bytes = ContiguousArray(text.utf8)
        guard bytes.count <= 65_535 else { throw Malformed(reason: .notATopic, offset: 65_535) }
        if let place = bytes.firstIndex(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw Malformed(reason: .notATopic, offset: place)
        }
        var levels: ContiguousArray<Level> = []
        var filter: [String] = []
        var start = 0
        while true {
            let end = bytes[start...].firstIndex(of: 0x2F) ?? bytes.count
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            guard levels.last != .rest else {
                throw Malformed(reason: .restNotLast, offset: start - 2)
            }
            let level: Level
            switch name {
            case "": throw Malformed(reason: .emptyLevel, offset: start)
            case "+": level = .any
            case "#": level = .rest
            case "{vehicle}": level = .vehicle
            case "{ecu}": level = .ecu
            default:
                if name.first == "{", name.last == "}", !name.dropFirst().dropLast().contains("{") {
                    throw Malformed(reason: .unknownCapture, offset: start)
                }
                guard !name.contains(where: { "+#{}".contains($0) }) else {
                    throw Malformed(reason: .mixedLevel, offset: start)
                }
                level = .named(start..<end)
            }
            guard level != .vehicle && level != .ecu || !levels.contains(level) else {
                throw Malformed(reason: .duplicateCapture, offset: start)
            }
            filter.append(level == .vehicle || level == .ecu ? "+" : name)
            levels.append(level)
            if end == bytes.count { break }
            start = end + 1
        }
        self.text = text
        self.filter = filter.joined(separator: "/")
        self.levels = levels
        self.bytes = bytes
    }

    /// Whether a topic matches, and what it names.
    ///
    /// The rules are those of MQTT 3.1.1, section 4.7: `#` also matches its parent, and a topic
    /// that starts with `$` is not matched by a wildcard at the start. Allocates nothing.
    ///
    /// - Returns: `nil` when it does not match.
    public func match(_ topic: Span<UInt8>) -> Match? {
        var match = Match()
        guard !topic.isEmpty else { return nil }
        if topic[0] == 0x24, case .named = levels[0] {} else if topic[0] == 0x24 { return nil }
        var start = 0
        for index in levels.indices {
            let level = levels[index]
            if level == .rest { return match }
            // Past the last level only `#` would have matched.
            guard start <= topic.count else { return nil }
            if case .named(let range) = level {
                guard start &+ range.count <= topic.count else { return nil }
                for place in range.indices
                where bytes[place] != topic[start &+ place &- range.lowerBound] { return nil }
                start &+= range.count
                guard start == topic.count || topic[start] == 0x2F else { return nil }
            } else {
                let end = Self.endOfLevel(topic, from: start)
                if level == .vehicle { match.vehicle = start..<end }
                if level == .ecu { match.ecu = start..<end }
                start = end
            }
            start &+= 1
        }
        return start == topic.count &+ 1 ? match : nil
    }

    private static func endOfLevel(_ topic: Span<UInt8>, from start: Int) -> Int {
        var place = start
        while true {
            let word = topic.word(at: place) ^ (ByteWord.ones &* 0x2F)
            let found = (word &- ByteWord.ones) & ~word & ByteWord.tops
            if found != 0 {
                return min(place &+ found.trailingZeroBitCount &>> 3, topic.count)
            }
            place &+= 8
            if place >= topic.count { return topic.count }
        }
    }
}
