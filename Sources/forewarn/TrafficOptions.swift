import ArgumentParser
import FaultRules
import FleetWatch
import ForewarnDaemon
import Foundation
import Recordings
import RuleTrials
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults
import YAMLSource

/// Which traffic rules are tried on.
struct TrafficOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A recording.", valueName: "file"))
    var on: String?

    @Option(
        help: ArgumentHelp(
            "What the daemon received since then, from its journal: 90d, or a time.",
            valueName: "time"))
    var since: String?

    @Option(help: "Configuration file: subscriptions and reorder window for --on.")
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Roster of vehicles, in place of the configuration's or the journal's. May be repeated.",
            valueName: "file"))
    var roster: [String] = []

    @OptionGroup var store: StoreOptions

    func validate() throws {
        if on != nil, since != nil {
            throw ValidationError("either --on a recording or --since a time")
        }
        if on == nil, config != nil { throw ValidationError("--config goes with --on") }
        if let since { _ = try Self.time(since) }
    }

    /// A duration reaches back from now.
    private static func time(_ text: String) throws -> EventTime {
        if let back = try? DurationText.parse(text) { return Arguments.now.advanced(by: -back) }
        return try Arguments.time(text, "--since")
    }

    /// The traffic that was named; the whole journal when none was.
    func open(_ presentation: Presentation) throws -> TrafficSource {
        if let on {
            let settings = try config.map {
                try SettingsReader.read(flags: [:], topics: [], environment: [:], file: $0)
            }
            let paths = roster.isEmpty ? settings?.rosterPaths ?? [] : roster
            let vehicles = try TrialRules.roster(paths, presentation)
            return TrafficSource(
                kind: .recording(on),
                settings: Trial.Settings(
                    subscriptions: settings?.subscriptions ?? [],
                    watch: WatchSettings(reorderWindow: settings?.reorderWindow ?? 0),
                    roster: vehicles.roster, falseCodes: vehicles.falseCodes))
        }
        var source = try TrafficSource(
            journalOf: try store.open(), from: try since.map(Self.time))
        if !roster.isEmpty {
            let vehicles = try TrialRules.roster(roster, presentation)
            source.settings.roster = vehicles.roster
            source.settings.falseCodes = vehicles.falseCodes
        }
        return source
    }
}

/// Traffic that is read as often as it is asked for.
struct TrafficSource {
    enum Kind {
        case recording(String)
        case journal(TicketStore, from: EventTime?)
    }

    let kind: Kind
    /// How it is read and watched.
    var settings: Trial.Settings

    /// Calls `body` with each piece, and the position of its first message where that is known.
    func forEach(_ body: (EntryBatch, UInt64?) throws -> Void) throws {
        switch kind {
        case .recording(let path):
            do {
                try RecordedTraffic.forEachChunk(of: path) { try body($0, nil) }
            } catch let error as RecordingFailure {
                throw CommandFailure(code: .badData, message: error.description)
            } catch let error as RecordedTraffic.Refused {
                throw CommandFailure(code: .badData, message: error.description)
            }
        case .journal(let store, let from):
            let first = try from.map { try store.firstRow(receivedFrom: $0) } ?? 1
            try store.forEachRow(from: first) { row in
                guard row.kind == .batch else { return }
                try body(try JournalBody.decode(row.body), row.first)
            }
        }
    }
}

extension TrafficSource {
    /// What the daemon received, read and watched as by the rules that run.
    init(journalOf store: TicketStore, from: EventTime? = nil) throws {
        guard let rules = try RuleSet(inForce: store) else {
            throw CommandFailure(
                code: .no, message: "the journal holds no rules yet",
                hint: "name a recording with --on")
        }
        self.init(
            kind: .journal(store, from: from),
            settings: Trial.Settings(
                subscriptions: rules.subscriptions, watch: rules.settings, limits: rules.limits,
                roster: rules.roster, falseCodes: rules.falseCodes))
    }

    /// A whole identifier, or the one vehicle that a masked one means.
    func vehicle(_ text: String) throws -> VehicleID {
        let isWhole = !text.contains { "…*".contains($0) } && !text.contains("...")
        if isWhole, let vehicle = VehicleID(text) { return vehicle }
        var known: Set<VehicleID> = []
        switch kind {
        case .journal(let store, _):
            known = Set(
                try store.vehicles(VehiclePattern(text)).compactMap { VehicleID($0.vehicle) })
        case .recording: break
        }
        // The store hears of a vehicle a while after it spoke.
        if known.isEmpty {
            let pattern = VehiclePattern(text)
            try forEach { batch, _ in
                known.formUnion(
                    VehicleTraffic.vehicles(in: batch, settings: settings)
                        .filter { pattern.matches("\($0)") })
            }
        }
        guard let first = known.first else {
            throw CommandFailure(code: .no, message: "no vehicle is '\(text.visible)'")
        }
        guard known.count == 1 else {
            throw CommandFailure(
                code: .no, message: "\(known.count) vehicles are '\(text.visible)'",
                hint: "give the identifier whole")
        }
        return first
    }
}

/// Rule files read for a trial, or an end with what is wrong with them.
enum TrialRules {
    /// The rules that were named or, when none were, those that run.
    static func source(_ named: [String], _ store: StoreOptions, _ presentation: Presentation)
        throws
        -> RuleSource
    {
        let files: [RuleSet.File]
        if !named.isEmpty {
            files = try read(named, presentation).files
        } else {
            guard let running = try RuleSet(inForce: store.open()) else {
                throw CommandFailure(code: .no, message: "the journal holds no rules yet")
            }
            files = running.files
        }
        // They were checked, so they can be read.
        return RuleSource(files: try files.map { try YAMLSource.parse($0.text, file: $0.name) })
    }

    /// Rosters, or an end with what is wrong with them.
    static func roster(_ paths: [String], _ presentation: Presentation) throws -> RosterReader {
        let files: [RuleSet.File]
        do throws(SettingsFailure) {
            files = try RuleSet.files(at: paths)
        } catch {
            throw CommandFailure(code: .usage, message: error.description)
        }
        let reader = RuleSet.roster(files)
        guard reader.hasErrors else { return reader }
        var texts = SourceTexts()
        for file in files { texts.add(file) }
        for problem in reader.diagnostics {
            Output.talk(presentation.shown(problem, in: texts))
        }
        throw CommandFailure(code: .usage)
    }

    static func read(_ paths: [String], _ presentation: Presentation) throws -> RuleSet {
        var texts = SourceTexts()
        do {
            let files = try RuleSet.files(at: paths)
            for file in files { texts.add(file) }
            let rules = try RuleSet(
                files: files, subscriptions: [], settings: .init(), maxMessageBytes: 1 << 20)
            for warning in rules.warnings { Output.talk(presentation.shown(warning, in: texts)) }
            return rules
        } catch let error as RuleSet.Unusable {
            for problem in error.diagnostics { Output.talk(presentation.shown(problem, in: texts)) }
            throw CommandFailure(code: .usage)
        } catch let error as SettingsFailure {
            throw CommandFailure(code: .usage, message: error.description)
        }
    }
}
