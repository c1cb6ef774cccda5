import FleetSimulation
import Foundation
import TerminalText
import VehicleFaults

/// Reads what `forewarn simulate` knows to be true.
struct TruthFile {
    let preset: String
    let seed: UInt64
    let days: Int
    let truth: ScoredTruth

    /// One line; what a kind of line does not have is `nil`.
    private struct Line: Decodable {
        struct Mode: Decodable {
            var mode: String
            var component: String
            var family: String
            var withheld: Bool
        }
        struct Oracle: Decodable {
            var at: String
            var doubt: Double
        }
        var v: Int
        var kind: String
        var preset: String?
        var seed: UInt64?
        var vehicles: Int?
        var days: Int?
        var start: String?
        var end: String?
        var modes: [Mode]?
        var vin: String?
        var what: String?
        var mode: String?
        var component: String?
        var family: String?
        var withheld: Bool?
        var precursor: Bool?
        var seen_from_onset: Bool?
        var onset_at: String?
        var failure_at: String?
        var from: String?
        var to: String?
        var oracle: Oracle?
    }

    init(path: String) throws {
        let lines = try LineReader(path: path)
        var header: (line: Line, start: EventTime, end: EventTime)?
        var failures: [ScoredTruth.Failure] = []
        var alikes: [ScoredTruth.LookAlike] = []
        var doubt = 0.0
        // Vehicles are most of the lines, and nothing in them is needed here.
        let skipped = Array(#"{"v":1,"kind":"vehicle""#.utf8)
        try lines.forEach { number, bytes in
            guard !bytes.starts(with: skipped) else { return }
            do {
                let line = try JSONDecoder().decode(Line.self, from: Data(bytes))
                doubt += line.oracle?.doubt ?? 0
                switch line.kind {
                case "fleet":
                    header = (line, try Self.time(line.start), try Self.time(line.end))
                case "failure": failures.append(try Self.failure(line))
                case "look-alike": alikes.append(try Self.lookAlike(line))
                default: break
                }
            } catch {
                throw CommandFailure(
                    code: .badData,
                    message: "\(path):\(number): no line of a simulated fleet's truth")
            }
        }
        guard let header, let preset = header.line.preset, let seed = header.line.seed,
            let days = header.line.days, let vehicles = header.line.vehicles
        else {
            throw CommandFailure(
                code: .badData, message: "\(path) does not say what fleet it is about",
                hint: "truth of --preset sample has another form and cannot be scored")
        }
        self.preset = preset
        self.seed = seed
        self.days = days
        truth = ScoredTruth(
            failures: failures, lookAlikes: alikes,
            modes: (header.line.modes ?? []).map {
                ScoredTruth.Mode(
                    mode: $0.mode, component: $0.component, family: $0.family,
                    isWithheld: $0.withheld)
            },
            vehicles: vehicles, start: header.start, end: header.end, oracleDoubt: doubt)
    }

    private static func failure(_ line: Line) throws -> ScoredTruth.Failure {
        ScoredTruth.Failure(
            vehicle: try present(line.vin), mode: try present(line.mode),
            component: try present(line.component), family: try present(line.family),
            isWithheld: line.withheld ?? false, hasPrecursor: line.precursor ?? true,
            isSeenFromOnset: line.seen_from_onset ?? true, onset: try time(line.onset_at),
            failed: try line.failure_at.map(time), oracle: try line.oracle.map { try time($0.at) })
    }

    private static func lookAlike(_ line: Line) throws -> ScoredTruth.LookAlike {
        ScoredTruth.LookAlike(
            vehicle: try present(line.vin), what: try present(line.what), mode: line.mode,
            from: try time(line.from), to: try line.to.map(time),
            oracle: try line.oracle.map { try time($0.at) })
    }

    private struct Missing: Error {}

    private static func present<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }

    static func time(_ text: String?) throws -> EventTime {
        try TimeText(now: EventTime(milliseconds: 0), offset: { _ in 0 }).parse(present(text))
    }
}

/// Reads the tickets to be scored: what `forewarn ticket ls --all -o json` prints, or a store.
struct TicketFile {
    private(set) var tickets: [ScoredTicket] = []
    /// Tickets about no single vehicle, which are not scored.
    private(set) var withoutVehicle = 0

    private struct Line: Decodable {
        var vehicle: String?
        var mode: String?
        var component: String?
        var opened_at: String?
        var opened_received_at: String?
        var predicted_from: String?
        var predicted_to: String?
    }

    init(path: String) throws {
        let lines = try LineReader(path: path, store: StoreOptions.ticketLines)
        try lines.forEach { number, bytes in
            do {
                try add(try JSONDecoder().decode(Line.self, from: Data(bytes)))
            } catch {
                throw CommandFailure(code: .badData, message: "\(path):\(number): no ticket")
            }
        }
    }

    private mutating func add(_ line: Line) throws {
        guard let vehicle = line.vehicle, vehicle != VehicleID.wholeFleet.description else {
            withoutVehicle += 1
            return
        }
        var ticket = ScoredTicket(
            vehicle: vehicle,
            opened: try TruthFile.time(line.opened_received_at ?? line.opened_at), mode: line.mode,
            component: line.component)
        if let from = line.predicted_from, let to = line.predicted_to {
            let first = try TruthFile.time(from)
            ticket.expected = first...max(first, try TruthFile.time(to))
        }
        tickets.append(ticket)
    }
}
