/// What the parts of a fault code say by themselves, by the rules of the standards and without a
/// catalogue, in English and Chinese.
///
/// The wording is Forewarn's own. Rules: SAE J2012 and ISO 15031-6 for letters and digits, SAE
/// J2012-DA for failure types, SAE J1939-73 for failure modes, GB/T 32960.3-2016 table 18.
public struct CodeStructure: Sendable, Equatable {
    /// A text in both languages of the output.
    public struct Text: Sendable, Equatable {
        /// English.
        public var english: String
        /// Simplified Chinese.
        public var chinese: String

        init(_ english: String, _ chinese: String) {
            self.english = english
            self.chinese = chinese
        }
    }

    /// The part of the vehicle: powertrain, chassis, body, network; `nil` where the code has none.
    public var system: Text?
    /// Whether the standard defines the code; `false` for a maker's, `nil` where nobody can say.
    public var isGeneric: Bool?
    /// What within the system, where a rule tells.
    public var subsystem: Text?
    /// How it fails: the failure type, the failure mode or the alarm; `nil` when it is not said.
    public var failure: Text?
    /// The kind of failure that a failure type belongs to.
    public var category: Text?

    /// Takes a code apart.
    public init(_ code: FaultCode) {
        switch code.scheme {
        case .obd, .uds:
            let (high, low) = code.stored
            let number = UInt16(
                truncatingIfNeeded: code.scheme == .uds ? low >> 8 : low | high)
            system = Self.systems[Int(number >> 14)]
            isGeneric = Self.isGeneric(number)
            subsystem = Self.subsystem(number)
            if let type = code.failureType {
                category = Self.category(of: type)
                failure = Self.failureType(type)
            }
        case .j1939:
            guard let (spn, fmi) = code.suspect else { return }
            isGeneric = spn < 520_192
            subsystem = Self.parameter(spn)
            failure = Self.failureMode(fmi)
        case .gbt32960:
            guard let bit = code.gbtAlarm else {
                isGeneric = false
                return
            }
            isGeneric = bit < Self.alarms.count
            failure = bit < Self.alarms.count ? Self.alarms[Int(bit)] : nil
        case .vendor: isGeneric = false
        }
    }
}

extension CodeStructure {
    private static let systems = [
        Text("powertrain", "动力总成"), Text("chassis", "底盘"), Text("body", "车身"),
        Text("network", "网络通信"),
    ]

    /// P0, P2 and P34 to P39, and what starts with 0 elsewhere, are the standard's; what starts with
    /// 3 elsewhere is reserved or shared.
    private static func isGeneric(_ code: UInt16) -> Bool? {
        switch (code >> 14, code >> 12 & 3) {
        case (_, 0), (0, 2): true
        case (0, 3): code >> 8 & 15 >= 4
        case (_, 3): nil
        default: false
        }
    }

    /// The third character of a generic powertrain code.
    private static func subsystem(_ code: UInt16) -> Text? {
        guard code >> 14 == 0, isGeneric(code) == true else { return nil }
        switch (code >> 12 & 3, code >> 8 & 15) {
        case (0, 0), (0, 1), (2, 0), (2, 1): return Text("fuel and air metering", "燃油与进气计量")
        case (0, 2), (2, 2): return Text("fuel injection", "燃油喷射")
        case (0, 3), (2, 3): return Text("ignition or misfire", "点火或失火")
        case (0, 4), (2, 4): return Text("emission controls", "排放控制")
        case (0, 5), (2, 5): return Text("speed and idle control", "车速与怠速控制")
        case (0, 6), (2, 6): return Text("control computer", "控制电脑")
        case (0, 7...9), (2, 7...9): return Text("transmission", "变速器")
        case (0, 0xA...0xC), (2, 0xA...0xC), (3, 4...9):
            return code >> 12 & 3 == 3 ? nil : Text("hybrid drive", "混合动力驱动")
        default: return nil
        }
    }

    /// The kind of failure that the high digit of a failure type byte names.
    private static func category(of type: UInt8) -> Text? {
        switch type >> 4 {
        case 0: type == 0 ? nil : Text("general", "一般")
        case 1: Text("electrical", "电气")
        case 2: Text("signal", "信号")
        case 3: Text("frequency or pulse width", "频率或脉宽")
        case 4: Text("inside the unit", "控制单元内部")
        case 5: Text("programming", "编程")
        case 6: Text("algorithm", "算法")
        case 7: Text("mechanical", "机械")
        case 8: Text("bus signal", "总线信号")
        case 9: Text("component", "部件")
        default: Text("maker's own", "厂家自定义")
        }
    }

