import FaultDecoding

extension EnvelopeRows {
    /// What else the devices' documents name, element by element.
    static let devices: [EnvelopeRow] =
        moreOVMS + moreWiCAN + morePositions + moreTeltonika + moreOthers + moreGBT + moreJT808

    private static func ovms(_ name: String, _ metric: String, _ value: String, _ line: String)
        -> EnvelopeRow
    {
        EnvelopeRow(name, "ovms", "ovms/joe/T/metric/\(metric)", value, [line])
    }

    static let moreOVMS: [EnvelopeRow] = [
        ovms("the rested voltage", "v/b/12v/voltage/ref", "12.6", "T v.b.12v.voltage.ref=12.6"),
        ovms("the battery's health", "v/b/soh", "97", "T v.b.soh=97"),
        ovms("the highest cell", "v/b/c/voltage/max", "4.012", "T cell_max_v=4.012"),
        ovms("the lowest cell", "v/b/c/voltage/min", "3.901", "T cell_min_v=3.901"),
        ovms("the motor's temperature", "v/m/temp", "61", "T motor_c=61"),
        ovms("the inverter's temperature", "v/i/temp", "48", "T inverter_c=48"),
        ovms("a tyre", "v/tp/fl/p", "236", "T v.tp.fl.p=236"),
        ovms("four tyres", "v/t/pressure", "236,236,221,220", "T"),
        ovms("the way to the service", "v/e/serv/range", "1200", "T service_km=1200"),
        ovms(
            "the time of the service", "v/e/serv/time", "1772431805", "T v.e.serv.time=1772431805"),
        ovms("a fault of one make", "xrt/bms/error", "7", "T xrt.bms.error=7"),
        ovms("the module went away", "s/v3/connected", "no", "T s.v3.connected=0"),
        EnvelopeRow("an event", "ovms", "ovms/joe/T/event", "vehicle.on", []),
        EnvelopeRow("news for people", "ovms", "ovms/joe/T/notify/info/charge", "Full", []),
        EnvelopeRow(
            "an alert of one make", "ovms", "ovms/joe/T/notify/alert/xrt/sevcon/fault", "Fault 7",
            ["T delta[XRT.SEVCON.FAULT/active]"]),
    ]

    static let moreWiCAN: [EnvelopeRow] = [
        EnvelopeRow(
            "off is 0", "wican", "any/car", #"{"mil": "off", "battery_voltage": 12.5}"#,
            ["CAR mil=0 batt_v=12.5"]),
        EnvelopeRow(
            "data that is longer than its frame", "wican", "wican/a1/can/rx",
            #"{"bus":1,"ts":1,"frame":[{"id":2024,"dlc":5,"extd":false,"data":[4,67,1,3,1,0,0,0]}]}"#,
            ["A1 snapshot(can1:7E8)<confirmed>[P0301/confirmed]"]),
    ]

    static let morePositions: [EnvelopeRow] = [
        EnvelopeRow(
            "what Traccar names of an engine", "traccar", "t",
            #"{"position":{"attributes":{"engineLoad":50,"obdOdometer":1000,"faultCount":2,"milDistance":12,"clearedDistance":200}},"device":{"uniqueId":"3"}}"#,
            ["3 odo=1 load_pct=50 dtc_count=2 mil_km=12 clear_km=200"]),
        EnvelopeRow(
            "an ignition is no fault", "traccar", "t",
            #"{"event":{"type":"ignitionOn","eventTime":"2026-03-02T06:10:05Z"},"device":{"uniqueId":"3"}}"#,
            ["3 2026-03-02T06:10:05.000Z"]),
        EnvelopeRow(
            "what flespi names besides", "flespi", "flespi/message/gw/channels/4/3526",
            #"{"ident":"3526","server.timestamp":1772431806.5,"timestamp":1772431805,"channel.id":4,"device.id":9,"engine.ignition.status":true,"vehicle.mileage":48211.4}"#,
            [
                "3526 2026-03-02T06:10:05.000Z odo=48211.4 server.timestamp=1772431806.5 channel.id=4 device.id=9 engine.ignition.status=1"
            ]),
    ]

