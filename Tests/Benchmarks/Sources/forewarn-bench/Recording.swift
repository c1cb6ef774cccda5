import FleetSimulation
import FleetWatch

/// Made-up events in the form of job J: three signals, and now and then a fault code.
struct Recording {
    var events: Int
    var vehicles: Int
    var seed: UInt64 = 7

    private static let codes = [
        "P0301", "P0302", "P0420", "P0171", "P0700", "C1234", "B1318", "U0100",
    ]

    /// Calls `body` with each event as a line of JSON without its end.
    func forEachLine(_ body: (String) -> Void) {
        var random = SeededRandom(seed)
        var base = (0..<vehicles).map { _ in
            (
                coolant: Double.random(in: 84..<96, using: &random),
                battery: Double.random(in: 13..<14.4, using: &random),
                oil: Double.random(in: 250..<400, using: &random)
            )
        }
        let start: Int64 = 1_772_323_200_000
        for number in 0..<events {
            let vehicle = Int.random(in: 0..<vehicles, using: &random)
            let noise = Double.random(in: -1..<1, using: &random)
            // Some vehicles drift, so that charts have something to find.
            if vehicle % 97 == 0 { base[vehicle].coolant += 0.02 }
            var codes = ""
            if random.next() % 20 == 0 {
                let code = Self.codes[Int(random.next() % 8)]
                codes = "{\"code\":\"\(code)\",\"status\":\"confirmed\"}"
            }
            let time = start + Int64(number) * 1_209
            body(
                "{\"vin\":\"LSVTEST\(1_000_000_000 + vehicle)\",\"ts\":\(time)"
                    + ",\"odo_km\":\(Self.text(50_000 + Double(number % 90_000) / 10, 1))"
                    + ",\"dtcs\":[\(codes)],\"signals\":{"
                    + "\"coolant_c\":\(Self.text(base[vehicle].coolant + noise, 2))"
                    + ",\"batt_v\":\(Self.text(base[vehicle].battery + noise / 10, 3))"
                    + ",\"oil_kpa\":\(Self.text(base[vehicle].oil + noise * 8, 1))}}")
        }
    }

    /// A positive number with so many decimals.
    private static func text(_ value: Double, _ decimals: Int) -> String {
        let scale = [1, 10, 100, 1000][decimals]
        let scaled = Int((value * Double(scale)).rounded())
        let rest = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: decimals - rest.count) + rest
    }

    /// The events as batches of a thousand.
    func batches() -> [EntryBatch] {
        var result: [EntryBatch] = []
        var batch = EntryBatch()
        forEachLine { line in
            let start = batch.bytes.count
            batch.bytes += Array(line.utf8)
            batch.entries.append(Entry(received: nil, payload: start..<batch.bytes.count))
            if batch.entries.count == 1000 {
                result.append(batch)
                batch = EntryBatch()
            }
        }
        if !batch.entries.isEmpty { result.append(batch) }
        return result
    }
}
