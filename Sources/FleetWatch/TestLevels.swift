import FaultRules
import FaultTrends
import VehicleFaults

/// How it is chosen which hypotheses become findings.
public enum DecisionRule: String, Sendable, CaseIterable {
    /// e-BH: holds however hypotheses depend on each other.
    case evidence = "e-bh"
    /// LORD++: holds for hypotheses that have nothing to do with each other.
    case levels = "lord++"
}

/// What is asked of each hypothesis under LORD++: a level that is fixed when it is opened.
struct TestLevels: Equatable, Sendable {
    var stream: LevelStream
    /// ln of the evidence that is asked of hypotheses from before there were levels: what the last of
    /// them would have been asked, had they all been tests, which is the most.
    let before: Double
    /// ln of the evidence that is asked, by the meaning of a check, then by vehicle.
    var needed: [UInt64: [VehicleID: Double]] = [:]
    /// How often a hypothesis was opened since the last epoch.
    var fresh: [UInt64: [VehicleID: Int]] = [:]

    /// - Parameter opened: hypotheses so far, none of which has a level.
    init(target: Double, opened: Int) {
        stream = LevelStream(target: target, tests: max(opened - 1, 0))
        before = LevelStream.logEvidence(for: stream.nextLevel())
        stream = LevelStream(target: target, tests: opened)
    }

    /// As it was stored.
    init(stream: LevelStream, before: Double) { (self.stream, self.before) = (stream, before) }

    /// Promises another share from the next hypothesis on; levels that were given stand.
    mutating func aim(at target: Double) {
        guard target != stream.target else { return }
        stream = LevelStream(target: target, tests: stream.tests, found: stream.found)
    }

    mutating func open(_ vehicles: [VehicleID], of meaning: UInt64) {
        for vehicle in vehicles { fresh[meaning, default: [:]][vehicle, default: 0] += 1 }
    }

    /// Forgets a hypothesis that is over.
    mutating func close(_ vehicle: VehicleID, of meaning: UInt64) {
        needed[meaning]?[vehicle] = nil
        if needed[meaning]?.isEmpty == true { needed[meaning] = nil }
    }

    /// Gives those that were opened since the last epoch their levels, in the order of vehicle and
    /// check, which has nothing to do with their evidence.
    mutating func assign(_ trends: [TrendRule]) {
        var list: [(vehicle: VehicleID, trend: Int, times: Int)] = []
        for (index, trend) in trends.enumerated() {
            for (vehicle, times) in fresh[trend.meaning] ?? [:] {
                list.append((vehicle, index, times))
            }
        }
        fresh = [:]
        for one in list.sorted(by: { ($0.vehicle, $0.trend) < ($1.vehicle, $1.trend) }) {
            // One that was opened again is another test, and the last is the one that counts.
            for _ in 0..<one.times {
                needed[trends[one.trend].meaning, default: [:]][one.vehicle] =
                    LevelStream.logEvidence(for: stream.begin())
            }
        }
    }

    /// ln of the evidence that is asked of a hypothesis.
    func needed(of vehicle: VehicleID, _ meaning: UInt64) -> Double {
        needed[meaning]?[vehicle] ?? before
    }
}
