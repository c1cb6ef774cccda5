import FaultRules
import FleetWatch
import Testing
import VehicleFaults

/// Laws of a fleet's findings, whatever rules and whatever fleet.
enum FleetLaws {
    /// Where batches are cut, how many workers share them and how long messages wait for older ones
    /// change nothing.
    ///
    /// - Parameter check: what must be so besides of what is found.
    static func cuts(
        _ messages: [Message], _ program: RuleProgram, _ settings: WatchSettings, longest: Int = 50,
        seed: UInt64 = 0, windows: [Int64] = [0, 300_000], workers: ClosedRange<Int> = 1...3,
        sourceLocation: SourceLocation = #_sourceLocation, _ check: (Decided) -> Void
    ) {
        for window in windows {
            var settings = settings
            settings.reorderWindow = window
            let whole = decide(messages, program, settings: settings)
            check(whole)
            for workers in workers {
                let cut = decide(
                    messages, program, settings: settings, workers: .backwards(workers),
                    longest: longest, seed: seed &+ UInt64(workers))
                #expect(
                    cut == whole, "seed \(seed), \(workers) workers", sourceLocation: sourceLocation
                )
            }
        }
    }

    /// A core that starts again from what was stored, after every batch, goes on as if nothing had
    /// happened.
    ///
    /// - Returns: what is found.
    static func reload(
        _ messages: [Message], _ program: RuleProgram, _ settings: WatchSettings,
        longest: Int = 90, seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Decided {
        let whole = decide(messages, program, settings: settings)
        var stored: [VehicleID: StoredLane] = [:]
        let broken = try decide(
            messages, program, settings: settings, longest: longest, seed: seed
        ) { watch, row in
            for lane in watch.takeUnstoredLanes(before: .max, limit: .max, row: row) {
                stored[lane.vehicle] = lane
            }
            let taken = watch.takeFleet()
            let bytes = try #require(taken, sourceLocation: sourceLocation)
            let fleet = try FleetTrends(bytes: bytes)
            #expect(throws: LaneDamaged.self, sourceLocation: sourceLocation) {
                try FleetTrends(bytes: bytes.dropLast())
            }
            #expect(fleet == watch.fleet, sourceLocation: sourceLocation)
            watch = FleetWatch(
                program: program, settings: settings, book: watch.book,
                position: watch.position, received: watch.received, fleet: fleet,
                workers: .backwards(1 + Int(row) % 3))
            for lane in stored.values.sorted(by: { $0.vehicle < $1.vehicle }) {
                try watch.adopt(lane)
            }
        }
        #expect(broken == whole, sourceLocation: sourceLocation)
        return whole
    }
}
