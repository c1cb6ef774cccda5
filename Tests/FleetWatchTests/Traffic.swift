import FaultRules
import FleetSimulation
import FleetWatch
import Testing
import VehicleFaults
import YAMLSource

/// One message of made-up traffic, or a tick when it has no payload.
struct Message {
    var vehicle = ""
    var received: Int64
    var payload: String?
    /// Whether it is not a message but something that was asked.
    var isCommand = false
}

/// Made-up traffic of a small fleet: the same for the same seed.
struct Traffic {
    var vehicles = 6
    var count = 90
    /// Milliseconds that each vehicle's clock is ahead.
    var ahead: [Int: Int64] = [:]
    /// Whether messages are repeated, come late, have no time, or make no sense.
    var isUnruly = true

    static let start: Int64 = 1_772_000_000_000

    func messages(seed: UInt64) -> [Message] {
        var random = SeededRandom(seed)
        var result: [Message] = []
        var now = Self.start
        var engine = Array(repeating: 90.0, count: vehicles)
        for number in 0..<count {
            now += Int64(random.next() % 120_000)
            let vehicle = Int(random.next() % UInt64(vehicles))
            guard !isUnruly || random.next() % 16 != 0 else {
                result += [oddity(after: result, at: now, &random)]
                continue
            }
            engine[vehicle] += Double(Int(random.next() % 17)) - 8
            var time = now - Int64(random.next() % 900) + (ahead[vehicle] ?? 0)
            if isUnruly, random.next() % 8 == 0 { time -= Int64(random.next() % 600_000) }
            var text = "{\"vin\":\"V\(vehicle)\",\"seq\":\(number + 1)"
            if !isUnruly || random.next() % 12 != 0 { text += ",\"ts\":\(time)" }
            if random.next() % 3 == 0 { text += codes(&random) }
            text += ",\"signals\":{\"coolant_c\":\(engine[vehicle])"
            if random.next() % 2 == 0 {
                text += ",\"batt_v\":\(11 + Double(random.next() % 40) / 10)"
            }
            if random.next() % 2 == 0 { text += ",\"rpm\":\(random.next() % 3 == 0 ? 0 : 900)" }
            text += "}"
            if random.next() % 2 == 0 {
                text += ",\"odo_km\":\(number * 3),\"engine_h\":\(Double(number) / 8)"
            }
            result.append(
                Message(vehicle: "V\(vehicle)", received: now, payload: text + "}"))
        }
        return result
    }

    /// A redelivery, a message that makes no sense, or a tick.
    private func oddity(after known: [Message], at now: Int64, _ random: inout SeededRandom)
        -> Message
    {
        switch random.next() % 3 {
        case 0 where !known.isEmpty:
            var again = known[known.count - 1 - Int(random.next() % UInt64(min(known.count, 9)))]
            again.received = now
            return again
        case 1: return Message(received: now, payload: "{\"vin\":")
        default: return Message(received: now, payload: nil)
        }
    }

    private func codes(_ random: inout SeededRandom) -> String {
        var list: [String] = []
        for code in ["P0301", "P0302", "P0420-1A", "C1234", "SPN 110 FMI 0"]
        where random.next() % 4 == 0 {
            let status = ["confirmed", "pending", "active"][Int(random.next() % 3)]
            var text = "{\"code\":\"\(code)\",\"status\":[\"\(status)\"]"
            if random.next() % 2 == 0 { text += ",\"oc\":\(random.next() % 5)" }
            if random.next() % 2 == 0 {
                text += ",\"freeze\":{\"coolant_c\":\(80 + random.next() % 40)}"
            }
            list.append(text + "}")
        }
        return ",\"dtcs\":[\(list.joined(separator: ","))],\"complete\":\(random.next() % 2 == 0)"
    }
}

/// A rule as its two expressions.
struct Check {
    var when: String
    var until: String?

    init(_ when: String, until: String? = nil) {
        self.when = when
        self.until = until
    }
}

