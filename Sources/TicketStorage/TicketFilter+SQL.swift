import GRDB
import VehicleFaults

extension TicketFilter {
    /// What SQL has to hold of a row of `ticket`.
    var conditions: (sql: String, arguments: StatementArguments) {
        var conditions = ["1"]
        var arguments = StatementArguments()
        if isOpen { conditions.append("state IN (\(TicketStore.openStates))") }
        if let severity {
            // S1 is the gravest, so the order of the names is the order of urgency.
            conditions.append("severity <= ?")
            arguments += [severity.name]
        }
        if !states.isEmpty {
            let places = states.map { _ in "?" }.joined(separator: ", ")
            conditions.append("state IN (\(places))")
            arguments += StatementArguments(states.map(\.rawValue))
        }
        if let due = dueUntil {
            conditions.append("due_at <= ?")
            arguments += [due.milliseconds]
        }
        if isBreached { conditions.append("breached <> ''") }
        if isCampaign { conditions.append("vehicle = '\(VehicleID.wholeFleet)'") }
        for (column, value) in [("site", site), ("assignee", assignee)] {
            guard let value else { continue }
            conditions.append("\(column) = ?")
            arguments += [value]
        }
        if let mode {
            conditions.append("mode = ?")
            arguments += [mode]
        }
        if let vehicle {
            conditions.append(vehicle.condition)
            arguments += vehicle.arguments
        }
        if let numbers {
            conditions.append("number BETWEEN ? AND ?")
            arguments += [numbers.lowerBound, numbers.upperBound]
        }
        if let since {
            conditions.append("opened_received >= ?")
            arguments += [since.milliseconds]
        }
        return (conditions.joined(separator: " AND "), arguments)
    }
}
