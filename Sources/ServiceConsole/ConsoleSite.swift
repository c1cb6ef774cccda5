import ForewarnDaemon
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// The addresses of the console, and what is found there.
struct ConsoleSite: Sendable {
    private let settings: ConsoleServer.Settings
    private let reader: StoreReader
    private let changes: ChangeWatch
    private let knowledge: StoreKnowledge

    init(_ settings: ConsoleServer.Settings, _ reader: StoreReader, _ changes: ChangeWatch) {
        self.settings = settings
        self.reader = reader
        self.changes = changes
        knowledge = StoreKnowledge(folder: settings.folder, database: settings.database)
    }

    /// Answers a request; what cannot be answered says why.
    func answer(_ request: ConsoleRequest) async -> ConsoleAnswer {
        guard isOurs(request.host) else {
            return ConsoleAnswer(
                "this console does not go by that name; allow it with --host\n",
                type: "text/plain", status: 421)
        }
        guard ["GET", "HEAD"].contains(request.method) else {
            var answer = ConsoleAnswer(
                "the console only shows things; use the command line\n", type: "text/plain",
                status: 405)
            answer.headers.append(("Allow", "GET, HEAD"))
            return answer
        }
        var answer = await find(request)
        guard request.method == "HEAD" else { return answer }
        switch answer.body {
        case .text(let text, _): answer.body = .text(text, isSent: false)
        case .stream: answer.body = .text("", isSent: false)
        }
        return answer
    }

    private func find(_ request: ConsoleRequest) async -> ConsoleAnswer {
        switch request.parts {
        case ["console.css"]: return ConsoleAnswer(ConsoleFiles.style, type: "text/css")
        case ["console.js"]: return ConsoleAnswer(ConsoleFiles.script, type: "text/javascript")
        case ["icon.svg"]: return ConsoleAnswer(ConsoleFiles.icon, type: "image/svg+xml")
        case ["events"]: return ConsoleAnswer(events: changes.events())
        case ["healthz"]: return await health()
        case ["metrics"]: return await metrics()
        default: break
        }
        let frame = PageFrame(
            presentation: presentation(request), request: request,
            folder: settings.folder)
        do {
            let page = try await reader.read { [knowledge] store in
                try Self.page(frame, store, knowledge)
            }
            return ConsoleAnswer(page.text, type: "text/html", status: page.status)
        } catch {
            let page = frame.failure("\(error)")
            return ConsoleAnswer(page.text, type: "text/html", status: page.status)
        }
    }

    private static func page(
        _ frame: PageFrame, _ store: TicketStore, _ knowledge: StoreKnowledge
    ) throws -> Page {
        var frame = frame
        frame.now = MachineClock.now
        frame.newest = try store.newestEvent()
        frame.presentation.codes = knowledge.codes()
        let inForce = try knowledge.rules(store)
        let rules = inForce?.rules
        frame.presentation.take(namesFrom: rules)
        let parts = frame.request.parts
        switch (parts.first, parts.count) {
        case (nil, _): return try TodayPage(frame, store, knowledge).page()
        case ("ticket", 2), ("ticket", 3):
            guard parts.count == 2 || parts[2] == "vehicle",
                let number = Int64(parts[1].drop { "Tt-".contains($0) }),
                let ticket = try store.ticket(number)
            else { return frame.notFound() }
            guard parts.count == 3 else {
                return try TicketPage(frame, store, rules, ticket).page()
            }
            return try VehiclePage(frame, store).page(of: ticket.vehicle)
        case ("vehicle", 2): return try VehiclePage(frame, store).page(named: parts[1])
        case ("find", 1):
            return try VehiclePage(frame, store).found(frame.request.query["q"] ?? "")
        case ("system", 1): return try SystemPage(frame, store, knowledge, inForce).page()
        default: return frame.notFound()
        }
    }

    private func presentation(_ request: ConsoleRequest) -> Presentation {
        var presentation = Presentation(
            painter: Painter(isOn: false),
            words: Words(language: request.language(else: settings.language)), isTerminal: false,
            showsLocalTime: !settings.showsUTC, showsWhole: settings.showsWhole)
        presentation.showsMilliseconds = false
        return presentation
    }

    /// Whether the console goes by a name. A page of somebody else can have its own name lead to this
    /// machine and then read what it likes; an address cannot be bent like that.
    private func isOurs(_ host: String?) -> Bool {
        guard var name = host?[...] else { return true }
        if let colon = name.lastIndex(of: ":"),
            name[name.index(after: colon)...].allSatisfy(\.isNumber)
        {
            name = name[..<colon]
        }
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        return name == "localhost" || ConsoleAddress.isNumeric(String(name))
            || settings.hosts.contains(name.lowercased())
    }

    // MARK: - For programs

    private func health() async -> ConsoleAnswer {
        do {
            _ = try await reader.read { try $0.newestEvent() }
            return ConsoleAnswer("ok\n", type: "text/plain")
        } catch {
            return ConsoleAnswer("\(error)\n", type: "text/plain", status: 503)
        }
    }

    private func metrics() async -> ConsoleAnswer {
        do {
            let text = try await reader.read { [knowledge] store in
                try StoreMetrics(store, knowledge, at: MachineClock.now).text
            }
            return ConsoleAnswer(text, type: "text/plain; version=0.0.4")
        } catch {
            return ConsoleAnswer("\(error)\n", type: "text/plain", status: 503)
        }
    }
}
