/// Something that is stored by its name and shown by its words.
public protocol Labelled: RawRepresentable, CaseIterable, Sendable where RawValue == String {
    /// The words in both languages.
    var texts: (en: String, zh: String) { get }
}

extension Labelled {
    /// The words in one language.
    public func text(_ isChinese: Bool) -> String { isChinese ? texts.zh : texts.en }
}

extension TicketState: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .open: ("open", "待受理")
        case .acknowledged: ("acknowledged", "已受理")
        case .triaged: ("triaged", "已研判")
        case .contacted: ("contacted", "已联系客户")
        case .scheduled: ("scheduled", "已预约")
        case .checkedIn: ("checked in", "已接车")
        case .inRepair: ("in repair", "维修中")
        case .qualityCheck: ("quality check", "质检中")
        case .delivered: ("delivered", "已交车")
        case .followedUp: ("followed up", "已回访")
        case .closed: ("closed", "已关闭")
        case .cancelled: ("cancelled", "已取消")
        case .onHold: ("on hold", "挂起")
        case .monitoring: ("monitoring", "观察中")
        case .remoteResolved: ("resolved remotely", "已远程解决")
        }
    }
}

extension Role: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .customerService: ("customer service", "客服")
        case .reception: ("reception", "接待")
        case .technician: ("technician", "技师")
        case .quality: ("quality inspector", "质检员")
        case .training: ("training", "培训")
        case .parts: ("parts desk", "配件")
        case .supervisor: ("supervisor", "主管")
        case .engineer: ("R&D engineer", "研发工程师")
        case .system: ("the daemon", "系统")
        }
    }
}

extension HoldReason: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .customer: ("awaiting customer", "等待客户")
        case .vehicle: ("awaiting vehicle", "等待车辆到店")
        case .approval: ("awaiting approval", "等待报价确认")
        case .parts: ("awaiting parts", "待件")
        case .supplier: ("awaiting supplier", "等待供应商")
        case .capacity: ("awaiting capacity", "等待工位或人手")
        }
    }
}

extension TransferReason: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .skill: ("skill", "技能不符")
        case .capacity: ("capacity", "工位或人手不足")
        case .parts: ("parts", "配件")
        case .customerWish: ("the customer's wish", "客户要求")
        case .distance: ("distance", "就近服务")
        }
    }
}

extension CancelReason: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .duplicate: ("duplicate", "重复工单")
        case .falseAlarm: ("false alarm", "误报")
        case .dataFault: ("faulty data", "数据错误")
        case .declined: ("declined by the customer", "客户拒绝")
        case .selfCleared: ("went away by itself", "自行消失")
        case .vehicleGone: ("vehicle no longer ours to serve", "车辆已离网")
        }
    }
}

extension Disposition: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .confirmed: ("confirmed as predicted", "确认属实")
        case .otherComponent: ("confirmed, another component", "确认属实，部件不同")
        case .early: ("confirmed, but early: life was left", "确认属实，但过早（仍有余量）")
        case .noTroubleFound: ("no trouble found", "未发现故障(NTF)")
        case .sensorFault: ("the sensor was at fault", "传感器故障")
        case .dataFault: ("faulty data", "数据错误")
        case .declined: ("declined by the customer", "客户拒绝")
        case .selfCleared: ("went away by itself", "自行消失")
        case .brokeDown: ("broke down before it was served", "检修前已抛锚")
        case .unknown: ("unknown", "未知")
        }
    }
}

extension ContactOutcome: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .agreed: ("reached, agrees", "已联系，同意")
        case .refused: ("reached, refuses", "已联系，拒绝")
        case .postponed: ("reached, later", "已联系，推迟")
        case .noAnswer: ("no answer", "无人接听")
        }
    }
}

extension CheckResult: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .pass: ("passed", "合格")
        case .fail: ("failed", "不合格，返工")
        }
    }
}

extension Payer: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .customer: ("customer", "客户")
        case .warranty: ("warranty", "三包索赔")
        case .recall: ("recall", "召回")
        case .goodwill: ("goodwill", "善意索赔")
        }
    }
}

