import Foundation
import FoundationXML
import Glibc
import Testing

/// The web console, started as anyone starts it and asked as a browser asks.
@Suite("Console") struct ConsoleTests {
    /// The texts between tags, with entities as what they stand for.
    private static func words(_ page: String) throws -> String {
        let reader = PageReader()
        try #require(reader.read(page), "\(reader.failure)")
        return reader.words
    }

    @Test("every page is well-formed, and in the language that was asked for")
    func pages() throws {
        let visit = try Visit(try SampleState.usual())
        for path in ["/", "/ticket/1", "/ticket/2", "/ticket/2/vehicle", "/system", "/find?q=T-1"] {
            let english = try visit.ask(path)
            #expect(english.status == 200, "\(path)")
            #expect(english.headers["content-type"] == "text/html; charset=utf-8")
            let words = try Self.words(english.text)
            #expect(!words.contains(/\p{Han}{2}.*\p{Han}{2}/), "\(path)")
            let separator = path.contains("?") ? "&" : "?"
            for chinese in [
                try visit.ask(path + separator + "lang=zh"),
                try visit.ask(path, languages: "fr, zh-CN;q=0.9, en;q=0.5"),
            ] {
                #expect(try Self.words(chinese.text).contains("今日"), "\(path)")
                #expect(chinese.text.contains("lang=\"zh-Hans\""))
            }
            #expect(
                try visit.ask(path + separator + "lang=en", languages: "zh").text.contains(
                    "lang=\"en\""))
        }
        let today = try Self.words(try visit.ask("/").text)
        #expect(today.contains("T-2") && today.contains("Coolant above its limit for minutes"))
        let ticket = try Self.words(try visit.ask("/ticket/2").text)
        #expect(ticket.contains("coolant_c > 108 °C") && ticket.contains("why it was opened"))
    }

    @Test("the chart has the readings of the evidence and what the rule asks of them")
    func chart() throws {
        let folder = NSTemporaryDirectory() + "forewarn-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try """
        version: 1
        rules:
          - { id: hot, mode: hot, severity: S3, advice: A3, component: c, skill: E,
              when: 'coolant_c > 108 for 5m and rpm > 500',
              until: 'coolant_c < 77 for 1m' }
        """.write(toFile: folder + "/rules.yaml", atomically: true, encoding: .utf8)
        let recording = (0..<8).map { minute in
            let at = "2026-03-01T08:0\(minute):00.000Z"
            let payload =
                #"{\"vin\":\"V1\",\"ts\":\"\#(at)\",\"signals\":"#
                + #"{\"coolant_c\":\#(110 + minute),\"rpm\":900}}"#
            return #"{"v":1,"at":"\#(at)","topic":"v1/V1/ev","payload":"\#(payload)"}"#
        }
        try recording.joined(separator: "\n").write(
            toFile: folder + "/r.jsonl", atomically: true, encoding: .utf8)
        let replay = try Program.run([
            "replay", folder + "/r.jsonl", "--rules", folder + "/rules.yaml", "--db",
            folder + "/forewarn.db",
        ])
        #expect(replay.code == 0, "\(replay.errors)")
        let page = try Visit(nil, ["--state", folder]).ask("/ticket/1")
        #expect(page.text.contains(#"<svg xmlns="http://www.w3.org/2000/svg""#))
        let words = try Self.words(page.text)
        #expect(words.contains("limit > 108") && !words.contains("limit < 77"))
    }

    @Test("identifiers are masked, in addresses too, unless they are asked for whole")
    func masks() throws {
        let state = try SampleState.usual()
        let masked = try Visit(state)
        for path in ["/", "/ticket/1", "/ticket/1/vehicle", "/system", "/find?q=0042"] {
            let text = try masked.ask(path).text
            #expect(!text.uppercased().contains(SampleState.vehicle), "\(path)")
            #expect(!text.uppercased().contains(SampleState.other), "\(path)")
        }
        #expect(try masked.ask("/ticket/1").text.contains("LGA…0042"))
        let whole = try Visit(state, ["--full"])
        #expect(try whole.ask("/").text.contains("/vehicle/\(SampleState.vehicle)"))
        #expect(try whole.ask("/vehicle/\(SampleState.vehicle)").status == 200)
    }

    @Test("what vehicles say cannot become markup") func escapes() throws {
        let state = try SampleState.usual()
        let evil = "<script>alert('1')</script>\"&"
        try state.damage("UPDATE ticket SET name_en = '\(evil.replacing("'", with: "''"))'")
        try state.damage("UPDATE dead_letter SET topic = CAST('v1/<img src=x>/ev' AS BLOB)")
        let visit = try Visit(state)
        for path in [
            "/", "/ticket/1", "/ticket/1/vehicle", "/system", "/find?q=%3Cscript%3E",
            "/%3Cscript%3E",
        ] {
            let text = try visit.ask(path).text
            #expect(!text.contains("<script>") && !text.contains("<img"), "\(path)")
            _ = try Self.words(text)
        }
        #expect(try Self.words(try visit.ask("/ticket/1").text).contains(evil))
    }

    @Test("pages load nothing from elsewhere and may be framed by nobody") func policy() throws {
        let visit = try Visit(try SampleState.usual())
        let page = try visit.ask("/")
        let policy = try #require(page.headers["content-security-policy"])
        #expect(policy.hasPrefix("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
        // The names of languages of markup are no addresses.
        let text = page.text.replacing(#/http:\/\/www\.w3\.org\/\w+/#, with: "")
        #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("\"//"))
        #expect(!text.contains("style=") && !text.contains(#/ on[a-z]+="/#))
        for path in ["/console.css", "/console.js", "/icon.svg"] {
            #expect(try visit.ask(path).status == 200, "\(path)")
        }
    }

    @Test("what is not there, may not be done or goes by another name is refused")
    func refusals() throws {
        let visit = try Visit(try SampleState.usual(), ["--host", "fleet.example"])
        for path in ["/nothing", "/ticket/99", "/ticket/x", "/ticket/1/nothing", "/find?q=NOBODY"] {
            #expect(try visit.ask(path).status == 404, "\(path)")
        }
        let head = try visit.ask("/", method: "HEAD")
        #expect(head.status == 200 && head.text.isEmpty)
        #expect(Int(head.headers["content-length"] ?? "") ?? 0 > 1000)
        let post = try visit.ask("/ticket/1", method: "POST")
        #expect(post.status == 405 && post.headers["allow"] == "GET, HEAD")
        #expect(try visit.ask("/", host: "elsewhere.example").status == 421)
        #expect(try visit.ask("/", host: "fleet.example:443").status == 200)
        #expect(try visit.ask("/", host: "[::1]:8420").status == 200)
    }

    @Test("says how well it sees as doctor does") func sight() throws {
        let state = try SampleState.usual()
        let visit = try Visit(state)
        let told = try Program.run(["doctor", "-o", "json"], state: state).lines.map(object)
            .filter {
                ["sight", "canary", "dead letters", "journal"].contains($0["check"] as? String)
            }
        try #require(told.contains { $0["check"] as? String == "sight" })
        let page = try Self.words(try visit.ask("/system").text)
        for line in told {
            #expect(page.contains(try #require(line["finding"] as? String)))
        }
        let metrics = try visit.ask("/metrics").text
        #expect(metrics.contains("\nforewarn_vehicles_heard{within=\"week\"} 2\n"))
        #expect(metrics.contains("\nforewarn_dead_letters_total 2\n"))
        #expect(metrics.contains("\nforewarn_tickets_open{severity=\"S1\"} 1\n"))
    }

    @Test("a filter in the address chooses, and its chips lead back") func filters() throws {
        let visit = try Visit(try SampleState.usual())
        let grave = try visit.ask("/?severity=S1").text
        #expect(grave.contains("/ticket/2") && !grave.contains("/ticket/1\""))
        #expect(grave.contains("class=\"chip on\" href=\"/\""))
        let none = try visit.ask("/?severity=S1&status=in_repair").text
        #expect(!none.contains("/ticket/2"))
    }

    @Test("tells an open page of what is decided after it was made") func events() throws {
        let state = try SampleState.usual()
        let visit = try Visit(state)
        let stream = try visit.listen()
        let before = try #require(
            try visit.ask("/").text.firstMatch(of: /data-newest="(\d+)"/)
        ).1
        #expect(stream.await { $0.contains("data: \(before)\n") })
        for minute: Int64 in 20..<30 {
            try state.take([SampleState.misfire(at: minute)], at: minute)
        }
        #expect(stream.await { $0.components(separatedBy: "event: change").count > 2 })
        let after = try #require(
            try visit.ask("/").text.firstMatch(of: /data-newest="(\d+)"/)
        ).1
        #expect(before != after)
    }

    @Test("a store that goes away is said, and shown again when it is back") func loss() throws {
        let copy = try SampleState.usual().closedCopy()
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let visit = try Visit(nil, ["--state", copy])
        #expect(try visit.ask("/healthz").status == 200)
        try FileManager.default.moveItem(atPath: copy, toPath: copy + "-away")
        #expect(try visit.ask("/healthz").status == 503)
        let page = try visit.ask("/")
        let words = try Self.words(page.text)
        #expect(page.status == 503 && words.contains("there is no such file"))
        try FileManager.default.moveItem(atPath: copy + "-away", toPath: copy)
        #expect(try visit.ask("/healthz").status == 200)
    }

    @Test("ends in order, also while a page listens", arguments: [SIGTERM, SIGINT])
    func ends(signal: Int32) throws {
        let visit = try Visit(try SampleState.usual())
        let stream = try visit.listen()
        #expect(stream.await { $0.contains("event: change") })
        signal == SIGTERM ? visit.running.terminate() : visit.running.interrupt()
        // The stream ends because the console ends it.
        #expect(!stream.await { _ in false })
        #expect(visit.running.finish().code == 0)
    }

    @Test("wrong addresses are wrong usage, a missing store is out of reach") func exits() throws {
        let state = try SampleState.usual()
        #expect(try Program.run(["console", "--listen", "nowhere"], state: state).code == 2)
        let open = try Program.run(["console", "--listen", "0.0.0.0:0"], state: state)
        #expect(open.code == 2 && open.errors.contains("--open-to-network"))
        #expect(try Program.run(["console", "--state", "/nowhere"]).code == 3)
        let visit = try Visit(state)
        let taken = try Program.run(
            ["console", "--listen", "127.0.0.1:\(visit.port)"], state: state)
        #expect(taken.code == 3 && taken.errors.contains("cannot listen"))
    }
}

/// Reads a page as XML and gathers its words.
private final class PageReader: NSObject, XMLParserDelegate {
    private(set) var words = ""
    private(set) var failure = ""

    func read(_ page: String) -> Bool {
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = self
        let isRead = parser.parse()
        failure = parser.parserError.map { "line \(parser.lineNumber): \($0)" } ?? ""
        return isRead
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { words += string }
}
