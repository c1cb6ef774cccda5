import FaultDecoding
import Testing
import VehicleFaults

@Suite("topic templates") struct TopicTemplateTests {
    static let matches:
        [(template: String, topic: String, filter: String, vehicle: String?, ecu: String?)] = [
            ("v1/{vehicle}/ev", "v1/VAN7/ev", "v1/+/ev", "VAN7", nil),
            ("v1/{vehicle}/ev", "v1//ev", "v1/+/ev", "", nil),
            ("fleet/+/obd", "fleet/a b/obd", "fleet/+/obd", nil, nil),
            ("v1/#", "v1/a/b/c", "v1/#", nil, nil),
            ("v1/#", "v1", "v1/#", nil, nil),
            ("v1/#", "v1/", "v1/#", nil, nil),
            ("#", "anything/at/all", "#", nil, nil),
            ("+", "one", "+", nil, nil),
            ("+/+", "/", "+/+", nil, nil),
            ("{vehicle}/{ecu}/dtc", "VAN7/7E8/dtc", "+/+/dtc", "VAN7", "7E8"),
            (
                "x/{ecu}/{vehicle}", "x/7E8/VAN-000000000000000007", "x/+/+",
                "VAN-000000000000000007", "7E8"
            ),
            ("{vehicle}/#", "VAN7/x/y", "+/#", "VAN7", nil),
            ("a/{vehicle}", "a/12345678/", "a/+", "?", nil),
            ("$SYS/#", "$SYS/uptime", "$SYS/#", nil, nil),
            ("öl/{vehicle}", "öl/7", "öl/+", "7", nil),
        ]
    @Test("a topic matches as MQTT says, and names what it should", arguments: matches)
    func match(template: String, topic: String, filter: String, vehicle: String?, ecu: String?)
        throws
    {
        let read = try TopicTemplate(template)
        #expect(read.text == template)
        #expect(read.filter == filter)
        let bytes = Array(topic.utf8)
        let match = read.match(bytes.span)
        func text(_ range: Range<Int>?) -> String? {
            range.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        if vehicle == "?" {
            #expect(match == nil)
        } else {
            #expect(match != nil)
            #expect(text(match?.vehicle) == vehicle)
            #expect(text(match?.ecu) == ecu)
        }
    }

    static let others: [(template: String, topic: String)] = [
        ("v1/{vehicle}/ev", "v1/VAN7"), ("v1/{vehicle}/ev", "v1/VAN7/"),
        ("v1/{vehicle}/ev", "v1/VAN7/ev/x"), ("v1/{vehicle}/ev", "v1/VAN7/eve"),
        ("v1/{vehicle}/ev", "v1/VAN7/e"), ("v1/{vehicle}/ev", "v11/VAN7/ev"),
        ("v1/{vehicle}/ev", "/v1/VAN7/ev"), ("v1/#", "v11"), ("v1/#", "v"), ("v1/#", ""),
        ("+", "a/b"), ("+", "/a"), ("+", ""), ("#", ""), ("+/#", "$SYS/uptime"),
        ("#", "$SYS/uptime"), ("{vehicle}", "$SYS"), ("v1", "v1/"), ("a/+", "a"),
    ]
    @Test("another topic does not", arguments: others)
    func noMatch(template: String, topic: String) throws {
        let bytes = Array(topic.utf8)
        #expect(try TopicTemplate(template).match(bytes.span) == nil)
    }

    static let malformed: [(text: String, reason: TopicTemplate.Malformed.Reason, offset: Int)] = [
        ("", .emptyLevel, 0), ("/v1", .emptyLevel, 0), ("v1//ev", .emptyLevel, 3),
        ("v1/", .emptyLevel, 3), ("v1/#/ev", .restNotLast, 3), ("v1/ev#", .mixedLevel, 3),
        ("v1/+ev", .mixedLevel, 3), ("v1/x{vehicle}", .mixedLevel, 3),
        ("v1/{vehicle", .mixedLevel, 3),
        ("{vehcile}/ev", .unknownCapture, 0), ("v1/{}", .unknownCapture, 3),
        ("{vehicle}/{vehicle}", .duplicateCapture, 10), ("a\u{0}b", .notATopic, 1),
        (String(repeating: "a", count: 65_536), .notATopic, 65_535),
    ]
    @Test("a malformed template says where", arguments: malformed)
    func saysWhere(text: String, reason: TopicTemplate.Malformed.Reason, offset: Int) {
        #expect(throws: TopicTemplate.Malformed(reason: reason, offset: offset)) {
            try TopicTemplate(text)
        }
    }

    @Test("matching agrees with a plain reading of the rules") func agrees() throws {
        /// The rules of MQTT 3.1.1, section 4.7, level by level.
        func plain(_ filter: [Substring], _ topic: [Substring]) -> Bool {
            guard let first = filter.first else { return topic.isEmpty }
            if first == "#" { return true }
            guard let name = topic.first, first == "+" || first == name else { return false }
            return plain(Array(filter.dropFirst()), Array(topic.dropFirst()))
        }
        for seed in UInt64(0)..<20_000 {
            var random = SeededRandom(seed)
            var levels = (0..<1 + random.below(4)).map { _ in
                random.one(of: ["+", "a", "bb", "ccccccccc"])
            }
            if random.happens(0.3) { levels.append("#") }
            let filter = levels.joined(separator: "/")
            let topic = (0..<1 + random.below(5)).map { _ in
                random.one(of: ["a", "bb", "ccccccccc", ""])
            }.joined(separator: "/")
            guard !topic.isEmpty else { continue }
            let bytes = Array(topic.utf8)
            let expected = plain(
                filter.split(separator: "/", omittingEmptySubsequences: false),
                topic.split(separator: "/", omittingEmptySubsequences: false))
            #expect(
                (try TopicTemplate(filter).match(bytes.span) != nil) == expected,
                "seed \(seed): \(filter) and \(topic)")
        }
    }
}
