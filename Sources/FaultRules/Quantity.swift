/// A number that a rule reckons with, from what a vehicle last said and what is remembered of it.
///
/// Where a part of it is not known, the whole is not.
public indirect enum Quantity: Hashable, Sendable {
    case constant(Double)
    /// The newest reading, if it is not older than ``RuleLimits/freshMilliseconds``.
    case signal(String)
    case builtin(Builtin)
    /// A number that the roster gives for the vehicle.
    case attribute(String)
    /// What is remembered of a signal.
    case cell(Cell)
    /// A statistic of the vehicles that are alike, as of the last epoch; unknown while they are few.
    case cohort(Cohort)
    case binary(Operator, Quantity, Quantity)
    case magnitude(Quantity)
    case least([Quantity])
    case greatest([Quantity])

    public enum Operator: String, Hashable, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
    }

    /// What every vehicle has, whatever it sends.
    public enum Builtin: String, Hashable, Sendable, CaseIterable {
        /// Seconds since the trip began.
        case tripAge = "trip.age_s"
        /// Hours that the vehicle stood before the trip.
        case tripRest = "trip.rest_h"
        /// Kilometres since the trip began.
        case tripDistance = "trip.km"
        /// 1 to 12, in coordinated universal time.
        case month = "date.month"
    }

    /// A signal's place among the vehicles that are alike.
    public enum Cohort: Hashable, Sendable {
        /// The middle of what they read.
        case median(String)
        /// How many of their deviations the newest reading lies from it.
        case score(String)
    }
}

/// How much of the past counts.
public struct Window: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, BitwiseCopyable {
        /// Milliseconds of the vehicle's time.
        case time = 0
        /// Kilometres by the odometer.
        case distance = 1
        /// Hours by the engine hour meter.
        case engineHours = 2
        /// Trips, the present one included.
        case trips = 3
    }

    public var kind: Kind
    /// In the kind's own measure; above 0.
    public var length: Double

    public init(_ kind: Kind, _ length: Double) {
        self.kind = kind
        self.length = length
    }
}

/// Something remembered of a signal, in a bounded number of words.
public struct Cell: Hashable, Sendable {
    public enum Function: Hashable, Sendable {
        case minimum
        case maximum
        case mean
        /// The standard deviation of the readings.
        case deviation
        /// The number of readings.
        case count
        /// The newest reading less the first of the window.
        case delta
        /// Least squares, in the source's unit per day, kilometre, engine hour or trip.
        case slope
        /// Days, kilometres, engine hours or trips until the least-squares line meets a limit.
        case reach(Double)
        /// 0 to 100.
        case percentile(Double)
        /// The newest reading less the one before.
        case change
        /// The same, a second.
        case rate
        /// The first reading of the trip.
        case start
        /// The exponentially weighted mean of the readings before the newest.
        case baseline(memory: Double, warmUp: Int)
        /// How many standard deviations the newest reading lies from that mean.
        case score(memory: Double, warmUp: Int)
    }

    public var function: Function
    /// Holds no cell itself.
    public var source: Quantity
    /// `nil` for functions that have none.
    public var window: Window?

    /// Windows move in this many steps of their length.
    public static let steps = 32
    /// Median and percentiles read one reading for each of this many steps.
    public static let samples = 64

    /// How many steps the window has.
    public var stepCount: Int {
        if case .percentile = function { return Self.samples }
        guard let window else { return 0 }
        // A trip is not divided.
        return window.kind == .trips ? min(Int(window.length), Self.steps) : Self.steps
    }

    /// Words of a step, and words before the first.
    public var stepWords: Int {
        switch function {
        case .mean: 2
        case .deviation: 3
        case .minimum, .maximum, .delta, .count, .percentile: 1
        case .slope, .reach: 5
        case .change, .rate, .start, .baseline, .score: 0
        }
    }

    /// Words that a vehicle keeps for it.
    public var words: Int {
        switch function {
        case .change, .rate: 4
        case .start: 2
        case .baseline, .score: 6
        default: Self.head + stepCount * stepWords
        }
    }

