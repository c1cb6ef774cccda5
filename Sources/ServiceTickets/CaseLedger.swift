import FaultTrends
import VehicleFaults

/// Which vehicles had which fault for the first time, and how many were at risk of it, by what the
/// roster says of them: what a fault that some vehicles have and others do not is explained from.
///
/// At risk of a fault are the vehicles that were heard lately and have not had it. All counts are whole
/// numbers, and shares are those of the epochs before, so that in which order vehicles speak within an
/// epoch makes no difference.
struct CaseLedger: Sendable {
    /// Vehicles that can be compared: of one cohort, by one attribute.
    struct Cell: Hashable {
        /// Empty for all vehicles; else only those that have had the fault.
        var mode: String
        var cohort: String
        var attribute: String
    }

    /// Vehicles that were heard in an epoch.
    struct Exposure: Hashable {
        /// In this one, so far.
        var now: Int64 = 0
        /// In those before: an exponential mean over eight, in 2048ths of a vehicle, so that vehicles
        /// that stand at weekends count on Mondays.
        var past: Int64 = 0
    }

    struct Suspect: Sendable {
        var excess = BatchExcess()
        /// ln of the evidence when it was found to explain the fault, which stands from then on.
        var chosen: Double?

        /// ln of the evidence that counts: more failures than expected, or none.
        var logEvidence: Double {
            chosen ?? (Double(excess.inside) > excess.expected ? excess.logValue : 0)
        }
    }

    /// An attribute that explains a fault, as it was found.
    struct Discovery {
        var mode: String
        var trait: VehicleTrait
        var excess: BatchExcess
        var qValue: Double
    }

    var classes = VehicleClasses()
    /// When the epoch began, in milliseconds of received time; `Int64.min` before the first.
    private(set) var epoch = Int64.min
    private(set) var exposures: [Cell: [String: Exposure]] = [:]
    /// For each vehicle the faults that it had, with the epoch of the first time.
    private(set) var cases: [VehicleID: [String: Int64]] = [:]
    /// By failure mode.
    private(set) var suspects: [String: [VehicleTrait: Suspect]] = [:]
    /// Hypotheses opened so far, a fault and a suspect each, and those that could be; both only grow,
    /// since what was chosen stands.
    private(set) var opened = 0
    private(set) var watched = 0
    private var changed: Set<MemoryRow> = []

    // MARK: - What is counted

    /// Counts a vehicle that is heard for the first time in the epoch.
    mutating func heard(_ vehicle: VehicleID) {
        guard let traits = classes.traits(of: vehicle) else { return }
        let had = cases[vehicle]?.filter { $0.value < epoch }.keys.sorted() ?? []
        for trait in traits.list {
            for mode in [""] + had {
                let cell = Cell(mode: mode, cohort: traits.cohort, attribute: trait.attribute)
                exposures[cell, default: [:]][trait.value, default: Exposure()].now += 1
                note(.exposure, Self.text(cell, trait.value))
            }
        }
    }

    /// Counts a vehicle that has a fault, the first time.
    mutating func count(_ vehicle: VehicleID, _ mode: String) {
        guard epoch > .min, !classes.isEmpty, cases[vehicle]?[mode] == nil,
            classes.traits(of: vehicle) != nil
        else { return }
        cases[vehicle, default: [:]][mode] = epoch
        note(.faultCase, "\(mode)\t\(vehicle)")
    }

    // MARK: - Epochs

    /// Ends the epoch and decides which attributes explain which faults.
    ///
    /// - Parameters:
    ///   - modes: the faults that can be found at all.
    ///   - target: the largest share of false explanations.
    /// - Returns: what is new, by mode, the strongest first.
    mutating func endEpoch(at time: Int64, modes: Set<String>, target: Double) -> [Discovery] {
        guard time > epoch else { return [] }
        defer {
            epoch = time
            note(.census, "")
        }
        guard epoch > .min, !classes.isEmpty else { return [] }
        weigh(modes)
        publish()
        return decide(modes, target)
    }

    /// The share of each suspect among the vehicles of a cell that are at risk, and that of the rest.
    private func shares(_ mode: String, _ cohort: String, _ attribute: String) -> [(
        value: String, share: Double
    )] {
        let all = exposures[Cell(mode: "", cohort: cohort, attribute: attribute)] ?? [:]
        let had = exposures[Cell(mode: mode, cohort: cohort, attribute: attribute)] ?? [:]
        let counts = all.mapValues(\.past).map { value, past in
            (value: value, atRisk: max(0, past - (had[value]?.past ?? 0)))
        }
        let sum = Double(counts.reduce(0) { $0 + $1.atRisk })
        return counts.filter { $0.atRisk > 0 }.map { ($0.value, Double($0.atRisk) / sum) }
            .sorted { $0.value < $1.value }
    }

    /// Holds the epoch's new cases against who was at risk.
    private mutating func weigh(_ modes: Set<String>) {
        var fresh: [String: [VehicleID]] = [:]
        for (vehicle, had) in cases {
            for (mode, at) in had where at == epoch && modes.contains(mode) {
                fresh[mode, default: []].append(vehicle)
            }
        }
        for mode in fresh.keys.sorted() {
            var known: [Cell: [(value: String, share: Double)]] = [:]
            for vehicle in (fresh[mode] ?? []).sorted() {
                guard let traits = classes.traits(of: vehicle) else { continue }
                for own in traits.list {
                    let cell = Cell(mode: mode, cohort: traits.cohort, attribute: own.attribute)
                    let shares = known[cell] ?? shares(mode, cell.cohort, cell.attribute)
                    known[cell] = shares
                    // Of a vehicle that was not counted as at risk nothing can be said.
                    guard shares.contains(where: { $0.value == own.value }) else { continue }
                    for (value, share) in shares where !value.isEmpty && share < 1 {
                        let trait = VehicleTrait(attribute: own.attribute, value: value)
                        suspects[mode, default: [:]][trait, default: Suspect()].excess
                            .count(isInside: value == own.value, share: share)
                        note(.suspect, Self.text(mode, trait))
                    }
                }
            }
        }
    }

