import FaultDecoding
import VehicleFaults

/// What it costs to read a message of each format, to the byte and beside a native one.
struct FormatCosts {
    /// One format's median.
    struct Result {
        var sample: FormatSample
        var nanoseconds: Double
        var perByte: Double { nanoseconds / Double(sample.payload.count) }
    }

    /// Times every format in turn.
    ///
    /// - Parameter only: the one format to time, for a profiler.
    static func measure(
        rounds: Int, only: String? = nil, messages: Int = 20_000
    ) throws -> [Result] {
        var works: [Measure.Work] = []
        let samples = FormatSample.all.filter { only == nil || $0.format == only }
        for sample in samples {
            guard let format = PayloadFormat(rawValue: sample.format) else {
                preconditionFailure("there is no format \(sample.format)")
            }
            var decoder = MessageDecoder(
                subscriptions: [
                    Subscription(template: try TopicTemplate("{vehicle}/#"), format: format)
                ], names: names)
            let topic = Array(sample.topic.utf8)
            var buffer = ReportBuffer()
            works.append(
                Measure.Work(name: sample.format, count: messages, unit: "message") {
                    for _ in 0..<messages {
                        buffer.removeAll()
                        do throws(DecodingFailure) {
                            try decoder.decode(
                                topic: topic.span, payload: sample.payload.span, into: &buffer)
                        } catch {
                            preconditionFailure("the benchmark's own \(sample.format): \(error)")
                        }
                    }
                    precondition(!buffer.reports.isEmpty, "\(sample.format) says nothing")
                })
        }
        return zip(samples, try Measure.inTurn(works, rounds: rounds)).map {
            Result(sample: $0, nanoseconds: $1)
        }
    }

    /// Prints a line for each format, and the worst of the JSON ones.
    static func report(rounds: Int, only: String? = nil, messages: Int = 20_000) throws {
        let results = try measure(rounds: rounds, only: only, messages: messages)
        func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        let native = results[0].perByte
        for result in results {
            print(
                "\(result.sample.format): \(Int(result.nanoseconds.rounded())) ns for"
                    + " \(result.sample.payload.count) bytes, \(tenths(result.perByte)) ns a byte,"
                    + " \(tenths(result.perByte / native)) times native")
        }
        let worst = results.filter(\.sample.isJSON).max { $0.perByte < $1.perByte }
        if let worst {
            print(
                "slowest JSON: \(worst.sample.format), \(tenths(worst.perByte / native)) times"
                    + " native a byte; the bar is 5")
        }
    }

    /// Signals as a site's rules would name them.
    private static let names = SignalNames([
        "coolant_c", "rpm", "batt_v", "speed_kmh", "oil_kpa", "fuel_pct", "pack_v", "soc_pct",
        "mil_on", "dtc_count",
    ])
}
