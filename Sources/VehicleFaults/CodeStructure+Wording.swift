extension CodeStructure {
    /// What a code says, in a few words: Forewarn's own for the codes that its rules know, else what the
    /// code's parts say by rule; `nil` where no rule tells.
    public static func wording(of code: FaultCode) -> Text? {
        let structure = CodeStructure(code)
        switch code.scheme {
        case .obd, .uds:
            let (high, low) = code.stored
            let number = UInt16(truncatingIfNeeded: code.scheme == .uds ? low >> 8 : low | high)
            guard let known = wording(ofNumber: number) else {
                return structure.joined(structure.subsystem, structure.failure)
            }
            return structure.joined(known, code.failureType == 0 ? nil : structure.failure)
        case .j1939: return structure.joined(structure.subsystem, structure.failure)
        case .gbt32960: return structure.failure
        case .vendor: return nil
        }
    }

    /// What and how, as one text.
    private func joined(_ what: Text?, _ how: Text?) -> Text? {
        guard let what else { return nil }
        guard let how else { return what }
        return Text("\(what.english): \(how.english)", "\(what.chinese)：\(how.chinese)")
    }

    /// The wording of a number as SAE J2012 lays it out.
    private static func wording(ofNumber number: UInt16) -> Text? {
        switch number {
        case 0x0301...0x0308:
            let cylinder = number & 15
            return Text("misfire in cylinder \(cylinder)", "\(cylinder) 缸失火")
        case 0x0201...0x0208:
            let cylinder = number & 15
            return Text("injector circuit of cylinder \(cylinder)", "\(cylinder) 缸喷油器电路")
        case 0x0671...0x0674:
            let cylinder = number & 15
            return Text("glow plug of cylinder \(cylinder)", "\(cylinder) 缸预热塞")
        default: return wordings[number]
        }
    }

    private static let wordings: [UInt16: Text] = [
        // Engine
        0x0011: Text("intake camshaft too far advanced", "进气凸轮轴过度提前"),
        0x0016: Text("camshaft and crankshaft out of step", "凸轮轴与曲轴不同步"),
        0x0045: Text("boost control circuit open", "增压控制电路断路"),
        0x0087: Text("fuel rail pressure too low", "燃油轨压力过低"),
        0x0088: Text("fuel rail pressure too high", "燃油轨压力过高"),
        0x0101: Text("air flow not plausible", "空气流量不合理"),
        0x0106: Text("manifold pressure not plausible", "进气歧管压力不合理"),
        0x0117: Text("coolant sensor reads too low", "冷却液温度传感器信号过低"),
        0x0118: Text("coolant sensor reads too high", "冷却液温度传感器信号过高"),
        0x0128: Text("coolant does not get warm", "冷却液升温不足"),
        0x0135: Text("heater of the lambda sensor", "氧传感器加热器"),
        0x0141: Text("heater of the second lambda sensor", "第二氧传感器加热器"),
        0x0171: Text("mixture too lean", "混合气过稀"),
        0x0174: Text("mixture too lean, bank 2", "第二组混合气过稀"),
        0x0217: Text("engine too hot", "发动机过热"),
        0x0218: Text("transmission too hot", "变速器过热"),
        0x0234: Text("boost too high", "增压压力过高"),
        0x0263: Text("cylinder 1 out of balance", "1 缸工作不平衡"),
        0x0266: Text("cylinder 2 out of balance", "2 缸工作不平衡"),
        0x0269: Text("cylinder 3 out of balance", "3 缸工作不平衡"),
        0x0272: Text("cylinder 4 out of balance", "4 缸工作不平衡"),
        0x0299: Text("boost too low", "增压压力不足"),
        0x0300: Text("misfire in several cylinders", "多缸失火"),
        0x0316: Text("misfire after the start", "起动后失火"),
        0x0325: Text("knock sensor", "爆震传感器"),
        0x0335: Text("crankshaft sensor", "曲轴位置传感器"),
        0x0380: Text("glow plug circuit", "预热塞电路"),
        0x0401: Text("too little exhaust gas recirculated", "废气再循环流量不足"),
        0x0420: Text("catalyst too weak", "催化器效率过低"),
        0x0430: Text("catalyst too weak, bank 2", "第二组催化器效率过低"),
        0x0480: Text("fan control circuit", "风扇控制电路"),
        0x0495: Text("fan too fast", "风扇转速过高"),
        0x0524: Text("oil pressure too low", "机油压力过低"),
        0x0562: Text("supply voltage too low", "系统电压过低"),
        0x0563: Text("supply voltage too high", "系统电压过高"),
        0x0615: Text("starter relay circuit", "起动继电器电路"),
        0x0620: Text("generator control circuit", "发电机控制电路"),
        0x0622: Text("generator field circuit", "发电机励磁电路"),
        0x0670: Text("glow plug module", "预热塞控制模块"),
        0x2269: Text("water in the fuel", "燃油含水"),
        0x2562: Text("position of the boost control", "增压执行器位置"),
        0x2563: Text("position sensor of the boost control", "增压执行器位置传感器"),
        // Exhaust
        0x2002: Text("particle filter too weak", "颗粒捕集器效率过低"),
        0x203F: Text("reductant level too low", "尿素液位过低"),
        0x204F: Text("reductant system", "尿素系统性能"),
        0x207F: Text("reductant of poor quality", "尿素质量不合格"),
        0x20B9: Text("reductant heater", "尿素加热器"),
        0x20BA: Text("reductant heater does not warm", "尿素加热器性能"),
        0x20E8: Text("reductant pressure too low", "尿素压力过低"),
        0x20EE: Text("SCR catalyst too weak", "SCR 催化器效率过低"),
        0x20F4: Text("too little reductant used", "尿素消耗过低"),
        0x2201: Text("NOx sensor not plausible", "氮氧化物传感器不合理"),
        0x2202: Text("NOx sensor reads too low", "氮氧化物传感器信号过低"),
        0x229F: Text("second NOx sensor not plausible", "第二氮氧化物传感器不合理"),
        0x242F: Text("ash in the particle filter", "颗粒捕集器灰分过多"),
        0x244A: Text("particle filter pressure too low", "颗粒捕集器压差过低"),
        0x2452: Text("particle filter pressure sensor", "颗粒捕集器压差传感器"),
        0x2453: Text("particle filter pressure not plausible", "颗粒捕集器压差不合理"),
        0x2454: Text("particle filter pressure sensor too low", "颗粒捕集器压差信号过低"),
        0x2455: Text("particle filter pressure sensor too high", "颗粒捕集器压差信号过高"),
        0x2457: Text("EGR cooler too weak", "EGR 冷却器效率过低"),
        0x2458: Text("regeneration takes too long", "再生时间过长"),
        0x2459: Text("regeneration too often", "再生过于频繁"),
        0x2463: Text("particle filter full of soot", "颗粒捕集器碳载量过高"),
        0x2BA9: Text("reductant of poor quality, NOx too high", "尿素质量不合格致排放超标"),
        0x2BAD: Text("NOx too high", "氮氧化物超标"),
        // Transmission
        0x0715: Text("input speed sensor", "输入轴转速传感器"),
        0x0720: Text("output speed sensor", "输出轴转速传感器"),
        0x0730: Text("wrong gear ratio", "传动比不正确"),
        0x0731: Text("wrong ratio in first gear", "一挡传动比不正确"),
        0x0741: Text("lock-up clutch does not close", "锁止离合器不接合"),
        0x0746: Text("pressure solenoid A", "压力电磁阀 A"),
        0x0776: Text("pressure solenoid B", "压力电磁阀 B"),
        0x0842: Text("transmission pressure sensor too low", "变速器油压传感器信号过低"),
        0x0868: Text("transmission pressure too low", "变速器油压过低"),
        0x0894: Text("transmission slips", "变速器打滑"),
        // High voltage
        0x0A09: Text("DC-DC converter status", "DC-DC 转换器状态"),
        0x0A0A: Text("high-voltage interlock", "高压互锁"),
        0x0A0D: Text("high-voltage interlock circuit", "高压互锁电路"),
        0x0A2F: Text("drive motor too hot", "驱动电机过热"),
        0x0A3C: Text("inverter too hot", "逆变器过热"),
        0x0A7E: Text("battery pack too hot", "电池组过热"),
        0x0A7F: Text("battery pack worn", "电池组老化"),
        0x0A80: Text("replace the battery pack", "需更换电池组"),
        0x0A82: Text("battery cooling", "电池冷却系统"),
        0x0A93: Text("inverter cooling", "逆变器冷却系统"),
        0x0A94: Text("DC-DC converter performance", "DC-DC 转换器性能"),
        0x0AA1: Text("positive contactor stuck closed", "正极接触器粘连"),
        0x0AA4: Text("negative contactor stuck closed", "负极接触器粘连"),
        0x0AA6: Text("insulation of the high voltage", "高压绝缘故障"),
        0x0AE1: Text("precharge contactor", "预充接触器"),
        0x0AFA: Text("pack voltage too low", "电池组电压过低"),
        0x0AFB: Text("pack voltage too high", "电池组电压过高"),
        0x0BBD: Text("cell voltages apart", "电芯电压差异"),
        0x0BBE: Text("cell voltages too far apart", "电芯电压差异过大"),
        0x0C47: Text("battery coolant pump", "电池冷却泵"),
        0x0C78: Text("precharge takes too long", "预充时间过长"),
        0x0DAA: Text("insulation of the battery pack", "电池组绝缘"),
        0x0E74: Text("insulation of the auxiliaries", "附件高压绝缘"),
        // Chassis and network
        0x4031: Text("wheel speed sensor, front left", "左前轮速传感器"),
        0x4034: Text("wheel speed sensor, front right", "右前轮速传感器"),
        0x4037: Text("wheel speed sensor, rear left", "左后轮速传感器"),
        0x403A: Text("wheel speed sensor, rear right", "右后轮速传感器"),
        0x4077: Text("tyre pressure too low", "胎压过低"),
        0xC073: Text("bus off", "通信总线关闭"),
        0xC100: Text("engine control unit not heard", "与发动机控制单元失去通信"),
        0xC101: Text("transmission control unit not heard", "与变速器控制单元失去通信"),
        0xC121: Text("brake control unit not heard", "与制动控制单元失去通信"),
    ]
}
