import FaultRules
import Testing

@testable import FleetWatch

/// Which signals a vehicle must have told before a measure is worth a look.
@Suite struct SignalSetTests {
    static let measures: [(name: String, when: String, needs: [String])] = [
        ("two signals", "coolant_c - oil_c > 3", ["coolant_c", "oil_c"]),
        ("the greater of two", "greatest(coolant_c, oil_c) > 3", ["coolant_c", "oil_c"]),
        ("a guarded one", "abs(coolant_c) > 3 while rpm < 900", ["coolant_c", "rpm"]),
        (
            "a guard of two parts", "abs(coolant_c) > 3 while (rpm < 900 and load_pct > 2)",
            ["coolant_c", "rpm", "load_pct"]
        ),
        (
            "a guard that one of two will do for",
            "abs(coolant_c) > 3 while (rpm < 900 or load_pct > 2)", ["coolant_c"]
        ),
        (
            "one of two that share a signal",
            "abs(coolant_c) > 3 while (rpm < 900 or (load_pct > 2 and rpm > 2000))",
            ["coolant_c", "rpm"]
        ),
        (
            "a guard that is denied", "abs(coolant_c) > 3 while (trip.age_s > 3 and not rpm < 900)",
            ["coolant_c", "rpm"]
        ),
        (
            "of two denied together one that is known to be false will do",
            "abs(coolant_c) > 3 while (trip.age_s > 3 and not (rpm < 900 and load_pct > 2))",
            ["coolant_c"]
        ),
        ("a window takes its signal whatever else is known", "mean(coolant_c, 1h) - oil_c > 3", []),
        ("a guarded window", "mean(coolant_c, 1h) - oil_c > 3 while rpm < 900", ["rpm"]),
        ("the trip", "abs(coolant_c) > 3 while trip.age_s > 10", ["coolant_c"]),
        ("what the roster says", "abs(coolant_c) > 3 while vehicle.year > 2019", ["coolant_c"]),
    ]

    @Test("a measure needs what it cannot be true without", arguments: measures)
    func needs(name: String, when: String, needs: [String]) throws {
        let program = try program([Check(when)])
        let measure = try #require(MeasureTable(program).measures.first)
        var expected = SignalSet()
        for signal in needs {
            let number = try #require(program.signals.find(signal))
            expected.insert(Int(number.index))
        }
        #expect(measure.needs == expected, "\(name)")
    }

    @Test("signals beyond the first 128 are needed by none") func beyond() {
        var many = SignalSet()
        for signal in [0, 63, 64, 127, 128, 4000] { many.insert(signal) }
        var few = SignalSet()
        few.insert(4000)
        #expect(few.isEmpty && few.isSubset(of: SignalSet()))
        for signal in [0, 63, 64, 127] {
            var one = SignalSet()
            one.insert(signal)
            #expect(one.isSubset(of: many) && !many.isSubset(of: one), "\(signal)")
        }
    }

    static let ranges: [(when: String, in: ClosedRange<Double>?)] = [
        ("coolant_c > 3 while rpm < 900", 3.0.nextUp...(.infinity)),
        ("coolant_c >= 3 while rpm < 900", 3...(.infinity)),
        ("coolant_c < 3 while rpm < 900", -.infinity...3.0.nextDown),
        ("coolant_c <= 3 while rpm < 900", -.infinity...3),
        ("coolant_c == 3 while rpm < 900", 3...3),
        ("coolant_c != 3 while rpm < 900", nil),
        ("coolant_c in 3 to 5 for 60s", 3...5),
        ("abs(coolant_c) > 3 while rpm < 900", nil),
        ("mean(coolant_c, 1h) > 3", nil),
    ]

    @Test(
        "a reading outside of its range makes a measure false, whatever else is known",
        arguments: ranges)
    func outright(when: String, range: ClosedRange<Double>?) throws {
        let program = try program([Check(when)])
        let table = MeasureTable(program)
        let signal = Int(try #require(program.signals.find("coolant_c")).index)
        let told = try #require(table.told[signal])
        let found = table.outright[Int(told.outright.lowerBound)..<Int(told.outright.upperBound)]
        #expect(found.map { $0.low...$0.high } == (range.map { [$0] } ?? []), "\(when)")
        // What is looked at outright is touched by nothing else of the signal.
        let touched = table.touchWords[
            Int(told.touch.bits.lowerBound)..<Int(told.touch.bits.upperBound)]
        #expect(touched.contains { $0 != 0 } == (range == nil))
    }
}
