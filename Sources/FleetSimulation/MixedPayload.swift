import VehicleFaults

/// The messages of one step in the words of each device.
///
/// They are written from the layouts in docs/reference/formats.md, without the decoders.
enum MixedPayload {
    static func messages(of member: MixedFleet.Member, _ moment: MixedMoment) -> [SampleMessage] {
        switch member.device {
        case .native: [native(member, moment)]
        case .wican: [wican(member, moment)]
        case .ovms: ovms(member, moment)
        case .autopi: autopi(member, moment)
        case .traccar: [traccar(member, moment)]
        case .teltonika8E: [teltonika8E(member, moment)]
        case .teltonikaJSON: [teltonikaJSON(member, moment)]
        case .flespi: [flespi(member, moment)]
        case .j1939: [j1939(member, moment)]
        case .uds: [uds(member, moment)]
        case .gbt32960: gbt32960(member, moment)
        case .sparkplug: [sparkplug(member, moment)]
        case .inhand: [inhand(member, moment)]
        }
    }

    /// A message that is under way for less than half a second.
    static func message(_ topic: String, _ payload: [UInt8], _ moment: MixedMoment)
        -> SampleMessage
    {
        SampleMessage(
            received: moment.time.advanced(by: 311 + Int64(payload.count % 97)), topic: topic,
            payload: payload, delivery: .regular)
    }

    private static func json(
        _ topic: String, _ moment: MixedMoment, _ write: (inout PayloadText) -> Void
    ) -> SampleMessage {
        var text = PayloadText()
        text.open()
        write(&text)
        text.close()
        return message(topic, text.bytes, moment)
    }

    // MARK: - JSON

