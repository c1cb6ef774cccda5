import FaultRules
import VehicleFaults

/// Where each atom keeps its words, derived from the running program.
///
/// Flat arrays of plain numbers: what is read for every reading must not touch a reference count.
struct LaneLayout: Sendable {
    /// The words of one signal: when it was last read, then its signal atoms, then its trends.
    struct Signal: Sendable {
        /// Ranges of ``LaneLayout/holds`` and ``LaneLayout/trends``.
        var holds: Range<Int>
        var trends: Range<Int>
        /// Words of the group.
        var length: Int
        /// Whether its newest reading is kept for measures.
        var isMeasured: Bool
        /// Its place among ``LaneLayout/members``, whatever their order; less than 0 for others.
        var member = -1
        /// One bit for that place, or none.
        var bit: UInt64 = 0
        /// Offset of its newest value and range of its trends in the group of those that are read
        /// together.
        var value = 0
        var shared = 0..<0
        var isWatched: Bool { !holds.isEmpty || !trends.isEmpty || isMeasured }
    }

    /// A signal atom: flags, since when, by which message, with which value, held how long.
    struct Hold: Sendable {
        var atom: Int
        var signal: Int
        var comparison: SignalAtom.Comparison
        var limit: Double
        var milliseconds: Int64
        var longestGap: Int64
        var elapsesInSilence: Bool
        var offset: Int
        /// Digest of what the words mean, by which stored state finds its place again.
        var meaning: UInt64
    }

    /// A signal that only charts read, as a part of ``LaneMemory/Kind/together``: its newest value,
    /// then its trends without the count of their readings, which is that of all parts.
    struct Member: Sendable {
        var signal: Int
        var value: Int
        /// A range of ``LaneLayout/trends``.
        var trends: Range<Int>
    }

    /// A baseline (three words, or two and the common one) and the charts that read it.
    struct Trend: Sendable {
        var memory: Double
        var warmUp: Int
        var offset: Int
        /// Offset of the count of readings.
        var count: Int
        /// Offset of the newest reading.
        var value = Place.lastValue
        /// A range of ``LaneLayout/charts``.
        var charts: Range<Int>
        var meaning: UInt64
    }

    /// A chart's words: the average, or both sums.
    struct Chart: Sendable {
        var atom: Int
        var signal: Int
        var method: TrendAtom.Method
        var limit: Double
        var offset: Int
        var meaning: UInt64

        var length: Int {
            switch method {
            case .ewma: 1
            case .cusum: 2
            }
        }

        /// What the statistic is called in evidence.
        var name: String {
            switch method {
            case .ewma: "ewma"
            case .cusum: "cusum"
            }
        }
    }

    /// Content offsets within a signal's group.
    enum Place {
        static let lastTime = 0
        static let lastValue = 1
        static let lastPosition = 2
        static let first = 3
    }

    /// Content offsets within the group of signals that are read together: what is common to them.
    enum TogetherPlace {
        static let lastTime = 0
        static let lastPosition = 1
        static let count = 2
        static let first = 3
    }

    /// Content offsets within a hold.
    enum HoldPlace {
        static let flags = 0
        static let since = 1
        static let sincePosition = 2
        static let sinceValue = 3
        static let held = 4
        static let length = 5
        static let holding: UInt64 = 1
        static let met: UInt64 = 2
    }

    /// Words of a baseline.
    static let baselineLength = 3

    /// Words that a lane is given at first: for its digests, and for all signals that rules speak
    /// of unless they are so many that a vehicle hardly sends them all.
    private(set) var usualWords: Int

    private(set) var signals: ContiguousArray<Signal> = []
    private(set) var holds: ContiguousArray<Hold> = []
    private(set) var trends: ContiguousArray<Trend> = []
    private(set) var charts: ContiguousArray<Chart> = []
    /// The signals of which a hold may elapse in silence.
    private(set) var silentSignals: ContiguousArray<Int> = []
    /// The signals that only charts read, if there are several. A vehicle mostly says all of them in each
    /// message, and then remembers but once when that was and which message. In the order in which a
    /// vehicle first said them all; their words have no place before.
    private(set) var members: ContiguousArray<Member> = []
    /// Words of the group of signals that are read together.
    private(set) var togetherLength = 0
    /// A bit for each of ``members``.
    private(set) var everyMember: UInt64 = 0
    /// Whether the order of ``members`` is known.
    private(set) var isOrdered = false
    /// The range of ``trends`` that is theirs, in that order; empty before it is known.
    private(set) var together = 0..<0
    /// For each atom that is a signal atom, its place in ``holds``.
    private(set) var holdPlaces: [Int: Int] = [:]

