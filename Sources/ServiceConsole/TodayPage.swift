import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// What to do first: promises that end soon, then the other open tickets, and whether any of this can
/// be trusted.
struct TodayPage {
    private let frame: PageFrame
    private let store: TicketStore
    private let knowledge: StoreKnowledge
    /// Tickets of each list.
    private static let most = 100
    /// Troubles that are named on this page.
    private static let fewest = 3
    private static let aDay: Int64 = 86_400_000

    init(_ frame: PageFrame, _ store: TicketStore, _ knowledge: StoreKnowledge) {
        self.frame = frame
        self.store = store
        self.knowledge = knowledge
    }

    private var words: Words { frame.words }

    // MARK: - The filter in the address

    private var severities: [Severity] {
        (frame.request.query["severity"] ?? "").split(separator: ",").compactMap {
            Severity(name: $0.uppercased())
        }
    }

    private var states: [TicketState] {
        (frame.request.query["status"] ?? "").split(separator: ",").compactMap {
            TicketState(rawValue: String($0))
        }
    }

    func page() throws -> Page {
        let found = try store.worklist(
            severities: Set(severities), states: Set(states.map(\.rawValue)),
            until: frame.now.advanced(by: Self.aDay), limit: Self.most + 1)
        let (urgent, rest) = (found.urgent, found.others)
        let open = found.counts.total()
        return frame.page(
            frame.say("Today", "今日"), place: "/",
            """
            <h1>\(frame.say("Today", "今日")) <span class="count">\(words.count(open, .tickets)) \(frame.say("open", "未结"))</span></h1>
            \(banners(found.aboutMany))
            \(try blindness())
            \(chips(found.counts))
            <section><h2>\(frame.say("Promises broken or due within 24 h", "已超时或 24 小时内到期的承诺"))</h2>
            \(urgent.isEmpty ? none : list(urgent, showsDue: true))</section>
            <section><h2>\(frame.say("Other open tickets", "其他未结工单"))</h2>
            \(rest.isEmpty ? none : list(rest, showsDue: false))</section>
            """)
    }

    private var none: HTML { "<p class=\"quiet\">\(words[.nothing])</p>" }

    // MARK: - Above the lists

    /// What many vehicles have in common stands above what single ones have.
    private func banners(_ tickets: [StoredTicket]) -> HTML {
        HTML(
            tickets.prefix(Self.fewest).map { ticket in
                let what =
                    ticket.isCampaign
                    ? frame.say("recall candidate, for review", "召回候选，待评审")
                    : frame.say("the same fault on many vehicles", "多车同一故障")
                return """
                    <p class="banner"><strong>\(what)</strong> \(frame.ticket(ticket.number)) \(frame.presentation.name(of: ticket)) <span class="quiet">\(words.count(ticket.findings, .findings))</span></p>

                    """
            })
    }

    /// Whether a fault would be noticed at all: what `doctor` says of it, in one line.
    private func blindness() throws -> HTML {
        let title = frame.say("Would we notice?", "能否及时发现？")
        var isDim = false
        var all = [StoreCheckup.age(try store.newestReceived(), at: frame.now)]
        var meter: HTML
        if let view = knowledge.view() {
            let found = view.diagnoses
            meter = view.sight.map { self.meter($0, found.first) } ?? frame.unseen(view.facts)
            // The first is the meter itself.
            all += found.dropFirst()
            if found.first?.verdict != .ok { isDim = true }
        } else {
            meter = frame.counting
        }
        all += try StoreCheckup.canary(store, at: frame.now)
        let wrong = all.filter { $0.verdict != .ok }
        let more: HTML =
            wrong.count > Self.fewest
            ? """
            <p><a href="\(frame.link("/system"))">\(wrong.count - Self.fewest) \(words[.more])</a></p>
            """ : ""
        if !wrong.isEmpty { meter += frame.diagnoses(Array(wrong.prefix(Self.fewest))) + more }
        return """
            <section class="sight \(wrong.isEmpty && !isDim ? "ok" : "warn")"><h2><a href="\(frame.link("/system"))">\(title)</a></h2>\(meter)</section>
            """
    }

