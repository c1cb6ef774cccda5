import VehicleFaults

/// Open Vehicle Monitoring System 3: `ovms/<user>/<vehicle>/metric/v/b/12v/voltage` with a plain
/// value, `notify/alert/…` and `notify/error/…` with text.
///
/// Metrics are retained and carry no time, so that the broker repeats old ones at every subscription.
/// `client/…` is remote control, `event/…` and `notify/data/…` say nothing of health: they are taken
/// and mean nothing here.
enum OVMSEnvelope {
    private static let metrics = NameTable<Scaled>([
        ("v.b.12v.voltage", Scaled(.voltage)), ("v.b.voltage", Scaled(.packVoltage)),
        ("v.b.current", Scaled(.packCurrent)), ("v.b.soc", Scaled(.charge)),
        ("v.b.c.voltage.max", Scaled(.cellVoltageHigh)),
        ("v.b.c.voltage.min", Scaled(.cellVoltageLow)),
        ("v.b.c.temp.max", .celsius(.cellHot)), ("v.b.c.temp.min", .celsius(.cellCold)),
        ("v.m.temp", .celsius(.motor)), ("v.i.temp", .celsius(.motorController)),
        ("v.m.rpm", Scaled(.motorSpeed)), ("v.e.temp", .celsius(.ambient)),
        ("v.e.serv.range", Scaled(.serviceDistance)), ("v.p.odometer", Scaled(.odometer)),
        ("v.p.speed", Scaled(.vehicleSpeed)), ("v.e.throttle", Scaled(.throttle)),
    ])

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        let kinds: [StaticString] = ["metric", "notify", "event", "client"]
        var found: Int?
        for kind in kinds {
            if let index = TopicLevels.index(of: kind, in: topic) {
                found = min(found ?? index, index)
            }
        }
        guard let found else { throw DecodingFailure(reason: .topicUnexpected, offset: 0) }
        var context = outer
        // The prefix is configurable, but the level before the kind is always the vehicle.
        if context.vehicle == nil, found > 0 {
            context.vehicle = TopicLevels.vehicle(found - 1, of: topic)
        }
        if TopicLevels.isLevel(found, "metric", of: topic) {
            try metric(payload, rest(of: topic, after: found), context, into: &writer)
        } else if TopicLevels.isLevel(found, "notify", of: topic) {
            try notification(payload, topic, found + 1, context, into: &writer)
        }
    }

    /// What follows a level, with points for slashes.
    private static func rest(of topic: Span<UInt8>, after level: Int) -> [UInt8] {
        guard let range = TopicLevels.range(level, of: topic) else { return [] }
        var name: [UInt8] = []
        for index in min(range.upperBound + 1, topic.count)..<topic.count {
            name.append(topic[index] == 0x2F ? 0x2E : topic[index])
        }
        return name
    }

    private static func metric(
        _ payload: Span<UInt8>, _ name: [UInt8], _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        let title = String(decoding: name, as: UTF8.self)
        let value: Double?
        if isWord("yes", payload) || isWord("no", payload) {
            value = isWord("yes", payload) ? 1 : 0
        } else {
            value = PlainNumber.value(payload)
        }
        if let scaled = metrics.find(name.span) {
            if let value {
                writer.append(
                    scaled, value, at: 0, length: payload.count, field: title, to: &draft)
            } else {
                writer.refuse(.notANumber, at: 0)
            }
        } else if name == Array("v.vin".utf8) {
            writer.trace?.note(
                "v.vin", payload, payload.indices, BytePlaces(),
                VIN.isPlausible(payload) ? "VIN" : "no VIN")
        } else if let value {
            writer.append(name: name.span, value, at: 0, to: &draft)
            writer.trace?.note(title, payload, payload.indices, BytePlaces(), "\(value)")
        } else {
            // Text, and vectors with commas.
            writer.buffer.unknownFields += 1
        }
        try writer.finish(draft, context)
    }

    private static func isWord(_ word: StaticString, _ payload: Span<UInt8>) -> Bool {
        TopicLevels.isWord(word, payload, payload.indices)
    }

    /// `notify/<kind>/<subtype…>`.
    private static func notification(
        _ payload: Span<UInt8>, _ topic: Span<UInt8>, _ level: Int, _ context: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var draft = writer.draft(context)
        var name = rest(of: topic, after: level)
        let code: FaultCode?
        if TopicLevels.isLevel(level, "alert", of: topic) {
            // `batt/12v/alert` and `xrt/sevcon/fault` name what is wrong; the text is for people.
            if name.count > ShortText.longest { name = Array(name.suffix(ShortText.longest)) }
            code = FaultCode(text: name.span)
        } else if TopicLevels.isLevel(level, "error", of: topic) {
            code = errorCode(payload)
        } else {
            return
        }
        guard let code else { throw DecodingFailure(reason: .codeMalformed, offset: 0) }
        draft.list = .delta
        try writer.append(FaultSighting(code: code, status: .active), at: 0, to: &draft)
        writer.trace?.note(
            "notify", payload, payload.indices, BytePlaces(), "\(code)", trap: .delta)
        try writer.finish(draft, context)
    }

    /// `vehicletype,errorcode,errordata` as `RT 4711`.
    private static func errorCode(_ payload: Span<UInt8>) -> FaultCode? {
        var words: [[UInt8]] = [[]]
        for index in payload.indices {
            if payload[index] == 0x2C {
                words.append([])
            } else {
                words[words.count - 1].append(payload[index])
            }
        }
        guard words.count >= 2, !words[1].isEmpty else { return nil }
        let text = words[0] + [0x20] + words[1]
        return FaultCode(text: (text.count > ShortText.longest ? words[1] : text).span)
    }
}
