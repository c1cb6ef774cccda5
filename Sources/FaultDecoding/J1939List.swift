import VehicleFaults

/// What a fault message says.
struct J1939List {
    var status: FaultStatus
    /// DM6 and DM23 name only codes that matter to emissions, so that what they leave out is
    /// not gone.
    var list: FaultList
    /// Whether its lamps are those of now.
    var hasLamps = false

    static func of(_ pgn: UInt32) -> J1939List? {
        switch pgn {
        case 65_226: J1939List(status: .active, list: .snapshot, hasLamps: true)  // DM1
        case 65_227: J1939List(status: .history, list: .snapshot)  // DM2
        case 65_231: J1939List(status: .pending, list: .delta)  // DM6
        case 65_236: J1939List(status: .confirmed, list: .snapshot)  // DM12
        case 64_949: J1939List(status: .history, list: .delta)  // DM23
        case 64_898: J1939List(status: .pending, list: .snapshot)  // DM27
        case 64_896: J1939List(status: .permanent, list: .snapshot)  // DM28
        default: nil
        }
    }
}
