import FaultDecoding
import Testing
import VehicleFaults

/// What real devices do that a decoder falls for, and what must come of it.
struct TrapRow: Sendable, CustomTestStringConvertible {
    var name: String
    var format: String
    var payload: [UInt8]
    /// A line for each report, as in ``EnvelopeRow``.
    var reports: [String]
    var refused: [String]
    var options: String
    /// What is around the vehicle in the topic; `@` stands for it.
    var topic: String

    init(
        _ name: String, _ format: String, _ payload: String, _ reports: [String],
        refused: [String] = [], options: String = "", topic: String = "@/x"
    ) {
        self.init(
            name, format, Array(payload.utf8), reports, refused: refused, options: options,
            topic: topic)
    }

    init(
        _ name: String, _ format: String, _ payload: [UInt8], _ reports: [String],
        refused: [String] = [], options: String = "", topic: String = "@/x"
    ) {
        self.name = name
        self.format = format
        self.payload = payload
        self.reports = reports
        self.refused = refused
        self.options = options
        self.topic = topic
    }

    var testDescription: String { "\(format): \(name)" }
}

@Suite("traps that real devices set") struct TrapTests {
    /// Full lists, each of one unit and kind, and lists of news.
    static let lists: [TrapRow] = [
        TrapRow(
            "service 03 lists all that one unit holds", "obd", "7E8 04 43 01 03 01",
            ["CAR snapshot(7E8)<confirmed>[P0301/confirmed]"]),
        TrapRow(
            "19 02 lists all that one unit holds", "uds", "7E8 07 59 02 FF 03 01 1A 2F",
            ["CAR snapshot(7E8)[P0301-1A/confirmed|active]"]),
        TrapRow(
            "DM1 lists all that is active in one unit", "j1939", "18FECA03#FFFF6E000302FFFF",
            ["CAR snapshot(SA3)<active>[SPN 110 FMI 3/active]"]),
        TrapRow(
            "DTCList lists all that is active", "vss", #"{"Vehicle.OBD.DTCList":["P0301"]}"#,
            ["CAR snapshot<active>[P0301/active]"]),
        TrapRow(
            "element 281 lists all", "teltonika-json", #"{"state":{"reported":{"281":"P0301"}}}"#,
            ["CAR snapshot[P0301]"]),
        TrapRow(
            "an AutoPi sends what is new", "autopi",
            #"{"_type":"dtc","values":[{"code":"P0301"}]}"#, ["CAR delta[P0301]"]),
        TrapRow(
            "FleetWise sends what changed", "fleetwise",
            #"{"DetectedDTCs":[{"ECUID":"02","DTCAndSnapshot":{"dtcCodes":[{"DTC":"030100","DTCExtendedData":"","DTCSnapshotRecord":""}]}}]}"#,
            ["CAR delta(02)[P0301-00]"]),
        TrapRow(
            "each unit's list is its own", "obd", "7E8 04 43 01 03 01\r7E9 02 43 00",
            ["CAR snapshot(7E8)<confirmed>[P0301/confirmed]", "CAR snapshot(7E9)<confirmed>[]"]),
        TrapRow(
            "a refusal closes nothing", "obd", "7E8 03 7F 03 11\r7E9 02 43 00",
            ["CAR snapshot(7E9)<confirmed>[]"]),
        TrapRow(
            "a freeze frame is no list", "obd", "42 02 00 01 43", ["CAR delta[P0143/confirmed]"]),
    ]

    static let nothing: [TrapRow] = [
        TrapRow("43 00", "obd", "43 00", ["CAR snapshot<confirmed>[]"]),
        TrapRow("six zeros", "obd", "43 00 00 00 00 00 00", ["CAR snapshot<confirmed>[]"]),
        TrapRow("a mask without codes", "uds", "59 02 FF", ["CAR snapshot[]"]),
        TrapRow("records of zeros", "uds", "59 02 FF 00 00 00 00", ["CAR snapshot[]"]),
        TrapRow(
            "a record without a code, whatever its status", "uds", "59 02 FF 00 00 00 2F",
            ["CAR snapshot[]"]),
        TrapRow(
            "a DM1 of zeros", "j1939", "18FECA00#FFFF00000000FFFF", ["CAR snapshot(SA0)<active>[]"]),
        TrapRow(
            "a DM1 of zeros with lamps 03", "j1939", "18FECA00#03FF00000000FFFF",
            ["CAR snapshot(SA0)<active>[] mil_on=0 stop_lamp_on=0 warning_lamp_on=0"]),
        TrapRow(
            "a DM1 of zeros with lamps C0", "j1939", "18FECA00#C0FF00000000FFFF",
            ["CAR snapshot(SA0)<active>[] stop_lamp_on=0 warning_lamp_on=0 protect_lamp_on=0"]),
        TrapRow(
            "a DM1 of ones", "j1939", "18FECA00#FFFFFFFFFFFFFFFF", ["CAR snapshot(SA0)<active>[]"]),
        TrapRow(
            "an empty text", "traccar", #"{"position":{"attributes":{"dtcs":""}}}"#, ["CAR delta[]"]
        ),
        TrapRow("a sentence", "text-codes", "No fault codes detected", ["CAR delta[]"]),
        TrapRow("NO DATA", "text-codes", "NO DATA", ["CAR delta[]"]),
        TrapRow("an empty list", "text-codes", "[]", ["CAR delta[]"]),
        TrapRow("null", "text-codes", "null", ["CAR delta[]"]),
        TrapRow(
            "NO DATA of a server", "traccar", #"{"position":{"attributes":{"dtcs":"NO DATA"}}}"#,
            ["CAR delta[]"]),
        TrapRow(
            "places of a tracker that no code fills", "teltonika-json",
            #"{"state":{"reported":{"281":"P0000,P0000,P0301"}}}"#, ["CAR snapshot[P0301]"]),
        TrapRow("P0000 among codes", "text-codes", "P0000,P0301", ["CAR delta[P0301]"]),
        TrapRow(
            "an adapter that reached nobody has not seen an empty memory", "obd", "NO DATA",
            ["CAR delta[]"]),
        TrapRow(
            "a count is no list", "inhand", #"{"obd.rpm":800,"obd.dtcs":2}"#,
            ["CAR rpm=800 dtc_count=2"]),
        TrapRow(
            "nor is a count that is null", "inhand", #"{"obd.rpm":800,"obd.dtcs":null}"#,
            ["CAR rpm=800"]),
        TrapRow(
            "element 30 is a count", "teltonika-json", #"{"state":{"reported":{"30":2}}}"#,
            ["CAR dtc_count=2"]),
        TrapRow("19 01 is a count", "uds", "59 01 FF 01 00 05", ["CAR dtc_count=5"]),
        TrapRow("DM5 is a count", "j1939", "18FECE00#0501140000000000", ["CAR dtc_count=5"]),
        TrapRow("a number alone is no list", "flespi", #"{"can.dtc":3}"#, ["CAR dtc_count=3"]),
    ]

    static let values: [TrapRow] = [
        TrapRow(
            "vin is a voltage", "senquip", #"{"deviceid":"HE8","vin":28.05}"#, ["CAR batt_v=28.05"]),
        TrapRow(
            "-40 is no temperature", "wican", #"{"coolant_temp":-40,"rpm":800}"#, ["CAR rpm=800"]),
        TrapRow("nor is -273", "wican", #"{"oil_temp":-273,"rpm":800}"#, ["CAR rpm=800"]),
        TrapRow(
            "255 is no temperature", "gbt32960-emqx",
            #"{"Cmd":2,"Data":{"Infos":[{"Type":"Extreme","MaxTemp":255,"MinTemp":254,"MaxBatteryVoltage":4000}]}}"#,
            ["CAR cell_max_v=4"]),
        TrapRow(
            "65535 is no resistance", "gbt32960-emqx",
            #"{"Cmd":2,"Data":{"Infos":[{"Type":"Vehicle","Resistance":65535,"Voltage":65534,"Mileage":4294967295,"SOC":50}]}}"#,
            ["CAR soc_pct=50"]),
        TrapRow(
            "FE and FF are no bytes", "j1939",
            "18FEEE00#FEFFFEFEFFFFFFFF\n18FEF200#FFFEFFFFFFFFFFFF",
            ["CAR"]),
        TrapRow(
            "nor is FB in a word's high byte", "j1939", "0CF00400#FF7D7D00FBFFFFFF",
            ["CAR torque_pct=0"]),
        TrapRow(
            "a tracker without a supply says 0", "traccar",
            #"{"position":{"attributes":{"power":0,"rpm":800}}}"#, ["CAR rpm=800"]),
        TrapRow(
            "raw integers have offsets", "gbt32960-emqx",
            #"{"Cmd":2,"Data":{"Infos":[{"Type":"Vehicle","Current":10235,"Speed":505}]}}"#,
            ["CAR pack_a=23.5 speed_kmh=50.5"]),
        TrapRow(
            "a clock that starts again each minute tells no time", "wican",
            #"{"bus":0,"ts":59213,"frame":[{"id":2024,"dlc":3,"extd":false,"data":[2,67,0]}]}"#,
            ["CAR snapshot(7E8)<confirmed>[]"]),
        TrapRow(
            "codes in one text, apart by blanks", "traccar",
            #"{"position":{"attributes":{"dtcs":"P0299 P0675"}}}"#, ["CAR delta[P0299 P0675]"]),
        TrapRow(
            "the conversion bit set is version 3", "j1939", "18FECB03#FFFF22EEE381FFFF",
            ["CAR snapshot(SA3)<history>[SPN 519714 FMI 3/history]"]),
        TrapRow(
            "version 1 with the bit clear, said by the configuration", "j1939",
            "18FECB00#FFFF000C8101FFFF", ["CAR snapshot(SA0)<history>[SPN 100 FMI 1/history]"],
            options: "spn=1@0"),
        TrapRow(
            "what is filled up is no code", "obd", "7E8 04 43 01 03 01 CC CC CC",
            ["CAR snapshot(7E8)<confirmed>[P0301/confirmed]"]),
        TrapRow(
            "a code that was never tested is no fault", "uds", "59 0A FF 03 01 1A 50",
            ["CAR snapshot[]"]),
        TrapRow(
            "old data that is sent again has its own time", "gbt32960-emqx",
            #"{"Cmd":3,"Data":{"Time":{"Year":26,"Month":3,"Day":2,"Hour":1,"Minute":0,"Second":0},"Infos":[]}}"#,
            ["CAR 2026-03-01T17:00:00.000Z"]),
        TrapRow(
            "seconds, milliseconds, metres and knots", "traccar",
            #"{"position":{"attributes":{"odometer":48211400,"hours":3723120000},"speed":27}}"#,
            ["CAR odo=48211.4 h=1034.2 speed_kmh=50.004"]),
        TrapRow(
            "a VIN's check digit never refuses", "inhand",
            #"{"obd.vin":"WV1ZZZ2EZ86015388","obd.rpm":800}"#, ["WV1ZZZ2EZ86015388 rpm=800"],
            topic: "v1/G1/obd/info"),
    ]

    static let identities: [TrapRow] = [
        TrapRow(
            "an IMEI", "traccar",
            #"{"position":{"attributes":{"vin":"1M8GDM9AXKP042788"}},"device":{"uniqueId":"3563"}}"#,
            ["3563"], topic: "t"),
        TrapRow(
            "a phone number", "jt808-emqx",
            #"{"header":{"msg_id":512,"phone":"139"},"body":{"speed":10}}"#,
            ["139 speed_kmh=1"], topic: "t"),
        TrapRow(
            "a serial number in the topic", "inhand", #"{"obd.rpm":800}"#, ["VF31 rpm=800"],
            topic: "v1/VF31/obd/info"),
        TrapRow(
            "an identity in the topic", "wican", #"{"rpm":800}"#, ["A1B2 rpm=800"],
            topic: "wican/a1b2/can/rx"),
        TrapRow(
            "a name that people chose", "ovms", "800", ["VAN3 xse.rpm=800"],
            topic: "ovms/joe/VAN3/metric/xse/rpm"),
        TrapRow(
            "nothing, so that the topic must be captured", "autopi",
            #"{"_type":"rpm","value":800}"#, ["CAR rpm=800"]),
    ]

    @Test(
        "none is fallen for", arguments: lists + nothing + values + identities)
    func avoids(row: TrapRow) throws {
        let captures = row.topic.contains("@")
        let outcome = try EnvelopeOutcome(
            row.format, topic: row.topic.replacing("@", with: "car"), row.payload,
            template: captures ? row.topic.replacing("@", with: "{vehicle}") : "#",
            options: row.options)
        #expect(outcome.failure == nil)
        #expect(outcome.lines == row.reports)
        #expect(outcome.refused == row.refused)
    }
}
