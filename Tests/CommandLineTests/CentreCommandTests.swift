import Testing

/// What commands around a service centre show, and to whom.
@Suite struct CentreCommandTests {
    static let service = """
        version: 1
        calendars:
          c: { zone: UTC, week: { mon-fri: ["08:00-17:00"] } }
        sites:
          north-1: { calendar: c, region: north }
          south-1: { calendar: c, region: south }

        """

    static func centre() throws -> Centre {
        try Centre(
            history: [
                History.step(
                    0, "open", "TESTVAN1", "customer_service",
                    ["customer": "CRM-0815", "site": "north-1", "language": "zh-Hans"])
            ], service: service,
            data: [
                "prices.csv": """
                kind,item,name_en,name_zh,unit,price,currency,version,valid_from,valid_until
                part,C-1,Coil,线圈,pc,420,CNY,1,2026-01-01,2026-07-01
                part,C-1,Coil,线圈,pc,440,CNY,2,2026-07-01,

                """
            ])
    }

    @Test("an imported customer is a word in the store, and is known by privacy")
    func customers() throws {
        let centre = try Self.centre()
        let shown = try Program.run(["privacy", "show", "CRM-0815", "--state", centre.state])
        #expect(shown.output == "c1  T-1\n")
        let told = try Program.run(["ticket", "show", "T-1", "-o", "json", "--state", centre.state])
        #expect(told.output.contains("\"c1\"") && !told.output.contains("CRM-0815"))
    }

    @Test("a region is its sites, and one that is not named is refused") func regions() throws {
        let centre = try Self.centre()
        func open(_ region: String) throws -> Double {
            let found = try figures(centre.report("kpi", hours: 24, ["--region", region]))
            return try number(try #require(found["backlog_under_3d"])["value"])
        }
        #expect(try open("north") == 1)
        #expect(try open("south") == 0)
        let refused = try Program.run([
            "report", "kpi", "--region", "nrth", "--state", centre.state,
        ])
        #expect(refused.code == 1 && refused.errors.contains("did you mean north?"))
    }

    @Test("prices are those of the day or of a version") func prices() throws {
        let centre = try Self.centre()
        func export(_ more: [String]) throws -> Program.Result {
            try Program.run(
                ["price-list", "export", "--state", centre.state, "--data"]
                    + [centre.workshop.path("data"), "-o", "csv"] + more)
        }
        #expect(try export(["--at", "2026-06-30"]).output.contains("C-1,Coil,420,CNY"))
        #expect(try export(["--version", "2"]).output.contains("C-1,Coil,440,CNY"))
        #expect(try export(["--at", "2020-01-01"]).code == 1)
    }

    @Test("whoever orders parts sees no vehicle whole") func roles() throws {
        let centre = try Self.centre()
        func list(_ role: String) throws -> Program.Result {
            try Program.run(
                ["ticket", "ls", "--full", "--state", centre.state],
                environment: ["FOREWARN_ROLE": role])
        }
        #expect(try list("technician").output.contains("TESTVAN1"))
        let masked = try list("parts")
        #expect(!masked.output.contains("TESTVAN1"))
        #expect(masked.errors.contains("stay masked for the role parts"))
    }
}
