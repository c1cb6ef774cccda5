/// Which vehicle has what: sixty places, filled again for every further sixty vehicles.
struct SampleRoster {
    struct Place {
        var model: SampleModel
        var condition: SampleCondition
        var clock = SampleClock.right
    }

    static let size = 60

    /// Every place once, before they are shuffled.
    static let places: [Place] = {
        let counted: [(SampleModel, [(SampleCondition, Int)])] = [
            (
                .car,
                [
                    (.repeatedMisfire, 2), (.overheating, 2), (.weakBattery, 2), (.undercharge, 1),
                    (.thermostatOpen, 2), (.flappingCode, 2), (.looseGround, 1), (.oneOffCode, 2),
                    (.chronicLowBattery, 2), (.hotSpike, 1), (.healthy, 4),
                ]
            ),
            (
                .van,
                [
                    (.coolantDrift, 1), (.coolantStep, 1), (.boostDeficit, 2), (.filterBlocked, 2),
                    (.undercharge, 1), (.looseGround, 1), (.smallShift, 1), (.healthy, 4),
                ]
            ),
            (
                .truck,
                [
                    (.oilPressureLow, 2), (.overheating, 1), (.filterBlocked, 1),
                    (.boostDeficit, 1), (.weakBattery, 1), (.idleOilLow, 1), (.oneOffCode, 1),
                    (.healthy, 4),
                ]
            ),
            (
                .electric,
                [
                    (.cellImbalance, 2), (.insulationLoss, 2), (.cellSpike, 1), (.oneOffCode, 1),
                    (.healthy, 6),
                ]
            ),
        ]
        // A wrong clock must harm nobody; a missing one must not hide a fault.
        var places = [
            Place(model: .van, condition: .healthy, clock: .dayFast),
            Place(model: .car, condition: .repeatedMisfire, clock: .absent),
        ]
        for (model, conditions) in counted {
            for (condition, count) in conditions {
                for _ in 0..<count { places.append(Place(model: model, condition: condition)) }
            }
        }
        return places
    }()

    private let shuffled: [Place]

    /// The order that belongs to `seed`, so that a vehicle's number does not tell its fault.
    init(seed: UInt64) {
        var places = Self.places
        var random = SeededRandom(seed, part: -1)
        for last in stride(from: places.count - 1, to: 0, by: -1) {
            places.swapAt(last, random.whole(below: last + 1))
        }
        shuffled = places
    }

    /// The place of the vehicle at `index`.
    subscript(index: Int) -> Place { shuffled[index % shuffled.count] }
}

/// What a vehicle's own clock says.
enum SampleClock {
    case right
    /// One day ahead.
    case dayFast
    /// The device sends no time at all.
    case absent
}
