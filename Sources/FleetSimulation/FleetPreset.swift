/// How hard the simulated fleet makes it to find what is wrong.
public enum FleetPreset: String, CaseIterable, Sendable {
    /// Deviations of twice the strength of ``normal``, six weeks ahead.
    case easy
    /// A middling fleet: three weeks ahead.
    case normal
    /// Half the strength of ``normal``, ten days ahead.
    case hard
    /// As ``normal``, and every few days something moves four signals of the whole fleet at once, and fades.
    case shock
    /// Nothing fails and nothing changes: every ticket is false, and every check's null hypothesis
    /// is true. Weather, seasons, loads, chronic low batteries, chattering codes and a bad network
    /// remain.
    case null
    /// Nothing fails, but everything happens that only looks like it: every ticket is false.
    case nuisance

    /// What all deviations are scaled by, in standard deviations of a signal's noise.
    public var strength: Double {
        switch self {
        case .easy: 2
        case .normal, .shock, .null, .nuisance: 1
        case .hard: 0.5
        }
    }

    /// The mean time from the onset of a precursor to the failure, in days at the vehicle's usual
    /// distance a day.
    public var leadDays: Double {
        switch self {
        case .easy: 42
        case .normal, .shock, .null, .nuisance: 21
        case .hard: 10
        }
    }

    /// How often a trip shows the code of a returning-code precursor just before the failure.
    public var lastCodeRate: Double {
        switch self {
        case .easy: 0.9
        case .normal, .shock, .null, .nuisance: 0.6
        case .hard: 0.25
        }
    }

    /// Whether anything fails.
    public var hasFailures: Bool { self != .null && self != .nuisance }

    /// Whether signals and habits change without a failure.
    public var hasChanges: Bool { self != .null }
}
