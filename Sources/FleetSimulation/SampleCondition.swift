/// What is wrong with a vehicle of the sample fleet, or only looks wrong.
public enum SampleCondition: String, CaseIterable, Sendable {
    /// Nothing at all.
    case healthy
    /// One cylinder misfires on most trips: P0301 to P0304.
    case repeatedMisfire = "repeated-misfire"
    /// Coolant above its limit for minutes under load: P0217, SPN 110.
    case overheating
    /// The resting voltage falls day by day: P0562, SPN 168.
    case weakBattery = "weak-battery"
    /// The alternator charges too little: P0622.
    case undercharge
    /// Oil pressure falls: SPN 100 FMI 18, later FMI 1.
    case oilPressureLow = "oil-pressure-low"
    /// Boost stays under its target: P0299, SPN 102 FMI 18.
    case boostDeficit = "boost-deficit"
    /// The particle filter no longer burns free: P2463, SPN 3719 FMI 16, with rising soot.
    case filterBlocked = "filter-blocked"
    /// A loose ground: U0100 and U0121 together with a voltage dip.
    case looseGround = "loose-ground"
    /// One cell of the traction battery runs away from the others.
    case cellImbalance = "cell-imbalance"
    /// The insulation of the high-voltage side falls: P0AA6.
    case insulationLoss = "insulation-loss"
    /// The engine never gets warm: P0128.
    case thermostatOpen = "thermostat-open"
    /// The warm engine runs a little hotter every day.
    case coolantDrift = "coolant-drift"
    /// The warm engine runs hotter from one trip to the next.
    case coolantStep = "coolant-step"
    /// A code that comes and goes several times a trip: P0135.
    case flappingCode = "flapping-code"

    /// A code that is seen once and never again.
    case oneOffCode = "one-off-code"
    /// A resting voltage that has been low for months and gets no lower, with pending P0562.
    case chronicLowBattery = "chronic-low-battery"
    /// Coolant above its limit in one message, as after a hot stop.
    case hotSpike = "hot-spike"
    /// A new sensor that reads a little higher.
    case smallShift = "small-shift"
    /// Oil pressure that is low when idling hot, as it may be.
    case idleOilLow = "idle-oil-low"
    /// Cells apart for a moment at the end of a fast charge.
    case cellSpike = "cell-spike"

    /// Whether a workshop should see the vehicle; the other conditions must open no ticket.
    public var isFault: Bool {
        switch self {
        case .healthy, .oneOffCode, .chronicLowBattery, .hotSpike, .smallShift, .idleOilLow,
            .cellSpike:
            false
        default: true
        }
    }
}
