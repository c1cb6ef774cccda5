import FaultDecoding
import Testing
import VehicleFaults

/// Bytes of an OBD payload, and the lists they give: unit, status and codes.
typealias AnswerRow = (name: String, text: String, lists: [String])

@Suite("OBD answers") struct OBDTests {
    private func read(_ payload: [UInt8]) throws(DecodingFailure) -> ReportBuffer {
        try CodecReading(.obd, payload).buffer
    }

    private func summary(_ buffer: ReportBuffer) -> [String] {
        buffer.reports.map { report in
            let codes = report.sightings.map { buffer.sightings[Int($0)] }
            let unit = report.ecu == .empty ? "-" : "\(report.ecu)"
            return (["\(unit) \(report.list) \(report.listStatus)"] + codes.map { "\($0.code)" })
                .joined(separator: " ")
        }
    }

    static let answers: [AnswerRow] = [
        ("one frame", "7E8 06 43 02 01 43 01 96", ["7E8 snapshot confirmed P0143 P0196"]),
        ("one frame, unspaced", "7E806430201430196", ["7E8 snapshot confirmed P0143 P0196"]),
        ("one frame, padded", "7E8 04 43 01 03 01 AA AA AA", ["7E8 snapshot confirmed P0301"]),
        (
            "one frame of six bytes, which on CAN still start with a count",
            "7E8 07 43 01 03 01 00 00 00", ["7E8 snapshot confirmed P0301"]
        ),
        (
            "all letters", "43 04 01 43 41 23 80 03 C1 00",
            ["- snapshot confirmed P0143 C0123 B0003 U0100"]
        ),
        ("hex digits in a code", "43 01 2B AC", ["- snapshot confirmed P2BAC"]),
        ("lower case, unspaced", "43012bac", ["- snapshot confirmed P2BAC"]),
        ("pending", "47 01 01 71", ["- snapshot pending P0171"]),
        ("permanent", "4A 01 04 20", ["- snapshot permanent P0420"]),
        ("no codes", "43 00", ["- snapshot confirmed"]),
        ("no codes, in a frame", "7E8 02 43 00", ["7E8 snapshot confirmed"]),
        ("no codes, before CAN", "43 00 00 00 00 00 00", ["- snapshot confirmed"]),
        ("before CAN", "43 01 04 03 01 04 20", ["- snapshot confirmed P0104 P0301 P0420"]),
        (
            "two messages before CAN", "43 01 04 03 01 04 20\r43 C1 00 00 00 00 00\r\r>",
            ["- snapshot confirmed P0104 P0301 P0420 U0100"]
        ),
        (
            "header and checksum before CAN",
            "48 6B 10 43 01 04 03 01 04 20 FF\n48 6B 10 43 C1 00 00 00 00 00 FF",
            ["486B10 snapshot confirmed P0104 P0301 P0420 U0100"]
        ),
        (
            "the keyword protocol", "87 F1 11 43 01 04 00 00 00 00 D1",
            ["87F111 snapshot confirmed P0104"]
        ),
        (
            "a padded frame without header", "43 01 03 01 AA AA AA", ["- snapshot confirmed P0301"]
        ),
        ("a padded answer of another length", "43 01 03 01 00", ["- snapshot confirmed P0301"]),
        (
            "a long answer", "7E8 10 0A 43 04 01 04 03 01\n7E8 21 04 20 C1 00 00 00 00",
            ["7E8 snapshot confirmed P0104 P0301 P0420 U0100"]
        ),
        (
            "two units, their frames mixed",
            """
            7E8 10 0A 43 04 01 04 03 01\r7E9 04 43 01 07 00 55 55 55
            7E8 30 00 00\r7EA 10 08 43 03 00 01 00 02\r7E8 21 04 20 C1 00\r7EA 21 00 03
            """,
            [
                "7E9 snapshot confirmed P0700", "7E8 snapshot confirmed P0104 P0301 P0420 U0100",
                "7EA snapshot confirmed P0001 P0002 P0003",
            ]
        ),
        (
            "identifiers of 29 bits", "18DAF110 04 43 01 03 01\n18 DA F1 18 02 43 00",
            ["18DAF110 snapshot confirmed P0301", "18DAF118 snapshot confirmed"]
        ),
        ("29 bits, unspaced", "18DAF1100443010301", ["18DAF110 snapshot confirmed P0301"]),
        ("a single frame of CAN FD", "7E8 00 04 43 01 03 01", ["7E8 snapshot confirmed P0301"]),
        (
            "an adapter's long answer", "00A\r0: 43 04 01 04 03 01\r1: 04 20 C1 00 AA AA AA\r>",
            ["- snapshot confirmed P0104 P0301 P0420 U0100"]
        ),
        (
            "an adapter's long answer, unspaced", "00A\r0:430401040301\r1:0420C100000000",
            ["- snapshot confirmed P0104 P0301 P0420 U0100"]
        ),
        (
            "echo, search and prompt", "03\rSEARCHING...\r43 01 03 01 \r\r>",
            ["- snapshot confirmed P0301"]
        ),
        ("search on the same line", "SEARCHING...43 01 03 01", ["- snapshot confirmed P0301"]),
        (
            "the bus is initialised", "BUS INIT: OK\r43 01 04 00 00 00 00",
            ["- snapshot confirmed P0104"]
        ),
        ("nothing was answered", "03\rNO DATA\r\r>", ["- delta unstated"]),
        ("one unit answers, one does not", "7E8 02 43 00\rNO DATA", ["7E8 snapshot confirmed"]),
        (
            "one unit refuses", "7E8 03 7F 03 11\r7E9 02 43 00", ["7E9 snapshot confirmed"]
        ),
        (
            "one unit first asks to wait", "7E8 03 7F 03 78\r7E8 02 43 00",
            ["7E8 snapshot confirmed"]
        ),
        (
            "three services", "7E8 04 43 01 03 01\r7E8 04 47 01 03 02\r7E8 02 4A 00",
            [
                "7E8 snapshot confirmed P0301", "7E8 snapshot pending P0302",
                "7E8 snapshot permanent",
            ]
        ),
        (
            "a length that claims too much, a count that does not",
            "7E8 10 13 43 04 01 04 03 01\r7E8 21 04 20 C1 00",
            ["7E8 snapshot confirmed P0104 P0301 P0420 U0100"]
        ),
        ("padding among the codes", "43 02 00 00 03 01", ["- snapshot confirmed P0301"]),
    ]
    @Test("an answer gives its lists", arguments: answers)
    func answer(name: String, text: String, lists: [String]) throws {
        let buffer = try read(Array(text.utf8))
        #expect(summary(buffer) == lists, "\(name)")
        for report in buffer.reports {
            #expect(report.claimed == nil)
            for index in report.sightings {
                let sighting = buffer.sightings[Int(index)]
                #expect(sighting.status == report.listStatus)
                #expect(sighting.ecu == report.ecu)
            }
        }
        #expect(Set(buffer.reports.map(\.digest)).count == buffer.reports.count, "\(name)")
    }