    /// - Parameter gathers: whether signals that are read together share a group; laws ask what they
    ///   would do apart.
    init(_ program: RuleProgram, gathers: Bool = true) {
        usualWords = 1 + 2 * LaneEngine.fewestDigests
        for signal in 0..<program.signals.count {
            let firstHold = holds.count
            let firstTrend = trends.count
            var offset = Place.first
            for atom in program.signalAtoms[signal] {
                guard case .signal(let condition) = program.atoms[atom] else { continue }
                holdPlaces[atom] = holds.count
                holds.append(
                    Hold(
                        atom: atom, signal: signal, comparison: condition.comparison,
                        limit: condition.limit, milliseconds: condition.holdMilliseconds,
                        longestGap: condition.longestGapMilliseconds,
                        elapsesInSilence: condition.elapsesInSilence, offset: offset,
                        meaning: program.atomMeanings[atom]))
                offset += HoldPlace.length
            }
            for group in program.trendGroups[signal] {
                let firstChart = charts.count
                let baseline = offset
                offset += Self.baselineLength
                for atom in group.atoms {
                    guard case .trend(let condition) = program.atoms[atom] else { continue }
                    let chart = Chart(
                        atom: atom, signal: signal, method: condition.method,
                        limit: condition.limit, offset: offset,
                        meaning: program.atomMeanings[atom])
                    offset += chart.length
                    charts.append(chart)
                }
                trends.append(
                    Trend(
                        memory: group.memory, warmUp: group.warmUp, offset: baseline,
                        count: baseline + 2,
                        charts: firstChart..<charts.count, meaning: group.meaning))
            }
            if holds[firstHold...].contains(where: \.elapsesInSilence) {
                silentSignals.append(signal)
            }
            signals.append(
                Signal(
                    holds: firstHold..<holds.count, trends: firstTrend..<trends.count,
                    length: offset, isMeasured: program.isMeasured[signal]))
        }
        if gathers { findMembers(program.signals.names) }
        if togetherLength > 0 { usualWords += 1 + togetherLength }
        for signal in signals where signal.member < 0 && usualWords + 1 + signal.length <= 64 {
            usualWords += 1 + signal.length
        }
    }

    /// Finds the signals that only charts read.
    private mutating func findMembers(_ names: [String]) {
        let found = signals.indices.filter {
            // What a message says of distance and hours comes in two ways.
            ![RuleProgram.odometer, RuleProgram.hourMeter].contains(names[$0])
                && signals[$0].holds.isEmpty && !signals[$0].isMeasured
                && !signals[$0].trends.isEmpty
        }
        guard found.count > 1, found.count <= UInt64.bitWidth else { return }
        for (place, signal) in found.enumerated() {
            signals[signal].member = place
            members.append(Member(signal: signal, value: 0, trends: 0..<0))
            everyMember |= 1 << UInt64(place)
        }
        togetherLength = found.reduce(TogetherPlace.first) { length, signal in
            length + signals[signal].length - Place.first + 1 - signals[signal].trends.count
        }
    }

    /// Gives the words of the signals that are read together their places, once and for all.
    mutating func order(_ order: [Int]) {
        precondition(!isOrdered && order.count == members.count, "no order of these signals")
        isOrdered = true
        let ownTrends = trends.count
        var offset = TogetherPlace.first
        for (place, signal) in order.enumerated() {
            let first = trends.count
            let value = offset
            offset += 1
            for source in signals[signal].trends {
                var trend = trends[source]
                (trend.offset, trend.count) = (offset, TogetherPlace.count)
                trend.value = value
                offset += Self.baselineLength - 1
                let firstChart = charts.count
                for source in trends[source].charts {
                    var chart = charts[source]
                    chart.offset = offset
                    offset += chart.length
                    charts.append(chart)
                }
                trend.charts = firstChart..<charts.count
                trends.append(trend)
            }
            (signals[signal].member, signals[signal].bit) = (place, 1 << UInt64(place))
            (signals[signal].value, signals[signal].shared) = (value, first..<trends.count)
            members[place] = Member(signal: signal, value: value, trends: first..<trends.count)
        }
        together = ownTrends..<trends.count
    }

    /// Offset and length of the words of a signal's group that have this meaning.
    func place(of meaning: UInt64, in signal: Int) -> (offset: Int, length: Int)? {
        for hold in holds[signals[signal].holds] where hold.meaning == meaning {
            return (hold.offset, HoldPlace.length)
        }
        for trend in trends[signals[signal].trends] {
            if trend.meaning == meaning { return (trend.offset, Self.baselineLength) }
            for chart in charts[trend.charts] where chart.meaning == meaning {
                return (chart.offset, chart.length)
            }
        }
        return nil
    }
}
