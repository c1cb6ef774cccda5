import FaultDecoding
import ServiceTickets
import TerminalText
import VehicleFaults

/// A language of the output. Codes, identifiers, units, JSON keys and help stay as they are.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-Hans"

    /// The language with this name; any name of Chinese means simplified Chinese.
    package init?(name: String) {
        let name = name.lowercased()
        if name == "en" || name.hasPrefix("en-") || name.hasPrefix("en_") {
            self = .english
        } else if name == "zh" || name.hasPrefix("zh-") || name.hasPrefix("zh_") {
            self = .chinese
        } else {
            return nil
        }
    }

    /// The language of messages that the environment asks for.
    package static func fromEnvironment(_ environment: (String) -> String?) -> Language {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            guard let value = environment(name), !value.isEmpty else { continue }
            return value.lowercased().hasPrefix("zh") ? .chinese : .english
        }
        return .english
    }
}

/// The words of the output in one language.
package struct Words: Sendable {
    package let language: Language

    package init(language: Language) { self.language = language }

    package subscript(_ word: Word) -> String { pick(word.texts) }
    package subscript(_ severity: Severity) -> String { pick(Self.texts(of: severity)) }
    package subscript(_ advice: Advice) -> String { pick(Self.texts(of: advice)) }
    package subscript(_ reason: DecodingFailure.Reason) -> String { pick(Self.texts(of: reason)) }

    /// A word by the name it is stored under; the name itself when it is not known.
    package func stored(_ name: String) -> String {
        if let word = Word(rawValue: name) { return self[word] }
        if let kind = TicketEvent.Kind(name: name) { return text(of: kind) }
        return TicketEffect(rawValue: name).map(text) ?? name
    }

    /// A length of time, as `2d23h` or `2天23小时`.
    package func duration(_ milliseconds: Int64, parts: Int = 2) -> String {
        language == .chinese
            ? DurationText.chinese(milliseconds, parts: parts)
            : DurationText.text(milliseconds, parts: parts)
    }

    /// A sentence that stands in one place only.
    package func say(_ english: String, _ chinese: String) -> String {
        language == .chinese ? chinese : english
    }

    /// A saying in this language; English where nobody has translated it.
    package func text(of saying: Saying) -> String {
        guard language == .chinese else { return saying.description }
        return saying.text { Self.problems[$0] ?? Self.meanings[$0] ?? Self.checkups[$0] }
    }

    /// The words for a thing of the ticket stage.
    package func text(of label: some Labelled) -> String { label.text(language == .chinese) }

    /// The words for what happened to a ticket.
    package func text(of kind: TicketEvent.Kind) -> String {
        switch kind {
        case .step(let step): text(of: step)
        case .notice(let notice): text(of: notice)
        }
    }

    /// The words for a dead letter's reason by its stored name.
    package func reason(_ name: String) -> String {
        DecodingFailure.Reason(rawValue: name).map { self[$0] } ?? name
    }

    /// A count with what is counted, as `3 findings` or `3 条异常发现`.
    package func count(_ number: Int, _ word: Word) -> String {
        language == .chinese || number != 1
            ? "\(number) \(self[word])" : "1 \(String(self[word].dropLast()))"
    }

    /// A place in a message: `at byte 7`.
    package func atByte(_ offset: Int) -> String {
        language == .english ? "at byte \(offset)" : "第 \(offset) 字节"
    }

    /// What parts clauses.
    package var comma: String { language == .english ? ", " : "，" }

    private func pick(_ texts: (en: String, zh: String)) -> String {
        language == .english ? texts.en : texts.zh
    }

    package static func texts(of severity: Severity) -> (en: String, zh: String) {
        switch severity {
        case .s1: ("Stop now", "立即停车")
        case .s2: ("Within 24 h", "24小时内检修")
        case .s3: ("Within 7 days", "7天内检修")
        case .s4: ("Next service", "下次保养处理")
        }
    }

    package static func texts(of advice: Advice) -> (en: String, zh: String) {
        switch advice {
        case .a0: ("Stop, get out, keep away, call for help", "立即停车、人员撤离、呼叫救援")
        case .a1: ("Stop safely and have it towed", "安全停车，等待拖车")
        case .a2: ("Drive gently to the nearest site", "缓行至最近的服务站")
        case .a3: ("Drive normally and book a visit", "正常行驶，预约进站")
        case .a4: ("Nothing to do", "无需处理")
        }
    }
}

