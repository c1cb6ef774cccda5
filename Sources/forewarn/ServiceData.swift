import FaultDecoding
import FleetReports
import Foundation
import Synchronization
import TerminalText
import VehicleFaults

/// What reports need beside the tickets, from a folder of CSV files; a file that is not there is
/// nothing known.
///
/// The columns are listed in `docs/reference/reports.md`.
struct ServiceData: Sendable {
    let folder: String
    /// Only rows of these sites, where files have a column `site`.
    var sites: SiteChoice = nil
    /// What was read once; two periods ask for the same files.
    private let files = Files()

    init(folder: String) { self.folder = folder }

    /// The same files, of which only rows of some sites count.
    func of(_ sites: SiteChoice) -> ServiceData {
        var data = self
        data.sites = sites
        return data
    }

    /// The days of attendance that lie in a period.
    func attendance(from: EventTime, to: EventTime) throws -> [AttendanceRecord] {
        try here("attendance.csv").compactMap { row in
            let date = try row.time("date")
            guard from <= date, date < to else { return nil }
            var day = AttendanceRecord(
                technician: try row.text("technician"), skill: try row.text("skill"),
                attendedHours: try row.number("attended_hours"),
                workedHours: try row.number("worked_hours"),
                soldHours: try row.number("sold_hours"), operations: try row.count("operations"))
            day.site = row.site ?? ""
            return day
        }
    }

    /// How technicians were scored in a period.
    func scores(from: EventTime, to: EventTime) throws -> [ScoreRecord] {
        try here("scores.csv").compactMap { row in
            let date = try row.time("date")
            guard from <= date, date < to else { return nil }
            let name = try row.text("source")
            guard let source = ScoreRecord.Source(rawValue: name) else {
                throw row.failure(
                    "source", "\"\(name.visible)\" is none of customer, peer, manager")
            }
            let score = try row.number("score")
            guard (1...5).contains(score) else {
                throw row.failure("score", "a score is 1 to 5")
            }
            return ScoreRecord(
                technician: try row.text("technician"), source: source, score: score)
        }
    }

    /// The trainings that teams were given.
    var trainings: [TrainingRecord] {
        get throws {
            try here("trainings.csv").map { row in
                let mode = try row.text("mode")
                return TrainingRecord(
                    date: try row.time("date"), name: try row.text("name"),
                    skill: try row.text("skill"), mode: mode.isEmpty ? nil : mode)
            }
        }
    }

    /// Breakdowns of all sites, which tell of each ticket whether its vehicle failed, and whether
    /// each counts for ``sites``.
    var breakdowns: [(record: BreakdownRecord, isHere: Bool)] {
        get throws {
            try rows("breakdowns.csv").map { row in
                let record = BreakdownRecord(
                    vehicle: try row.text("vehicle"), mode: try row.text("mode"),
                    at: try row.time("at"), wasForetold: try row.flag("foretold"),
                    isCovered: try row.flag("covered"))
                return (record, sites.holds(row.site))
            }
        }
    }

