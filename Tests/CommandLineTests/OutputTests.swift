import Foundation
import Testing

@Suite struct OutputTests {
    static let pictures: [(file: String, arguments: [String])] = [
        ("tickets.txt", ["ticket", "ls"]),
        ("ticket.txt", ["ticket", "show", "T-1"]),
        ("ticket-messages.txt", ["ticket", "show", "2", "--messages", "--all"]),
        ("tail.txt", ["tail"]),
        ("tail-explained.txt", ["tail", "-x", "-n", "2"]),
        ("vehicle.txt", ["vehicle", "show", "LGA…0042"]),
        ("letters.txt", ["dlq", "ls"]),
        ("letter.txt", ["dlq", "show", "1"]),
    ]

    @Test("looks as it did, in both languages", arguments: pictures, ["en", "zh-Hans"])
    func looks(_ picture: (file: String, arguments: [String]), language: String) throws {
        let state = try SampleState.usual()
        let result = try Program.run(picture.arguments + ["--lang", language], state: state)
        #expect(result.code == 0 && result.errors.isEmpty, "\(result.errors)")
        try expect(result.output, matches: "\(language)-\(picture.file)")
    }

    @Test("is no wider than the terminal") func fits() throws {
        let state = try SampleState.usual()
        for arguments in [["ticket", "ls"], ["tail"], ["dlq", "ls"], ["vehicle", "ls"]] {
            let result = try Program.run(arguments, state: state)
            for line in result.lines { #expect(line.count <= 80, "\(line)") }
        }
    }

    @Test("hides identifiers from people unless told not to, also in topics") func masks() throws {
        let state = try SampleState.usual()
        for arguments in [
            ["ticket", "ls"], ["ticket", "show", "1", "--messages"], ["tail", "-x"], ["dlq", "ls"],
            ["vehicle", "ls"], ["vehicle", "show", SampleState.vehicle],
        ] {
            let masked = try Program.run(arguments, state: state)
            #expect(!masked.output.contains(SampleState.vehicle), "\(arguments)")
            #expect(masked.code == 0, "\(arguments): \(masked.errors)")
        }
        let whole = try Program.run(["ticket", "ls", "--full"], state: state)
        #expect(whole.output.contains(SampleState.vehicle))
    }

    @Test("shows escape sequences instead of sending them") func escapes() throws {
        let state = try SampleState.usual()
        for arguments in [["tail"], ["dlq", "ls"], ["dlq", "show", "1"]] {
            let result = try Program.run(arguments, state: state)
            #expect(!result.output.utf8.contains(0x1B), "\(arguments)")
            #expect(result.output.contains(#"\x1b[31mred\x07"#), "\(arguments)")
        }
    }

    @Test("paints when asked, and a word says the same") func colours() throws {
        let state = try SampleState.usual()
        let painted = try Program.run(["tail", "--color", "always"], state: state).output
        #expect(painted.contains("\u{1B}[31mS1\u{1B}[0m"))
        #expect(painted.contains("\u{1B}[32mT-1 cleared\u{1B}[0m"))
        let plain = try Program.run(["tail"], state: state).output
        let bare = painted.replacing(#/\u{1B}\[[0-9]+m/#, with: "")
        #expect(bare == plain)
    }

    static let objects: [(arguments: [String], keys: Set<String>)] = [
        (
            ["tail", "kind=finding"],
            [
                "v", "kind", "vehicle", "rule", "rule_hash", "mode", "severity", "state", "at",
                "position", "effect", "ticket", "name", "evidence", "event", "received_at",
            ]
        ),
        (
            ["tail", "kind=dead_letter"],
            ["v", "kind", "position", "reason", "offset", "event", "received_at", "topic"]
        ),
        (
            ["ticket", "ls"],
            [
                "v", "ticket", "id", "state", "vehicle", "mode", "severity", "advice", "component",
                "skill", "name", "opened_at", "opened_received_at", "opened_position", "findings",
                "latest_at", "symptom_gone", "epoch", "source", "site", "assignee", "disposition",
                "cancel_reason", "proof", "incident", "due_at", "due_clock", "predicted_from",
                "predicted_to", "breached",
            ]
        ),
        (
            ["ticket", "show", "1", "--messages"],
            [
                "v", "ticket", "id", "state", "vehicle", "mode", "severity", "advice", "component",
                "skill", "name", "opened_at", "opened_received_at", "opened_position", "findings",
                "latest_at", "symptom_gone", "epoch", "source", "site", "assignee", "disposition",
                "cancel_reason", "proof", "incident", "due_at", "due_clock", "predicted_from",
                "predicted_to", "breached", "evidence",
                "history", "clocks", "rules", "messages",
            ]
        ),
        (["vehicle", "ls"], ["v", "vehicle", "last_heard_at", "open_tickets"]),
        (
            ["vehicle", "show", "00042"],
            [
                "v", "vehicle", "last_heard_at", "open_tickets", "as_of_row", "memory_bytes",
                "check_bytes", "messages",
                "duplicates", "late", "unbelieved", "waiting", "clock_offset_ms", "tickets",
                "codes", "signals", "findings",
            ]
        ),
        (
            ["dlq", "ls"],
            [
                "v", "dead_letter", "state", "received_at", "position", "topic", "reason",
                "offset", "bytes",
            ]
        ),
        (
            ["dlq", "show", "2"],
            [
                "v", "dead_letter", "state", "received_at", "position", "topic", "reason",
                "offset", "bytes", "payload_hex",
            ]
        ),
        (
            ["db", "stats"],
            [
                "v", "messages", "dead_letters", "findings", "tickets", "open_tickets",
                "journal_seq", "position", "duplicates", "late", "unknown_fields",
                "refused_values", "false_codes", "received_at", "integrity", "digest", "size_bytes",
            ]
        ),
        (["db", "verify"], ["v", "ok", "problems"]),
    ]

    @Test("JSON has one object a line, with the documented keys", arguments: objects)
    func json(arguments: [String], keys: Set<String>) throws {
        let state = try SampleState.usual()
        let result = try Program.run(arguments + ["-o", "json"], state: state)
        #expect(result.code == 0 && !result.lines.isEmpty, "\(result.errors)")
        for line in result.lines {
            let found = try object(line)
            #expect(Set(found.keys) == keys, "\(line)")
            #expect(found["v"] as? Int == 1)
        }
    }

    @Test("JSON names vehicles whole, and pretty JSON is the same JSON") func jsonIsForMachines()
        throws
    {
        let state = try SampleState.usual()
        let line = try #require(
            try Program.run(["tail", "-n", "1", "-o", "json", "kind=finding"], state: state).lines
                .last)
        #expect(line.contains(SampleState.vehicle))
        let pretty = try Program.run(
            ["tail", "-n", "1", "-o", "json-pretty", "kind=finding"], state: state)
        #expect(pretty.lines.count > 10)
        let same = try object(pretty.output) as NSDictionary
        #expect(same == (try object(line) as NSDictionary))
    }

    @Test("counts what the store holds") func stats() throws {
        let state = try SampleState.usual()
        let line = try Program.run(["db", "stats", "-o", "json"], state: state).output
        let facts = try object(line)
        #expect(facts["messages"] as? Int == 14)
        #expect(facts["dead_letters"] as? Int == 2)
        #expect(facts["tickets"] as? Int == 2)
        #expect(facts["open_tickets"] as? Int == 2)
        #expect(facts["integrity"] as? String == "ok")
    }

    @Test("raw bytes of a dead letter are what was received") func raw() throws {
        let state = try SampleState.usual()
        let result = try Program.run(["dlq", "show", "1", "-o", "raw"], state: state)
        #expect(result.output == "{\"vin\":oops}")
    }
}
