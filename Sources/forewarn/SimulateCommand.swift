import ArgumentParser
import FleetSimulation
import Foundation

/// `forewarn simulate`: a fleet that does not exist, with the truth about it.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Write the messages of a made-up fleet, and the truth.",
        discussion: "The same seed gives the same bytes on every machine.")

    enum Preset: String, ExpressibleByArgument, CaseIterable { case sample }

    @Option(help: "The kind of fleet: sample.")
    var preset = Preset.sample

    @Option(help: "How many vehicles.")
    var vehicles = 60

    @Option(help: "How many days they drive.")
    var days = 7

    @Option(help: "What everything random follows from.")
    var seed: UInt64 = 7

    @Option(help: "Folder for recording.jsonl and truth.jsonl.")
    var out: String

    func validate() throws {
        guard (1...1_000_000).contains(vehicles) else {
            throw ValidationError("--vehicles is from 1 to 1000000")
        }
        guard (1...3660).contains(days) else { throw ValidationError("--days is from 1 to 3660") }
    }

    func run() throws {
        let fleet = SampleFleet(seed: seed, vehicles: vehicles, days: days)
        do {
            try FileManager.default.createDirectory(
                atPath: out, withIntermediateDirectories: true)
            var count = 0
            try write(to: "recording.jsonl") { add in
                for message in fleet {
                    var line: [UInt8] = []
                    message.appendRecordingLine(to: &line)
                    try add(line)
                    count += 1
                }
            }
            try write(to: "truth.jsonl") { add in
                for truth in fleet.truth {
                    var line: [UInt8] = []
                    truth.appendLine(to: &line)
                    try add(line)
                }
            }
            Output.talk("\(count) messages of \(vehicles) vehicles written to \(out)")
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(
                code: .unreachable, message: "\(out): \(error.localizedDescription)")
        }
    }

    private func write(to name: String, _ body: ((_ line: [UInt8]) throws -> Void) throws -> Void)
        throws
    {
        let path = "\(out)/\(name)"
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw CommandFailure(code: .unreachable, message: "\(path) cannot be written") }
        var buffer = Data()
        try body { line in
            buffer.append(contentsOf: line)
            if buffer.count > 1 << 20 {
                try handle.write(contentsOf: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try handle.write(contentsOf: buffer)
        try handle.close()
    }
}
