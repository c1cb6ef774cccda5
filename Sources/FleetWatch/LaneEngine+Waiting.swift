import FaultRules
import VehicleFaults

/// What waits for time: reports for older ones, holds for silence to last.
extension LaneEngine {
    /// The newest time of the vehicle that has arrived, applied or waiting.
    func newestKnown(_ lane: borrowing Lane) -> Int64 {
        max(lane.newestApplied, lane.waiting.last?.at ?? .min)
    }

    /// Puts a report among those that wait, in the order of the vehicle's time, then of its
    /// counter, then of its content, so that the order of arrival does not matter.
    func wait(
        _ report: Report, in buffer: borrowing ReportBuffer, at moment: Moment, lane: inout Lane
    ) {
        let waiting = WaitingReport(
            report: report,
            sightings: Array(
                buffer.sightings[
                    Int(report.sightings.lowerBound)..<Int(report.sightings.upperBound)]),
            readings: Array(
                buffer.readings[Int(report.readings.lowerBound)..<Int(report.readings.upperBound)]),
            freeze: Self.freeze(of: report, in: buffer), at: moment.at, received: moment.received,
            position: moment.position)
        let slot =
            lane.waiting.lastIndex { !Self.precedes(waiting, $0) }.map { $0 + 1 } ?? 0
        lane.waiting.insert(waiting, at: slot)
    }

    /// The freeze frames of a report's sightings, one after the other.
    private static func freeze(of report: Report, in buffer: borrowing ReportBuffer) -> [Reading] {
        var result: [Reading] = []
        for index in Int(report.sightings.lowerBound)..<Int(report.sightings.upperBound) {
            let range = buffer.sightings[index].freeze
            guard !range.isEmpty else { continue }
            result +=
                buffer.freezeReadings[Int(range.lowerBound)..<Int(range.upperBound)]
        }
        return result
    }

    private static func precedes(_ a: WaitingReport, _ b: WaitingReport) -> Bool {
        if a.at != b.at { return a.at < b.at }
        let (first, second) = (a.report.sequence ?? 0, b.report.sequence ?? 0)
        if first != second { return first < second }
        return a.report.digest < b.report.digest
    }

    /// Applies the waiting reports up to a time of the vehicle, oldest first.
    mutating func release(upTo watermark: Int64, lane: inout Lane) {
        var count = 0
        while count < lane.waiting.count, lane.waiting[count].at <= watermark { count += 1 }
        applyWaiting(first: count, lane: &lane)
    }

    private mutating func applyWaiting(first count: Int, lane: inout Lane) {
        guard count > 0 else { return }
        let ready = Array(lane.waiting[..<count])
        lane.waiting.removeFirst(count)
        for item in ready {
            var buffer = ReportBuffer()
            buffer.sightings = ContiguousArray(item.sightings)
            buffer.freezeReadings = ContiguousArray(item.freeze)
            var start: Int32 = 0
            for index in buffer.sightings.indices {
                let count = Int32(buffer.sightings[index].freeze.count)
                buffer.sightings[index].freeze = start..<(start + count)
                start += count
            }
            buffer.readings = ContiguousArray(item.readings)
            var report = item.report
            report.sightings = 0..<Int32(item.sightings.count)
            report.readings = 0..<Int32(item.readings.count)
            let isLate = item.at < lane.newestApplied
            if !isLate { lane.newestApplied = item.at }
            apply(
                report, in: buffer,
                at: Moment(at: item.at, received: item.received, position: item.position),
                isLate: isLate, lane: &lane)
        }
    }

    /// The received time at which this lane must be looked at although no message came.
    func nextDue(of lane: borrowing Lane) -> Int64 {
        var due = Int64.max
        if let oldest = lane.waiting.lazy.map(\.received).min() {
            due = oldest &+ settings.reorderWindow
        }
        guard program.hasTimers else { return due }
        // Without a walk over all groups, since it is asked after each message.
        for number in layout.silentSignals {
            guard let place = scratch.groups.find(.signal, number, in: lane.memory) else {
                continue
            }
            forEachSilentHold(ofSignal: number, at: place, lane) { _, _, remaining in
                due = min(due, lane.latestReceived &+ remaining)
            }
        }
        forEachRunningSilence(of: lane) { _, remaining in
            due = min(due, lane.latestReceived &+ remaining)
        }
        return due
    }

