import FaultTrends
import SpecialFunctions
import Testing
import VehicleFaults

@Suite struct SubsystemTests {
    /// Vehicles that tell two signals three times a day: both follow the load, one with noise of Student's t with 4
    /// degrees of freedom, and each vehicle has offsets of its own.
    private struct Kind {
        var checks: [SubsystemCheck]
        /// The most evidence of each hypothesis that was opened, by vehicle.
        var most: [Int: Double] = [:]
        private var random: Deviates
        private let offsets: [Double]
        private var shown = QuantileSketch()
        private var number: UInt32 = 0
        private let covariance = [1.29, 1.04, 1.13]

        init(_ count: Int, seed: Int) {
            var random = Deviates(seed)
            checks = Array(repeating: SubsystemCheck(), count: count)
            offsets = (0..<count).map { _ in 6 * random.normal() }
            self.random = random
        }

        /// One day; `isLost` says whether a vehicle's first signal falls where it should rise.
        mutating func live(_ day: Int, shared: Double, isLost: (Int) -> Bool) {
            let at = EventTime(milliseconds: Int64(day) * 86_400_000)
            var told = QuantileSketch()
            for vehicle in checks.indices {
                if let (distance, time) = checks[vehicle].rank.takeWaiting(published: number) {
                    _ = checks[vehicle].rank.judge(distance, among: shown, at: time, harmless: 0.1)
                    if checks[vehicle].rank.drift.isOpen {
                        most[vehicle] = max(
                            most[vehicle] ?? 0, checks[vehicle].rank.drift.logEvidence)
                    }
                }
                var (total, count) = (0.0, 0)
                for _ in 0..<3 {
                    let load = (random.uniform() < 0.5 ? -1 : 1) + 0.2 * random.normal()
                    let signals = [
                        offsets[vehicle] + shared + (isLost(vehicle) ? -load : load) + 0.5
                            * random.heavy(),
                        load - offsets[vehicle] + 0.3 * random.normal(),
                    ]
                    guard
                        let distance = checks[vehicle].distance(of: signals, covariance: covariance)
                    else { continue }
                    (total, count) = (total + distance, count + 1)
                }
                guard count > 0, let change = checks[vehicle].change(of: total / Double(count))
                else { continue }
                told.add(checks[vehicle].rank.wait(change, at: at, published: number))
            }
            guard told.count > 0 else { return }
            (shown, number) = (told, number + 1)
        }
    }

    @Test("where nothing fails few hypotheses ever show evidence of 20, whatever moves all alike")
    func promise() {
        var (opened, reached) = (0, 0)
        for seed in 0..<3 {
            var kind = Kind(90, seed: 70_000 + seed)
            var random = Deviates(71_000 + seed)
            for day in 1...120 {
                let shock = random.uniform() < 0.1 ? 3 * random.normal() : 0
                kind.live(day, shared: shock) { _ in false }
            }
            opened += kind.most.count
            reached += kind.most.values.count { $0 >= Elementary.log(20) }
        }
        let bound = 0.05 * Double(opened) + 3 * (0.05 * 0.95 * Double(opened)).squareRoot()
        #expect(opened > 0 && Double(reached) <= bound, "\(reached) of \(opened)")
    }

    @Test("signals that no longer go together are found, and offsets are not") func finds() {
        for seed in 0..<2 {
            var kind = Kind(100, seed: 80_000 + seed)
            for day in 1...160 { kind.live(day, shared: 0) { $0 == 0 && day > 110 } }
            let hundred = Elementary.log(100)
            #expect((kind.most[0] ?? 0) > hundred, "\(kind.most[0] ?? 0)")
            #expect(kind.most.filter { $0.key > 0 && $0.value > hundred }.count <= 1)
        }
    }

    @Test("how signals go together is learned from changes, whatever a vehicle's own level is")
    func covariance() throws {
        var (random, sums) = (Deviates(4), AdjustmentSums())
        for vehicle in 0..<100 {
            let offset = 50 * random.normal()
            var last: [Double] = []
            for _ in 0..<60 {
                let load = random.normal()
                let signals = [offset + load + 0.5 * random.normal(), 2 * load - offset]
                if !last.isEmpty { sums.add(0, with: zip(signals, last).map { $0 - $1 }) }
                last = signals
            }
            #expect((sums.covariance == nil) == (vehicle < 67), "\(sums.count) changes")
        }
        let found = try #require(sums.covariance)
        for (value, expected) in zip(found, [1.25, 2, 4]) {
            #expect((value / expected - 1).magnitude < 0.06, "\(found)")
        }
    }

    @Test("its words say all of it, and a repair leaves none of the levels") func words() {
        var kind = Kind(30, seed: 7)
        for day in 1...70 { kind.live(day, shared: 0) { $0 == 3 } }
        for check in kind.checks {
            #expect(SubsystemCheck(words: check.words) == check)
            var anew = check
            anew.beginAnew(at: EventTime(milliseconds: 90 * 86_400_000))
            #expect(SubsystemCheck(words: anew.words) == anew)
            let first = anew.distance(of: [1, 2], covariance: [1, 0, 1])
            #expect(first == nil, "the centre is learned anew")
        }
        #expect(SubsystemCheck(words: .init(repeating: 0)) == SubsystemCheck())
    }
}
