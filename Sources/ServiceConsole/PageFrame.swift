import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// A page as it is sent.
struct Page: Sendable {
    var text: String
    var status = 200
}

/// What all pages have around them, and how they write what several of them show.
struct PageFrame: Sendable {
    var presentation: Presentation
    var request: ConsoleRequest
    var folder: String
    var now = EventTime(milliseconds: 0)
    /// The newest event that the page knows of.
    var newest: Int64 = 0

    var words: Words { presentation.words }

    /// A word that stands on pages only.
    func say(_ english: String, _ chinese: String) -> String { words.say(english, chinese) }

    /// A whole page.
    ///
    /// - Parameter place: the part of the path that the navigation marks.
    func page(_ title: String, place: String = "", status: Int = 200, _ content: HTML) -> Page {
        let language = words.language == .english ? "en" : "zh-Hans"
        let html: HTML = """
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" lang="\(language)">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>\(title) · Forewarn</title>
            <link rel="stylesheet" href="/console.css"/>
            <link rel="icon" href="/icon.svg"/>
            <script src="/console.js" defer="defer"></script>
            </head>
            <body>
            <header>
            <a class="brand" href="\(link("/"))">Forewarn</a>
            <nav aria-label="\(say("pages", "页面"))">\(navigation(place))</nav>
            <form action="/find" method="get" role="search">\(hiddenLanguage)<input type="search" name="q" aria-label="\(say("ticket or vehicle", "工单或车辆"))" placeholder="T-12, LGA…0042"/></form>
            \(languageSwitch)
            </header>
            <main data-newest="\(newest)">
            \(content)
            </main>
            <footer><p><span id="live" class="quiet"></span> \(say("as of", "截至")) <time>\(presentation.time(now))</time></p>
            <details id="keys"><summary>\(say("keys", "快捷键"))</summary><p><kbd>j</kbd> <kbd>k</kbd> \(say("next and previous row", "下一行、上一行")) · <kbd>Enter</kbd> \(say("open", "打开")) · <kbd>/</kbd> \(say("find", "查找")) · <kbd>g</kbd> \(say("to the first page", "回到首页")) · <kbd>?</kbd> \(say("this", "显示本说明"))</p></details></footer>
            </body>
            </html>

            """
        return Page(text: html.text, status: status)
    }

    private func navigation(_ place: String) -> HTML {
        let pages = [("/", say("Today", "今日")), ("/system", say("System", "系统"))]
        return HTML(
            pages.map { path, name in
                let mark: HTML = path == place ? " aria-current=\"page\"" : ""
                return "<a href=\"\(link(path))\"\(mark)>\(name)</a>"
            })
    }

    /// The other language, at this address.
    private var languageSwitch: HTML {
        var query = request.query
        let isChinese = words.language == .chinese
        query["lang"] = isChinese ? "en" : "zh"
        let here = "/" + request.parts.map(AddressPart.escaped).joined(separator: "/")
        return """
            <a class="language" href="\(here + query.text)" hreflang="\(isChinese ? "en" : "zh-Hans")">\(isChinese ? "English" : "中文")</a>
            """
    }

    private var hiddenLanguage: HTML {
        guard let language = request.query["lang"] else { return "" }
        return "<input type=\"hidden\" name=\"lang\" value=\"\(language)\"/>"
    }

    /// An address of the console in the language that this page was asked in.
    func link(_ path: String, _ changes: [(String, String?)] = []) -> String {
        var query = ConsoleRequest.Query("")
        query["lang"] = request.query["lang"]
        for (name, value) in changes { query[name] = value }
        return path + query.text
    }

    func notFound() -> Page {
        page(
            say("Nothing here", "没有此页"), status: 404,
            """
            <h1>\(say("There is nothing at this address", "此地址没有内容"))</h1>
            <p><a href="\(link("/"))">\(say("to the tickets of today", "返回今日工单"))</a></p>
            """)
    }

    /// The store cannot be read.
    func failure(_ reason: String) -> Page {
        page(
            say("Store out of reach", "无法读取数据库"), status: 503,
            """
            <h1>\(say("The store cannot be read", "无法读取数据库"))</h1>
            <p class="reason">\(reason)</p>
            <p>\(say("Look with forewarn doctor --state", "请运行 forewarn doctor --state")) \(folder)</p>
            """)
    }

    // MARK: - What several pages show

    /// A severity as a shape, its spelling and what it asks for.
    func severity(_ severity: Severity) -> HTML {
        "<span class=\"sev \(severity.name.lowercased())\"><span aria-hidden=\"true\">\(Self.shape(severity))</span> \(severity.name) <span class=\"word\">\(words[severity])</span></span>"
    }

