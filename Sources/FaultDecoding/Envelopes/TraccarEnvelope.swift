import VehicleFaults

/// What a Traccar server forwards: `{"position":{…},"device":{…}}`, and events around those.
///
/// The vehicle is the device's `uniqueId`, most often an IMEI, and its VIN only where there is none.
/// Speeds are knots, distances metres, engine hours milliseconds.
enum TraccarEnvelope {
    private static let attributes = NameTable<Scaled>([
        ("rpm", Scaled(.engineSpeed)), ("coolantTemp", .celsius(.coolant)),
        ("engineTemp", .celsius(.coolant)), ("engineLoad", Scaled(.load)),
        ("throttle", Scaled(.throttle)), ("fuelLevel", Scaled(.fuelLevel)),
        ("obdSpeed", Scaled(.vehicleSpeed)), ("power", Scaled(.voltage, none: 0)),
        ("odometer", Scaled(.odometer, times: 0.001)),
        ("obdOdometer", Scaled(.odometer, times: 0.001)),
        ("hours", Scaled(.engineHours, times: 1 / 3_600_000)),
        ("faultCount", Scaled(.codeCount)), ("dtcCount", Scaled(.codeCount)),
        ("milDistance", Scaled(.milDistance)), ("clearedDistance", Scaled(.clearDistance)),
        ("intakeTemp", .celsius(.intake)), ("mapIntake", Scaled(.manifoldPressure)),
    ])

    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        let position = tape.member("position", of: tape.root)
        let device = tape.member("device", of: tape.root)
        let event = tape.member("event", of: tape.root)
        guard position != nil || event != nil else {
            throw DecodingFailure(reason: .shapeUnknown, offset: 0)
        }
        var context = outer
        let list = position.flatMap { tape.member("attributes", of: $0) }
        if let id = device.flatMap({ tape.member("uniqueId", of: $0) }) {
            context.vehicle = context.vehicle ?? tape.vehicle(id)
            writer.note("uniqueId", id, of: tape, "the device")
        }
        if context.vehicle == nil, let vin = list.flatMap({ tape.member("vin", of: $0) }) {
            context.vehicle = tape.vehicle(vin)
        }
        context.claimed = time(event, position, tape, &writer)
        var draft = writer.draft(context)
        if let list { try read(list, tape, context, to: &draft, &writer) }
        if let speed = position.flatMap({ tape.member("speed", of: $0) }) {
            if let knots = tape.number(speed), !hasSpeed(list, tape) {
                writer.append(
                    Scaled(.vehicleSpeed, times: 1.852), knots, at: tape.place(of: speed),
                    field: "speed", to: &draft)
            }
        }
        if let event { try read(event: event, tape, to: &draft, &writer) }
        try writer.finish(draft, context)
    }

    private static func hasSpeed(_ attributes: Int?, _ tape: borrowing JSONTape) -> Bool {
        attributes.flatMap { tape.member("obdSpeed", of: $0) } != nil
    }

    private static func time(
        _ event: Int?, _ position: Int?, _ tape: borrowing JSONTape, _ writer: inout ReportWriter
    ) -> EventTime? {
        let places: [Int?] = [
            event.flatMap { tape.member("eventTime", of: $0) },
            position.flatMap { tape.member("deviceTime", of: $0) },
            position.flatMap { tape.member("fixTime", of: $0) },
        ]
        for case let node? in places where tape.kind(node) != .null {
            if let time = tape.time(node) {
                writer.note("time", node, of: tape, "\(time)")
                return time
            }
            writer.refuse(.timeMalformed, at: tape.place(of: node))
        }
        return nil
    }

    private static func read(
        _ list: Int, _ tape: borrowing JSONTape, _ context: DecodingContext,
        to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        for node in tape.children(of: list) {
            if tape.isNamed(node, "dtcs") {
                guard tape.kind(node) == .text else {
                    if tape.kind(node) != .null {
                        writer.refuse(.wrongType, at: tape.place(of: node))
                    }
                    continue
                }
                draft.list = context.list
                if draft.list == .absent { draft.list = .unstated }
                try writer.appendCodes(node, of: tape, to: &draft)
            } else if tape.isNamed(node, "alarm") {
                // Several alarms may stand in one text. Only this one is about the vehicle's health.
                let words = tape.characters(node).split(separator: 0x2C)
                if words.contains(where: { $0.elementsEqual("fault".utf8) }) {
                    try fault("FAULT", node, tape, to: &draft, &writer)
                }
            } else if tape.kind(node) == .number || attributes.find(tape, node) != nil {
                writer.append(node, of: tape, attributes, to: &draft)
            }
        }
    }

    private static func read(
        event: Int, _ tape: borrowing JSONTape, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard let type = tape.member("type", of: event) else { return }
        writer.note("type", type, of: tape, "the event")
        if tape.isText(type, "maintenance") {
            writer.append(
                Scaled(.serviceDue), 1, at: tape.place(of: type), field: "type", to: &draft)
        } else if tape.isText(type, "alarm"),
            let alarm = tape.member("attributes", of: event).flatMap({
                tape.member("alarm", of: $0)
            }), tape.isText(alarm, "fault")
        {
            try fault("FAULT", alarm, tape, to: &draft, &writer)
        }
    }

    /// A fault of which no more is known than that there is one; beside a list of codes it says
    /// nothing new.
    private static func fault(
        _ text: String, _ node: Int, _ tape: borrowing JSONTape, to draft: inout ReportDraft,
        _ writer: inout ReportWriter
    ) throws(DecodingFailure) {
        guard draft.list == .absent, let code = FaultCode(text: text) else { return }
        draft.list = .delta
        try writer.append(
            FaultSighting(code: code, status: .active), at: tape.place(of: node), to: &draft)
        writer.note("alarm", node, of: tape, "\(code)")
    }
}
