import FaultRules
import VehicleFaults

/// What formulas and guards come to.
extension LaneEngine {
    private func builtin(_ name: Quantity.Builtin, at now: Int64, memory: borrowing LaneMemory)
        -> Double?
    {
        if name == .month { return scratch.month(at: now) }
        guard let place = scratch.groups.find(.trip, 0, in: memory) else { return nil }
        switch name {
        case .tripAge: return Double(now &- memory.integer(place + 1)) / 1000
        case .tripRest:
            let stood = memory.integer(place + 3)
            return stood < 0 ? nil : Double(stood) / 3_600_000
        case .tripDistance:
            guard let run = clock(.distance, at: now, memory: memory) else { return nil }
            return run - memory.double(place + 5)
        case .month: return nil
        }
    }

    /// A signal's newest reading, if it speaks for the present.
    @inline(__always) func fresh(_ signal: Int, at now: Int64, memory: borrowing LaneMemory)
        -> Double?
    {
        if let value = scratch.value(signal) { return value }
        guard let place = scratch.groups.find(.signal, signal, in: memory),
            memory[place + LaneLayout.Place.lastPosition] != 0
        else { return nil }
        let age = now &- memory.integer(place + LaneLayout.Place.lastTime)
        guard age.magnitude <= UInt64(RuleLimits.freshMilliseconds) else { return nil }
        return memory.double(place + LaneLayout.Place.lastValue)
    }

    /// What a formula comes to, by its place; `nil` when a part of it is not known.
    func value(of formula: Int32, at now: Int64, memory: borrowing LaneMemory) -> Double? {
        switch measures.table.formulas[Int(formula)] {
        case .signal(let signal): return fresh(Int(signal), at: now, memory: memory)
        case .builtin(let name): return builtin(name, at: now, memory: memory)
        case .attribute(let name):
            return attributes?.number(measures.table.attributeNames[Int(name)])
        case .cell(let number):
            return value(ofCell: Int(number), at: now, memory: memory)
        case .constant(let value): return value.isFinite ? value : nil
        case .cohort(let place): return cohort(place)?.median
        case .score(let place, let signal):
            guard let others = cohort(place), others.deviation > 0,
                let own = fresh(Int(signal), at: now, memory: memory)
            else { return nil }
            let score = (own - others.median) / others.deviation
            return score.isFinite ? score : nil
        case .unknown: return nil
        case .magnitude(let part): return operand(part, at: now, memory: memory)?.magnitude
        case .binary(let sign, let first, let second):
            guard let a = operand(first, at: now, memory: memory),
                let b = operand(second, at: now, memory: memory)
            else { return nil }
            let result =
                switch sign {
                case .plus: a + b
                case .minus: a - b
                case .times: a * b
                case .over: a / b
                }
            return result.isFinite ? result : nil
        case .least(let parts): return extreme(of: parts, isLeast: true, at: now, memory: memory)
        case .greatest(let parts):
            return extreme(of: parts, isLeast: false, at: now, memory: memory)
        }
    }

    /// As ``value(of:at:memory:)``, without a call for what most formulas consist of.
    @inline(__always) private func operand(
        _ formula: Int32, at now: Int64, memory: borrowing LaneMemory
    ) -> Double? {
        switch measures.table.formulas[Int(formula)] {
        case .constant(let value): value.isFinite ? value : nil
        case .signal(let signal): fresh(Int(signal), at: now, memory: memory)
        case .cell(let number): value(ofCell: Int(number), at: now, memory: memory)
        default: value(of: formula, at: now, memory: memory)
        }
    }

    private func value(ofCell number: Int, at now: Int64, memory: borrowing LaneMemory) -> Double? {
        value(
            ofCell: number, at: scratch.groups.find(.cell, number, in: memory),
            stand: stand(of: number, at: now, memory: memory), memory: memory)
    }

    /// What a cell tells whose words begin at a place, if it has some yet.
    @inline(__always) func value(
        ofCell number: Int, at place: Int?, stand: CellState.Stand?, memory: borrowing LaneMemory
    ) -> Double? {
        guard let place else {
            // Nothing read is a count too, if the window's clock is known.
            guard shapes[number].form == .count, stand != nil else { return nil }
            return 0
        }
        return CellState(number, of: shapes, at: place).value(
            stand: stand, trip: shapes[number].isOfTrip ? tripNumber(memory) ?? 0 : 0,
            memory: memory)
    }

    /// Where the clock of a cell's window stands, if it has one and that is known.
    @inline(__always) func stand(
        of number: Int, at now: Int64, memory: borrowing LaneMemory
    ) -> CellState.Stand? {
        guard let kind = shapes[number].clock else { return nil }
        if kind == .time { return CellState.Stand(Double(now), shapes[number]) }
        guard let clock = clock(kind, at: now, memory: memory) else { return nil }
        return CellState.Stand(clock, shapes[number])
    }

    /// What the roster says of the vehicle.
    private var attributes: VehicleAttributes? {
        guard let vehicle = scratch.vehicle else { return nil }
        return roster[vehicle]
    }

    private func cohort(_ place: Int32) -> Cohort? {
        guard let vehicle = scratch.vehicle else { return nil }
        return cohorts.cohort(Int(place), of: vehicle)
    }

    private func extreme(
        of parts: Range<Int32>, isLeast: Bool, at now: Int64, memory: borrowing LaneMemory
    ) -> Double? {
        var best: Double?
        for part in parts {
            guard
                let next = value(
                    of: measures.table.parts[Int(part)], at: now, memory: memory)
            else { return nil }
            if let known = best, isLeast ? next >= known : next <= known { continue }
            best = next
        }
        return best.flatMap { $0.isFinite ? $0 : nil }
    }

    func holds(test: Int32, at now: Int64, lane: borrowing Lane) -> Bool? {
        holds(test: test, at: now, memory: lane.memory)
    }

    /// Whether a guard is true, by its place; `nil` when that is not known (three values as in
    /// Kleene 1938).
    func holds(test: Int32, at now: Int64, memory: borrowing LaneMemory) -> Bool? {
        switch measures.table.tests[Int(test)] {
        case .all(let parts):
            var result: Bool? = true
            for part in parts {
                let answer = holds(
                    test: measures.table.parts[Int(part)], at: now, memory: memory)
                if answer == false { return false }
                if answer == nil { result = nil }
            }
            return result
        case .any(let parts):
            var result: Bool? = false
            for part in parts {
                let answer = holds(
                    test: measures.table.parts[Int(part)], at: now, memory: memory)
                if answer == true { return true }
                if answer == nil { result = nil }
            }
            return result
        case .not(let part): return holds(test: part, at: now, memory: memory).map { !$0 }
        case .compare(let formula, let sign, let limit):
            return operand(formula, at: now, memory: memory).map { sign.holds($0, limit) }
        case .attribute(let atom):
            return measures.table.attributeTests[Int(atom)].holds(for: attributes)
        }
    }
}
