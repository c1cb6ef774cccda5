import FaultDecoding

extension Words {
    package static func texts(of reason: DecodingFailure.Reason) -> (en: String, zh: String) {
        switch reason {
        case .emptyPayload: ("empty payload", "载荷为空")
        case .tooLarge: ("payload too large", "载荷过大")
        case .tooDeep: ("nested too deeply", "嵌套过深")
        case .tooManyFaults: ("too many fault codes", "故障码过多")
        case .tooManySignals: ("too many signals", "信号过多")
        case .invalidUTF8: ("not UTF-8", "不是 UTF-8 文本")
        case .notJSON: ("not JSON", "不是 JSON")
        case .truncated: ("ends too early", "内容不完整")
        case .duplicateKey: ("a key stands twice", "键重复")
        case .numberOutOfRange: ("number out of range", "数值超出范围")
        case .notANumber: ("not a number", "不是数值")
        case .shapeUnknown: ("not a message of this format", "不是该格式的消息")
        case .aliasUnknown: ("a number stands for an unknown name", "编号没有对应的名称")
        case .wrongType: ("value of the wrong type", "值的类型不对")
        case .noVehicle: ("names no vehicle", "没有车辆标识")
        case .vehicleMalformed: ("vehicle identifier malformed", "车辆标识格式错误")
        case .vehicleMismatch: ("names two vehicles", "车辆标识不一致")
        case .timeMalformed: ("time malformed", "时间格式错误")
        case .timeOutOfRange: ("time out of range", "时间超出范围")
        case .codeMalformed: ("fault code malformed", "故障码格式错误")
        case .statusUnknown: ("unknown status", "未知的故障码状态")
        case .ecuMalformed: ("control unit malformed", "控制单元名称格式错误")
        case .topicUnexpected: ("topic not expected", "主题不匹配")
        case .versionUnsupported: ("version not supported", "版本不支持")
        case .notHex: ("not a hex digit", "不是十六进制字符")
        case .oddLength: ("half a byte is missing", "缺少半个字节")
        case .notAnAnswer: ("nothing that this format holds", "不是该格式的内容")
        case .negativeResponse: ("control unit refused", "控制单元拒绝应答")
        case .missingFrame: ("a frame is missing", "缺少数据帧")
        case .checksumWrong: ("checksum wrong", "校验和不符")
        case .encrypted: ("encrypted", "数据已加密")
        case .noAnswer: ("no control unit answered", "控制单元无应答")
        }
    }
}
