import VehicleFaults

/// The levels of a topic, for envelopes whose topics name the device themselves.
enum TopicLevels {
    /// Where a level stands, counted from 0; `nil` when there are not so many.
    static func range(_ index: Int, of topic: Span<UInt8>) -> Range<Int>? {
        guard !topic.isEmpty else { return nil }
        var start = 0
        var left = index
        while true {
            var end = start
            while end < topic.count, topic[end] != 0x2F { end += 1 }
            if left == 0 { return start..<end }
            guard end < topic.count else { return nil }
            left -= 1
            start = end + 1
        }
    }

    /// The number of the first level that is `name`, or `nil`.
    static func index(of name: StaticString, in topic: Span<UInt8>) -> Int? {
        var index = 0
        while let range = range(index, of: topic) {
            if isWord(name, topic, range) { return index }
            index += 1
        }
        return nil
    }

    /// Whether a level is `name`.
    static func isLevel(_ index: Int, _ name: StaticString, of topic: Span<UInt8>) -> Bool {
        range(index, of: topic).map { isWord(name, topic, $0) } ?? false
    }

    /// The last level.
    static func last(of topic: Span<UInt8>) -> Range<Int> {
        var start = topic.count
        while start > 0, topic[start - 1] != 0x2F { start -= 1 }
        return start..<topic.count
    }

    /// Whether some bytes are `name`.
    static func isWord(_ name: StaticString, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        for index in range.indices {
            guard unsafe text[index] == name.utf8Start[index - range.lowerBound] else {
                return false
            }
        }
        return true
    }

    /// The vehicle that a level names, where neither the configuration nor the payload does.
    static func vehicle(_ index: Int, of topic: Span<UInt8>) -> VehicleID? {
        range(index, of: topic).flatMap { VehicleID(topic.extracting($0)) }
    }

    /// The level that is a mobile device's identity: 14 to 17 digits (3GPP TS 23.003).
    static func equipment(in topic: Span<UInt8>) -> VehicleID? {
        var index = 0
        while let range = range(index, of: topic) {
            index += 1
            guard (14...17).contains(range.count) else { continue }
            var isNumber = true
            for place in range where topic[place] &- 0x30 > 9 { isNumber = false }
            if isNumber { return VehicleID(topic.extracting(range)) }
        }
        return nil
    }
}
