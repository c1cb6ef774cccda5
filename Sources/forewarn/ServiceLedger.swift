import FleetReports
import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// What reports are made of: the store's tickets, and what other systems exported.
struct ServiceLedger: Sendable {
    /// What a report is made of.
    enum Piece {
        case tickets, invoices, causes, feedback, campaigns, scores, trainings, parts, partLines
        case season
    }

    let store: TicketStore
    let data: ServiceData
    /// Only tickets of these sites.
    let sites: SiteChoice
    /// The region of each site that the service file names one for.
    let regions: [String: String]
    /// When the sites work that the service file names.
    let calendars: [String: BusinessCalendar]
    /// Vehicles that the sites can work on at the same time; 0 where the service file does not say.
    let bays: Int
    /// How vehicles are shown.
    let presentation: Presentation
    /// What the store was last decided by; `nil` when that cannot be read.
    private let rules: RuleSet?
    /// What was promised when the store was last written.
    let policy: TicketPolicy
    /// What was ordered and paid, and when vehicles were last heard: the same for all periods.
    private let partLines: Once<[PartLineRecord]>
    private let invoices: Once<[String: Double]>
    private let heard: Once<[EventTime]>

    /// - Parameters:
    ///   - data: the folder with what other systems exported.
    ///   - site: only this one; `nil` for all.
    ///   - region: only its sites; `nil` for all.
    ///   - pieces: what will be asked for; files are read while the rule set is.
    /// - Throws: ``CommandFailure`` for a region that the service file does not name.
    init(
        store: TicketStore, data folder: String, site: String?, region: String?,
        for pieces: Set<Piece>, presentation: Presentation
    ) throws {
        let files = ServiceData(folder: folder)
        let invoices = Once { try files.invoices }
        self.invoices = invoices
        if pieces.contains(.partLines) { files.prepare("order-lines.csv") }
        if pieces.contains(.invoices) { _ = Background { try invoices.value } }
        self.store = store
        self.presentation = presentation
        rules = try? RuleSet(inForce: store)
        policy = rules?.policy ?? TicketPolicy()
        regions = (rules?.sites ?? []).reduce(into: [:]) { $0[$1.name] = $1.region }
        if let region {
            let members = regions.filter { $0.value == region }.map(\.key)
            guard !members.isEmpty else {
                let near = NearestName.find(region, among: Set(regions.values).sorted())
                throw CommandFailure(
                    code: .no,
                    message: "the service file names no region '\(region.visible)'",
                    hint: near.map { "did you mean \($0)?" }
                        ?? "give sites their region in the service file")
            }
            sites = Set(members)
        } else {
            sites = site.map { [$0] }
        }
        let chosen = sites
        let here = (rules?.sites ?? []).filter { chosen.holds($0.name) }
        bays = here.reduce(0) { $0 + $1.bays }
        calendars = here.reduce(into: [:]) { $0[$1.name] = $1.calendar }
        let data = files.of(sites)
        self.data = data
        let partLines = Once { try data.partLines }
        self.partLines = partLines
        let path = store.path
        heard = Once { try TicketStore(path: path, access: .read).lastHeard() }
    }

    /// The batches of parts, as they had failed by a time.
    func batches(before end: EventTime) throws -> [BatchComparison.Batch] {
        try data.batches { try store.ticketsReturning(lot: $0, before: end) }
    }

    /// What figures are held against; where nothing was promised, what is usual.
    var promises: ServiceFigures.Promises {
        var promises = ServiceFigures.Promises()
        if let target = policy.response {
            promises.responseMinutes = Double(target.milliseconds) / 60_000
        }
        if let target = policy.solve {
            promises.solveHours = Double(target.milliseconds) / 3_600_000
        }
        if let target = policy.followUp {
            promises.followUpDays = Double(target.milliseconds) / 86_400_000
        }
        return promises
    }

    /// Everything of a period, as it stood at its end.
    ///
    /// - Parameter pieces: what is read; what nobody asks for costs nothing.
    func records(from: EventTime, to: EventTime, with pieces: Set<Piece>) throws
        -> ServiceRecords
    {
        try reading(from: from, to: to, with: pieces)()
    }

