import FaultDecoding
import Testing
import VehicleFaults

@Suite("subscriptions") struct MessageDecoderTests {
    private func decoder() throws -> MessageDecoder {
        MessageDecoder(
            subscriptions: [
                Subscription(
                    template: try TopicTemplate("v1/{vehicle}/ev"), format: .native, list: .delta),
                Subscription(
                    template: try TopicTemplate("obd/{vehicle}/{ecu}"), format: .obd),
                Subscription(template: try TopicTemplate("obd/{vehicle}"), format: .obd),
                Subscription(template: try TopicTemplate("lost/obd"), format: .obd),
                Subscription(template: try TopicTemplate("gateway/{ecu}"), format: .native),
                Subscription(
                    template: try TopicTemplate("v1/#"), format: .native, list: .snapshot),
            ], names: SignalNames(signalNames))
    }

    private func read(_ topic: String, _ payload: String) throws -> ReportBuffer {
        var decoder = try decoder()
        var buffer = ReportBuffer()
        let topic = Array(topic.utf8)
        let payload = Array(payload.utf8)
        try decoder.decode(topic: topic.span, payload: payload.span, into: &buffer)
        return buffer
    }

    @Test("the topic names the vehicle of a message that does not") func vehicleFromTopic() throws {
        #expect(try read("v1/van7/ev", "{}").reports[0].vehicle == VehicleID("VAN7"))
        #expect(try read("v1/van7/ev", #"{"vin":"Van7"}"#).reports[0].vehicle == VehicleID("VAN7"))
        #expect(try read("obd/van7", "43 00").reports[0].vehicle == VehicleID("VAN7"))
    }

    @Test("the first subscription that matches says what a list means") func listMeaning() throws {
        #expect(try read("v1/A/ev", #"{"dtcs":[]}"#).reports[0].list == .delta)
        #expect(try read("v1/A/ev", #"{"dtcs":[],"complete":true}"#).reports[0].list == .snapshot)
        #expect(try read("v1/A/ev", "{}").reports[0].list == .absent)
        #expect(try read("v1/x", #"{"vin":"A","dtcs":[]}"#).reports[0].list == .snapshot)
        #expect(try read("gateway/x", #"{"vin":"A","dtcs":[]}"#).reports[0].list == .unstated)
    }

    @Test("the topic names the unit of a list that does not") func unitFromTopic() throws {
        let named = try read("gateway/7E0", #"{"vin":"A","dtcs":["P0301"]}"#)
        #expect(named.reports[0].ecu == ShortText("7E0"))
        #expect(named.sightings[0].ecu == ShortText("7E0"))
        let own = try read("gateway/7E0", #"{"vin":"A","dtcs":["P0301"],"ecu":"X"}"#)
        #expect(own.reports[0].ecu == ShortText("X"))
        #expect(try read("obd/A/7E0", "43 00").reports[0].ecu == ShortText("7E0"))
        #expect(try read("obd/A/7E0", "7E8 02 43 00").reports[0].ecu == ShortText("7E8"))
    }

    static let failures:
        [(topic: String, payload: String, reason: DecodingFailure.Reason, offset: Int)] = [
            ("v2/A/ev", "{}", .topicUnexpected, 0),
            ("", "{}", .topicUnexpected, 0),
            ("v1//ev", "{}", .topicUnexpected, 0),
            ("v1/van 7/ev", "{}", .topicUnexpected, 0),
            ("obd/A/12345678901234567", "43 00", .topicUnexpected, 0),
            ("v1/A/ev", #"{"seq":1,"vin":"B"}"#, .vehicleMismatch, 16),
            ("v1/x", "{}", .noVehicle, 1),
            ("lost/obd", "43 00", .noVehicle, 0),
        ]
    @Test("a message under the wrong topic is refused", arguments: failures)
    func failure(topic: String, payload: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(throws: DecodingFailure(reason: reason, offset: offset)) {
            try read(topic, payload)
        }
    }

    @Test("without subscriptions every topic is taken as native") func everyTopic() throws {
        var decoder = MessageDecoder.native
        var buffer = ReportBuffer()
        let topic = Array("any/thing".utf8)
        let payload = Array(#"{"vin":"A"}"#.utf8)
        try decoder.decode(topic: topic.span, payload: payload.span, into: &buffer)
        #expect(buffer.reports.count == 1)
    }

    @Test("copies read apart from each other") func copies() throws {
        var first = MessageDecoder(names: SignalNames(learns: true))
        var buffer = ReportBuffer()
        try first.decode(Array(#"{"vin":"A","signals":{"a":1}}"#.utf8), into: &buffer)
        var second = first
        try second.decode(Array(#"{"vin":"A","signals":{"b":1}}"#.utf8), into: &buffer)
        #expect(first.names.names == ["a"])
        #expect(second.names.names == ["a", "b"])
    }
}
