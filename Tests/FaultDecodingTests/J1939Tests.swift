import FaultDecoding
import Testing
import VehicleFaults

@Suite("J1939 frames") struct J1939Tests {
    static let frames: [(name: String, text: String, lines: [String])] = [
        (
            "DM1 with one code", "18FECA00#40FF5B000301FFFF",
            [
                "SA0 snapshot active SPN 91 FMI 3x1 mil_on=1.0 stop_lamp_on=0.0 warning_lamp_on=0.0 protect_lamp_on=0.0"
            ]
        ),
        (
            "DM1 without one", "18FECA00#00FF00000000FFFF",
            [
                "SA0 snapshot active mil_on=0.0 stop_lamp_on=0.0 warning_lamp_on=0.0 protect_lamp_on=0.0"
            ]
        ),
        (
            "no code though a lamp field is not used", "18FECA03#03FF00000000FFFF",
            ["SA3 snapshot active mil_on=0.0 stop_lamp_on=0.0 warning_lamp_on=0.0"]
        ),
        (
            "no code though another is not used", "18FECA03#C0FF00000000FFFF",
            ["SA3 snapshot active stop_lamp_on=0.0 warning_lamp_on=0.0 protect_lamp_on=0.0"]
        ),
        (
            "filled up to the end is no code", "18FECA03#FFFFFFFFFFFFFFFF",
            ["SA3 snapshot active"]
        ),
        ("DM2", "18FECB00#00FF6E000002FFFF", ["SA0 snapshot history SPN 110 FMI 0x2"]),
        ("DM6", "18FECF00#00FF6E000002FFFF", ["SA0 delta pending SPN 110 FMI 0x2"]),
        ("DM12", "18FED400#00FF6E000002FFFF", ["SA0 snapshot confirmed SPN 110 FMI 0x2"]),
        ("DM23", "18FDB500#00FF6E000002FFFF", ["SA0 delta history SPN 110 FMI 0x2"]),
        ("DM27", "18FD8200#00FF6E000002FFFF", ["SA0 snapshot pending SPN 110 FMI 0x2"]),
        ("DM28", "18FD8000#00FF6E000002FFFF", ["SA0 snapshot permanent SPN 110 FMI 0x2"]),
        ("DM5, the count of active codes", "18FECE00#0501140000000000", ["dtc_count=5.0"]),
        (
            "DM5, two monitors to run again", "18FECE00#0500144703FF0001",
            ["dtc_count=5.0 monitors_open=2.0"]
        ),
        ("DM5, not available", "18FECE00#FFFF140000000000", [""]),
        ("DM3, which only asks to clear", "18FECC00#FFFFFFFFFFFFFFFF", [""]),
        ("DM4", "18FECD00#0000000000000000", [""]),
        ("DM11, which only asks to clear", "18FED300#FFFFFFFFFFFFFFFF", [""]),
        ("DM11 asked of one unit", "18EA00F9#D3FE00", ["clear_requested=1.0"]),
        ("DM3 asked of all", "18EAFFF9#CCFE00", ["clear_requested=1.0"]),
        ("another group asked for", "18EAFFF9#CAFE00", [""]),
        ("DM11 acknowledged", "18E8FF00#00FFFFFFF9D3FE00", ["clear_confirmed=1.0"]),
        (
            "DM11 asked, refused and asked of another",
            "18EA00F9#D3FE00\n18E8FF00#01FFFFFFF9D3FE00\n18EA03F9#D3FE00", ["clear_requested=1.0"]
        ),
        ("an acknowledgement that is cut short", "18E8FF00#00FFFFFFF9D3FE", [""]),
        ("DM24", "18FDB600#0000000000000000", [""]),
        ("DM25", "18FDB700#0000000000000000", [""]),
        ("EEC1", "0CF00400#207D87481400F087", ["torque_pct=10.0 rpm=649.0"]),
        ("EEC1, nothing available", "0CF00400#FFFFFFFFFFFFFFFF", [""]),
        ("EEC1, an error", "0CF00400#20FEFF00FEFFFFFF", [""]),
        ("ET1", "18FEEE00#7DFF402CFFFFFFFF", ["coolant_c=85.0 oil_c=81.0"]),
        ("EFL/P1", "18FEEF00#FFFFFF64FFFFFFFF", ["oil_kpa=400.0"]),
        ("HOURS", "18FEE500#A0860100FFFFFFFF", ["hours=5000.0"]),
        ("VD, in km", "18FEE000#FFFFFFFFB05C6800", ["odo=854934.0"]),
        ("VEP1", "18FEF700#FFFFFFFF1802FFFF", ["batt_v=26.8"]),
        ("LFE", "18FEF200#C800FFFFFFFFFFFF", ["fuel_lph=10.0"]),
        ("IC1", "18FEF600#FF64FFFFFFFFFFFF", ["boost_kpa=200.0"]),
        ("a parameter group of no interest", "10FDA300#FFFF07FFFFFFFFFF", [""]),
        (
            "the last DM1 of a unit counts",
            "18FECA00#40FF5B000301FFFF\n18FECA00#00FF00000000FFFF",
            [
                "SA0 snapshot active mil_on=0.0 stop_lamp_on=0.0 warning_lamp_on=0.0 protect_lamp_on=0.0"
            ]
        ),
        (
            "two units", "18FECB00#00FF6E000002FFFF\n18FECB03#00FF7F000302FFFF",
            ["SA0 snapshot history SPN 110 FMI 0x2", "SA3 snapshot history SPN 127 FMI 3x2"]
        ),
        (
            "two engines on two buses, both with source address 0",
            "can1 18FECB00#00FF6E000002FFFF\ncan2 18FECB00#00FF7F000302FFFF",
            [
                "can1:SA0 snapshot history SPN 110 FMI 0x2",
                "can2:SA0 snapshot history SPN 127 FMI 3x2",
            ]
        ),
        (
            "as candump shows it", "  can0  18FECB00   [8]  00 FF 6E 00 00 02 FF FF",
            ["SA0 snapshot history SPN 110 FMI 0x2"]
        ),
        (
            "an identifier and bytes", "18FECB00 00 FF 6E 00 00 02 FF FF",
            ["SA0 snapshot history SPN 110 FMI 0x2"]
        ),
        (
            "an identifier and bytes, unspaced", "18FECB0000FF6E000002FFFF",
            ["SA0 snapshot history SPN 110 FMI 0x2"]
        ),
        (
            "the data of a DM1 alone", "54 FF 6E 00 00 02 FF FF",
            [
                "- snapshot active SPN 110 FMI 0x2 mil_on=1.0 stop_lamp_on=1.0 warning_lamp_on=1.0 protect_lamp_on=0.0"
            ]
        ),
        (
            "a count that is not available", "18FECB00#00FF6E00007FFFFF",
            ["SA0 snapshot history SPN 110 FMI 0"]
        ),
        ("a remote frame holds nothing", "18FECB00#R", [""]),
        (
            "VIN",
            "18ECFF00#20120003FFECFE00\n18EBFF00#01314D3847444D39\n18EBFF00#0241584B50303432\n18EBFF00#033738382AFFFFFF",
            [""]
        ),
    ]
    @Test("a frame gives its codes and readings", arguments: frames)
    func frame(name: String, text: String, lines: [String]) throws {
        let read = try CodecReading(.j1939, text).lines
        #expect(read == lines, "\(name)")
    }

