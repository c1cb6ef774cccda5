import FaultRules
import FaultTrends
import ServiceTickets
import VehicleFaults

// Confirmed repairs: entries of the journal after which the checks of a part begin anew.
extension FleetWatch {
    /// A repair in the opened batch, with the checks that are about what was mended.
    struct Renewal {
        var entry: Int
        var vehicle: VehicleID
        var checks: [Int]
    }

    /// Finds the repairs among the batch's commands that mean something to the running rules, and makes
    /// room for the lanes they are about.
    mutating func findRenewals() {
        renewals.removeAll()
        guard !commands.isEmpty, !program.trends.isEmpty else { return }
        renewals = commands.compactMap { command in
            guard let pairs = FlatJSON.pairs(String(decoding: command.payload, as: UTF8.self)),
                let repair = ConfirmedRepair(pairs: pairs)
            else { return nil }
            let checks = checks(of: repair)
            return checks.isEmpty
                ? nil : Renewal(entry: command.entry, vehicle: repair.vehicle, checks: checks)
        }
        for vehicle in renewals.map(\.vehicle) where !holds(vehicle) {
            let box = box(of: vehicle)
            box.newcomers.append(vehicle)
            _ = box.shard.add(vehicle)
        }
    }

    /// The checks for a repair's failure mode, and those of the same part.
    func checks(of repair: ConfirmedRepair) -> [Int] {
        program.trends.indices.filter { index in
            let rule = program.rules[program.trends[index].rule]
            return rule.mode == repair.mode || rule.component == repair.component
        }
    }

    /// What of a note must become an entry of its own.
    func repair(in note: TicketNote) -> ConfirmedRepair? {
        guard !program.trends.isEmpty, let repair = ConfirmedRepair(note),
            !checks(of: repair).isEmpty
        else { return nil }
        return repair
    }
}

extension LaneEngine {
    /// - Returns: whether the vehicle had been watched at all.
    mutating func renew(_ checks: [Int], at time: EventTime, lane: inout Lane) -> Bool {
        guard let start = lane.memory.find(LaneMemory.key(.trend, 0)) else { return false }
        for index in checks {
            changeCheck(index, at: start, lane: &lane) { check, settings in
                check.beginAnew(at: time, settings)
            }
        }
        return true
    }

    /// Notes that a vehicle was in a workshop: where its levels lie must be seen again.
    mutating func noteVisit(at moment: Moment, lane: inout Lane) {
        guard let start = lane.memory.find(LaneMemory.key(.trend, 0)) else { return }
        for index in trends.plans.indices {
            changeCheck(index, at: start, lane: &lane) { check, settings in
                check.noteVisit(at: moment.time, settings)
            }
        }
    }

    private mutating func changeCheck(
        _ index: Int, at start: Int, lane: inout Lane,
        _ change: (inout DriftCheck, DriftSettings) -> Void
    ) {
        let place = start + TrendWork.words * index
        var words = InlineArray<11, UInt64>(repeating: 0)
        for word in 0..<TrendWork.words { words[word] = lane.memory[place + word] }
        var check = DriftCheck(words: words)
        let wasOpen = check.isOpen
        change(&check, trends.plans[index].settings)
        words = check.words
        for word in 0..<TrendWork.words { lane.memory[place + word] = words[word] }
        // What was seen before a visit opens nothing after it unless more is seen.
        if trends.feeds, wasOpen {
            trends.harvest[index].withdraw(lane.vehicle, isOver: !check.isOpen)
        }
    }
}
