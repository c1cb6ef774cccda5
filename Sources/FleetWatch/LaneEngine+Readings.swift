import FaultRules
import FaultTrends
import VehicleFaults

extension LaneEngine {
    /// Applies one reading to the holds and trends of its signal, which has words of its own.
    ///
    /// - Parameter hint: where the search for the signal's words begins; moved on for the next.
    @inline(__always)
    mutating func applyReading(
        _ reading: Reading, at moment: Moment, hint: inout Int, lane: inout Lane
    ) {
        let number = Int(reading.signal.index)
        guard number < layout.signals.count else { return }
        let signal = layout.signals[number]
        guard signal.isWatched else { return }
        let key = LaneMemory.key(.signal, number)
        let place: Int
        if let known = lane.memory.find(key, from: hint) {
            place = known
            // Older than what was read last: it can no longer change what that led to.
            guard moment.at >= lane.memory.integer(place + LaneLayout.Place.lastTime) else {
                return
            }
        } else {
            place = lane.memory.add(key, length: signal.length)
            lane.memory.set(place + LaneLayout.Place.lastTime, moment.at)
        }
        hint = place &+ signal.length
        for index in signal.holds {
            applyHold(layout.holds[index], reading.value, group: place, at: moment, lane: &lane)
        }
        for index in signal.trends {
            applyTrend(
                layout.trends[index], reading.value, group: place, length: signal.length,
                counts: true, at: moment, lane: &lane)
        }
        let words = unsafe lane.memory.words(at: place, length: LaneLayout.Place.first)
        unsafe words[LaneLayout.Place.lastTime] = UInt64(bitPattern: moment.at)
        unsafe words[LaneLayout.Place.lastValue] = reading.value.bitPattern
        unsafe words[LaneLayout.Place.lastPosition] = moment.position
    }

    private mutating func applyHold(
        _ hold: LaneLayout.Hold, _ value: Double, group: Int, at moment: Moment, lane: inout Lane
    ) {
        let place = group + hold.offset
        let flags = lane.memory[place + LaneLayout.HoldPlace.flags]
        guard hold.comparison.holds(value, hold.limit) else {
            if flags != 0 { lane.memory[place + LaneLayout.HoldPlace.flags] = 0 }
            return
        }
        if flags & LaneLayout.HoldPlace.holding == 0 {
            lane.memory[place + LaneLayout.HoldPlace.flags] = LaneLayout.HoldPlace.holding
            lane.memory.set(place + LaneLayout.HoldPlace.since, moment.at)
            lane.memory[place + LaneLayout.HoldPlace.sincePosition] = moment.position
            lane.memory.set(place + LaneLayout.HoldPlace.sinceValue, value)
            lane.memory.set(place + LaneLayout.HoldPlace.held, Int64(0))
        } else {
            // A gap in which nothing was heard proves nothing, so it does not count.
            let gap = moment.at &- lane.memory.integer(group + LaneLayout.Place.lastTime)
            if gap <= hold.longestGap || hold.elapsesInSilence {
                lane.memory.set(
                    place + LaneLayout.HoldPlace.held,
                    lane.memory.integer(place + LaneLayout.HoldPlace.held) &+ gap)
            }
        }
        guard
            lane.memory[place + LaneLayout.HoldPlace.flags] & LaneLayout.HoldPlace.met == 0,
            lane.memory.integer(place + LaneLayout.HoldPlace.held) >= hold.milliseconds
        else { return }
        lane.memory[place + LaneLayout.HoldPlace.flags] |= LaneLayout.HoldPlace.met
        drive(by: hold.atom, at: moment, lane: &lane) { engine, memory in
            let first = engine.firstReading(of: hold, place: place, in: memory)
            if first.position == moment.position { return [first] }
            return [
                first,
                Evidence(
                    position: moment.position, at: moment.time,
                    content: .reading(
                        signal: engine.program.signals.names[hold.signal], value: value)),
            ]
        }
    }

