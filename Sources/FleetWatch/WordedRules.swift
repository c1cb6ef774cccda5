import FaultRules
import ServiceTickets
import VehicleFaults

/// The rules of a program with what each of their findings says of them, worded once.
///
/// Decisions hold on to all rules at once, since a rule with its texts is dear to copy.
final class WordedRules: Sendable {
    /// What a finding says of its rule, as pieces of its line.
    struct Wording: Sendable {
        let id: String
        let mode: String
        let severity: Severity
        /// From behind the vehicle's identifier to the time of a finding.
        let raised: [UInt8]
        /// The same of one that tells that a clear condition was met.
        let cleared: [UInt8]
        /// From behind the ticket to the first item of evidence.
        let name: [UInt8]

        fileprivate init(_ rule: Rule) {
            id = rule.id
            mode = rule.mode
            severity = rule.severity
            var head: [UInt8] = Array("\",\"rule\":".utf8)
            FlatJSON.quote(rule.id, to: &head)
            head += ",\"rule_hash\":\"".utf8
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: rule.meaning >> shift & 15)
                head.append(
                    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
            head += "\",\"mode\":".utf8
            FlatJSON.quote(rule.mode, to: &head)
            head += ",\"severity\":\"\(rule.severity.name)\",\"state\":\"".utf8
            raised = head + "raised\",\"at\":\"".utf8
            cleared = head + "cleared\",\"at\":\"".utf8
            var name: [UInt8] = Array(",\"name\":{\"en\":".utf8)
            FlatJSON.quote(rule.name.en, to: &name)
            name += ",\"zh\":".utf8
            FlatJSON.quote(rule.name.zh, to: &name)
            self.name = name + "},\"evidence\":[".utf8
        }
    }

    let rules: [Rule]
    let wordings: [Wording]

    init(_ program: RuleProgram) {
        rules = program.rules
        wordings = program.rules.map(Wording.init)
    }
}
