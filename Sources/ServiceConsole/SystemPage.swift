import ForewarnDaemon
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// Whether all goes well: what arrives, what cannot be read, what cannot be seen.
struct SystemPage {
    private let frame: PageFrame
    private let store: TicketStore
    private let knowledge: StoreKnowledge
    private let inForce: StoreKnowledge.InForce?

    init(
        _ frame: PageFrame, _ store: TicketStore, _ knowledge: StoreKnowledge,
        _ inForce: StoreKnowledge.InForce?
    ) {
        self.frame = frame
        self.store = store
        self.knowledge = knowledge
        self.inForce = inForce
    }

    private var words: Words { frame.words }

    func page() throws -> Page {
        var facts = try store.facts(countsJournal: false)
        facts.journalRows = knowledge.view()?.facts.journalRows
        return frame.page(
            frame.say("System", "系统"), place: "/system",
            """
            <h1>\(frame.say("System", "系统"))</h1>
            <section><h2>\(frame.say("Would we notice?", "能否及时发现？"))</h2>
            \(try sight(facts))</section>
            <section><h2>\(frame.say("Daemon and store", "守护进程与数据库"))</h2>
            \(frame.diagnoses([StoreCheckup.daemon(folder: frame.folder)] + StoreCheckup.content(facts, at: frame.now)))</section>
            <section><h2>\(frame.say("Intake", "接收"))</h2>\(try intake(facts))</section>
            \(try letters(facts))
            \(ruleVersion())
            """)
    }

    private func sight(_ facts: StoreFacts) throws -> HTML {
        let result: HTML
        if let view = knowledge.view() {
            let found = view.diagnoses
            result = found.isEmpty ? frame.unseen(view.facts) : frame.diagnoses(found)
        } else {
            result = frame.counting
        }
        let canary = try StoreCheckup.canary(store, at: frame.now)
        return result
            + (canary.isEmpty
                ? """
                <p class="quiet">\(frame.say("No canary flies: nothing proves that messages come through from the broker to a decision.", "未启用链路自检：无法证明消息能从消息代理一直走到判定。"))</p>
                """ : frame.diagnoses(canary))
    }

    private func intake(_ facts: StoreFacts) throws -> HTML {
        var rows: [(String, HTML)] = []
        func count(_ name: String, _ count: Int) { rows.append((name, "\(count)")) }
        count(frame.say("messages", "消息"), facts.messages)
        if let intake = try store.intake(within: 600_000) {
            let span = max(1, intake.to.milliseconds(since: intake.from))
            let rate = shortNumber((Double(intake.messages) * 10_000 / Double(span)).rounded() / 10)
            if span > 1000 {
                rows.append(
                    (
                        frame.say("rate", "速率"),
                        "\(frame.say("\(rate) a second over the newest \(words.duration(span))", "最近\(words.duration(span))平均每秒 \(rate) 条"))"
                    ))
            }
        }
        if let received = facts.received {
            rows.append(
                (
                    frame.say("newest received", "最近接收"),
                    "<time>\(frame.presentation.time(received))</time>"
                ))
        }
        count(frame.say("sent again and decided once", "重复（只判定一次）"), facts.duplicates)
        count(frame.say("late", "迟到"), facts.late)
        count(frame.say("findings", "异常发现"), facts.findings)
        count(frame.say("fields not known", "未知字段"), facts.unknownFields)
        count(frame.say("values refused", "拒收的数值"), facts.refusedValues)
        rows.append(
            (
                frame.say("rows that a restart would read again", "重启需重读的日志行"),
                "\(max(0, facts.journalRow - facts.checkpoint + 1))"
            ))
        return frame.facts(rows)
    }

    private func letters(_ facts: StoreFacts) throws -> HTML {
        let letters = try store.deadLetters(limit: 10)
        guard let newest = letters.first else { return "" }
        let zone = frame.presentation.zone(at: newest.received)
        let columns = [
            (words[.id].lowercased(), true), ("\(words[.time].lowercased()) \(zone)", false),
            (words[.reason].lowercased(), false), (words[.topic].lowercased(), false),
            (words[.state].lowercased(), false),
        ]
        let rows = letters.map { letter -> [HTML] in
            [
                "\(letter.id)", "<time>\(frame.presentation.minute(letter.received))</time>",
                "\(words.reason(letter.reason))",
                "\(Payload.topic(letter.topic, frame.presentation))",
                "\(words.stored(letter.state))",
            ]
        }
        return """
            <section><h2>\(words[.deadLetters]) <span class="count">\(facts.deadLetters)</span></h2>
            \(frame.table(columns, rows, label: words[.deadLetters]))
            <p class="quiet">forewarn dlq ls</p></section>
            """
    }

    private func ruleVersion() -> HTML {
        guard let inForce else { return "" }
        var rows: [(String, HTML)] = [
            (frame.say("since journal row", "自日志行"), "\(inForce.row)")
        ]
        if let rules = inForce.rules {
            rows += [
                (frame.say("rules", "规则"), "\(rules.program.rules.count)"),
                (frame.say("vehicles in the roster", "名册车辆"), "\(rules.roster.count)"),
                (frame.say("files", "文件"), "\(rules.files.map(\.name).joined(separator: ", "))"),
            ]
        }
        return """
            <section><h2>\(frame.say("Rules in force", "现行规则"))</h2>\(frame.facts(rows))</section>
            """
    }
}
