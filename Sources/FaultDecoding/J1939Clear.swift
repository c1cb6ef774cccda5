import VehicleFaults

/// A step of clearing fault codes on J1939: a tool asks a unit for DM3 (previously active codes) or
/// DM11 (active codes), and the unit may answer (SAE J1939-21 request and acknowledgement,
/// J1939-73).
///
/// Whether a unit did it, only its answer says; a request to every unit is never answered.
struct J1939Clear {
    enum Step { case requested, confirmed, refused }

    /// The source address of the unit that is to clear its codes, or ``everybody``.
    var unit: UInt8
    var step: Step

    /// The address of all units.
    static let everybody: UInt8 = 255
    private static let request: UInt32 = 59_904
    private static let acknowledgement: UInt32 = 59_392

    /// - Returns: `nil` for any other message.
    init?(_ pgn: UInt32, from source: UInt8, to destination: UInt8, _ data: Span<UInt8>) {
        switch pgn {
        case Self.request where data.count >= 3 && Self.isClear(data, 0):
            (unit, step) = (destination, .requested)
        case Self.acknowledgement where data.count >= 8 && Self.isClear(data, 5):
            // Control byte 3 is "busy": it did not clear, and says so.
            (unit, step) = (source, data[0] == 0 ? .confirmed : .refused)
        default: return nil
        }
    }

    private static func group(_ data: Span<UInt8>, _ place: Int) -> UInt32 {
        UInt32(data[place]) | UInt32(data[place + 1]) << 8 | UInt32(data[place + 2]) << 16
    }

    private static func isClear(_ data: Span<UInt8>, _ place: Int) -> Bool {
        [65_228, 65_235].contains(group(data, place))
    }

    /// Notes what the message says.
    static func note(
        _ pgn: UInt32, _ data: Span<UInt8>, _ places: BytePlaces, _ writer: inout ReportWriter
    ) {
        guard writer.trace != nil else { return }
        let place = pgn == request ? 0 : 5
        if pgn == acknowledgement {
            let words: Saying =
                switch data[0] {
                case 0: "done"
                case 1: "refused"
                case 2: "access denied"
                case 3: "cannot now"
                default: "reserved"
                }
            writer.trace?.note("answer", data, 0..<1, places, words)
        }
        let what = group(data, place)
        writer.trace?.note(
            "pgn", data, place..<place + 3, places,
            what == 65_228
                ? "65228 DM3, clears codes that were active" : "65235 DM11, clears active codes",
            trap: .clearedNotRepaired)
    }
}
