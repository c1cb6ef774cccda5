import ArgumentParser
import FleetReports
import Foundation
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn report`
struct ReportCommand: ParsableCommand {
    enum Name: String, CaseIterable, ExpressibleByArgument {
        case kpi, sla, faults, staffing, parts, suppliers, training, quality, feedback, quarter
        case honesty

        /// What it is made of.
        var pieces: Set<ServiceLedger.Piece> {
            switch self {
            case .kpi: [.tickets, .invoices, .partLines]
            case .sla: [.tickets]
            case .staffing: [.tickets, .season]
            case .faults: [.tickets, .causes, .campaigns]
            case .feedback: [.tickets, .causes, .feedback]
            case .training: [.tickets, .scores, .trainings]
            case .quality: [.tickets, .scores]
            case .parts: [.parts]
            case .suppliers: [.partLines]
            case .quarter:
                [
                    .tickets, .invoices, .partLines, .feedback, .campaigns, .trainings, .parts,
                    .season,
                ]
            case .honesty: []
            }
        }
    }

    enum Format: String, CaseIterable, ExpressibleByArgument { case terminal, md, csv, json, html }

    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Tell how the service centre is doing.",
        discussion: """
            Each number is shown with the cases it rests on, those left out, and an interval where \
            it is an estimate. The same store and period give the same bytes.
            """)

    @Argument(
        help:
            "kpi, sla, faults, staffing, parts, suppliers, training, quality, feedback, quarter or honesty."
    )
    var name: Name

    @Option(help: "The period's first moment; else 90 days before its end.")
    var from: String?

    @Option(help: "The period's end, not included; else now.")
    var to: String?

    @Option(help: "A calendar quarter instead, as 2026Q3.")
    var quarter: String?

    @Option(help: "Only this site.")
    var site: String?

    @Option(help: "Only the sites of this region, as the service file names them.")
    var region: String?

    @Option(
        help: ArgumentHelp(
            "As what you ask: report training shows each technician to a supervisor or training only.",
            discussion: "Else FOREWARN_ROLE.", valueName: "role"))
    var role: String?

    @Option(
        help: ArgumentHelp(
            "A folder with rosters, parts and prices.",
            discussion: "Else the folder data of the state.", valueName: "dir"))
    var data: String?

    @Flag(name: .customLong("sql"), help: "Print how to recount each number from the store.")
    var showsSQL = false

    @Option(name: .short, help: "Output: terminal, md, csv, json or html.")
    var output = Format.terminal

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        guard quarter == nil || (from == nil && to == nil) else {
            throw ValidationError("--quarter stands for --from and --to")
        }
        guard site == nil || region == nil else {
            throw ValidationError("a region is its sites: --site and --region exclude each other")
        }
        _ = try period()
    }

    func run() throws {
        let presentation = style.presentation()
        let ledger = try ServiceLedger(
            store: store.open(), data: data ?? "\(store.folder)/data", site: site,
            region: region, for: name.pieces, presentation: presentation)
        var document = try document(ledger)
        document.offset = LocalOffset.minutes(at: document.from)
        if showsSQL {
            let sql = ReportSQL(
                from: document.from, to: document.to, sites: ledger.sites.map { $0.sorted() },
                offset: document.offset,
                promises: ledger.promises)
            try Output.write(sql.text(of: document))
            return
        }
        try Self.write(document, as: output, presentation)
    }

    /// Writes a document in one of the formats.
    static func write(
        _ document: ReportDocument, as format: Format, _ presentation: Presentation
    ) throws {
        let language: ReportLanguage =
            presentation.words.language == .chinese ? .chinese : .english
        switch format {
        case .terminal: try TerminalReport(presentation: presentation).write(document)
        case .md: try Output.write(MarkdownReport(language: language).text(of: document))
        case .csv: try Output.write(DataReport.csv(document, language))
        case .json: try Output.write(DataReport.json(document, language, by: SideBySide()) + "\n")
        case .html: try Output.write(HTMLReport(language: language).text(of: document))
        }
    }

    private func document(_ ledger: ServiceLedger) throws -> ReportDocument {
        let (from, to) = try period()
        let site = site ?? region
        if name == .honesty { return try HonestyReport(store.open()).document(from: from, to: to) }
        let reading = try ledger.reading(from: from, to: to, with: name.pieces)
        // The review looks at the quarter before as well.
        let length = to.milliseconds(since: from)
        let earlier =
            name == .quarter
            ? try ledger.reading(
                from: from.advanced(by: -length), to: from,
                with: [.tickets, .invoices, .partLines]) : nil
        let records = try reading()
        let service = ServiceReport(records, promises: ledger.promises, site: site)
        UntilExit.keep(service)
        @Sendable func staffing() throws -> StaffingInputs {
            var inputs = StaffingInputs(records, offset: LocalOffset.minutes(at: from))
            inputs.bays = ledger.bays
            try ledger.data.adjust(&inputs)
            return inputs
        }
        switch name {
        case .kpi: return service.kpi(by: SideBySide())
        case .sla: return service.sla(by: SideBySide())
        case .faults: return service.faults(by: SideBySide())
        case .quality: return service.quality(by: SideBySide())
        case .training: return service.training(showsPeople: try seesPeople())
        case .feedback: return service.feedback(by: SideBySide())
        case .staffing:
            return StaffingReport(try staffing(), advice: service.advice).document(
                from: from, to: to, site: site, by: SideBySide())
        case .parts:
            return PartsReport(records.parts).document(from: from, to: to, site: site)
        case .suppliers, .honesty:
            return SupplierReport(records.partLines, batches: try ledger.batches(before: to))
                .document(from: from, to: to, site: site)
        case .quarter:
            let inputs = Background { try staffing() }
            let before = try earlier.map {
                ServiceReport(try $0(), promises: ledger.promises, site: site)
            }
            return QuarterReport(
                now: service, before: before, staffing: try inputs.value, parts: records.parts,
                batches: try ledger.batches(before: to)
            ).document(by: SideBySide())
        }
    }

    /// Whether single people may be told of: few repairs say little, and it is nobody else's matter.
    private func seesPeople() throws -> Bool {
        let name = role ?? Terminal.environment("FOREWARN_ROLE") ?? ""
        guard !name.isEmpty else { return false }
        guard let role = Role(rawValue: name) else {
            throw ValidationError("there is no role '\(name.visible)'")
        }
        return role == .supervisor || role == .training
    }

    private func period() throws -> (from: EventTime, to: EventTime) {
        if let quarter { return try Self.quarter(quarter) }
        let end = try to.map { try Arguments.time($0, "--to") } ?? Arguments.now
        let start =
            try from.map { try Arguments.time($0, "--from") }
            ?? end.advanced(by: -90 * 86_400_000)
        guard start < end else { throw ValidationError("--from must lie before --to") }
        return (start, end)
    }

    /// The days of `2026Q3`, in local time.
    private static func quarter(_ text: String) throws -> (from: EventTime, to: EventTime) {
        let (year, number) = try Arguments.quarter(text)
        func start(_ quarter: Int) -> EventTime {
            let days = EventTime.days(
                year: year + (quarter - 1) / 4, month: (quarter - 1) % 4 * 3 + 1, day: 1)
            let utc = EventTime(milliseconds: Int64(days) * 86_400_000)
            return utc.advanced(by: -Int64(LocalOffset.minutes(at: utc)) * 60_000)
        }
        return (start(number), start(number + 1))
    }
}
