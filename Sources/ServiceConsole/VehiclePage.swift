import FleetWatch
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// A vehicle: its clock, tickets, fault codes, signals and findings.
struct VehiclePage {
    private let frame: PageFrame
    private let store: TicketStore
    /// Rows of each list.
    private static let most = 100

    init(_ frame: PageFrame, _ store: TicketStore) {
        self.frame = frame
        self.store = store
    }

    private var words: Words { frame.words }

    // MARK: - Which one

    /// The ticket or vehicle that somebody looks for.
    func found(_ text: String) throws -> Page {
        let text = text.filter { !$0.isWhitespace }
        let digits = text.uppercased().hasPrefix("T-") ? text.dropFirst(2) : text[...]
        if let number = Int64(digits), let ticket = try store.ticket(number) {
            return frame.page(
                "T-\(number)",
                """
                <h1>\(frame.say("Found", "查找结果"))</h1>
                <p>\(frame.ticket(number, isRow: true)) \(frame.severity(ticket.severity)) \(frame.presentation.name(of: ticket))</p>
                """)
        }
        guard !text.isEmpty else { return frame.notFound() }
        return try page(named: text)
    }

    /// - Parameter name: whole, its beginning or end, or as `LGA…0042`, as for `forewarn vehicle show`.
    func page(named name: String) throws -> Page {
        let matches = try store.vehicleNames(like: name, limit: Self.most + 1)
        guard let first = matches.first else { return missing(name) }
        guard matches.count == 1 else { return several(matches) }
        return try page(of: first)
    }

    func page(of vehicle: String) throws -> Page {
        guard let found = try store.vehicles(VehiclePattern(vehicle)).first else {
            return frame.notFound()
        }
        return try page(found)
    }

    private func missing(_ name: String) -> Page {
        frame.page(
            frame.say("Nothing found", "未找到"), status: 404,
            """
            <h1>\(frame.say("There is no such vehicle or ticket", "没有此车辆或工单"))</h1>
            <p><code>\(name)</code></p>
            """)
    }

    private func several(_ matches: [String]) -> Page {
        let rows = matches.prefix(Self.most).map { vehicle -> HTML in
            let shown = frame.presentation.vehicle(vehicle)
            guard frame.presentation.showsWhole else {
                return "<li><span class=\"vin\">\(shown)</span></li>"
            }
            let link = frame.link("/vehicle/" + AddressPart.escaped(vehicle))
            return "<li><a class=\"row vin\" href=\"\(link)\">\(shown)</a></li>"
        }
        let count =
            matches.count > Self.most
            ? frame.say("more than \(Self.most)", "超过 \(Self.most)") : "\(matches.count)"
        return frame.page(
            frame.say("Several vehicles", "多辆车"),
            """
            <h1>\(frame.say("It may be any of \(count) vehicles", "可能是 \(count) 辆车中的任意一辆"))</h1>
            <p>\(frame.say("Give more of the identifier.", "请输入更多标识字符。"))</p>
            <ul class="timeline">\(rows)</ul>
            """)
    }

    // MARK: - What is known of it

    private func page(_ vehicle: StoredVehicle) throws -> Page {
        let tickets = try store.tickets(of: vehicle.vehicle, limit: Self.most)
        var findings = EventFilter()
        findings.values[.vehicle] = [vehicle.vehicle]
        let events = try store.events(findings, newestFirst: true, limit: 50)
        let name = frame.presentation.vehicle(vehicle.vehicle)
        let open = tickets.filter { !(TicketState(rawValue: $0.state)?.isFinal ?? false) }
        return frame.page(
            name,
            """
            <h1><span class="vin">\(name)</span></h1>
            \(facts(vehicle))
            <section><h2>\(words[.openTickets].lowercased())</h2>\(table(open))</section>
            \(section(words[.codes], codes(vehicle.summary?.codes ?? [])))
            \(section(words[.signals], signals(vehicle.summary?.signals ?? [])))
            \(section(frame.say("earlier tickets", "历史工单"), open.count == tickets.count ? "" : table(tickets.filter { TicketState(rawValue: $0.state)?.isFinal ?? false })))
            \(section(words[.timeline], timeline(events)))
            """)
    }

    private func section(_ title: String, _ content: HTML) -> HTML {
        content.isEmpty ? "" : "<section><h2>\(title)</h2>\(content)</section>"
    }

