import FaultDecoding
import Testing
import VehicleFaults

struct EnvelopeLawTests {
    static let rows =
        EnvelopeRows.every

    /// Reads bytes under a format; what was refused must lie inside them.
    private func check(_ row: EnvelopeRow, _ payload: [UInt8], _ note: String) throws {
        let outcome = try EnvelopeOutcome(
            row.format, topic: "car/" + row.topic, payload, template: "{vehicle}/#")
        if let failure = outcome.failure {
            #expect((0...payload.count).contains(failure.offset), "\(row.name): \(note)")
            #expect(outcome.buffer.reports.isEmpty, "\(row.name): \(note)")
        }
        for field in outcome.trace.fields {
            #expect(
                (0...payload.count).contains(field.offset), "\(row.name): \(note) \(field.name)")
        }
        for failure in outcome.trace.refusals {
            #expect((0...payload.count).contains(failure.offset), "\(row.name): \(note)")
        }
        for reading in outcome.buffer.readings {
            #expect(reading.value.isFinite, "\(row.name): \(note)")
        }
    }

    @Test("a message cut anywhere is read or refused", arguments: rows) func truncations(
        row: EnvelopeRow
    ) throws {
        let step = max(1, row.payload.count / 60)
        for end in stride(from: 0, to: row.payload.count, by: step) {
            try check(row, Array(row.payload[..<end]), "cut at \(end)")
        }
    }

    @Test("brackets that are opened and never closed are refused, however many", arguments: rows)
    func brackets(row: EnvelopeRow) throws {
        for count in 1...70 {
            for piece in ["[", "[1,[", "{\"a\":", "{\"a\":1,\"b\":["] {
                let open = String(repeating: piece, count: count)
                try check(row, Array(open.utf8), "\(count) times \(piece)")
                try check(row, Array((open + "]").utf8), "\(count) times \(piece), one closed")
            }
        }
    }

    @Test("a message changed anywhere is read or refused", arguments: rows) func mutations(
        row: EnvelopeRow
    ) throws {
        let pieces = [
            "\"", "{", "}", "[", "]", ",", ":", "null", "-1", "1e300", "255", "true", "0x",
            "\\u0000",
            "99999999999999999999", "\u{0}", "#", "*", "ff",
        ].map { Array($0.utf8) }
        for seed in UInt64(0)..<60 {
            var random = SeededRandom(seed)
            var payload = row.payload
            for _ in 0..<1 + random.below(3) where !payload.isEmpty {
                let place = random.below(payload.count)
                switch random.below(4) {
                case 0: payload[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: payload.remove(at: place)
                case 2: payload.insert(contentsOf: random.one(of: pieces), at: place)
                default:
                    let end = min(payload.count, place + 1 + random.below(8))
                    payload.replaceSubrange(place..<end, with: random.one(of: pieces))
                }
            }
            try check(row, payload, "seed \(seed)")
        }
    }

    @Test(
        "any bytes are read or refused, under every envelope",
        arguments: Envelope.allCases.filter { $0 != .raw && $0 != .native })
    func anyBytes(envelope: Envelope) throws {
        let row = EnvelopeRow("any", envelope.rawValue, "metric/v/x", "", [])
        for seed in UInt64(0)..<150 {
            var random = SeededRandom(seed)
            try check(row, [UInt8(random.below(4))] + random.bytes(upTo: 80), "seed \(seed)")
        }
    }

    @Test("one bad value never costs the others", arguments: ["rpm", "coolant_temp", "odometer"])
    func oneBadValue(name: String) throws {
        for bad in ["\"x\"", "1e200", "-99999", "[1]", "{}"] {
            let text = #"{"\#(name)":\#(bad),"battery_voltage":12.5}"#
            let outcome = try EnvelopeOutcome("wican", topic: "wican/a/can/rx", Array(text.utf8))
            #expect(outcome.lines == ["A batt_v=12.5"], "\(text)")
            #expect(outcome.buffer.refusedValues == 1, "\(text)")
        }
    }
}
