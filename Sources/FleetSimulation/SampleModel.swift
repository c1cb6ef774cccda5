/// What is driven: it decides the signals, the voltage and the codes that a vehicle sends.
public enum SampleModel: String, CaseIterable, Sendable {
    /// A petrol car on 12 V with OBD codes.
    case car
    /// A diesel van on 12 V with OBD codes, boost and soot load.
    case van
    /// A diesel truck on 24 V that sends suspect parameters (SAE J1939).
    case truck
    /// A battery-electric car.
    case electric

    /// Places 4 to 7 of its identification number.
    var descriptor: String {
        switch self {
        case .car: "C15G"
        case .van: "V20D"
        case .truck: "T40D"
        case .electric: "E60A"
        }
    }

    /// How many 12 V batteries stand in a row.
    var batteries: Double { self == .truck ? 2 : 1 }

    var hasBoost: Bool { self == .van || self == .truck }

    /// Minutes of a trip, shortest and longest.
    var tripMinutes: ClosedRange<Double> { self == .truck ? 45...95 : 25...62 }

    /// Seconds between two messages while driving.
    var messageSeconds: ClosedRange<Double> { self == .truck ? 195...320 : 154...280 }
}
