/// What a reload puts in force. Reading it changes nothing yet.
struct Reload {
    /// The settings that hold from now on; those that need a restart are as before.
    let settings: Settings
    let rules: RuleSet
    let changes: RuleChanges
    /// Keys whose new value needs a restart.
    let restartKeys: [String]

    enum Reading {
        case ready(Reload)
        /// What is wrong, each with its place.
        case refused([String])
    }

    /// Reads configuration and rules again.
    ///
    /// - Parameters:
    ///   - load: reads the configuration.
    ///   - settings: those that hold now.
    ///   - running: the rules that run now; what people said of them stays.
    /// - Throws: whatever is no mistake in a file.
    static func read(
        _ load: () throws -> Settings, over settings: Settings, _ running: RuleSet
    ) throws -> Reading {
        do {
            let fresh = try load()
            var read = fresh
            // Whether the canary flies is for the next start to change, and its rule with it.
            read.canaryInterval = settings.canaryInterval
            let files = try RuleSet(read)
            var applied = settings
            applied.rulePaths = fresh.rulePaths
            applied.modePaths = fresh.modePaths
            applied.serviceFile = fresh.serviceFile
            applied.rosterPaths = fresh.rosterPaths
            applied.retention = fresh.retention
            applied.reorderWindow = fresh.reorderWindow
            applied.epoch = fresh.epoch
            applied.falseShare = fresh.falseShare
            applied.decision = fresh.decision
            let next = try RuleSet(
                files: files.files, modes: files.modeFiles, roster: files.rosterFiles,
                controls: running.controls, subscriptions: settings.subscriptions,
                settings: files.settings, maxMessageBytes: settings.maxMessageBytes,
                service: files.service)
            return .ready(
                Reload(
                    settings: applied, rules: next,
                    changes: RuleChanges(from: running, to: next),
                    restartKeys: fresh.differencesThatNeedRestart(from: settings)))
        } catch let error as SettingsFailure {
            return .refused(error.problems)
        } catch let error as RuleSet.Unusable {
            // Warnings stand beside the errors, and are no reason.
            let errors = error.diagnostics.filter { $0.severity == .error }
            return .refused((errors.isEmpty ? error.diagnostics : errors).map(\.description))
        }
    }
}

/// What came of a reload.
enum ReloadOutcome {
    /// How many devices were named whose history joined their vehicles.
    case done(RuleChanges, joined: Int)
    /// The old rules run on; what is wrong, each with its place.
    case refused([String])

    var isDone: Bool { if case .done = self { true } else { false } }

    /// For who asked, in one of the two languages; what is wrong with a file is told in English.
    func text(inChinese: Bool) -> String {
        switch self {
        case .done(let changes, let joined):
            changes.text(inChinese: inChinese)
                + (joined == 0
                    ? ""
                    : inChinese
                        ? "；\(joined) 台设备的历史已归入其车辆"
                        : "; what \(joined) devices had said joined their vehicles")
        case .refused(let problems): problems.joined(separator: "\n")
        }
    }
}
