/// A message as a device sends it, one of each format.
struct FormatSample: Sendable {
    var format: String
    var topic: String
    var payload: [UInt8]
    var isJSON = true

    init(_ format: String, _ topic: String, _ payload: String, isJSON: Bool = true) {
        self.init(format, topic, Array(payload.utf8), isJSON: isJSON)
    }

    init(_ format: String, _ topic: String, _ payload: [UInt8], isJSON: Bool) {
        self.format = format
        self.topic = topic
        self.payload = payload
        self.isJSON = isJSON
    }

    private static func hex(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            default: nil
            }
        }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// Native first, since it is what the others are compared with.
    static let all: [FormatSample] = [
        FormatSample(
            "native", "LSVTEST1000000017/ev",
            #"{"vin":"LSVTEST1000000017","ts":1772323200000,"odo_km":50123.4,"dtcs":[{"code":"P0301","status":"confirmed"}],"signals":{"coolant_c":91.47,"batt_v":13.941,"oil_kpa":312.5,"rpm":1840,"speed_kmh":63.5}}"#
        ),
        FormatSample(
            "wican", "a/can/rx",
            #"{"bus":"0","type":"rx","ts":32000,"frame":[{"id":2024,"dlc":8,"rtr":false,"extd":false,"data":[3,65,5,130,170,170,170,170]},{"id":2024,"dlc":8,"rtr":false,"extd":false,"data":[16,8,67,3,3,1,4,32]},{"id":2024,"dlc":8,"rtr":false,"extd":false,"data":[33,193,0,170,170,170,170,170]}]}"#
        ),
        FormatSample("ovms", "a/metric/v/b/12v/voltage", "12.61", isJSON: false),
        FormatSample(
            "autopi", "a/obd/dtc",
            #"{"_stamp":"2026-03-02T06:10:05.120345","_type":"dtc","values":[{"code":"P0301","text":"Cylinder 1"},{"code":"P0420","text":""}]}"#
        ),
        FormatSample(
            "traccar", "a/positions",
            #"{"position":{"id":7,"attributes":{"dtcs":"P0299 P0675","rpm":812,"coolantTemp":91,"power":12.4,"battery":4.1,"odometer":48211400,"hours":3723120000,"io9":3},"deviceId":3,"protocol":"teltonika","serverTime":"2026-03-02T06:10:09.000+00:00","deviceTime":"2026-03-02T07:10:05.000+01:00","fixTime":"2026-03-02T06:10:04.000+00:00","outdated":false,"valid":true,"latitude":0.5,"longitude":0.25,"altitude":12,"speed":27.0,"course":90,"accuracy":0},"device":{"id":3,"name":"Van 3","uniqueId":"356307042441013","status":"online"}}"#
        ),
        FormatSample(
            "teltonika-json", "a/data",
            #"{"state":{"reported":{"36":812,"32":-10,"281":"P0301,P0420","30":2,"66":12410,"16":48211400,"239":1,"21":4,"ts":1772431805120,"latlng":"1.0,2.0","pr":0}}}"#
        ),
        FormatSample(
            "flespi", "a/gw",
            #"[{"ident":"352625333222111","timestamp":1772431805.25,"server.timestamp":1772431806.5,"can.engine.rpm":812,"can.engine.coolant.temperature":91,"can.dtc":["P0301","P0420"],"position.speed":3,"external.powersource.voltage":28.05}]"#
        ),
        FormatSample(
            "inhand", "a/obd/info",
            #"{"obd.ts":1639037377,"obd.vin":"LFV3B28R8A3025310","obd.mil":1,"obd.dtcs":2,"obd.rpm":812.5,"obd.c_temp":91,"obd.a_temp":-40,"obd.b_volt":13.78,"obd.m_dist":null,"obd.d_dist":200,"obd.f_s_mon":0}"#
        ),
        FormatSample(
            "senquip", "a/json",
            #"{"deviceid":"HE8EV12LF","vsys":4.16,"vin":28.05,"can1":[{"id":419351040,"data":"40FF5B000301FFFF"},{"id":217056256,"data":"FFFFFF4814FFFFFF"},{"id":419360256,"data":"7DFF402CFFFFFFFF"}],"ts":1772431805.5,"cp1":2}"#
        ),
        FormatSample(
            "openxc", "a/out",
            "{\"name\":\"engine_speed\",\"value\":812,\"timestamp\":1772431805.5}\0{\"name\":\"vehicle_speed\",\"value\":50.5,\"timestamp\":1772431805.6}\0{\"bus\":1,\"message_id\":2024,\"mode\":3,\"success\":true,\"payload\":\"0x010301\"}\0"
        ),
        FormatSample(
            "gbt32960-emqx", "a/upstream/info",
            #"{"Cmd":2,"Encrypt":1,"Vin":"1G1BL52P7TR115520","Data":{"Time":{"Year":26,"Month":3,"Day":2,"Hour":14,"Minute":10,"Second":5},"Infos":[{"Type":"Vehicle","Status":1,"Charging":3,"Mode":1,"Speed":505,"Mileage":482114,"Voltage":3605,"Current":10235,"SOC":77,"DC":1,"Gear":14,"Resistance":2500},{"Type":"Extreme","MaxBatteryVoltage":4012,"MinBatteryVoltage":3901,"MaxTemp":75,"MinTemp":65},{"Type":"Alarm","MaxAlarmLevel":2,"GeneralAlarmFlag":2050,"FaultChargeableDeviceNum":1,"FaultChargeableDeviceList":["00C8"],"FaultDriveMotorNum":0,"FaultDriveMotorList":[],"FaultEngineNum":0,"FaultEngineList":[],"FaultOthersNum":0,"FaultOthersList":[]}]}}"#
        ),
        FormatSample(
            "jt808-emqx", "a/up",
            #"{"header":{"msg_id":512,"encrypt":0,"len":60,"phone":"013912345678","msg_sn":3},"body":{"alarm":384,"status":3,"latitude":31000000,"longitude":121000000,"speed":505,"direction":0,"time":"260302141005","extra":{"mileage":482114,"fuel_meter":301}}}"#
        ),
        FormatSample(
            "fleetwise", "a/f",
            #"{"vehicleName":"van-3","signals":{"Vehicle.ECU1.DTC_INFO":[{"value":"{\"DetectedDTCs\":[{\"ECUID\":\"01\",\"DTCAndSnapshot\":{\"DTCStatusAvailabilityMask\":\"FF\",\"dtcCodes\":[{\"DTC\":\"03011A\",\"DTCExtendedData\":\"\",\"DTCSnapshotRecord\":\"03011AAF0101AABB01\"}]}}]}","dataType":"VARCHAR","time":1772431805120}],"Vehicle.Speed":[{"value":50.5,"dataType":"DOUBLE","time":1772431805}]}}"#
        ),
        FormatSample(
            "cloudevents", "a/c",
            #"{"specversion":"1.0","id":"7","source":"/fleet/north","type":"x","subject":"a","time":"2026-03-02T06:10:05Z","data":{"dtcs":["P0301"],"signals":{"rpm":812,"coolant_c":91.5,"batt_v":13.78}}}"#
        ),
        FormatSample(
            "senml", "a/s",
            #"[{"bn":"urn:dev:mac:0024befffe804ff1:","bt":1772431805,"n":"rpm","v":812},{"n":"coolant_temp","u":"Cel","v":91.5},{"n":"dtcs","vs":"P0301,P0420"},{"n":"battery_voltage","u":"V","v":13.8}]"#
        ),
        FormatSample(
            "vss", "a/v",
            #"{"Vehicle.OBD.CoolantTemperature":83,"Vehicle.OBD.EngineSpeed":812.5,"Vehicle.OBD.DTCList":["P0301","P0420"],"Vehicle.OBD.ControlModuleVoltage":13.8}"#
        ),
        FormatSample("text-codes", "a/t", "P0299,P0675,U0100", isJSON: false),
        FormatSample("obd", "a/o", "7E8 06 43 02 03 01 04 20\r\r>", isJSON: false),
        FormatSample("uds", "a/u", "59 02 FF 03 01 1A 2F 04 20 00 08", isJSON: false),
        FormatSample(
            "j1939", "a/j",
            "18ECFF00#20120003FFCAFE00\n18EBFF00#0100FF5B0003015C\n18EBFF00#020004025D000503\n18EBFF00#035E000604FFFFFF\n18FEEE00#7DFF402CFFFFFFFF",
            isJSON: false),
        FormatSample(
            "freematics", "a/b",
            "AB12CD#0:1000,10:6100512,11:20326,20:0;1;9,24:1245,105:91,10C:812,10D:50*91",
            isJSON: false),
        FormatSample(
            "teltonika-8e", "a/avl",
            hex(
                "00000000000000588E010000019CABDDDD5000000000000000000000000000000000000000060002001E0000205D0002002406F3004231420001001001D905C000000001011900174E6F206661756C7420636F64657320646574656374656401"
                    + "0000EE9E"), isJSON: false),
        FormatSample(
            "hj1239", "a/h",
            hex(
                "232302314731424C35325037545231313535323001010034110C1416173B000102110C140607084000C8968C280000C810001000C810002000200000647DC80000000000000000000009FC2184"
            ), isJSON: false),
        FormatSample(
            "gbt32960", "a/g",
            hex(
                "232302FE314731424C3532503754523131353532300100291A03020E0A050101030101F900075B420E1527FB4D010E09C4000007020000080201000000C800000089"
            ), isJSON: false),
        FormatSample(
            "sparkplug-b", "a/x",
            hex(
                "08D0E692DFCA3312110A0A456E67696E652F72706D200750CA0912190A13456E67696E652F636F6F6C616E745F74656D702003505A12160A0F456E67696E652F6F696C5F74656D702003508F4E121A0A10446961676E6F73746963732F64746373200C7A046E6F6E651800"
            ), isJSON: false),
    ]
}
