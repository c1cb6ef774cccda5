import VehicleFaults

extension Ticket {
    /// Whether it is about what many vehicles have in common, for people to judge, and not about one
    /// that comes to the workshop.
    public var isCampaign: Bool { vehicle == .wholeFleet }

    /// Whether the ticket is where a step may be taken; a campaign is closed once it was judged.
    func allows(_ step: TicketStep) -> Bool {
        step.from.contains(state) || isCampaign && step == .close && state == .triaged
    }
}

extension TicketEffect {
    /// Whether the finding shows that the vehicle has the fault, for counting vehicles.
    var isCase: Bool {
        switch self {
        case .opened, .joined, .raised, .reopened, .storm: true
        case .cleared, .none, .attached, .symptom, .heldBack, .shadow, .silenced, .canary:
            false
        }
    }
}

/// What a ticket about a failure mode says, whatever rule finds it.
public struct KnownFault: Sendable {
    public var name: (en: String, zh: String)
    /// The gravest of its rules'.
    public var severity: Severity
    public var component: String
    public var skill: String

    public init(
        name: (en: String, zh: String), severity: Severity, component: String, skill: String
    ) {
        self.name = name
        self.severity = severity
        self.component = component
        self.skill = skill
    }
}

// A fault that is on more vehicles of a batch, week, region or release than on others.
extension TicketBook {
    /// Which attributes of the roster can explain a fault.
    public var classes: VehicleClasses {
        get { ledger.classes }
        set { ledger.classes = newValue }
    }

    /// Whether any attribute can; asked at each tick.
    public var hasClasses: Bool { !ledger.classes.isEmpty }

    /// When the epoch began in which cases are counted, in milliseconds; `Int64.min` before the first.
    public var caseEpoch: Int64 { ledger.epoch }

    /// Takes note of a vehicle that is heard for the first time in the epoch.
    public mutating func heard(_ vehicle: VehicleID) { ledger.heard(vehicle) }

    /// Ends the epoch: one ticket for each fault that attributes explain, in order of mode.
    ///
    /// - Parameters:
    ///   - time: a point of the epoch's grid, later than the last.
    ///   - faults: the failure modes that can be found, with what a ticket says of them.
    ///   - target: the largest share of false explanations.
    public mutating func endCaseEpoch(
        at time: EventTime, faults: [String: KnownFault], target: Double
    ) -> [TicketNote] {
        let found = ledger.endEpoch(
            at: time.milliseconds, modes: Set(faults.keys), target: target)
        var notes: [TicketNote] = []
        var next = found.startIndex
        while next < found.endIndex {
            let mode = found[next].mode
            let ours = found[next...].prefix { $0.mode == mode }
            next = ours.endIndex
            guard let fault = faults[mode], let first = ours.first else { continue }
            let fields = fields(ours)
            let key = Key(vehicle: .wholeFleet, mode: mode)
            let note =
                active[key].flatMap { tickets[$0] }.map { ticket in
                    self.note(.notice(.explained), fields, on: ticket.number, at: time)
                } ?? open(first.trait, key, fault, fields, at: time)
            notes += note.map { [$0] } ?? []
        }
        return notes
    }

    private func fields(_ found: ArraySlice<CaseLedger.Discovery>) -> [(TicketField, String)] {
        FaultExplanation.fields(
            found.map { one in
                let exposed = classes.vehicles(with: one.trait)
                return FaultExplanation(
                    trait: one.trait, cases: Int(one.excess.inside),
                    expected: one.excess.expected,
                    healthy: exposed.count { ledger.cases[$0]?[one.mode] == nil },
                    qValue: one.qValue)
            })
    }

    private mutating func open(
        _ trait: VehicleTrait, _ key: Key, _ fault: KnownFault, _ found: [(TicketField, String)],
        at time: EventTime
    ) -> TicketNote? {
        let number = nextNumber
        nextNumber += 1
        // Nobody stops a vehicle for it tonight, so it is never of the gravest kind.
        let severity = min(fault.severity, .s2)
        let advice = severity.usualAdvice
        tickets[number] = Shared(
            Ticket(
                number: number, vehicle: .wholeFleet, mode: key.mode, severity: severity,
                advice: advice, component: fault.component, skill: fault.skill,
                name: (
                    "Recall candidate, for review: \(fault.name.en) (\(trait.text))",
                    "召回候选，待评审：\(fault.name.zh)（\(trait.text)）"
                ), openedAt: time, openedPosition: 0, findings: 0, latestAt: time,
                symptomGone: false, source: .campaign))
        var fields = Fields([
            (.severity, severity.name), (.advice, advice.name), (.component, fault.component),
            (.source, TicketSource.campaign.rawValue),
        ])
        for (field, text) in found { fields[field] = text }
        if let earlier = past[key] { fields[.recurrenceOf] = "\(earlier)" }
        return note(
            TicketEvent(
                ticket: number, epoch: 1, at: time, actor: Actor.system.name, role: .system,
                kind: .step(.open), fields: fields, state: .open))
    }
}
