import FleetReports
import Foundation
import SwiftCSV
import TerminalText
import VehicleFaults

/// What reports need beside the tickets, from a folder of CSV files; a file that is not there is
/// nothing known.
///
/// The columns are listed in `docs/reference/reports.md`.
struct ServiceData {
    let folder: String

    var attendance: [AttendanceRecord] {
        get throws {
            try rows("attendance.csv").map { row in
                AttendanceRecord(
                    technician: try row.text("technician"), skill: try row.text("skill"),
                    attendedHours: try row.number("attended_hours"),
                    workedHours: try row.number("worked_hours"),
                    soldHours: try row.number("sold_hours"), operations: try row.count("operations")
                )
            }
        }
    }

    /// The days of attendance that lie in a period.
    func attendance(from: EventTime, to: EventTime) throws -> [AttendanceRecord] {
        let days = try rows("attendance.csv").map { try $0.time("date") }
        return zip(days, try attendance).filter { from <= $0.0 && $0.0 < to }.map(\.1)
    }

    var breakdowns: [BreakdownRecord] {
        get throws {
            try rows("breakdowns.csv").map { row in
                BreakdownRecord(
                    vehicle: try row.text("vehicle"), mode: try row.text("mode"),
                    at: try row.time("at"), wasForetold: try row.flag("foretold"),
                    isCovered: try row.flag("covered"))
            }
        }
    }

    var partLines: [PartLineRecord] {
        get throws {
            try rows("order-lines.csv").map { row in
                PartLineRecord(
                    part: try row.text("part"), order: try row.text("order"),
                    supplier: try row.text("supplier"), channel: try row.text("channel"),
                    quantity: try row.count("quantity"), wasOnShelf: try row.flag("on_shelf"),
                    ordered: try row.time("ordered"), quoted: try row.optionalTime("quoted"),
                    received: try row.optionalTime("received"),
                    isEmergency: try row.flag("emergency"))
            }
        }
    }

    var batches: [BatchComparison.Batch] {
        get throws {
            try rows("batches.csv").map { row in
                BatchComparison.Batch(
                    name: try row.text("batch"), vehicles: try row.count("vehicles"),
                    exposure: try row.number("million_km"), failures: try row.count("failures"))
            }
        }
    }

    /// Hours that a repair of a failure mode should take.
    var standardHours: [String: Double] {
        get throws {
            try .init(
                rows("standard-hours.csv").map { (try $0.text("mode"), try $0.number("hours")) },
                uniquingKeysWith: { $1 })
        }
    }

    /// What was paid in the end, by the estimate's name.
    var invoices: [String: Double] {
        get throws {
            try .init(
                rows("invoices.csv").map { (try $0.text("estimate"), try $0.number("total")) },
                uniquingKeysWith: { $1 })
        }
    }

    /// What is known of the fleet besides its messages.
    var fleet: FleetRecord {
        get throws {
            var fleet = FleetRecord()
            for row in try rows("fleet.csv") {
                switch try row.text("key") {
                case "vehicles_sold": fleet.sold = try row.count("value")
                case "million_km": fleet.kilometres = try row.number("value") * 1_000_000
                case let key: throw row.failure("key", "there is no fact \(key.visible)")
                }
            }
            return fleet
        }
    }

    /// Parts with their history, ways to get them, stock and what open tickets may need.
    var parts: [PartRecord] {
        get throws {
            var parts: [String: PartRecord] = [:]
            for row in try rows("parts.csv") {
                let number = try row.text("part")
                parts[number] = PartRecord(
                    number: number,
                    name: Phrase(try row.text("name_en"), try row.text("name_zh")), monthly: [],
                    channels: [], stock: try row.count("stock"),
                    onOrder: try row.count("on_order"), explained: try row.number("explained"))
            }
            func find(_ row: Row) throws -> String {
                let number = try row.text("part")
                guard parts[number] != nil else {
                    throw row.failure("part", "\(number.visible) is not in parts.csv")
                }
                return number
            }
            let demand = try rows("demand.csv").map { row in
                (
                    part: try find(row), month: try row.text("month"),
                    pieces: try row.number("pieces")
                )
            }
            for (part, months) in Dictionary(grouping: demand, by: \.part) {
                parts[part]?.monthly = months.sorted { $0.month < $1.month }.map(\.pieces)
            }
            for row in try rows("channels.csv") {
                parts[try find(row)]?.channels.append(
                    .init(name: try row.text("channel"), leadDays: try row.number("lead_days")))
            }
            for row in try rows("needs.csv") {
                let part = try find(row)
                parts[part]?.openNeeds.append(try row.number("probability"))
                if let by = try row.optionalTime("needed_by") {
                    let earliest = min(by, parts[part]?.neededBy ?? by)
                    parts[part]?.neededBy = earliest
                }
            }
            return parts.values.sorted { $0.number < $1.number }
        }
    }

