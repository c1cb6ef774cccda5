import FaultDecoding
import VehicleFaults

extension Words {
    /// The mistake that a decoder did not make, as half a sentence.
    package subscript(_ trap: Trap) -> String {
        let texts = Self.texts(of: trap)
        return language == .english ? texts.en : texts.zh
    }

    /// A text of the code knowledge in the language of the output.
    package subscript(_ text: CodeStructure.Text) -> String {
        language == .english ? text.english : text.chinese
    }

    package static func texts(of trap: Trap) -> (en: String, zh: String) {
        switch trap {
        case .wrappingClock:
            ("the clock starts again every minute, is no time of day", "时钟每分钟归零，不能作为时间")
        case .voltageNotVIN: ("a voltage, whatever its name says", "是电压，不是车架号")
        case .sampledFrames:
            ("frames were sampled, so the message cannot be put together", "数据帧为抽样，无法拼接")
        case .countByte:
            ("on CAN a count comes first, before CAN it did not", "CAN 上先有数量字节，CAN 之前没有")
        case .padding: ("fills the frame, is no code", "填充字节，不是故障码")
        case .negativeResponse: ("a refusal is not an answer without faults", "否定应答不等于无故障")
        case .noData: ("no answer is not an answer without faults", "无应答不等于无故障")
        case .noFault: ("says that there is no fault, is no code", "表示无故障，不是故障码")
        case .reservedValue: ("says that there is no value, is no reading", "表示无数据，不是读数")
        case .countIsNoList: ("counts codes, names none", "只是故障码数量，不是列表")
        case .severalUnits: ("units answer each for themselves", "各控制单元分别应答，列表不合并")
        case .runTogether: ("two answers stood on one line", "两条应答连在一行")
        case .wrongLength: ("the length is wrong, the count is right", "长度有误，数量正确")
        case .notTested: ("never tested, which is no fault", "未测试，不是故障")
        case .statusNotAvailable: ("bits that the unit does not have say nothing", "控制单元不支持的位无意义")
        case .failureTypeUnknown:
            ("no failure type was sent, which is not type 00", "未发送失效类型，不等于 00")
        case .lengthUnknown: ("the message does not say how this is laid out", "报文未说明长度或布局")
        case .header: ("a header around the answer", "应答外还有报头")
        case .conversionAmbiguous:
            ("the conversion bit is set: the SPN may be another", "转换位为 1：SPN 可能不同")
        case .conversionConfigured: ("converted as the options say", "按选项指定的方式转换")
        case .lampWithoutCode: ("a lamp field is set, and there is no code", "灯状态有值，但没有故障码")
        case .clearedNotRepaired: ("codes were cleared, which repairs nothing", "故障码被清除，不等于已修复")
        case .scaled: ("the raw number has an offset or factor", "原始值带偏移或系数")
        case .beijingTime: ("Beijing time, which no byte says", "北京时间，报文中未注明")
        case .sentAgain: ("old data sent again is no news", "补发的旧数据，不是新情况")
        case .checkDigit: ("the check digit is wrong, which some makers allow", "校验位不符，部分厂家允许")
        case .lowerCase: ("lower case means the same code", "小写与大写是同一故障码")
        case .noStatus: ("no status was sent with the code", "故障码未带状态")
        case .delta: ("only news: what is not named has not gone", "只含变化：未列出的并未消失")
        case .numberAsText: ("a number sent as text", "以文本发送的数值")
        case .reservedBit: ("a bit to which only the maker gives a meaning", "仅厂家定义含义的位")
        }
    }
}
