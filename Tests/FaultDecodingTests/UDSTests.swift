import FaultDecoding
import Testing
import VehicleFaults

@Suite("UDS answers") struct UDSTests {
    static let answers: [(name: String, text: String, lines: [String])] = [
        (
            "02, failed since the memory was cleared", "59 02 FB 12 34 56 20 12 34 57 60",
            ["- snapshot unstated P1234-56(history) P1234-57(history)"]
        ),
        (
            "02, active with its lamp", "59 02 FF 03 01 1A AF",
            ["- snapshot unstated P0301-1A(confirmed|active)"]
        ),
        ("02, active", "59 02 FF 03 01 1A 2F", ["- snapshot unstated P0301-1A(confirmed|active)"]),
        ("02, pending", "59 02 FF C1 00 87 24", ["- snapshot unstated U0100-87(pending)"]),
        ("02, stored", "59 02 FF 50 12 13 28", ["- snapshot unstated C1012-13(confirmed)"]),
        (
            "02, pending and confirmed is no longer pending", "59 02 FF 03 01 1A 2C",
            ["- snapshot unstated P0301-1A(confirmed)"]
        ),
        ("02, the lamp alone", "59 02 FF 03 01 1A 80", ["- snapshot unstated P0301-1A(history)"]),
        ("02, no codes", "59 02 FF", ["- snapshot unstated"]),
        ("02, filled up with zeros", "59 02 FF 00 00 00 00", ["- snapshot unstated"]),
        (
            "02, half filled up", "59 02 FF 03 01 1A 2F 00 00 00",
            ["- snapshot unstated P0301-1A(confirmed|active)"]
        ),
        (
            "02, bits that the unit does not have", "59 02 08 03 01 1A 2F",
            ["- snapshot unstated P0301-1A(confirmed)"]
        ),
        (
            "0A, never tested is no fault", "59 0A FF 03 01 1A 50 03 02 1A 2F",
            ["- snapshot unstated P0302-1A(confirmed|active)"]
        ),
        ("0A, tested and fine", "59 0A FF 03 01 1A 00", ["- snapshot unstated"]),
        (
            "04, no sizes", "59 04 12 34 56 24 02 01 47 11 A6 66 07 50 20",
            ["- delta unstated P1234-56(pending)"]
        ),
        ("04, nothing known", "59 04", ["- delta unstated"]),
        (
            "06, no sizes", "59 06 12 34 56 20 99 01 02 03 04 05",
            ["- delta unstated P1234-56(history)"]
        ),
        ("01, a count is no list", "59 01 FF 01 00 05", ["dtc_count=5.0"]),
        ("07, a count by severity", "59 07 FF 00 01 02", ["dtc_count=258.0"]),
        (
            "13, emission codes are not all codes", "59 13 FF 04 20 00 2F",
            ["- delta unstated P0420-00(confirmed|active)"]
        ),
        ("15, permanent", "59 15 FF 04 20 00 08", ["- snapshot permanent P0420-00"]),
        (
            "17, the memory comes first", "59 17 18 FF 04 20 00 2F",
            ["- delta unstated P0420-00(confirmed|active)"]
        ),
        (
            "42, with severity and its mask", "59 42 33 FF FF 04 22 04 20 00 2F",
            ["- snapshot unstated P0420-00(confirmed|active)"]
        ),
        (
            "42, without the severity mask", "59 42 33 FF 04 22 04 20 11 2F",
            ["- snapshot unstated P0420-11(confirmed|active)"]
        ),
        ("42, no codes", "59 42 33 FF FF 04", ["- snapshot unstated"]),
        ("55, permanent", "59 55 33 FF 04 04 20 00 08", ["- snapshot permanent P0420-00"]),
        (
            "55, with severity", "59 55 33 FF 04 22 04 20 00 08",
            ["- snapshot permanent P0420-00"]
        ),
        (
            "42, J1939 codes", "59 42 33 FF FF 02 22 6E 00 03 2F",
            ["- snapshot unstated SPN 110 FMI 3(confirmed|active)"]
        ),
        (
            "a frame", "7E8 07 59 02 FF 03 01 1A 2F",
            ["7E8 snapshot unstated P0301-1A(confirmed|active)"]
        ),
        (
            "a long answer", "7E8 10 0B 59 02 FF 03 01 1A\r7E8 21 2F 03 02 1A 08",
            ["7E8 snapshot unstated P0301-1A(confirmed|active) P0302-1A(confirmed)"]
        ),
        (
            "identifiers of 29 bits", "18DAF110 07 59 02 FF 03 01 1A 2F",
            ["18DAF110 snapshot unstated P0301-1A(confirmed|active)"]
        ),
        (
            "DoIP", "02 FD 80 01 00 00 00 0B 10 10 0E 80 59 02 FF 03 01 1A 2F",
            ["1010 snapshot unstated P0301-1A(confirmed|active)"]
        ),
        (
            "DoIP, unspaced", "02FD80010000000B10100E805902FF03011A2F",
            ["1010 snapshot unstated P0301-1A(confirmed|active)"]
        ),
        (
            "a logged frame of a maker's identifier", "can0 77A#075902FF03011A2F",
            ["77A snapshot unstated P0301-1A(confirmed|active)"]
        ),
        ("request and answer", "1902FF\r59 02 FF", ["- snapshot unstated"]),
        (
            "one unit refuses", "7E8 03 7F 19 12\r7E9 03 59 02 FF",
            ["7E9 snapshot unstated"]
        ),
        ("nothing was answered", "NO DATA", ["- delta unstated"]),
    ]
    @Test("an answer gives its codes", arguments: answers)
    func answer(name: String, text: String, lines: [String]) throws {
        let read = try CodecReading(.uds, text).lines
        #expect(read == lines, "\(name)")
    }

