import VehicleFaults

/// InHand gateways with FlexAPI: `v1/<serial>/obd/info` with members as `obd.rpm`.
///
/// Every message carries the VIN, which is who it is about; without one the serial number of the
/// gateway is. `obd.dtcs` is a count, never a list: the gateway sends no codes.
enum InHandEnvelope {
    private static let members = NameTable<Scaled>([
        ("obd.rpm", Scaled(.engineSpeed)), ("obd.speed", Scaled(.vehicleSpeed)),
        ("obd.e_load", Scaled(.load)), ("obd.c_temp", .celsius(.coolant)),
        ("obd.o_temp", .celsius(.oil)), ("obd.a_temp", .celsius(.ambient)),
        ("obd.i_temp", .celsius(.intake)), ("obd.t_pos", Scaled(.throttle)),
        ("obd.b_volt", Scaled(.voltage)), ("obd.f_lvl", Scaled(.fuelLevel)),
        ("obd.f_press", Scaled(.fuelPressure)), ("obd.f_rate", Scaled(.fuelRate)),
        ("obd.b_press", Scaled(.barometer)), ("obd.i_press", Scaled(.manifoldPressure)),
        ("obd.up_time", Scaled(.runTime)), ("obd.m_dist", Scaled(.milDistance)),
        ("obd.m_time", Scaled(.milTime)), ("obd.d_dist", Scaled(.clearDistance)),
        ("obd.d_time", Scaled(.clearTime)), ("obd.t_dist", Scaled(.odometer)),
        ("obd.mil", Scaled(.lampMIL)), ("obd.dtcs", Scaled(.codeCount)),
    ])

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard tape.kind(tape.root) == .object else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        // Some installations wrap the message together with its topic.
        var body = tape.root
        if let inner = tape.member("payload", of: body), tape.kind(inner) == .object {
            body = inner
        }
        var context = outer
        if context.vehicle == nil {
            context.vehicle = serial(tape, topic)
        }
        var draft = writer.draft(context)
        var isKnown = false
        for node in tape.children(of: body) {
            if tape.isNamed(node, "obd.ts") {
                draft.claimed = tape.time(node, unit: 1000)
                if draft.claimed == nil, tape.kind(node) != .null {
                    writer.refuse(.timeMalformed, at: tape.place(of: node))
                }
                writer.note("obd.ts", node, of: tape, draft.claimed.map { "\($0)" } ?? "no time")
                isKnown = true
            } else if tape.isNamed(node, "obd.vin") {
                let text = tape.characters(node)
                if VIN.isPlausible(text.span) {
                    draft.vehicle = VehicleID(text.span)
                    writer.note(
                        "obd.vin", node, of: tape, "VIN",
                        trap: VIN.hasCheckDigit(text.span) ? nil : .checkDigit)
                } else if !text.isEmpty {
                    writer.refuse(.vehicleMalformed, at: tape.place(of: node))
                }
                isKnown = true
            } else {
                isKnown = isKnown || members.find(tape, node) != nil
                writer.append(node, of: tape, members, to: &draft)
                if tape.isNamed(node, "obd.dtcs"), tape.kind(node) == .number {
                    writer.trace?.avoided(.countIsNoList)
                }
            }
        }
        guard isKnown else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        try writer.finish(draft, context)
    }

    /// The second level of `v1/<serial>/obd/info`, wherever that stands.
    private static func serial(_ tape: borrowing JSONTape, _ topic: Span<UInt8>) -> VehicleID? {
        if TopicLevels.isLevel(0, "v1", of: topic) { return TopicLevels.vehicle(1, of: topic) }
        guard let inner = tape.member("topic", of: tape.root) else { return nil }
        return TopicLevels.vehicle(1, of: tape.characters(inner).span)
    }
}
