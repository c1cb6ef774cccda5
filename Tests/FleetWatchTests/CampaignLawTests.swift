import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
import Testing
import VehicleFaults

/// What must hold for faults that attributes of the roster explain.
@Suite struct CampaignLawTests {
    static let settings = WatchSettings(epoch: 3_600_000)
    static let vehicles = 60

    static func roster() throws -> VehicleRoster {
        var roster = VehicleRoster()
        for number in 0..<vehicles {
            roster[try #require(VehicleID("V\(number)"))] = VehicleAttributes([
                "model": "J6", "lot": "L\(number / 10)", "region": number % 2 == 0 ? "N" : "S",
            ])
        }
        return roster
    }

    /// Each vehicle speaks once an hour; most of the third lot has the fault sooner or later, a few
    /// others too. Between some hours nobody speaks but the clock.
    static func traffic(seed: UInt64, hours: Int = 16) -> [Message] {
        var random = SeededRandom(seed)
        var result: [Message] = []
        for hour in 0..<hours {
            let start = Traffic.start + Int64(hour) * 3_600_000
            if hour % 5 == 4 {
                result.append(Message(received: start + 10_000))
                continue
            }
            for number in 0..<vehicles {
                let received = start + 30_000 + Int64(number) * 40_000
                let chance: UInt64 = number / 10 == 2 ? 6 : 400
                let code =
                    hour > 1 && random.next() % chance == 0
                    ? ",\"dtcs\":[{\"code\":\"P0301\",\"status\":[\"confirmed\"]}]" : ""
                result.append(
                    Message(
                        vehicle: "V\(number)", received: received,
                        payload:
                            "{\"vin\":\"V\(number)\",\"seq\":\(hour),\"ts\":\(received)\(code)}"
                    ))
            }
        }
        return result
    }

    struct Run: Equatable {
        var texts: [String] = []
        var campaigns: [TicketNote] = []
        var memory: [String: String] = [:]

        static func == (a: Run, b: Run) -> Bool { a.texts == b.texts && a.memory == b.memory }

        mutating func add(_ watch: inout FleetWatch, _ outcome: Outcome) {
            for decision in outcome.decisions {
                texts.append(decision.text)
                if case .ticket(let note) = decision, note.ticket.isCampaign {
                    campaigns.append(note)
                }
            }
            for row in watch.takeTicketMemory() { memory["\(row.kind) \(row.key)"] = row.value }
        }
    }

    static func run(
        _ messages: [Message], workers: Workers = .serial, longest: Int = .max, seed: UInt64 = 0
    ) throws -> Run {
        var watch = FleetWatch(
            program: try program([Check("code \"P0301\" confirmed")]), settings: settings,
            roster: try roster(), workers: workers)
        var result = Run()
        cut(messages, longest: longest, seed: seed) { batch, row in
            _ = watch.open(batch)
            result.add(&watch, watch.close(row: row))
        }
        return result
    }

    @Test("a lot that fails is one ticket, the same however batches are cut and work is shared")
    func cuts() throws {
        for seed in UInt64(1)...3 {
            let messages = Self.traffic(seed: seed)
            let whole = try Self.run(messages)
            let opened = whole.campaigns.filter { $0.event.kind == .step(.open) }
            #expect(opened.map(\.event.fields[.attribute]) == ["lot=L2"], "seed \(seed)")
            for workers in 1...3 {
                let cut = try Self.run(
                    messages, workers: .backwards(workers), longest: 50, seed: seed)
                #expect(cut == whole, "seed \(seed), \(workers) workers")
            }
        }
    }

    @Test("ticks of an idle daemon change nothing of what is counted") func idle() throws {
        let messages = Self.traffic(seed: 1)
        let quiet = messages.filter { $0.payload != nil }
        let (live, recorded) = (try Self.run(messages), try Self.run(quiet))
        #expect(live.campaigns.map(\.event) == recorded.campaigns.map(\.event))
        #expect(live.memory == recorded.memory)
    }

    @Test("without a roster nothing is counted") func noRoster() throws {
        var watch = FleetWatch(
            program: try program([Check("code \"P0301\" confirmed")]), settings: Self.settings)
        _ = watch.open(EntryBatch(Self.traffic(seed: 1)))
        var run = Run()
        run.add(&watch, watch.close(row: 1))
        #expect(run.campaigns.isEmpty)
        #expect(!run.memory.keys.contains { $0.hasPrefix("exposure") || $0.hasPrefix("census") })
    }
}