    private func facts(_ vehicle: StoredVehicle) -> HTML {
        guard let summary = vehicle.summary else { return "<p>\(words[.notStored])</p>" }
        let facts = VehicleFactsText(presentation: frame.presentation).facts(summary)
        return frame.facts(facts.map { ($0.0, HTML(escaping: $0.1)) })
            + "<p class=\"quiet\">\(words[.asOfRow]) \(vehicle.appliedRow)</p>"
    }

    private func table(_ tickets: [StoredTicket]) -> HTML {
        guard let first = tickets.first else { return "<p class=\"quiet\">\(words[.nothing])</p>" }
        let zone = frame.presentation.zone(at: first.latestAt)
        let columns = [
            (words[.ticket].lowercased(), false), (words[.severity].lowercased(), false),
            (words[.name].lowercased(), false), (words[.state].lowercased(), false),
            ("\(words[.latest].lowercased()) \(zone)", false),
        ]
        let rows = tickets.map { ticket -> [HTML] in
            [
                frame.ticket(ticket.number, isRow: true), frame.severity(ticket.severity),
                "\(frame.presentation.name(of: ticket))", frame.state(ticket),
                "<time>\(frame.presentation.minute(ticket.latestAt))</time>",
            ]
        }
        return frame.table(columns, rows, label: words[.tickets])
    }

    private func codes(_ codes: [LaneSummary.Code]) -> HTML {
        guard let first = codes.first else { return "" }
        let zone = frame.presentation.zone(at: first.lastSeen)
        let columns = [
            (words[.code].lowercased(), false), (words[.status].lowercased(), false),
            (words[.meaning].lowercased(), false), (words[.unit].lowercased(), false),
            (words[.occurrences].lowercased(), true),
            ("\(words[.lastSeen].lowercased()) \(zone)", false),
        ]
        let text = VehicleFactsText(presentation: frame.presentation)
        let rows = codes.sorted { $0.lastSeen > $1.lastSeen }.map { code -> [HTML] in
            [
                "<code>\(code.code.description)</code>",
                code.isPresent
                    ? "\(text.status(of: code))" : "<span class=\"quiet\">\(words[.absent])</span>",
                "\(frame.presentation.text(ofCode: code.code.description) ?? "")",
                "\(code.ecu == .empty ? "-" : code.ecu.description)",
                "\(code.occurrences.map(String.init) ?? "-")",
                "<time>\(frame.presentation.minute(code.lastSeen))</time>",
            ]
        }
        return frame.table(columns, rows, label: words[.codes])
    }

    private func signals(_ signals: [LaneSummary.Signal]) -> HTML {
        guard let first = signals.first else { return "" }
        let zone = frame.presentation.zone(at: first.lastRead)
        let columns = [
            (words[.signal].lowercased(), false), (words[.value].lowercased(), true),
            ("\(words[.lastSeen].lowercased()) \(zone)", false),
        ]
        let rows = signals.sorted { $0.name < $1.name }.map { signal -> [HTML] in
            [
                "<code>\(signal.name)</code>", "\(shortNumber(signal.value))",
                "<time>\(frame.presentation.minute(signal.lastRead))</time>",
            ]
        }
        return frame.table(columns, rows, label: words[.signals])
    }

    private func timeline(_ events: [StoredEvent]) -> HTML {
        guard !events.isEmpty else { return "" }
        let text = EventText(presentation: frame.presentation)
        // The same again and again, as escalations after a weekend, is one line.
        var lines: [(at: EventTime, what: HTML, count: Int)] = []
        for event in events {
            let body = EventBody(event.body)
            let isFinding = event.kind == "finding"
            let seen: HTML = isFinding ? " \(text.seen(body))" : ""
            let who = isFinding ? (event.rule ?? "") : (body.actor ?? "")
            let ticket = event.ticket.map { frame.ticket($0) }
            let what: HTML =
                "\(event.severity?.name ?? "")\(seen) <code>\(who)</code> \(words.stored(event.effect ?? event.state ?? "none")) \(ticket)"
            if lines.last?.what == what {
                lines[lines.count - 1].count += 1
            } else {
                lines.append((event.received, what, 1))
            }
        }
        let items = lines.map { line -> HTML in
            let times: HTML = line.count > 1 ? " <span class=\"count\">×\(line.count)</span>" : ""
            return """
                <li><time>\(frame.presentation.time(line.at))</time> \(line.what)\(times)</li>

                """
        }
        return "<ol class=\"timeline\">\(items)</ol>"
    }
}
