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

    /// A baseline (three words) and the charts that read it.
    struct Trend: Sendable {
        var memory: Double
        var warmUp: Int
        var offset: Int
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
    /// For each atom that is a signal atom, its place in ``holds``.
    private(set) var holdPlaces: [Int: Int] = [:]

    init(_ program: RuleProgram) {
        usualWords = 2 + 2 * LaneEngine.fewestDigests
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
                        charts: firstChart..<charts.count, meaning: group.meaning))
            }
            if usualWords + 1 + offset <= 64 { usualWords += 1 + offset }
            if holds[firstHold...].contains(where: \.elapsesInSilence) {
                silentSignals.append(signal)
            }
            signals.append(
                Signal(
                    holds: firstHold..<holds.count, trends: firstTrend..<trends.count,
                    length: offset, isMeasured: program.isMeasured[signal]))
        }
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
