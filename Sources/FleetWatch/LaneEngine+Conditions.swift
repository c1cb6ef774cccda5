import FaultRules
import VehicleFaults

extension LaneEngine {
    // An episode's words: when it was raised; by which message, 0 while it is over.

    /// Takes note that an atom has become true.
    ///
    /// Rules that ask for nothing else fire at once. All others, counts and pairs among them, wait
    /// until the whole message has been applied, since what they also ask for may still change.
    ///
    /// - Parameter proof: the atom's own evidence; only asked for when something needs it.
    mutating func drive(
        by atom: Int, at moment: Moment, lane: inout Lane,
        proof: (borrowing LaneEngine, borrowing LaneMemory) -> [Evidence]
    ) {
        sightings?.pulse(atom)
        var isAwaited = false
        for number in program.rulesDriven[atom] {
            guard asksOne[number] else {
                isAwaited = true
                continue
            }
            guard opens(number, at: moment, lane: &lane) else { continue }
            raise(number, proof(self, lane.memory), at: moment, lane: lane)
        }
        guard isAwaited || !program.eventsDriven[atom].isEmpty else { return }
        let proof = proof(self, lane.memory)
        if isAwaited { scratch.news.append(LaneNews(atom: atom, at: moment.at, proof: proof)) }
        for use in program.eventsDriven[atom] {
            scratch.events.append(LaneEvent(use, by: atom, proof.last, at: moment))
        }
    }

    /// Looks at what waited for the end of the message: counts and pairs first, then rules.
    mutating func settleNews(at moment: Moment, lane: inout Lane) {
        settleEvents(at: moment, lane: &lane)
        guard !scratch.news.isEmpty else { return }
        let news = scratch.news
        scratch.news.removeAll(keepingCapacity: true)
        var looks: [(rule: Int, news: Int)] = []
        for (index, item) in news.enumerated() {
            for number in program.rulesDriven[item.atom] where !asksOne[number] {
                looks.append((number, index))
            }
        }
        looks.sort { ($0.rule, $0.news) < ($1.rule, $1.news) }
        var rest = looks[...]
        while let number = rest.first?.rule {
            let own = rest.prefix { $0.rule == number }.map { news[$0.news] }
            rest = rest.dropFirst(own.count)
            settle(number, own, at: moment, lane: &lane)
        }
    }

    /// Fires a rule if any of what became true makes the whole of it true: once, with all of that.
    private mutating func settle(
        _ number: Int, _ news: [LaneNews], at moment: Moment, lane: inout Lane
    ) {
        let when = program.rules[number].when
        var completing: [LaneNews] = []
        for item in news where holds(when, given: item.atom, at: item.at, lane: lane) {
            completing.append(item)
        }
        guard let newest = completing.map(\.at).max() else { return }
        var latest = moment
        latest.at = newest
        guard opens(number, at: latest, lane: &lane) else { return }
        var evidence = completing.flatMap(\.proof)
        for other in when.drivers.sorted()
        where !completing.contains(where: { $0.atom == other })
            && holds(other, at: newest, lane: lane)
        {
            evidence += self.evidence(for: other, lane: lane)
        }
        evidence.sort { ($0.at, $0.position) < ($1.at, $1.position) }
        raise(number, evidence, at: latest, lane: lane)
    }

    /// Begins the episode of a rule that has a clear condition.
    ///
    /// - Returns: false while the rule is in one.
    private func opens(_ number: Int, at moment: Moment, lane: inout Lane) -> Bool {
        guard program.rules[number].until != nil else { return true }
        let place = episode(number, lane: &lane)
        guard lane.memory[place + 1] == 0 else { return false }
        lane.memory.set(place, moment.at)
        lane.memory[place + 1] = moment.position
        return true
    }

    private mutating func raise(
        _ number: Int, _ proof: [Evidence], at moment: Moment, lane: borrowing Lane
    ) {
        var evidence = proof
        addFlaps(to: &evidence, at: moment, lane: lane)
        findings.append(
            Finding(
                kind: .raised, vehicle: lane.vehicle, rule: number, position: moment.position,
                at: moment.time, evidence: evidence))
    }

    /// Says of a code that comes and goes how often it did within a day.
    private func addFlaps(to evidence: inout [Evidence], at moment: Moment, lane: borrowing Lane) {
        var seen: [FaultCode] = []
        for item in evidence {
            guard case .code(let code, _) = item.content, !seen.contains(code) else { continue }
            seen.append(code)
            let changes = flaps(of: code, at: moment.at, lane: lane)
            guard changes >= RuleLimits.flaps else { continue }
            evidence.append(
                Evidence(
                    position: moment.position, at: moment.time,
                    content: .statistic(
                        name: "flaps", signal: code.description, reading: Double(changes),
                        value: Double(changes), limit: Double(RuleLimits.flaps))))
        }
    }

