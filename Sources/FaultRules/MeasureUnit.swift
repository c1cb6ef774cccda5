import VehicleFaults

/// What a number counts: powers of temperature, voltage and so on.
struct Dimension: Hashable, Sendable {
    /// One exponent a base quantity, in the order of ``Base``.
    private var exponents: [Int8]

    enum Base: Int, CaseIterable {
        case temperature, voltage, current, pressure, distance, time, volume, mass, rotation, share
        case resistance, torque, angle, energy, charge
    }

    /// A plain number.
    static let none = Dimension()

    init() { exponents = Array(repeating: 0, count: Base.allCases.count) }

    init(_ base: Base, per other: Base? = nil) {
        self.init()
        exponents[base.rawValue] += 1
        if let other { exponents[other.rawValue] -= 1 }
    }

    static func * (a: Dimension, b: Dimension) -> Dimension {
        var result = a
        for index in result.exponents.indices { result.exponents[index] &+= b.exponents[index] }
        return result
    }

    static func / (a: Dimension, b: Dimension) -> Dimension {
        var result = a
        for index in result.exponents.indices { result.exponents[index] &-= b.exponents[index] }
        return result
    }
}

/// A unit as rules write it.
struct MeasureUnit: Hashable, Sendable {
    var name: String
    var dimension: Dimension
    /// What one of it is in the base unit of its dimension.
    var scale: Double
    /// Where its zero lies in the base unit; only temperatures have one.
    var zero = 0.0

    static let known: [String: MeasureUnit] = {
        var result: [String: MeasureUnit] = [:]
        func add(_ names: String, _ dimension: Dimension, _ scale: Double, zero: Double = 0) {
            let words = names.split(separator: " ").map(String.init)
            for name in words {
                result[name] = MeasureUnit(
                    name: words[0], dimension: dimension, scale: scale, zero: zero)
            }
        }
        add("°C C", Dimension(.temperature), 1)
        add("°F F", Dimension(.temperature), 5.0 / 9, zero: -160.0 / 9)
        add("K", Dimension(.temperature), 1, zero: -273.15)
        add("V", Dimension(.voltage), 1)
        add("mV", Dimension(.voltage), 0.001)
        add("A", Dimension(.current), 1)
        add("mA", Dimension(.current), 0.001)
        add("kPa", Dimension(.pressure), 1)
        add("Pa", Dimension(.pressure), 0.001)
        add("MPa", Dimension(.pressure), 1000)
        add("bar", Dimension(.pressure), 100)
        add("mbar hPa", Dimension(.pressure), 0.1)
        // 1 lbf/in², NIST SP 811.
        add("psi", Dimension(.pressure), 6.894_757)
        add("km", Dimension(.distance), 1)
        // The international mile.
        add("mi", Dimension(.distance), 1.609344)
        add("mm", Dimension(.distance), 0.000_001)
        for (unit, milliseconds) in RuleText.durations {
            add(unit, Dimension(.time), milliseconds / 1000)
        }
        add("min", Dimension(.time), 60)
        add("L", Dimension(.volume), 1)
        add("mL", Dimension(.volume), 0.001)
        add("g", Dimension(.mass), 1)
        add("kg", Dimension(.mass), 1000)
        add("rpm", Dimension(.rotation), 1)
        add("%", Dimension(.share), 1)
        add("ppm", Dimension(.share), 0.0001)
        add("kohm kΩ", Dimension(.resistance), 1)
        add("ohm Ω", Dimension(.resistance), 0.001)
        add("Mohm MΩ", Dimension(.resistance), 1000)
        add("Nm", Dimension(.torque), 1)
        add("deg", Dimension(.angle), 1)
        add("kWh", Dimension(.energy), 1)
        add("kW", Dimension(.energy, per: .time), 1.0 / 3600)
        add("Ah", Dimension(.charge), 1)
        add("mph", Dimension(.distance, per: .time), 1.609344 / 3600)
        return result
    }()

