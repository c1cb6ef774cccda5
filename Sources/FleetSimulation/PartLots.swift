import SpecialFunctions

/// How the parts of a simulated fleet come in lots.
public struct LotMaking: Sendable, Equatable {
    /// Parts in a lot, at least 1; sizes between the bounds are log-uniform.
    public var sizes: ClosedRange<Double>
    /// How many times as often parts of the one bad lot fail, above 1, from the fleet's first day on: a lot
    /// of a part that does not wear, in the newest vehicles. `nil` for three bad lots in a hundred, of
    /// any part and age, that fail 3 to 8 times as often from new.
    public var bad: Double?

    public init(sizes: ClosedRange<Double> = 500...20_000, bad: Double? = nil) {
        precondition(sizes.lowerBound >= 1 && bad.map { $0 > 1 } ?? true, "no such lots")
        (self.sizes, self.bad) = (sizes, bad)
    }
}

/// The lots in which each part was delivered, a few of them bad.
///
/// Cars are built month by month and a region's plant draws from its own stock, so a lot holds
/// vehicles that are about as old and often from one region.
struct PartLots: Sendable {
    struct Lot: Sendable, Equatable {
        let mode: Int
        let number: Int
        /// What multiplies the hazard: 1, or more in a bad lot.
        let factor: Double

        /// Its name, of the part and its number.
        var name: String { "\(FailureMode.all[mode].component)-\(number)" }
    }

    /// Where each lot of a part ends, as share of all vehicles in the order of building.
    private var ends: [[Double]] = []
    private var factors: [[Double]] = []
    /// Whether parts of bad lots are as good as others until the fleet's first day.
    let showLater: Bool

    /// Lots, and which of them are bad.
    ///
    /// Unless it is told otherwise, a fleet that has lots at all and should have failures has a bad one among them, since a fleet
    /// of a few thousand vehicles would usually have none to find.
    init(seed: UInt64, vehicles: Int, hasBadLots: Bool, making: LotMaking = LotMaking()) {
        showLater = making.bad != nil
        var random = SeededRandom(seed, part: -2000)
        for _ in FailureMode.all {
            var sizes: [Double] = []
            var sum = 0.0
            while sum < Double(vehicles) {
                let ratio = making.sizes.upperBound / making.sizes.lowerBound
                let size =
                    making.sizes.lowerBound * Elementary.exp(random.unit() * Elementary.log(ratio))
                sizes.append(size)
                sum += size
            }
            var total = 0.0
            ends.append(
                sizes.map {
                    total += $0 / Double(vehicles)
                    return total
                })
            factors.append(
                sizes.map { _ in
                    let isBad = random.chance(0.03)
                    let factor = random.number(in: 3...8)
                    return isBad && hasBadLots && making.bad == nil ? factor : 1
                })
        }
        if let factor = making.bad, hasBadLots {
            let lasting = FailureMode.all.indices.filter { FailureMode.all[$0].shape <= 1 }
            let mode = lasting[random.whole(below: lasting.count)]
            let lot = ends[mode].firstIndex { Self.lately < $0 } ?? 0
            factors[mode][lot] = factor
            return
        }
        let several = ends.indices.filter { ends[$0].count > 1 }
        guard hasBadLots, !several.isEmpty, factors.joined().allSatisfy({ $0 == 1 }) else { return }
        let mode = several[random.whole(below: several.count)]
        // Never the last one, of which the fleet may hold only a few.
        let lot = random.whole(below: ends[mode].count - 1)
        factors[mode][lot] = random.number(in: 3...8)
    }

    /// A place that few weeks of building come after.
    private static let lately = 0.98

    /// The lot of a vehicle's part.
    ///
    /// - Parameter place: the vehicle's place in the order of building, from 0 to 1.
    func lot(mode: Int, place: Double) -> Lot {
        let index = min(ends[mode].firstIndex { place < $0 } ?? .max, ends[mode].count - 1)
        return Lot(mode: mode, number: index + 1, factor: factors[mode][index])
    }

    /// Every bad lot.
    var bad: [Lot] {
        factors.enumerated().flatMap { mode, all in
            all.enumerated().compactMap { index, factor in
                factor > 1 ? Lot(mode: mode, number: index + 1, factor: factor) : nil
            }
        }
    }
}
