import FaultDecoding
import Testing
import VehicleFaults

@Suite("OBD services 01 and 02") struct OBDReadingTests {
    /// One row for each parameter of the reference.
    static let parameters: [(name: String, text: String, lines: [String])] = [
        (
            "01, three codes and all monitors done", "41 01 83 07 FF 00",
            ["mil_on=1.0 dtc_count=3.0 monitors_open=0.0"]
        ),
        (
            "01, a diesel's misfire monitor is open", "41 01 00 79 03 03",
            ["mil_on=0.0 dtc_count=0.0 monitors_open=3.0"]
        ),
        ("03, the state of the fuel system is no number", "41 03 02 00", [""]),
        ("04", "41 04 80", ["load_pct=50.196"]),
        ("05", "41 05 7B", ["coolant_c=83.0"]),
        ("05, the coldest", "41 05 00", ["coolant_c=-40.0"]),
        ("06", "41 06 85", ["trim_short1_pct=3.906"]),
        ("07", "41 07 78", ["trim_long1_pct=-6.25"]),
        ("08", "41 08 80", ["trim_short2_pct=0.0"]),
        ("09", "41 09 00", ["trim_long2_pct=-100.0"]),
        ("0A", "41 0A 64", ["fuel_kpa=300.0"]),
        ("0B", "41 0B 65", ["map_kpa=101.0"]),
        ("0C", "41 0C 12 34", ["rpm=1165.0"]),
        ("0D", "41 0D 50", ["speed_kmh=80.0"]),
        ("0F", "41 0F 3C", ["intake_c=20.0"]),
        ("10", "41 10 01 F4", ["maf_gps=5.0"]),
        ("11", "41 11 FF", ["throttle_pct=100.0"]),
        ("1F", "41 1F 08 D9", ["run_s=2265.0"]),
        ("21", "41 21 12 23", ["mil_km=4643.0"]),
        ("2F", "41 2F 80", ["fuel_pct=50.196"]),
        ("30", "41 30 07", ["clear_warmups=7.0"]),
        ("31", "41 31 00 C8", ["clear_km=200.0"]),
        ("33", "41 33 65", ["baro_kpa=101.0"]),
        ("3C", "41 3C 11 94", ["cat_c=410.0"]),
        ("42", "41 42 36 B0", ["batt_v=14.0"]),
        ("43", "41 43 00 FF", ["abs_load_pct=100.0"]),
        ("46", "41 46 1E", ["ambient_c=-10.0"]),
        ("4D", "41 4D 01 01", ["mil_min=257.0"]),
        ("4E", "41 4E 03 03", ["clear_min=771.0"]),
        ("5C", "41 5C 82", ["oil_c=90.0"]),
        ("5E", "41 5E 00 C8", ["fuel_lph=10.0"]),
        ("A6", "41 A6 00 07 5B CD", ["odo=48225.3"]),
        (
            "several parameters in one frame", "7E8 06 41 0C 12 34 05 7B 00",
            ["rpm=1165.0 coolant_c=83.0"]
        ),
        (
            "several parameters in a long answer",
            "7E8 10 0A 41 0C 12 34 05 7B\r7E8 21 42 36 B0 0D AA AA AA",
            ["rpm=1165.0 coolant_c=83.0 batt_v=14.0"]
        ),
        ("a frame filled up with zeros", "41 05 7B 00 00 00 00", ["coolant_c=83.0"]),
        ("a frame filled up", "7E8 03 41 05 7B AA AA AA AA", ["coolant_c=83.0"]),
        ("an unknown parameter", "41 9E 01 02", [""]),
        (
            "each unit for itself", "7E8 03 41 05 7B\r7E9 03 41 05 50",
            ["coolant_c=83.0", "coolant_c=40.0"]
        ),
        ("request and answer", "010C\r41 0C 12 34\r\r>", ["rpm=1165.0"]),
        ("before CAN", "48 6B 10 41 05 7B 3A", ["coolant_c=83.0"]),
        (
            "two units' lines run together", "4101000761001:00410100076100",
            [
                "mil_on=0.0 dtc_count=0.0 monitors_open=0.0 mil_on=0.0 dtc_count=0.0 monitors_open=0.0"
            ]
        ),
    ]
    @Test("a parameter gives its reading", arguments: parameters)
    func parameter(name: String, text: String, lines: [String]) throws {
        let read = try CodecReading(.obd, text).lines
        #expect(read == lines, "\(name)")
    }