extension PartState: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .requested: ("requested", "已申请")
        case .ordered: ("ordered", "已订货")
        case .shipped: ("shipped", "已发运")
        case .received: ("received", "已到货")
        case .fitted: ("fitted", "已装车")
        case .returned: ("returned", "已退回")
        }
    }
}

extension PartsPromise: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .none: ("not needed", "无需配件")
        case .inStock: ("in stock", "有库存")
        case .ordered: ("ordered", "已订货")
        }
    }
}

extension EstimateLine.Kind: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .part: ("part", "配件")
        case .labour: ("labour", "工时")
        case .tax: ("tax", "税费")
        }
    }
}

extension ServiceType: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .repair: ("workshop repair", "进厂维修")
        case .support: ("technical support", "技术支持")
        case .parts: ("parts supply", "配件供应")
        case .onSite: ("on-site service", "现场支持")
        case .training: ("training need", "培训需求")
        }
    }
}

extension DeliveryMode: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .pickup: ("the customer picks it up", "客户自取")
        case .workshop: ("at the workshop", "到店")
        case .mobile: ("where the vehicle stands", "上门")
        }
    }
}

extension Department: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .development: ("research and development", "研发")
        case .sales: ("sales", "销售")
        case .quality: ("quality", "质量")
        case .purchasing: ("purchasing", "采购")
        case .training: ("training", "培训")
        case .service: ("service", "服务")
        }
    }
}

extension TicketSource: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .rule: ("rule", "规则")
        case .phone: ("phone", "电话")
        case .counter: ("counter", "到店")
        case .breakdown: ("breakdown", "抛锚")
        case .complaint: ("complaint", "投诉")
        case .campaign: ("campaign", "服务活动")
        case .split: ("split off", "拆分")
        }
    }
}

extension SurveyAnswer: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .answered: ("answered", "已答复")
        case .noAnswer: ("no answer", "无人接听")
        }
    }
}

extension SurveyReason: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .slowResponse: ("slow response", "响应慢")
        case .weakSupport: ("weak support", "支持不足")
        case .price: ("price", "价格")
        case .parts: ("parts", "配件")
        case .repeated: ("the fault came back", "故障复发")
        case .attitude: ("attitude", "态度")
        }
    }
}

extension ServiceClock: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .response: ("response", "响应")
        case .decision: ("decision", "研判")
        case .solve: ("solve", "解决")
        case .serviceBy: ("service by", "最迟检修")
        case .parts: ("parts", "配件")
        case .followUp: ("follow-up", "客户回访")
        }
    }
}

extension Ticket.Proof: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .none: ("none", "无")
        case .watching: ("repair being watched", "维修效果观察中")
        case .verified: ("repair verified", "维修效果已验证")
        case .unproven:
            (
                "repair not proven: the vehicle was silent, or its codes were cleared",
                "未能验证：车辆无数据或故障码被清除"
            )
        case .cameBack: ("came back", "故障复发")
        }
    }
}

extension TicketEvent.Notice: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .raised: ("made more urgent", "升级")
        case .escalated: ("escalated", "上报")
        case .verified: ("repair verified", "维修效果已验证")
        case .unproven: ("repair not proven", "未能验证维修效果")
        case .absorbed: ("took in another ticket", "并入其他工单")
        case .released: ("gave a merged ticket back", "撤销并入")
        case .linked: ("linked to its cause", "关联到原因")
        case .codesCleared: ("codes cleared by a tool", "故障码被清除")
        case .explained: ("explained by another attribute", "发现新的相关属性")
        }
    }
}

extension EscalationLevel {
    /// Who is told.
    public var recipient: (en: String, zh: String) {
        switch self {
        case .half: ("assignee", "负责人")
        case .threeQuarters: ("team lead", "组长")
        case .whole: ("supervisor", "主管")
        case .beyond: ("manager on call", "值班经理")
        }
    }
}