    private func meter(_ sight: Sight, _ diagnosis: Diagnosis?) -> HTML {
        let share = sight.vehicles > 0 ? Double(sight.week) / Double(sight.vehicles) : 0
        let percent = shortNumber((share * 1000).rounded() / 10)
        let fix = diagnosis?.fix.map {
            " <span class=\"fix\">→ \(words.text(of: $0))</span>" as HTML
        }
        return """
            <p><meter min="0" max="\(sight.vehicles)" low="\(sight.vehicles * 4 / 5)" optimum="\(sight.vehicles)" value="\(sight.week)">\(percent) %</meter> \(percent) % · \(words.text(of: StoreCheckup.heard(sight)))\(fix)</p>
            """
    }

    // MARK: - Chips and lists

    private func chips(_ counts: [TicketCount]) -> HTML {
        let severity = Severity.allCases.reversed().map { severity -> HTML in
            let count = counts.total { $0.severity == severity }
            return chip(
                "severity", severity.name, severities.map(\.name),
                "<span aria-hidden=\"true\">\(PageFrame.shape(severity))</span> \(severity.name) \(words[severity])",
                count)
        }
        let state = TicketState.allCases.filter { !$0.isFinal }.compactMap { state -> HTML? in
            let count = counts.total { $0.state == state.rawValue }
            guard count > 0 || states.contains(state) else { return nil }
            return chip(
                "status", state.rawValue, states.map(\.rawValue),
                HTML(escaping: words.text(of: state)), count)
        }
        return "<div class=\"chips\"><p>\(severity)</p><p>\(state)</p></div>"
    }

    /// A link that puts a value into the filter, or takes it out again.
    private func chip(
        _ name: String, _ value: String, _ chosen: [String], _ label: HTML, _ count: Int
    ) -> HTML {
        let isOn = chosen.contains(value)
        let next = isOn ? chosen.filter { $0 != value } : chosen + [value]
        var query = frame.request.query
        query[name] = next.isEmpty ? nil : next.joined(separator: ",")
        return """
            <a class="chip\(isOn ? " on" : "")" href="\("/" + query.text)"\(isOn ? " aria-current=\"true\"" : "" as HTML)>\(isOn ? "✓ " : "")\(label) <span class="count">\(count)</span></a>

            """
    }

    private func list(_ tickets: [StoredTicket], showsDue: Bool) -> HTML {
        let zone = tickets.first.map { frame.presentation.zone(at: $0.latestAt) } ?? ""
        var columns: [(String, Bool)] = []
        if showsDue {
            columns += [
                (frame.say("promise ends", "距到期"), false), (frame.say("promise", "承诺"), false),
            ]
        }
        columns += [
            (words[.ticket].lowercased(), false), (words[.severity].lowercased(), false),
            (words[.vehicle].lowercased(), false), (words[.name].lowercased(), false),
            (words[.state].lowercased(), false), ("\(words[.latest].lowercased()) \(zone)", false),
        ]
        let rows = tickets.prefix(Self.most).map { ticket -> [HTML] in
            var row: [HTML] = []
            if showsDue, let due = ticket.due {
                let clock =
                    ServiceClock(rawValue: due.clock).map { words.text(of: $0) } ?? due.clock
                row += [frame.countdown(due.at), "\(clock)"]
            }
            row += [
                frame.ticket(ticket.number, isRow: true), frame.severity(ticket.severity),
                frame.vehicle(ticket.vehicle, ticket: ticket.number),
                "\(frame.presentation.name(of: ticket))", frame.state(ticket),
                "<time>\(frame.presentation.minute(ticket.latestAt))</time>",
            ]
            return row
        }
        let more: HTML =
            tickets.count > Self.most
            ? """
            <p class="quiet">\(frame.say("The first \(Self.most) are shown; choose above, or list all with forewarn ticket ls.", "只显示前 \(Self.most) 张；请在上方筛选，或用 forewarn ticket ls 列出全部。"))</p>
            """ : ""
        return frame.table(columns, rows, label: words[.tickets]) + more
    }
}
