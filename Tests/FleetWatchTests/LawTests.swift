import FaultRules
import FleetSimulation
import FleetWatch
import Testing
import VehicleFaults

/// What must hold for every traffic and every rule.
@Suite struct LawTests {
    static let windows: [Int64] = [0, 300_000]

    @Test("where batches are cut and how many workers share them changes no decision")
    func cuts() throws {
        for (name, checks) in ruleSets {
            let program = try program(checks)
            var found = 0
            for (seed, window) in zip(UInt64(0)..., Self.windows + Self.windows + Self.windows) {
                let messages = Traffic().messages(seed: seed)
                let settings = WatchSettings(reorderWindow: window)
                let whole = decide(messages, program, settings: settings)
                found += whole.findings.count
                for workers in 1...3 {
                    let cut = decide(
                        messages, program, settings: settings, workers: .backwards(workers),
                        longest: workers == 1 ? 1 : 40, seed: seed)
                    #expect(cut == whole, "\(name), seed \(seed), \(workers) workers")
                }
            }
            #expect(found > 0, "\(name)")
        }
    }

    @Test("batches that are decoded ahead of their turn are decided alike")
    func ahead() throws {
        for (name, checks) in ruleSets {
            let program = try program(checks)
            for (seed, workers) in zip(UInt64(0)..., [1, 2, 3, 1]) {
                let messages = Traffic().messages(seed: seed)
                let batches = stride(from: 0, to: messages.count, by: 30 + Int(seed)).map {
                    EntryBatch(messages[$0...].prefix(30 + Int(seed)))
                }
                var watch = FleetWatch(program: program, workers: .backwards(workers))
                var result = Decided()
                // Each is decoded before the one before it is decided, but for some in between.
                var ready = try #require(watch.makeDecodedBatch())
                var room = try #require(watch.makeDecodedBatch())
                ready.decode(batches[0])
                for (index, batch) in batches.enumerated() {
                    if index + 1 < batches.count { room.decode(batches[index + 1]) }
                    if index % 5 == 3 {
                        _ = watch.open(batch)
                    } else {
                        _ = watch.open(batch, decoded: ready)
                    }
                    result.add(watch.close(row: Int64(index + 1)))
                    swap(&ready, &room)
                }
                #expect(result == decide(messages, program), "\(name), seed \(seed)")
            }
        }
    }

    @Test("a tick that stands for many decides as if each of them had come")
    func passedTicks() throws {
        for (name, checks) in ruleSets {
            let program = try program(checks)
            for (seed, window) in zip(UInt64(0)..., Self.windows + Self.windows) {
                // An hour in which nobody speaks, so that much is due at once.
                var messages = Traffic(isUnruly: false).messages(seed: seed)
                for index in messages.indices where index > 40 {
                    messages[index].received += 3_600_000
                }
                var ticked: [Message] = []
                for message in messages {
                    if let last = ticked.last?.received {
                        let first = TickGrid.latest(upTo: last) + TickGrid.interval
                        for tick in stride(
                            from: first, through: message.received, by: Int(TickGrid.interval))
                        { ticked.append(Message(received: tick)) }
                    }
                    ticked.append(message)
                }
                let settings = WatchSettings(reorderWindow: window)
                let passed = decide(messages, program, settings: settings)
                let each = decide(ticked, program, settings: settings, longest: 50, seed: seed)
                #expect(passed.meaning == each.meaning, "\(name), seed \(seed)")
            }
        }
    }

    @Test("a core that starts from stored lanes goes on as if nothing had happened")
    func reload() throws {
        for (name, checks) in ruleSets {
            let program = try program(checks)
            for (seed, window) in zip(UInt64(0)..., Self.windows + Self.windows) {
                let messages = Traffic().messages(seed: seed)
                let settings = WatchSettings(reorderWindow: window)
                var stored: [VehicleID: StoredLane] = [:]
                let broken = try decide(
                    messages, program, settings: settings, longest: 60, seed: seed
                ) { watch, row in
                    for lane in watch.takeUnstoredLanes(before: .max, limit: .max, row: row) {
                        stored[lane.vehicle] = lane
                    }
                    #expect(watch.unstoredLanes == 0 && watch.oldestUnstoredRow == nil)
                    watch = FleetWatch(
                        program: program, settings: settings, book: watch.book,
                        position: watch.position, received: watch.received,
                        workers: .backwards(1 + Int(row) % 3))
                    for lane in stored.values.sorted(by: { $0.vehicle < $1.vehicle }) {
                        try watch.adopt(lane)
                    }
                }
                let whole = decide(messages, program, settings: settings)
                #expect(broken == whole, "\(name), seed \(seed), window \(window)")
            }
        }
    }

