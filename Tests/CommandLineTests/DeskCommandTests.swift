import ForewarnDaemon
import Foundation
import Testing

/// Commands around tickets: misses, parts, customers, appointments.
@Suite("Commands of the service desk") struct DeskCommandTests {
    static func run(_ state: DeskState, _ words: [String]) throws -> Program.Result {
        try Program.run(
            words + ["--state", state.folder],
            environment: ["FOREWARN_ACTOR": "chen", "FOREWARN_ROLE": "supervisor"])
    }

    @Test(
        "a breakdown that nobody predicted is entered, and the nearest limit named with its price")
    func miss() throws {
        let state = try DeskState.usual()
        let words = [
            "miss", "TESTVAN0002", "--mode", "engine-overheating", "--at", "2026-03-01T16:00:00Z",
        ]
        let result = try Self.run(state, words + ["--full"])
        #expect(result.code == 0, "\(result.errors)")
        #expect(
            result.output == """
                T-2  TESTVAN0002  engine-overheating  2026-03-01T16:00:00.000Z
                3 messages before it, 1 rules asked

                hot  hot
                  5m -> 4m  (20 % off) would have warned 2h56m before
                  rules.yaml:17:34
                  it would have opened 0 more tickets, on 0 other vehicles

                """)
        // It is a ticket now, so that a second breakdown is none that nobody knew of.
        let again = try Self.run(state, words)
        #expect(again.code == 1)
        #expect(again.errors.contains("it was foretold: T-2"), "\(again.errors)")
        let json = try Self.run(state, words + ["--dry-run", "-o", "json"])
        #expect(json.output.contains("\"would_catch\":\"4m\""), "\(json.output)")
        let shown = try Self.run(state, ["ticket", "show", "T-2"])
        #expect(shown.output.contains("breakdown"))
        #expect(shown.output.contains("2026-03-01T16:00:00.000Z"))
    }

    @Test("what came after the breakdown would have been too late") func missBefore() throws {
        let state = try DeskState.usual()
        let result = try Self.run(
            state,
            [
                "miss", "TESTVAN0002", "--mode", "engine-overheating", "--dry-run", "--at",
                "2026-03-01T13:01:00Z",
            ])
        #expect(result.output.contains("1 messages before it"), "\(result.output)")
        #expect(result.output.contains("no change of one limit would have caught it"))
        let chinese = try Self.run(
            state,
            [
                "miss", "TESTVAN0002", "--mode", "gearbox", "--dry-run", "--lang", "zh-Hans",
                "--at", "2026-03-01T16:00:00Z",
            ])
        #expect(chinese.output.contains("没有针对 gearbox 的规则，因此检查了全部规则"))
    }

    @Test("a ticket goes to another site, and says where it is and why") func transfer() throws {
        let state = try DeskState.usual()
        let words = ["ticket", "transfer", "T-1", "--site", "south", "--reason", "capacity"]
        let first = try Self.run(state, words)
        #expect(first.code == 0, "\(first.errors)")
        let again = try Self.run(state, words)
        #expect(again.code == 1)
        #expect(again.errors.contains("the ticket is at south already"), "\(again.errors)")
        let listed = try Self.run(state, ["ticket", "ls", "--site", "south", "-o", "json"])
        #expect(listed.lines.count == 1 && listed.output.contains("\"id\":\"T-1\""))
        let next = try Self.run(state, ["ticket", "next", "T-1", "--lang", "zh-Hans"])
        #expect(next.output.contains("转站"), "\(next.output)")
        #expect(try Self.run(state, ["ticket", "undo", "T-1"]).code == 0)
        #expect(try Self.run(state, ["ticket", "ls", "--site", "south", "-q"]).output.isEmpty)
    }

    @Test("a lot leads to its vehicles, and a vehicle to its lots") func trace() throws {
        let state = try DeskState.usual()
        for (vehicle, mode) in [("TESTVAN0003", "a"), ("TESTVAN0004", "a"), ("TESTVAN0003", "b")] {
            _ = try Self.run(
                state,
                [
                    "ticket", "open", vehicle, "--mode", mode, "--severity", "S3", "--complaint",
                    "noise",
                ])
        }
        for (ticket, lot, serial) in [
            ("T-2", "L7", "S1"), ("T-3", "L7", "S2"), ("T-4", "L8", "S3"),
        ] {
            for status in ["ordered", "fitted"] {
                let part = try Self.run(
                    state,
                    [
                        "ticket", "part", ticket, "--part", "PUMP-1", "--status", status, "--lot",
                        lot, "--serial", serial, "--supplier", "Nord",
                    ])
                #expect(part.code == 0, "\(part.errors)")
            }
        }
        let lot = try Self.run(state, ["trace", "lot", "L7", "-o", "json"])
        #expect(lot.lines.count == 4)
        #expect(lot.lines.allSatisfy { $0.contains("\"lot_vehicles\":2") })
        let vehicle = try Self.run(state, ["trace", "vehicle", "TESTVAN0003", "--full"])
        #expect(vehicle.lines.filter { $0.contains("fitted") }.count == 2, "\(vehicle.output)")
        #expect(vehicle.output.contains("lot L7: 2 vehicles"))
        #expect(vehicle.output.contains("lot L8: 1 vehicle\n"))
        #expect(vehicle.lines.allSatisfy { $0.count <= 80 }, "\(vehicle.output)")
        let serial = try Self.run(state, ["trace", "serial", "S2", "-o", "json"])
        #expect(serial.lines.count == 2)
        #expect(serial.output.contains("\"state\":\"fitted\""))
        #expect(try Self.run(state, ["trace", "lot", "L9"]).code == 1)
    }

    @Test("a ticket that a caller gave no name is called as its failure mode is, in lists too")
    func unnamed() throws {
        let state = try DeskState(
            rules: """
                version: 1
                rules:
                  - { id: misfire, mode: misfire, name: { en: Cylinder misfires, zh: 气缸失火 },
                      severity: S3, advice: A3, component: coil, skill: ENG, when: 'code "P0301"' }
                """,
            modes: [
                RuleSet.File(
                    name: "modes.yaml",
                    text: """
                        version: 1
                        failure_modes:
                          - { id: misfire, name: Misfire, component: coil, skill: ENG, hours: 1 }
                          - { id: noise, name: { en: Odd noise, zh: 异响 }, component: coil,
                              skill: ENG, hours: 1 }
                        """)
            ])
        try state.take([(DeskState.start, "{\"vin\":\"TESTVAN0001\",\"ts\":\(DeskState.start)}")])
        // A name of the rule, one of the catalogue, a caller's own; and a mode that nobody knows.
        for (mode, more) in [
            ("misfire", []), ("noise", []), ("smell", ["--name", "Smells burnt"]), ("odd-mode", []),
        ] {
            let opened = try Self.run(
                state,
                [
                    "ticket", "open", "TESTVAN0001", "--mode", mode, "--severity", "S3",
                    "--complaint", "hm",
                ] + more)
            #expect(opened.code == 0, "\(opened.errors)")
        }
        let visit = try Visit(nil, ["--state", state.folder])
        for (language, names) in [
            ("en", ["Cylinder misfires", "Odd noise", "Smells burnt", "odd-mode"]),
            ("zh-Hans", ["气缸失火", "异响", "Smells burnt", "odd-mode"]),
        ] {
            func text(_ arguments: String...) throws -> String {
                try Self.run(state, arguments + ["--lang", language]).output
            }
            let lists = [
                try text("ticket", "ls"), try text("vehicle", "show", "TESTVAN0001"),
                try visit.ask("/?lang=\(language)").text,
            ]
            for (place, name) in names.enumerated() {
                let number = "\(place + 1)"
                let pages = [
                    try text("ticket", "show", number), try text("explain", number),
                    try visit.ask("/ticket/\(number)?lang=\(language)").text,
                ]
                for page in lists + pages { #expect(page.contains(name), "\(name): \(page)") }
            }
        }
    }

    @Test("a customer is a word in tickets and journal, and can be forgotten for good")
    func privacy() throws {
        let state = try DeskState.usual()
        let reference = "CRM-0815-4711"
        let opened = try Self.run(
            state,
            [
                "ticket", "open", "TESTVAN0003", "--mode", "a", "--severity", "S3", "--complaint",
                "noise", "--customer", reference,
            ])
        #expect(opened.code == 0, "\(opened.errors)")
        #expect(try Self.run(state, ["privacy", "show", reference]).output == "c1  T-2\n")
        let masked = try Self.run(state, ["ticket", "show", "T-2"]).output
        #expect(masked.contains("c1") && !masked.contains(reference))
        let whole = try Self.run(state, ["ticket", "show", "T-2", "--full"]).output
        #expect(whole.contains(reference))
        let told = try Self.run(state, ["tail", "-o", "json"]).output
        #expect(!told.contains(reference))
        #expect(try state.bytes().range(of: Data(reference.utf8)) != nil)

        #expect(try Self.run(state, ["privacy", "erase", reference]).code == 2)
        let refused = try Program.run(
            ["privacy", "erase", reference, "--yes", "--role", "technician"]
                + ["--state", state.folder])
        #expect(refused.code == 1)
        let erased = try Self.run(state, ["privacy", "erase", reference, "--yes"])
        #expect(erased.output == "c1 stands for nobody now; 1 tickets name it\n")
        #expect(try state.bytes().range(of: Data(reference.utf8)) == nil)
        #expect(try Self.run(state, ["privacy", "show", reference]).code == 1)
        #expect(try Self.run(state, ["ticket", "show", "T-2", "--full"]).output.contains("erased"))
        // A word is never given to another customer.
        _ = try Self.run(
            state, ["ticket", "contact", "T-2", "--outcome", "reached_yes", "--dry-run"])
        let next = try Self.run(
            state,
            [
                "ticket", "open", "TESTVAN0004", "--mode", "a", "--severity", "S3", "--complaint",
                "noise", "--customer", "CRM-2",
            ])
        #expect(next.code == 0)
        #expect(try Self.run(state, ["privacy", "show", "CRM-2"]).output == "c2  T-3\n")
    }

    static let service = """
        version: 1
        calendars:
          shop:
            zone: Asia/Shanghai
            week: { mon-fri: ["08:30-12:00", "13:00-17:30"] }
        sites:
          beijing:
            calendar: shop
            bays: 1
            people:
              - { name: li, skills: [ENG], level: 2 }
              - { name: wang, skills: [CHS], level: 1 }

        """

    @Test("appointments are suggested from calendar, bays and people") func slots() throws {
        let state = try DeskState.usual(service: Self.service)
        let words = ["ticket", "slots", "T-1", "--from", "2026-10-09T09:00:00Z", "--count", "2"]
        let result = try Self.run(state, words + ["-o", "json"])
        #expect(result.code == 0, "\(result.errors)")
        #expect(
            result.lines.map { $0.replacing(",\"late\":true", with: "") } == [
                #"{"v":1,"site":"beijing","from":"2026-10-09T09:00:00.000Z","#
                    + #""until":"2026-10-12T01:00:00.000Z","bays":1,"people":["li"]}"#,
                #"{"v":1,"site":"beijing","from":"2026-10-12T00:30:00.000Z","#
                    + #""until":"2026-10-12T01:30:00.000Z","bays":1,"people":["li"]}"#,
            ])
        let table = try Self.run(state, words + ["--lang", "zh-Hans"])
        #expect(table.output.contains("可派人员"))
        let bare = try DeskState.usual()
        let none = try Self.run(bare, words)
        #expect(none.code == 1)
        #expect(none.errors.contains("sites: in the service file"))
    }

    static let brokenSites: [(text: String, message: String)] = [
        ("calendar: nowhere", "there is no calendar 'nowhere'"),
        ("bays: many", "bays are a number from 0 to 1000"),
        ("people: [{ name: li }]", "a person needs a name and skills"),
        ("people: [{ name: li, skills: [ENG], level: 4 }]", "a level is 1, 2 or 3"),
        ("colour: red", "there is no key 'colour' here"),
    ]
    @Test("what is wrong with a site is named with its place", arguments: brokenSites)
    func broken(text: String, message: String) throws {
        let error = #expect(throws: (any Error).self) {
            try DeskState.usual(service: "version: 1\nsites:\n  a:\n    \(text)\n")
        }
        let said = error.map { "\($0)" } ?? ""
        #expect(said.contains("service.yaml:4:") && said.contains(message), "\(said)")
    }
}
