extension TicketStep: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .open: ("open", "开单")
        case .acknowledge: ("acknowledge", "受理")
        case .triage: ("triage", "研判")
        case .contact: ("contact the customer", "联系客户")
        case .schedule: ("make an appointment", "预约")
        case .checkIn: ("check in", "接车")
        case .startRepair: ("start the repair", "开始维修")
        case .finishRepair: ("finish the repair", "完成维修")
        case .check: ("quality check", "质检")
        case .deliver: ("deliver", "交车")
        case .followUp: ("follow up", "客户回访")
        case .close: ("close", "关闭")
        case .hold: ("put on hold", "挂起")
        case .resume: ("resume", "恢复")
        case .cancel: ("cancel", "取消")
        case .reopen: ("reopen", "重新打开")
        case .merge: ("merge into another ticket", "合并")
        case .split: ("split", "拆分")
        case .assign: ("assign", "指派")
        case .note: ("note", "备注")
        case .estimate: ("estimate", "维修估价")
        case .part: ("part", "配件")
        case .undo: ("undo", "撤销")
        case .feedback: ("tell a department", "信息反馈")
        case .monitor: ("monitor", "观察")
        case .remote: ("resolve remotely", "远程解决")
        case .transfer: ("move to another site", "转站")
        }
    }
}

extension TicketField: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .actual: ("actual cost", "实际费用")
        case .advice: ("advice to the driver", "驾驶建议")
        case .answer: ("whether the customer answered", "是否答复")
        case .approvedBy: ("who approved the estimate", "估价确认人")
        case .assignee: ("who is to work on it", "负责人")
        case .cause: ("cause", "原因")
        case .causedBy: ("caused by ticket", "原因工单")
        case .checklist: ("checklist", "检查清单")
        case .clock: ("clock", "时限")
        case .complaint: ("complaint", "故障描述")
        case .component: ("component", "部件")
        case .condition: ("condition", "条件")
        case .consent: ("consent to the repair", "维修同意")
        case .correction: ("correction", "纠正措施")
        case .csat: ("satisfaction, 1 to 5", "满意度（1–5）")
        case .currency: ("currency", "币种")
        case .customer: ("customer", "客户代号")
        case .deliveryMode: ("how it is handed over", "交付方式")
        case .department: ("department", "部门")
        case .disposition: ("disposition", "处理结论")
        case .epoch: ("epoch", "轮次")
        case .estimate: ("number of the estimate", "估价单号")
        case .failsAt: ("expected failure", "预计故障时间")
        case .eta: ("expected arrival", "预计到货")
        case .also: ("also", "另有")
        case .alsoCases: ("vehicles with the fault, of the others", "已故障车辆（另有属性）")
        case .alsoExpected: ("expected by share, of the others", "按占比预期（另有属性）")
        case .alsoHealthy: ("exposed and still healthy, of the others", "涉及但尚未故障（另有属性）")
        case .alsoQValue: ("q-values of the others", "q 值（另有属性）")
        case .attribute: ("what they have in common", "共同属性")
        case .cases: ("vehicles with the fault", "已故障车辆")
        case .expected: ("expected by share", "按占比预期")
        case .healthy: ("exposed and still healthy", "涉及但尚未故障")
        case .qValue: ("q-value", "q 值")
        case .explanation: ("explanation for the customer", "向客户的说明")
        case .failedAt: ("time of the breakdown", "抛锚时间")
        case .findings: ("findings", "异常发现")
        case .from: ("from", "来自")
        case .into: ("into which ticket", "目标工单")
        case .kinds: ("kinds of evidence", "证据类型")
        case .language: ("the customer's language", "客户语言")
        case .level: ("level", "级别")
        case .lines: ("items of the estimate", "估价明细")
        case .lot: ("lot", "批次")
        case .minutes: ("minutes it took", "用时（分钟）")
        case .mode: ("failure mode", "失效模式")
        case .name: ("name", "名称")
        case .notes: ("notes", "备注")
        case .odometer: ("odometer, km", "里程（公里）")
        case .outcome: ("outcome of the call", "联系结果")
        case .part: ("part number", "配件号")
        case .parts: ("promise of parts", "配件承诺")
        case .plan: ("repair plan", "维修方案")
        case .payer: ("payer", "付款方")
        case .preferredSite: ("site the customer prefers", "客户偏好服务站")
        case .priceList: ("price-list version", "价目表版本")
        case .probability: ("probability of the fault", "故障概率")
        case .quantity: ("quantity", "数量")
        case .readyBy: ("promised hand-over", "预计交车时间")
        case .reason: ("reason", "原因")
        case .reasons: ("reasons", "原因（可多项）")
        case .recurrenceOf: ("same fault as in ticket", "同一故障的前一工单")
        case .result: ("result of the check", "质检结果")
        case .rootPart: ("part at the root", "根本原因部件")
        case .rule: ("rule", "规则")
        case .rules: ("rules", "规则（可多项）")
        case .serial: ("serial number", "序列号")
        case .serviceType: ("kind of service", "服务类型")
        case .severity: ("severity", "级别")
        case .site: ("site", "服务站")
        case .skill: ("skill group", "技能组")
        case .slot: ("time of the appointment", "预约时间")
        case .source: ("source", "来源")
        case .started: ("started", "开始于")
        case .state: ("state of the part", "配件状态")
        case .step: ("step", "步骤")
        case .supplier: ("supplier", "供应商")
        case .text: ("text", "内容")
        case .total: ("total", "总价")
        case .until: ("until when", "截止时间")
        case .untilKilometres: ("until how many km", "截止里程")
        case .validUntil: ("valid until", "有效期至")
        case .vehicle: ("vehicle", "车辆")
        case .wakeAt: ("when to look at it again", "恢复时间")
        }
    }
}

