/// What someone may do.
public enum Role: String, Sendable, CaseIterable {
    case customerService = "customer_service"
    case reception, technician, quality, training, parts, supervisor
    case engineer = "rd_engineer"
    /// The daemon itself; no person may claim it.
    case system

    /// Whether the work needs to know which vehicle and which customer it is about: parts and courses
    /// are for a model and a fault.
    public var seesWhole: Bool { self != .parts && self != .training }

    /// All but ``system``.
    public static let people = Set(allCases).subtracting([.system])
}

/// Who did something.
public struct Actor: Hashable, Sendable {
    public var name: String
    public var role: Role
    /// The skill level of a technician, 1 to 3; 0 when it is not known.
    public var level: Int

    public init(name: String, role: Role, level: Int = 0) {
        self.name = name
        self.role = role
        self.level = level
    }

    /// The daemon.
    public static let system = Actor(name: "forewarn", role: .system)
}