func program(_ checks: [Check]) throws -> RuleProgram {
    try program(checks.enumerated().map { ("r\($0.offset)", $0.element) })
}

func program(_ checks: [(name: String, check: Check)]) throws -> RuleProgram {
    var text = "version: 1\npack: tests\nrules:\n"
    for (name, check) in checks {
        let mode = name.hasPrefix("r") ? "m\(name.dropFirst())" : name
        text += "  - { id: \(name), mode: \(mode), severity: S3, advice: A3,"
        text += " component: engine, skill: ENG,\n      when: '\(check.when)'"
        if let until = check.until { text += ", until: '\(until)'" }
        text += " }\n"
    }
    return try program(of: text)
}

/// The rules of a pack that must be right.
func program(of pack: String) throws -> RuleProgram {
    var reader = RulePackReader()
    reader.add(file: try YAMLSource.parse(pack, file: "tests.yaml"))
    reader.finish()
    try #require(!reader.hasErrors, "\(reader.diagnostics)")
    return reader.program
}

/// Rule sets that between them use every kind of atom and of state.
let ruleSets: [(name: String, checks: [Check])] = [
    ("codes counted one by one", [Check("same code \"*\" 3 times within 2h")]),
    ("codes counted together", [Check("code \"P03*\" 4 times within 3h")]),
    (
        "presence with a clear condition",
        [
            Check("code \"P0301\" confirmed", until: "not code \"P0301\""),
            Check("code \"P*\" or code \"SPN 110 FMI 0\"", until: "not code \"P0420\""),
        ]
    ),
    (
        "holds",
        [
            Check("coolant_c > 92 for 20m", until: "coolant_c < 85"),
            Check("batt_v < 12.5 for 10m even if silent", until: "batt_v > 13"),
        ]
    ),
    (
        "conditions joined",
        [
            Check("coolant_c > 95 and not code \"P0302\""),
            Check("(code \"C*\" or code \"P*\" 2 times within 1h) and batt_v > 12 for 5m"),
            Check("batt_v < 12 for 30m even if silent or not (code \"C1234\" or coolant_c > 80)"),
        ]
    ),
    (
        "trends",
        [
            Check("ewma(coolant_c, weight: 0.2, memory: 0.05, after: 10) beyond 0.8"),
            Check("cusum(coolant_c, slack: 0.3, memory: 0.05, after: 10) beyond 2"),
            Check("cusum(batt_v, slack: 0.3, memory: 0.1, after: 5) beyond 2 and code \"P*\""),
        ]
    ),
    (
        "codes with more asked of them",
        [
            Check("code \"P*\" occurrences >= 2", until: "not code \"P*\" occurrences >= 2"),
            Check("code \"*\" freeze coolant_c > 100 and coolant_c > 85"),
            Check("same code \"*\" in 2 of 3 trips or code \"P03*\" on 1 days within 2d"),
            Check("code \"*\" 2 codes within 20m while rpm > 500"),
            Check("code \"*\" 2 times within 60 km or code \"C*\" 2 times within 9 engine h"),
        ]
    ),
    (
        "windows",
        [
            Check("mean(coolant_c, 1h) > 95", until: "max(coolant_c, 30m) < 95"),
            Check("median(coolant_c, 2h) < 85 or p90(batt_v, 200 km) > 14.5"),
            Check("slope(coolant_c, 2h) > 100 or reach(coolant_c, 110, 3h) < 0.05"),
            Check("batt_v - baseline(batt_v, after: 5) < -1 for 1m while rpm > 0"),
            Check("stddev(coolant_c, 3 trips) > 9 or rate(coolant_c) > 0.1 or change(batt_v) > 2"),
            Check("coolant_c deviates by 1.5 from own (after: 5) and start(coolant_c) > 80"),
            Check("count(batt_v, 1h) > 5 or delta(coolant_c, 4 engine h) > 20"),
        ]
    ),
    (
        "events",
        [
            Check("coolant_c > 95 3 times within 2h", until: "coolant_c < 90"),
            Check("(coolant_c > 95 and rpm > 0) in 2 trips within 1d while batt_v > 11.5"),
            Check("code \"P*\" then coolant_c > 100 within 2h and not batt_v > 14 between"),
            Check("code \"P*\" within 20m of batt_v < 12"),
            Check("(code \"P*\" then code \"C*\" within 90 km) 2 times within 1d"),
            Check("at least 2 of (coolant_c > 95, batt_v < 12, code \"P03*\")"),
        ]
    ),
    (
        "silences",
        [
            Check("silent for 20m", until: "not silent for 20m"),
            Check("no batt_v for 15m", until: "batt_v > 11"),
            Check("(silent for 10m) 3 times within 6h or (no rpm for 10m) 2 times within 3h"),
            Check("coolant_c > 95 and silent for 15m"),
        ]
    ),
]

