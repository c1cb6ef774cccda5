extension CodeStructure {
    /// What a suspect parameter of SAE J1939 is, for those that service meets often.
    static func parameter(_ spn: UInt32) -> Text? {
        if (651...662).contains(spn) {
            return Text("injector of cylinder \(spn - 650)", "\(spn - 650) 缸喷油器")
        }
        return parameters[spn]
    }

    private static let parameters: [UInt32: Text] = [
        91: Text("accelerator pedal", "加速踏板"), 94: Text("fuel delivery pressure", "供油压力"),
        97: Text("water in fuel", "燃油含水"), 98: Text("engine oil level", "机油液位"),
        100: Text("engine oil pressure", "机油压力"), 102: Text("boost pressure", "增压压力"),
        105: Text("intake manifold temperature", "进气歧管温度"),
        107: Text("air filter pressure drop", "空气滤清器压差"),
        110: Text("coolant temperature", "冷却液温度"), 111: Text("coolant level", "冷却液液位"),
        157: Text("rail pressure", "共轨压力"), 168: Text("battery voltage", "蓄电池电压"),
        171: Text("ambient temperature", "环境温度"), 174: Text("fuel temperature", "燃油温度"),
        175: Text("engine oil temperature", "机油温度"),
        177: Text("transmission oil temperature", "变速器油温"), 183: Text("fuel rate", "油耗率"),
        190: Text("engine speed", "发动机转速"), 237: Text("vehicle identification", "车辆识别码"),
        247: Text("engine hours", "发动机运行小时"), 250: Text("total fuel used", "累计油耗"),
        513: Text("engine torque", "发动机扭矩"), 520: Text("retarder", "缓速器"),
        639: Text("J1939 network", "J1939 网络"), 723: Text("engine speed, second sensor", "第二转速传感器"),
        917: Text("vehicle distance, high resolution", "高精度行驶里程"),
        1127: Text("boost pressure of the turbocharger", "涡轮增压压力"),
        1569: Text("torque derate", "扭矩限制"), 1761: Text("DEF tank level", "尿素箱液位"),
        2791: Text("EGR valve", "EGR 阀"), 3031: Text("DEF tank temperature", "尿素箱温度"),
        3216: Text("NOx before the catalyst", "上游氮氧化物"),
        3226: Text("NOx after the catalyst", "下游氮氧化物"),
        3242: Text("DPF inlet temperature", "颗粒捕集器入口温度"),
        3246: Text("DPF outlet temperature", "颗粒捕集器出口温度"),
        3251: Text("DPF pressure drop", "颗粒捕集器压差"), 3361: Text("DEF dosing unit", "尿素喷射单元"),
        3364: Text("DEF quality", "尿素质量"), 3471: Text("fuel pressure control", "燃油压力控制"),
        3509: Text("sensor supply", "传感器供电"), 3719: Text("DPF soot load", "颗粒捕集器碳载量"),
        3720: Text("DPF ash load", "颗粒捕集器灰分"), 3936: Text("DPF system", "颗粒捕集器系统"),
        4334: Text("DEF pressure", "尿素压力"), 4360: Text("SCR inlet temperature", "SCR 入口温度"),
        4363: Text("SCR outlet temperature", "SCR 出口温度"),
        4364: Text("SCR efficiency", "SCR 转化效率"), 5246: Text("inducement", "驾驶性能限制"),
        5298: Text("oxidation catalyst", "氧化催化器"),
    ]
}
