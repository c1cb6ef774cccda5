import FaultRules
import FaultTrends
import VehicleFaults

// What the fleet decides together, at points of received time that all shards wait for.
extension FleetWatch {
    /// The points of the epoch's grid that received time passes in the batch.
    mutating func epochPoints() -> [Tick] {
        guard program.asksFleet, let newest = times.last else { return [] }
        if fleet.epoch == .min {
            // Nothing is known yet, so the first epoch begins and none ends.
            fleet.epoch = Census.epoch(of: times[0], settings.epoch)
        }
        guard Census.epoch(of: newest, settings.epoch) > fleet.epoch else { return [] }
        var result: [Tick] = []
        var passed = fleet.epoch
        for (index, time) in times.enumerated() {
            let point = Census.epoch(of: time, settings.epoch)
            guard point > passed else { continue }
            passed = point
            result.append(Tick(entry: index, time: point))
        }
        return result
    }

    /// Brings what the shards gathered together; in which order makes no difference.
    mutating func gatherTrends() {
        let (boxes, rules) = (boxes, program.trends)
        workers.run(boxes.count) { boxes[$0].shard.tellFleet() }
        // What is known for one check has nothing to do with another.
        let parts = Set(rules.map(\.meaning)).map { KnowledgeBox($0, fleet.takeKnowledge(of: $0)) }
        workers.run(parts.count) { number in
            let part = parts[number]
            for box in boxes {
                for index in rules.indices where rules[index].meaning == part.meaning {
                    part.add(box.shard.engine.trends.harvest[index])
                }
            }
        }
        for part in parts { fleet.put(part.knowledge, of: part.meaning) }
        for box in boxes {
            for (index, rule) in rules.enumerated() {
                fleet.add(box.shard.engine.trends.harvest[index], to: rule.meaning)
                box.shard.engine.trends.harvest[index] = TrendHarvest()
            }
            for (index, plan) in box.shard.engine.cohorts.plans.enumerated() {
                fleet.add(box.shard.engine.cohorts.harvest[index], to: plan.meaning)
                box.shard.engine.cohorts.harvest[index] = [:]
            }
        }
    }

    func publishTrends() {
        for box in boxes {
            box.shard.engine.trends.publish(fleet)
            box.shard.engine.cohorts.publish(fleet)
        }
    }

    /// Ends an epoch.
    ///
    /// - Returns: what it found, as if each vehicle had found it at the point.
    mutating func endEpoch(_ point: Tick) -> [(key: FindingKey, finding: Finding)] {
        gatherTrends()
        let found = fleet.end(at: point.time, program.trends, target: settings.falseShare)
        publishTrends()
        return found.map {
            (
                FindingKey(entry: point.entry, due: point.time, vehicle: $0.vehicle),
                finding($0)
            )
        }
    }

    private func finding(_ chosen: FleetTrends.Chosen) -> Finding {
        let (vehicle, suspect) = (chosen.vehicle, chosen.suspect)
        let rule = program.trends[chosen.trend]
        let needed = rule.isPromise ? chosen.needed : rule.harmless
        let at = EventTime(milliseconds: suspect.at)
        var evidence = TrendEvidence(
            kind: rule.kind.rawValue,
            subject: subject(of: rule, suspect),
            reading: suspect.reading, logEvidence: suspect.logEvidence, needed: needed,
            onset: EventTime(milliseconds: suspect.since), size: suspect.size,
            deviation: suspect.deviation)
        switch suspect.life.map({ Self.dates($0, from: at) }) {
        case .success(let dates): (evidence.dueFrom, evidence.dueTo) = dates
        case .failure(let unknown): evidence.noDate = unknown.reason
        case nil: break
        }
        return Finding(
            kind: .raised, vehicle: vehicle, rule: rule.rule, position: suspect.position, at: at,
            evidence: [Evidence(position: suspect.position, at: at, content: .trend(evidence))])
    }