    /// The name of a unit that was probably meant: of equally near ones, one that begins alike.
    static func nearest(to name: String) -> String? {
        let first = name.first
        let names = known.keys.sorted { a, b in
            (a.first == first ? 0 : 1, a) < (b.first == first ? 0 : 1, b)
        }
        return NearestName.find(name, among: names)
    }

    /// A plain number.
    static let none = MeasureUnit(name: "", dimension: .none, scale: 1)
    static let second = known["s"] ?? .none
    static let day = known["d"] ?? .none

    /// The unit with this name, which may be a quotient as `km/h` or `L/1000 km`.
    ///
    /// A unit that belongs to no table is `nil`.
    static func named(_ text: String) -> MeasureUnit? {
        if let whole = known[text] { return whole }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let upper = known[String(parts[0])] else { return nil }
        let digits = parts[1].prefix { $0.isNumber }
        let name = parts[1].dropFirst(digits.count).drop { $0 == " " }
        guard let lower = known[String(name)], digits.utf8.count <= 9 else { return nil }
        guard let count = digits.isEmpty ? 1 : Double(digits), count > 0 else { return nil }
        return MeasureUnit(
            name: "\(upper.name)/\(digits.isEmpty ? "" : "\(digits) ")\(lower.name)",
            dimension: upper.dimension / lower.dimension, scale: upper.scale / lower.scale / count)
    }

    /// The unit that a signal's name promises by its last word, or `nil` when it promises none.
    static func ofSignal(_ name: String) -> MeasureUnit? {
        let last = name.split { $0 == "_" || $0 == "." }.last.map(String.init) ?? name
        return suffixes[last].flatMap { named($0) }
    }

    private static let suffixes: [String: String] = [
        "c": "°C", "f": "°F", "v": "V", "mv": "mV", "kpa": "kPa", "bar": "bar", "psi": "psi",
        "mpa": "MPa", "pct": "%", "ppm": "ppm", "rpm": "rpm", "kmh": "km/h", "mph": "mph",
        "km": "km", "mi": "mi", "mm": "mm", "kohm": "kohm", "ohm": "ohm", "a": "A", "ma": "mA",
        "h": "h", "min": "min", "s": "s", "ms": "ms", "l": "L", "lph": "L/h", "gps": "g/s",
        "kgph": "kg/h", "nm": "Nm", "deg": "deg", "kw": "kW", "kwh": "kWh", "ah": "Ah",
    ]

    /// A unit of the quotient of two quantities.
    func per(_ other: MeasureUnit) -> MeasureUnit {
        MeasureUnit(
            name: other.name.isEmpty ? name : "\(name)/\(other.name)",
            dimension: dimension / other.dimension, scale: scale / other.scale)
    }

    func times(_ other: MeasureUnit) -> MeasureUnit {
        MeasureUnit(
            name: name.isEmpty || other.name.isEmpty ? name + other.name : "\(name)·\(other.name)",
            dimension: dimension * other.dimension, scale: scale * other.scale)
    }

    /// A value of this unit in another of the same dimension.
    ///
    /// - Parameter isDifference: whether the zeros of both scales mean nothing, as for 5 K more.
    func convert(_ value: Double, to other: MeasureUnit, isDifference: Bool) -> Double {
        if scale == other.scale, zero == other.zero || isDifference { return value }
        let base = value * scale + (isDifference ? 0 : zero)
        // Limits are written with few digits, and must not gain any by being converted.
        return Self.rounded((base - (isDifference ? 0 : other.zero)) / other.scale)
    }

    func conversion(to other: MeasureUnit, isDifference: Bool) -> (factor: Double, shift: Double) {
        if scale == other.scale, zero == other.zero || isDifference { return (1, 0) }
        return (scale / other.scale, isDifference ? 0 : (zero - other.zero) / other.scale)
    }

    /// The value to twelve significant digits: 0.1 * 3 is 0.3.
    private static func rounded(_ value: Double) -> Double {
        guard value != 0, value.isFinite else { return value }
        var size = 1.0
        let magnitude = value.magnitude
        while magnitude * size < 1e11, size < 1e30 { size *= 10 }
        while magnitude * size >= 1e12, size > 1e-30 { size /= 10 }
        return (value * size).rounded() / size
    }
}
