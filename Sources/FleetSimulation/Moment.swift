/// What a vehicle's instruments show when it sends a message, and the codes it has to tell.
struct Moment {
    var millisecond: Int64
    /// The message's place in its trip, from 0: the ignition is on and nothing turns yet.
    var place: Int
    var speed = 0.0
    /// Share of the engine's or motor's full effort, 0 to 1.
    var effort = 0.0
    var rpm = 0.0
    var coolant = 0.0
    var isWarm = false
    var volts = 0.0
    var oil = 0.0
    var ambient = 0.0
    var boost = 0.0
    var soot = 0.0
    var cellSpread = 0.0
    var insulation = 0.0
    var pack = 0.0
    var sightings: [Sighting] = []

    /// A code as the vehicle tells it.
    struct Sighting {
        enum Code: Hashable {
            case text(String)
            case suspect(spn: Int, fmi: Int)
        }
        var code: Code
        var status: String
        var occurrences: Int
    }
}

extension Moment {
    /// Adds `dtcs` and `signals`, each signal with the decimals that its sensor is good for.
    func write(to text: inout PayloadText, model: SampleModel) {
        text.openList("dtcs")
        for sighting in sightings { write(sighting, to: &text, model: model) }
        text.closeList()
        text.open("signals")
        if model == .electric {
            text.number("batt_v", volts, decimals: 2)
            text.number("speed_kmh", speed, decimals: 0)
            text.number("cell_spread_mv", cellSpread, decimals: 0)
            text.number("insulation_kohm", insulation, decimals: 0)
            text.number("pack_c", pack, decimals: 1)
        } else {
            text.number("coolant_c", coolant, decimals: 1)
            // The vans' device repeats the temperature under a second name once the thermostat
            // regulates, so that a drift can be told from a cold start.
            if model == .van, isWarm { text.number("coolant_warm_c", coolant, decimals: 1) }
            text.number("batt_v", volts, decimals: 2)
            text.number("oil_kpa", oil, decimals: 0)
            text.number("rpm", rpm, decimals: 0)
            text.number("speed_kmh", speed, decimals: 0)
        }
        // Slow signals go out with every fifth message and with every code.
        if place % 5 == 0 || !sightings.isEmpty {
            text.number("ambient_c", ambient, decimals: 1)
            if model.hasBoost {
                text.number("boost_kpa", boost, decimals: 0)
                text.number("soot_pct", soot, decimals: 0)
            }
        }
        text.close()
    }

    private func write(_ sighting: Sighting, to text: inout PayloadText, model: SampleModel) {
        text.open()
        switch sighting.code {
        case .text(let code):
            text.string("code", code)
            text.string("status", sighting.status)
            text.string("ecu", model == .electric ? "7E4" : "7E8")
            text.whole("oc", sighting.occurrences)
            if sighting.status == "confirmed", model != .electric {
                text.open("freeze")
                text.number("rpm", rpm, decimals: 0)
                text.number("coolant_c", coolant, decimals: 0)
                text.close()
            }
        case .suspect(let spn, let fmi):
            text.whole("spn", spn)
            text.whole("fmi", fmi)
            text.whole("oc", sighting.occurrences)
        }
        text.close()
    }
}