    static let bam = CodecSample.bam
    static let fourCodes = "SPN 91 FMI 3x1 SPN 92 FMI 4x2 SPN 93 FMI 5x3 SPN 94 FMI 6x4"

    @Test("codes that need several packets are put together") func broadcast() throws {
        let read = try CodecReading(.j1939, Self.bam)
        #expect(read.lines.count == 1)
        #expect(read.lines[0].hasPrefix("SA0 snapshot active " + Self.fourCodes))
        // Some test sources send everything with priority 7.
        let polite = Self.bam.replacing("18E", with: "1CE")
        #expect(try CodecReading(.j1939, polite).lines == read.lines)
    }

    @Test("a missing, doubled or disordered packet spoils that message and no other")
    func brokenBroadcast() throws {
        let lines = Self.bam.split(separator: "\n").map(String.init)
        for broken in [[0, 1, 3], [0, 1, 1, 2, 3], [0, 2, 1, 3], [1, 2, 3], [0, 1, 2]] {
            let alone = broken.map { lines[$0] }.joined(separator: "\n")
            #expect(
                refusal(.j1939, Array(alone.utf8))?.reason == .missingFrame, "\(broken)")
            let read = try CodecReading(.j1939, alone + "\n18FECB03#00FF7F000302FFFF")
            #expect(read.lines == ["SA3 snapshot history SPN 127 FMI 3x2"], "\(broken)")
            #expect(read.buffer.refusedValues >= 1)
        }
    }

    @Test("two units may talk at the same time") func interleaved() throws {
        let first = Self.bam.split(separator: "\n").map(String.init)
        let second = first.map { $0.replacing("FF00#", with: "FF03#") }
        let mixed = zip(first, second).flatMap { [$0, $1] }.joined(separator: "\n")
        let read = try CodecReading(.j1939, mixed)
        #expect(
            read.lines.map { $0.prefix(20) } == ["SA0 snapshot active ", "SA3 snapshot active "])
        #expect(read.lines.allSatisfy { $0.contains(Self.fourCodes) })
    }

    @Test("what is sent to one is complete when the receiver says so") func peerToPeer() throws {
        let head = "18EC2100#10120003FFCAFE00\n18EC0021#110301FFFFCAFE00\n"
        let packets = [
            "18EB2100#0100FF5B0003015C", "18EB2100#020004025D000503", "18EB2100#035E000604FFFFFF",
        ]
        let end = "\n18EC0021#13120003FFCAFE00"
        let whole = head + packets.joined(separator: "\n") + end
        #expect(try CodecReading(.j1939, whole).lines[0].contains(Self.fourCodes))
        // The receiver asked for the second packet again.
        let again =
            head + [packets[0], packets[1], packets[2], packets[1]].joined(separator: "\n") + end
        #expect(try CodecReading(.j1939, again).lines[0].contains(Self.fourCodes))
        // Or the log ends before the receiver is heard.
        let cut = head + packets.joined(separator: "\n")
        #expect(try CodecReading(.j1939, cut).lines[0].contains(Self.fourCodes))
        let gap = head + [packets[0], packets[2]].joined(separator: "\n") + end
        #expect(refusal(.j1939, Array(gap.utf8))?.reason == .missingFrame)
        let abort = head + packets[0] + "\n18EC0021#FF03FFFFFFCAFE00\n" + packets[1]
        #expect(refusal(.j1939, Array(abort.utf8))?.reason == .missingFrame)
    }

    @Test("a pause that is too long ends a message") func timeout() throws {
        let times = ["138.000000", "138.050000", "139.900000", "139.950000"]
        let slow = zip(Self.bam.split(separator: "\n"), times)
            .map { "(1612543\($1)) can0 \($0)" }.joined(separator: "\n")
        #expect(refusal(.j1939, Array(slow.utf8))?.reason == .missingFrame)
        let quick = slow.replacing("139.9", with: "138.1")
        #expect(try CodecReading(.j1939, quick).lines[0].contains(Self.fourCodes))
    }

    @Test("open messages are bounded") func bounded() throws {
        let lines = (0..<200).map {
            "18EC\(hexText([UInt8($0)]))00#10FA0624FFCAFE00"
        }
        var writer = ReportWriter()
        writer.trace = FieldTrace()
        let payload = Array(lines.joined(separator: "\n").utf8)
        #expect(throws: DecodingFailure.self) {
            try DiagnosticCodec.j1939.decode(
                payload.span, DecodingContext(vehicle: VehicleID("A")), into: &writer)
        }
        #expect(writer.trace?.refusals.count == 200)
    }

    static let conversions: [(name: String, bytes: String, options: String, code: String)] = [
        ("version 4, the bit clear", "6E000302", "", "SPN 110 FMI 3"),
        ("version 4, all 19 bits", "FFFFC302", "", "SPN 458751 FMI 3"),
        ("the bit set is version 3", "22EEE381", "", "SPN 519714 FMI 3"),
        ("version 1 by configuration, the bit clear", "FE00C201", "spn=1", "SPN 520198 FMI 2"),
        ("version 1 by configuration", "000C8101", "spn=1", "SPN 100 FMI 1"),
        ("version 2 by configuration", "0C008181", "spn=2", "SPN 100 FMI 1"),
        ("version 3 by configuration", "6E000381", "spn=3", "SPN 110 FMI 3"),
        ("version 4 by configuration, the bit set", "6E000381", "spn=4", "SPN 110 FMI 3"),
        ("for this unit", "000C8101", "spn=4 spn=1@0", "SPN 100 FMI 1"),
        ("for another unit", "6E000302", "spn=1@3", "SPN 110 FMI 3"),
    ]
    @Test("a suspect parameter number has four layouts", arguments: conversions)
    func conversion(name: String, bytes: String, options: String, code: String) throws {
        let read = try CodecReading(.j1939, "18FECA00#00FF\(bytes)FFFF", options: options)
        #expect(read.buffer.sightings.map { "\($0.code)" } == [code], "\(name)")
        let traps = read.traps
        #expect(
            traps.contains(.conversionAmbiguous)
                == (name == "the bit set is version 3"), "\(name)")
    }

    static let refused: [RefusedRow] = [
        ("nothing", "", .emptyPayload, 0),
        ("no hex", "18FECA00#40FG", .notHex, 12),
        ("half a byte", "18FECA00#40F", .oddLength, 11),
        ("a frame too short for a code", "18FECA00#40FF", .truncated, 0),
        ("an identifier too large", "FFFECA00#40FF5B000301FFFF", .notHex, 0),
        ("data too short for a code", "40 FF", .truncated, 4),
        ("words", "hello", .notHex, 0),
        ("a time that is none", "(16x) can0 18FECA00#00", .timeMalformed, 3),
        ("a size that no message has", "18ECFF00#20080003FFCAFE00", .numberOutOfRange, 0),
    ]
    @Test("what is no frame is refused", arguments: refused)
    func refuses(name: String, text: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(.j1939, Array(text.utf8)) == DecodingFailure(reason: reason, offset: offset),
            "\(name)")
    }

    @Test("codes that were written read as they were") func roundTrip() throws {
        for seed in UInt64(0)..<3_000 {
            var random = SeededRandom(seed)
            let codes = (0..<1 + random.below(20)).map { _ in
                (
                    spn: UInt32(1 + random.below(524_286)), fmi: UInt8(random.below(31)),
                    count: UInt8(random.below(127))
                )
            }
            let version = 1 + random.below(4)
            let text = dm1Frames(
                codes.map { j1939Code(spn: $0.spn, fmi: $0.fmi, count: $0.count, version: version) }
            )
            let read = try CodecReading(.j1939, text, options: version == 4 ? "" : "spn=\(version)")
            #expect(
                read.buffer.sightings.map(\.code)
                    == codes.map { FaultCode(spn: $0.spn, fmi: $0.fmi) }, "seed \(seed)")
            #expect(read.buffer.sightings.map(\.occurrences) == codes.map { Int32($0.count) })
        }
    }
}

