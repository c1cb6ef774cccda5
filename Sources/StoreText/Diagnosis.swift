import ServiceTickets
import VehicleFaults

/// What a check found.
package struct Diagnosis: Sendable {
    package enum Verdict: String, Sendable { case ok, warn, fail }

    /// What was looked at.
    package enum Check: String, Labelled, Sendable {
        case clock, config, daemon, disk, store, schema, journal, messages
        case deadLetters = "dead letters"
        case sight, canary, broker

        package var texts: (en: String, zh: String) {
            let chinese =
                switch self {
                case .clock: "系统时钟"
                case .config: "配置文件"
                case .daemon: "守护进程"
                case .disk: "磁盘"
                case .store: "数据库"
                case .schema: "表结构"
                case .journal: "日志"
                case .messages: "消息"
                case .deadLetters: "死信"
                case .sight: "车队覆盖"
                case .canary: "链路自检"
                case .broker: "消息代理"
                }
            return (rawValue, chinese)
        }
    }

    package var check: Check
    package var verdict: Verdict
    package var finding: Saying
    /// What to do; `nil` when nothing is.
    package var fix: Saying?
    /// The exit code when this alone fails.
    package var code = FailureCode.no

    package static func ok(_ check: Check, _ finding: Saying) -> Diagnosis {
        Diagnosis(check: check, verdict: .ok, finding: finding)
    }

    package static func warn(_ check: Check, _ finding: Saying, fix: Saying) -> Diagnosis {
        Diagnosis(check: check, verdict: .warn, finding: finding, fix: fix)
    }

    package static func fail(
        _ check: Check, _ finding: Saying, fix: Saying, code: FailureCode = .no
    ) -> Diagnosis {
        Diagnosis(check: check, verdict: .fail, finding: finding, fix: fix, code: code)
    }
}