    static let moreTeltonika: [EnvelopeRow] = [
        EnvelopeRow(
            "every element of the list", "teltonika-json", "356307042441013/data",
            #"{"state":{"reported":{"37":50,"42":600,"43":12,"48":61,"49":200,"51":13800,"67":4010,"85":812,"239":1,"256":"1M8GDM9AXKP042788","325":"1M8GDM9AXKP042788","282":"P0420 P0430"}}}"#,
            [
                "356307042441013 snapshot[P0420 P0430] speed_kmh=50 run_s=600 mil_km=12 fuel_pct=61 clear_km=200 module_v=13.8 tracker_v=4.01 rpm=812 ignition_on=1"
            ]),
        EnvelopeRow(
            "the way to the service, whose unit nobody confirmed, keeps its number",
            "teltonika-json", "356307042441013/data", #"{"state":{"reported":{"400":3}}}"#,
            ["356307042441013 avl_400=3"]),
        EnvelopeRow(
            "a byte with a sign, in JSON without one", "teltonika-json", "356307042441013/data",
            #"{"state":{"reported":{"32":246}}}"#, ["356307042441013 coolant_c=-10"]),
    ]

    static let moreOthers: [EnvelopeRow] = [
        EnvelopeRow(
            "what InHand names besides", "inhand", "v1/VF1/obd/info",
            #"{"obd.o_temp":92,"obd.up_time":600,"obd.m_dist":12,"obd.evap_mon":1,"obd.egr_mon":null}"#,
            ["VF1 oil_c=92 run_s=600 mil_km=12 obd.evap_mon=1"]),
        EnvelopeRow(
            "every key of Freematics that is about the vehicle", "freematics", "b",
            Built.line(
                "F#0=5,10=6100512,11=20326,A=48.1,B=11.5,C=520,D=50,20=0;1;9,24=1245,30=1,81=-61,82=38,104=50,10D=50,121=12,131=200,142=13.8,15C=90"
            ),
            [
                "F 2026-03-02T06:10:05.120Z batt_v=12.45 load_pct=50 speed_kmh=50 mil_km=12 clear_km=200 batt_v=13.8 oil_c=90"
            ]),
        EnvelopeRow(
            "a frame of OpenXC", "openxc", "openxc/CAR/out",
            "{\"bus\":2,\"id\":2024,\"data\":\"0x0443010301\"}\0",
            ["CAR snapshot(can2:7E8)<confirmed>[P0301/confirmed]"]),
        EnvelopeRow(
            "data without names of SenML", "senml", "s",
            #"[{"bver":10,"bn":"v/","bt":1772431805,"bu":"V","n":"battery_voltage","v":12.5},{"n":"lamp","vb":true},{"n":"note","vs":"hello"}]"#,
            ["V 2026-03-02T06:10:05.000Z batt_v=12.5 lamp=1"]),
        EnvelopeRow(
            "a number of every kind in Sparkplug", "sparkplug-b", "spBv1.0/g/NDATA/N",
            [(1, 0xFF, -1), (2, 0xFFFF, -1), (4, UInt64.max, -1), (7, 7, 7)].reduce(
                Built.field(1, 1_772_431_805_120)
            ) { bytes, kind in
                bytes
                    + Built.field(
                        2,
                        Built.field(1, "n\(kind.0)") + Built.field(4, UInt64(kind.0))
                            + Built.field(kind.0 == 4 ? 11 : 10, kind.1))
            }, ["N 2026-03-02T06:10:05.120Z n1=-1 n2=-1 n4=-1 n7=7"]),
        EnvelopeRow(
            "bytes of Sparkplug for a codec", "sparkplug-b+obd", "spBv1.0/g/DDATA/n/D",
            Built.field(1, 1_772_431_805_120)
                + Built.field(
                    2,
                    Built.field(1, "OBD/answer") + Built.field(4, 17)
                        + Built.field(16, hex("43010301"))),
            [
                "D 2026-03-02T06:10:05.120Z snapshot<confirmed>[P0301/confirmed]",
                "D 2026-03-02T06:10:05.120Z",
            ]),
        EnvelopeRow(
            "a device's death", "sparkplug-b", "spBv1.0/g/DDEATH/n/D", Built.field(1, 1), []),
        EnvelopeRow("a command", "sparkplug-b", "spBv1.0/g/NCMD/n", Built.field(1, 1), []),
    ]

    private static func gbt(_ name: String, _ info: String, _ line: String) -> EnvelopeRow {
        EnvelopeRow(
            name, "gbt32960-emqx", "gbt32960/1G1BL52P7TR115520/upstream/info",
            #"{"Cmd":2,"Vin":"1G1BL52P7TR115520","Data":{"Infos":[\#(info)]}}"#,
            ["1G1BL52P7TR115520" + line])
    }

    static let moreGBT: [EnvelopeRow] =
        [
            gbt(
                "a motor's torque, voltage and current",
                #"{"Type":"DriveMotor","Motors":[{"No":1,"Rotating":22000,"Torque":20500,"InputVoltage":3601,"DCBusCurrent":10100}]}"#,
                " motor_rpm=2000 motor_nm=50 motor_v=360.1 motor_a=10"),
            gbt(
                "a fuel cell",
                #"{"Type":"FuelCell","CellVoltage":3010,"CellCurrent":505,"H_MaxTemp":1005,"H_MaxConc":50,"H_MaxPress":350}"#,
                " fuelcell_v=301 fuelcell_a=50.5 hydrogen_c=60.5 hydrogen_mgkg=50 hydrogen_mpa=35"),
            gbt(
                "cells and probes, of which the extremes are sent as well",
                #"{"Type":"ChargeableVoltage","SubSystems":[]},{"Type":"ChargeableTemp","SubSystems":[]}"#,
                ""),
            gbt("a position is not kept", #"{"Type":"Location","Longitude":1,"Latitude":2}"#, ""),
            gbt(
                "an engine of 2025 has no consumption", #"{"Type":"Engine","CrankshaftSpeed":800}"#,
                " rpm=800"),
            gbt(
                "2025 fault numbers of eight digits",
                #"{"Type":"Alarm","GeneralAlarmFlag":0,"FaultEngineNum":1,"FaultEngineList":["0000160B"]}"#,
                " snapshot<active>[GB 0000160B/active]"),
        ]
        + [1, 4, 128].map { command in
            EnvelopeRow(
                "command \(command) is not about health", "gbt32960-emqx", "g",
                #"{"Cmd":\#(command),"Vin":"1G1BL52P7TR115520","Data":{}}"#, [])
        }

    static let moreJT808: [EnvelopeRow] = [
        EnvelopeRow(
            "a terminal registers", "jt808-emqx", "jt808/c1/139/up",
            #"{"header":{"msg_id":256,"phone":"139"},"body":{"license_number":"A1"}}"#, []),
        EnvelopeRow(
            "J1939 in frames, on two channels", "jt808-emqx", "jt808/c1/139/up",
            #"{"header":{"msg_id":1797,"phone":"139"},"body":{"can_data":[{"channel":1,"frame_type":1,"id":419351040,"data":"\#(Built.base64(hex("FFFF6E000302FFFF")))"}]}}"#,
            ["139 snapshot(can1:SA0)<active>[SPN 110 FMI 3/active]"]),
        EnvelopeRow(
            "the other alarms are not about health", "jt808-emqx", "jt808/c1/139/up",
            #"{"header":{"msg_id":512,"phone":"139"},"body":{"alarm":58722928,"extra":{"tire_pressure":"AAAA"}}}"#,
            ["139", "139 snapshot(terminal)[]"]),
        EnvelopeRow(
            "a frame of a terminal, codes in a transparent message", "jt808-emqx", "t",
            hexText(
                Built.jt808(
                    0x0900, phone: "013912345678",
                    hex(
                        "F0 260302141005 01 02 02 0001 FFFFFFFF 0001 00001457 00000002 0006 503134353700"
                    )
                ), separator: ""),
            ["13912345678 2026-03-02T06:10:05.000Z snapshot[P1457]"]),
        EnvelopeRow(
            "the same without escapes, as some libraries record it; 7D is no escape then",
            "jt808-emqx", "t",
            Built.jt808(
                0x0900, phone: "4F07788EF87D", escapes: false,
                hex("F0 260302141005 01 02 02 0001 FFFFFFFF 0001 00001457 00000002 0005 5031343537")
            ), ["4F07788EF87D 2026-03-02T06:10:05.000Z snapshot[P1457]"]),
        EnvelopeRow(
            "a frame with a position, of the edition of 2019, escapes within", "jt808-emqx", "t",
            Built.jt808(
                0x0200, phone: "00000000013912345678",
                hex("00000080 0000007E 01D9097D 07365DC0 0000 01F9 0000 260302141005")
                    + hex("01 04 00075B42 02 02 012D A0 05 5035333866")),
            [
                "13912345678 2026-03-02T06:10:05.000Z odo=48211.4 delta[P538F] speed_kmh=50.5 fuel_l=30.1",
                "13912345678 2026-03-02T06:10:05.000Z snapshot(terminal)[808 POWER LOW/active]",
            ], traps: [.beijingTime]),
    ]
}
