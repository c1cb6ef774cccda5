import Foundation
import Recordings
import Testing

struct FrameRecordingTests {
    /// Two frames and a fault list in three frames, as each program writes them.
    static let lines = [
        "(1543509533.000838) can0 10FDA300#FFFF07FFFFFFFFFF",
        "(1543509533.051528) can0 18ECFF00#20120003FFCAFE00",
        "(1543509533.060000) can0 0CF00400#207D87481400F087",
        "(1543509533.101528) can0 18EBFF00#0100FF5B0003015C",
        "(1543509533.151528) can0 18EBFF00#020004025D000503",
        "(1543509533.201528) can0 18EBFF00#035E000604FFFFFF",
        "(1543509533.300000) can0 7E8#0643020143",
    ]
    static let whole = lines.joined(separator: "\n") + "\n"

    static let vector = """
        date Sam Nov 21 10:15:45.213 pm 2026
        base hex  timestamps absolute
        internal events logged
        Begin Triggerblock Thu Nov 29 04:38:53.000 pm 2018
         0.000000 Start of measurement
         0.000838 1  10FDA300x       Rx   d 8 FF FF 07 FF FF FF FF FF  Length = 0 BitCount = 0
         0.020000 1  Statistic: D 7 R 0 XD 0 XR 0 E 0 O 0 B 0.1%
         0.051528 1  18ECFF00x       Rx   d 8 20 12 00 03 FF CA FE 00
         0.060000 1  CF00400x        Rx   d 8 20 7D 87 48 14 00 F0 87
         0.101528 1  18EBFF00x       Rx   d 8 01 00 FF 5B 00 03 01 5C
         0.151528 1  18EBFF00x       Rx   d 8 02 00 04 02 5D 00 05 03
         0.201528 1  18EBFF00x       Rx   d 8 03 5E 00 06 04 FF FF FF
         0.201600 1  J1939TP FECAp 6 0 0 - Rx d 18 00 FF 5B 00 03 01 5C 00
         0.250000 1  ErrorFrame
         0.300000 1  7E8             Rx   d 5 06 43 02 01 43
        End TriggerBlock
        """

    static let python = """
        timestamp,arbitration_id,extended,remote,error,dlc,data
        1543509533.000838,0x10fda300,1,0,0,8,//8H//////8=
        1543509533.0515281,0x18ecff00,1,0,0,8,IBIAA//K/gA=
        1543509533.06,0xcf00400,1,0,0,8,IH2HSBQA8Ic=
        1543509533.101528,0x18ebff00,1,0,0,8,AQD/WwADAVw=
        1543509533.1515281,0x18ebff00,1,0,0,8,AgAEAl0ABQM=
        1543509533.201528,0x18ebff00,1,0,0,8,A14ABgT///8=
        1543509533.25,0x0,0,0,1,0,
        1543509533.3,0x7e8,0,0,0,5,BkMCAUM=
        """

    static let trace = """
        1543509533.000000 CXX Info Type:crtd; Path:'/sd/x.crtd'
        # made by hand
        1543509533.000838 1R29 10FDA300 FF FF 07 FF FF FF FF FF
        1543509533.051528 1R29 18ECFF00 20 12 00 03 FF CA FE 00
        1543509533.060000 1R29 0CF00400 20 7D 87 48 14 00 F0 87
        1543509533.101528 1R29 18EBFF00 01 00 FF 5B 00 03 01 5C
        1543509533.151528 1R29 18EBFF00 02 00 04 02 5D 00 05 03
        1543509533.201528 1R29 18EBFF00 03 5E 00 06 04 FF FF FF
        1543509533.300000 1R11 7E8 06 43 02 01 43
        """

    static let people = """
         (1543509533.000838)  can0  10FDA300   [8]  FF FF 07 FF FF FF FF FF
         (1543509533.051528)  can0  18ECFF00   [8]  20 12 00 03 FF CA FE 00
         (1543509533.060000)  can0  0CF00400   [8]  20 7D 87 48 14 00 F0 87
         (1543509533.101528)  can0  18EBFF00   [8]  01 00 FF 5B 00 03 01 5C
         (1543509533.151528)  can0  18EBFF00   [8]  02 00 04 02 5D 00 05 03
         (1543509533.201528)  can0  18EBFF00   [8]  03 5E 00 06 04 FF FF FF
         (1543509533.300000)  can0  7E8   [5]  06 43 02 01 43
        """

