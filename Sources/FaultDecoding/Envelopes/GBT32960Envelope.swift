import VehicleFaults

/// EMQX's gateway for GB/T 32960: `gbt32960/<VIN>/upstream/info` with every number as the vehicle
/// sent it, before scaling.
///
/// Times are Beijing's, which nothing says, and years count from 2000. `reinfo` (command 3) is data
/// that was kept while there was no connection; its own time counts, so that it is late and not news.
enum GBT32960Envelope {
    static func open(
        _ payload: Span<UInt8>, topic: Span<UInt8>, _ outer: DecodingContext,
        into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        var tape = writer.borrowTape()
        defer { writer.giveBack(tape) }
        try tape.read(payload, limits: writer.limits)
        guard let command = tape.member("Cmd", of: tape.root), let number = tape.whole(command)
        else { throw DecodingFailure(reason: .shapeUnknown, offset: 0) }
        var context = outer
        if context.vehicle == nil {
            context.vehicle =
                tape.member("Vin", of: tape.root).flatMap { tape.vehicle($0) }
                ?? TopicLevels.vehicle(1, of: topic)
        }
        // Login, logout and the gateway's own answers say nothing of the vehicle's health.
        guard number == 2 || number == 3 else { return }
        guard let data = tape.member("Data", of: tape.root), tape.kind(data) == .object else {
            throw DecodingFailure(reason: .shapeUnknown, offset: tape.place(of: command))
        }
        if let time = tape.member("Time", of: data) {
            context.claimed = Self.time(time, tape)
            if context.claimed == nil { writer.refuse(.timeMalformed, at: tape.place(of: time)) }
            writer.note(
                "Time", time, of: tape, context.claimed.map { "\($0)" } ?? "no time",
                trap: number == 3 ? .sentAgain : .beijingTime)
        }
        if number == 3, context.claimed == nil {
            // Old data without its time would pass for news.
            throw DecodingFailure(reason: .timeMalformed, offset: tape.place(of: data))
        }
        guard let list = tape.member("Infos", of: data), tape.kind(list) == .array else {
            throw DecodingFailure(reason: .shapeUnknown, offset: tape.place(of: data))
        }
        var draft = writer.draft(context)
        for node in tape.children(of: list) {
            GBT32960Fields.append(node, of: tape, to: &draft, &writer)
        }
        var alarm: GBTAlarm?
        for node in tape.children(of: list) {
            guard let type = tape.member("Type", of: node), tape.isText(type, "Alarm") else {
                continue
            }
            var block = alarm ?? GBTAlarm()
            read(node, tape, &block, &writer)
            alarm = block
        }
        if let alarm { try alarm.append(to: &draft, into: &writer) }
        try writer.finish(draft, context)
    }

    private static func time(_ node: Int, _ tape: borrowing JSONTape) -> EventTime? {
        func field(_ name: StaticString) -> Int? {
            tape.member(name, of: node).flatMap { tape.whole($0) }.flatMap { Int(exactly: $0) }
        }
        guard let year = field("Year"), (0...99).contains(year), let month = field("Month"),
            let day = field("Day"), let hour = field("Hour"), let minute = field("Minute"),
            let second = field("Second"), hour >= 0, minute >= 0, second >= 0
        else { return nil }
        return DeviceTime.time(
            2000 + year, month, day, hour, minute, second, offset: DeviceTime.beijing)
    }

    // MARK: - Alarms

    private static let lists: [(count: StaticString, list: StaticString, device: GBTAlarm.Device)] =
        [
            ("FaultChargeableDeviceNum", "FaultChargeableDeviceList", .battery),
            ("FaultDriveMotorNum", "FaultDriveMotorList", .motor),
            ("FaultEngineNum", "FaultEngineList", .engine),
            ("FaultOthersNum", "FaultOthersList", .other),
        ]

