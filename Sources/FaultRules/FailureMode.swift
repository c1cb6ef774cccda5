import VehicleFaults

/// What can be wrong with a vehicle, and what it takes to put it right.
public struct FailureMode: Hashable, Sendable {
    public var id: String
    public var name: BilingualText
    public var component: String
    /// Modes that this one causes, and that need no ticket of their own beside it. A name that ends
    /// with `*` stands for all that begin so.
    public var suppresses: [String] = []
    /// The repair procedure: the site's own name for it, or what to do in a sentence.
    public var procedure: BilingualText?
    /// The skill group that repairs it, and the level it takes, 1 to 4.
    public var skill: String
    public var level = 1
    /// Standard labour, in hours.
    public var hours: Double
    public var parts: [Part] = []
    /// What the driver is told.
    public var driverAdvice: BilingualText?
    /// What its detection still lacks; rules may find it by other signs meanwhile.
    public var waitsFor: [Missing] = []
    public var position: SourcePosition

    /// What a mode can wait for: statistics or knowledge that rules cannot ask for yet.
    public enum Missing: String, Sendable, CaseIterable {
        /// A baseline of the vehicle's own in each state of operation, instead of one guarded window.
        case operatingBins = "operating-bins"
        /// A failure window with its uncertainty, instead of a straight line.
        case remainingLife = "remaining-life"
        /// How similar vehicles do.
        case cohort
        /// What the weather will be.
        case weather
        /// A look at every signal, whatever its name.
        case everySignal = "every-signal"
        /// At which station each charging session was, and how it ended.
        case chargingLog = "charging-log"
        /// Tickets that know which other ticket they are about.
        case linkedTickets = "linked-tickets"
        /// What was repaired before; the ticket stage reopens, and no rule can ask.
        case repairHistory = "repair-history"
    }

    /// A part that the repair usually takes.
    public struct Part: Hashable, Sendable {
        /// The site's part number.
        public var number: String
        public var name: BilingualText?
        /// At least 1.
        public var quantity: Int

        public init(number: String, name: BilingualText? = nil, quantity: Int = 1) {
            self.number = number
            self.name = name
            self.quantity = quantity
        }
    }
}

/// The failure modes that a site knows.
public struct FailureModeCatalogue: Sendable {
    /// In the order in which they were read.
    public private(set) var modes: [FailureMode] = []
    private var places: [String: Int] = [:]
    /// What components are called, by their ids: as the files say, else as a part of the same id.
    public private(set) var componentNames: [String: BilingualText] = [:]
    /// The components that the files name themselves.
    private var namedComponents: Set<String> = []

    public init() {}

    /// The mode with this id, or `nil`.
    public subscript(id: String) -> FailureMode? { places[id].map { modes[$0] } }

    /// Adds a mode; `false` when there is one with its id.
    mutating func add(_ mode: FailureMode) -> Bool {
        guard places[mode.id] == nil else { return false }
        places[mode.id] = modes.count
        modes.append(mode)
        for part in mode.parts where componentNames[part.number] == nil {
            componentNames[part.number] = part.name
        }
        return true
    }

    /// Names a component; `false` when it has been named.
    mutating func add(component id: String, _ name: BilingualText) -> Bool {
        guard namedComponents.insert(id).inserted else { return false }
        componentNames[id] = name
        return true
    }

    /// The modes of rules that the catalogue does not know.
    public func check(_ program: RuleProgram) -> [Diagnostic] {
        program.rules.compactMap { rule in
            guard self[rule.mode] == nil else { return nil }
            return Diagnostic(
                .error, at: rule.position,
                "no failure mode of the catalogue is \"\(rule.mode)\", which the rule \"\(rule.id)\" names",
                suggestion: NearestName.find(rule.mode, among: modes.map(\.id)))
        }
    }
}
