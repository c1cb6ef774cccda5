import FaultDecoding

extension EnvelopeRows {
    static let gateways: [EnvelopeRow] =
        gbt32960 + jt808 + fleetwise + cloudevents + senml + sparkplug

    static let gbt32960: [EnvelopeRow] = [
        EnvelopeRow(
            "raw integers and Beijing's time", "gbt32960-emqx",
            "gbt32960/1G1BL52P7TR115520/upstream/info",
            #"{"Cmd":2,"Encrypt":1,"Vin":"1G1BL52P7TR115520","Data":{"Time":{"Year":26,"Month":3,"Day":2,"Hour":14,"Minute":10,"Second":5},"Infos":[{"Type":"Vehicle","Status":1,"Speed":505,"Mileage":482114,"Voltage":3605,"Current":10235,"SOC":77,"Resistance":65535},{"Type":"DriveMotor","Number":2,"Motors":[{"No":1,"CtrlTemp":125,"MotorTemp":130,"Rotating":22000},{"No":2,"MotorTemp":131}]},{"Type":"Extreme","MaxBatteryVoltage":4012,"MinBatteryVoltage":3901,"MaxTemp":75,"MinTemp":255},{"Type":"Location","Status":0,"Longitude":1,"Latitude":2},{"Type":"Engine","CrankshaftSpeed":2000,"FuelConsumption":650}]}}"#,
            [
                "1G1BL52P7TR115520 2026-03-02T06:10:05.000Z odo=48211.4 speed_kmh=50.5 pack_v=360.5 pack_a=23.5 soc_pct=77 inverter_c=85 motor_c=90 motor_rpm=2000 cell_max_v=4.012 cell_min_v=3.901 pack_c=35 rpm=2000 fuel_l100km=6.5"
            ],
            traps: [.beijingTime, .scaled, .reservedValue]),
        EnvelopeRow(
            "alarms: bits, lists of 2016 and of 2025, each group its own", "gbt32960-emqx",
            "gbt32960/1G1BL52P7TR115520/upstream/info",
            #"{"Cmd":2,"Encrypt":1,"Vin":"1G1BL52P7TR115520","Data":{"Infos":[{"FaultChargeableDeviceNum":2,"FaultChargeableDeviceList":["00C8","0004160B"],"FaultDriveMotorNum":0,"FaultDriveMotorList":[],"FaultEngineNum":3,"FaultEngineList":["006F"],"FaultOthersNum":254,"FaultOthersList":[],"GeneralAlarmFlag":2050,"MaxAlarmLevel":3,"Type":"Alarm"}],"Time":{"Day":20,"Hour":22,"Minute":23,"Month":12,"Second":59,"Year":17}}}"#,
            [
                "1G1BL52P7TR115520 2017-12-20T14:23:59.000Z delta<active>[GB ALARM 01/active GB ALARM 11/active GB 000000C8/active GB 0004160B/active GB 0000006F/active] alarm_level=3"
            ], refused: ["truncated@[\"00"]),
        EnvelopeRow(
            "a current out of range costs that value only", "gbt32960-emqx", "g",
            #"{"Cmd":2,"Vin":"1G1BL52P7TR115520","Data":{"Time":{"Year":26,"Month":2,"Day":30,"Hour":0,"Minute":0,"Second":0},"Infos":[{"Type":"Vehicle","Current":60000,"SOC":50}]}}"#,
            ["1G1BL52P7TR115520 soc_pct=50"],
            refused: ["time_malformed@{\"Ye", "number_out_of_range@6000"]),
        EnvelopeRow(
            "the edition of 2025 names alarms with their level", "gbt32960-emqx", "g",
            #"{"Cmd":3,"Vin":"1G1BL52P7TR115520","Data":{"Time":{"Year":26,"Month":3,"Day":2,"Hour":1,"Minute":0,"Second":0},"Infos":[{"Type":"Alarm","GeneralAlarmFlag":4,"FaultGeneralNum":2,"FaultGeneralList":[{"No":2,"Level":1},{"No":27,"Level":3}]}]}}"#,
            [
                "1G1BL52P7TR115520 2026-03-01T17:00:00.000Z snapshot<active>[GB ALARM 02/active GB ALARM 27/active]"
            ],
            traps: [.sentAgain]),
        EnvelopeRow(
            "a login says nothing of health", "gbt32960-emqx", "g",
            #"{"Cmd":1,"Encrypt":1,"Vin":"1G1BL52P7TR115520","Data":{"ICCID":"x"}}"#, []),
    ]

    static let jt808: [EnvelopeRow] = [
        EnvelopeRow(
            "a position with the two alarms that are about the vehicle", "jt808-emqx",
            "jt808/c1/013912345678/up",
            #"{"header":{"msg_id":512,"encrypt":0,"len":60,"phone":"013912345678","msg_sn":3},"body":{"alarm":384,"status":3,"latitude":31000000,"longitude":121000000,"speed":505,"direction":0,"time":"260302141005","extra":{"mileage":482114,"fuel_meter":301}}}"#,
            [
                "013912345678 2026-03-02T06:10:05.000Z odo=48211.4 speed_kmh=50.5 fuel_l=30.1",
                "013912345678 2026-03-02T06:10:05.000Z snapshot(terminal)[808 POWER LOW/active 808 POWER CUT/active]",
            ],
            traps: [.beijingTime]),
        EnvelopeRow(
            "a maker's items, by number and in one text", "jt808-emqx", "j",
            #"{"header":{"msg_id":1796,"phone":13912345678},"body":{"type":1,"location":[{"alarm":0,"time":"260302141005","extra":{"custome":{"160":"\#(Built.base64(Array("P538f,U029f".utf8)))","129":"\#(Built.base64([3, 0x2C]))"}}},{"time":"260302141006","extra":{"custome":"\#(Built.base64([0x84, 1, 131, 0x8B, 17] + Array("1M8GDM9AXKP042788".utf8)))"}}]}}"#,
            [
                "13912345678 2026-03-02T06:10:05.000Z delta[P538F U029F] rpm=812",
                "13912345678 2026-03-02T06:10:05.000Z snapshot(terminal)[]",
                "13912345678 2026-03-02T06:10:06.000Z coolant_c=91",
            ], traps: [.lowerCase]),
        EnvelopeRow(
            "codes of another maker in a transparent message", "jt808-emqx", "j",
            #"{"header":{"msg_id":2304,"phone":"139"},"body":{"type":240,"data":"\#(Built.base64(hex("260302141005 00 02 02 0002 FFFFFFFF 0001 00001457 00000002 0006 503134353700 00000017 0001 00000301 00000001 0005 5030333031")))"}}"#,
            [
                "139 2026-03-02T06:10:05.000Z snapshot[P1457]",
                "139 2026-03-02T06:10:05.000Z snapshot(00000017)[P0301]",
            ]),
        EnvelopeRow(
            "an answer in CAN frames", "jt808-emqx", "j",
            #"{"header":{"msg_id":1797,"phone":"139"},"body":{"can_data":[{"channel":0,"frame_type":0,"id":2024,"data":"\#(Built.base64(hex("0443010301")))"}]}}"#,
            ["139 snapshot(7E8)<confirmed>[P0301/confirmed]"]),
        EnvelopeRow(
            "a heartbeat", "jt808-emqx", "jt808/c1/139/up",
            #"{"header":{"msg_id":2,"phone":"139"}}"#, []),
    ]

    static let fleetwise: [EnvelopeRow] = [
        EnvelopeRow(
            "JSON inside JSON, with a status where there is a snapshot", "fleetwise", "f",
            #"{"vehicleName":"van-3","signals":{"Vehicle.ECU1.DTC_INFO":[{"value":"{\"DetectedDTCs\":[{\"ECUID\":\"01\",\"DTCAndSnapshot\":{\"DTCStatusAvailabilityMask\":\"FF\",\"dtcCodes\":[{\"DTC\":\"03011A\",\"DTCExtendedData\":\"\",\"DTCSnapshotRecord\":\"03011AAF0101AABB01\"},{\"DTC\":\"C10000\",\"DTCExtendedData\":\"\",\"DTCSnapshotRecord\":\"\"}]}}]}","dataType":"VARCHAR","time":1772431805120}],"Vehicle.Speed":[{"value":50.5,"dataType":"DOUBLE","time":1772431805}]}}"#,
            [
                "VAN-3 2026-03-02T06:10:05.120Z delta(01)[P0301-1A/confirmed|active U0100-00]",
                "VAN-3 2026-03-02T06:10:05.000Z Vehicle.Speed=50.5",
            ],
            traps: [.delta, .noStatus]),
        EnvelopeRow(
            "the answer alone; codes of two bytes are none", "fleetwise+uds", "f",
            #"{"DetectedDTCs":[{"ECUID":"02","DTCAndSnapshot":{"DTCStatusAvailabilityMask":"FF","dtcCodes":[{"DTC":"0301"},{"DTC":"AAA123","DTCExtendedData":"AAA12308","DTCSnapshotRecord":""}]}}]}"#,
            ["CAR delta(02)[B2AA1-23/confirmed]"], refused: ["code_malformed@{\"DT"]),
    ]

    static let cloudevents: [EnvelopeRow] = [
        EnvelopeRow(
            "a native message inside, dated by its event", "cloudevents", "c",
            #"{"specversion":"1.0","id":"7","source":"/fleet/north","type":"x","subject":"van-3","time":"2026-03-02T06:10:05Z","data":{"dtcs":["P0301"],"signals":{"rpm":812}}}"#,
            ["VAN-3 2026-03-02T06:10:05.000Z delta[P0301] rpm=812"]),
        EnvelopeRow(
            "bytes in base64 for a codec; the source names the vehicle", "cloudevents+obd", "c",
            #"{"data_base64":"\#(Built.base64(hex("43010301")))","specversion":"1.0","id":"7","source":"urn:fleet:van-3","type":"x"}"#,
            ["VAN-3 snapshot<confirmed>[P0301/confirmed]"]),
        EnvelopeRow(
            "text for a codec", "cloudevents+obd", "c",
            #"{"specversion":"1.0","id":"7","source":"van-3","type":"x","data":"43 01 03 01\r>"}"#,
            ["VAN-3 snapshot<confirmed>[P0301/confirmed]"]),
        EnvelopeRow(
            "an event without data", "cloudevents", "c",
            #"{"specversion":"1.0","id":"7","source":"van-3","type":"x"}"#, ["VAN-3"]),
    ]

    static let senml: [EnvelopeRow] = [
        EnvelopeRow(
            "base name, base time, units that are converted, codes as text", "senml", "s",
            #"[{"bn":"urn:dev:mac:0024befffe804ff1:","bt":1772431805,"n":"rpm","v":812},{"n":"coolant_temp","u":"K","v":364.65},{"n":"dtcs","vs":"P0301,P0420"},{"n":"door","vb":true,"t":1}]"#,
            [
                "0024BEFFFE804FF1 2026-03-02T06:10:05.000Z delta[P0301 P0420] rpm=812 coolant_c=91.5",
                "0024BEFFFE804FF1 2026-03-02T06:10:06.000Z door=1",
            ]),
        EnvelopeRow(
            "a time below 2^28 counts from now", "senml", "s",
            #"[{"bn":"van-3/","n":"rpm","v":1,"t":-5}]"#, ["VAN-3 rpm=1"]),
        EnvelopeRow(
            "bytes for a codec, and names without a base", "senml+obd", "s",
            #"[{"n":"van-3/obd","vd":"\#(Built.base64(hex("43010301")).replacing("=", with: ""))"},{"n":"van-3/rpm","v":"x"}]"#,
            ["VAN-3 snapshot<confirmed>[P0301/confirmed]", "VAN-3"], refused: ["wrong_type@x\"}]"]),
    ]

    /// The vehicle signal specification where the topic says more than the payload.
    static let paths: [EnvelopeRow] = [
        EnvelopeRow(
            "a bare number of an old Kuksa server", "vss",
            "TEST1/vss/Vehicle/OBD/CoolantTemperature", "83", ["TEST1 coolant_c=83"]),
        EnvelopeRow(
            "a bare yes", "vss", "TEST1/vss/Vehicle/OBD/Status/IsMILOn", "true", ["TEST1 mil_on=1"]),
        EnvelopeRow(
            "bare codes, as a list and as text", "vss", "TEST1/vss/Vehicle/OBD/DTCList",
            #"["P0301","P0420"]"#,
            ["TEST1 snapshot<active>[P0301/active P0420/active]"]),
        EnvelopeRow(
            "bare codes as text", "vss", "TEST1/vss/Vehicle/Diagnostics/DTCList", "P0301 P0420",
            ["TEST1 snapshot<active>[P0301/active P0420/active]"]),
        EnvelopeRow(
            "an answer of VISS over MQTT", "vss", "TEST1/Vehicle",
            #"{"action":"get","requestId":"8","data":{"path":"Vehicle.OBD.CoolantTemperature","dp":{"value":"83","ts":"2026-03-02T06:10:05Z"}},"ts":"2026-03-02T06:10:06Z"}"#,
            ["TEST1 2026-03-02T06:10:05.000Z coolant_c=83"], traps: [.numberAsText]),
        EnvelopeRow(
            "its answers are wrapped in a topic and a request", "vss", "TEST1/Vehicle",
            #"{"topic":"TEST1/client7","request":{"action":"get","path":"Vehicle.Speed"},"data":{"path":"Vehicle.Speed","dp":{"value":"50.5","ts":"2026-03-02T06:10:05Z"}}}"#,
            ["TEST1 2026-03-02T06:10:05.000Z speed_kmh=50.5"], traps: [.numberAsText]),
    ]

    static let sparkplug: [EnvelopeRow] = [
        EnvelopeRow(
            "a birth gives names, numbers of every kind and codes", "sparkplug-b",
            "spBv1.0/g/DBIRTH/gw1/van-3",
            Built.field(1, 1_772_431_805_120)
                + Built.field(
                    2,
                    Built.field(1, "Engine/rpm") + Built.field(2, 5) + Built.field(4, 9)
                        + Built.field(12, float: 812.5))
                + Built.field(
                    2,
                    Built.field(1, "Engine/coolant_temp") + Built.field(4, 3)
                        + Built.field(10, 0xFFFF_FFF6))
                + Built.field(
                    2, Built.field(1, "Trip") + Built.field(4, 10) + Built.field(13, double: 0.5))
                + Built.field(2, Built.field(1, "Lamp") + Built.field(4, 11) + Built.field(14, 1))
                + Built.field(
                    2,
                    Built.field(1, "Diag/DTCs") + Built.field(4, 12)
                        + Built.field(15, "P0301 P0420"))
                + Built.field(2, Built.field(1, "Gone") + Built.field(7, 1)) + Built.field(3, 0),
            [
                "VAN-3 2026-03-02T06:10:05.120Z delta[P0301 P0420] rpm=812.5 coolant_c=-10 Trip=0.5 Lamp=1"
            ]),
        EnvelopeRow(
            "a number for a name, and a value of the past", "sparkplug-b", "spBv1.0/g/NDATA/gw1",
            Built.field(1, 1_772_431_805_120)
                + Built.field(2, Built.field(2, 5) + Built.field(11, 7))
                + Built.field(
                    2,
                    Built.field(1, "rpm") + Built.field(3, 1_772_431_800_000) + Built.field(5, 1)
                        + Built.field(11, 700)),
            ["GW1 2026-03-02T06:10:05.120Z", "GW1 2026-03-02T06:10:00.000Z rpm=700"],
            refused: ["alias_unknown@9"], traps: [.sentAgain]),
        EnvelopeRow(
            "a death closes nothing", "sparkplug-b", "spBv1.0/g/NDEATH/gw1", Built.field(1, 1), []),
    ]
}
