import FaultDecoding
import FaultRules
import FleetWatch
import VehicleFaults
import YAMLSource
import Foundation

// forewarn-bench [ROUNDS]                        measures the core in this process
// forewarn-bench formats [ROUNDS]                measures reading each format
// forewarn-bench generate EVENTS VEHICLES FILE   writes a recording for bench.sh

/// Rules about things of which job J's events never speak, beside those of job J.
func rules(_ count: Int) throws -> RuleProgram {
    var text = "version: 1\npack: bench\nrules:\n"
    func add(_ id: String, _ when: String) {
        text += "  - { id: \(id), mode: \(id), severity: S3, advice: A3, component: engine,"
        text += " skill: ENG, when: '\(when)' }\n"
    }
    add("returning", "same code \"*\" 3 times within 7d")
    for signal in ["coolant_c", "batt_v", "oil_kpa"] {
        add("ewma-\(signal)", "ewma(\(signal), weight: 0.2, memory: 0.05, after: 20) beyond 1.8")
        add("cusum-\(signal)", "cusum(\(signal), slack: 0.5, memory: 0.05, after: 20) beyond 10")
    }
    for number in 7..<max(7, count) {
        switch number % 3 {
        case 0: add("r\(number)", "code \"P1\(100 + number % 900)\" 3 times within 7d")
        case 1: add("r\(number)", "signal_\(number) > 100 for 5m")
        default:
            add(
                "r\(number)",
                "ewma(signal_\(number), weight: 0.2, memory: 0.05, after: 20) beyond 1.8")
        }
    }
    var reader = RulePackReader()
    reader.add(file: try YAMLSource.parse(text, file: "bench.yaml"))
    precondition(!reader.hasErrors, "the benchmark's own rules: \(reader.diagnostics[0])")
    return reader.program
}

func decode(
    _ batch: EntryBatch, with decoder: inout MessageDecoder, into buffer: inout ReportBuffer
) {
    buffer.removeAll()
    let bytes = batch.bytes.span
    for entry in batch.entries {
        do throws(DecodingFailure) {
            try decoder.decode(
                topic: bytes.extracting(entry.topic), payload: bytes.extracting(entry.payload),
                into: &buffer)
        } catch {
            preconditionFailure("the benchmark's own message: \(error)")
        }
    }
}

func decode(_ batches: [EntryBatch], with decoder: inout MessageDecoder) {
    var buffer = ReportBuffer()
    for batch in batches { decode(batch, with: &decoder, into: &buffer) }
}

func watch(_ batches: [EntryBatch], _ program: RuleProgram) -> FleetWatch {
    var watch = FleetWatch(program: program)
    for (row, batch) in batches.enumerated() {
        _ = watch.open(batch)
        _ = watch.close(row: Int64(row + 1))
    }
    return watch
}

func measure(rounds: Int) throws {
    let events = 200_000
    let batches = Recording(events: events, vehicles: 10_000).batches()
    let jobJ = try rules(7)
    let (few, many) = (try rules(10), try rules(1000))

    var native = MessageDecoder(names: jobJ.signals)
    // Stored codes of two units and a current reading, as an adapter prints them.
    var answers = EntryBatch(bytes: Array("obd/V17E8 06 43 02 03 01 04 20\r\r>".utf8))
    answers.entries = Array(
        repeating: Entry(received: nil, topic: 0..<6, payload: 6..<answers.bytes.count),
        count: events)
    let obdTopic = try TopicTemplate("obd/{vehicle}")
    var obd = MessageDecoder(
        subscriptions: [Subscription(template: obdTopic, format: .obd)], names: jobJ.signals)

    var stored: [StoredLane] = []
    var full = watch(batches, jobJ)
    stored = full.takeUnstoredLanes(before: .max, limit: .max, row: 1000)
    let works = [
        Measure.Work(name: "decode, native", count: events, unit: "message") {
            decode(batches, with: &native)
        },
        Measure.Work(name: "decode, OBD", count: events, unit: "message") {
            decode([answers], with: &obd)
        },
        Measure.Work(name: "job J: decode, lanes, tickets", count: events, unit: "message") {
            _ = watch(batches, jobJ)
        },
        Measure.Work(name: "10 rules", count: events, unit: "message") { _ = watch(batches, few) },
        Measure.Work(name: "1,000 rules", count: events, unit: "message") {
            _ = watch(batches, many)
        },
        Measure.Work(name: "lanes read from bytes", count: stored.count, unit: "lane") {
            var fresh = FleetWatch(program: jobJ)
            for lane in stored { try fresh.adopt(lane) }
        },
    ]
    let results = try Measure.inTurn(works, rounds: rounds)
    for (work, nanoseconds) in zip(works, results) {
        let rate = Int(1e9 / nanoseconds)
        print("\(work.name): \(Int(nanoseconds.rounded())) ns a \(work.unit), \(rate) a second")
    }

    // Taking lanes makes them complete, so each round takes those of a core of its own.
    var times: [Double] = []
    for _ in 0..<rounds {
        var core = watch(batches, jobJ)
        let taken = ContinuousClock().measure {
            _ = core.takeUnstoredLanes(before: .max, limit: .max, row: 1000)
        }
        times.append(Double(taken.components.attoseconds) * 1e-9 / Double(stored.count))
    }
    print("lanes written as bytes: \(Int(times.sorted()[rounds / 2].rounded())) ns a lane")
    let bytes = stored.reduce(0) { $0 + $1.bytes.count } / stored.count
    print("a stored lane: \(bytes) bytes")
    print(
        "1,000 rules against 10: \((results[4] / results[3] * 100).rounded() / 100) times the time")
}

let arguments = CommandLine.arguments
if arguments.count == 5, arguments[1] == "generate", let events = Int(arguments[2]),
    let vehicles = Int(arguments[3])
{
    guard FileManager.default.createFile(atPath: arguments[4], contents: nil),
        let file = FileHandle(forWritingAtPath: arguments[4])
    else {
        print("forewarn-bench: \(arguments[4]) cannot be written")
        exit(1)
    }
    var waiting: [UInt8] = []
    Recording(events: events, vehicles: vehicles).forEachLine { line in
        waiting += Array(line.utf8) + [0x0A]
        if waiting.count > 1 << 20 {
            file.write(Data(waiting))
            waiting.removeAll(keepingCapacity: true)
        }
    }
    file.write(Data(waiting))
} else if (2...3).contains(arguments.count), arguments[1] == "formats",
    let rounds = Int(arguments.dropFirst(2).first ?? "5"), rounds > 0
{
    try FormatCosts.report(rounds: rounds)
} else if arguments.count <= 2, let rounds = Int(arguments.dropFirst().first ?? "5"), rounds > 0 {
    try measure(rounds: rounds)
} else {
    print(
        "usage: forewarn-bench [ROUNDS] | formats [ROUNDS] | generate EVENTS VEHICLES FILE")
    exit(2)
}
