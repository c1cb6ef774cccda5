import FaultRules
import FaultTrends
import ServiceTickets
import VehicleFaults

// Confirmed repairs: entries of the journal after which the checks of a part begin anew.
extension FleetWatch {
    /// A repair in the opened batch, with the checks that are about what was mended.
    struct Renewal {
        var entry: Int
        var repair: ConfirmedRepair
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
            let checks = program.checks(of: repair)
            return checks.isEmpty
                ? nil : Renewal(entry: command.entry, repair: repair, checks: checks)
        }
        for vehicle in renewals.map(\.repair.vehicle) where !holds(vehicle) {
            let box = box(of: vehicle)
            box.newcomers.append(vehicle)
            _ = box.shard.add(vehicle)
        }
    }
}

extension RuleProgram {
    /// The checks for a repair's failure mode, and those of the same part.
    func checks(of repair: ConfirmedRepair) -> [Int] {
        trends.indices.filter { index in
            let rule = rules[trends[index].rule]
            return rule.mode == repair.mode || rule.component == repair.component
        }
    }

    /// What of a note must become an entry of its own.
    func repair(in note: TicketNote) -> ConfirmedRepair? {
        guard !trends.isEmpty, let repair = ConfirmedRepair(note),
            !checks(of: repair).isEmpty
        else { return nil }
        return repair
    }
}

extension LaneEngine {
    /// - Returns: whether the vehicle had been watched at all.
    mutating func renew(
        _ checks: [Int], after repair: ConfirmedRepair, at time: EventTime, lane: inout Lane
    ) -> Bool {
        var first = 0
        guard lane.memory.next(.trend, from: &first) != nil else { return false }
        scratch.groups.forget()
        for index in checks {
            let place = check(index, of: &lane)
            let settings = trends.plans[index].settings
            switch trends.looks[index].form {
            case .drift:
                change(index, at: place, lane: &lane) { (check: inout DriftCheck) in
                    check.beginAnew(at: time, settings)
                }
            case .rank:
                change(index, at: place, lane: &lane) { (check: inout RankCheck) in
                    check.beginAnew(at: time)
                }
            case .recurrence:
                change(index, at: place, lane: &lane) { (watch: inout RecurrenceWatch) in
                    watch.beginAnew(at: time)
                }
            case .subsystem:
                change(index, at: place, lane: &lane) { (check: inout SubsystemCheck) in
                    check.beginAnew(at: time)
                }
            case .wear: renewWear(index, repair, place: place, lane: &lane)
            case .pair: renewPair(index, repair, at: time, place: place, lane: &lane)
            }
        }
        return true
    }

    /// Notes that a vehicle was in a workshop: where its levels lie must be seen again.
    mutating func noteVisit(at moment: Moment, lane: inout Lane) {
        var next = 0
        // A check that was shown nothing yet has no level.
        while let (index, place) = lane.memory.next(.trend, from: &next) {
            let settings = trends.plans[index].settings
            switch trends.looks[index].form {
            case .drift:
                change(index, at: place, lane: &lane) { (check: inout DriftCheck) in
                    check.noteVisit(at: moment.time, settings)
                }
            case .rank:
                change(index, at: place, lane: &lane) { (check: inout RankCheck) in
                    check.noteVisit(at: moment.time)
                }
            case .subsystem:
                change(index, at: place, lane: &lane) { (check: inout SubsystemCheck) in
                    check.rank.noteVisit(at: moment.time)
                }
            case .recurrence, .wear, .pair: break
            }
        }
    }

    /// What was seen before the change opens nothing after it unless more is seen.
    private mutating func change<Check: EvidenceCheck>(
        _ index: Int, at place: Int, lane: inout Lane, _ change: (inout Check) -> Void
    ) {
        var check = Check(words: lane.memory[check: place])
        let wasOpen = check.isOpen
        change(&check)
        lane.memory[check: place] = check.words
        guard trends.feeds, wasOpen else { return }
        trends.harvest[index].withdraw(lane.vehicle, isOver: !check.isOpen)
    }
}
