import VehicleFaults

/// One piece of what a step needs or says; the raw value is its name in commands and storage.
public enum TicketField: String, Sendable, CaseIterable {
    /// What the work came to in the end.
    case actual
    case advice
    /// What else explains the fault, after ``attribute``, as `a=b; c=d`.
    case also
    /// For each of ``also``, in its order and with `; ` between them, what ``cases``, ``expected``,
    /// ``healthy`` and ``qValue`` say of ``attribute``.
    case alsoCases = "also_cases"
    case alsoExpected = "also_expected"
    case alsoHealthy = "also_healthy"
    case alsoQValue = "also_q_value"
    case answer
    case approvedBy = "approved_by"
    case assignee
    /// What the vehicles with the fault have in common, as `lot=L-17`.
    case attribute
    /// Vehicles that have the fault and ``attribute``.
    case cases
    case cause
    case causedBy = "caused_by"
    case checklist
    case clock
    case complaint
    case component
    case condition
    case consent
    case correction
    case csat
    case currency
    /// A word that stands for the customer; the store knows for whom, and can forget it.
    case customer
    /// How the customer gets vehicle or part back.
    case deliveryMode = "delivery_mode"
    case department
    case disposition
    case epoch
    case estimate
    case eta
    /// How many of the cases the attribute's share of the vehicles at risk explains.
    case expected
    case explanation
    case failedAt = "failed_at"
    case failsAt = "fails_at"
    case findings
    case from
    /// Vehicles that have ``attribute`` and not the fault.
    case healthy
    case into
    case kinds
    /// The language that the customer is spoken to in.
    case language
    case level
    case lines
    case lot
    /// How long a person was at it.
    case minutes
    case mode
    case name
    case notes
    case odometer
    case outcome
    case part
    case parts
    case payer
    case plan
    /// Where the customer would rather go.
    case preferredSite = "preferred_site"
    case priceList = "price_list"
    case probability
    /// The least share of false explanations at which this one would have been made.
    case qValue = "q_value"
    case quantity
    case readyBy = "ready_by"
    case reason
    case reasons
    case recurrenceOf = "recurrence_of"
    case result
    case rootPart = "root_part"
    case rule
    case rules
    case serial
    case serviceType = "service_type"
    case severity
    case site
    case skill
    case slot
    case source
    case started
    case state
    case step
    case supplier
    case text
    case total
    case until
    case untilKilometres = "until_km"
    case validUntil = "valid_until"
    case vehicle
    case wakeAt = "wake_at"

    /// What a field's text must be.
    public enum Form: Sendable, Equatable {
        /// Anything but blanks.
        case text
        /// A number, with its least and greatest value.
        case number(Double, Double)
        /// An instant, as milliseconds since 1970.
        case time
        case choice([String])
    }

    /// What the field's text must be in `step`.
    public func form(in step: TicketStep) -> Form {
        switch self {
        case .severity: .choice(Severity.allCases.reversed().map(\.name))
        case .advice: .choice(Advice.allCases.map(\.name))
        case .answer: .choice(SurveyAnswer.allCases.map(\.rawValue))
        case .consent: .choice(["yes"])
        case .disposition: .choice(Disposition.allCases.map(\.rawValue))
        case .outcome: .choice(ContactOutcome.allCases.map(\.rawValue))
        case .parts: .choice(PartsPromise.allCases.map(\.rawValue))
        case .payer: .choice(Payer.allCases.map(\.rawValue))
        case .serviceType: .choice(ServiceType.allCases.map(\.rawValue))
        case .deliveryMode: .choice(DeliveryMode.allCases.map(\.rawValue))
        case .language: .choice(["en", "zh-Hans"])
        case .department: .choice(Department.allCases.map(\.rawValue))
        case .result: .choice(CheckResult.allCases.map(\.rawValue))
        case .state: .choice(PartState.allCases.map(\.rawValue))
        case .source:
            .choice(TicketSource.allCases.filter { $0 != .rule && $0 != .split }.map(\.rawValue))
        case .reason:
            switch step {
            case .hold: .choice(HoldReason.allCases.map(\.rawValue))
            case .cancel:
                // A duplicate is merged, so that its evidence is not lost.
                .choice(CancelReason.allCases.filter { $0 != .duplicate }.map(\.rawValue))
            case .transfer: .choice(TransferReason.allCases.map(\.rawValue))
            default: .text
            }
        case .csat: .number(1, 5)
        case .odometer, .untilKilometres: .number(0, 10_000_000)
        case .quantity: .number(0, 1_000_000)
        case .minutes: .number(0, 1440)
        case .total, .actual: .number(0, 1_000_000_000)
        case .into, .causedBy: .number(1, 9e15)
        case .probability: .number(0, 1)
        case .slot, .until, .wakeAt, .validUntil, .eta, .failedAt, .failsAt, .readyBy: .time
        default: .text
        }
    }

    /// Whether `text` is what ``form(in:)`` asks for.
    func accepts(_ text: String, in step: TicketStep) -> Bool {
        switch form(in: step) {
        case .text: text.contains { !$0.isWhitespace }
        case .number(let least, let greatest):
            Double(text).map {
                $0 >= least && $0 <= greatest
                    && (![.csat, .into, .causedBy].contains(self) || $0 == $0.rounded())
            } ?? false
        case .time:
            Int64(text).map {
                $0 >= EventTime.earliestCredible.milliseconds
                    && $0 <= EventTime.latestCredible.milliseconds
            } ?? false
        case .choice(let names): names.contains(text)
        }
    }
}
