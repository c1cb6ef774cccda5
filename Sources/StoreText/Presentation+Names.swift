import FaultRules
import ForewarnDaemon
import TicketStorage

extension Presentation {
    /// What a ticket is called. Who opens one after a call often gives no more than its failure mode.
    package func name(of ticket: StoredTicket) -> String {
        guard ticket.isUnnamed, let known = modes[ticket.mode] else { return name(ticket.name) }
        return name((known.en, known.zh))
    }

    /// Takes names from the rules in force.
    package mutating func take(namesFrom rules: RuleSet?) {
        components = rules?.catalogue?.componentNames ?? [:]
        modes = rules?.modeNames ?? [:]
    }
}

extension RuleSet {
    /// What failure modes are called, by their ids: as the first rule that looks for one says, else as
    /// the catalogue of failure modes does.
    package var modeNames: [String: BilingualText] {
        var names: [String: BilingualText] = [:]
        let said =
            program.rules.map { ($0.mode, $0.name) }
            + (catalogue?.modes ?? []).map { ($0.id, $0.name) }
        for (mode, name) in said where names[mode] == nil && !name.en.isEmpty {
            names[mode] = BilingualText(en: name.en, zh: name.zh.isEmpty ? name.en : name.zh)
        }
        return names
    }
}

extension StoredTicket {
    /// Whether nobody gave it a name, so that its failure mode's id stands there.
    package var isUnnamed: Bool { name == (mode, mode) }
}
