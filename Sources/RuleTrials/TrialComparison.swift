import FaultRules
import VehicleFaults

/// What other rules change: tickets more and fewer, and the work that they are.
public struct TrialComparison: Sendable {
    /// A ticket that both have, opened at another time or otherwise at the end.
    public struct Moved: Hashable, Sendable {
        public var old: TrialTicket
        public var new: TrialTicket

        /// Milliseconds by which it is opened earlier; negative when later.
        public var gained: Int64 { old.at.milliseconds(since: new.at) }
    }

    public var added: [TrialTicket] = []
    public var removed: [TrialTicket] = []
    public var moved: [Moved] = []
    /// Tickets that are the same in vehicle, failure mode, time and severity.
    public var same = 0

    /// Pairs the tickets of a vehicle and failure mode in the order of opening.
    public init(_ old: [TrialTicket], _ new: [TrialTicket]) {
        struct Key: Hashable {
            var vehicle: VehicleID
            var mode: String
        }
        var waiting: [Key: [TrialTicket]] = [:]
        for ticket in old.reversed() {
            waiting[Key(vehicle: ticket.vehicle, mode: ticket.mode), default: []].append(ticket)
        }
        for ticket in new {
            let key = Key(vehicle: ticket.vehicle, mode: ticket.mode)
            guard let before = waiting[key]?.popLast() else {
                added.append(ticket)
                continue
            }
            if before.at == ticket.at, before.severity == ticket.severity {
                same += 1
            } else {
                moved.append(Moved(old: before, new: ticket))
            }
        }
        removed = waiting.values.flatMap(\.self).sorted { ($0.at, $0.number) < ($1.at, $1.number) }
    }

    /// Whether the rules differ in any ticket.
    public var isSame: Bool { added.isEmpty && removed.isEmpty && moved.isEmpty }
}

/// The work that tickets are, by a catalogue of failure modes.
public struct TicketWork: Sendable {
    /// Standard labour, in hours.
    public var hours = 0.0
    /// By part number.
    public var parts: [String: Int] = [:]
    /// Tickets of modes that the catalogue does not know: their work is not in the figures.
    public var unknown = 0

    public init(_ tickets: [TrialTicket], _ catalogue: FailureModeCatalogue) {
        // Hours are added mode by mode, so that the sum does not depend on the order of tickets.
        var counts: [String: Int] = [:]
        for ticket in tickets { counts[ticket.mode, default: 0] += 1 }
        for (id, count) in counts.sorted(by: { $0.key < $1.key }) {
            guard let mode = catalogue[id] else {
                unknown += count
                continue
            }
            hours += mode.hours * Double(count)
            for part in mode.parts { parts[part.number, default: 0] += part.quantity * count }
        }
    }
}
