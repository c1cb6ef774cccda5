import Foundation
import Testing

@Suite struct ExitCodeTests {
    static let codes: [(arguments: [String], code: Int32)] = [
        (["--version"], 0), (["--help"], 0), (["version"], 0), (["tail", "--help"], 0),
        (["completion", "bash"], 0), (["completion", "tcsh"], 2), (["nonsense"], 2),
        (["tail", "--nonsense"], 2), (["tail", "-W", "5s"], 2), (["tail", "-p", "S9"], 2),
        (["tail", "-g", "["], 2), (["tail", "colour=red"], 2), (["tail", "-S", "lunch"], 2),
        (["tail", "-r", "-f"], 2), (["ticket", "show", "T-x"], 2),
        (["ticket", "ls", "--state", "/nonexistent"], 3),
        (["ticket", "ls", "--status", "opn"], 2), (["ticket", "dance", "1"], 2),
        (["ticket", "ack", "1", "--role", "emperor"], 2),
        (["ticket", "triage", "1", "--role", "technician", "--advise", "A3"], 2),
        (["ticket", "qc", "1", "--role", "quality", "--checklist"], 2),
        (["ticket", "hold", "1", "--role", "quality", "--wake-at", "soon"], 2),
        (["ticket", "ack", "--help"], 0),
        (["ticket", "ack", "1", "--role", "supervisor", "--state", "/nonexistent"], 3),
        (["tail", "--state", "/nonexistent"], 3), (["db", "stats", "--state", "/nonexistent"], 3),
        (["doctor", "--state", "/nonexistent"], 3),
        (["decode", "--as", "native", "{\"vin\":oops}"], 4), (["decode", "4"], 4),
        (["decode", "43 01 03 01"], 0),
    ]

    @Test("ends as it says", arguments: codes)
    func ends(arguments: [String], code: Int32) throws {
        let result = try Program.run(arguments)
        #expect(result.code == code, "\(arguments): \(result.errors)")
        if code == 0 { #expect(result.errors.isEmpty, "\(result.errors)") }
        if code == 2 { #expect(result.errors.hasPrefix("forewarn: "), "\(result.errors)") }
    }

    @Test("each command that is listed answers to its name, and completion knows it")
    func everyName() throws {
        let completion = try Program.run(["completion", "fish"]).output
        for above in [[], ["ticket"]] {
            let help = try Program.run(above + ["--help"]).output
            let names = help.split(separator: "\n").drop { $0 != "SUBCOMMANDS:" }.compactMap {
                $0.wholeMatch(of: #/  ([a-z][a-z-]*)( .*)?/#)?.output.1
            }.map(String.init).filter { $0 != "help" }
            #expect(names.count >= (above.isEmpty ? 25 : 30))
            for name in names {
                let words = above + [name]
                let own = try Program.run(words + ["--help"])
                let usage = "USAGE: forewarn \(words.joined(separator: " "))"
                #expect(own.code == 0 && own.output.contains(usage), "\(own)")
                #expect(own.output == (try Program.run(["help"] + words).output))
                #expect(completion.contains("'\(name)'"), "\(name)")
            }
        }
    }

    @Test("no is 1: a ticket, a vehicle or a letter that is not there") func noIsOne() throws {
        let state = try SampleState.usual()
        let ticket = try Program.run(["ticket", "show", "99"], state: state)
        #expect(ticket.code == 1 && ticket.errors.contains("the newest one is T-2"))
        #expect(try Program.run(["vehicle", "show", "ZZZ"], state: state).code == 1)
        #expect(try Program.run(["ticket", "next", "99"], state: state).code == 1)
        #expect(try Program.run(["ticket", "next", "1"], state: state).code == 0)
        let refused = try Program.run(
            ["ticket", "ack", "1", "--role", "technician", "--dry-run"], state: state)
        #expect(refused.code == 1 && refused.errors.contains("customer_service"))
        let chinese = try Program.run(
            ["ticket", "triage", "1", "--role", "technician", "--dry-run", "--lang", "zh"],
            state: state)
        #expect(chinese.code == 1 && chinese.errors.contains("待受理"))
        #expect(try Program.run(["dlq", "show", "99"], state: state).code == 1)
        let ambiguous = try Program.run(["vehicle", "show", "LGAG"], state: state)
        #expect(ambiguous.code == 1 && ambiguous.errors.contains("LGA…0042, LGA…0043"))
    }

    @Test("verify finds a ticket that counts what is not there") func verify() throws {
        let state = try SampleState.usual()
        #expect(try Program.run(["db", "verify"], state: state).code == 0)
        try state.damage("UPDATE ticket SET findings = 7 WHERE number = 1")
        let result = try Program.run(["db", "verify"], state: state)
        #expect(result.code == 1)
        #expect(result.output.contains("ticket T-1 counts 7 findings, and has 1"))
    }

    @Test("verify finds a card that is not what the ticket's events make") func verifyCard() throws
    {
        let state = try SampleState.usual()
        try state.damage(
            "UPDATE ticket_card SET card = (SELECT card FROM ticket_card WHERE number = 2) WHERE number = 1"
        )
        let result = try Program.run(["db", "verify"], state: state)
        #expect(result.code == 1)
        #expect(result.output.contains("the card of ticket T-1 is not what its events make"))
        #expect(!result.output.contains("T-2"))
    }

    @Test(
        "verify compares what lies beside a card as well",
        arguments: ["opened = opened + 1", "vehicle = 'X'", "rule = 'other'"])
    func verifyCardColumns(change: String) throws {
        let state = try SampleState.usual()
        try state.damage("UPDATE ticket_card SET \(change) WHERE number = 2")
        let result = try Program.run(["db", "verify"], state: state)
        #expect(result.code == 1)
        #expect(result.output.contains("the card of ticket T-2 is not what its events make"))
        #expect(!result.output.contains("T-1"))
    }

    @Test("a folder that may only be read is read") func readOnly() throws {
        let state = try SampleState.usual()
        let copy = try state.closedCopy()
        defer { try? FileManager.default.removeItem(atPath: copy) }
        // Root may write anywhere, so this is read-only in the eyes of others only.
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: copy)
        let result = try Program.run(["db", "stats", "-o", "json", "--state", copy])
        #expect(result.code == 0, "\(result.errors)")
        #expect(try object(result.output)["tickets"] as? Int == 2)
    }
}
