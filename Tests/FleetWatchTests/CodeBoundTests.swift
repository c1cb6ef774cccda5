import FaultRules
import FleetWatch
import Testing
import VehicleFaults

/// Senders can invent codes without end; what is remembered of them has a bound.
@Suite struct CodeBoundTests {
    private func messages(codes: Range<Int>, vehicle: String = "FLOOD") -> [Message] {
        codes.map { number in
            let time = Traffic.start + Int64(number) * 1000
            return Message(
                vehicle: vehicle, received: time,
                payload: """
                    {"vin":"\(vehicle)","ts":\(time),"dtcs":["X-\(number)","P0301"]}
                    """)
        }
    }

    @Test("a vehicle that invents codes keeps a bounded number of them, the newest")
    func bounded() throws {
        var watch = FleetWatch(program: try program([Check("same code \"*\" 3 times within 2h")]))
        var forgotten = 0
        var sizes: [Int] = []
        for (row, start) in stride(from: 0, to: 2000, by: 500).enumerated() {
            _ = watch.open(EntryBatch(messages(codes: start..<start + 500)))
            forgotten += watch.close(row: Int64(row + 1)).forgottenCodes
            #expect(watch.codeCount == 128)
            let lanes = watch.takeUnstoredLanes(before: .max, limit: .max, row: Int64(row + 1))
            sizes += lanes.map(\.bytes.count)
            let summary = try LaneSummary(
                vehicle: try #require(lanes.first).vehicle, bytes: try #require(lanes.first).bytes)
            #expect(summary.codes.count == 128)
            #expect(summary.codes.contains { $0.code.description == "P0301" })
            #expect(summary.codes.contains { $0.code.description == "X-\(start + 499)" })
            #expect(!summary.codes.contains { $0.code.description == "X-\(start)" })
        }
        #expect(forgotten == 2001 - 128)
        // The first two still had room for the digests of more messages, and words that are 0 are left out.
        #expect(Set(sizes.dropFirst(2)).count == 1, "\(sizes)")
    }

    @Test("another vehicle's tickets do not change, with any number of workers")
    func neighbours() throws {
        let rules = try program([Check("same code \"P0301\" 3 times within 2h")])
        let alone = decide(messages(codes: 0..<300, vehicle: "V1"), rules)
        let both = zip(messages(codes: 0..<300, vehicle: "V1"), messages(codes: 0..<300))
            .flatMap { [$0, $1] }
        for workers in 1...3 {
            let result = decide(both, rules, workers: .backwards(workers), longest: 50)
            let vehicle = try #require(VehicleID("V1"))
            #expect(result.meaning[vehicle] == alone.meaning[vehicle])
            #expect(!alone.findings.isEmpty)
        }
    }

    @Test("codes that only forgotten lanes remembered are forgotten too") func lanesForgotten()
        throws
    {
        var watch = FleetWatch(program: try program([Check("code \"P*\" confirmed")]))
        for vehicle in 0..<50 {
            let row = Int64(vehicle + 1)
            _ = watch.open(
                EntryBatch(
                    messages(codes: vehicle * 10..<vehicle * 10 + 10, vehicle: "V\(vehicle)")))
            _ = watch.close(row: row)
            _ = watch.takeUnstoredLanes(before: .max, limit: .max, row: row)
            watch.forgetLanes(downTo: 5)
            #expect(watch.codeCount <= 5 * 10 + 1)
        }
    }
}
