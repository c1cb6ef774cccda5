import FaultDecoding

/// Well-formed payloads of each codec, from which tests bend theirs.
enum CodecSample {
    /// Four codes that need three packets.
    static let bam = """
        18ECFF00#20120003FFCAFE00
        18EBFF00#0100FF5B0003015C
        18EBFF00#020004025D000503
        18EBFF00#035E000604FFFFFF
        """

    static let all: [(codec: DiagnosticCodec, payloads: [[UInt8]])] = [
        (
            .obd,
            [
                "7E8 10 0A 43 04 01 04 03 01\r7E8 21 04 20 C1 00 00 00 00", "43 02 01 43 01 96",
                "48 6B 10 43 01 04 03 01 04 20 FF", "00A\r0: 43 04 01 04 03 01\r1: 04 20 C1 00\r>",
                "41 01 83 07 FF 00", "42 02 00 03 01\r42 05 00 7B", "SEARCHING...\rNO DATA",
                "4101000761001:00410100076100", "(1612543138.000000) can0 7E8#0643020143019600",
                "7E8 03 7F 03 11",
            ].map { Array($0.utf8) } + [hex("43 01 04 03 01 04 20"), hex("41 0C 12 34")]
        ),
        (
            .uds,
            [
                "59 02 FF 03 01 1A 2F", "59 04 12 34 56 24 02 01 47 11 A6 66 07 50 20",
                "59 06 12 34 56 20 99 01 02 03 04 05", "59 01 FF 01 00 05",
                "59 42 33 FF FF 04 22 04 20 00 2F", "59 55 33 FF 04 04 20 00 08",
                "59 17 18 FF 04 20 00 2F", "02FD80010000000B10100E805902FF03011A2F",
                "7E8 10 0B 59 02 FF 03 01 1A\r7E8 21 2F 03 02 1A 08",
            ].map { Array($0.utf8) } + [hex("59 0A FB 12 34 56 20 12 34 57 60")]
        ),
        (
            .j1939,
            [
                bam, "18FECA00#40FF5B000301FFFF", "0CF00400#207D87481400F087",
                "  can0  18FECB00   [8]  00 FF 6E 00 00 02 FF FF", "54 FF 6E 00 00 02 FF FF",
                "18EC2100#10120003FFCAFE00\n18EB2100#0100FF5B0003015C\n18EC0021#13120003FFCAFE00",
                "18FECE00#0501140000000000",
            ].map { Array($0.utf8) } + [hex("18FECB00 00FF6E000002FFFF")]
        ),
        (
            .gbt32960,
            [
                Terminal.gbt(Terminal.time + Terminal.vehicle2016 + Terminal.extremes),
                Terminal.gbt(
                    Terminal.time + Terminal.alarm(level: 2, flags: 5, [[1, 2], [], [3], [4]])),
                Terminal.gbt(
                    Terminal.time + Terminal.motor2025
                        + Terminal.alarm(
                            level: 2, flags: 2, [[1], [], [], []], type: 6, levels: [[1, 2]]),
                    edition2025: true),
                Array(hexText(Terminal.gbt(Terminal.time)).utf8),
            ]
        ),
        (
            .hj1239,
            [
                Terminal.truck(Terminal.truckHead + Terminal.engine),
                Terminal.truck(
                    Terminal.truckHead
                        + Terminal.obd(
                            protocol: 2, lamp: 1, support: 7, open: 1, count: 1,
                            codes: hex("6E000302"))),
            ]
        ),
        (
            .textCodes,
            [
                "P0299 P0675", "P0301-1A,SPN 110 FMI 3;0x03011A", "No fault codes detected",
                #"["P0301"]"#,
            ].map { Array($0.utf8) }
        ),
        (
            .vss,
            [
                #"{"Vehicle":{"OBD":{"CoolantTemperature":83,"DTCList":["P0301"]}}}"#,
                #"[{"path":"Vehicle.Speed","dp":[{"value":"80","ts":"2026-03-01T00:00:00Z"}]}]"#,
                #"{"entry":{"path":"Vehicle.OBD.EngineLoad","value":{"timestamp":"2026-03-01T00:00:00Z","float":8e1}}}"#,
            ].map { Array($0.utf8) }
        ),
    ]
}