    @Test(
        "reads the same frames from every program, a fault list in one message",
        arguments: [
            ("candump -L", whole, "can0"),
            ("python-can's candump", lines.joined(separator: " R\n"), "can0"),
            ("candump -ta", people, "can0"), ("ASC", vector, "can1"),
            ("python-can CSV", python, "can0"),
            ("CRTD", trace, "can1"),
        ])
    func reads(name: String, text: String, bus: String) throws {
        let recording = try WholeRecording(of: text)
        #expect(recording.refused.isEmpty, "\(name): \(recording.refused)")
        let lines = Self.lines.map { $0.replacing("can0", with: bus) }
        #expect(
            recording.messages.map { String(decoding: $0.payload, as: UTF8.self) } == [
                lines[0], lines[1...5].joined(separator: "\n"), lines[6],
            ], "\(name)")
        #expect(
            recording.messages.map { String(decoding: $0.topic, as: UTF8.self) } == [
                "can/\(bus)/10FDA300", "can/\(bus)/18ECFF00", "can/\(bus)/7E8",
            ], "\(name)")
        #expect(
            recording.messages.map(\.milliseconds) == [
                1_543_509_533_000, 1_543_509_533_201, 1_543_509_533_300,
            ], "\(name)")
    }

    @Test(
        "converts between the formats of frames and back without losing a frame",
        arguments: [RecordingFormat.own, .mosquittoHex, .mosquittoJSON, .vector, .pythonCAN])
    func comesBack(format: RecordingFormat) throws {
        let there = try converted(Array(Self.whole.utf8), to: format)
        #expect(there.conversion.isLossless)
        let back = try converted(there.bytes, to: .candump)
        #expect(String(decoding: back.bytes, as: UTF8.self) == Self.whole)
        #expect(back.conversion.isLossless)
    }

    @Test("keeps requests, flexible frames and directions where the format can") func rareFrames()
        throws
    {
        let text = """
            (1.000000) can3 123#R
            (1.000001) can3 123#R8
            (1.000002) can3 18DAF110##1000102030405060708090A0B T
            (1.000003) can3 123#
            (1.000004) can3 20000080#0000000000000000

            """
        let own = try converted(Array(text.utf8), to: .own)
        #expect(own.conversion.messages == 5)
        let back = try converted(own.bytes, to: .candump)
        #expect(String(decoding: back.bytes, as: UTF8.self) == text)
        let vector = try converted(Array(text.utf8), to: .vector)
        #expect(vector.conversion.left == [5])
        let again = try converted(vector.bytes, to: .candump)
        let lines = text.split(separator: "\n")
        #expect(
            String(decoding: again.bytes, as: UTF8.self).split(separator: "\n") == [
                "(1.000000) can3 123#R", lines[1], lines[2], lines[3],
            ])
        let python = try converted(Array(text.utf8), to: .pythonCAN)
        #expect(python.conversion.left == [3, 5])
        #expect(python.conversion.lostBuses == 3)
    }

    @Test("gives a transfer up that is never finished, and keeps buses apart") func unfinished()
        throws
    {
        let text = """
            (1.0) can0 18ECFF00#20120003FFCAFE00
            (1.1) can1 0CF00400#00
            (1.2) can0 18EBFF00#0100FF5B0003015C
            (2.4) can0 0CF00401#01
            (2.5) can0 0CF00402#02
            (3.0) can0 18EC2100#10120003FFCAFE00
            (3.1) can0 18EC0021#110301FFFFCAFE00
            (3.2) can0 18EB2100#0100FF5B0003015C
            (3.3) can0 18EB2100#020004025D000503
            (3.4) can0 18EB2100#035E000604FFFFFF
            (3.5) can0 18EC0021#13120003FFCAFE00
            (4.0) can0 7E8#100A43040104
            (4.1) can0 7E8#100A430401040301
            (4.2) can0 7E8#2104200100555555
            (9.0) can0 18ECFF00#20120003FFCAFE00
            """
        let recording = try WholeRecording(of: text)
        #expect(recording.messages.map(\.line) == [2, 1, 5, 6, 12, 13, 15])
        #expect(
            recording.messages.map { $0.payload.split(separator: 0x0A).count } == [
                1, 3, 1, 6, 1, 2, 1,
            ])
    }

    @Test(
        "refuses what is no frame with its place",
        arguments: [
            ("(1.0) can0 123#0", RefusedLine.Reason.damagedHex, 16),
            ("(1.0) can0 1234#00", .notAFrame, 11), ("(1.0) can0 FFF#00", .notAFrame, 11),
            ("(x) can0 123#00", .unreadableTime, 0), ("(1.0) can0", .notAFrame, 10),
            ("(1.0) a/b 123#00", .notAFrame, 9),
            ("(1.0) can0 123#001122334455667788", .notAFrame, 15),
            ("(1.0) can0 123#00 X", .notAFrame, 18), ("(1.0) can0 123##", .notAFrame, 15),
            ("1.0 can0 123#00", .unreadableTime, 0), ("(1.0) can0 123 [2] 00", .notAFrame, 21),
        ])
    func refuses(line: String, reason: RefusedLine.Reason, offset: Int) throws {
        let recording = try WholeRecording(of: "\(line)\n\(Self.lines[0])\n", format: .candump)
        #expect(recording.messages.count == 1)
        #expect(
            recording.refused == [
                PlainRefusal(line: 1, reason: reason, offset: offset, raw: Array(line.utf8))
            ])
    }

    @Test("reads ASC with decimal numbers, relative times and the names of other languages")
    func otherVectors() throws {
        let text = """
            date Son Mrz 1 00:00:10.500 2026
            base dec  timestamps relative
            0.5 1 2024 Rx d 3 67 1 255
            0.5 CANFD 2 Tx 416 Brake 1 0 9 2 1 255
            0.5 CANFD 2 Tx 416 0 1 9 2 1 255
            """
        let recording = try WholeRecording(of: text)
        #expect(
            recording.messages.map { String(decoding: $0.payload, as: UTF8.self) } == [
                "(1772323211.000000) can1 7E8#4301FF", "(1772323211.500000) can2 1A0##101FF T",
                "(1772323212.000000) can2 1A0##201FF T",
            ])
    }
}

/// A recording of some bytes written in another format.
func converted(
    _ bytes: [UInt8], from: RecordingFormat? = nil, to format: RecordingFormat, topic: String = "",
    columns: TableColumns = TableColumns()
) throws -> (bytes: [UInt8], conversion: Conversion) {
    try withRecording(bytes) { input in
        try withRecording(nil) { output in
            var conversion = Conversion(topic: topic)
            do {
                var reader = try RecordingReader(
                    path: input, format: from, options: RecordingOptions(columns: columns))
                var writer = try RecordingWriter(path: output, format: format)
                var chunk = RecordedChunk()
                while try reader.next(into: &chunk) { try conversion.take(chunk, into: &writer) }
                try writer.flush()
            }
            return (try contents(of: output), conversion)
        }
    }
}
