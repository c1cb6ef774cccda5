import FaultRules
import FaultTrends
import VehicleFaults

/// How the checks of a program look at a message, and what they have gathered for the fleet.
struct TrendWork: ~Copyable {
    /// A check as the engine needs it; shared, since a copy of a rule costs as much as what is done with
    /// a reading.
    final class Plan: Sendable {
        let rule: TrendRule
        let settings: DriftSettings

        init(rule: TrendRule, settings: DriftSettings) {
            (self.rule, self.settings) = (rule, settings)
        }
    }

    /// What a check keeps of a vehicle, in ``words`` words.
    enum Form {
        case drift
        case recurrence
        case rank
        case subsystem
        case wear
        case pair
    }

    /// What of a check is asked with each message, in plain numbers.
    struct Look {
        var form: Form
        /// Whether it only counts messages with a code.
        var isCounted: Bool
        var asksCode: Bool
        /// The signals without which it does nothing, a bit for each of ``TrendWork/said``.
        var needed: UInt64
        /// Whether those are not all of them.
        var needsMore: Bool
        var clock: Window.Kind
        var harmless: Double
        /// ``TrendRule/bucket``.
        var bucket: Int64
        /// ``DriftSettings/pace`` and ``DriftSettings/bar``.
        var pace: Double
        var bar: Double
        /// The signals that it learns about beside its code; less than 0 for none.
        var partners = InlineArray<3, Int32>(repeating: -1)

        /// Which of the check's words is of no meaning once it is stored; `nil` for none.
        var passing: Int? {
            switch form {
            case .recurrence: RecurrenceWatch.toldPlace
            case .wear: WearWatch.reportedPlace
            case .drift, .rank, .subsystem, .pair: nil
            }
        }
    }

    let plans: [Plan]
    let looks: ContiguousArray<Look>
    /// The checks whose counts the fleet adds up.
    let counting: [Int]
    /// The signals that each check cannot do without.
    private let needed: [[Int]]
    /// For each signal of the program its place among those that checks speak of; less than 0 for none.
    private let places: ContiguousArray<Int32>
    /// What was published at the last epoch, by check.
    var published: [TrendKnowledge]
    var harvest: [TrendHarvest]
    /// Whether what lanes do now is not yet in what the fleet has gathered.
    var feeds = true
    /// Whether the lane at hand has counted what the fleet was not told of.
    var hasCounted = false
    /// The first 64 signals that the message reads, a bit each.
    private var said: UInt64 = 0
    /// The checks that a message asks which reads just ``chosenFor``: the next one mostly does as well.
    private(set) var chosen: ContiguousArray<Int> = []
    private var chosenFor: UInt64?
    private var generation: UInt32 = 0
    private var marks: OwnedNumbers<UInt32>
    private var values: OwnedNumbers<Double>

    /// Words of one check.
    static let words = 11

    init(_ program: RuleProgram) {
        var places = ContiguousArray<Int32>(repeating: -1, count: program.signals.count)
        var count = 0
        for rule in program.trends {
            for signal in [rule.signal].compactMap({ $0 }) + rule.adjust + rule.signals
            where places[signal] < 0 {
                places[signal] = Int32(count)
                count += 1
            }
        }
        let needed = program.trends.map { rule in
            rule.signal.map { [$0] + rule.adjust + rule.signals } ?? []
        }
        plans = program.trends.map { Plan(rule: $0, settings: Self.settings(of: $0)) }
        let looks = ContiguousArray(
            zip(program.trends, needed).map { rule, signals in
                let settings = Self.settings(of: rule)
                var look = Look(
                    form: Self.form(of: rule.kind), isCounted: rule.kind == .returns,
                    asksCode: rule.code != nil,
                    needed: signals.reduce(0) { places[$1] < 64 ? $0 | 1 << places[$1] : $0 },
                    needsMore: signals.contains { places[$0] >= 64 }, clock: rule.clock,
                    harmless: rule.harmless, bucket: rule.bucket, pace: settings.pace,
                    bar: settings.bar)
                for (place, signal) in rule.signals.prefix(look.partners.count).enumerated() {
                    look.partners[place] = Int32(truncatingIfNeeded: signal)
                }
                return look
            })
        counting = looks.indices.filter {
            looks[$0].form == .recurrence || looks[$0].form == .wear
        }
        (self.looks, self.places, self.needed) = (looks, places, needed)
        published = plans.map { _ in TrendKnowledge() }
        harvest = plans.map { _ in TrendHarvest() }
        marks = OwnedNumbers(repeating: 0, count: count)
        values = OwnedNumbers(repeating: 0, count: count)
    }

    private static func form(of kind: TrendRule.Kind) -> Form {
        switch kind {
        case .rises, .falls, .scatters, .returns: .drift
        case .recurs: .recurrence
        case .wearsOut: .wear
        case .aboveKind, .belowKind: .rank
        case .unlikeKind: .subsystem
        case .foretells: .pair
        }
    }

    private static func settings(of rule: TrendRule) -> DriftSettings {
        let kind: DriftSettings.Kind
        switch rule.kind {
        case .scatters: kind = .scatter
        case .returns: kind = .share
        default: kind = rule.isPair ? .pair : .level
        }
        return DriftSettings(kind, harmless: rule.harmless, limit: rule.limit)
    }

    /// Takes what the fleet published.
    mutating func publish(_ fleet: FleetTrends) {
        for (index, plan) in plans.enumerated() {
            published[index] = fleet.knowledge[plan.rule.meaning]?.forLanes ?? TrendKnowledge()
        }
    }

    /// Notes what a message reads.
    mutating func see(_ readings: Range<Int32>, _ buffer: borrowing ReportBuffer) {
        generation &+= 1
        said = 0
        for index in Int(readings.lowerBound)..<Int(readings.upperBound) {
            let reading = buffer.readings[index]
            let signal = Int(reading.signal.index)
            guard signal < places.count, places[signal] >= 0 else { continue }
            let place = Int(places[signal])
            marks[place] = generation
            values[place] = reading.value
            if place < 64 { said |= 1 &<< UInt64(place) }
        }
    }

    /// What the message reads of a signal that a check speaks of.
    func value(_ signal: Int) -> Double? {
        let place = Int(places[signal])
        return marks[place] == generation ? values[place] : nil
    }

    /// Finds the checks that the message asks, but for what ``reads(for:)`` says of some.
    @inline(__always) mutating func choose() {
        if chosenFor != said { chooseAnew() }
    }

    @inline(never) private mutating func chooseAnew() {
        chosenFor = said
        chosen = ContiguousArray(looks.indices.filter { looks[$0].needed & ~said == 0 })
    }

    /// Whether the message reads all that a check cannot do without that ``needsMore``.
    func reads(for index: Int) -> Bool {
        for signal in needed[index] where marks[Int(places[signal])] != generation { return false }
        return true
    }
}