    private static func native(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> SampleMessage
    {
        json("v1/\(member.vehicle)/ev", moment) { text in
            text.string("vin", member.vehicle)
            text.string("ts", moment.time.text())
            text.number("odo_km", Double(moment.odometer) / 10, decimals: 1)
            text.openList("dtcs")
            for code in moment.news { text.element(code) }
            text.closeList()
            text.open("signals")
            text.whole("rpm", moment.rpm)
            text.whole("coolant_c", moment.coolant)
            text.number("batt_v", Double(moment.millivolts) / 1000, decimals: 2)
            text.close()
        }
    }

    /// Frames of an engine's control unit: its temperature, and its list in as many as it takes.
    private static func wican(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> SampleMessage
    {
        let list = [0x43, UInt8(moment.codes.count)] + moment.codes.flatMap(MixedBytes.obd)
        let frames = [[3, 0x41, 0x05, UInt8(moment.coolant + 40)]] + MixedBytes.isoFrames(list)
        return json("wican/\(member.source)/can/rx", moment) { text in
            text.string("bus", "0")
            text.string("type", "rx")
            // The device's clock starts again with each minute.
            text.whole("ts", Int(moment.time.milliseconds % 60_000))
            text.openList("frame")
            for frame in frames {
                let data = frame + [UInt8](repeating: 0xAA, count: 8 - frame.count)
                text.open()
                text.whole("id", 0x7E8)
                text.whole("dlc", 8)
                text.raw("rtr", "false")
                text.raw("extd", "false")
                text.raw("data", "[\(data.map(String.init).joined(separator: ","))]")
                text.close()
            }
            text.closeList()
        }
    }

    /// Metrics, which stay with the broker, and once a day the VIN.
    private static func ovms(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> [SampleMessage]
    {
        let prefix = "ovms/depot/\(member.source)/metric/v/"
        func metric(_ name: String, _ value: String) -> SampleMessage {
            var sent = message(prefix + name, Array(value.utf8), moment)
            sent.received = sent.received.advanced(by: Int64(name.utf8.count))
            return sent
        }
        let volts = moment.millivolts / 10
        let fraction = String(100 + volts % 100).dropFirst()
        var sent = [
            metric("b/12v/voltage", "\(volts / 100).\(fraction)"),
            metric("p/odometer", "\(moment.odometer / 10).\(moment.odometer % 10)"),
        ]
        if moment.isFirst { sent.append(metric("vin", member.vehicle)) }
        return sent
    }

    /// News of codes when there are any, else the engine's speed.
    private static func autopi(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> [SampleMessage]
    {
        // A naive time, which is UTC, with microseconds.
        let stamp = String(moment.time.text().dropLast()) + "000"
        guard !moment.news.isEmpty else {
            return [
                json("autopi/\(member.source)/obd/rpm", moment) { text in
                    text.string("_stamp", stamp)
                    text.string("_type", "rpm")
                    text.whole("value", moment.rpm)
                    text.string("unit", "rpm")
                }
            ]
        }
        return [
            json("autopi/\(member.source)/obd/dtc", moment) { text in
                text.string("_stamp", stamp)
                text.string("_type", "dtc")
                text.openList("values")
                for code in moment.news {
                    text.open()
                    text.string("code", code)
                    text.string("text", "")
                    text.close()
                }
                text.closeList()
            }
        ]
    }

    private static func traccar(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> SampleMessage
    {
        json("traccar/positions", moment) { text in
            text.open("position")
            text.whole("id", 1000 + moment.step)
            text.open("attributes")
            text.string("dtcs", moment.codes.joined(separator: " "))
            text.whole("rpm", moment.rpm)
            text.whole("coolantTemp", moment.coolant)
            // A tracker that measures no supply says 0.
            text.number(
                "power", member.place == 0 ? Double(moment.millivolts) / 1000 : 0, decimals: 2)
            text.whole("odometer", moment.odometer * 100)
            text.whole("hours", (moment.odometer / 400) * 3_600_000)
            text.close()
            text.string("deviceTime", String(moment.time.text().dropLast()) + "+00:00")
            // Knots.
            text.number("speed", Double(moment.speed) / 1.852, decimals: 3)
            text.raw("valid", "true")
            text.close()
            text.open("device")
            text.whole("id", 3 + member.place)
            text.string("uniqueId", member.source)
            text.close()
        }
    }

    private static func teltonikaJSON(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> SampleMessage
    {
        json("teltonika/\(member.source)/data", moment) { text in
            text.open("state")
            text.open("reported")
            text.whole("ts", Int(moment.time.milliseconds))
            text.whole("pr", 0)
            text.whole("36", moment.rpm)
            text.whole("32", moment.coolant)
            text.whole("66", moment.millivolts)
            // A count alone is no list. The healthy one's tracker has nothing else.
            text.whole("30", member.place == 0 ? moment.codes.count : 2)
            if member.place == 0 { text.string("281", moment.codes.joined(separator: ",")) }
            text.close()
            text.close()
        }
    }

    private static func flespi(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> SampleMessage
    {
        json("flespi/message/gw/devices/\(70 + member.place)", moment) { text in
            text.string("ident", member.source)
            text.number("timestamp", Double(moment.time.milliseconds) / 1000, decimals: 3)
            text.openList("can.dtc")
            for code in moment.codes { text.element(code) }
            text.closeList()
            text.whole("can.dtc.number", moment.codes.count)
            text.whole("can.engine.rpm", moment.rpm)
            text.whole("can.engine.coolant.temperature", moment.coolant)
            text.number(
                "external.powersource.voltage", Double(moment.millivolts) / 1000, decimals: 3)
        }
    }

    private static func inhand(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> SampleMessage
    {
        json("v1/VF310202900000\(member.place + 1)/obd/info", moment) { text in
            text.whole("obd.ts", Int(moment.time.milliseconds / 1000))
            text.string("obd.vin", member.vehicle)
            text.whole("obd.mil", 0)
            text.raw("obd.dtcs", member.place == 0 ? "null" : "3")
            text.whole("obd.rpm", moment.rpm)
            text.whole("obd.c_temp", moment.coolant)
            // No sensor.
            text.raw("obd.a_temp", "-40")
            text.number("obd.b_volt", Double(moment.millivolts) / 1000, decimals: 2)
        }
    }

    /// Live data in raw integers and Beijing's time. What was not sent for want of a network comes
    /// again a step later, as command 3.
    private static func gbt32960(_ member: MixedFleet.Member, _ moment: MixedMoment)
        -> [SampleMessage]
    {
        let local = Array(moment.time.advanced(by: 8 * 3_600_000).text().utf8)
        func part(_ place: Int) -> Int {
            Int(local[place] - 0x30) * 10 + Int(local[place + 1] - 0x30)
        }
        let alarms = moment.codes.compactMap { Int($0.split(separator: " ").last ?? "") }
        func sent(_ command: Int, _ level: String) -> SampleMessage {
            json("gbt32960/\(member.vehicle)/upstream/\(level)", moment) { text in
                text.whole("Cmd", command)
                text.whole("Encrypt", 1)
                text.string("Vin", member.vehicle)
                text.open("Data")
                text.open("Time")
                for (name, place) in [
                    ("Year", 2), ("Month", 5), ("Day", 8), ("Hour", 11), ("Minute", 14),
                    ("Second", 17),
                ] { text.whole(name, part(place)) }
                text.close()
                text.openList("Infos")
                text.open()
                text.string("Type", "Vehicle")
                text.whole("Status", 1)
                text.whole("Speed", moment.speed * 10)
                text.whole("Mileage", moment.odometer)
                text.whole("Voltage", 3600 + moment.rpm % 90)
                text.whole("Current", 10_000 + moment.rpm % 700)
                text.whole("SOC", 90 - moment.step % 20)
                // No sensor of the insulation's resistance.
                text.whole("Resistance", 65_535)
                text.close()
                text.open()
                text.string("Type", "Alarm")
                text.whole("MaxAlarmLevel", alarms.isEmpty ? 0 : 2)
                text.whole("GeneralAlarmFlag", alarms.reduce(0) { $0 | 1 << $1 })
                for list in ["ChargeableDevice", "DriveMotor", "Engine", "Others"] {
                    text.whole("Fault\(list)Num", 0)
                    text.openList("Fault\(list)List")
                    text.closeList()
                }
                text.close()
                text.closeList()
                text.close()
            }
        }
        var messages = [sent(2, "info")]
        if moment.step % 10 == 7 {
            var late = sent(3, "reinfo")
            late.received = late.received.advanced(by: 1_860_000)
            late.delivery = .late
            messages.append(late)
        }
        return messages
    }
}