/// Every label of the output; the raw value of those that are stored is their stored name.
package enum Word: String, Sendable, CaseIterable {
    // States of a ticket.
    case open, acknowledged, triaged, contacted, scheduled, delivered, closed, cancelled, reopened
    case monitoring
    case checkedIn = "checked_in"
    case inRepair = "in_repair"
    case qualityCheck = "quality_check"
    case followedUp = "followed_up"
    case onHold = "on_hold"
    case remoteResolved = "remote_resolved"
    case awaitingCustomer = "awaiting_customer"
    case awaitingParts = "awaiting_parts"
    case awaitingVehicle = "awaiting_vehicle"
    case awaitingApproval = "awaiting_approval"
    // Effects of a finding.
    case opened, joined, raised, cleared
    case noTicket = "none"
    case shadow, silenced
    // States of a dead letter.
    case kept, replayed
    // Statuses of a fault code.
    case pending, confirmed, permanent, active, history, unstated
    // Headings.
    case ticket, severity, vehicle, mode, name, state, findings, latest, component, skill, age
    case tickets, messages, duplicates, late, unbelieved, deadLetter, deadLetters, evidence
    case advice, openedAt, received, symptomGone, rule, until, message, lastHeard, never, clock
    case ahead, behind, onTime, codes, signals, code, status, lastSeen, unit, value, signal
    case openTickets
    case timeline, asOfRow, notStored, topic, reason, position, offset, payload, time, id, nothing
    case silent, limit, notKept, noOpenTickets, noTickets, noDeadLetters, noVehicles, more
    case list, snapshot, delta, absent, odometer, engineHours, sequence, freezeFrame, refused
    case yes, no, ok, warn, fail, occurrences
    // What a message means.
    case field, raw, meaning, generic, maker
    // Steps and clocks of a ticket.
    case due, breach, clocks, past, target, used, net, gross, by, needs, optional, obstacle, onward
    case aside, possible, parts, links, stopped, paused, proof, oneOf, estimate
}

