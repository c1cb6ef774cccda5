import FaultRules
import FleetSimulation
import Foundation
import ServiceTickets
import VehicleFaults

/// How bad lots are found in simulated fleets by what vehicles' roster says, and what is found when the
/// roster's rows are dealt out anew.
///
/// Model and year stay with their vehicle, since vehicles are compared within them; lots, region and
/// month of building are dealt together.
func badLots(
    rules files: [String], preset: FleetPreset, vehicles: Int, days: Int, seeds: [UInt64],
    lots: LotMaking
) throws {
    let program = try program(of: files)
    var (fleetsWrong, found, hidden, shuffledWrong) = (0, 0, 0, 0)
    for seed in seeds {
        let fleet = SimulatedFleet(
            preset: preset, seed: seed, vehicles: vehicles, days: days, lots: lots)
        // The roster stands at the end of a fleet.
        var rows: [(vehicle: VehicleID, values: [String: String])] = []
        var bad: [(name: String, component: String, factor: Double)] = []
        var failed: [String: Set<VehicleID>] = [:]
        for case .truth(let line) in fleet {
            switch line {
            case .vehicle(let truth): rows.append((truth.vehicle, attributes(truth)))
            case .badLot(let name, let component, let factor): bad.append((name, component, factor))
            case .failure(let failure) where failure.failed != nil:
                failed[FailureMode.all[failure.mode].name, default: []].insert(failure.vehicle)
            default: break
            }
        }
        var dealer = Dealer(seed: seed)
        let dealt = rows.indices.shuffled(using: &dealer)
        let fixed = ["model", "year"]
        var (real, shuffled) = (VehicleRoster(), VehicleRoster())
        for (place, row) in rows.enumerated() {
            real[row.vehicle] = VehicleAttributes(row.values)
            var other = rows[dealt[place]].values
            for name in fixed { other[name] = row.values[name] }
            shuffled[row.vehicle] = VehicleAttributes(other)
        }
        let (messages, right) = campaigns(of: fleet, program, real)
        let (_, wrong) = campaigns(of: fleet, program, shuffled)
        print("seed \(seed): \(messages) messages")
        var badModes: Set<String> = []
        for lot in bad {
            let mode = FailureMode.all.first { $0.component == lot.component }?.name ?? ""
            let inside = rows.filter { $0.values.values.contains(lot.name) }.map(\.vehicle)
            let (all, those) = (failed[mode] ?? [], failed[mode]?.intersection(inside) ?? [])
            let text = right.first { note in
                note.ticket.mode == mode
                    && note.event.fields.explanations.contains { $0.trait.value == lot.name }
            }
            badModes.insert(mode)
            found += text == nil ? 0 : 1
            hidden += text == nil ? 1 : 0
            let factor = (lot.factor * 10).rounded() / 10
            print(
                "  bad: \(lot.name), \(factor) times, \(those.count) of \(inside.count) failed, "
                    + "\(all.count - those.count) elsewhere: \(text == nil ? "–" : "found")")
        }
        for note in right { print("  ticket: " + describe(note)) }
        for note in wrong { print("  dealt anew: " + describe(note)) }
        fleetsWrong += right.contains { !badModes.contains($0.ticket.mode) } ? 1 : 0
        shuffledWrong += wrong.isEmpty ? 0 : 1
        fflush(nil)
    }
    print(
        "\(found) of \(found + hidden) bad lots found; \(fleetsWrong) of \(seeds.count) fleets with "
            + "a ticket about a sound part; with rows dealt anew \(shuffledWrong) with any")
}

private func campaigns(
    of fleet: SimulatedFleet, _ program: RuleProgram, _ roster: VehicleRoster
) -> (messages: Int, notes: [TicketNote]) {
    var watch = WatchedFleet(program, roster: roster)
    for case .message(let message) in fleet {
        watch.take(message)
        if watch.messages % 500 == 0 { _ = watch.decide() }
    }
    _ = watch.decide()
    return (watch.messages, watch.campaigns)
}

private func attributes(_ truth: VehicleTruth) -> [String: String] {
    var (heading, line): ([UInt8], [UInt8]) = ([], [])
    VehicleTruth.appendRosterHeading(to: &heading)
    truth.appendRosterLine(to: &line)
    func cells(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes.dropLast(), as: UTF8.self).split(separator: ",").map(String.init)
    }
    return [String: String](
        uniqueKeysWithValues: zip(cells(heading), cells(line)).dropFirst().map { ($0, $1) })
}

private func describe(_ note: TicketNote) -> String {
    let traits = note.event.fields.explanations.map { one in
        "\(one.trait.text) \(one.cases ?? 0) for \(one.expected ?? 0), q \(one.qText ?? "–")"
    }
    return "\(note.ticket.mode), \(note.event.at): " + traits.joined(separator: "; ")
}

/// Random numbers after Steele, Lea and Flood (2014), so that a seed deals alike everywhere.
private struct Dealer: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
