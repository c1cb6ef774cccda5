import FaultRules
import ServiceTickets
import VehicleFaults

// What tickets are told of the whole fleet: who was heard, and which attributes of the roster
// explain who fails.
extension FleetWatch {
    /// A book from the store, with what the roster says.
    func withClasses(_ stored: TicketBook) -> TicketBook {
        var stored = stored
        stored.classes = book.classes
        return stored
    }

    /// Vehicles that the batch's messages are the first of in an epoch, the earliest epoch first.
    func takeCensus() -> ArraySlice<(vehicle: VehicleID, epoch: Int64)> {
        guard !book.classes.isEmpty else { return [] }
        return boxes.flatMap { $0.shard.engine.census.heard }
            .sorted { ($0.epoch, $0.vehicle) < ($1.epoch, $1.vehicle) }[...]
    }

}

extension TicketStage {
    /// Passes on who was heard before a point of received time.
    mutating func count(
        _ heard: inout ArraySlice<(vehicle: VehicleID, epoch: Int64)>, before point: Int64 = .max
    ) {
        while let next = heard.first, next.epoch < point {
            book.heard(next.vehicle)
            heard.removeFirst()
        }
    }

    /// Ends an epoch of cases when a tick passes its end.
    mutating func endCaseEpoch(
        at time: Int64, _ heard: inout ArraySlice<(vehicle: VehicleID, epoch: Int64)>
    ) -> [TicketNote] {
        guard book.hasClasses else { return [] }
        let point = Census.epoch(of: time, settings.epoch)
        guard point > book.caseEpoch else { return [] }
        count(&heard, before: point)
        // A recording passes over what an idle daemon would have ticked through: the epoch ends when
        // it ended, and those after it brought nothing.
        let end =
            book.caseEpoch > .min
            ? Census.epoch(of: book.caseEpoch + settings.epoch, settings.epoch) : point
        let faults = knownFaults
        let notes = book.endCaseEpoch(
            at: EventTime(milliseconds: end), faults: faults, target: settings.falseShare)
        guard end < point else { return notes }
        return notes
            + book.endCaseEpoch(
                at: EventTime(milliseconds: point), faults: faults, target: settings.falseShare)
    }

    /// The failure modes of the running rules; what a ticket says is the first rule's, its severity
    /// that of the gravest.
    private var knownFaults: [String: KnownFault] {
        var faults: [String: KnownFault] = [:]
        for rule in program.rules {
            let fault = faults[rule.mode]
            faults[rule.mode] = KnownFault(
                name: fault?.name ?? (rule.name.en, rule.name.zh),
                severity: max(fault?.severity ?? rule.severity, rule.severity),
                component: fault?.component ?? rule.component, skill: fault?.skill ?? rule.skill)
        }
        return faults
    }
}