    private func episode(_ rule: Int, lane: inout Lane) -> Int {
        scratch.groups.find(.episode, rule, in: lane.memory)
            ?? lane.memory.add(LaneMemory.key(.episode, rule), length: 2)
    }

    /// Ends the episodes whose clear condition is met after this message.
    ///
    /// - Parameter lasted: what time brought on, without a message; then only rules that speak of
    ///   it are asked, so that no rule goes by what another one waits for.
    mutating func settleEpisodes(at moment: Moment, lasted: [Int]? = nil, lane: inout Lane) {
        scratch.groups.goOn(lane.memory)
        if !scratch.groups.isWhole(lane.memory) { scratch.groups.begin(lane.memory) }
        for (number, place) in scratch.groups.episodes {
            let position = lane.memory[place + 1]
            guard position != 0 else { continue }
            let isAsked =
                if let lasted {
                    lasted.contains { rulesLasting[$0]?.contains(number) ?? false }
                } else {
                    // The message that raised an episode does not also end it.
                    position != moment.position
                }
            guard isAsked else { continue }
            guard let until = program.rules[number].until,
                holds(until, given: -1, at: moment.at, lane: lane)
            else { continue }
            lane.memory[place + 1] = 0
            findings.append(
                Finding(
                    kind: .cleared, vehicle: lane.vehicle, rule: number,
                    position: moment.position, at: moment.time, evidence: []))
        }
    }

    /// Whether a condition is true at a moment, one atom being true in any case.
    ///
    /// A function and no closure, which would keep a copy of the engine.
    ///
    /// - Parameter given: the atom; negative for none.
    func holds(_ condition: Condition, given: Int, at now: Int64, lane: borrowing Lane) -> Bool {
        switch condition {
        case .all(let parts):
            for part in parts where !holds(part, given: given, at: now, lane: lane) {
                return false
            }
            return true
        case .any(let parts):
            for part in parts where holds(part, given: given, at: now, lane: lane) { return true }
            return false
        case .atLeast(let count, let parts):
            var found = 0
            for part in parts where holds(part, given: given, at: now, lane: lane) { found += 1 }
            return found >= count
        case .not(let part): return !holds(part, given: given, at: now, lane: lane)
        case .atom(let atom): return atom == given || holds(atom, at: now, lane: lane)
        }
    }

    /// Whether an atom is true at a moment, from what the lane remembers.
    func holds(_ atom: Int, at now: Int64, lane: borrowing Lane) -> Bool {
        switch program.atoms[atom] {
        case .code(let condition):
            guard let wanted = condition.occurrences else {
                return present(atom, condition, lane: lane) != nil
            }
            guard wanted.isPlain else {
                return counted(atom, condition, wanted, at: now, lane: lane) != nil
            }
            if !condition.countsEachCode {
                guard let place = scratch.groups.find(.pattern, atom, in: lane.memory) else {
                    return false
                }
                return Occurrences(
                    place: place, stride: CodeTable.patternLength, kept: codes.kept(ofPattern: atom)
                ).holds(
                    at: now, count: wanted.count, within: wanted.withinMilliseconds,
                    memory: lane.memory)
            }
            return counted(atom, wanted, at: now, lane: lane) != nil
        case .signal:
            guard let hold = layout.holdPlaces[atom].map({ layout.holds[$0] }),
                let group = scratch.groups.find(.signal, hold.signal, in: lane.memory)
            else { return false }
            let place = group + hold.offset
            return lane.memory[place] & LaneLayout.HoldPlace.met != 0
        case .trend:
            // A chart is true only at the reading that carries it beyond its limit.
            return false
        case .measure:
            guard let place = scratch.groups.find(.measure, atom, in: lane.memory) else {
                return false
            }
            return lane.memory[place] & LaneLayout.HoldPlace.met != 0
        case .attribute(let test): return test.holds(for: roster[lane.vehicle]) == true
        case .silence:
            guard let place = scratch.groups.find(.silence, atom, in: lane.memory) else {
                return false
            }
            return lane.memory[place] != 0
        case .count(let count): return holds(count, atom, at: now, lane: lane)
        case .pair(let pair): return holds(pair, atom, at: now, lane: lane)
        }
    }

