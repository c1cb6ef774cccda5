import FaultTrends
import FleetWatch
import ServiceTickets
import TicketStorage

/// Rules that promise how many of their tickets are false, held to it by what technicians say.
extension ServiceDesk {
    /// Whether a batch has closed a ticket, so that there is a new verdict.
    static func hasVerdict(_ outcome: Outcome) -> Bool {
        outcome.decisions.contains { decision in
            guard case .ticket(let note) = decision else { return false }
            return note.event.kind == .step(.close) || note.event.kind == .step(.cancel)
        }
    }

    /// Puts rules that have broken their promise into shadow: they are evaluated and counted, and
    /// open nothing until a person enables them again. The change is an entry of the journal.
    ///
    /// - Returns: their names.
    func demoteDishonestRules() throws -> [String] {
        guard !rules.program.trends.isEmpty else { return [] }
        let verdicts = try store.verdicts()
        let promising = rules.program.trends.filter(\.isPromise)
        let broken = promising.map { rules.program.rules[$0.rule].id }.filter { rule in
            guard rules.controls.state(of: rule) == .enabled, let said = verdicts[rule] else {
                return false
            }
            return RuleHonesty(
                confirmed: UInt32(clamping: said.confirmed),
                refuted: UInt32(clamping: said.refuted)
            ).isBroken(promise: rules.settings.falseShare)
        }
        guard !broken.isEmpty else { return [] }
        var controls = rules.controls
        for rule in broken { controls.set(.shadow, of: rule) }
        try change(to: rules.with(controls: controls))
        return broken
    }
}
