import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
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

extension Traffic {
    /// Fifty-four vehicles that send their signals once an hour, with a tick now and then.
    ///
    /// - Parameters:
    ///   - repair: what vehicle 0 is repaired by, and in which round.
    ///   - signals: what a vehicle sends in a round, as members of an object.
    static func hourly(
        seed: UInt64, rounds: Int, repair: (round: Int, repair: ConfirmedRepair)?,
        _ signals: (_ round: Int, _ vehicle: Int, _ random: inout SeededRandom) -> String
    ) -> [Message] {
        let hour: Int64 = 3_600_000
        var random = SeededRandom(seed)
        var result: [Message] = []
        let start = Traffic.start / hour * hour
        for round in 0..<rounds {
            for vehicle in 0..<54 {
                let now =
                    start + Int64(round) * hour + Int64(vehicle) * 66_000
                    + Int64(random.next() % 60_000)
                if random.next() % 60 == 0 { result.append(Message(received: now)) }
                if let repair, round == repair.round, vehicle == 0 {
                    result.append(
                        Message(received: now, payload: repair.repair.json, isCommand: true))
                }
                let sent = signals(round, vehicle, &random)
                result.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(round + 1),"ts":\(now - 500),\
                            "signals":{\(sent)}}
                            """))
            }
        }
        result.append(Message(received: start + Int64(rounds) * hour + hour))
        return result
    }
}