    /// Does what is due at a tick: lets reports go that waited long enough, and completes holds
    /// that may elapse in silence.
    mutating func tick(at now: Int64, lane: inout Lane) {
        scratch.groups.forget()
        scratch.vehicle = lane.vehicle
        // A report that waited the whole window goes, with all that are older than it.
        if settings.reorderWindow > 0,
            let last = lane.waiting.lastIndex(where: {
                $0.received &+ settings.reorderWindow <= now
            })
        {
            applyWaiting(first: last + 1, lane: &lane)
        }
        if program.hasTimers {
            // What the last message said, of whichever vehicle, is not of this moment.
            scratch.begin()
            completeSilent(at: now, lane: &lane)
        }
        lane.due = nextDue(of: lane)
    }

    /// What only lasts, and so is complete without a message.
    private enum Lasting {
        case hold(LaneLayout.Hold, place: Int)
        case silence(MeasureTable.Silence)
    }

    /// Completes holds and silences that have lasted long enough, each at its own moment.
    private mutating func completeSilent(at now: Int64, lane: inout Lane) {
        var ready: [(remaining: Int64, what: Lasting)] = []
        forEachSilentHold(of: lane) { hold, place, remaining in
            ready.append((remaining, .hold(hold, place: place)))
        }
        forEachRunningSilence(of: lane) { silence, remaining in
            ready.append((remaining, .silence(silence)))
        }
        ready.removeAll { lane.latestReceived &+ $0.remaining > now }
        // As if each had been looked at when it was due, whatever one tick stands for.
        for remaining in Set(ready.map(\.remaining)).sorted() {
            var moment = Moment(at: lane.newestApplied &+ remaining, received: now, position: 0)
            var lasted: [Int] = []
            for item in ready where item.remaining == remaining {
                switch item.what {
                case .hold(let hold, let place):
                    lasted.append(hold.atom)
                    complete(hold, place: place, at: &moment, lane: &lane)
                case .silence(let silence):
                    lasted.append(silence.atom)
                    complete(silence, at: &moment, lane: &lane)
                }
            }
            if !scratch.events.isEmpty || !scratch.news.isEmpty {
                settleNews(at: moment, lane: &lane)
            }
            if program.hasClears { settleEpisodes(at: moment, lasted: lasted, lane: &lane) }
        }
    }

    private mutating func complete(
        _ hold: LaneLayout.Hold, place: Int, at moment: inout Moment, lane: inout Lane
    ) {
        lane.memory[place] |= LaneLayout.HoldPlace.met
        var own = moment
        own.position = lane.memory[place + LaneLayout.HoldPlace.sincePosition]
        moment.position = max(moment.position, own.position)
        let (time, silence) = (own.time, own.received &- lane.latestReceived)
        drive(by: hold.atom, at: own, lane: &lane) { engine, memory in
            [
                engine.firstReading(of: hold, place: place, in: memory),
                Evidence(
                    position: own.position, at: time, content: .silence(milliseconds: silence)),
            ]
        }
    }

    /// Calls `body` with each hold that is running and may elapse in silence, its place, and the
    /// milliseconds it lacks after the newest message.
    private func forEachSilentHold(
        of lane: borrowing Lane, _ body: (LaneLayout.Hold, Int, Int64) -> Void
    ) {
        guard !layout.silentSignals.isEmpty else { return }
        lane.memory.forEachGroup { kind, number, content in
            guard kind == .signal else { return }
            forEachSilentHold(ofSignal: number, at: content.lowerBound, lane, body)
        }
    }

    @inline(__always)
    private func forEachSilentHold(
        ofSignal number: Int, at group: Int, _ lane: borrowing Lane,
        _ body: (LaneLayout.Hold, Int, Int64) -> Void
    ) {
        for index in layout.signals[number].holds {
            let hold = layout.holds[index]
            guard hold.elapsesInSilence else { continue }
            let place = group + hold.offset
            let flags = lane.memory[place]
            guard flags & LaneLayout.HoldPlace.holding != 0,
                flags & LaneLayout.HoldPlace.met == 0
            else { continue }
            let since = lane.memory.integer(group + LaneLayout.Place.lastTime)
            let held =
                lane.memory.integer(place + LaneLayout.HoldPlace.held)
                &+ (lane.newestApplied &- since)
            body(hold, place, max(0, hold.milliseconds &- held))
        }
    }
}
