import FaultDecoding
import Testing
import VehicleFaults

@Suite("GB/T 32960") struct GBTTests {
    static let at = "at=2017-12-20T14:23:59.000Z of=1G1BL52P7TR115520"

    static let frames: [(name: String, bytes: [UInt8], lines: [String])] = [
        (
            "the whole vehicle", Terminal.gbt(Terminal.time + Terminal.vehicle2016),
            [
                "speed_kmh=72.7 pack_v=370.0 pack_a=0.0 soc_pct=75.0 insulation_kohm=1000.0 odo=66666.6 "
                    + at
            ]
        ),
        (
            "values that say that there are none",
            Terminal.gbt(
                Terminal.time + hex("01 FE FF FF FFFE FFFFFFFF FFFF FFFF FE FF FF FFFE FF FF")),
            [at]
        ),
        (
            "a drive motor", Terminal.gbt(Terminal.time + Terminal.motor2016),
            ["inverter_c=40.0 motor_rpm=0.0 motor_c=50.0 " + at]
        ),
        (
            "the engine", Terminal.gbt(Terminal.time + hex("04 01 0320 01F4")),
            ["rpm=800.0 " + at]
        ),
        (
            "the extremes", Terminal.gbt(Terminal.time + Terminal.extremes),
            ["cell_max_v=4.2 cell_min_v=4.1 pack_c=30.0 pack_min_c=20.0 " + at]
        ),
        (
            "a position is passed over",
            Terminal.gbt(Terminal.time + hex("05 00 06F6D1D8 01CA5B4C") + hex("04 01 0320 01F4")),
            ["rpm=800.0 " + at]
        ),
        (
            "fuel cell, cells and a maker's own block are passed over",
            Terminal.gbt(
                Terminal.time + hex("03 0001 0001 0001 0002 2829 0001 01 0001 01 0001 01 01")
                    + hex("08 01 01 0E74 2710 0002 0001 02 1068 1068")
                    + hex("09 01 01 0002 2829") + hex("80 0003 010203") + hex("04 01 0320 01F4")),
            ["rpm=800.0 " + at]
        ),
        (
            "no alarm",
            Terminal.gbt(Terminal.time + Terminal.alarm(level: 0, flags: 0, [[], [], [], []])),
            ["- snapshot active alarm_level=0.0 " + at]
        ),
        (
            "alarms and fault lists",
            Terminal.gbt(
                Terminal.time
                    + Terminal.alarm(level: 1, flags: 3, [[0xC8], [], [0x6F], []])),
            [
                "- snapshot active GB ALARM 00 GB ALARM 01 GB 000000C8@battery GB 0000006F@engine alarm_level=1.0 "
                    + at
            ]
        ),
        (
            "the same number in three lists is three faults",
            Terminal.gbt(
                Terminal.time
                    + Terminal.alarm(level: 2, flags: 0, [[0x7B], [0x7B, 0xDF], [0x7B], [0x160B]])),
            [
                "- snapshot active GB 0000007B@battery GB 0000007B@motor GB 000000DF@motor GB 0000007B@engine GB 0000160B@other alarm_level=2.0 "
                    + at
            ]
        ),
        (
            "every general alarm, and the bits that only makers use",
            Terminal.gbt(
                Terminal.time + Terminal.alarm(level: 3, flags: 0x8007_FFFF, [[], [], [], []])),
            [
                "- snapshot active "
                    + (0..<19).map { "GB ALARM \($0 < 10 ? "0" : "")\($0)" }.joined(separator: " ")
                    + " GB ALARM 31 alarm_level=3.0 " + at
            ]
        ),
        (
            "a list that is not known closes nothing",
            Terminal.gbt(Terminal.time + hex("07 FE 00000002 FF 00 FE 00")),
            ["- delta active GB ALARM 01 " + at]
        ),
        (
            "data sent again has its own time",
            Terminal.gbt(Terminal.time + hex("04 01 0320 01F4"), command: 3), ["rpm=800.0 " + at]
        ),
        ("a login", Terminal.gbt(Terminal.time + [0, 1], command: 1), [at]),
        ("a heartbeat", Terminal.gbt([], command: 7), ["of=1G1BL52P7TR115520"]),
        (
            "two frames",
            Terminal.gbt(Terminal.time, command: 4)
                + Terminal.gbt(Terminal.time + hex("04 01 0320 01F4")),
            [at, "rpm=800.0 " + at]
        ),
        (
            "2025, the whole vehicle, of which the current is not believed",
            Terminal.gbt(Terminal.time + Terminal.vehicle2025, edition2025: true),
            ["speed_kmh=72.7 pack_v=370.0 soc_pct=75.0 insulation_kohm=1000.0 odo=66666.6 " + at]
        ),
        (
            "2025, motor, engine and position",
            Terminal.gbt(
                Terminal.time + Terminal.motor2025 + hex("04 0320")
                    + hex("05 00 01 06F6D1D8 01CA5B4C"), edition2025: true),
            ["inverter_c=40.0 motor_c=50.0 rpm=800.0 " + at]
        ),
        (
            "2025, alarms by number and level",
            Terminal.gbt(
                Terminal.time
                    + Terminal.alarm(
                        level: 2, flags: 2, [[0x0001_0002], [], [], []], type: 6,
                        levels: [[1, 2], [4, 1]]), edition2025: true),
            [
                "- snapshot active GB ALARM 01 GB ALARM 04 GB 00010002@battery alarm_level=2.0 "
                    + at
            ]
        ),
        (
            "2025, cells, stacks, capacitor and signature are passed over",
            Terminal.gbt(
                Terminal.time + hex("07 01 01 0E74 7530 0002 1068 1068") + hex("08 01 01 0002 2829")
                    + hex("30 01 01 0001 0001 0001 0001 01 0002 2829")
                    + hex("31 01 0001 0001 0001 1068 0001 28")
                    + hex("32 01 0001 0001 01 0001 0001 01 0001 28 01 0001 28")
                    + hex("03 0001 01 0001 01 0001 01 01 32 28") + hex("04 0320")
                    + hex("FF 01 0002 0102 0001 03"), edition2025: true),
            ["rpm=800.0 " + at]
        ),
    ]
    @Test("a frame gives its alarms and readings", arguments: frames)
    func frame(name: String, bytes: [UInt8], lines: [String]) throws {
        let context = DecodingContext()
        let read = try CodecReading(.gbt32960, bytes, context: context).lines
        #expect(read == lines, "\(name)")
        #expect(
            try CodecReading(.gbt32960, hexText(bytes), context: context).lines == lines,
            "\(name) as text")
        #expect(
            try CodecReading(
                .gbt32960, hexText(bytes, separator: "").lowercased(), context: context
            ).lines == lines, "\(name) as text")
    }

    @Test("values out of range are refused alone") func range() throws {
        // A pack of 6,553.2 V, and the odometer beside it.
        let block = hex("01 01 03 01 02D7 000A2C2A FFFC 2710 4B 01 0F 03E8 00 00")
        let read = try CodecReading(
            .gbt32960, Terminal.gbt(Terminal.time + block), context: DecodingContext())
        #expect(read.buffer.refusedValues == 1)
        #expect(read.trace.refusals.map(\.reason) == [.numberOutOfRange])
        #expect(read.buffer.reports[0].odometerKilometres == 66_666.6)
    }

    @Test("the vehicle of the frame must be the one of the topic") func vehicle() throws {
        let frame = Terminal.gbt(Terminal.time)
        func named(_ name: String) throws -> CodecReading {
            try CodecReading(
                .gbt32960, frame, context: DecodingContext(vehicle: VehicleID(name)))
        }
        #expect(throws: DecodingFailure(reason: .vehicleMismatch, offset: 4)) {
            try named("1M8GDM9AXKP042788")
        }
        // A device's number is no vehicle's; the frame knows better.
        #expect(
            try named("860123456789012").buffer.reports[0].vehicle == VehicleID("1G1BL52P7TR115520")
        )
        let blank = Terminal.gbt(Terminal.time, vin: [UInt8](repeating: 0, count: 17))
        #expect(refusal(.gbt32960, blank) == nil)
        #expect(throws: DecodingFailure.self) {
            try CodecReading(.gbt32960, blank, context: DecodingContext())
        }
    }

    static let refused:
        [(name: String, bytes: [UInt8], reason: DecodingFailure.Reason, offset: Int)] = [
            ("nothing", [], .emptyPayload, 0),
            ("another start", hex("2A2A02FE"), .notAnAnswer, 0),
            ("only a start", hex("2323"), .truncated, 2),
            ("a frame cut short", Array(Terminal.gbt(Terminal.time).dropLast()), .truncated, 30),
            ("a wrong checksum", Terminal.gbt(Terminal.time).dropLast() + [0], .checksumWrong, 30),
            ("encrypted", Terminal.gbt(Terminal.time, encryption: 3), .encrypted, 21),
            ("a block cut short", Terminal.gbt(Terminal.time + [4, 1]), .truncated, 32),
            ("an unknown block", Terminal.gbt(Terminal.time + [0x40]), .notAnAnswer, 30),
            (
                "a list longer than the frame",
                Terminal.gbt(Terminal.time + hex("07 01 00000000 05")),
                .truncated, 37
            ),
        ]
    @Test("what is no frame is refused", arguments: refused)
    func refuses(name: String, bytes: [UInt8], reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(.gbt32960, bytes) == DecodingFailure(reason: reason, offset: offset),
            "\(name)")
    }

    @Test("alarms that were written read as they were") func roundTrip() throws {
        for seed in UInt64(0)..<2_000 {
            var random = SeededRandom(seed)
            let flags = UInt32(truncatingIfNeeded: random.next())
            let lists = (0..<4).map { _ in
                (0..<random.below(5)).map { _ in UInt32(truncatingIfNeeded: random.next()) }
            }
            let frame = Terminal.gbt(
                Terminal.time + Terminal.alarm(level: UInt8(random.below(4)), flags: flags, lists))
            let read = try CodecReading(.gbt32960, frame)
            let expected =
                (0..<32).filter { flags & 1 << UInt32($0) != 0 }
                .map { FaultCode(gbt32960Alarm: UInt8($0)) }
                + lists.flatMap { $0 }.map { FaultCode(gbt32960: $0) }
            #expect(read.buffer.sightings.map(\.code) == expected, "seed \(seed)")
        }
    }

    @Test("the text of a code reads as the code") func codeText() {
        for bit in UInt8(0)..<32 {
            let code = FaultCode(gbt32960Alarm: bit)
            #expect(FaultCode(text: code.description) == code)
            #expect(FaultCode(text: code.description.lowercased()) == code)
            #expect(code != FaultCode(gbt32960: UInt32(bit)))
        }
        let code = FaultCode(gbt32960: 0x0000_160B)
        #expect(code.description == "GB 0000160B")
        #expect(FaultCode(text: "gb 0000160b") == code)
    }
}