    /// The lines of all orders.
    var partLines: [PartLineRecord] {
        get throws {
            try here("order-lines.csv").map { row in
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

    /// The batches of parts, each with its failures as `count` tells them where the file does not.
    func batches(_ count: (String) throws -> Int) throws -> [BatchComparison.Batch] {
        try rows("batches.csv").map { row in
            let name = try row.text("batch")
            return BatchComparison.Batch(
                name: name, vehicles: try row.count("vehicles"),
                exposure: try row.number("million_km"),
                failures: try row.text("failures").isEmpty
                    ? count(name) : row.count("failures"))
        }
    }

    /// What things cost.
    var prices: [PriceRecord] {
        get throws {
            try rows("prices.csv").map { row in
                let name = try row.text("kind")
                guard let kind = PriceRecord.Kind(rawValue: name) else {
                    throw row.failure(
                        "kind", "\"\(name.visible)\" is none of part, labour, job, fee")
                }
                return PriceRecord(
                    kind: kind, item: try row.text("item"),
                    name: Phrase(try row.text("name_en"), try row.text("name_zh")),
                    unit: try row.text("unit"), price: try row.number("price"),
                    currency: try row.text("currency"), version: try row.text("version"),
                    validFrom: try row.time("valid_from"),
                    validUntil: try row.optionalTime("valid_until"))
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
            for row in try here("fleet.csv") {
                switch try row.text("key") {
                case "vehicles_sold": fleet.sold += try row.count("value")
                case "million_km": fleet.kilometres += try row.number("value") * 1_000_000
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
            case "answer_minutes": (inputs.answerMinutes, inputs.answersTold) = (value, 0)
            case "response_minutes": inputs.responseMinutes = value
            case "response_share": inputs.responseShare = value
            case "patience_minutes": inputs.patienceMinutes = value
            case "shrinkage": inputs.shrinkage = value
            case "weekly_hours": inputs.weeklyHours = value
            case "movable": inputs.movable = value
            case "shift_hours": inputs.shiftHours = value
            case "open_hours": inputs.openHours = value
            case "open_from": inputs.openFrom = value
            case "bay_count": inputs.bays = try row.count("value")
            case "utilisation": inputs.utilisation = value
            case "presence": inputs.presence = value
            case "labour_share": inputs.labourShare = value
            case "fill_rate": inputs.fillRate = value
            case "cured_locally": inputs.curedLocally = value
            case "solve_share": inputs.solveShare = value
            case "permanent_cost": inputs.permanentCost = value
            case "temporary_cost": inputs.temporaryCost = value
            case "judge_minutes": inputs.judgeMinutes = value
            case "support_minutes": inputs.supportMinutes = value
            case "judge_within": inputs.judgeWithin = value
            case "new_people": inputs.newPeople = value
            case "ramp_start": inputs.rampStart = min(1, value)
            case "ramp_months": inputs.rampMonths = min(60, try row.count("value"))
            case "busy_low":
                inputs.limits.busy = value...max(value, inputs.limits.busy.upperBound)
            case "busy_high":
                inputs.limits.busy = min(value, inputs.limits.busy.lowerBound)...value
            case "slow_limit": inputs.limits.slow = value
            case let key: throw row.failure("key", "there is no setting \(key.visible)")
            }
        }
        let season = try rows("season.csv").map { try $0.number("index") }
        if !season.isEmpty { (inputs.season, inputs.seasonIndex) = (season, .given) }
        let skills = try rows("skills.csv").map { row in
            StaffingInputs.Skill(
                name: try row.text("skill"), jobsPerDay: try row.number("jobs_a_day"),
                hoursPerJob: try row.number("hours_a_job"))
        }
        if !skills.isEmpty { inputs.skills = skills }
    }

    // MARK: Rows

    /// The rows that count for ``sites``.
    private func here(_ name: String) throws -> [Row] {
        let rows = try rows(name)
        return sites == nil ? rows : rows.filter { sites.holds($0.site) }
    }

    func rows(_ name: String) throws -> [Row] {
        guard let file = try file(name) else { return [] }
        return (0..<file.table.count).map { Row(file: file, number: $0) }
    }

    /// Begins to read a file that will be asked for.
    func prepare(_ name: String) { _ = Background { try file(name) } }

    private func file(_ name: String) throws -> File? {
        let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
        return try files.file(name) { try Self.file(path) }
    }

    /// A file, or `nil` where there is none.
    private static func file(_ path: String) throws -> File? {
        guard let data = FileManager.default.contents(atPath: path) else {
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            throw CommandFailure(code: .badData, message: "\(path): it cannot be read")
        }
        do throws(CSVTable.Unreadable) {
            return File(path: path, table: try CSVTable([UInt8](data)))
        } catch { throw CommandFailure(code: .badData, message: "\(path): \(error)") }
    }

    /// The files that were read so far.
    private final class Files: Sendable {
        private let found = Mutex<[String: Once<File?>]>([:])

        func file(_ name: String, _ read: @escaping @Sendable () throws -> File?) throws -> File? {
            try found.withLock { found in
                let file = found[name] ?? Once(read)
                found[name] = file
                return file
            }.value
        }
    }

    /// What all rows of a file look at.
    final class File: Sendable {
        let path: String
        let table: CSVTable

        init(path: String, table: CSVTable) {
            self.path = path
            self.table = table
        }
    }

    /// One row, which knows where it stands.
    struct Row {
        let file: File
        /// Counted from 0, without the header.
        let number: Int

        private var table: CSVTable { file.table }

        /// The site that it is about; `nil` where the file does not say.
        var site: String? {
            table.columns.firstIndex(of: "site").flatMap { table.text(row: number, column: $0) }
        }

        func failure(_ column: String, _ message: String) -> CommandFailure {
            CommandFailure(
                code: .badData,
                message: "\(file.path): row \(number + 2), column \(column): \(message)")
        }

        private func place(_ column: String) throws -> Int {
            guard let place = table.columns.firstIndex(of: column) else {
                throw failure(column, "there is no such column")
            }
            return place
        }

        func text(_ column: String) throws -> String {
            guard let text = table.text(row: number, column: try place(column)) else {
                throw failure(column, "not UTF-8")
            }
            return text
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
            // Exports are written so; anything else that is a time takes longer to read.
            if let time = table.time(row: number, column: try place(column)) { return time }
            let value = try text(column)
            guard !value.isEmpty else { return nil }
            if let time = EventTime(rfc3339: value) { return time }
            do throws(TimeText.Failure) {
                return try TimeText(now: Arguments.now, offset: { _ in 0 }).parse(value)
            } catch { throw failure(column, "\(error)") }
        }
    }
}
