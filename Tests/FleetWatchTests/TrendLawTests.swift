import FaultRules
import FleetSimulation
import FleetWatch
import Testing
import VehicleFaults

/// What must hold for rules whose findings the fleet decides on together.
@Suite struct TrendLawTests {
    private static let pack = """
        version: 1
        pack: tests
        rules:
          - { id: hot, mode: m9, severity: S2, advice: A2, component: engine, skill: ENG,
              when: "coolant_c > 108" }
        trends:
          - { id: rises, mode: m0, severity: S3, advice: A3, component: engine, skill: ENG,
              signal: coolant_c, when: rises, harmless: 1, limit: 20 }
          - { id: falls, mode: m1, severity: S3, advice: A3, component: battery, skill: ELE,
              signal: batt_v, when: falls, harmless: 0.1, every: 20m }
          - { id: scatters, mode: m2, severity: S3, advice: A3, component: injector, skill: ENG,
              signal: trim_pct, when: scatters, harmless: 1.5 }
          - { id: returns, mode: m3, severity: S3, advice: A3, component: coil, skill: ENG,
              code: "P030?", status: confirmed, when: returns, harmless: 0.1 }
          - { id: pair, mode: m4, severity: S3, advice: A3, component: pump, skill: ENG,
              signal: rail_kpa, code: P0087, when: falls, harmless: 0 }
        """

    private static func program() throws -> RuleProgram {
        return try FleetWatchTests.program(of: pack)
    }

    private static let settings = WatchSettings(epoch: 7_200_000)

