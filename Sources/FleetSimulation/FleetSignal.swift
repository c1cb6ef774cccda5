/// A signal of the simulated fleet: what a sound vehicle shows.
struct FleetSignal: Sendable {
    /// Its name in messages, with the unit.
    let name: String
    /// What the three models show on average.
    let levels: [Double]
    /// The standard deviation of what remains after vehicle, weather and load are known.
    let spread: Double
    /// Change for each degree Celsius that it is warmer outside than 15.
    var perDegree = 0.0
    /// Change from no load to full load.
    var perLoad = 0.0
    /// Decimals that its sensor is good for.
    var decimals = 0

    static let coolant = 0
    static let oil = 1
    static let charge = 2
    static let fuelTrim = 3
    static let rail = 4
    static let boost = 5
    static let crank = 6
    static let filter = 7
    static let gearbox = 8
    static let tyre = 9
    static let idle = 10

    /// How many there are: as many as ``all`` holds.
    static let count = 11

    /// Every signal, by its number.
    static let all: [FleetSignal] = [
        .init(
            name: "coolant_c", levels: [89, 86, 84], spread: 1.2, perDegree: 0.1, perLoad: 6,
            decimals: 1),
        .init(name: "oil_kpa", levels: [310, 350, 380], spread: 12, perDegree: -0.9, perLoad: 40),
        .init(
            name: "charge_v", levels: [14.2, 14.1, 28.2], spread: 0.08, perDegree: -0.005,
            decimals: 2),
        .init(name: "fuel_trim_pct", levels: [1, 0.5, 0], spread: 1.6, perLoad: -2, decimals: 1),
        .init(name: "rail_kpa", levels: [380, 420, 450], spread: 9, perLoad: 25),
        .init(name: "boost_kpa", levels: [40, 55, 70], spread: 5, perDegree: -0.2, perLoad: 85),
        .init(
            name: "crank_v", levels: [10.6, 10.4, 20.8], spread: 0.15, perDegree: 0.015,
            decimals: 2),
        .init(name: "filter_kpa", levels: [3, 5, 6], spread: 0.4, perLoad: 3, decimals: 2),
        .init(
            name: "gearbox_c", levels: [78, 80, 82], spread: 1.8, perDegree: 0.2, perLoad: 14,
            decimals: 1),
        .init(name: "tyre_kpa", levels: [235, 330, 480], spread: 4, perDegree: 0.5),
        .init(name: "idle_rpm", levels: [760, 780, 640], spread: 9, perDegree: -0.8),
    ]

    /// The share of a signal's noise variance that has a memory; the rest is new at each trip.
    static let rememberedShare = 0.6
    /// The load around which signals are centred.
    static let usualLoad = 0.45

    /// What a vehicle of a model shows, before its own offset and noise.
    func expected(model: Int, ambient: Double, load: Double) -> Double {
        levels[model] + perDegree * (ambient - 15) + perLoad * (load - Self.usualLoad)
    }
}