    static let frames: [(name: String, text: String, lines: [String])] = [
        (
            "the code that stored it", "42 02 00 01 43",
            ["- delta unstated P0143(confirmed)"]
        ),
        ("no frame is stored", "42 02 00 00 00", ["- delta unstated"]),
        (
            "a code with its frame", "42 02 00 03 01\r42 05 00 7B\r42 0C 00 12 34",
            ["- delta unstated P0301(confirmed) ~coolant_c=83.0 ~rpm=1165.0"]
        ),
        (
            "two frames", "42 02 00 03 01\r42 02 01 04 20\r42 05 01 7B",
            ["- delta unstated P0301(confirmed) P0420(confirmed) ~coolant_c=83.0"]
        ),
        ("values without their code", "42 05 00 7B", ["- delta unstated"]),
    ]
    @Test("a freeze frame belongs to the code that stored it", arguments: frames)
    func freezeFrame(name: String, text: String, lines: [String]) throws {
        let read = try CodecReading(.obd, text).lines
        #expect(read == lines, "\(name)")
    }

    static let together: [(name: String, text: String, lines: [String])] = [
        ("two short lists", "43010301430104 20", ["- snapshot confirmed P0301 P0420"]),
        ("a list and an empty one", "4301030143 00", ["- snapshot confirmed P0301"]),
        (
            "two messages of before CAN", "43010403010420 43C10000000000",
            ["- snapshot confirmed P0104 P0301 P0420 U0100"]
        ),
        ("a padded list is one", "43 01 03 01 00 00 00 00", ["- snapshot confirmed P0301"]),
    ]
    @Test("answers that run together are read apart", arguments: together)
    func runTogether(name: String, text: String, lines: [String]) throws {
        let read = try CodecReading(.obd, text).lines
        #expect(read == lines, "\(name)")
    }

    static let logged: [(name: String, text: String, lines: [String])] = [
        (
            "a logged frame", "(1612543138.000000) can0 7E8#0643020143019600",
            ["7E8 snapshot confirmed P0143 P0196 at=2021-02-05T16:38:58.000Z"]
        ),
        (
            "two buses with the same identifiers",
            "can0 7E8#024300\ncan1 7E8#04430103010000",
            ["7E8 snapshot confirmed", "can1:7E8 snapshot confirmed P0301"]
        ),
        (
            "a unit asked twice, whose last word counts", "7E8#04430103010000\n7E8#024300",
            ["7E8 snapshot confirmed"]
        ),
        (
            "a frame is missing, and the other unit's list stands",
            "7E8#100A430401040301\n7E8#220420C100000000\n7E9#024300", ["7E9 snapshot confirmed"]
        ),
        ("nothing of a tester's", "123#0102030405060708", [""]),
        (
            "CAN FD", "7E8##1000A430401040301042001C1",
            ["7E8 snapshot confirmed P0104 P0301 P0420 P01C1"]
        ),
        (
            "a long answer of CAN FD", "7E8##1100000000006430201430196",
            ["7E8 snapshot confirmed P0143 P0196"]
        ),
    ]
    @Test("logged frames are read", arguments: logged)
    func loggedFrame(name: String, text: String, lines: [String]) throws {
        let read = try CodecReading(.obd, text).lines
        #expect(read == lines, "\(name)")
    }

    @Test("a pause of more than a second ends a long answer") func timeout() throws {
        let slow = """
            (1612543138.000000) can0 7E8#100A430401040301
            (1612543139.500000) can0 7E8#210420C100000000
            """
        #expect(refusal(.obd, Array(slow.utf8))?.reason == .missingFrame)
        let quick = slow.replacing("139.500000", with: "138.900000")
        #expect(try CodecReading(.obd, quick).buffer.sightings.count == 4)
    }

    @Test("a trace names each field with its place") func trace() throws {
        let read = try CodecReading(.obd, "7E8 06 43 02 01 43 01 96")
        let fields = read.trace.fields.map { "\($0.offset)+\($0.length) \($0.name) \($0.meaning)" }
        #expect(
            fields == [
                "0+3 ecu 7E8", "7+3 service confirmed fault codes", "10+3 count 2",
                "13+6 code P0143", "19+5 code P0196",
            ])
    }

    @Test("parameters that were written read as they were") func roundTrip() throws {
        for seed in UInt64(0)..<2_000 {
            var random = SeededRandom(seed)
            let raw = UInt8(random.below(256))
            let speed = random.below(65_536)
            let bytes: [UInt8] = [0x41, 0x05, raw, 0x0C, UInt8(speed >> 8), UInt8(speed & 255)]
            let read = try CodecReading(.obd, hexText(bytes))
            #expect(read.buffer.readings.map(\.value) == [Double(raw) - 40, Double(speed) / 4])
        }
    }
}