extension TicketEffect: Labelled {
    public var texts: (en: String, zh: String) {
        switch self {
        case .opened: ("opened", "开单")
        case .joined: ("joined", "并入")
        case .raised: ("raised", "升级")
        case .cleared: ("cleared", "消除")
        case .none: ("no ticket", "无工单")
        case .reopened: ("reopened", "重新打开")
        case .attached: ("attached, in the workshop", "并入（在修车辆）")
        case .symptom: ("symptom of another fault", "伴随症状")
        case .storm: ("one of many vehicles", "群发事件")
        case .heldBack: ("held back after a false alarm", "误报后静默")
        case .shadow: ("shadow", "试运行")
        case .silenced: ("silenced", "已静默")
        case .canary: ("canary", "链路自检")
        }
    }
}

extension Refusal {
    /// The refusal as a sentence.
    public func text(_ isChinese: Bool) -> String {
        let comma = isChinese ? "、" : ", "
        let step = step.map { $0.text(isChinese) } ?? ""
        let fields = fields.map { "\($0.text(isChinese)) (--\($0.option))" }
            .joined(separator: comma)
        let roles = roles.map { "\($0.text(isChinese)) (\($0.rawValue))" }
            .joined(separator: comma)
        let state = state.map { $0.text(isChinese) } ?? ""
        let other = ticket.map { "T-\($0)" } ?? (reason == .noSuchTicket ? detail ?? "" : "")
        let texts = texts(
            step: step, fields: fields, roles: roles, state: state, other: other,
            detail: detail ?? "")
        return isChinese ? texts.zh : texts.en
    }

