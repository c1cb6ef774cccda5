import ArgumentParser
import FleetSimulation
import Foundation
import TerminalText

/// `forewarn simulate`: a fleet that does not exist, with the truth about it.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Write the messages of a made-up fleet, and the truth.",
        discussion: """
            sample is the small fleet of the first steps and writes recording.jsonl and
            truth.jsonl. mixed is twenty-six vehicles, two for each of thirteen kinds of
            device, and writes roster.csv besides. The others write stream.jsonl, in order
            of receipt, and truth.jsonl: easy, normal and hard have failures; so has shock,
            where much happens to the whole fleet at once; nuisance has only what looks
            like them, null not even that. quarter is a service centre instead: the
            history, data and rules of two quarters, for forewarn ticket import and
            forewarn report. The same seed gives the same bytes on every machine.

              forewarn simulate --preset normal --vehicles 2000 --days 180 --seed 1 --out fleet
              forewarn replay fleet/stream.jsonl --rules Samples/simulated --db fleet/tickets.db
              forewarn evaluate fleet/truth.jsonl fleet/tickets.db --stream fleet/stream.jsonl
            """)

    enum Preset: String, ExpressibleByArgument, CaseIterable {
        case sample, mixed, easy, normal, hard, shock, null, nuisance, quarter
    }

    @Option(help: "The kind of fleet.")
    var preset = Preset.sample

    @Option(help: "How many vehicles.")
    var vehicles = 60

    @Option(help: "How many days they drive.")
    var days = 7

    @Option(help: "Of preset quarter: the later of its two quarters.")
    var quarter = "2026Q3"

    @Option(help: "Of preset quarter: how many tickets in each.")
    var tickets = 110

    @Option(help: "Parts come in lots of so many to twice as many; of 500 to 20000 unless told.")
    var lotSize: Int?

    @Option(help: "How many times as often parts of one recent lot fail; without it, as drawn.")
    var badLot: Double?

    @Option(help: "What everything random follows from.")
    var seed: UInt64 = 7

    @Option(help: "Folder for the recording and truth.jsonl.")
    var out: String

    @Flag(name: [.short, .long], help: "No progress bar.")
    var quiet = false

    func validate() throws {
        let most = preset == .sample ? 1_000_000 : SimulatedFleet.most
        guard (1...most).contains(vehicles) else {
            throw ValidationError("--vehicles is from 1 to \(most)")
        }
        guard (1...3660).contains(days) else { throw ValidationError("--days is from 1 to 3660") }
        guard (1...1_000_000).contains(tickets) else {
            throw ValidationError("--tickets is from 1 to 1000000")
        }
        guard lotSize.map({ (1...1_000_000).contains($0) }) ?? true else {
            throw ValidationError("--lot-size is from 1 to 1000000")
        }
        guard badLot.map({ $0 > 1 && $0 <= 1000 }) ?? true else {
            throw ValidationError("--bad-lot is above 1 and at most 1000")
        }
        _ = try Arguments.quarter(quarter)
    }

    func run() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: out, withIntermediateDirectories: true)
            guard preset != .quarter else { return try writeQuarter() }
            let count: Int
            var vehicles = vehicles
            if preset == .mixed {
                count = try write(MixedFleet(seed: seed, days: max(3, days)))
                vehicles = MixedDevice.allCases.count * MixedFleet.perDevice
            } else if let preset = FleetPreset(rawValue: preset.rawValue) {
                count = try write(
                    SimulatedFleet(
                        preset: preset, seed: seed, vehicles: vehicles, days: days,
                        lots: lots))
            } else {
                count = try write(SampleFleet(seed: seed, vehicles: vehicles, days: days))
            }
            Output.talk("\(count) messages of \(vehicles) vehicles written to \(out)")
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(
                code: .unreachable, message: "\(out): \(error.localizedDescription)")
        }
    }

    private var lots: LotMaking {
        var lots = LotMaking()
        if let size = lotSize.map({ Double($0) }) { lots.sizes = size...(2 * size) }
        lots.bad = badLot
        return lots
    }

    private func writeQuarter() throws {
        let (year, number) = try Arguments.quarter(quarter)
        let history = ServiceHistory(year: year, quarter: number, tickets: tickets, seed: seed)
        let actions = history.actions
        var lines = try LineFile("\(out)/history.jsonl")
        for action in actions { try lines.add { $0 += (action.line + "\n").utf8 } }
        try lines.close()
        try FileManager.default.createDirectory(
            atPath: "\(out)/data", withIntermediateDirectories: true)
        let files = history.files.map { ("data/\($0.name)", $0.text) }
        for (name, text) in files + [("rules.yaml", ServiceHistory.rules)] {
            var file = try LineFile("\(out)/\(name)")
            try file.add { $0 += text.utf8 }
            try file.close()
        }
        Output.talk("\(actions.count) lines of history written to \(out)")
    }

    private func write(_ fleet: SampleFleet) throws -> Int {
        var count = 0
        var recording = try LineFile("\(out)/recording.jsonl")
        for message in fleet {
            try recording.add { message.appendRecordingLine(to: &$0) }
            count += 1
        }
        try recording.close()
        var truth = try LineFile("\(out)/truth.jsonl")
        for label in fleet.truth { try truth.add { label.appendLine(to: &$0) } }
        try truth.close()
        return count
    }

    private func write(_ fleet: MixedFleet) throws -> Int {
        let messages = fleet.messages()
        var recording = try LineFile("\(out)/recording.jsonl")
        for message in messages { try recording.add { message.appendRecordingLine(to: &$0) } }
        try recording.close()
        var truth = try LineFile("\(out)/truth.jsonl")
        try truth.add { fleet.appendTruth(to: &$0) }
        try truth.close()
        var roster = try LineFile("\(out)/roster.csv")
        try roster.add { fleet.appendRoster(to: &$0) }
        try roster.close()
        return messages.count
    }

    private func write(_ fleet: SimulatedFleet) throws -> Int {
        var count = 0
        var stream = try LineFile("\(out)/stream.jsonl")
        var truth = try LineFile("\(out)/truth.jsonl")
        var roster = try LineFile("\(out)/roster.csv")
        try roster.add(VehicleTruth.appendRosterHeading)
        var progress = JobProgress(out, total: fleet.days, isQuiet: quiet) {
            .things($0.say("days", "天"))
        }
        for item in fleet {
            switch item {
            case .message(let message):
                try stream.add { message.appendRecordingLine(to: &$0) }
                count += 1
                guard count % 4096 == 0 else { continue }
                progress.update(
                    done: Int(message.received.milliseconds(since: fleet.start) / 86_400_000))
            case .truth(let line):
                try truth.add { line.appendLine(to: &$0) }
                if case .vehicle(let vehicle) = line {
                    try roster.add { vehicle.appendRosterLine(to: &$0) }
                }
            }
        }
        progress.end()
        try stream.close()
        try roster.close()
        try truth.close()
        return count
    }
}

/// A new file, written in large pieces.
private struct LineFile {
    private let handle: FileHandle
    private var buffer: [UInt8] = []

    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw CommandFailure(code: .unreachable, message: "\(path) cannot be written") }
        self.handle = handle
    }

    mutating func add(_ append: (inout [UInt8]) -> Void) throws {
        append(&buffer)
        if buffer.count > 1 << 20 { try send() }
    }

    private mutating func send() throws {
        try handle.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }

    mutating func close() throws {
        try send()
        try handle.close()
    }
}
