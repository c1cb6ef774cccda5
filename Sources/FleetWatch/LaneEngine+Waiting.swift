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
            apply(
                report, in: buffer,
                at: Moment(at: item.at, received: item.received, position: item.position),
                lane: &lane)
        }
    }

    /// The received time at which this lane must be looked at although no message came.
    func nextDue(of lane: borrowing Lane) -> Int64 {
        var due = Int64.max
        if let oldest = lane.waiting.map(\.received).min() {
            due = oldest &+ settings.reorderWindow
        }
        guard program.hasTimers else { return due }
        forEachSilentHold(of: lane) { _, _, remaining in
            due = min(due, lane.latestReceived &+ remaining)
        }
        forEachRunningSilence(of: lane) { _, remaining in
            due = min(due, lane.latestReceived &+ remaining)
        }
        return due
    }

    /// Does what is due at a tick: lets reports go that waited long enough, and completes holds
    /// that may elapse in silence.
    mutating func tick(at now: Int64, lane: inout Lane) {
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
            completeSilentHolds(at: now, lane: &lane)
            if !measures.silences.isEmpty { completeSilences(at: now, lane: &lane) }
        }
        lane.due = nextDue(of: lane)
    }

    private mutating func completeSilentHolds(at now: Int64, lane: inout Lane) {
        var ready: [(hold: LaneLayout.Hold, place: Int, at: Int64)] = []
        forEachSilentHold(of: lane) { hold, place, remaining in
            guard lane.latestReceived &+ remaining <= now else { return }
            ready.append((hold, place, lane.newestApplied &+ remaining))
        }
        let silence = now &- lane.latestReceived
        for (hold, place, at) in ready {
            lane.memory[place] |= LaneLayout.HoldPlace.met
            let moment = Moment(
                at: at, received: now,
                position: lane.memory[place + LaneLayout.HoldPlace.sincePosition])
            drive(by: hold.atom, at: moment, lane: &lane) { engine, memory in
                [
                    engine.firstReading(of: hold, place: place, in: memory),
                    Evidence(
                        position: moment.position, at: moment.time,
                        content: .silence(milliseconds: silence)),
                ]
            }
            if !scratch.events.isEmpty { settleEvents(at: moment, lane: &lane) }
        }
    }

    /// Calls `body` with each hold that is running and may elapse in silence, its place, and the
    /// milliseconds it lacks after the newest message.
    private func forEachSilentHold(
        of lane: borrowing Lane, _ body: (LaneLayout.Hold, Int, Int64) -> Void
    ) {
        lane.memory.forEachGroup { kind, number, content in
            guard kind == .signal else { return }
            for hold in layout.holds[layout.signals[number].holds] where hold.elapsesInSilence {
                let place = content.lowerBound + hold.offset
                let flags = lane.memory[place]
                guard flags & LaneLayout.HoldPlace.holding != 0,
                    flags & LaneLayout.HoldPlace.met == 0
                else { continue }
                let since = lane.memory.integer(content.lowerBound + LaneLayout.Place.lastTime)
                let held =
                    lane.memory.integer(place + LaneLayout.HoldPlace.held)
                    &+ (lane.newestApplied &- since)
                body(hold, place, max(0, hold.milliseconds &- held))
            }
        }
    }
}