    /// Changes what `staffing.csv`, `season.csv` and `skills.csv` say otherwise than the tickets.
    func adjust(_ inputs: inout StaffingInputs) throws {
        for row in try rows("staffing.csv") {
            let value = try row.number("value")
            switch try row.text("key") {
            case "answer_minutes": inputs.answerMinutes = value
            case "response_minutes": inputs.responseMinutes = value
            case "response_share": inputs.responseShare = value
            case "patience_minutes": inputs.patienceMinutes = value
            case "shrinkage": inputs.shrinkage = value
            case "weekly_hours": inputs.weeklyHours = value
            case "movable": inputs.movable = value
            case "shift_hours": inputs.shiftHours = value
            case "open_hours": inputs.openHours = value
            case "utilisation": inputs.utilisation = value
            case "presence": inputs.presence = value
            case "labour_share": inputs.labourShare = value
            case "fill_rate": inputs.fillRate = value
            case "cured_locally": inputs.curedLocally = value
            case "solve_share": inputs.solveShare = value
            case "permanent_cost": inputs.permanentCost = value
            case "temporary_cost": inputs.temporaryCost = value
            case let key: throw row.failure("key", "there is no setting \(key.visible)")
            }
        }
        let season = try rows("season.csv").map { try $0.number("index") }
        if !season.isEmpty { inputs.season = season }
        let skills = try rows("skills.csv").map { row in
            StaffingInputs.Skill(
                name: try row.text("skill"), jobsPerDay: try row.number("jobs_a_day"),
                hoursPerJob: try row.number("hours_a_job"))
        }
        if !skills.isEmpty { inputs.skills = skills }
    }

    // MARK: Rows

    private func rows(_ name: String) throws -> [Row] {
        let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        do {
            let table = try CSV<Named>(url: URL(fileURLWithPath: path), loadColumns: false)
            return table.rows.enumerated().map {
                Row(file: path, number: $0.offset + 2, values: $0.element)
            }
        } catch {
            throw CommandFailure(code: .badData, message: "\(path): \(error)")
        }
    }

    /// One row, which knows where it stands.
    struct Row {
        let file: String
        /// Counted from 1, the header being the first.
        let number: Int
        let values: [String: String]

        func failure(_ column: String, _ message: String) -> CommandFailure {
            CommandFailure(
                code: .badData, message: "\(file): row \(number), column \(column): \(message)")
        }

        func text(_ column: String) throws -> String {
            guard let value = values[column] else {
                throw failure(column, "there is no such column")
            }
            return value
        }

        func number(_ column: String) throws -> Double {
            let value = try text(column)
            guard let number = Double(value), number.isFinite, number >= 0 else {
                throw failure(column, "\"\(value.visible)\" is no number of 0 or more")
            }
            return number
        }

        func count(_ column: String) throws -> Int {
            let number = try number(column)
            guard number == number.rounded(), number < 1e9 else {
                throw failure(column, "\(number) is no whole number below a thousand million")
            }
            return Int(number)
        }

        func flag(_ column: String) throws -> Bool {
            switch try text(column) {
            case "yes", "true", "1": true
            case "no", "false", "0", "": false
            case let value: throw failure(column, "\"\(value.visible)\" is neither yes nor no")
            }
        }

        func time(_ column: String) throws -> EventTime {
            guard let time = try optionalTime(column) else {
                throw failure(column, "a time is needed")
            }
            return time
        }

        func optionalTime(_ column: String) throws -> EventTime? {
            let value = try text(column)
            guard !value.isEmpty else { return nil }
            do throws(TimeText.Failure) {
                return try TimeText(now: Arguments.now, offset: { _ in 0 }).parse(value)
            } catch { throw failure(column, "\(error)") }
        }
    }
}
