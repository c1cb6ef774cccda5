import ArgumentParser
import FaultDecoding
import FleetSimulation
import Foundation
import Recordings
import TerminalText
import VehicleFaults

/// `forewarn evaluate`: what tickets came to, on a fleet of which the truth is known.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Score tickets against the truth of a simulated fleet.",
        discussion: """
            TICKETS is what forewarn ticket ls --all -o json prints, - for standard input,
            or the database of a replay. Beside the tickets stand two others: an oracle
            that is told nearly everything, which no detector can beat, and with --stream
            the plain thresholds that any detector must beat. What is meant by each figure:
            docs/simulated-fleet.md.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Argument(help: "truth.jsonl of forewarn simulate.")
    var truth: String

    @Argument(help: "The tickets.")
    var tickets: String

    @Option(help: "The recording, to compute the plain thresholds from.")
    var stream: String?

    @Option(help: "How long before the onset a ticket may be opened and still count.")
    var slack = "0s"

    @Option(help: "What a breakdown costs.")
    var breakdownCost = 10.0

    @Option(help: "What a planned repair costs.")
    var repairCost = 3.0

    @Option(help: "What a false ticket costs.")
    var inspectionCost = 1.0

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var style: OutputOptions

    func validate() throws {
        _ = try terms()
        guard !(truth == "-" && tickets == "-") else {
            throw ValidationError("only one of TRUTH and TICKETS can be standard input")
        }
    }

    private func terms() throws -> ScoringTerms {
        var terms = ScoringTerms()
        do throws(DurationText.Failure) {
            terms.slack = try DurationText.parse(slack)
        } catch { throw ValidationError("--slack: \(error)") }
        guard breakdownCost >= 0, repairCost >= 0, inspectionCost >= 0 else {
            throw ValidationError("a cost is not below 0")
        }
        terms.breakdownCost = breakdownCost
        terms.repairCost = repairCost
        terms.inspectionCost = inspectionCost
        return terms
    }

    func run() throws {
        let file = try TruthFile(path: truth)
        let scored = try TicketFile(path: tickets)
        let terms = try terms()
        var oracle = FleetScore(file.truth.oracleTickets, truth: file.truth, terms: terms)
        oracle.expectFalse(file.truth.oracleDoubt)
        var columns = [
            Evaluation.Column(
                name: "tickets", score: FleetScore(scored.tickets, truth: file.truth, terms: terms)),
            Evaluation.Column(name: "oracle", score: oracle),
        ]
        if let stream {
            let baseline = try Self.baseline(of: stream)
            columns.append(
                Evaluation.Column(
                    name: "thresholds", score: FleetScore(baseline, truth: file.truth, terms: terms)
                ))
        }
        let evaluation = Evaluation(
            file: file, columns: columns, terms: terms, withoutVehicle: scored.withoutVehicle)
        try Output.write(
            output == .json
                ? evaluation.json().json + "\n" : evaluation.text(style.presentation()))
    }

    /// The tickets that plain thresholds would open on a recording.
    private static func baseline(of path: String) throws -> [ScoredTicket] {
        do throws(RecordingFailure) {
            var baseline = ThresholdBaseline()
            var reader = try RecordingReader(path: path)
            var decoder = MessageDecoder(names: SignalNames(learns: true))
            var chunk = RecordedChunk()
            var buffer = ReportBuffer()
            while try reader.next(into: &chunk) {
                for message in chunk.messages {
                    buffer.removeAll()
                    let topic = Array(chunk.bytes[message.topic])
                    let payload = Array(chunk.bytes[message.payload])
                    do throws(DecodingFailure) {
                        try decoder.decode(topic: topic.span, payload: payload.span, into: &buffer)
                    } catch { continue }
                    for report in buffer.reports {
                        take(report, buffer, decoder.names, message, into: &baseline)
                    }
                }
            }
            return baseline.tickets
        } catch {
            throw CommandFailure(code: .badData, message: error.description)
        }
    }

    private static func take(
        _ report: Report, _ buffer: ReportBuffer, _ names: SignalNames, _ message: RecordedMessage,
        into baseline: inout ThresholdBaseline
    ) {
        guard
            let received = message.receivedMilliseconds.map({ EventTime(milliseconds: $0) })
                ?? report.claimed
        else { return }
        let readings = buffer.readings[
            Int(report.readings.lowerBound)..<Int(report.readings.upperBound)]
        let sightings = buffer.sightings[
            Int(report.sightings.lowerBound)..<Int(report.sightings.upperBound)]
        baseline.take(
            vehicle: report.vehicle.description, received: received,
            signals: readings.map { (names[$0.signal], $0.value) },
            codes: sightings.map(\.code.description))
    }
}
