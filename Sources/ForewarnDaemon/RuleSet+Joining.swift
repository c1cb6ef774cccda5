import FleetWatch
import VehicleFaults

extension RuleSet {
    /// Moves the lanes of devices that this roster names, and the one before did not, to their
    /// vehicles.
    ///
    /// - Parameters:
    ///   - old: what was in force before.
    ///   - row: the journal row from which on this rule set is.
    ///   - lanes: lanes by vehicle; those of devices leave, those of their vehicles come.
    ///   - stored: finds a lane that is not among them.
    /// - Returns: the devices that had been heard, in their order.
    func join(
        since old: RuleSet, row: Int64, lanes: inout [VehicleID: StoredLane],
        stored: (VehicleID) throws -> StoredLane?
    ) throws -> [SourceRegistry.Naming] {
        let namings = SourceRegistry(roster).named(since: SourceRegistry(old.roster))
        guard !namings.isEmpty else { return [] }
        var joining = HistoryJoining(program: program, settings: settings, roster: roster)
        return try joining.join(namings, row: row, lanes: &lanes, stored: stored)
    }
}