    /// The reading with which a hold began.
    func firstReading(of hold: LaneLayout.Hold, place: Int, in memory: borrowing LaneMemory)
        -> Evidence
    {
        Evidence(
            position: memory[place + LaneLayout.HoldPlace.sincePosition],
            at: EventTime(milliseconds: memory.integer(place + LaneLayout.HoldPlace.since)),
            content: .reading(
                signal: program.signals.names[hold.signal],
                value: memory.double(place + LaneLayout.HoldPlace.sinceValue)))
    }

    /// Moves a baseline and its charts on by one reading.
    ///
    /// The words of the signal's group are read and written without a further look at the lane, which
    /// would be looked up again after each word that is written.
    ///
    /// - Parameter counts: whether the count of readings is the trend's own, and moves on as well.
    @inline(__always)
    mutating func applyTrend(
        _ trend: LaneLayout.Trend, _ value: Double, group: Int, length: Int, counts: Bool,
        at moment: Moment, lane: inout Lane
    ) {
        let words = unsafe lane.memory.words(at: group, length: length)
        guard let deviation = unsafe Self.advance(trend, value, counts: counts, words)
        else { return }
        // The first chart that signals leaves the fast way, since a finding may move the lane.
        var next = trend.charts.lowerBound
        while next < trend.charts.upperBound {
            let chart = layout.charts[next]
            let statistic = unsafe Self.advance(chart, deviation, words + chart.offset)
            next &+= 1
            guard let statistic else { continue }
            signalled(next &- 1, statistic, value, at: moment, lane: &lane)
            while next < trend.charts.upperBound {
                let chart = layout.charts[next]
                let words = unsafe lane.memory.words(at: group, length: length)
                if let statistic = unsafe Self.advance(chart, deviation, words + chart.offset) {
                    signalled(next, statistic, value, at: moment, lane: &lane)
                }
                next &+= 1
            }
        }
    }

    @inline(never)
    mutating func signalled(
        _ number: Int, _ statistic: Double, _ value: Double, at moment: Moment, lane: inout Lane
    ) {
        let chart = layout.charts[number]
        drive(by: chart.atom, at: moment, lane: &lane) { engine, _ in
            [
                Evidence(
                    position: moment.position, at: moment.time,
                    content: .statistic(
                        name: chart.name, signal: engine.program.signals.names[chart.signal],
                        reading: value, value: statistic, limit: chart.limit))
            ]
        }
    }

    /// Moves a baseline on by one reading.
    ///
    /// - Parameters:
    ///   - counts: whether the count of readings moves on as well.
    ///   - words: those of the group.
    /// - Returns: how many standard deviations the reading was away, once enough are known.
    @unsafe @inline(__always)
    static func advance(
        _ trend: LaneLayout.Trend, _ value: Double, counts: Bool,
        _ words: UnsafeMutablePointer<UInt64>
    ) -> Double? {
        let base = unsafe words + trend.offset
        var baseline = unsafe RunningBaseline(
            mean: Double(bitPattern: base[0]), variance: Double(bitPattern: base[1]),
            count: Double(bitPattern: words[trend.count]))
        let deviation = baseline.standardised(value, warmUp: trend.warmUp)
        baseline.learn(value, memory: trend.memory)
        unsafe base[0] = baseline.mean.bitPattern
        unsafe base[1] = baseline.variance.bitPattern
        if counts { unsafe words[trend.count] = baseline.count.bitPattern }
        return deviation
    }

    /// Moves a chart on by one standardised reading.
    ///
    /// - Returns: the statistic when it passed its limit.
    @unsafe @inline(__always)
    static func advance(
        _ chart: LaneLayout.Chart, _ deviation: Double, _ words: UnsafeMutablePointer<UInt64>
    ) -> Double? {
        switch chart.method {
        case .ewma(let weight):
            var average = unsafe MovingAverageChart(average: Double(bitPattern: words[0]))
            let signal = average.add(deviation, weight: weight, limit: chart.limit)
            unsafe words[0] = average.average.bitPattern
            return signal
        case .cusum(let slack):
            var sum = unsafe CumulativeSumChart(
                rise: Double(bitPattern: words[0]), fall: Double(bitPattern: words[1]))
            let signal = sum.add(deviation, slack: slack, limit: chart.limit)
            unsafe words[0] = sum.rise.bitPattern
            unsafe words[1] = sum.fall.bitPattern
            return signal
        }
    }
}
