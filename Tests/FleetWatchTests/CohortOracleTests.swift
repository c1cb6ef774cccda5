import FaultRules
import FleetSimulation
import FleetWatch
import Testing
import YAMLSource

/// Random comparisons with similar vehicles, decided by the lanes and by reading everything again.
@Suite struct CohortOracleTests {
    /// What similar vehicles read of a signal in the epoch before.
    private struct Kind {
        var median: Double
        var deviation: Double
    }

    /// One comparison, as text and as what it means.
    private struct Comparison {
        enum Form { case beyond, sigma, deviates, guarded }

        var form: Form
        var signal: String
        var isAbove: Bool
        var amount: Double
        /// A second signal, which is compared under the guard of the first.
        var other: String

        static let signals = ["batt_v", "coolant_c", "rail_kpa"]

        init(_ random: inout SeededRandom) {
            func pick<Value>(_ choices: [Value]) -> Value {
                choices[Int(random.next() % UInt64(choices.count))]
            }
            form = pick([.beyond, .beyond, .sigma, .deviates, .guarded])
            let signal = pick(Self.signals)
            self.signal = signal
            isAbove = pick([true, false])
            // Between the hundredths that readings are, so that no rounding decides.
            amount = Double(random.next() % 900) / 100 + 0.3371
            other = pick(Self.signals.filter { $0 != signal })
        }

        private var sign: String { isAbove ? ">" : "<" }

        var text: String {
            let compared = "\(signal) \(sign) cohort(\(signal)) \(isAbove ? "+" : "-") \(amount)"
            return switch form {
            case .beyond: compared
            case .guarded: "\(other) \(sign) 50 while \(compared)"
            case .deviates: "\(signal) deviates by \(amount) sigma from cohort"
            case .sigma:
                "\(signal) deviates \(isAbove ? "above" : "below") by \(amount) sigma from cohort"
            }
        }

        /// Signals whose coming makes it looked at.
        var drivers: [String] { form == .guarded ? [other, signal] : [signal] }

        /// The signals of which it asks what others read.
        var compared: String { signal }

        func holds(_ values: [String: Double], _ kind: Kind?) -> Bool {
            guard let kind, let value = values[signal] else { return false }
            let distance = value - kind.median
            switch form {
            case .beyond: return isAbove ? distance > amount : distance < -amount
            case .deviates: return abs(distance) / kind.deviation > amount
            case .sigma: return (isAbove ? distance : -distance) / kind.deviation > amount
            case .guarded:
                guard let other = values[other] else { return false }
                return (isAbove ? distance > amount : distance < -amount)
                    && (isAbove ? other > 50 : other < 50)
            }
        }
    }

    private static func program(_ comparisons: [Comparison]) throws -> RuleProgram {
        var text = "version: 1\nrules:\n"
        for (number, comparison) in comparisons.enumerated() {
            text += """
                  - { id: r\(number), mode: m\(number), severity: S3, advice: A3, component: c,
                      skill: ENG, when: "\(comparison.text)" }

                """
        }
        var reader = RulePackReader()
        reader.add(file: try YAMLSource.parse(text, file: "random.yaml"))
        reader.finish()
        try #require(!reader.hasErrors, "\(reader.diagnostics) in \(text)")
        return reader.program
    }

    /// The number that a share of values lies below, which are taken to lie evenly in stretches of a
    /// 256th of the power of two below them. None is negative.
    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        func width(_ value: Double) -> Double {
            Double(sign: .plus, exponent: value.exponent, significand: 1) / 256
        }
        func start(_ value: Double) -> Double {
            (value / width(value)).rounded(.down) * width(value)
        }
        let wanted = share * Double(values.count)
        let found = values.sorted()[Int(wanted.rounded(.up)) - 1]
        let below = values.count { $0 < start(found) }
        let inside = values.count { start($0) == start(found) }
        return start(found) + width(found) * (wanted - Double(below)) / Double(inside)
    }

    /// Reads all that was said before for each epoch, and keeps no sums.
    private static func expected(
        _ said: [CohortLawTests.Said], _ comparisons: [Comparison]
    ) -> [String] {
        let asked = Set(comparisons.map(\.compared))
        var result: [String] = []
        var held: Set<String> = []
        var published: [String: Kind] = [:]
        var gathered: [(vehicle: String, signal: String, value: Double)] = []
        var hours: Set<String> = []
        var epoch = said[0].received / CohortLawTests.epoch
        for (position, message) in said.enumerated() {
            if message.received / CohortLawTests.epoch > epoch {
                epoch = message.received / CohortLawTests.epoch
                for (name, readings) in Dictionary(grouping: gathered, by: \.signal) {
                    for kind in Set(readings.map { $0.vehicle.prefix(8) }).union([""]) {
                        let own = readings.filter { $0.vehicle.hasPrefix(kind) }
                        guard Set(own.map(\.vehicle)).count >= 30 else { continue }
                        let values = own.map(\.value)
                        published["\(kind) \(name)"] = Kind(
                            median: quantile(values, 0.5),
                            deviation: (quantile(values, 0.75) - quantile(values, 0.25)) / 1.349)
                    }
                }
                gathered = []
            }
            guard !message.isRepeat else { continue }
            for (number, comparison) in comparisons.enumerated()
            where comparison.drivers.contains(where: { message.values[$0] != nil }) {
                let name = "\(message.vehicle) r\(number)"
                let kind =
                    published["\(message.vehicle.prefix(8)) \(comparison.signal)"]
                    ?? published[" \(comparison.signal)"]
                if comparison.holds(message.values, kind) {
                    if held.insert(name).inserted { result.append("\(position + 1) \(name)") }
                } else {
                    held.remove(name)
                }
            }
            for (signal, value) in message.values where asked.contains(signal) {
                let hour = (message.received - 500) / 3_600_000
                if hours.insert("\(message.vehicle) \(signal) \(hour)").inserted {
                    gathered.append((message.vehicle, signal, value))
                }
            }
        }
        return result
    }

    @Test("random comparisons with the kind are decided as by reading everything again")
    func oracle() throws {
        var fired = 0
        for seed in UInt64(1)...6 {
            var random = SeededRandom(seed)
            let comparisons = (0..<8).map { _ in Comparison(&random) }
            let program = try Self.program(comparisons)
            let (messages, said) = CohortLawTests.traffic(seed: seed + 100, gaps: true)
            let expected = Self.expected(said, comparisons)
            let found = decide(messages, program, settings: CohortLawTests.settings).findings.map {
                "\($0.position) \($0.vehicle) \(program.rules[$0.rule].id)"
            }
            let difference = Set(found).symmetricDifference(expected).min {
                $0.split(separator: " ")[0].count < $1.split(separator: " ")[0].count
                    || $0.split(separator: " ")[0].count == $1.split(separator: " ")[0].count
                        && $0 < $1
            }
            #expect(
                difference == nil && found.count == expected.count,
                "seed \(seed), first \(difference ?? ""), \(found.count) \(expected.count): \(comparisons.map(\.text))"
            )
            fired += Set(expected.compactMap { $0.split(separator: " ").last }).count
        }
        // Most of them are sometimes true, or nothing was compared.
        #expect(fired > 20)
    }
}
