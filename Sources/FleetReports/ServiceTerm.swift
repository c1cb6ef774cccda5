/// Terms of the service flow, in both languages.
public enum ServiceTerm {
    /// The term for an id of a state, a hold or a reason, or the id itself.
    public static func term(_ id: String) -> Words { terms[id] ?? Words(same: id) }

    static let terms: [String: Words] = [
        "open": Words("Open", "待受理"), "acknowledged": Words("Acknowledged", "已受理"),
        "triaged": Words("Triaged", "已研判"), "contacted": Words("Contacted", "已联系客户"),
        "scheduled": Words("Scheduled", "已预约"), "checked_in": Words("Checked in", "已接车"),
        "in_repair": Words("In repair", "维修中"),
        "quality_check": Words("Quality check", "质检中"),
        "delivered": Words("Delivered", "已交车"), "followed_up": Words("Followed up", "已回访"),
        "closed": Words("Closed", "已关闭"), "cancelled": Words("Cancelled", "已取消"),
        "reopened": Words("Reopened", "重新打开"), "on_hold": Words("On hold", "挂起"),
        "monitoring": Words("Monitoring", "观察中"),
        "remote_resolved": Words("Resolved remotely", "已远程解决"),
        "awaiting_customer": Words("Awaiting customer", "等待客户"),
        "awaiting_parts": Words("Awaiting parts", "待件"),
        "awaiting_vehicle": Words("Awaiting vehicle", "等待车辆到店"),
        "awaiting_approval": Words("Awaiting approval", "等待报价确认"),
        "awaiting_supplier": Words("Awaiting supplier", "等待供应商"),
        "awaiting_capacity": Words("Awaiting capacity", "等待工位"),
        "confirmed_as_predicted": Words("Confirmed as predicted", "确认属实"),
        "confirmed_other_component": Words("Confirmed, other component", "确认属实（其他部件）"),
        "confirmed_early": Words("Confirmed early", "确认（尚有余寿）"),
        "no_trouble_found": Words("No trouble found", "未发现故障（NTF）"),
        "sensor_fault": Words("Sensor fault", "传感器故障"),
        "data_fault": Words("Data fault", "数据错误"), "false_alarm": Words("False alarm", "误报"),
        "declined": Words("Declined", "客户拒绝"), "self_cleared": Words("Self-cleared", "自行恢复"),
        "broke_down_before_service": Words("Broke down before service", "检修前抛锚"),
        "unknown": Words("Unknown", "未知"), "duplicate": Words("Duplicate", "重复"),
        "slow_response": Words("Slow response", "响应慢"),
        "weak_support": Words("Weak support", "支持不足"), "price": Words("Price", "价格"),
        "parts": Words("Parts", "配件"), "repeat": Words("Repeated fault", "重复故障"),
        "attitude": Words("Attitude", "态度"), "smooth": Words("smooth", "平稳"),
        "erratic": Words("erratic", "波动"), "intermittent": Words("intermittent", "间断"),
        "lumpy": Words("lumpy", "块状"),
    ]
}