    static let raw: [(name: String, bytes: [UInt8], lists: [String])] = [
        ("a count", [0x43, 1, 0x03, 0x01], ["- snapshot confirmed P0301"]),
        ("no codes", [0x4A, 0], ["- snapshot permanent"]),
        ("a padded frame", [0x43, 1, 0x03, 0x01, 0xAA], ["- snapshot confirmed P0301"]),
        ("before CAN", [0x47, 1, 4, 3, 1, 0, 0], ["- snapshot pending P0104 P0301"]),
        (
            "before CAN, in printable bytes", Array("C012345".utf8),
            ["- snapshot confirmed P3031 P3233 P3435"]
        ),
    ]
    @Test("bytes are read as they are", arguments: raw)
    func asBytes(name: String, bytes: [UInt8], lists: [String]) throws {
        #expect(summary(try read(bytes)) == lists, "\(name)")
    }

    static let refused: [RefusedRow] = [
        ("nothing", "", .emptyPayload, 0),
        ("only a prompt", "\r\r>", .noAnswer, 3),
        ("an answer to something else", "49 02 01 31", .notAnAnswer, 0),
        ("an answer to something else, in a frame", "7E8 04 49 02 01 31", .notAnAnswer, 4),
        ("a refusal", "7F 03 11", .negativeResponse, 0),
        ("a refusal in a frame", "7E8 03 7F 03 31", .negativeResponse, 4),
        ("only a wait", "7E8 03 7F 03 78", .negativeResponse, 4),
        ("a count too high", "43 02 03 01", .truncated, 11),
        ("a count too high, in a frame", "7E8 04 43 02 03 01", .truncated, 18),
        ("no count", "43", .truncated, 2),
        ("a frame cut short", "7E8 06 43 02 01", .truncated, 15),
        ("an empty frame", "7E8 00", .truncated, 6),
        ("half a byte", "43 01 03 0", .oddLength, 9),
        ("half a byte, unspaced", "4301030", .oddLength, 6),
        ("no hex", "43 01 0G 01", .notHex, 7),
        ("a line that runs into half a byte", "4300:43010301", .oddLength, 2),
        ("words", "hello", .notHex, 0),
        ("no connection", "SEARCHING...\rUNABLE TO CONNECT\r\r>", .noAnswer, 13),
        ("an error of the bus", "BUS INIT: ...ERROR\r>", .noAnswer, 0),
        ("an error of CAN", "CAN ERROR", .noAnswer, 0),
        ("stopped in between", "43 01 03 01\rSTOPPED", .noAnswer, 12),
        ("an error in the data", "43 01 03 01 <DATA ERROR", .noAnswer, 0),
        ("not understood", "?", .noAnswer, 0),
        ("the last frame is missing", "7E8 10 0A 43 04 01 04 03 01", .truncated, 27),
        (
            "a middle frame is missing", "7E8 10 20 43 0F 01 04 03 01\r7E8 22 04 20 C1 00 00 00 00",
            .missingFrame, 28
        ),
        (
            "a frame stands twice",
            "7E8 10 14 43 09 01 04 03 01\r7E8 21 04 20 C1 00 00 00 00\r7E8 21 04 20 C1 00 00 00 00",
            .missingFrame, 56
        ),
        ("the first frame is missing", "7E8 21 04 20 C1 00 00 00 00", .missingFrame, 0),
        (
            "a new answer in the middle of one", "7E8 10 0A 43 04 01 04 03 01\r7E8 02 43 00",
            .missingFrame, 28
        ),
        ("an unknown frame", "7E8 40 43 00", .notAnAnswer, 4),
        ("a numbered line without a length", "0: 43 00", .missingFrame, 0),
        (
            "a numbered line is missing", "00A\r0: 43 04 01 04 03 01\r2: 04 20 C1 00",
            .missingFrame, 25
        ),
        ("the last numbered line is missing", "00A\r0: 43 04 01 04 03 01", .truncated, 24),
    ]
    @Test("what is no answer is refused", arguments: refused)
    func refuses(name: String, text: String, reason: DecodingFailure.Reason, offset: Int) {
        #expect(throws: DecodingFailure(reason: reason, offset: offset), "\(name)") {
            try read(Array(text.utf8))
        }
    }

    @Test("limits hold") func limits() throws {
        let limits = DecodingLimits(bytes: 60, faults: 2)
        func failure(_ text: String) -> DecodingFailure? {
            refusal(.obd, Array(text.utf8), limits: limits)
        }
        #expect(failure("43 02 03 01 03 02") == nil)
        #expect(failure("43 03 03 01 03 02 03 03")?.reason == .tooManyFaults)
        #expect(failure("43 01 03 01\r47 02 03 02 03 03")?.reason == .tooManyFaults)
        #expect(
            failure(String(repeating: "43 00\r", count: 11)) == .init(reason: .tooLarge, offset: 60)
        )
    }

    @Test("any answer that is written in frames reads as it was") func roundTrip() throws {
        for seed in UInt64(0)..<5_000 {
            var random = SeededRandom(seed)
            let codes = (0..<random.below(40)).map { _ in UInt16(1 + random.below(65_535)) }
            let service = random.one(of: [0x43, 0x47, 0x4A] as [UInt8])
            let message =
                [service, UInt8(codes.count)]
                + codes.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
            let header = random.one(of: ["7E8", "18DAF110"])
            let separator = random.one(of: ["", " "])
            var lines: [[UInt8]] = []
            if message.count <= 7 {
                lines = [[UInt8(message.count)] + message]
            } else {
                lines = [
                    [0x10 | UInt8(message.count >> 8), UInt8(message.count & 255)] + message[..<6]
                ]
                for (index, start) in stride(from: 6, to: message.count, by: 7).enumerated() {
                    let part = message[start..<min(start + 7, message.count)]
                    let padding = [UInt8](repeating: 0xAA, count: 7 - part.count)
                    lines.append([0x20 | UInt8((index + 1) & 15)] + part + padding)
                }
            }
            let text = lines.map { line in
                ([header] + line.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) })
                    .joined(separator: separator)
            }
            let buffer = try read(Array(text.joined(separator: "\r").utf8))
            #expect(
                buffer.sightings.map(\.code) == codes.map { FaultCode(obd: $0) }, "seed \(seed)")
            guard lines.count > 2 else { continue }
            // Without any one of its frames, an answer is not taken.
            var gap = text
            gap.remove(at: random.below(gap.count))
            #expect(throws: DecodingFailure.self, "seed \(seed)") {
                try read(Array(gap.joined(separator: "\r").utf8))
            }
        }
    }

    @Test("any bytes decode, or say where they stop making sense") func isTotal() throws {
        let tokens = [
            "7E8 ", "43", " 00", "01", "\r", "\n", ">", "0:", "1:", "00A", "10 0A ", "21 ",
            "18DAF110",
            "48 6B 10 ", "7F 03 11", "NO DATA", "SEARCHING...", "?", "3", "AA", ":", "<", "\0", "é",
        ]
        for seed in UInt64(0)..<20_000 {
            var random = SeededRandom(seed)
            var bytes = random.bytes(upTo: 24)
            if random.happens(0.8) {
                bytes = (0..<random.below(14)).flatMap { _ in Array(random.one(of: tokens).utf8) }
            }
            do throws(DecodingFailure) {
                #expect(try !read(bytes).reports.isEmpty, "seed \(seed)")
            } catch {
                #expect((0...bytes.count).contains(error.offset), "seed \(seed)")
            }
        }
    }
}