    /// What makes a remembered atom true.
    func evidence(for atom: Int, lane: borrowing Lane) -> [Evidence] {
        switch program.atoms[atom] {
        case .code(let condition):
            guard let wanted = condition.occurrences else {
                guard let found = present(atom, condition, lane: lane) else { return [] }
                return codes.presence(of: found.number, at: found.place, in: lane.memory)
            }
            guard wanted.isPlain else {
                guard let found = counted(atom, condition, wanted, at: nil, lane: lane) else {
                    return []
                }
                return found.list.evidence(
                    label: "", code: found.number.map { codes.known[$0].key.code },
                    in: lane.memory)
            }
            if condition.countsEachCode {
                guard let found = counted(atom, wanted, at: .min, lane: lane) else { return [] }
                return found.ring.evidence(
                    in: lane.memory, code: codes.known[found.number].key.code, adding: nil)
            }
            guard let place = scratch.groups.find(.pattern, atom, in: lane.memory) else {
                return []
            }
            return Occurrences(
                place: place, stride: CodeTable.patternLength, kept: codes.kept(ofPattern: atom)
            ).evidence(in: lane.memory, code: FaultCode(obd: 0), adding: nil)
        case .signal:
            guard let hold = layout.holdPlaces[atom].map({ layout.holds[$0] }),
                let group = scratch.groups.find(.signal, hold.signal, in: lane.memory)
            else { return [] }
            return [firstReading(of: hold, place: group + hold.offset, in: lane.memory)]
        case .trend, .attribute: return []
        case .measure:
            let number = measures.measureOfAtom[atom]
            guard number >= 0, let place = scratch.groups.find(.measure, atom, in: lane.memory)
            else { return [] }
            return [
                firstEvidence(of: measures.measures[Int(number)], place: place, in: lane.memory)
            ]
        case .silence(let silence): return evidence(for: silence, atom, lane: lane)
        case .count(let count): return evidence(for: count, atom, lane: lane)
        case .pair(let pair): return evidence(for: pair, atom, lane: lane)
        }
    }

    /// The first code that makes a presence atom true.
    private func present(_ atom: Int, _ condition: CodeAtom, lane: borrowing Lane)
        -> (number: Int, place: Int)?
    {
        var place = 0
        while let (number, content) = lane.memory.next(.code, from: &place) {
            let state = lane.memory[content + CodeTable.Place.state]
            guard state & CodeTable.Place.present != 0,
                condition.accepts(FaultStatus(rawValue: UInt8(truncatingIfNeeded: state))),
                let use = codes.use(of: number, by: atom).map({ codes.uses[$0] }),
                use.flag < 0 || lane.memory[content + use.flag] != 0
            else { continue }
            return (number, content)
        }
        return nil
    }

    /// The first code that was counted often enough for an atom that counts each code apart.
    ///
    /// - Parameter now: `Int64.min` asks for a full ring, whenever it was.
    private func counted(
        _ atom: Int, _ wanted: CodeAtom.Occurrences, at now: Int64, lane: borrowing Lane
    ) -> (number: Int, ring: Occurrences)? {
        let within = now == .min ? Int64.max : wanted.withinMilliseconds
        var place = 0
        while let (number, content) = lane.memory.next(.code, from: &place) {
            guard let use = codes.use(of: number, by: atom).map({ codes.uses[$0] }) else {
                continue
            }
            let ring = Occurrences(
                place: content + use.offset, stride: CodeTable.occurrenceLength, kept: use.kept)
            if ring.holds(
                at: now == .min ? 0 : now, count: wanted.count, within: within,
                memory: lane.memory)
            {
                return (number, ring)
            }
        }
        return nil
    }

    /// The list of events that makes an atom true that counts days, trips, codes, or by distance.
    ///
    /// - Parameter now: `nil` asks for a full list, whenever it was.
    private func counted(
        _ atom: Int, _ condition: CodeAtom, _ wanted: CodeAtom.Occurrences, at now: Int64?,
        lane: borrowing Lane
    ) -> (number: Int?, list: EventList)? {
        var clock: Double?
        if let now {
            clock = self.clock(wanted.window.kind, at: now, lane: lane)
            guard clock != nil else { return nil }
        }
        let span = now == nil ? .infinity : wanted.window.span
        if !condition.countsEachCode {
            guard let place = scratch.groups.find(.pattern, atom, in: lane.memory) else {
                return nil
            }
            let list = EventList(place: place, kept: wanted.count, isFull: true)
            return list.holds(at: clock ?? 0, span: span, memory: lane.memory) ? (nil, list) : nil
        }
        var place = 0
        while let (number, content) = lane.memory.next(.code, from: &place) {
            guard let use = codes.use(of: number, by: atom).map({ codes.uses[$0] }) else {
                continue
            }
            let list = EventList(place: content + use.offset, kept: wanted.count, isFull: false)
            if list.holds(at: clock ?? 0, span: span, memory: lane.memory) {
                return (number, list)
            }
        }
        return nil
    }
}
