import FaultDecoding
import Testing
import VehicleFaults

struct EnvelopeTests {
    /// Formats whose messages do not say which vehicle they are about.
    static func template(_ format: String) -> String {
        format.hasPrefix("autopi") || format == "fleetwise+uds" || format == "openxc"
            ? "{vehicle}" : "#"
    }

    @Test("a path is read where the topic says it", arguments: EnvelopeRows.paths)
    func readsPaths(row: EnvelopeRow) throws {
        let outcome = try EnvelopeOutcome(
            row.format, topic: row.topic, row.payload, template: "{vehicle}/#")
        #expect(outcome.failure == nil)
        #expect(outcome.lines == row.reports)
        #expect(outcome.refused == row.refused)
    }

    @Test(
        "reads what devices send",
        arguments: EnvelopeRows.every)
    func reads(row: EnvelopeRow) throws {
        var outcome = try EnvelopeOutcome(row.format, topic: row.topic, row.payload)
        if outcome.failure?.reason == .noVehicle {
            outcome = try EnvelopeOutcome(
                row.format, topic: "car/" + row.topic, row.payload, template: "{vehicle}/#")
        }
        #expect(outcome.failure == nil)
        #expect(outcome.lines == row.reports)
        #expect(outcome.refused == row.refused)
        let traps = outcome.trace.fields.compactMap(\.trap)
        for trap in row.traps { #expect(traps.contains(trap), "\(trap) of \(traps)") }
    }

    @Test(
        "a trace costs nothing but itself",
        arguments: EnvelopeRows.every)
    func traceChangesNothing(row: EnvelopeRow) throws {
        let format = try #require(PayloadFormat(rawValue: row.format))
        var decoder = MessageDecoder(
            subscriptions: [
                Subscription(
                    template: try TopicTemplate("{vehicle}/#"), format: format, list: .delta)
            ], names: SignalNames(learns: true))
        let topic = Array("car/\(row.topic)".utf8)
        var plain = ReportBuffer()
        var traced = ReportBuffer()
        var trace = FieldTrace()
        try decoder.decode(topic: topic.span, payload: row.payload.span, into: &plain)
        try decoder.decode(
            topic: topic.span, payload: row.payload.span, into: &traced, noting: &trace)
        #expect(plain.everything == traced.everything)
        #expect(
            plain.reports.allSatisfy {
                $0.vehicle.description == "CAR" || row.format == "inhand" || row.format == "senml"
            })
        for field in trace.fields {
            #expect(
                field.offset >= 0 && field.offset + field.length <= row.payload.count, "\(field)")
        }
    }

    static let failures:
        [(name: String, format: String, topic: String, payload: [UInt8], failure: String)] = [
            (
                "the documentation's own example, with an end that is no JSON", "wican",
                "wican/a/can/rx", Array(#"{"bus":0,"ts":1,"frame":[]};"#.utf8), "not_json@27"
            ),
            ("another topic", "ovms", "ovms/joe/TEST1/other", [0x31], "topic_unexpected@0"),
            (
                "an error without a number", "ovms", "ovms/joe/TEST1/notify/error/x",
                Array("RT".utf8), "code_malformed@0"
            ),
            ("a list is no object", "traccar", "t", Array("[]".utf8), "shape_unknown@0"),
            ("neither position nor event", "traccar", "t", Array("{}".utf8), "shape_unknown@0"),
            (
                "nobody is named", "traccar", "t", Array(#"{"position":{"attributes":{}}}"#.utf8),
                "no_vehicle@0"
            ),
            (
                "a sum that does not fit", "teltonika-8e", "356307042441013/data",
                Array(Built.codec8E([Built.record8E(1_772_431_805_120, [])]).dropLast()) + [1],
                "checksum_wrong@49"
            ),
            (
                "a record that is cut", "teltonika-8e", "356307042441013/data",
                Array(Built.codec8E([Built.record8E(1, [])]).dropLast(9)), "truncated@44"
            ),
            (
                "a count that is too high", "teltonika-8e", "356307042441013/data",
                Built.codec8E([Array(Built.record8E(1, []).dropLast(6))]), "truncated@42"
            ),
            (
                "another codec", "teltonika-8e", "356307042441013/data",
                Built.codec8E([], codec: 0x10), "version_unsupported@8"
            ),
            ("half a byte of hex", "teltonika-8e", "x", Array("000".utf8), "odd_length@2"),
            ("no state", "teltonika-json", "x", Array(#"{"reported":{}}"#.utf8), "shape_unknown@0"),
            ("a number", "flespi", "f", Array("7".utf8), "shape_unknown@0"),
            (
                "a message of another format", "inhand", "v1/V/obd/info", Array(#"{"a":1}"#.utf8),
                "shape_unknown@0"
            ),
            ("a wrong sum", "freematics", "x", Array("A#105:9*00".utf8), "checksum_wrong@8"),
            ("no feed", "freematics", "x", Array("105:9".utf8), "shape_unknown@0"),
            ("no device", "senquip", "x", Array(#"{"vin":28.05}"#.utf8), "shape_unknown@0"),
            (
                "old data without its time would pass for news", "gbt32960-emqx", "g",
                Array(#"{"Cmd":3,"Vin":"X","Data":{"Infos":[]}}"#.utf8), "time_malformed@26"
            ),
            ("no command", "gbt32960-emqx", "g", Array(#"{"Vin":"X"}"#.utf8), "shape_unknown@0"),
            ("no header", "jt808-emqx", "j", Array(#"{"body":{}}"#.utf8), "shape_unknown@0"),
            (
                "a transparent message that is cut", "jt808-emqx", "j",
                Array(
                    #"{"header":{"msg_id":2304,"phone":"1"},"body":{"type":240,"data":"JgMC"}}"#
                        .utf8), "truncated@69"
            ),
            ("a protobuf's beginning", "fleetwise", "f", [0x0A, 0x01, 0x41], "not_json@1"),
            (
                "version 2", "cloudevents", "c",
                Array(#"{"specversion":"2.0","id":"1","source":"a"}"#.utf8),
                "version_unsupported@16"
            ),
            (
                "a native message inside that breaks", "cloudevents", "c",
                Array(#"{"specversion":"1.0","id":"1","source":"a","data":{"ts":"x"}}"#.utf8),
                "time_malformed@57"
            ),
            (
                "a member that must be understood", "senml", "s",
                Array(#"[{"n":"a/b","v":1,"x_":2}]"#.utf8), "version_unsupported@19"
            ),
            ("an object", "senml", "s", Array("{}".utf8), "shape_unknown@0"),
            (
                "a field that reaches past the end", "sparkplug-b", "spBv1.0/g/NDATA/n",
                [0x12, 0x05, 0x01], "truncated@3"
            ),
            (
                "a wire type that is gone", "sparkplug-b", "spBv1.0/g/NDATA/n", [0x0B],
                "shape_unknown@0"
            ),
        ]

    @Test("refuses what is no message of the format", arguments: failures)
    func refuses(name: String, format: String, topic: String, payload: [UInt8], failure: String)
        throws
    {
        let outcome = try EnvelopeOutcome(format, topic: topic, payload)
        #expect(outcome.failure.map { "\($0.reason.rawValue)@\($0.offset)" } == failure)
        #expect(outcome.buffer.reports.isEmpty)
    }

    @Test("the topic's template names the vehicle before the payload does") func templateWins()
        throws
    {
        let outcome = try EnvelopeOutcome(
            "flespi", topic: "fleet/van-3", Array(#"{"ident":"1","can.engine.rpm":9}"#.utf8),
            template: "fleet/{vehicle}")
        #expect(outcome.lines == ["VAN-3 rpm=9"])
    }

    @Test("signals that no rule speaks of are counted and not kept") func unknownSignals() throws {
        let outcome = try EnvelopeOutcome(
            "flespi", topic: "f",
            Array(#"{"ident":"1","can.engine.rpm":9,"position.speed":3}"#.utf8),
            names: SignalNames(["coolant_c"]))
        #expect(outcome.lines == ["1"])
        #expect(outcome.buffer.unknownFields == 2)
    }

    @Test("a trace shows numbers as they were sent, and what they mean without a tail")
    func asSent()
        throws
    {
        let outcome = try EnvelopeOutcome(
            "wican", topic: "wican/a/can/rx",
            Array(#"{"coolant_temp":-40,"rpm":812.50,"x":7}"#.utf8))
        #expect(
            outcome.trace.fields.map { "\($0.raw) \($0.meaning)" }
                == ["-40 no data", "812.50 rpm 812.5", "7 7"])
    }

    @Test("every message of CloudEvents is known by source and id") func eventKey() throws {
        func digest(_ id: String, _ rpm: Int) throws -> UInt64? {
            let text =
                #"{"specversion":"1.0","id":"\#(id)","source":"a","data":{"signals":{"rpm":\#(rpm)}}}"#
            return try EnvelopeOutcome("cloudevents", topic: "c", Array(text.utf8)).buffer.reports
                .first?.digest
        }
        #expect(try digest("1", 5) == digest("1", 6))
        #expect(try digest("1", 5) != digest("2", 5))
    }

    @Test("a device that is known stands for its vehicle, another for itself") func sources() throws
    {
        var sources = SourceRegistry()
        try sources.add(#require(VehicleID("605630")), to: #require(VehicleID("1M8GDM9AXKP042788")))
        var decoder = MessageDecoder(
            subscriptions: [
                Subscription(template: try TopicTemplate("#"), format: PayloadFormat(.flespi))
            ], sources: sources)
        var buffer = ReportBuffer()
        let text = #"[{"ident":"605630"},{"ident":"605631"}]"#
        try decoder.decode(
            topic: Array("f".utf8).span, payload: Array(text.utf8).span, into: &buffer)
        #expect(
            buffer.reports.map { "\($0.vehicle)" } == ["1M8GDM9AXKP042788", "605631"])
    }
}
