import FaultDecoding

/// Messages of every envelope that real devices send, in our own words and numbers.
enum EnvelopeRows {
    static let every = all + gateways + devices + trucks

    static let all: [EnvelopeRow] =
        wican + ovms + autopi + traccar + teltonika + flespi + inhand + freematics + senquip
        + openxc

    static let wican: [EnvelopeRow] = [
        EnvelopeRow(
            "an answer of one unit; the bus as a text, the clock that wraps", "wican",
            "wican/a1b2c3/can/rx",
            #"{"bus":"0","type":"rx","ts":59213,"frame":[{"id":2024,"dlc":4,"rtr":false,"extd":false,"data":[3,67,0,0,170,170,170,170]}]}"#,
            ["A1B2C3 snapshot(7E8)<confirmed>[]"], traps: [.wrappingClock]),
        EnvelopeRow(
            "a long answer in three frames of one message", "wican", "wican/a1b2c3/elm327",
            #"{"bus":0,"type":"rx","ts":1,"frame":[{"id":2024,"dlc":8,"rtr":false,"extd":false,"data":[16,10,67,4,1,4,3,1]},{"id":2024,"dlc":8,"rtr":true,"extd":false,"data":[0,0,0,0,0,0,0,0]},{"id":2024,"dlc":8,"rtr":false,"extd":false,"data":[33,4,32,193,0,0,0,0]}]}"#,
            [
                "A1B2C3 snapshot(7E8)<confirmed>[P0104/confirmed P0301/confirmed P0420/confirmed U0100/confirmed]"
            ]),
        EnvelopeRow(
            "a frame with a byte above 255 is refused alone", "wican", "wican/a1b2c3/can/rx",
            #"{"bus":0,"ts":1,"frame":[{"id":2024,"dlc":2,"extd":false,"data":[1,256]},{"id":2025,"dlc":3,"extd":false,"data":[2,67,0]}]}"#,
            ["A1B2C3 snapshot(7E9)<confirmed>[]"], refused: ["number_out_of_range@256]"]),
        EnvelopeRow(
            "what was sent to the vehicle is no answer", "wican", "wican/a1b2c3/can/tx",
            #"{"bus":0,"type":"tx","ts":1,"frame":[{"id":2015,"dlc":2,"extd":false,"data":[1,3]}]}"#,
            []),
        EnvelopeRow(
            "readings of its own filters", "wican", "wican/a1b2c3/can/rx",
            #"{"rpm": 812.000000, "coolant_temp": -40, "hood": "on", "gear": "D"}"#,
            ["A1B2C3 rpm=812 hood=1"], traps: [.reservedValue]),
        EnvelopeRow(
            "a status says nothing of health", "wican", "wican/a1b2c3/status",
            #"{"status": "online"}"#, ["A1B2C3"]),
    ]

    static let ovms: [EnvelopeRow] = [
        EnvelopeRow(
            "the voltage of the small battery", "ovms", "ovms/joe/TEST1/metric/v/b/12v/voltage",
            "12.61", ["TEST1 batt_v=12.61"]),
        EnvelopeRow(
            "the odometer, under another prefix", "ovms", "cars/x/TEST1/metric/v/p/odometer",
            "48211.4", ["TEST1 odo=48211.4"]),
        EnvelopeRow(
            "a metric of one make", "ovms", "ovms/joe/TEST1/metric/xmg/v/bat/error", "3",
            ["TEST1 xmg.v.bat.error=3"]),
        EnvelopeRow(
            "yes is 1", "ovms", "ovms/joe/TEST1/metric/v/b/12v/voltage/alert", "yes",
            ["TEST1 v.b.12v.voltage.alert=1"]),
        EnvelopeRow(
            "a vector is no number", "ovms", "ovms/joe/TEST1/metric/v/t/pressure",
            "220,221,219,220", ["TEST1"]),
        EnvelopeRow(
            "a voltage that is none", "ovms", "ovms/joe/TEST1/metric/v/b/12v/voltage", "low",
            ["TEST1"], refused: ["not_a_number@low"]),
        EnvelopeRow(
            "the VIN names nobody else", "ovms", "ovms/joe/TEST1/metric/v/vin", "1M8GDM9AXKP042788",
            ["TEST1"]),
        EnvelopeRow(
            "an alert is news of a fault", "ovms", "ovms/joe/TEST1/notify/alert/batt/12v/alert",
            "12V Battery critical: 11.9V (ref=12.6V)", ["TEST1 delta[BATT.12V.ALERT/active]"],
            traps: [.delta]),
        EnvelopeRow(
            "an error has type and number", "ovms", "ovms/joe/TEST1/notify/error/x", "RT,4711,12",
            ["TEST1 delta[RT 4711/active]"]),
        EnvelopeRow(
            "remote control is not heard", "ovms", "ovms/joe/TEST1/client/app/command/1", "unlock",
            []),
        EnvelopeRow(
            "nor are events and lines of data", "ovms", "ovms/joe/TEST1/notify/data/log/1/-5",
            "a,b", []),
    ]

    static let autopi: [EnvelopeRow] = [
        EnvelopeRow(
            "codes come as news", "autopi", "obd/dtc",
            #"{"_type":"dtc","_stamp":"2026-03-02T06:10:05.120345","values":[{"code":"P0301","text":"Cylinder 1"},{"code":""}]}"#,
            ["CAR 2026-03-02T06:10:05.120Z delta[P0301]"], refused: [#"code_malformed@{"co"#],
            traps: [.delta]),
        EnvelopeRow(
            "a value by its type", "autopi", "x/y", #"{"_type":"rpm","value":812,"unit":"rpm"}"#,
            ["CAR rpm=812"]),
        EnvelopeRow(
            "a value by its topic", "autopi", "obd/coolant_temp",
            #"{"_stamp":"2026-03-02T06:10:05","value":91.5}"#,
            ["CAR 2026-03-02T06:10:05.000Z coolant_c=91.5"]),
        EnvelopeRow(
            "several at once", "autopi", "x",
            #"[{"_type":"obd.speed","value":50},{"_type":"bat","voltage":12.5,"level":80}]"#,
            ["CAR speed_kmh=50", "CAR batt_v=12.5 level=80"]),
    ]

    static let traccar: [EnvelopeRow] = [
        EnvelopeRow(
            "a position with codes in one text, knots, metres and milliseconds", "traccar",
            "traccar/positions",
            #"{"position":{"id":7,"attributes":{"dtcs":"P0299 P0675","vin":"WVWZZZAUZFW125650","rpm":812,"coolantTemp":91,"power":12.4,"battery":4.1,"odometer":48211400,"hours":3723120000,"io9":3},"deviceId":3,"serverTime":"2026-03-02T06:10:09.000+00:00","deviceTime":"2026-03-02T07:10:05.000+01:00","fixTime":"2026-03-02T06:10:04.000+00:00","speed":27.0},"device":{"id":3,"name":"Van 3","uniqueId":"356307042441013"}}"#,
            [
                "356307042441013 2026-03-02T06:10:05.000Z odo=48211.4 h=1034.2 delta[P0299 P0675] rpm=812 coolant_c=91 batt_v=12.4 battery=4.1 io9=3 speed_kmh=50.004"
            ], traps: [.scaled]),
        EnvelopeRow(
            "an event of an alarm, with nothing but the device", "traccar", "traccar/events",
            #"{"event":{"id":1,"attributes":{"alarm":"fault"},"type":"alarm","eventTime":"2026-03-02T06:10:05.000+00:00"},"device":{"uniqueId":"3563"}}"#,
            ["3563 2026-03-02T06:10:05.000Z delta[FAULT/active]"]),
        EnvelopeRow(
            "a service that is due", "traccar", "t",
            #"{"event":{"type":"maintenance"},"device":{"uniqueId":"3563"}}"#,
            ["3563 service_due=1"]),
        EnvelopeRow(
            "the VIN names who has no other name", "traccar", "t",
            #"{"position":{"attributes":{"vin":"1M8GDM9AXKP042788","obdSpeed":50},"speed":1}}"#,
            ["1M8GDM9AXKP042788 speed_kmh=50"]),
        EnvelopeRow(
            "no codes is an empty text", "traccar", "t",
            #"{"position":{"attributes":{"dtcs":""}},"device":{"uniqueId":"3563"}}"#,
            ["3563 delta[]"]),
    ]

    static let teltonika: [EnvelopeRow] = [
        EnvelopeRow(
            "codes, count and readings of one record", "teltonika-8e", "356307042441013/data",
            Built.codec8E([
                Built.record8E(
                    1_772_431_805_120,
                    [
                        (30, 2, 1), (31, 50, 1), (32, 0xF6, 1), (36, 812, 2), (66, 12_410, 2),
                        (16, 48_211_400, 4), (9999, 1, 8),
                    ],
                    texts: [(256, "1M8GDM9AXKP042788"), (281, "P0299,P0675")])
            ]),
            [
                "356307042441013 2026-03-02T06:10:05.120Z odo=48211.4 snapshot[P0299 P0675] dtc_count=2 load_pct=50 coolant_c=-10 rpm=812 batt_v=12.41 avl_9999=1"
            ],
            traps: [.countIsNoList, .scaled]),
        EnvelopeRow(
            "two records as hex text, one of them free of faults", "teltonika-8e",
            "356307042441013/data",
            Built.codec8E([
                Built.record8E(1_772_431_805_120, [], texts: [(282, "No fault codes detected")]),
                Built.record8E(1_772_431_806_120, [(32, 0xD8, 1), (115, 915, 2)]),
            ]).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().uppercased(),
            [
                "356307042441013 2026-03-02T06:10:05.120Z snapshot[]",
                "356307042441013 2026-03-02T06:10:06.120Z coolant_c=91.5",
            ],
            traps: [.noFault, .reservedValue]),
        EnvelopeRow(
            "the older codec, whose numbers have one byte", "teltonika-8e", "356307042441013/data",
            Built.codec8E(
                [
                    Built.big(1_772_431_805_120, 8) + [UInt8](repeating: 0, count: 16) + [
                        0, 1, 0, 1, 36,
                    ] + Built.big(900, 2) + [0, 0]
                ],
                codec: 0x08), ["356307042441013 2026-03-02T06:10:05.120Z rpm=900"]),
        EnvelopeRow(
            "JSON for AWS", "teltonika-json", "356307042441013/data",
            #"{"state":{"reported":{"36":812,"32":-10,"281":"P0301,P0420","30":2,"66":12410,"ts":1772431805120,"latlng":"1.0,2.0","pr":0}}}"#,
            [
                "356307042441013 2026-03-02T06:10:05.120Z snapshot[P0301 P0420] rpm=812 coolant_c=-10 dtc_count=2 batt_v=12.41"
            ]),
    ]

    static let flespi: [EnvelopeRow] = [
        EnvelopeRow(
            "messages in a list, with and without codes", "flespi", "flespi/message/gw/devices/1",
            #"[{"ident":"352625333222111","timestamp":1772431805.25,"can.engine.rpm":812,"can.dtc":["P0301","P0420"],"position.speed":3},{"ident":605630,"timestamp":1772431806,"can.dtc.number":0,"vehicle.mileage":160,"external.powersource.voltage":28.05}]"#,
            [
                "352625333222111 2026-03-02T06:10:05.250Z delta[P0301 P0420] rpm=812 position.speed=3",
                "605630 2026-03-02T06:10:06.000Z odo=160 dtc_count=0 batt_v=28.05",
            ]),
        EnvelopeRow(
            "a count under the name of a list", "flespi", "f", #"{"ident":"1","obd.dtc":3}"#,
            ["1 dtc_count=3"], traps: [.countIsNoList]),
        EnvelopeRow("an empty list", "flespi", "f", #"{"ident":"1","obd.dtc":[]}"#, ["1 delta[]"]),
        EnvelopeRow(
            "codes as objects and a time that is none", "flespi", "f",
            #"{"ident":"1","timestamp":"x","obd.dtc":[{"code":"U0100"},7]}"#, ["1 delta[U0100]"],
            refused: [#"time_malformed@x",""#, "wrong_type@7]}"]),
    ]

    static let inhand: [EnvelopeRow] = [
        EnvelopeRow(
            "a gateway's readings; the count is no list and -40 is no temperature", "inhand",
            "v1/VF3102029000003/obd/info",
            #"{"obd.ts":1639037377,"obd.vin":"LFV3B28R8A3025310","obd.mil":1,"obd.dtcs":2,"obd.rpm":812.5,"obd.c_temp":91,"obd.a_temp":-40,"obd.b_volt":13.78,"obd.m_dist":null,"obd.d_dist":200,"obd.f_s_mon":0}"#,
            [
                "LFV3B28R8A3025310 2021-12-09T08:09:37.000Z mil_on=1 dtc_count=2 rpm=812.5 coolant_c=91 batt_v=13.78 clear_km=200 obd.f_s_mon=0"
            ],
            traps: [.countIsNoList, .reservedValue]),
        EnvelopeRow(
            "without a VIN the serial number is who it is; the count may be null", "inhand",
            "v1/VF3102029000003/obd/info", #"{"obd.ts":1639037377,"obd.dtcs":null,"obd.speed":20}"#,
            ["VF3102029000003 2021-12-09T08:09:37.000Z speed_kmh=20"]),
        EnvelopeRow(
            "a VIN that fails its check digit is one all the same", "inhand", "x",
            #"{"topic":"v1/VF1/obd/info","payload":{"obd.vin":"WV1ZZZ2EZ86015388","obd.rpm":20001}}"#,
            ["WV1ZZZ2EZ86015388"], refused: ["number_out_of_range@2000"], traps: [.checkDigit]),
        EnvelopeRow(
            "a VIN with the letter I is none", "inhand", "v1/VF1/obd/info",
            #"{"obd.vin":"NLVIN123456789ABC"}"#, ["VF1"], refused: ["vehicle_malformed@NLVI"]),
    ]

    static let freematics: [EnvelopeRow] = [
        EnvelopeRow(
            "two records with the time of the satellites", "freematics", "bridge",
            Built.line(
                "AB12CD#0:1000,10:6100512,11:20326,A:48.1,20:0;1;9,24:1245,105:91,10C:812,0:2000,105:92,10D:50"
            ),
            [
                "AB12CD 2026-03-02T06:10:05.120Z batt_v=12.45 coolant_c=91 rpm=812",
                "AB12CD coolant_c=92 speed_kmh=50",
            ]),
        EnvelopeRow(
            "a login with equals signs", "freematics", "bridge",
            "AB12CD#EV=4,TS=5,VIN=1M8GDM9AXKP042788", ["AB12CD"]),
        EnvelopeRow(
            "a value that is none", "freematics", "bridge", "AB12CD#105:,10C:9", ["AB12CD rpm=9"],
            refused: ["not_a_number@,10C"]),
    ]

    static let senquip: [EnvelopeRow] = [
        EnvelopeRow(
            "vin is the voltage at the input", "senquip", "senquip/quad/stbd/json",
            #"{"deviceid":"HE8EV12LF","vsys":4.16,"vin":28.05,"ts":1772431805.5,"cp1":2}"#,
            ["HE8EV12LF 2026-03-02T06:10:05.500Z vsys=4.16 batt_v=28.05 cp1=2"],
            traps: [.voltageNotVIN]),
        EnvelopeRow(
            "frames of a transport are sampled and of no use", "senquip", "s",
            #"{"deviceid":"HE8","can1":[{"id":485293824,"data":"20120003FFCAFE00"},{"id":485228288,"data":"0100FF5B0003015C"}]}"#,
            ["HE8"], refused: [#"missing_frame@{"id"#, #"missing_frame@{"id"#],
            traps: [.sampledFrames]),
    ]

    static let openxc: [EnvelopeRow] = [
        EnvelopeRow(
            "messages apart by NUL, one of them cut", "openxc", "openxc/CAR/out",
            "{\"name\":\"engine_speed\",\"value\":812,\"timestamp\":1772431805.5}\0{\"name\":\"ignition\",\"value\":true}\0{\"na",
            ["CAR 2026-03-02T06:10:05.500Z rpm=812 ignition=1"], refused: [#"truncated@98"#]),
        EnvelopeRow(
            "an answer without its service, and one that was refused", "openxc", "openxc/CAR/out",
            "{\"bus\":1,\"message_id\":2024,\"mode\":3,\"success\":true,\"payload\":\"0x020301\"}\n{\"bus\":1,\"message_id\":2025,\"mode\":3,\"success\":false,\"negative_response_code\":17}\0",
            [], refused: ["negative_response@fals", "truncated@70"], traps: [.negativeResponse]),
        EnvelopeRow(
            "a whole answer", "openxc", "openxc/CAR/out",
            "{\"bus\":1,\"message_id\":2024,\"mode\":3,\"success\":true,\"payload\":\"0x010301\"}\0",
            ["CAR snapshot(7E8)<confirmed>[P0301/confirmed]"]),
    ]
}

extension EnvelopeRows {
    /// Frames of a truck's bus under the envelopes that carry them.
    static let trucks: [EnvelopeRow] = [
        EnvelopeRow(
            "a fault list of one frame among signals, two buses apart", "senquip", "senquip/x/json",
            #"{"deviceid":"HE8","can1":[{"id":419351040,"data":"40FF5B000301FFFF"},{"id":217056256,"data":"FFFFFF4814FFFFFF"}],"can2":[{"id":419351040,"data":"00FF00000000FFFF"}]}"#,
            [
                "HE8",
                "HE8 snapshot(can1:SA0)<active>[SPN 91 FMI 3/active] mil_on=1 stop_lamp_on=0 warning_lamp_on=0 protect_lamp_on=0",
                "HE8 rpm=649",
                "HE8 snapshot(can2:SA0)<active>[] mil_on=0 stop_lamp_on=0 warning_lamp_on=0 protect_lamp_on=0",
            ]),
        EnvelopeRow(
            "a fault list in three frames of one message", "wican", "wican/a1b2c3/can/rx",
            #"{"bus":0,"ts":1,"frame":[{"id":485293824,"dlc":8,"extd":true,"data":[32,18,0,3,255,202,254,0]},{"id":485228288,"dlc":8,"extd":true,"data":[1,0,255,91,0,3,1,92]},{"id":485228288,"dlc":8,"extd":true,"data":[2,0,4,2,93,0,5,3]},{"id":485228288,"dlc":8,"extd":true,"data":[3,94,0,6,4,255,255,255]}]}"#,
            [
                "A1B2C3 snapshot(SA0)<active>[SPN 91 FMI 3/active SPN 92 FMI 4/active SPN 93 FMI 5/active SPN 94 FMI 6/active] mil_on=0 stop_lamp_on=0 warning_lamp_on=0 protect_lamp_on=0"
            ]),
    ]
}
