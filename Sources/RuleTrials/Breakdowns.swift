import FaultDecoding
import FaultRules
import VehicleFaults

/// A vehicle that broke down, as people recorded it.
public struct Breakdown: Hashable, Sendable {
    public var vehicle: VehicleID
    public var at: EventTime
    /// What it was; `nil` when nobody wrote it down, and any ticket counts.
    public var mode: String?

    public init(vehicle: VehicleID, at: EventTime, mode: String? = nil) {
        self.vehicle = vehicle
        self.at = at
        self.mode = mode
    }
}

/// How many breakdowns tickets came before, and how long.
public struct BreakdownScore: Sendable {
    /// A breakdown that a ticket had warned of.
    public struct Caught: Hashable, Sendable {
        public var breakdown: Breakdown
        public var ticket: TrialTicket
        /// Milliseconds from the ticket to the breakdown.
        public var warning: Int64 { breakdown.at.milliseconds(since: ticket.at) }
    }

    public var caught: [Caught] = []
    public var missed: [Breakdown] = []

    /// Compares breakdowns with tickets.
    ///
    /// - Parameter horizon: how long before a breakdown a ticket still counts, in milliseconds.
    public init(_ breakdowns: [Breakdown], _ tickets: [TrialTicket], horizon: Int64) {
        var byVehicle: [VehicleID: [TrialTicket]] = [:]
        for ticket in tickets { byVehicle[ticket.vehicle, default: []].append(ticket) }
        for breakdown in breakdowns {
            let warnings = (byVehicle[breakdown.vehicle] ?? []).filter { ticket in
                let warning = breakdown.at.milliseconds(since: ticket.at)
                return warning >= 0 && warning <= horizon
                    && breakdown.mode.map { $0 == ticket.mode } ?? true
            }
            // The earliest counts: that is when someone could have acted.
            if let first = warnings.min(by: { ($0.at, $0.number) < ($1.at, $1.number) }) {
                caught.append(Caught(breakdown: breakdown, ticket: first))
            } else {
                missed.append(breakdown)
            }
        }
    }

    /// The middle warning, in milliseconds; `nil` when nothing was caught.
    public var medianWarning: Int64? {
        let sorted = caught.map(\.warning).sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// Reads a table of breakdowns: `vehicle,at,mode` with a heading, the mode may be empty.
public struct BreakdownReader {
    public private(set) var breakdowns: [Breakdown] = []
    public private(set) var diagnostics: [Diagnostic] = []

    public init(_ text: String, file: String) {
        do throws(Diagnostic) {
            let table = try CommaText.table(
                text, file: file, required: ["vehicle", "at"], known: ["vehicle", "at", "mode"])
            for row in table { read(row) }
        } catch {
            diagnostics.append(error)
        }
    }

    private mutating func read(_ row: [String: SourceNode]) {
        guard let vehicle = row["vehicle"], let at = row["at"] else { return }
        guard let id = vehicle.text.flatMap({ VehicleID($0) }) else {
            diagnostics.append(
                Diagnostic(.error, at: vehicle.position, "this is not a vehicle's identifier"))
            return
        }
        guard let time = at.text.flatMap({ EventTime(rfc3339: $0) }) else {
            diagnostics.append(
                Diagnostic(
                    .error, at: at.position, "\"at\" is a time as 2026-03-01T08:00:00.000Z"))
            return
        }
        let mode = row["mode"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        breakdowns.append(Breakdown(vehicle: id, at: time, mode: mode))
    }
}
