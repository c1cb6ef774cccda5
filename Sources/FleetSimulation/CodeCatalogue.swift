import SpecialFunctions

/// The codes that come and go without a meaning, on some vehicles much more than on others.
struct CodeCatalogue: Sendable {
    /// As many as the alarm logs hold after which their frequencies are shaped.
    static let count = 154

    /// The texts, none of which is the code of a failure.
    static let codes: [String] = {
        let taken = Set(
            FailureMode.all.flatMap { $0.codes + [$0.finalCode] } + [LookAlike.lowBatteryCode])
        var codes: [String] = []
        var number = 101
        while codes.count < 100 {
            let text = "P0\(number)"
            if !taken.contains(text) { codes.append(text) }
            number += 8
            if number > 999 { number -= 893 }
        }
        for index in 0..<34 { codes.append("B1\(200 + 13 * index)") }
        for index in 0..<20 { codes.append("U0\(101 + 7 * index)") }
        return codes
    }()

    /// Cumulative shares of the ranks, the most frequent first: weights 1/rank^1.2 (Zipf).
    private static let cumulative: [Double] = {
        let weights = (1...count).map { 1 / Elementary.pow(Double($0), 1.2) }
        let sum = weights.reduce(0, +)
        var total = 0.0
        return weights.map {
            total += $0 / sum
            return total
        }
    }()

    /// One code; which are frequent depends on the vehicle.
    static func draw(vehicle: Int, random: inout SeededRandom) -> String {
        let u = random.unit()
        let rank = cumulative.firstIndex { u < $0 } ?? count - 1
        // 37 shares no factor with 154, so every vehicle has an order of its own of all codes.
        return codes[(rank * 37 + vehicle * 11) % count]
    }

    /// The distinct codes of one spell: 5.5 on average, with a long tail.
    static func spell(vehicle: Int, random: inout SeededRandom) -> [String] {
        let wanted = min(max(1, Int(random.logNormal(median: 3.7, spread: 0.85).rounded())), 40)
        var codes: [String] = []
        // Frequent codes repeat; those repeats are not told twice.
        var left = 20 * wanted
        while codes.count < wanted, left > 0 {
            left -= 1
            let code = draw(vehicle: vehicle, random: &random)
            if !codes.contains(code) { codes.append(code) }
        }
        return codes
    }
}