    /// Begins to read a period; what is returned waits for it. So that nobody waits before all
    /// that can be read at the same time has begun.
    func reading(from: EventTime, to: EventTime, with pieces: Set<Piece>) throws
        -> () throws -> ServiceRecords
    {
        var records = ServiceRecords(from: from, to: to)
        records.offset = LocalOffset.minutes(at: from)
        records.regions = regions
        records.calendars = calendars
        records.modeNames = (rules?.modeNames ?? [:]).mapValues { Phrase($0.en, $0.zh) }
        records.componentNames = (rules?.catalogue?.componentNames ?? [:]).mapValues {
            Phrase($0.en, $0.zh)
        }
        records.parts = try data.parts
        // What is one piece of work and takes longest begins first; tickets are many pieces.
        let parts =
            pieces.contains(.parts)
            ? reading { [sites, known = records.parts] in
                try Self.filled(known, at: to, of: sites, $0)
            } : nil
        let tickets =
            pieces.contains(.tickets)
            ? try readingTickets(of: records, pieces.contains(.invoices) ? invoices : nil) : nil
        let lines =
            pieces.contains(.partLines)
            ? Background { [partLines] in
                try partLines.value.filter { from <= $0.ordered && $0.ordered < to }
            } : nil
        let feedback =
            pieces.contains(.feedback)
            ? reading { [sites] in try Self.feedback(from: from, to: to, of: sites, $0) } : nil
        let causes =
            pieces.contains(.causes)
            ? reading { store in
                let stretches = try store.stretches(openedFrom: from, until: to, length: 1 << 40)
                return try stretches.flatMap { try store.causes(of: $0, before: to) }
            } : nil
        let days =
            pieces.contains(.season)
            ? reading { [sites, offset = records.offset] in
                try $0.openedDays(until: to, offset: offset, sites: sites)
            } : nil
        // What many vehicles have in common happens at no site.
        let campaigns =
            pieces.contains(.campaigns) && sites == nil
            ? reading { try Self.campaigns(from: from, to: to, $0) } : nil
        return { [records] in
            var records = records
            try tickets?(&records)
            if let lines { records.partLines = try lines.value }
            if let parts { records.parts = try parts.value }
            if pieces.contains(.scores) { records.scores = try data.scores(from: from, to: to) }
            if pieces.contains(.trainings) { records.trainings = try data.trainings }
            if let feedback { records.feedback = try feedback.value }
            if let days { records.openedDays = try days.value }
            if let campaigns { records.campaigns = try campaigns.value }
            if let causes {
                records.causes = Self.counted(try causes.value, on: records.tickets)
            }
            return records
        }
    }

    /// Reads the store meanwhile, through a connection of its own.
    private func reading<Value: Sendable>(
        _ body: @escaping @Sendable (TicketStore) throws -> Value
    ) -> Background<Value> {
        let path = store.path
        return Background { try body(TicketStore(path: path, access: .read)) }
    }

    /// Tickets, what broke down, and what the workshop and the fleet did meanwhile.
    private func readingTickets(
        of records: ServiceRecords, _ invoices: Once<[String: Double]>?
    ) throws -> (inout ServiceRecords) throws -> Void {
        let (from, to) = (records.from, records.to)
        let breakdowns = try data.breakdowns.filter { $0.record.at < to }
        var failures: [VehicleID: [TicketReading.Failure]] = [:]
        for breakdown in breakdowns.map(\.record).sorted(by: { $0.at < $1.at }) {
            guard let vehicle = VehicleID(breakdown.vehicle) else { continue }
            let place = failures[vehicle]?.firstIndex { $0.mode == breakdown.mode }
            if let place {
                failures[vehicle]?[place].times.append(breakdown.at)
            } else {
                failures[vehicle, default: []].append(
                    .init(mode: breakdown.mode, times: [breakdown.at]))
            }
        }
        let tickets = try TicketReading(
            from: from, to: to, sites: sites, policy: policy,
            failures: failures,
            covered: rules?.coveredModes ?? [], standards: try data.standardHours,
            invoices: invoices
        ).reading(store)
        let fleet = reading { [data, heard] store in
            try Self.fleet(at: to, store, heard.value, data)
        }
        return { records in
            records.vehicleText = { [presentation] in presentation.vehicle($0.description) }
            records.attendance = try data.attendance(from: from, to: to)
            let here = breakdowns.filter { $0.isHere && $0.record.at >= from }
            let found = try tickets()
            records.tickets = found.tickets
            records.breakdowns = here.map(\.record) + found.missed
            records.fleet = try fleet.value
        }
    }