    /// Words before the first step: readings taken, newest step, origin, newest reading.
    public static let head = 4
}

extension Quantity {
    /// The signals read, in the order of the text.
    public var signals: [String] {
        var result: [String] = []
        visit { part in
            switch part {
            case .signal(let name) where !result.contains(name): result.append(name)
            case .cell(let cell):
                for name in cell.source.signals where !result.contains(name) { result.append(name) }
            case .cohort(.score(let name)) where !result.contains(name): result.append(name)
            default: break
            }
        }
        return result
    }

    /// What must be remembered for it.
    public var cells: [Cell] {
        var result: [Cell] = []
        visit { if case .cell(let cell) = $0, !result.contains(cell) { result.append(cell) } }
        return result
    }

    /// Whether it asks for a statistic of other vehicles.
    public var needsCohort: Bool { !cohortSignals.isEmpty }

    /// The signals of which it asks for that.
    var cohortSignals: [String] {
        var result: [String] = []
        visit { part in
            switch part {
            case .cohort(.median(let name)), .cohort(.score(let name)): result.append(name)
            default: break
            }
        }
        return result
    }

    /// Calls `body` with every part, cells' sources excepted.
    public func visit(_ body: (Quantity) -> Void) {
        body(self)
        switch self {
        case .binary(_, let first, let second):
            first.visit(body)
            second.visit(body)
        case .magnitude(let part): part.visit(body)
        case .least(let parts), .greatest(let parts): for part in parts { part.visit(body) }
        case .constant, .signal, .builtin, .attribute, .cell, .cohort: break
        }
    }

    /// The clocks that it reads besides time.
    var clocks: Set<Window.Kind> {
        var result: Set<Window.Kind> = []
        visit { part in
            switch part {
            case .builtin(.tripAge), .builtin(.tripRest): result.insert(.trips)
            case .builtin(.tripDistance): result.formUnion([.trips, .distance])
            case .cell(let cell):
                result.formUnion(cell.source.clocks)
                if let window = cell.window { result.insert(window.kind) }
                if cell.function == .start { result.insert(.trips) }
            default: break
            }
        }
        return result
    }
}

extension Quantity: CustomStringConvertible {
    /// The same text for the same meaning.
    public var description: String {
        switch self {
        case .constant(let value): RuleText.number(value)
        case .signal(let name): name
        case .builtin(let name): name.rawValue
        case .attribute(let name): "vehicle.\(name)"
        case .cell(let cell): cell.description
        case .cohort(.median(let name)): "cohort(\(name))"
        case .cohort(.score(let name)): "cohort score(\(name))"
        case .binary(let sign, let a, let b): "(\(a) \(sign.rawValue) \(b))"
        case .magnitude(let part): "abs(\(part))"
        case .least(let parts): "least(\(parts.map(\.description).joined(separator: ", ")))"
        case .greatest(let parts): "greatest(\(parts.map(\.description).joined(separator: ", ")))"
        }
    }
}

extension Cell: CustomStringConvertible {
    public var description: String {
        let name =
            switch function {
            case .minimum: "min"
            case .maximum: "max"
            case .mean: "mean"
            case .deviation: "stddev"
            case .count: "count"
            case .delta: "delta"
            case .slope: "slope"
            case .reach(let limit): "reach \(RuleText.number(limit))"
            case .percentile(let share): "p\(RuleText.number(share))"
            case .change: "change"
            case .rate: "rate"
            case .start: "start"
            case .baseline(let memory, let warmUp): "baseline \(memory) \(warmUp)"
            case .score(let memory, let warmUp): "score \(memory) \(warmUp)"
            }
        return "\(name)(\(source)\(window.map { ", \($0)" } ?? ""))"
    }
}

extension Window: CustomStringConvertible {
    /// As a rule would write it.
    public var description: String {
        switch kind {
        case .time: RuleText.duration(Int64(length))
        case .distance: "\(RuleText.number(length)) km"
        case .engineHours: "\(RuleText.number(length)) engine h"
        case .trips: "\(RuleText.number(length)) trips"
        }
    }
}