extension Word {
    /// The word in both languages.
    package var texts: (en: String, zh: String) {
        switch self {
        case .open: ("open", "待受理")
        case .acknowledged: ("acknowledged", "已受理")
        case .triaged: ("triaged", "已研判")
        case .contacted: ("contacted", "已联系客户")
        case .scheduled: ("scheduled", "已预约")
        case .delivered: ("delivered", "已交车")
        case .closed: ("closed", "已关闭")
        case .cancelled: ("cancelled", "已取消")
        case .reopened: ("reopened", "重新打开")
        case .monitoring: ("monitoring", "观察中")
        case .checkedIn: ("checked in", "已接车")
        case .inRepair: ("in repair", "维修中")
        case .qualityCheck: ("quality check", "质检中")
        case .followedUp: ("followed up", "已回访")
        case .onHold: ("on hold", "挂起")
        case .remoteResolved: ("resolved remotely", "已远程解决")
        case .awaitingCustomer: ("awaiting customer", "等待客户")
        case .awaitingParts: ("awaiting parts", "待件")
        case .awaitingVehicle: ("awaiting vehicle", "等待车辆到店")
        case .awaitingApproval: ("awaiting approval", "等待报价确认")
        case .opened: ("opened", "开单")
        case .joined: ("joined", "并入")
        case .raised: ("raised", "升级")
        case .cleared: ("cleared", "消除")
        case .noTicket: ("no ticket", "无工单")
        case .shadow: ("shadow", "试运行")
        case .silenced: ("silenced", "已静默")
        case .kept: ("kept", "已留存")
        case .replayed: ("replayed", "已重放")
        case .pending: ("pending", "待定")
        case .confirmed: ("confirmed", "已确认")
        case .permanent: ("permanent", "永久")
        case .active: ("active", "当前")
        case .history: ("history", "历史")
        case .unstated: ("unstated", "未说明")
        case .ticket: ("TICKET", "工单")
        case .severity: ("SEVERITY", "级别")
        case .vehicle: ("VEHICLE", "车辆")
        case .mode: ("FAILURE MODE", "失效模式")
        case .name: ("NAME", "名称")
        case .state: ("STATE", "状态")
        case .findings: ("findings", "条异常发现")
        case .latest: ("LATEST", "最近")
        case .component: ("component", "部件")
        case .skill: ("skill group", "技能组")
        case .age: ("OPEN FOR", "已开")
        case .tickets: ("tickets", "张工单")
        case .messages: ("messages", "条消息")
        case .duplicates: ("duplicates", "条重复")
        case .late: ("late", "条迟到")
        case .unbelieved: ("with a time not believed", "条时间不可信")
        case .deadLetter: ("dead letter", "死信")
        case .deadLetters: ("dead letters", "封死信")
        case .evidence: ("evidence", "证据链")
        case .advice: ("advice", "驾驶建议")
        case .openedAt: ("opened", "开单时间")
        case .received: ("received", "接收于")
        case .symptomGone: ("symptom gone", "症状已消失")
        case .rule: ("rule", "规则")
        case .until: ("until", "直到")
        case .message: ("message", "消息")
        case .lastHeard: ("last heard", "最近通信")
        case .never: ("never", "从未")
        case .clock: ("clock", "车辆时钟")
        case .ahead: ("ahead", "偏快")
        case .behind: ("behind", "偏慢")
        case .onTime: ("right to the second", "误差不到一秒")
        case .codes: ("fault codes", "故障码")
        case .signals: ("signals", "信号")
        case .code: ("CODE", "故障码")
        case .status: ("STATUS", "状态")
        case .lastSeen: ("LAST SEEN", "最近出现")
        case .unit: ("UNIT", "控制单元")
        case .value: ("VALUE", "数值")
        case .signal: ("SIGNAL", "信号")
        case .openTickets: ("OPEN TICKETS", "未结工单")
        case .timeline: ("timeline", "时间线")
        case .asOfRow: ("as of journal row", "截至日志行")
        case .notStored: ("what is remembered is not stored yet", "记忆尚未存盘")
        case .topic: ("TOPIC", "主题")
        case .reason: ("REASON", "原因")
        case .position: ("position", "位置")
        case .offset: ("BYTE", "字节")
        case .payload: ("payload", "载荷")
        case .time: ("TIME", "时间")
        case .id: ("ID", "编号")
        case .nothing: ("none", "无")
        case .silent: ("silent", "静默")
        case .limit: ("limit", "限值")
        case .notKept: ("the message is not kept any more", "消息已不再留存")
        case .noOpenTickets: ("No open tickets.", "没有未结工单。")
        case .noTickets: ("No tickets.", "没有工单。")
        case .noDeadLetters: ("No dead letters.", "没有死信。")
        case .noVehicles: ("No vehicles.", "没有车辆。")
        case .more: ("more", "更多")
        case .list: ("list", "故障码列表")
        case .snapshot: ("all that are present", "全量")
        case .delta: ("news only", "增量")
        case .absent: ("gone", "已消失")
        case .odometer: ("odometer", "里程表")
        case .engineHours: ("engine hours", "发动机小时")
        case .sequence: ("sequence", "序号")
        case .freezeFrame: ("freeze frame", "冻结帧")
        case .refused: ("refused", "拒收")
        case .yes: ("yes", "是")
        case .no: ("no", "否")
        case .ok: ("ok", "正常")
        case .warn: ("warn", "注意")
        case .fail: ("fail", "失败")
        case .occurrences: ("COUNT", "次数")
        case .field: ("FIELD", "字段")
        case .raw: ("RAW", "原始值")
        case .meaning: ("MEANING", "含义")
        case .generic: ("standard code", "标准码")
        case .maker: ("maker's code", "厂家码")
        case .due: ("DUE", "到期")
        case .breach: ("broken promise", "已超时")
        case .clocks: ("clocks", "时限")
        case .past: ("history", "经过")
        case .target: ("promised", "承诺")
        case .used: ("used", "已用")
        case .net: ("net", "净时长")
        case .gross: ("gross", "总时长")
        case .by: ("by", "执行人")
        case .needs: ("needs", "必填")
        case .optional: ("may say", "可填")
        case .obstacle: ("in the way", "障碍")
        case .onward: ("leads on", "下一步")
        case .aside: ("also possible", "其他可行操作")
        case .possible: ("what can be done now", "目前可执行的操作")
        case .parts: ("parts", "配件")
        case .links: ("linked", "关联")
        case .stopped: ("done", "完成")
        case .paused: ("paused", "暂停")
        case .proof: ("proof of repair", "维修效果")
        case .oneOf: ("one of", "可选")
        case .estimate: ("estimate", "维修估价")
        }
    }
}