    static func shape(_ severity: Severity) -> String {
        switch severity {
        case .s1: "■"
        case .s2: "▲"
        case .s3: "◆"
        case .s4: "○"
        }
    }

    /// A vehicle that a ticket is about, linked through the ticket: an address must not tell what the
    /// page masks.
    func vehicle(_ name: String, ticket: Int64) -> HTML {
        if VehicleID.isWholeFleet(name) { return HTML(escaping: presentation.vehicle(name)) }
        let path =
            presentation.showsWhole
            ? "/vehicle/" + AddressPart.escaped(name) : "/ticket/\(ticket)/vehicle"
        return "<a class=\"vin\" href=\"\(link(path))\">\(presentation.vehicle(name))</a>"
    }

    /// A ticket's number, linked.
    func ticket(_ number: Int64, isRow: Bool = false) -> HTML {
        "<a\(isRow ? " class=\"row\"" : "" as HTML) href=\"\(link("/ticket/\(number)"))\">T-\(number)</a>"
    }

    func state(_ ticket: StoredTicket) -> HTML {
        let gone: HTML =
            ticket.symptomGone && ticket.state == "open"
            ? " <span class=\"good\">✓ \(words[.symptomGone])</span>" : ""
        return "\(words.stored(ticket.state))\(gone)"
    }

    /// How long until a promise ends, or since when it is broken.
    func countdown(_ due: EventTime) -> HTML {
        let rest = due.milliseconds(since: now)
        let minutes = words.duration(max(60_000, abs(rest) / 60_000 * 60_000))
        guard rest > 0 else {
            return "<span class=\"late\">! \(say("\(minutes) late", "超时 \(minutes)"))</span>"
        }
        return
            "<span class=\"\(rest < 1_800_000 ? "soon" : "time")\">\(say("in \(minutes)", "剩 \(minutes)"))</span>"
    }

    /// Facts as a list of names and values; a fact without a name goes on with the one before.
    func facts(_ facts: [(String, HTML)]) -> HTML {
        HTML(["<dl>"])
            + HTML(
                facts.map { name, value in
                    name.isEmpty ? "<dd>\(value)</dd>" : "<dt>\(name)</dt><dd>\(value)</dd>"
                }) + "</dl>"
    }

    /// A table that scrolls by itself where the page is narrow.
    func table(_ columns: [(name: String, isNumber: Bool)], _ rows: [[HTML]], label: String) -> HTML
    {
        let head = HTML(
            columns.map {
                "<th scope=\"col\"\($0.isNumber ? " class=\"n\"" : "" as HTML)>\($0.name)</th>"
            })
        let body = HTML(
            rows.map { row in
                let cells = zip(row, columns).map { cell, column -> HTML in
                    "<td\(column.isNumber ? " class=\"n\"" : "" as HTML) data-name=\"\(column.name)\">\(cell)</td>"
                }
                return "<tr>\(cells)</tr>\n"
            })
        return """
            <div class="table"><table aria-label="\(label)"><thead><tr>\(head)</tr></thead>
            <tbody>\(body)</tbody></table></div>
            """
    }

    /// While it is found out for the first time how much of the fleet can be seen.
    var counting: HTML { "<p class=\"quiet counting\">\(say("being counted…", "正在统计…"))</p>" }

    /// Why nothing can be said of the fleet: nobody spoke, or what is known of vehicles is still in the
    /// daemon's memory.
    func unseen(_ facts: StoreFacts) -> HTML {
        guard facts.messages > 0 else { return "<p>\(words[.noVehicles])</p>" }
        let text = say(
            "What vehicles said is not stored yet; the daemon does so within ten minutes.",
            "车辆状态尚未存盘，后台服务将在十分钟内写入。")
        return "<p class=\"quiet\">\(text)</p>"
    }

    /// What `doctor` says, a line each.
    func diagnoses(_ diagnoses: [Diagnosis]) -> HTML {
        let rows = diagnoses.map { diagnosis -> HTML in
            let verdict = diagnosis.verdict.rawValue
            let mark =
                switch diagnosis.verdict {
                case .ok: "✓";
                case .warn: "!";
                case .fail: "✗"
                }
            let fix = diagnosis.fix.map {
                "<span class=\"fix\">→ \(words.text(of: $0))</span>" as HTML
            }
            return """
                <li class="\(verdict)" data-check="\(diagnosis.check.rawValue)"><span class="verdict"><span aria-hidden="true">\(mark)</span> \(words.stored(verdict))</span> <span class="what">\(words.text(of: diagnosis.check))</span> <span class="finding">\(words.text(of: diagnosis.finding))</span> \(fix)</li>

                """
        }
        return "<ul class=\"checks\">\(rows)</ul>"
    }
}
