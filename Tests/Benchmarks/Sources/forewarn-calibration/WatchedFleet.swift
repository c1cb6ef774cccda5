import FaultRules
import FleetSimulation
import FleetWatch
import ServiceTickets
import VehicleFaults
import YAMLSource

/// The core with a simulated fleet in front of it, in batches.
struct WatchedFleet {
    private var watch: FleetWatch
    private var batch = EntryBatch()
    private var row: Int64 = 0
    private(set) var messages = 0
    /// Looks that were taken at hypotheses: at the end of an epoch the evidence of one check of one
    /// vehicle, one that has a past to be held against, lies beside all others and could become a
    /// finding.
    private(set) var tests = 0

    /// What was found to explain faults, the first of a mode and those that came later.
    private(set) var campaigns: [TicketNote] = []

    init(_ program: RuleProgram, roster: VehicleRoster = VehicleRoster()) {
        watch = FleetWatch(program: program, settings: WatchSettings(), roster: roster)
    }

    /// Hypotheses that were opened so far.
    var opened: Int { watch.fleet.hypotheses }
    /// When the last epoch ended, in milliseconds of received time.
    var epoch: Int64 { watch.fleet.epoch }

    mutating func take(_ message: SampleMessage) {
        let start = batch.bytes.count
        batch.bytes += Array(message.topic.utf8)
        let middle = batch.bytes.count
        batch.bytes += message.payload
        batch.entries.append(
            Entry(
                received: message.received.milliseconds, topic: start..<middle,
                payload: middle..<batch.bytes.count))
        messages += 1
    }

    /// Takes in a repair, told when the last message was.
    mutating func take(_ repair: ConfirmedRepair) {
        let start = batch.bytes.count
        batch.bytes += Array(repair.json.utf8)
        batch.entries.append(
            Entry(
                kind: .command, received: watch.received, topic: start..<start,
                payload: start..<batch.bytes.count))
    }

    /// Decides what has been taken in.
    mutating func decide() -> [(rule: Rule, finding: Finding, seen: TrendEvidence)] {
        row += 1
        let (epochs, watched) = (watch.fleet.number, watch.fleet.watched)
        _ = watch.open(batch)
        let decisions = watch.close(row: row).decisions
        batch = EntryBatch()
        // Those that were watched when the batch began were looked at in each epoch that it ended.
        tests += (watch.fleet.number - epochs) * watched
        return decisions.compactMap { decision in
            if case .ticket(let note) = decision, note.ticket.isCampaign { campaigns.append(note) }
            guard case .finding(let settled) = decision, settled.finding.kind == .raised,
                case .trend(let seen)? = settled.finding.evidence.first?.content
            else { return nil }
            return (settled.rule, settled.finding, seen)
        }
    }
}