    @Test("a forgotten lane that is stored comes back as it was")
    func forgetting() throws {
        // What waits in silence would have to be fetched at ticks too.
        let waiting = ["holds", "conditions joined", "silences"]
        let program = try program(
            ruleSets.filter { !waiting.contains($0.name) }.flatMap(\.checks))
        for seed in UInt64(0)..<6 {
            let messages = Traffic().messages(seed: seed)
            var stored: [VehicleID: StoredLane] = [:]
            var watch = FleetWatch(program: program)
            var result = Decided()
            for (row, start) in stride(from: 0, to: messages.count, by: 7).enumerated() {
                for vehicle in watch.open(EntryBatch(messages[start...].prefix(7))) {
                    if let lane = stored[vehicle] { try watch.adopt(lane) }
                }
                result.add(watch.close(row: Int64(row + 1)))
                let lanes = watch.takeUnstoredLanes(
                    before: .max, limit: 1, leaving: 2, row: Int64(row + 1))
                #expect(watch.unstoredLanes <= 2)
                for lane in lanes { stored[lane.vehicle] = lane }
                let known = watch.laneCount
                watch.forgetLanes(downTo: 3, above: 5)
                #expect(watch.laneCount == (known > 5 ? 3 : known))
            }
            #expect(result == decide(messages, program), "seed \(seed)")
        }
    }

    @Test("a message that is delivered again changes nothing")
    func duplicates() throws {
        for (name, checks) in ruleSets {
            let program = try program(checks)
            for seed in UInt64(0)..<4 {
                let messages = Traffic(isUnruly: false).messages(seed: seed)
                var again: [Message] = []
                for (index, message) in messages.enumerated() {
                    again.append(message)
                    // Redelivered after up to two others, of which one may be of the same vehicle.
                    var old = messages[max(0, index - Int(seed % 3))]
                    old.received = message.received
                    if index >= Int(seed % 3) { again.append(old) }
                }
                let once = decide(messages, program)
                let twice = decide(again, program, longest: 9, seed: seed)
                #expect(twice.meaning == once.meaning, "\(name), seed \(seed)")
                #expect(twice.duplicates == again.count - messages.count, "\(name), seed \(seed)")
            }
        }
    }

    @Test("messages that come out of order within the window are decided in order")
    func order() throws {
        // What waits in silence waits an hour longer when all is received an hour later.
        let waiting = ["holds", "conditions joined", "silences"]
        for (name, checks) in ruleSets where !waiting.contains(name) {
            let program = try program(checks)
            for seed in UInt64(0)..<6 {
                var random = SeededRandom(seed)
                let messages = Traffic(isUnruly: false).messages(seed: seed)
                var shuffled = messages
                for index in shuffled.indices {
                    let other = min(index + Int(random.next() % 4), shuffled.count - 1)
                    shuffled.swapAt(index, other)
                }
                // Received a while later than sent, in the order in which they come.
                for index in shuffled.indices {
                    shuffled[index].received = messages[index].received + 3_600_000
                }
                let end = (shuffled.last?.received ?? 0) + 100_000_000
                shuffled.append(Message(received: end))
                let settings = WatchSettings(reorderWindow: 3_600_000)
                let mended = decide(
                    shuffled, program, settings: settings, longest: 30, seed: seed)
                let right = decide(messages, program).meaning
                for (vehicle, findings) in mended.meaning {
                    #expect(findings == right[vehicle], "\(name), seed \(seed)")
                }
                #expect(mended.meaning.count == right.count, "\(name), seed \(seed)")
                #expect(mended.late == 0, "\(name), seed \(seed)")
            }
        }
    }

    @Test("a clock that is a day fast changes no decision about another vehicle")
    func fastClock() throws {
        for (name, checks) in ruleSets {
            let program = try program(checks)
            for (seed, window) in zip(UInt64(0)..., Self.windows + Self.windows) {
                let settings = WatchSettings(reorderWindow: window)
                let right = decide(Traffic().messages(seed: seed), program, settings: settings)
                let fast = decide(
                    Traffic(ahead: [0: 86_400_000]).messages(seed: seed), program,
                    settings: settings)
                let culprit = try #require(VehicleID("V0"))
                #expect(
                    fast.findings.filter { $0.vehicle != culprit }
                        == right.findings.filter { $0.vehicle != culprit },
                    "\(name), seed \(seed)")
                // It is itself decided by the time at which its messages are received.
                #expect(
                    fast.findings.allSatisfy {
                        $0.at.milliseconds < Traffic.start + 400 * 120_000
                    }, "\(name), seed \(seed)")
            }
        }
    }

    @Test("stored bytes that end too early are refused")
    func damage() throws {
        let program = try program(ruleSets.flatMap(\.checks))
        var lanes: [StoredLane] = []
        _ = decide(
            Traffic().messages(seed: 1), program,
            settings: WatchSettings(reorderWindow: 300_000), longest: 100
        ) { watch, row in
            lanes += watch.takeUnstoredLanes(before: .max, limit: 1, row: row)
        }
        for lane in lanes.suffix(3) {
            var watch = FleetWatch(program: program)
            // Every place where a small number stands, and enough of the long lists of words.
            for length in lane.bytes.indices where length < 200 || length % 211 == 0 {
                var cut = lane
                cut.bytes = Array(lane.bytes[..<length])
                #expect(throws: LaneDamaged.self) { try watch.adopt(cut) }
            }
        }
    }
}
