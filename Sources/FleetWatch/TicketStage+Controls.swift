import FaultRules
import ServiceTickets
import VehicleFaults

extension FleetWatch {
    /// The rule that finds each message of the canary, once, and its failure mode.
    public static let canaryRule = "forewarn-canary"
}

extension TicketStage {
    /// What became of a finding before the ticket book saw it.
    enum Hold {
        /// It reaches the book.
        case passed
        /// It is a decision of its own, without a ticket.
        case kept(TicketEffect)
        /// Nobody hears of it.
        case dropped
    }

    /// What people said about a finding's rule, or about what it found.
    ///
    /// - Parameter received: when the daemon received what completed it.
    func hold(_ finding: Finding, of rule: Rule, received: EventTime) -> Hold {
        // There is no such vehicle, whatever rule thinks that it has found something on it.
        if finding.vehicle == .canary { return .kept(.canary) }
        guard finding.kind == .raised else {
            // That a symptom is gone is told of tickets from before, and of disabled rules not at all.
            return controls.state(of: rule.id) == .disabled ? .dropped : .passed
        }
        guard controls.speaks else { return .passed }
        switch controls.verdict(
            rule: rule.id, mode: rule.mode, vehicle: finding.vehicle, severity: rule.severity,
            kinds: finding.evidence.map(\.kind), received: received)
        {
        case .open: return .passed
        case .shadow: return .kept(.shadow)
        case .silenced: return .kept(.silenced)
        case .drop: return .dropped
        }
    }
}