    private static func failureType(_ type: UInt8) -> Text? {
        switch type {
        case 0x00: Text("no subtype", "无子类型")
        case 0x11: Text("short to ground", "对地短路")
        case 0x12: Text("short to battery", "对电源短路")
        case 0x13: Text("open circuit", "断路")
        case 0x14: Text("short to ground or open", "对地短路或断路")
        case 0x15: Text("short to battery or open", "对电源短路或断路")
        case 0x16: Text("voltage too low", "电压过低")
        case 0x17: Text("voltage too high", "电压过高")
        case 0x1A: Text("resistance too low", "电阻过低")
        case 0x1B: Text("resistance too high", "电阻过高")
        case 0x1C: Text("voltage out of range", "电压超出范围")
        case 0x29: Text("signal invalid", "信号无效")
        case 0x2F: Text("signal erratic", "信号不稳")
        case 0x31: Text("no signal", "无信号")
        case 0x4B: Text("over temperature", "温度过高")
        case 0x62: Text("signals do not agree", "信号比较不一致")
        case 0x64: Text("not plausible", "信号不合理")
        case 0x71: Text("stuck", "卡滞")
        case 0x72: Text("stuck open", "卡在打开位置")
        case 0x81: Text("invalid data on the bus", "总线数据无效")
        case 0x87: Text("message missing", "报文丢失")
        case 0x92: Text("performance", "性能异常")
        case 0x96: Text("failure inside the component", "部件内部故障")
        case 0x97: Text("blocked", "堵塞")
        default: nil
        }
    }

    private static func failureMode(_ mode: UInt8) -> Text? {
        switch mode {
        case 0: Text("far too high, most severe", "严重偏高")
        case 1: Text("far too low, most severe", "严重偏低")
        case 2: Text("erratic or wrong data", "数据不稳或错误")
        case 3: Text("voltage too high", "电压过高")
        case 4: Text("voltage too low", "电压过低")
        case 5: Text("current too low or open circuit", "电流过低或断路")
        case 6: Text("current too high or grounded", "电流过高或接地")
        case 7: Text("mechanical", "机械故障")
        case 8: Text("wrong frequency or pulse width", "频率或脉宽异常")
        case 9: Text("wrong update rate", "更新频率异常")
        case 10: Text("changes too fast", "变化率异常")
        case 11: Text("cause unknown", "原因不明")
        case 12: Text("unit or component bad", "装置或部件损坏")
        case 13: Text("out of calibration", "校准超差")
        case 14: Text("see special instructions", "参见专门说明")
        case 15: Text("too high, least severe", "轻微偏高")
        case 16: Text("too high, moderate", "中度偏高")
        case 17: Text("too low, least severe", "轻微偏低")
        case 18: Text("too low, moderate", "中度偏低")
        case 19: Text("error in network data", "网络数据错误")
        case 20: Text("drifted high", "漂移偏高")
        case 21: Text("drifted low", "漂移偏低")
        case 31: Text("condition exists", "状态存在")
        default: Text("reserved", "保留")
        }
    }

    private static let alarms = [
        Text("temperature difference", "温度差异"), Text("battery too hot", "电池高温"),
        Text("pack voltage too high", "车载储能装置过压"),
        Text("pack voltage too low", "车载储能装置欠压"), Text("charge low", "SOC 低"),
        Text("cell voltage too high", "单体电池过压"), Text("cell voltage too low", "单体电池欠压"),
        Text("charge too high", "SOC 过高"), Text("charge jumps", "SOC 跳变"),
        Text("battery system does not match", "可充电储能系统不匹配"),
        Text("cells uneven", "电池单体一致性差"), Text("insulation", "绝缘"),
        Text("DC-DC temperature", "DC-DC 温度"), Text("brake system", "制动系统"),
        Text("DC-DC status", "DC-DC 状态"), Text("motor controller temperature", "电机控制器温度"),
        Text("high-voltage interlock", "高压互锁"), Text("motor temperature", "驱动电机温度"),
        Text("pack overcharged", "车载储能装置过充"),
    ]
}
