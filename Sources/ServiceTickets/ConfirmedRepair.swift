import VehicleFaults

/// A part of a vehicle that was mended, and passed its check: what was learned of the old part is
/// past.
///
/// It follows from a ticket, and changes what lanes know, which never read tickets. So it comes back
/// as an entry of the journal, whose text is ``json``.
public struct ConfirmedRepair: Hashable, Sendable {
    public var vehicle: VehicleID
    /// The failure mode, and the part, of the ticket.
    public var mode: String
    public var component: String
    /// What was found; `nil` when nobody said.
    public var disposition: Disposition?

    /// Whether the part had failed or was failing, as opposed to one that was changed in good time, or
    /// a fault that lay elsewhere.
    public var isFailure: Bool {
        switch disposition {
        case nil, .confirmed, .brokeDown: true
        default: false
        }
    }

    /// Whether the ticket's part is a new one now.
    public var replacesPart: Bool { isFailure || disposition == .early }

    /// What a command of this kind is called.
    public static let kind = "vehicle.repaired"

    public init(
        vehicle: VehicleID, mode: String, component: String, disposition: Disposition? = nil
    ) {
        (self.vehicle, self.mode, self.component) = (vehicle, mode, component)
        self.disposition = disposition
    }

    /// The repair that a note confirms: the vehicle was handed over after its quality check, or mended
    /// from afar, and nobody says that there was nothing to mend. `nil` for any other note.
    public init?(_ note: TicketNote) {
        guard case .step(let step) = note.event.kind, step == .deliver || step == .remote,
            note.ticket.course.disposition?.isRepair ?? true
        else { return nil }
        self.init(
            vehicle: note.ticket.vehicle, mode: note.ticket.mode, component: note.ticket.component,
            disposition: note.ticket.course.disposition)
    }

    /// Reads what ``json`` wrote; `nil` for a command of another kind, or one that lacks something.
    public init?(pairs: [(String, String)]) {
        func value(_ name: String) -> String? { pairs.first { $0.0 == name }?.1 }
        guard value("kind") == Self.kind, let mode = value("mode"),
            let component = value("component"),
            let vehicle = value("vehicle").flatMap({ VehicleID($0) })
        else { return nil }
        self.init(
            vehicle: vehicle, mode: mode, component: component,
            disposition: value("disposition").flatMap { Disposition(rawValue: $0) })
    }

    /// A JSON object of texts.
    public var json: String {
        FlatJSON.text(
            [
                ("kind", Self.kind), ("vehicle", vehicle.description), ("mode", mode),
                ("component", component),
            ] + (disposition.map { [("disposition", $0.rawValue)] } ?? []))
    }
}

extension Disposition {
    /// Whether something was mended, as opposed to nothing found or nothing done.
    public var isRepair: Bool {
        switch self {
        case .confirmed, .otherComponent, .early, .sensorFault, .brokeDown: true
        case .noTroubleFound, .dataFault, .declined, .selfCleared, .unknown: false
        }
    }
}
