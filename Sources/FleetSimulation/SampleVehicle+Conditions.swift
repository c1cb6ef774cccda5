extension SampleVehicle {
    /// Degrees by which the coolant settles away from where a sound thermostat holds it.
    func excessCoolant(_ moment: Moment, trip: Trip) -> Double {
        let progress = trip.progress
        guard progress > 0 else { return 0 }
        return switch condition {
        case .overheating where trip.shows < 0.8: 24 + 6 * progress
        case .thermostatOpen: -19 - 2 * progress
        case .coolantDrift: 13 * progress
        case .coolantStep: 11
        case .smallShift: 0.9
        default: 0
        }
    }

    /// Changes what the instruments show, and adds codes, as the vehicle's condition wants.
    mutating func ail(_ moment: inout Moment, trip: Trip) {
        switch condition {
        case .chronicLowBattery, .hotSpike, .idleOilLow, .cellSpike: seem(&moment, trip: trip)
        case .weakBattery, .undercharge, .looseGround: ailElectrically(&moment, trip: trip)
        case .cellImbalance, .insulationLoss: ailAtHighVoltage(&moment, trip: trip)
        case .oneOffCode where trip.progress > 0 && moment.place == 3 && occurrences.isEmpty:
            switch model {
            case .car: tell(cylinder % 2 == 0 ? "P0442" : "P0301", "pending", in: &moment)
            case .van: tell("P0401", "pending", in: &moment)
            case .truck: tell(spn: 639, fmi: 2, in: &moment)
            case .electric: tell("P0A0A", "pending", in: &moment)
            }
        default:
            if trip.progress > 0 { ailMechanically(&moment, trip: trip) }
        }
    }

    private mutating func ailMechanically(_ moment: inout Moment, trip: Trip) {
        let isSoon = moment.place == 3
        let isLater = moment.place == 6
        switch condition {
        case .repeatedMisfire where trip.shows < 0.8 && (isSoon || isLater && trip.shows < 0.4):
            let code = "P030\(cylinder)"
            tell(code, occurrences[.text(code)] == nil ? "pending" : "confirmed", in: &moment)
        case .overheating where isLater && moment.coolant > 107:
            if model == .truck {
                tell(spn: 110, fmi: trip.progress < 0.4 ? 16 : 0, in: &moment)
            } else {
                tell("P0217", "confirmed", in: &moment)
            }
        case .thermostatOpen where isLater && trip.shows < 0.9:
            tell("P0128", "confirmed", in: &moment)
        case .oilPressureLow where moment.place > 0:
            moment.oil *= 0.72 - 0.4 * trip.progress
            if isSoon, trip.shows < 0.8 {
                tell(spn: 100, fmi: trip.progress < 0.4 ? 18 : 1, in: &moment)
            }
        case .boostDeficit where moment.place > 0:
            moment.boost = max(0, moment.boost * (0.75 - 0.2 * trip.progress) - 5)
            guard isLater, trip.shows < 0.8 else { return }
            if model == .truck {
                tell(spn: 102, fmi: 18, in: &moment)
            } else {
                tell("P0299", "confirmed", in: &moment)
            }
        case .filterBlocked where isLater && moment.soot > 82:
            if model == .truck {
                tell(spn: 3719, fmi: 16, in: &moment)
            } else {
                tell("P2463", "confirmed", in: &moment)
            }
        case .flappingCode where moment.place > 1 && moment.place < 10:
            tell("P0135", moment.place % 2 == 0 ? "active" : "cleared", in: &moment)
        default: break
        }
    }

    private mutating func ailElectrically(_ moment: inout Moment, trip: Trip) {
        let progress = trip.progress
        guard progress > 0 else { return }
        let isResting = moment.place == 0
        switch condition {
        case .weakBattery where isResting:
            moment.volts -= 1.05 * progress * model.batteries
            guard progress > 0.7, trip.shows < 0.7 else { return }
            if model == .truck {
                tell(spn: 168, fmi: 18, in: &moment)
            } else {
                tell("P0562", "confirmed", in: &moment)
            }
        case .undercharge:
            moment.volts -= (isResting ? 0.2 : 1.2 + 0.3 * progress) * model.batteries
            if moment.place == 5, trip.shows < 0.4 { tell("P0622", "confirmed", in: &moment) }
        case .looseGround where moment.place == 4 && trip.shows < 0.5:
            moment.volts = 9.4 + random.deviate() * 0.2
            tell("U0100", "active", in: &moment)
            tell("U0121", "active", in: &moment)
        default: break
        }
    }

    private mutating func ailAtHighVoltage(_ moment: inout Moment, trip: Trip) {
        let progress = trip.progress
        guard progress > 0 else { return }
        if condition == .cellImbalance {
            moment.cellSpread += 60 * progress
            if moment.place == 5, progress > 0.6, trip.shows < 0.5 {
                tell("P0BBD", "confirmed", in: &moment)
            }
        } else {
            moment.insulation /= 1 + 110 * progress * progress
            if moment.place == 5, moment.insulation < 250 {
                tell("P0AA6", "confirmed", in: &moment)
            }
        }
    }

    /// The look-alikes: as bad at a glance, and nothing for a workshop.
    private mutating func seem(_ moment: inout Moment, trip: Trip) {
        switch condition {
        case .chronicLowBattery where moment.place == 0:
            moment.volts -= 0.48
            if trip.shows < 0.5 { tell("P0562", "pending", in: &moment) }
        case .hotSpike where moment.place == 5 && trip.shows < 0.5:
            moment.coolant = 111 + random.deviate() * 0.5
        case .idleOilLow where moment.place > 0 && moment.speed == 0:
            moment.oil *= 0.55
        case .cellSpike where moment.place == 2 && trip.shows < 0.5:
            moment.cellSpread += 50
        default: break
        }
    }

    private mutating func tell(_ code: String, _ status: String, in moment: inout Moment) {
        tell(.text(code), status, in: &moment)
    }

    private mutating func tell(spn: Int, fmi: Int, in moment: inout Moment) {
        tell(.suspect(spn: spn, fmi: fmi), "", in: &moment)
    }

    private mutating func tell(
        _ code: Moment.Sighting.Code, _ status: String, in moment: inout Moment
    ) {
        if status != "cleared" { occurrences[code, default: 0] += 1 }
        let count = occurrences[code, default: 1]
        moment.sightings.append(.init(code: code, status: status, occurrences: count))
    }
}
