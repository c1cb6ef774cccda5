import VehicleFaults

/// What happened on one trip, while its message is put together.
struct TripRecord {
    let time: EventTime
    /// Mean load, 0 to 1.
    let load: Double
    /// Degrees Celsius outside.
    let ambient: Double

    var values: InlineArray<11, Double> = .init(repeating: 0)
    /// What each signal shows beyond what a sound vehicle would, in standard deviations.
    var residuals: InlineArray<11, Double> = .init(repeating: 0)
    /// The variance of each measurement's own noise, for the oracle.
    var noises: InlineArray<11, Double> = .init(repeating: 1)
    var effects: InlineArray<11, FailureMode.Effect> = .init(repeating: .init())
    var stuckSignal: Int?
    var codes: [(code: String, status: String)] = []
    /// Which episode showed which code, and, by episode, whether the part failed for a moment.
    var shown: [(place: Int, code: String)] = []
    var bad: [Bool] = []

    init(time: EventTime, load: Double, ambient: Double) {
        self.time = time
        self.load = load
        self.ambient = ambient
    }

    /// Adds a code once; a confirmed sighting outdoes another one.
    mutating func add(_ code: String, status: String) {
        if let place = codes.firstIndex(where: { $0.code == code }) {
            if status == "confirmed" { codes[place].status = status }
        } else {
            codes.append((code, status))
        }
    }
}
