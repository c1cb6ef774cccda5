import VehicleFaults

/// The alarm block of GB/T 32960.3, whether it came as bytes or as a gateway's JSON.
public struct GBTAlarm: Sendable {
    /// Whose fault list a number stands in: the same number means another fault in another list.
    public enum Device: String, Sendable, CaseIterable {
        case battery
        case motor
        case engine
        case other

        /// The unit under which its faults are kept.
        var unit: ShortText {
            switch self {
            case .battery: Self.names.0
            case .motor: Self.names.1
            case .engine: Self.names.2
            case .other: Self.names.3
            }
        }

        private static let names = (name(.battery), name(.motor), name(.engine), name(.other))

        private static func name(_ device: Device) -> ShortText {
            ShortText(device.rawValue) ?? .empty
        }
    }

    /// The gravest level, 0 to 3, in 2025 to 4; `nil` when it is not known.
    public var level: UInt8?
    /// The general alarms, one bit each.
    public var flags: UInt32 = 0
    /// The makers' own fault numbers, each with the place in the payload.
    public var faults: [(device: Device, number: UInt32, place: Int)] = []
    /// The general alarms by number and level (2025).
    public var levels: [(number: UInt8, level: UInt8, place: Int)] = []
    /// Whether some list was not sent, so that what is not named may still be there.
    public var isPartial = false
    /// Where the flags stand.
    public var place = 0

    /// An alarm block without alarms.
    public init() {}

    /// Adds the alarms to a report, which becomes a snapshot of what is active.
    ///
    /// - Throws: `too_many_faults` at the limit.
    public func append(
        to draft: inout ReportDraft, into writer: inout ReportWriter
    ) throws(DecodingFailure) {
        draft.list = isPartial ? .delta : .snapshot
        draft.listStatus = .active
        if let level { writer.append(.alarmLevel, Double(level), at: place, to: &draft) }
        for bit in UInt8(0)..<32 where flags & 1 << UInt32(bit) != 0 {
            try writer.append(
                FaultSighting(
                    code: FaultCode(gbt32960Alarm: bit), status: .active, ecu: draft.ecu),
                at: place, to: &draft)
        }
        for entry in levels where entry.number < 32 && flags & 1 << UInt32(entry.number) == 0 {
            try writer.append(
                FaultSighting(
                    code: FaultCode(gbt32960Alarm: entry.number), status: .active, ecu: draft.ecu),
                at: entry.place, to: &draft)
        }
        for fault in faults {
            try writer.append(
                FaultSighting(
                    code: FaultCode(gbt32960: fault.number), status: .active,
                    ecu: fault.device.unit),
                at: fault.place, to: &draft)
        }
    }
}