    /// Takes from tickets what the files do not say: demand, and what open tickets wait for.
    private static func filled(
        _ parts: [PartRecord], at end: EventTime, of sites: Set<String>?, _ store: TicketStore
    ) throws -> [PartRecord] {
        var found = Dictionary(parts.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        func record(_ number: String) -> PartRecord {
            found[number]
                ?? PartRecord(
                    number: number.visible, name: Phrase(same: number.visible), monthly: [],
                    channels: [])
        }
        let this = String(end.text().prefix(7))
        let asked = try store.partsAsked(until: end, sites: sites)
        let fitted = asked.fitted.filter { $0.month < this }
        if let first = fitted.map(\.month).min() {
            let months = months(before: this, from: first)
            for (number, rows) in Dictionary(grouping: fitted, by: \.part) {
                var part = record(number)
                guard part.monthly.isEmpty else { continue }
                let pieces = Dictionary(rows.map { ($0.month, $0.pieces) }, uniquingKeysWith: +)
                part.monthly = months.map { pieces[$0] ?? 0 }
                found[number] = part
            }
        }
        for (number, needs) in Dictionary(grouping: asked.awaited, by: \.part) {
            var part = record(number)
            guard part.openNeeds.isEmpty else { continue }
            part.openNeeds = needs.map(\.probability)
            part.neededBy = needs.compactMap(\.neededBy).min()
            found[number] = part
        }
        return found.values.sorted { $0.number < $1.number }
    }

    /// The last complete months, 24 at most, none before `first`, as `2026-07`.
    private static func months(before end: String, from first: String) -> [String] {
        let parts = end.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 2 else { return [] }
        let place = parts[0] * 12 + parts[1] - 1
        return (1...24).reversed().map { back in
            let month = (place - back) % 12 + 1
            return "\((place - back) / 12)-\(month < 10 ? "0" : "")\(month)"
        }.filter { $0 >= first }
    }

    private static func feedback(
        from: EventTime, to: EventTime, of sites: SiteChoice, _ store: TicketStore
    ) throws -> [FeedbackRecord] {
        try store.feedback(from: from, until: to).filter { sites.holds($0.site) }.map {
            FeedbackRecord(
                ticket: "T-\($0.ticket)", mode: $0.mode, department: $0.department,
                text: $0.text.visible, told: $0.at, due: $0.until)
        }
    }

    private static func campaigns(from: EventTime, to: EventTime, _ store: TicketStore) throws
        -> [CampaignRecord]
    {
        try store.campaigns(openedFrom: from, until: to, asOf: to).flatMap { campaign in
            campaign.discoveries.map { found in
                CampaignRecord(
                    ticket: "T-\(campaign.ticket)", mode: campaign.mode,
                    opened: campaign.openedAt, attribute: found.trait.text.visible,
                    cases: found.cases, expected: found.expected, healthy: found.healthy,
                    qValue: found.qValue, state: campaign.state.rawValue,
                    disposition: campaign.disposition?.rawValue)
            }
        }
    }

    /// How often each cause was found for each failure mode, the most frequent first.
    private static func counted(_ causes: [FoundCause], on tickets: TicketRecords) -> [CauseRecord]
    {
        struct Key: Hashable { var mode, cause, correction, part: String }
        var counts: [Key: Int] = [:]
        tickets.withModes(causes, \.ticket) { found, mode in
            counts[
                Key(
                    mode: mode, cause: found.cause, correction: found.correction,
                    part: found.rootPart), default: 0] += 1
        }
        // Texts that differ in what nobody sees are one.
        var shown: [Key: Int] = [:]
        for (key, count) in counts {
            shown[
                Key(
                    mode: key.mode, cause: key.cause.visible, correction: key.correction.visible,
                    part: key.part.visible), default: 0] += count
        }
        return shown.map { key, count in
            CauseRecord(
                mode: key.mode, cause: key.cause, correction: key.correction, rootPart: key.part,
                count: count)
        }.sorted {
            ($1.count, $0.mode, $0.cause, $0.correction, $0.rootPart)
                < ($0.count, $1.mode, $1.cause, $1.correction, $1.rootPart)
        }
    }

    /// What the store has counted of the fleet, over its whole life, and what another system knows.
    private static func fleet(
        at end: EventTime, _ store: TicketStore, _ heard: [EventTime], _ data: ServiceData
    ) throws -> FleetRecord {
        var fleet = try data.fleet
        let facts = try store.facts()
        // What a broker delivers twice is received twice, though it is decided once.
        fleet.messages = facts.messages + facts.duplicates
        fleet.duplicates = facts.duplicates
        fleet.deadLetters = facts.deadLetters
        fleet.vehicles = heard.count
        // No vehicle's own rhythm is known here; three days is long for all of them.
        fleet.silent = heard.count { end.milliseconds(since: $0) > 3 * 86_400_000 }
        return fleet
    }
}