    private static func read(
        _ node: Int, _ tape: borrowing JSONTape, _ alarm: inout GBTAlarm,
        _ writer: inout ReportWriter
    ) {
        if let level = tape.member("MaxAlarmLevel", of: node), let raw = tape.number(level) {
            let isKnown = raw < 254
            alarm.level = isKnown ? UInt8(exactly: raw) : nil
            if isKnown, alarm.level == nil {
                writer.refuse(.numberOutOfRange, at: tape.place(of: level))
            }
            writer.note(
                "MaxAlarmLevel", level, of: tape,
                isKnown ? "\(OBDDecoder.shortText(raw))" : "no data",
                trap: isKnown ? nil : .reservedValue)
        }
        if let flags = tape.member("GeneralAlarmFlag", of: node) {
            general(flags, tape, &alarm, &writer)
        }
        for group in lists {
            guard let list = tape.member(group.list, of: node), tape.kind(list) == .array else {
                continue
            }
            let count = tape.member(group.count, of: node).flatMap { tape.whole($0) }
            // 254 and 255 mean that the unit does not know.
            if count == 254 || count == 255 {
                alarm.isPartial = true
                continue
            }
            var found = 0
            for item in tape.children(of: list) {
                found += 1
                guard let number = number(item, tape) else {
                    writer.refuse(.codeMalformed, at: tape.place(of: item))
                    alarm.isPartial = true
                    continue
                }
                alarm.faults.append((group.device, number, tape.place(of: item)))
                writer.note(
                    "fault", item, of: tape,
                    "\(FaultCode(gbt32960: number)) of the \(group.device.rawValue)")
            }
            // A list that was cut cannot close what it does not name.
            if let count, count > found {
                writer.refuse(.truncated, at: tape.place(of: list))
                alarm.isPartial = true
            }
        }
        // The edition of 2025 names each alarm with its level.
        guard let list = tape.member("FaultGeneralList", of: node) else { return }
        for item in tape.children(of: list) {
            guard let number = tape.member("No", of: item).flatMap({ tape.whole($0) }),
                (0...31).contains(number)
            else {
                writer.refuse(.codeMalformed, at: tape.place(of: item))
                continue
            }
            let level = tape.member("Level", of: item).flatMap { tape.whole($0) } ?? 0
            alarm.levels.append(
                (UInt8(number), UInt8(clamping: level), tape.place(of: item)))
        }
    }

    /// Four hex digits by the edition of 2016 and eight by that of 2025, or a number.
    private static func number(_ item: Int, _ tape: borrowing JSONTape) -> UInt32? {
        if let whole = tape.whole(item) { return UInt32(exactly: whole) }
        let range = tape.range(of: item)
        guard tape.kind(item) == .text, (1...8).contains(range.count) else { return nil }
        var number: UInt32 = 0
        for index in range {
            guard let digit = HexDigit.value(tape.text.bytes[index]) else { return nil }
            number = number << 4 | UInt32(digit)
        }
        return number
    }

    private static func general(
        _ flags: Int, _ tape: borrowing JSONTape, _ alarm: inout GBTAlarm,
        _ writer: inout ReportWriter
    ) {
        alarm.place = tape.place(of: flags)
        guard let whole = tape.whole(flags), let bits = UInt32(exactly: whole) else {
            alarm.isPartial = true
            return writer.refuse(.numberOutOfRange, at: tape.place(of: flags))
        }
        if bits >= 0xFFFF_FFFE {
            alarm.isPartial = true
            writer.note("GeneralAlarmFlag", flags, of: tape, "no data", trap: .reservedValue)
            return
        }
        alarm.flags = bits
        for bit in UInt8(0)..<32 where bits >> UInt32(bit) & 1 == 1 {
            writer.note(
                "GeneralAlarmFlag", flags, of: tape, "\(FaultCode(gbt32960Alarm: bit))",
                trap: bit > 18 ? .reservedBit : nil)
        }
    }
}
