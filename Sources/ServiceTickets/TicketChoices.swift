// What a field may say when it may not say everything; raw values are stored names.

/// Why work on a ticket waits.
public enum HoldReason: String, Sendable, CaseIterable {
    case customer = "awaiting_customer"
    case vehicle = "awaiting_vehicle"
    case approval = "awaiting_approval"
    case parts = "awaiting_parts"
    case supplier = "awaiting_supplier"
    case capacity = "awaiting_capacity"

    /// Whether the wait is the customer's, so that our own clock may stop.
    public var isCustomerSide: Bool {
        self == .customer || self == .vehicle || self == .approval
    }
}

/// Why a ticket ends without a repair.
public enum CancelReason: String, Sendable, CaseIterable {
    case duplicate
    case falseAlarm = "false_alarm"
    case dataFault = "data_fault"
    case declined
    case selfCleared = "self_cleared"
    case vehicleGone = "vehicle_gone"
}

/// Why a ticket goes to another site.
public enum TransferReason: String, Sendable, CaseIterable {
    /// Nobody here can do it.
    case skill
    /// Nobody here has time for it.
    case capacity
    case parts
    case customerWish = "customer_wish"
    /// The vehicle is nearer to the other site.
    case distance
}

/// What turned out to be the matter: the feedback that a rule is judged by.
public enum Disposition: String, Sendable, CaseIterable {
    case confirmed = "confirmed_as_predicted"
    case otherComponent = "confirmed_other_component"
    case early = "confirmed_early"
    case noTroubleFound = "no_trouble_found"
    case sensorFault = "sensor_fault"
    case dataFault = "data_fault"
    case declined
    case selfCleared = "self_cleared"
    case brokeDown = "broke_down_before_service"
    case unknown
}

/// What came of calling the customer.
public enum ContactOutcome: String, Sendable, CaseIterable {
    case agreed = "reached_yes"
    case refused = "reached_no"
    case postponed = "postpone"
    case noAnswer = "no_answer"
}

/// What a quality check said.
public enum CheckResult: String, Sendable, CaseIterable { case pass, fail }

/// Who pays.
public enum Payer: String, Sendable, CaseIterable { case customer, warranty, recall, goodwill }

/// Where a part is.
public enum PartState: String, Sendable, CaseIterable {
    case requested, ordered, shipped, received, fitted, returned
}

/// What is promised of the parts for an appointment.
public enum PartsPromise: String, Sendable, CaseIterable {
    case none = "not_needed"
    case inStock = "in_stock"
    case ordered
}

/// What made someone open a ticket.
public enum TicketSource: String, Sendable, CaseIterable {
    /// A rule's finding: nothing has failed yet.
    case rule
    case phone, counter, breakdown, complaint, campaign
    /// A part of another ticket that proved to be a fault of its own.
    case split

    /// Whether someone waits for help, as opposed to a fault that we foresaw.
    public var isReactive: Bool { self != .rule && self != .campaign && self != .split }
}

/// What kind of service a ticket asks for.
public enum ServiceType: String, Sendable, CaseIterable {
    case repair = "workshop_repair"
    case support = "technical_support"
    case parts = "parts_supply"
    case onSite = "on_site"
    case training = "training_need"
}

/// Where vehicle and customer, or part and customer, come together.
public enum DeliveryMode: String, Sendable, CaseIterable {
    /// The customer comes for it.
    case pickup
    case workshop
    /// We go where the vehicle stands.
    case mobile
}

/// Who is told of what a ticket has taught.
public enum Department: String, Sendable, CaseIterable {
    case development = "rd"
    case sales, quality, purchasing, training, service
}

/// Whether a customer could be asked.
public enum SurveyAnswer: String, Sendable, CaseIterable {
    case answered
    case noAnswer = "no_answer"
}

/// Why a customer was satisfied or not.
public enum SurveyReason: String, Sendable, CaseIterable {
    case slowResponse = "slow_response"
    case weakSupport = "weak_support"
    case price, parts
    case repeated = "repeat"
    case attitude
}