    /// Makes of who was heard in the epoch a part of who is at risk in the next.
    private mutating func publish() {
        // An epoch in which nobody spoke says nothing of who would have.
        guard exposures.values.contains(where: { $0.values.contains { $0.now > 0 } }) else {
            return
        }
        for (cell, values) in exposures {
            for (value, exposure) in values {
                let past = exposure.past - (exposure.past + 7) / 8 + 256 * exposure.now
                exposures[cell]?[value] = past > 0 ? Exposure(now: 0, past: past) : nil
                note(.exposure, Self.text(cell, value))
            }
            if exposures[cell]?.isEmpty == true { exposures[cell] = nil }
        }
    }

    private mutating func decide(_ modes: Set<String>, _ target: Double) -> [Discovery] {
        opened = max(opened, suspects.count * classes.count)
        watched = max(watched, modes.count * classes.count)
        var all: [(mode: String, trait: VehicleTrait, suspect: Suspect)] = []
        for (mode, list) in suspects {
            for (trait, suspect) in list where suspect.logEvidence > 0 {
                all.append((mode, trait, suspect))
            }
        }
        all.sort { ($0.mode, $0.trait) < ($1.mode, $1.trait) }
        let evidence = all.map(\.suspect.logEvidence)
        let hypotheses = FalseShare.divisor(opened: max(opened, all.count), watched: watched)
        guard
            let threshold = FalseShare.threshold(
                logEvidence: evidence, hypotheses: hypotheses, target: target)
        else { return [] }
        let qValues = FalseShare.qValues(logEvidence: evidence, hypotheses: hypotheses)
        var found: [Discovery] = []
        for (one, qValue) in zip(all, qValues)
        where one.suspect.chosen == nil && one.suspect.logEvidence >= threshold
            && modes.contains(one.mode)
        {
            suspects[one.mode]?[one.trait]?.chosen = one.suspect.logEvidence
            note(.suspect, Self.text(one.mode, one.trait))
            found.append(
                Discovery(
                    mode: one.mode, trait: one.trait, excess: one.suspect.excess, qValue: qValue))
        }
        // What explains a fault best is named first.
        return found.sorted { a, b in
            if a.mode != b.mode { return a.mode < b.mode }
            let (x, y) = (a.excess.logValue, b.excess.logValue)
            return x != y ? x > y : a.trait < b.trait
        }
    }

    // MARK: - Memory

    private mutating func note(_ kind: MemoryRow.Kind, _ key: String) {
        changed.insert(MemoryRow(kind: kind, key: key, value: nil))
    }

    /// What has changed since it was last asked for.
    mutating func takeChanges() -> Set<MemoryRow> {
        defer { changed.removeAll() }
        return changed
    }

    private static func text(_ cell: Cell, _ value: String) -> String {
        "\(cell.mode)\t\(cell.cohort)\t\(cell.attribute)\t\(value)"
    }

    private static func text(_ mode: String, _ trait: VehicleTrait) -> String {
        "\(mode)\t\(trait.attribute)\t\(trait.value)"
    }

    /// The stored text of a row; `nil` where there is nothing to remember.
    func value(_ kind: MemoryRow.Kind, _ key: String) -> String? {
        let parts = Self.parts(key)
        switch kind {
        case .census: return epoch > .min ? "\(epoch) \(opened) \(watched)" : nil
        case .faultCase where parts.count == 2:
            return VehicleID(parts[1]).flatMap { cases[$0]?[parts[0]] }.map { "\($0)" }
        case .exposure where parts.count == 4:
            let cell = Cell(mode: parts[0], cohort: parts[1], attribute: parts[2])
            return exposures[cell]?[parts[3]].map { "\($0.now) \($0.past)" }
        case .suspect where parts.count == 3:
            let trait = VehicleTrait(attribute: parts[1], value: parts[2])
            return suspects[parts[0]]?[trait].map {
                $0.excess.text + ($0.chosen.map { " \($0)" } ?? "")
            }
        default: return nil
        }
    }

    private static func parts(_ key: String) -> [String] {
        key.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }

    /// Takes in a stored row; one that makes no sense is left out.
    mutating func remember(_ kind: MemoryRow.Kind, _ key: String, _ value: String) {
        let parts = Self.parts(key)
        let words = value.split(separator: " ")
        switch kind {
        case .census where words.count == 3:
            epoch = Int64(words[0]) ?? .min
            opened = Int(words[1]) ?? 0
            watched = Int(words[2]) ?? 0
        case .faultCase where parts.count == 2:
            guard let vehicle = VehicleID(parts[1]), let epoch = Int64(value) else { return }
            cases[vehicle, default: [:]][parts[0]] = epoch
        case .exposure where parts.count == 4 && words.count == 2:
            guard let now = Int64(words[0]), let past = Int64(words[1]) else { return }
            let cell = Cell(mode: parts[0], cohort: parts[1], attribute: parts[2])
            exposures[cell, default: [:]][parts[3]] = Exposure(now: now, past: past)
        case .suspect where parts.count == 3 && words.count >= 7:
            let text = words[..<7].joined(separator: " ")
            guard let excess = BatchExcess(text: text) else { return }
            let chosen = words.count > 7 ? Double(words[7]) : nil
            suspects[parts[0], default: [:]][VehicleTrait(attribute: parts[1], value: parts[2])] =
                Suspect(excess: excess, chosen: chosen)
        default: break
        }
    }
}