    /// A small fleet in which vehicle 0 runs hot, 1 loses voltage, 2 becomes unsteady, 3 misfires
    /// and 4 loses pressure, all half-way through. Ticks and repeats come in between.
    ///
    /// - Parameter hot: which vehicles run hot.
    private static func traffic(
        seed: UInt64, vehicles: Int = 8, rounds: Int = 160, hot hotOnes: Range<Int> = 0..<1
    ) -> [Message] {
        var random = SeededRandom(seed)
        var result: [Message] = []
        var now = Traffic.start
        for round in 0..<rounds {
            for vehicle in 0..<vehicles {
                now += 60_000 + Int64(random.next() % 60_000)
                if random.next() % 40 == 0 { result.append(Message(received: now)) }
                let late = round >= rounds / 2 && random.next() % 4 != 0
                func noise(_ size: Double) -> Double {
                    (size * 100 * random.deviate()).rounded() / 100
                }
                let hot = 90 + noise(1) + (hotOnes.contains(vehicle) && late ? 9 : 0)
                let volts = 13 + noise(0.05) - (vehicle == 1 && late ? 1 : 0)
                let trim = noise(vehicle == 2 && late ? 9 : 1)
                let isBad = vehicle == 4 && late && random.next() % 3 == 0
                let rail = 380 + noise(4) - (isBad ? 20 : 0)
                var codes: [String] = []
                if vehicle == 3, late { codes.append("P0301") }
                if isBad { codes.append("P0087") }
                let list = codes.map { "{\"code\":\"\($0)\",\"status\":\"confirmed\"}" }
                result.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(round + 1),"ts":\(now - 500),\
                            "dtcs":[\(list.joined(separator: ","))],"complete":false,\
                            "signals":{"coolant_c":\(hot),"batt_v":\(volts),"trim_pct":\(trim),\
                            "rail_kpa":\(rail)}}
                            """))
                if random.next() % 30 == 0, let last = result.last { result.append(last) }
            }
        }
        // The epoch that the last messages belong to ends.
        result.append(Message(received: now + 7_200_000))
        return result
    }

    @Test("a fleet's findings are those that were put in, each once, and nothing else")
    func findsWhatIsThere() throws {
        let program = try Self.program()
        for seed in UInt64(1)...3 {
            let found = decide(Self.traffic(seed: seed), program, settings: Self.settings).findings
            let names = found.map { "\($0.vehicle) \(program.rules[$0.rule].id)" }
            #expect(
                names.sorted()
                    == ["V0 rises", "V1 falls", "V2 scatters", "V3 returns", "V4 pair"],
                "seed \(seed)")
            for finding in found {
                guard case .trend(let seen)? = finding.evidence.first?.content else {
                    Issue.record("no trend in \(finding)")
                    continue
                }
                #expect(seen.logEvidence >= seen.needed && seen.onset <= finding.at)
                #expect((seen.dueFrom == nil) == (seen.dueTo == nil))
                // A limit has dates, or the reason why not.
                let hasLimit = program.trends.first { $0.rule == finding.rule }?.limit != nil
                #expect((seen.dueFrom != nil || seen.noDate != nil) == hasLimit)
                #expect(seen.dueFrom == nil || seen.noDate == nil)
            }
        }
    }

    @Test("what all of a kind have in common is taken off, and what one has beside it is found")
    func common() throws {
        let program = try Self.program()
        var random = SeededRandom(5)
        var (messages, now) = ([Message](), Traffic.start)
        for round in 0..<560 {
            // From the 200th on all become warmer by 4 within 200 rounds; 1 is harmless.
            let shared = 4 * min(max(Double(round - 200) / 200, 0), 1)
            for vehicle in 0..<24 {
                now += 20_000
                let own = vehicle == 7 && round > 300 ? 5.0 : 0
                let hot = ((90 + random.deviate() + shared + own) * 100).rounded() / 100
                messages.append(
                    Message(
                        vehicle: "V\(vehicle)", received: now,
                        payload: """
                            {"vin":"V\(vehicle)","seq":\(round + 1),"ts":\(now - 500),\
                            "dtcs":[],"complete":false,"signals":{"coolant_c":\(hot)}}
                            """))
            }
        }
        messages.append(Message(received: now + 7_200_000))
        let found = decide(messages, program, settings: Self.settings).findings
        #expect(found.map { "\($0.vehicle)" } == ["V7"])
    }

    private static func settings(_ decision: DecisionRule) -> WatchSettings {
        WatchSettings(epoch: settings.epoch, decision: decision)
    }

    @Test(
        "where batches are cut and how many workers share them changes no finding of a fleet",
        arguments: DecisionRule.allCases)
    func cuts(_ decision: DecisionRule) throws {
        let program = try Self.program()
        for seed in UInt64(1)...2 {
            FleetLaws.cuts(
                Self.traffic(seed: seed), program, Self.settings(decision), seed: seed
            ) {
                #expect(!$0.findings.isEmpty)
            }
        }
    }

    @Test(
        "a fleet that starts from what was stored goes on as if nothing had happened",
        arguments: DecisionRule.allCases)
    func reload(_ decision: DecisionRule) throws {
        _ = try FleetLaws.reload(
            Self.traffic(seed: 4), Self.program(), Self.settings(decision), seed: 4)
    }

    @Test("hypotheses that are opened together get the same levels, whoever tells them")
    func order() throws {
        let program = try Self.program()
        let messages = Self.traffic(seed: 7, hot: 0..<8)
        FleetLaws.cuts(messages, program, Self.settings(.levels), seed: 7, windows: [0]) { whole in
            var needed: [Double] = []
            for finding in whole.findings where program.rules[finding.rule].id == "rises" {
                guard case .trend(let seen)? = finding.evidence.first?.content else { continue }
                needed.append(seen.needed)
            }
            // All of them, and no two by the same level.
            #expect(needed.count == 8 && Set(needed).count == 8)
        }
    }

    @Test("a fleet whose rule of decision is changed again and again finds the same, each once")
    func changesOfDecision() throws {
        let program = try Self.program()
        let messages = Self.traffic(seed: 2)
        var lanes: [VehicleID: StoredLane] = [:]
        let found = try decide(
            messages, program, settings: Self.settings, longest: 90, seed: 2
        ) { watch, row in
            for lane in watch.takeUnstoredLanes(before: .max, limit: .max, row: row) {
                lanes[lane.vehicle] = lane
            }
            let taken = watch.takeFleet()
            watch = FleetWatch(
                program: program, settings: Self.settings(row % 4 < 2 ? .levels : .evidence),
                book: watch.book, position: watch.position, received: watch.received,
                fleet: try FleetTrends(bytes: #require(taken)))
            for lane in lanes.values.sorted(by: { $0.vehicle < $1.vehicle }) {
                try watch.adopt(lane)
            }
        }.findings
        #expect(
            found.map { "\($0.vehicle) \(program.rules[$0.rule].id)" }.sorted()
                == ["V0 rises", "V1 falls", "V2 scatters", "V3 returns", "V4 pair"])
    }

    @Test("what was gathered is not gathered twice when some lanes lag behind others")
    func recovery() throws {
        let program = try Self.program()
        // One epoch ends before what was put in sets in, and none after it.
        let settings = WatchSettings(epoch: 46_800_000)
        let batches = stride(from: 0, to: 900, by: 45).map { start in
            EntryBatch(Self.traffic(seed: 5).dropFirst(start).prefix(45))
        }
        var whole = FleetWatch(program: program, settings: settings)
        var lanes: [VehicleID: StoredLane] = [:]
        var fleet: [UInt8]?
        var positions: [UInt64] = []
        for (index, batch) in batches.enumerated() {
            positions.append(whole.position)
            _ = whole.open(batch)
            let epoch = whole.fleet.epoch
            _ = whole.close(row: Int64(index + 1))
            // A few lanes are stored with each row, all of them when an epoch has ended.
            let isEnd = whole.fleet.epoch != epoch
            let taken = whole.takeUnstoredLanes(
                before: .max, limit: isEnd ? .max : index % 3, row: Int64(index + 1))
            for lane in taken { lanes[lane.vehicle] = lane }
            if isEnd || !taken.isEmpty { fleet = whole.takeFleet() }
        }
        let start = whole.oldestUnstoredRow ?? .max
        #expect(start < batches.count, "some lanes must lag behind")
        var again = FleetWatch(
            program: program, settings: settings, position: positions[Int(start) - 1],
            fleet: try FleetTrends(bytes: #require(fleet)))
        for (index, batch) in batches.enumerated() where index + 1 >= start {
            for vehicle in again.open(batch) {
                if let lane = lanes[vehicle] { try again.adopt(lane) }
            }
            _ = again.close(row: Int64(index + 1))
        }
        let (first, second) = (whole.takeFleet(), again.takeFleet())
        #expect(first != nil && first == second)
    }

    /// What a fleet knows after a batch, and as it is stored.
    private static func stored(seed: UInt64, row: Int64) throws -> (
        known: FleetTrends, bytes: [UInt8]
    ) {
        var watch = FleetWatch(program: try program(), settings: settings)
        _ = watch.open(EntryBatch(traffic(seed: seed)))
        _ = watch.close(row: row)
        let taken = watch.takeFleet()
        return (watch.fleet, try #require(taken))
    }

    @Test("checks of signals that a vehicle never sends take no bytes of it, and are there again")
    func blank() throws {
        func sizes(_ signals: String) throws -> (bytes: Int, checks: Int) {
            var watch = FleetWatch(program: try Self.program(), settings: Self.settings)
            let messages = (0..<5).map { number in
                let now = Traffic.start + Int64(number) * 60_000
                return Message(
                    vehicle: "V0", received: now,
                    payload: """
                        {"vin":"V0","seq":\(number + 1),"ts":\(now),"signals":{\(signals)}}
                        """)
            }
            _ = watch.open(EntryBatch(messages))
            _ = watch.close(row: 1)
            let taken = watch.takeUnstoredLanes(before: .max, limit: .max, row: 1)
            let lane = try #require(taken.first)
            let summary = try LaneSummary(vehicle: lane.vehicle, bytes: lane.bytes)
            return (summary.bytes, summary.checks.count)
        }
        let (few, many) = (
            try sizes("\"batt_v\":13"),
            try sizes("\"batt_v\":13,\"coolant_c\":90,\"trim_pct\":1,\"rail_kpa\":380")
        )
        // Whether a code returns is asked of every message.
        #expect(few.checks == 2 && many.checks == 5, "\(few.checks) and \(many.checks)")
        #expect(few.bytes + 2 * 88 < many.bytes, "\(few.bytes) and \(many.bytes)")
    }

    @Test("bytes of a fleet that end too early are refused")
    func damage() throws {
        let bytes = try Self.stored(seed: 6, row: 1).bytes
        for length in bytes.indices {
            #expect(throws: LaneDamaged.self) { try FleetTrends(bytes: Array(bytes[..<length])) }
        }
    }

    @Test("what the versions before stored about a fleet is read as it was meant")
    func versionsBefore() throws {
        let (known, stored) = try Self.stored(seed: 1, row: 7)
        var bytes = stored
        // No LORD++, and how two kinds scatter, of which the fifth form knew nothing.
        bytes[0] = 5
        bytes.removeLast(1 + 2 * 8)
        let fifth = try FleetTrends(bytes: bytes)
        #expect(fifth.hypotheses == known.hypotheses && fifth.watched == known.watched)
        #expect(fifth.chosen == known.chosen && fifth.threshold == known.threshold)
        // No code foretells anything here, none recurs, nothing is ranked and nothing wears: counts of
        // none, of which the fourth form did not have the last, and the third none.
        bytes[0] = 4
        bytes.removeLast(8)
        #expect(try FleetTrends(bytes: bytes) == fifth)
        bytes[0] = 3
        bytes.removeLast(24)
        #expect(try FleetTrends(bytes: bytes) == fifth)
        bytes[0] = 2
        // Nobody was repaired then, and nobody here: a count of none, before that of cohorts.
        bytes.removeLast(8)
        #expect(try FleetTrends(bytes: bytes) == fifth)
    }

    @Test("of what the first version stored about a fleet only the epoch is taken")
    func earlierVersion() throws {
        let (known, stored) = try Self.stored(seed: 1, row: 7)
        var bytes = stored
        #expect(known.hypotheses > 0 && known.chosen > 0)
        bytes[0] = 1
        let old = try FleetTrends(bytes: bytes)
        #expect(old.epoch == known.epoch && old.row == known.row)
        #expect(old.hypotheses == 0 && old.chosen == 0 && old.threshold == nil)
        bytes[0] = 7
        #expect(throws: LaneDamaged.self) { try FleetTrends(bytes: bytes) }
    }
}