    @Test("bytes are read as they are") func asBytes() throws {
        let bytes = hex("59 02 FF 03 01 1A 2F")
        #expect(
            try CodecReading(.uds, bytes).lines == [
                "- snapshot unstated P0301-1A(confirmed|active)"
            ])
    }

    @Test("the sizes of data come from the configuration") func sizes() throws {
        let text = "59 04 12 34 56 24 01 02 47 11 A6 66 47 12 07 02 01 47 11 01 02"
        let options = "did=4711:2 did=4712:1"
        let known = try CodecReading(.uds, text, options: options)
        #expect(
            known.trace.fields.filter { $0.name == "value" }.map(\.raw) == ["A6 66", "07", "01 02"])
        #expect(!known.traps.contains(.lengthUnknown))
        let unknown = try CodecReading(.uds, text)
        #expect(
            unknown.trace.fields.filter { $0.name == "value" }.map(\.raw).first?.hasPrefix(
                "A6 66 47 12") == true)
        #expect(unknown.traps.contains(.lengthUnknown))
        let records = "59 06 12 34 56 20 01 05 02 00 07"
        let extended = try CodecReading(.uds, records, options: "ext=01:1 ext=02:2")
        #expect(extended.trace.fields.filter { $0.name == "value" }.map(\.raw) == ["05", "00 07"])
        #expect(
            refusal(.uds, Array(records.utf8), options: "ext=01:9")?.reason == .truncated)
    }

    @Test("J1939 codes in UDS are stated by the configuration") func codeFormat() throws {
        let read = try CodecReading(.uds, "59 02 FF 22 EE E3 2F", options: "dtc=02")
        #expect(read.lines == ["- snapshot unstated SPN 519714 FMI 3(confirmed|active)"])
    }

    static let refused: [RefusedRow] = [
        ("nothing", "", .emptyPayload, 0),
        ("another service", "62 F1 90 31", .notAnAnswer, 0),
        ("another sub-function", "59 03 FF", .notAnAnswer, 3),
        ("a refusal", "7F 19 31", .negativeResponse, 0),
        ("no mask", "59 02", .truncated, 5),
        ("half a record", "59 02 FF 03 01 1A", .truncated, 17),
        ("a record and a half", "59 02 FF 03 01 1A 2F 03 01", .truncated, 26),
        ("half a count", "59 01 FF 01 00", .truncated, 14),
        ("half a code", "59 04 12 34", .truncated, 11),
        ("identifiers that are not there", "59 04 12 34 56 24 01 02", .truncated, 23),
        ("a layout that does not come out even", "59 42 33 FF FF 04 22 04", .truncated, 23),
        ("half a byte", "59 02 F", .oddLength, 6),
        ("words", "hello", .notHex, 0),
    ]
    @Test("what is no answer is refused", arguments: refused)
    func refuses(name: String, text: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(
            refusal(.uds, Array(text.utf8)) == DecodingFailure(reason: reason, offset: offset),
            "\(name)")
    }

    @Test("codes that were written read as they were") func roundTrip() throws {
        for seed in UInt64(0)..<3_000 {
            var random = SeededRandom(seed)
            let codes = (0..<random.below(12)).map { _ in
                (
                    UInt32(1 + random.below(0xFF_FFFF)),
                    UInt8(random.one(of: [0x01, 0x08, 0x2F, 0x09]))
                )
            }
            let function = random.one(of: [0x02, 0x0A, 0x13] as [UInt8])
            var bytes: [UInt8] = [0x59, function, 0xFF]
            for (code, status) in codes {
                bytes += [UInt8(code >> 16), UInt8(code >> 8 & 255), UInt8(code & 255), status]
            }
            let lines = codes.isEmpty ? [bytes] : isoFrames(bytes)
            let text = lines.map { (codes.isEmpty ? "" : "7E8 ") + hexText($0) }
            let read = try CodecReading(.uds, text.joined(separator: "\r"))
            #expect(
                read.buffer.sightings.map(\.code)
                    == codes.map {
                        FaultCode(uds: UInt16($0.0 >> 8), failureType: UInt8($0.0 & 255))
                    },
                "seed \(seed)")
        }
    }
}

/// The ISO-TP frames of a message.
func isoFrames(_ message: [UInt8]) -> [[UInt8]] {
    guard message.count > 7 else { return [[UInt8(message.count)] + message] }
    var frames = [[0x10 | UInt8(message.count >> 8), UInt8(message.count & 255)] + message[..<6]]
    for (index, start) in stride(from: 6, to: message.count, by: 7).enumerated() {
        let part = message[start..<min(start + 7, message.count)]
        frames.append(
            [0x20 | UInt8((index + 1) & 15)] + part
                + [UInt8](repeating: 0xAA, count: 7 - part.count))
    }
    return frames
}