    private func texts(
        step: String, fields: String, roles: String, state: String, other: String, detail: String
    ) -> (en: String, zh: String) {
        switch reason {
        case .unknownStep: ("there is no step '\(detail)'", "没有“\(detail)”这个步骤")
        case .unknownField:
            ("the step '\(step)' does not know \(fields)", "“\(step)”步骤没有这些项：\(fields)")
        case .noSuchTicket: ("there is no ticket \(other)", "没有工单 \(other)")
        case .wrongState:
            ("not possible while the ticket is: \(state)", "工单处于“\(state)”状态，不能执行此步骤")
        case .wrongRole:
            ("'\(step)' is for: \(roles)", "“\(step)”仅限以下角色：\(roles)")
        case .levelTooLow:
            (
                "'\(step)' needs a technician of level \(detail) or above",
                "“\(step)”需要 \(detail) 级及以上技师"
            )
        case .nameless: ("who does it must be named", "必须写明操作人")
        case .missing: ("missing for '\(step)': \(fields)", "“\(step)”缺少：\(fields)")
        case .invalid:
            ("this cannot be understood: \(fields)", "以下内容无法识别：\(fields)")
        case .inspectorIsTechnician:
            (
                "\(detail) worked on the vehicle, so someone else must check it",
                "\(detail) 参与了维修，质检必须由他人完成"
            )
        case .estimateUnknown:
            (
                "the ticket has no such estimate\(detail.isEmpty ? "" : ": \(detail)")",
                "工单没有这份估价\(detail.isEmpty ? "" : "：\(detail)")"
            )
        case .estimateNotApproved:
            (
                "the estimate is not approved, and no warranty pays",
                "估价未经客户确认，也不属于三包"
            )
        case .estimateExceeded:
            (
                "the work costs more than the customer approved (\(detail)): a new estimate "
                    + "must be approved first",
                "实际费用超过客户确认的估价（\(detail)）：须先由客户确认新的估价"
            )
        case .estimateSum:
            (
                "the items of the estimate add up to \(detail), not to its total",
                "估价明细合计为 \(detail)，与总价不符"
            )
        case .notChecked: ("the quality check has not been passed", "尚未通过质检")
        case .alreadyActive:
            (
                "\(other) is about this fault of this vehicle already",
                "该车辆的这一故障已有工单 \(other)"
            )
        case .otherVehicle: ("\(other) is about another vehicle", "\(other) 属于另一辆车")
        case .sameTicket: ("a ticket cannot be merged into itself", "工单不能与自身合并")
        case .nothingToUndo: ("there is nothing that can be undone", "没有可以撤销的步骤")
        case .notYours:
            (
                "the last step was \(detail)'s; only they or a supervisor can undo it",
                "上一步由 \(detail) 完成，只有本人或主管可以撤销"
            )
        case .wakesInThePast:
            ("a hold must end in the future: \(fields)", "挂起的恢复时间必须晚于现在：\(fields)")
        case .notAllTheFindings:
            ("not all of these findings belong to the ticket", "所列异常发现不全属于此工单")
        case .sameSite: ("the ticket is at \(detail) already", "工单已在服务站 \(detail)")
        }
    }
}

extension TicketField {
    /// The option of the command line that says it, without its dashes.
    public var option: String {
        // --state is the folder of the store.
        self == .state ? "status" : String(rawValue.map { $0 == "_" ? "-" : $0 })
    }

    /// The field that an option of the command line says, or `nil`.
    public init?(option: some StringProtocol) {
        guard let field = Self.allCases.first(where: { $0.option == option }) else { return nil }
        self = field
    }

    /// The words for one of the field's choices; the choice itself when it has none.
    public func choiceText(_ choice: String, in step: TicketStep, _ isChinese: Bool) -> String {
        func words<Choice: Labelled>(_: Choice.Type) -> String {
            Choice(rawValue: choice)?.text(isChinese) ?? choice
        }
        return switch self {
        case .disposition: words(Disposition.self)
        case .outcome: words(ContactOutcome.self)
        case .result: words(CheckResult.self)
        case .payer: words(Payer.self)
        case .parts: words(PartsPromise.self)
        case .state: words(PartState.self)
        case .source: words(TicketSource.self)
        case .serviceType: words(ServiceType.self)
        case .deliveryMode: words(DeliveryMode.self)
        case .language:
            switch choice {
            case "en": isChinese ? "英语" : "English"
            case "zh-Hans": isChinese ? "中文" : "Chinese"
            default: choice
            }
        case .department: words(Department.self)
        case .answer: words(SurveyAnswer.self)
        case .clock: words(ServiceClock.self)
        case .step: words(TicketStep.self)
        case .reason where step == .hold: words(HoldReason.self)
        case .reason where step == .cancel: words(CancelReason.self)
        case .reason where step == .transfer: words(TransferReason.self)
        default: choice
        }
    }
}
