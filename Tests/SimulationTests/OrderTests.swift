import FleetSimulation
import Foundation
import Testing

extension Simulation {
    @Suite("Order, time and memory", .serialized) struct OrderTests {
        @Test("a clock that is a day fast changes no other vehicle's decisions")
        func fastClock() throws {
            for window: Int64 in [0, 120_000] {
                let arrivals = Traffic.arrivals(4000, vehicles: 20, seed: 11)
                var wrong = arrivals
                for index in stride(from: 7, to: wrong.count, by: 20) {
                    let text = String(decoding: wrong[index].message.payload, as: UTF8.self)
                    let time = Traffic.start + Int64(index / 20) * 60_000 + 7
                    wrong[index].message.payload = Array(
                        text.replacing("\(time)", with: "\(time + 86_400_000)").utf8)
                }
                let runs = try [arrivals, wrong].map { arrivals in
                    let bench = try Workbench(rules: Workbench.timedRules, reorderWindow: window)
                    try bench.take(arrivals, by: 300)
                    try bench.letTimePass(600_000)
                    return try bench.contents()
                }
                let name = Traffic.vehicle(7)
                let findings = runs.map { $0.findings.filter { !$0.contains(name) } }
                let tickets = runs.map { $0.tickets.filter { !$0.hasPrefix(name) } }
                #expect(findings[0].count > 100)
                #expect(findings[0] == findings[1], "window \(window)")
                #expect(tickets[0] == tickets[1], "window \(window)")
            }
        }

        @Test("late, repeated and reordered messages within the window change nothing")
        func reordered() throws {
            let window: Int64 = 600_000
            for seed in UInt64(1)...12 {
                let arrivals = Traffic.arrivals(1500, vehicles: 10, seed: seed)
                let ordered = try Workbench(reorderWindow: window)
                try ordered.take(arrivals, by: 200)
                try ordered.letTimePass(window + 20_000)
                let shuffled = try Workbench(reorderWindow: window)
                try shuffled.take(Self.disturbed(arrivals, within: window, seed: seed), by: 70)
                try shuffled.letTimePass(window + 20_000)
                let (whole, found) = (try ordered.contents(), try shuffled.contents())
                #expect(whole.tickets.count > 5, "seed \(seed)")
                #expect(found.tickets == whole.tickets, "seed \(seed)")
                #expect(found.findings == whole.findings, "seed \(seed)")
                #expect(found.messages == 1500, "seed \(seed)")
                #expect(try shuffled.desk.store.fact("late") == nil, "seed \(seed)")
            }
        }

        @Test("the same without a window is seen: the test above is not blind")
        func reorderedWithoutWindow() throws {
            let arrivals = Traffic.arrivals(1500, vehicles: 10, seed: 1)
            let ordered = try Workbench()
            try ordered.take(arrivals, by: 200)
            let shuffled = try Workbench()
            try shuffled.take(Self.disturbed(arrivals, within: 600_000, seed: 1), by: 70)
            #expect(try shuffled.contents().findings != ordered.contents().findings)
        }

        @Test("a replay of a disturbed recording gives the tickets of the ordered one")
        func replayed() throws {
            let arrivals = Traffic.arrivals(3000, vehicles: 10, seed: 21)
            let disturbed = Self.disturbed(arrivals, within: 600_000, seed: 21)
            let runs = try [arrivals, disturbed].map {
                try Replayed($0, arguments: ["--reorder-window", "10m"]).contents
            }
            #expect(runs[0].tickets.count > 5)
            #expect(runs[0].tickets == runs[1].tickets)
            #expect(runs[0].findings == runs[1].findings)
            #expect(runs[1].messages == 3000)
        }

        @Test(
            "however batches are cut, work is shared and lanes come and go, the bytes are the same")
        func cuts() throws {
            let seed = UInt64.random(in: 0..<1 << 32)
            print("cuts: seed \(seed)")
            let vehicles = 2000
            let arrivals = Traffic.arrivals(vehicles * 8, vehicles: vehicles, seed: seed)
            for window: Int64 in [0, 150_000] {
                let rules = Workbench.timedRules
                let plain = try Workbench(rules: rules, reorderWindow: window)
                try plain.take(arrivals, by: 1000)
                try plain.letTimePass(900_000)
                let digest = plain.desk.decisions.hex
                #expect(try plain.contents().findings.count > 100, "seed \(seed)")

                let bounded = try Workbench(
                    rules: rules, reorderWindow: window, lanesInMemory: 64, threads: 3)
                var random = SeededRandom(seed)
                var place = 0
                while place < arrivals.count {
                    let size = min(1 + random.whole(below: 900), arrivals.count - place)
                    try bounded.take(arrivals[place..<(place + size)])
                    place += size
                    if random.whole(below: 8) == 0 {
                        try bounded.reopen(inOrder: random.whole(below: 2) == 0)
                    }
                }
                try bounded.letTimePass(900_000)
                #expect(bounded.desk.decisions.hex == digest, "seed \(seed), window \(window)")
                #expect(try bounded.contents().breaches == [], "seed \(seed), window \(window)")
                let verified = try bounded.verification()
                #expect(verified.difference == nil, "seed \(seed), window \(window)")
                #expect(verified.digest.hex == digest, "seed \(seed), window \(window)")
            }
        }

        /// Delays each message by less than half the window, and sends some of them twice.
        static func disturbed(
            _ arrivals: [Arrival], within window: Int64, seed: UInt64
        ) -> [Arrival] {
            var random = SeededRandom(seed)
            var result: [Arrival] = []
            for arrival in arrivals {
                for _ in 0..<(random.whole(below: 10) == 0 ? 2 : 1) {
                    var later = arrival
                    later.received += Int64(random.whole(below: Int(window / 2)))
                    result.append(later)
                }
            }
            return result.enumerated().sorted {
                ($0.element.received, $0.offset) < ($1.element.received, $1.offset)
            }.map(\.element)
        }
    }
}

/// What `forewarn replay` makes of a recording.
struct Replayed {
    let contents: StoreContents

    init(_ arrivals: [Arrival], arguments: [String] = []) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("replayed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try Traffic.rules.write(toFile: path("rules.yaml"), atomically: true, encoding: .utf8)
        try Traffic.recording(of: arrivals)
            .write(to: folder.appendingPathComponent("recording.hex"))
        let result = try ChildProcess.run(
            [
                Programs.forewarn, "replay", path("recording.hex"), "--rules", path("rules.yaml"),
                "--topic", "v1/{vehicle}/ev", "--db", path("replay.db"), "-o", "json",
            ] + arguments, output: folder.appendingPathComponent("log"))
        guard result.end == .exited(0) else { throw Overdue(what: "a replay: \(result.output)") }
        contents = try StoreContents(database: path("replay.db"))
    }
}