    /// What a finding is about.
    private func subject(of rule: TrendRule, _ suspect: Suspect) -> String {
        let names = rule.signals.map { program.signals.names[$0] }
        switch rule.kind {
        case .foretells: return "\(rule.code?.text ?? "") + \(names[suspect.part])"
        case .unlikeKind: return names.joined(separator: " + ")
        default:
            return rule.signal.map { program.signals.names[$0] } ?? rule.code?.text ?? rule.span
                ?? ""
        }
    }

    /// The furthest that a date is looked for, in days.
    private static let horizon = 365.0
    /// The largest chance that a trend leads nowhere with which a date is given. Trends that are surer
    /// when their ticket is opened are more often those whose slope is overestimated.
    private static let chanceOfNoEnd = 0.1
    private static let day = 86_400_000.0

    /// Between which dates the limit should be met nine times in ten, or why that cannot be said.
    static func dates(_ life: RemainingLife, from at: EventTime) -> Result<
        (EventTime, EventTime), RemainingLife.Unknown
    > {
        life.dates(within: horizon, chanceOfNoEnd: chanceOfNoEnd).map {
            (
                at.advanced(by: Int64($0.lowerBound * day)),
                at.advanced(by: Int64($0.upperBound * day))
            )
        }
    }

    /// Decides a batch in which epochs end or repairs are told: up to each of them, then the epoch or
    /// the repair, then what is left.
    mutating func close(row: Int64, _ ticks: ContiguousArray<Tick>, epochs: [Tick]) -> [(
        key: FindingKey, finding: Finding
    )] {
        var found: [(key: FindingKey, finding: Finding)] = []
        var places = boxes.map { _ in Place() }
        var next = 0
        for epoch in epochs {
            renew(before: epoch.entry, &next, row: row, ticks, &places)
            decide(upTo: epoch.entry, row: row, ticks, &places)
            found += endEpoch(epoch)
        }
        renew(before: .max, &next, row: row, ticks, &places)
        decide(upTo: .max, row: row, ticks, &places)
        return found
    }

    /// Takes in the repairs that are told before an entry, from the place `next` on.
    private func renew(
        before limit: Int, _ next: inout Int, row: Int64, _ ticks: ContiguousArray<Tick>,
        _ places: inout [Place]
    ) {
        while next < renewals.count, renewals[next].entry < limit {
            let one = renewals[next]
            next += 1
            decide(upTo: one.entry, row: row, ticks, &places)
            box(of: one.repair.vehicle).shard.renew(
                one.checks, after: one.repair, at: EventTime(milliseconds: times[one.entry]),
                row: row)
        }
    }

    /// How far a shard has come in a batch.
    private struct Place {
        var slice = 0
        var item = 0
        var tick = 0
    }

    /// Decides reports before an entry, and ticks up to it. Epochs are rare, so no threads are woken.
    private func decide(
        upTo limit: Int, row: Int64, _ ticks: ContiguousArray<Tick>, _ places: inout [Place]
    ) {
        for (index, box) in boxes.enumerated() {
            var place = places[index]
            func tick(_ entry: Int) {
                while place.tick < ticks.count, ticks[place.tick].entry <= entry {
                    let next = ticks[place.tick]
                    box.shard.tick(at: next.time, entry: next.entry, row: row)
                    place.tick += 1
                }
            }
            decide: while place.slice < slices.count {
                let source = slices[place.slice]
                let work = box.work[place.slice]
                while place.item < work.count {
                    let report = Int(work[place.item].report)
                    let entry = Int(source.slice.traces[report].entry)
                    if entry >= limit { break decide }
                    tick(entry)
                    box.shard.accept(
                        report, in: source.slice.buffer, lane: Int(work[place.item].lane),
                        received: times[entry], position: positions[entry], entry: entry, row: row)
                    place.item += 1
                }
                place.slice += 1
                place.item = 0
            }
            tick(limit)
            places[index] = place
        }
    }

    /// What the fleet knows together, to be stored in the same transaction as any lane; `nil` when no
    /// rule asks for it.
    public mutating func takeFleet() -> [UInt8]? {
        guard program.asksFleet else { return nil }
        gatherTrends()
        return fleet.bytes
    }
}