extension EntryBatch {
    init(_ messages: some Sequence<Message>) {
        self.init()
        for message in messages {
            guard let payload = message.payload else {
                entries.append(Entry(kind: .tick, received: message.received))
                continue
            }
            let start = bytes.count
            bytes += Array(payload.utf8)
            entries.append(
                Entry(
                    kind: message.isCommand ? .command : .message, received: message.received,
                    payload: start..<bytes.count))
        }
    }
}

/// What a run of the core decided.
struct Decided: Equatable {
    var texts: [String] = []
    var findings: [Finding] = []
    var duplicates = 0
    var late = 0

    mutating func add(_ outcome: Outcome) {
        duplicates += outcome.duplicates
        late += outcome.late
        for decision in outcome.decisions {
            texts.append(decision.text)
            if case .finding(let settled) = decision { findings.append(settled.finding) }
        }
    }

    /// The findings of each vehicle in order, without the places of messages in the journal.
    var meaning: [VehicleID: [String]] {
        findings.reduce(into: [:]) { result, finding in
            let seen = finding.evidence.map { "\($0.at) \($0.content)" }
            result[finding.vehicle, default: []].append(
                "\(finding.kind) \(finding.rule) \(finding.at) \(seen)")
        }
    }
}

extension Workers {
    /// As many pieces as asked for, the last one first, since any order must do.
    static func backwards(_ count: Int) -> Workers {
        Workers(count: count) { count, body in
            for index in (0..<count).reversed() { body(index) }
        }
    }
}

/// Cuts messages into batches of 1 to `longest`, with the journal rows that they become.
func cut(
    _ messages: [Message], longest: Int, seed: UInt64,
    _ body: (EntryBatch, _ row: Int64) throws -> Void
) rethrows {
    var random = SeededRandom(seed)
    var rest = messages[...]
    var row: Int64 = 0
    while !rest.isEmpty {
        let count = longest == .max ? rest.count : 1 + Int(random.next() % UInt64(longest))
        row += 1
        try body(EntryBatch(rest.prefix(count)), row)
        rest = rest.dropFirst(count)
    }
}

/// Runs messages through a core, in batches of 1 to `longest`.
func decide(
    _ messages: [Message], _ program: RuleProgram, settings: WatchSettings = WatchSettings(),
    workers: Workers = .serial, longest: Int = .max, seed: UInt64 = 0,
    between: (inout FleetWatch, Int64) throws -> Void
) rethrows -> Decided {
    var watch = FleetWatch(program: program, settings: settings, workers: workers)
    var result = Decided()
    try cut(messages, longest: longest, seed: seed) { batch, row in
        _ = watch.open(batch)
        result.add(watch.close(row: row))
        try between(&watch, row)
    }
    return result
}

/// Runs messages through one core.
func decide(
    _ messages: [Message], _ program: RuleProgram, settings: WatchSettings = WatchSettings(),
    workers: Workers = .serial, longest: Int = .max, seed: UInt64 = 0
) -> Decided {
    decide(
        messages, program, settings: settings, workers: workers, longest: longest, seed: seed
    ) { _, _ in }
}