/// The four bytes of a code in one of the four layouts.
func j1939Code(spn: UInt32, fmi: UInt8, count: UInt8, version: Int) -> [UInt8] {
    let low = UInt8(spn & 255)
    let middle = UInt8(spn >> 8 & 255)
    let high = UInt8(spn >> 16 & 7)
    let top = UInt8(spn >> 11 & 255)
    let mid = UInt8(spn >> 3 & 255)
    let rest = UInt8(spn & 7)
    return switch version {
    case 1: [top, mid, rest << 5 | fmi, count | 0x80]
    case 2: [mid, top, rest << 5 | fmi, count | 0x80]
    case 3: [low, middle, high << 5 | fmi, count | 0x80]
    default: [low, middle, high << 5 | fmi, count]
    }
}

/// A DM1 of source address 0 with some codes: one frame, or BAM.
func dm1Frames(_ codes: [[UInt8]]) -> String {
    let message: [UInt8] = [0x04, 0xFF] + codes.flatMap { $0 }
    guard message.count > 8 else {
        let filled = message + [UInt8](repeating: 0xFF, count: 8 - message.count)
        return "18FECA00#" + hexText(filled, separator: "")
    }
    let packets = (message.count + 6) / 7
    var lines = [
        "18ECFF00#"
            + hexText(
                [
                    0x20, UInt8(message.count & 255), UInt8(message.count >> 8), UInt8(packets),
                    0xFF, 0xCA, 0xFE, 0,
                ],
                separator: "")
    ]
    for packet in 0..<packets {
        let part = message[(7 * packet)..<min(7 * packet + 7, message.count)]
        let bytes = [UInt8(packet + 1)] + part + [UInt8](repeating: 0xFF, count: 7 - part.count)
        lines.append("18EBFF00#" + hexText(bytes, separator: ""))
    }
    return lines.joined(separator: "\n")
}
