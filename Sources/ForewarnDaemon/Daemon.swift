import FaultDecoding
import FleetWatch
import Foundation
import Glibc
import Logging
import MQTTIntake
import TicketStorage
import VehicleFaults

/// The service: takes batches from the broker, has them decided and committed, acknowledges them,
/// tells others. One thread does all of it in turn, so that nothing is acknowledged too early.
public final class Daemon {
    private(set) var settings: Settings
    private let loadSettings: () throws -> Settings
    private var rules: RuleSet
    private let folder: StateFolder
    let logger: Logger
    private let manager: ServiceManagerLink
    private let signals: SignalInbox
    let intake: BrokerIntake
    private var desk: ServiceDesk?
    private var announcer: Announcer
    private var commands = CommandInbox()
    private let clock = ContinuousClock()
    private var lastTick: Int64 = 0
    private var lastPass: ContinuousClock.Instant
    private var storeRetry = Duration.milliseconds(100)
    private var lastPrune: Int64 = 0
    private var grantedBefore: Set<String>
    var watching: Watching

    /// Prepares a daemon.
    ///
    /// - Parameters:
    ///   - settings: what to begin with.
    ///   - loadSettings: reads the settings again for a reload.
    /// - Throws: ``SettingsFailure`` or ``RuleSet/Unusable`` when the configuration is wrong,
    ///   `TicketStore.Unusable` when the state folder cannot be used.
    public init(
        settings: Settings, loadSettings: @escaping () throws -> Settings, logger: Logger,
        manager: ServiceManagerLink, signals: SignalInbox
    ) throws {
        self.settings = settings
        self.loadSettings = loadSettings
        self.logger = logger
        self.manager = manager
        self.signals = signals
        rules = try RuleSet(settings)
        for warning in rules.warnings {
            logger.warning("rule warning", metadata: ["what": "\(warning)"])
        }
        folder = StateFolder(path: settings.state)
        try folder.make()
        // A new version may bring the tables of a large store up to date, which takes minutes.
        manager.extendStart(by: .seconds(1800))
        let opened = try Self.openDesk(folder, settings, rules)
        desk = opened
        rules = opened.rules
        Self.makeRoom(opened.store, logger)
        let before = try opened.store.fact("granted")?.split(separator: "\n").map(String.init) ?? []
        grantedBefore = Set(before)
        announcer = try Announcer(settings: settings, store: opened.store)
        watching = try Self.startWatching(settings, opened.store)
        intake = BrokerIntake(
            settings: try Self.brokerSettings(settings),
            limits: BatchLimits(
                messages: settings.batchMessages, bytes: settings.batchBytes,
                linger: settings.linger),
            previouslyGranted: grantedBefore, wake: signals.wake, logger: logger)
        lastPass = clock.now
        logger.info(
            "store opened",
            metadata: [
                "journal_row": "\(opened.newestRow)", "recovered_messages": "\(opened.recovered)",
                "open_tickets": "\(opened.openTickets)", "rules": "\(rules.program.rules.count)",
            ])
    }

    private static func openDesk(_ folder: StateFolder, _ settings: Settings, _ rules: RuleSet)
        throws -> ServiceDesk
    {
        try ServiceDesk(
            store: TicketStore(path: folder.database, access: .write(settings.synchronous)),
            rules: rules, lanesInMemory: settings.lanesInMemory,
            workers: .threads(settings.threads))
    }

    /// A log that grows with each commit is slower, and that is all.
    private static func makeRoom(_ store: TicketStore, _ logger: Logger) {
        do {
            try store.makeRoomForLog()
        } catch {
            logger.warning("the log grows as it goes", metadata: ["error": "\(error)"])
        }
    }