@Suite("HJ 1239") struct HJ1239Tests {
    static let head = Terminal.truckHead
    static let at = "at=2017-12-19T22:07:08.000Z"
    static let of = "of=1G1BL52P7TR115520"

    static let packets: [(name: String, bytes: [UInt8], lines: [String])] = [
        (
            "engine data", Terminal.truck(head + Terminal.engine),
            [
                "speed_kmh=80.0 baro_kpa=100.0 torque_pct=25.0 friction_pct=5.0 rpm=1000.0 "
                    + "fuel_lph=10.0 nox_in_ppm=50.0 nox_out_ppm=25.0 def_pct=100.0 air_kgph=200.0 "
                    + "scr_in_c=227.0 scr_out_c=239.0 dpf_kpa=10.0 coolant_c=85.0 fuel_pct=80.0 "
                    + "odo=65432.1 " + "at=2017-12-19T22:07:08.000Z" + " " + of
            ]
        ),
        (
            "engine data that is not there",
            Terminal.truck(head + hex("02 110C14060708") + [UInt8](repeating: 0xFF, count: 37)),
            ["at=2017-12-19T22:07:08.000Z " + of]
        ),
        (
            "J1939 codes",
            Terminal.truck(
                head
                    + Terminal.obd(
                        protocol: 2, lamp: 1, support: 0x0FFF, open: 0x0801, count: 1,
                        codes: hex("6E000302"))),
            [
                "- snapshot active SPN 110 FMI 3x2 mil_on=1.0 monitors_open=2.0 "
                    + "at=2017-12-19T22:07:08.000Z " + of
            ]
        ),
        (
            "codes of ISO 27145, with a status and with a zero before",
            Terminal.truck(
                head
                    + Terminal.obd(
                        protocol: 1, lamp: 0, support: 0, open: 0, count: 2,
                        codes: hex("2457112F 0024571A"))),
            [
                "- snapshot confirmed P2457-11 P2457-1A mil_on=0.0 monitors_open=0.0 "
                    + "at=2017-12-19T22:07:08.000Z " + of
            ]
        ),
        (
            "codes of ISO 15765, on either side",
            Terminal.truck(
                head
                    + Terminal.obd(
                        protocol: 0, lamp: 0xFE, support: 0, open: 0, count: 2,
                        codes: hex("00000420 03010000"))),
            [
                "- snapshot confirmed P0420 P0301 monitors_open=0.0 at=2017-12-19T22:07:08.000Z "
                    + of
            ]
        ),
        (
            "no codes",
            Terminal.truck(
                head
                    + Terminal.obd(protocol: 2, lamp: 0, support: 0, open: 0, count: 0, codes: [])),
            [
                "- snapshot active mil_on=0.0 monitors_open=0.0 at=2017-12-19T22:07:08.000Z "
                    + of
            ]
        ),
        (
            "a count that is no count is no empty list",
            Terminal.truck(
                head
                    + Terminal.obd(
                        protocol: 2, lamp: 0, support: 0, open: 0, count: 0xFE, codes: [])),
            ["mil_on=0.0 monitors_open=0.0 at=2017-12-19T22:07:08.000Z " + of]
        ),
        (
            "a block that nobody knows ends the packet",
            Terminal.truck(head + hex("80 01 02 03")), ["at=2017-12-20T14:23:59.000Z " + of]
        ),
        (
            "a login", Terminal.truck(head + Array("12345678901234567890".utf8), command: 1),
            ["at=2017-12-20T14:23:59.000Z " + of]
        ),
    ]
    @Test("a packet gives its codes and readings", arguments: packets)
    func packet(name: String, bytes: [UInt8], lines: [String]) throws {
        let context = DecodingContext()
        let read = try CodecReading(.hj1239, bytes, context: context).lines
        #expect(read == lines, "\(name)")
        #expect(
            try CodecReading(.hj1239, hexText(bytes), context: context).lines == lines,
            "\(name) as text")
    }

    static let refused:
        [(name: String, bytes: [UInt8], reason: DecodingFailure.Reason, offset: Int)] = [
            ("another start", hex("2424"), .notHex, 0),
            (
                "a wrong checksum", Terminal.truck(head + Terminal.engine).dropLast() + [0],
                .checksumWrong, 76
            ),
            ("encrypted", Terminal.truck(head, encryption: 2), .encrypted, 21),
            (
                "engine data cut short", Terminal.truck(head + Terminal.engine.dropLast()),
                .truncated,
                75
            ),
            (
                "fewer codes than counted",
                Terminal.truck(
                    head
                        + Terminal.obd(
                            protocol: 2, lamp: 0, support: 0, open: 0, count: 2,
                            codes: hex("6E000302"))), .truncated, 139
            ),
        ]
    @Test("what is no packet is refused", arguments: refused)
    func refuses(name: String, bytes: [UInt8], reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(.hj1239, bytes) == DecodingFailure(reason: reason, offset: offset), "\(name)")
    }

    @Test("codes that were written read as they were") func roundTrip() throws {
        for seed in UInt64(0)..<1_000 {
            var random = SeededRandom(seed)
            let codes = (0..<random.below(20)).map { _ in
                (spn: UInt32(1 + random.below(524_286)), fmi: UInt8(random.below(31)))
            }
            let bytes = codes.flatMap {
                j1939Code(spn: $0.spn, fmi: $0.fmi, count: 1, version: 4)
            }
            let packet = Terminal.truck(
                Self.head
                    + Terminal.obd(
                        protocol: 2, lamp: 1, support: 0, open: 0, count: UInt8(codes.count),
                        codes: bytes))
            #expect(
                try CodecReading(.hj1239, packet).buffer.sightings.map(\.code)
                    == codes.map { FaultCode(spn: $0.spn, fmi: $0.fmi) }, "seed \(seed)")
        }
    }
}
