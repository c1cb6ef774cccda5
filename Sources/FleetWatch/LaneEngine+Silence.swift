import FaultRules
import VehicleFaults

/// Silence as something that rules ask for.
extension LaneEngine {
    // A silence's words: whether it is met; since when nothing was heard, by the vehicle's time; the
    // newest message.

    /// Applies what the report says of odometer and hour meter to the rules on these signals.
    mutating func applyMeters(of report: Report, at moment: Moment, lane: inout Lane) {
        var hint = 0
        if let signal = measures.odometer, !report.odometerKilometres.isNaN {
            applyReading(
                Reading(
                    signal: SignalID(index: UInt32(signal)), value: report.odometerKilometres),
                at: moment, hint: &hint, lane: &lane)
        }
        if let signal = measures.hourMeter, !report.engineHours.isNaN {
            applyReading(
                Reading(signal: SignalID(index: UInt32(signal)), value: report.engineHours),
                at: moment, hint: &hint, lane: &lane)
        }
    }

    /// Ends or completes silences at a message.
    mutating func applySilence(at moment: Moment, isLate: Bool, lane: inout Lane) {
        // By number, since an array that is walked is kept meanwhile.
        for number in measures.silences.indices {
            let silence = measures.silences[number]
            let place: Int
            if let known = scratch.groups.find(.silence, silence.atom, in: lane.memory) {
                place = known
            } else {
                place = lane.memory.add(
                    LaneMemory.key(.silence, silence.atom), length: StateWords.silence)
                lane.memory.set(place + 1, moment.at)
            }
            lane.memory[place + 2] = moment.position
            guard let signal = silence.signal else {
                lane.memory[place] = 0
                lane.memory.set(place + 1, lane.newestApplied)
                continue
            }
            guard !isLate else { continue }
            if let group = scratch.groups.find(.signal, signal, in: lane.memory),
                lane.memory[group + LaneLayout.Place.lastPosition] != 0
            {
                let read = lane.memory.integer(group + LaneLayout.Place.lastTime)
                lane.memory.set(place + 1, max(lane.memory.integer(place + 1), read))
            }
            let elapsed = moment.at &- lane.memory.integer(place + 1)
            guard elapsed >= silence.milliseconds else {
                lane.memory[place] = 0
                continue
            }
            guard lane.memory[place] == 0 else { continue }
            lane.memory[place] = 1
            complete(silence, at: moment, lane: &lane)
        }
    }

    private mutating func complete(
        _ silence: MeasureTable.Silence, at moment: Moment, lane: inout Lane
    ) {
        guard case .silence(let atom) = program.atoms[silence.atom] else { return }
        let proof = evidence(for: atom, silence.atom, lane: lane)
        drive(by: silence.atom, at: moment, lane: &lane) { _, _ in proof }
    }

    /// Completes a silence that has lasted long enough at a tick.
    mutating func complete(
        _ silence: MeasureTable.Silence, at moment: inout Moment, lane: inout Lane
    ) {
        guard let place = scratch.groups.find(.silence, silence.atom, in: lane.memory) else {
            return
        }
        lane.memory[place] = 1
        var own = moment
        own.position = lane.memory[place + 2]
        moment.position = max(moment.position, own.position)
        complete(silence, at: own, lane: &lane)
    }

    /// Calls `body` with each silence that may become true by time alone, and the milliseconds it
    /// lacks after the newest message.
    func forEachRunningSilence(
        of lane: borrowing Lane, _ body: (MeasureTable.Silence, Int64) -> Void
    ) {
        guard lane.newestApplied > .min else { return }
        for silence in measures.silences {
            guard let place = scratch.groups.find(.silence, silence.atom, in: lane.memory),
                lane.memory[place] == 0
            else { continue }
            let lasted = lane.newestApplied &- lane.memory.integer(place + 1)
            body(silence, max(0, silence.milliseconds &- lasted))
        }
    }

    func evidence(for silence: SilenceAtom, _ atom: Int, lane: borrowing Lane) -> [Evidence] {
        guard let place = scratch.groups.find(.silence, atom, in: lane.memory) else { return [] }
        return [
            Evidence(
                position: lane.memory[place + 2],
                at: EventTime(milliseconds: lane.memory.integer(place + 1)),
                content: .silence(milliseconds: silence.milliseconds))
        ]
    }
}