    private static func brokerSettings(_ settings: Settings) throws -> BrokerSettings {
        var broker = BrokerSettings(
            address: try BrokerAddress(settings.brokerURL), clientID: settings.clientID)
        broker.version = settings.protocolVersion
        broker.username = settings.username ?? broker.address.user
        if let file = settings.passwordFile {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw SettingsFailure(["\(file): error: the password file cannot be read"])
            }
            let text = String(decoding: data, as: UTF8.self)
            broker.password = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        }
        broker.security = settings.security
        broker.keepAlive = settings.keepAlive
        broker.sessionExpiry = settings.sessionExpiry
        broker.receiveMaximum = settings.receiveMaximum
        broker.subscriptions = settings.subscriptions.map(\.template.filter)
        let topic = "\(settings.topicPrefix)/\(settings.site)/status"
        broker.status = .init(
            topic: topic, online: StatusMessage.plain,
            offline: Array("{\"v\":1,\"status\":\"offline\"}".utf8))
        return broker
    }

    /// Runs until SIGTERM or SIGINT; returns when all that was gathered is committed and
    /// acknowledged, and every lane is stored.
    public func run() {
        manager.ready("Connecting to \(settings.brokerURL)")
        logger.info("ready", metadata: ["broker": "\(settings.brokerURL)"])
        var wasUp = false
        while !signals.wantsStop {
            if signals.takeReload() { reload() }
            guard let desk else {
                reopenStore()
                continue
            }
            turn(desk)
            if intake.state.isUp != wasUp {
                wasUp = intake.state.isUp
                report(desk)
            }
        }
        manager.stopping()
        finish()
    }

    /// One turn of the loop: gather, decide, commit, acknowledge.
    private func turn(_ desk: ServiceDesk) {
        let messages = intake.gather(timeout: waitingTime())
        let started = clock.now
        do {
            var batch = entries(of: messages, after: desk.received)
            let work = try commands.take(
                from: desk.store, after: desk.received, now: Self.now(), appendingTo: &batch)
            if !batch.entries.isEmpty {
                let outcome = try desk.take(batch, work)
                intake.acknowledge(after: started.duration(to: clock.now))
                note(outcome)
                try noteCanary(outcome, desk.store)
                if ServiceDesk.hasVerdict(outcome) {
                    for rule in try desk.demoteDishonestRules() {
                        logger.warning(
                            "a rule broke its promise and only advises from now on",
                            metadata: ["rule": "\(rule)"])
                    }
                    rules = desk.rules
                }
            } else {
                if !work.isEmpty {
                    _ = try desk.store.finish(dropping: work.dropped, answers: work.answers)
                }
                intake.acknowledge()
            }
            if !work.controls.isEmpty {
                for answer in try desk.carryOut(work.controls) {
                    logger.notice(
                        "a person spoke of rules",
                        metadata: ["done": "\(answer.isDone)", "answer": "\(answer.answer)"])
                }
                rules = desk.rules
            }
            if !work.reloads.isEmpty { try reload(for: work.reloads, desk.store) }
            guard self.desk != nil else { return }
            if try announcer.announce(desk.store, through: intake) { intake.acknowledge() }
            try housekeeping(desk)
            watch(desk)
            passed()
        } catch {
            lose(error)
        }
    }

    /// Until the next tick of the grid, a second at most: commands and signals are looked at then.
    private func waitingTime() -> Duration {
        let now = Self.now()
        let next = TickGrid.latest(upTo: now) + TickGrid.interval
        return min(.milliseconds(max(1, next - now)), .milliseconds(500))
    }

    /// The batch with its received times made to never go back, and a tick when one has passed.
    private func entries(of messages: MessageBatch, after newest: Int64) -> EntryBatch {
        // One copy of all, so that not each message is copied to be read.
        let padding = repeatElement(UInt8(0), count: MessageDecoder.padding)
        var batch = EntryBatch(bytes: messages.bytes + padding)
        batch.entries.reserveCapacity(messages.messages.count + 1)
        var received = newest
        for message in messages.messages {
            received = max(received, message.receivedMilliseconds)
            batch.entries.append(
                Entry(
                    received: received, topic: message.topic, payload: message.payload,
                    isRetained: message.retained))
        }
        let now = max(received, Self.now())
        let tick = TickGrid.latest(upTo: now)
        if tick > lastTick, batch.entries.isEmpty || tick > received {
            if tick > newest {
                batch.entries.append(Entry(kind: .tick, received: max(received, tick)))
            }
        }
        lastTick = max(lastTick, tick)
        return batch
    }

    static func now() -> Int64 { MachineClock.now.milliseconds }

    private func note(_ outcome: Outcome) {
        if !outcome.decisions.isEmpty { announcer.noteDecisions() }
        storeRetry = .milliseconds(100)
        if outcome.deadLetters > 0 {
            let first = outcome.decisions.firstNonNil { decision -> DeadLetter? in
                if case .deadLetter(let letter) = decision { letter } else { nil }
            }
            logger.warning(
                "messages could not be understood",
                metadata: [
                    "count": "\(outcome.deadLetters)", "position": "\(first?.position ?? 0)",
                    "reason": "\(first?.failure.reason.rawValue ?? "")",
                    "byte": "\(first?.failure.offset ?? 0)",
                ])
        }
    }

    private static let rowsAPrune = 2000

    private func housekeeping(_ desk: ServiceDesk) throws {
        let granted = intake.granted
        if granted != grantedBefore {
            _ = try desk.store.finish(facts: [("granted", granted.sorted().joined(separator: "\n"))]
            )
            grantedBefore = granted
        }
        let now = Self.now()
        // A little often: a transaction that frees much would hold up the next batch.
        if now - lastPrune > 10_000 {
            let count = try desk.store.prune(settings.retention, now: now, limit: Self.rowsAPrune)
            lastPrune = count == Self.rowsAPrune ? now - 9_500 : now
            if count > 0 { logger.info("journal shortened", metadata: ["rows": "\(count)"]) }
        }
    }

    /// The watchdog hears of us only from here: after a turn that passed through broker and store.
    private func passed() {
        guard let interval = manager.watchdog else { return }
        if lastPass.duration(to: clock.now) > interval / 2 {
            manager.alive()
            lastPass = clock.now
        }
    }

    // MARK: - When the store fails

    /// Nothing of the batch is committed, so nothing of it may be acknowledged: the connection goes,
    /// and the broker will deliver again. The core is ahead of the store, so the desk goes too.
    private func lose(_ error: any Error) {
        logger.error("commit failed, nothing acknowledged", metadata: ["error": "\(error)"])
        manager.status("Store trouble: \(error)")
        intake.abandon()
        try? desk?.store.close()
        desk = nil
    }

    private func reopenStore() {
        _ = signals.wait(atMost: storeRetry)
        storeRetry = min(storeRetry * 2, .seconds(2))
        guard !signals.wantsStop else { return }
        do {
            let opened = try Self.openDesk(folder, settings, rules)
            // A write that fits proves that there is room again.
            _ = try opened.store.finish(facts: [("reopened", String(Self.now()))])
            desk = opened
            rules = opened.rules
            Self.makeRoom(opened.store, logger)
            announcer = try Announcer(settings: settings, store: opened.store)
            logger.notice("store opened again", metadata: ["journal_row": "\(opened.newestRow)"])
            report(opened)
        } catch {
            logger.warning("store cannot be opened yet", metadata: ["error": "\(error)"])
        }
        passed()
    }

    // MARK: - Reload and end

    /// Reads configuration and rules again.
    ///
    /// - Returns: what came of it; `nil` when the store failed on the way.
    @discardableResult
    private func reload() -> ReloadOutcome? {
        manager.reloading()
        do {
            let reload: Reload
            switch try Reload.read(loadSettings, over: settings, rules) {
            case .refused(let problems): return refuseReload(problems)
            case .ready(let next): reload = next
            }
            for key in reload.restartKeys {
                logger.warning("changed setting needs a restart", metadata: ["key": "\(key)"])
            }
            let (next, changes) = (reload.rules, reload.changes)
            let isOther = next.recorded != rules.recorded
            // First of all: when the store fails now, the desk that is opened next goes by these.
            settings = reload.settings
            rules = next
            let joined = isOther ? try desk?.change(to: next) ?? 0 : 0
            logger.notice(
                "configuration reloaded",
                metadata: [
                    "rules": "\(next.program.rules.count)",
                    "added": "\(changes.added.joined(separator: " "))",
                    "changed": "\(changes.changed.joined(separator: " "))",
                    "removed": "\(changes.removed.joined(separator: " "))",
                    "conditions_kept": "\(changes.kept)",
                    "conditions_dropped": "\(changes.dropped)",
                    "vehicles": "\(next.roster.count)",
                    "vehicles_changed": "\(changes.vehicles.count)",
                    "devices_joined": "\(joined)",
                ])
            let outcome = ReloadOutcome.done(changes, joined: joined)
            manager.ready("Reloaded: \(outcome.text(inChinese: false))")
            return outcome
        } catch {
            manager.ready("Running")
            lose(error)
            return nil
        }
    }

    /// Reloads because people asked for it, and tells them.
    private func reload(for commands: [AskedCommand], _ store: TicketStore) throws {
        // Without an answer the command waits, and is carried out when the store is back.
        guard let outcome = reload(), desk != nil else { return }
        _ = try store.finish(
            answers: commands.map {
                CommandAnswer(
                    command: $0.id, isDone: outcome.isDone,
                    answer: outcome.text(inChinese: $0.argument == "zh-Hans"))
            })
    }

    private func refuseReload(_ problems: [String]) -> ReloadOutcome {
        for problem in problems {
            logger.error(
                "reload refused, the old configuration runs on", metadata: ["problem": "\(problem)"]
            )
        }
        let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
        manager.ready("Reload refused, the old rules run on: \(problems.first ?? "")\(more)")
        return .refused(problems)
    }

    private func report(_ desk: ServiceDesk) {
        let link =
            switch intake.state {
            case .up: "Connected to \(settings.brokerURL)"
            case .connecting: "Connecting to \(settings.brokerURL)"
            case .down(let failure, _):
                "Broker away\(failure.map { ": \($0)" } ?? "")"
            }
        manager.status("\(link); \(desk.openTickets) open tickets")
    }

    /// What was gathered has been committed and acknowledged by the turn that gathered it.
    private func finish() {
        watching.lookout.finish()
        if let desk {
            do {
                try announcer.finish(desk.store, through: intake)
                intake.close()
                try desk.close()
            } catch {
                logger.error("the end was not orderly", metadata: ["error": "\(error)"])
            }
        } else {
            intake.abandon()
        }
        logger.info("stopped")
    }
}

extension Sequence {
    /// The first value that `transform` finds.
    func firstNonNil<Value>(_ transform: (Element) -> Value?) -> Value? {
        for element in self {
            if let value = transform(element) { return value }
        }
        return nil
    }
}

extension Settings {
    /// Keys that differ and that a running daemon cannot change.
    func differencesThatNeedRestart(from old: Settings) -> [String] {
        var result: [String] = []
        if brokerURL != old.brokerURL { result.append("broker.url") }
        if clientID != old.clientID { result.append("broker.client_id") }
        if site != old.site { result.append("site") }
        if state != old.state { result.append("state") }
        if canaryInterval != old.canaryInterval {
            result.append("canary.every")
        } else if subscriptions != old.subscriptions {
            result.append("subscriptions")
        }
        if threads != old.threads { result.append("watch.threads") }
        return result
    }
}
