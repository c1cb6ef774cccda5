/// Terms of the service flow, in both languages.
public enum ServiceTerm {
    /// The term for an id of a state, a hold or a reason, or the id itself.
    public static func term(_ id: String) -> Phrase { terms[id] ?? Phrase(same: id) }

    static let terms: [String: Phrase] = [
        "open": Phrase("Open", "待受理"), "acknowledged": Phrase("Acknowledged", "已受理"),
        "triaged": Phrase("Triaged", "已研判"), "contacted": Phrase("Contacted", "已联系客户"),
        "scheduled": Phrase("Scheduled", "已预约"), "checked_in": Phrase("Checked in", "已接车"),
        "in_repair": Phrase("In repair", "维修中"),
        "quality_check": Phrase("Quality check", "质检中"),
        "delivered": Phrase("Delivered", "已交车"), "followed_up": Phrase("Followed up", "已回访"),
        "closed": Phrase("Closed", "已关闭"), "cancelled": Phrase("Cancelled", "已取消"),
        "reopened": Phrase("Reopened", "重新打开"), "on_hold": Phrase("On hold", "挂起"),
        "monitoring": Phrase("Monitoring", "观察中"),
        "remote_resolved": Phrase("Resolved remotely", "已远程解决"),
        "awaiting_customer": Phrase("Awaiting customer", "等待客户"),
        "awaiting_parts": Phrase("Awaiting parts", "待件"),
        "awaiting_vehicle": Phrase("Awaiting vehicle", "等待车辆到店"),
        "awaiting_approval": Phrase("Awaiting approval", "等待报价确认"),
        "awaiting_supplier": Phrase("Awaiting supplier", "等待供应商"),
        "awaiting_capacity": Phrase("Awaiting capacity", "等待工位"),
        "confirmed_as_predicted": Phrase("Confirmed as predicted", "确认属实"),
        "confirmed_other_component": Phrase("Confirmed, other component", "确认属实（其他部件）"),
        "confirmed_early": Phrase("Confirmed early", "确认（尚有余寿）"),
        "no_trouble_found": Phrase("No trouble found", "未发现故障（NTF）"),
        "sensor_fault": Phrase("Sensor fault", "传感器故障"),
        "data_fault": Phrase("Data fault", "数据错误"), "false_alarm": Phrase("False alarm", "误报"),
        "declined": Phrase("Declined", "客户拒绝"), "self_cleared": Phrase("Self-cleared", "自行恢复"),
        "broke_down_before_service": Phrase("Broke down before service", "检修前抛锚"),
        "unknown": Phrase("Unknown", "未知"), "duplicate": Phrase("Duplicate", "重复"),
        "phone": Phrase("A caller", "来电"), "counter": Phrase("At the counter", "到店"),
        "breakdown": Phrase("A breakdown", "抛锚"), "campaign": Phrase("A campaign", "服务活动"),
        "split": Phrase("Another ticket", "其他工单"),
        "slow_response": Phrase("Slow response", "响应慢"),
        "weak_support": Phrase("Weak support", "支持不足"), "price": Phrase("Price", "价格"),
        "parts": Phrase("Parts", "配件"), "repeat": Phrase("Repeated fault", "重复故障"),
        "attitude": Phrase("Attitude", "态度"), "smooth": Phrase("smooth", "平稳"),
        "erratic": Phrase("erratic", "波动"), "intermittent": Phrase("intermittent", "间断"),
        "lumpy": Phrase("lumpy", "块状"),
    ]
}
