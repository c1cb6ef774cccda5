import ArgumentParser
import ForewarnDaemon
import ServiceTickets
import StoreText
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn silence`: what people do not want to hear of for a while.
struct SilenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence",
        abstract: "Hide findings for a while, with author, reason and expiry.",
        subcommands: [SilenceAddCommand.self, SilenceListCommand.self, SilenceExpireCommand.self])
}

/// What a silence would have hidden, told from the findings in the store.
struct SilencePreview {
    /// Findings that are about the same, in order.
    let concerned: [StoredEvent]

    init(_ store: TicketStore, rule: String?, mode: String?, vehicle: String?) throws {
        var filter = EventFilter()
        filter.values[.kind] = ["finding"]
        filter.values[.state] = ["raised"]
        if let rule { filter.values[.rule] = [rule] }
        if let mode { filter.values[.mode] = [mode] }
        if let vehicle { filter.values[.vehicle] = [vehicle] }
        concerned = try store.events(filter, limit: .max)
    }

    /// The kinds of evidence of the findings, each once.
    var kinds: [String] { Set(concerned.flatMap(Self.kinds)).sorted() }

    var gravest: Severity? { concerned.compactMap(\.severity).max() }

    static func kinds(of event: StoredEvent) -> [String] {
        (EventBody(event.body).evidence ?? []).map { item in
            if let code = item.code { return "code \(code)" }
            if let statistic = item.statistic { return "\(statistic) \(item.signal ?? "")" }
            return item.signal.map { "signal \($0)" } ?? "silence"
        }
    }

    func text(_ silence: Silence, _ presentation: Presentation) -> String {
        var hidden: [StoredEvent] = []
        var graver = 0
        var newer = 0
        for event in concerned {
            if (event.severity ?? .s4) > silence.severity {
                graver += 1
            } else if !silence.kinds.isEmpty,
                !Self.kinds(of: event).allSatisfy(silence.kinds.contains)
            {
                newer += 1
            } else {
                hidden.append(event)
            }
        }
        let tickets = hidden.filter { $0.effect == "opened" }
        let words = presentation.words
        let (count, all, opened) = (hidden.count, concerned.count, tickets.count)
        var text = words.say(
            "would have hidden \(count) of \(all) findings in the store, and \(opened) "
                + "\(opened == 1 ? "ticket" : "tickets") with them\n",
            "库中 \(all) 条异常发现会被静默 \(count) 条，同时少开 \(opened) 张工单\n")
        if graver > 0 {
            text += words.say(
                "\(graver) are graver than \(silence.severity.name) and come through\n",
                "\(graver) 条比 \(silence.severity.name) 更紧急，照常放行\n")
        }
        if newer > 0 {
            text += words.say(
                "\(newer) rest on other evidence and come through\n", "\(newer) 条依据其他证据，照常放行\n")
        }
        let lines = EventText(presentation: presentation)
        for event in hidden.suffix(10) {
            text += "  " + lines.line(event, EventBody(event.body)) + "\n"
        }
        if count > 10 {
            text += words.say("  … and \(count - 10) before\n", "  …… 之前还有 \(count - 10) 条\n")
        }
        return text
    }
}

/// `forewarn silence add`
struct SilenceAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Hide findings for a while.",
        discussion: """
            Findings that are graver, or rest on a kind of evidence that was not seen so
            far, come through all the same.
            """)

    @Option(help: "What this rule finds.") var rule: String?
    @Option(help: "What is found about this failure mode.") var mode: String?
    @Option(help: "What is found about this vehicle, whole.") var vehicle: String?
    @Option(name: .customLong("for"), help: "How long, as 7d.") var duration: String
    @Option(help: "Why.") var reason: String
    @Option(
        name: .customLong("up-to"),
        help: ArgumentHelp("Hide findings up to this urgent.", valueName: "severity"))
    var upTo: String?
    @Flag(help: "Show what it would have hidden, and change nothing.") var preview = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        if rule == nil, mode == nil, vehicle == nil {
            throw ValidationError("name a --rule, a --mode or a --vehicle")
        }
        if reason.isEmpty { throw ValidationError("--reason says why") }
        guard let length = try? DurationText.parse(duration), length > 0 else {
            throw ValidationError("--for is a duration as 7d")
        }
        if let vehicle, VehicleID(vehicle) == nil {
            throw ValidationError("'\(vehicle.visible)' is no vehicle's identifier")
        }
        if let upTo, Severity(name: upTo.uppercased()) == nil {
            throw ValidationError("'\(upTo.visible)' is no severity; use S1, S2, S3 or S4")
        }
    }

    func run() throws {
        let open = try store.open()
        if let rule { _ = try RunningRules(open).rule(rule) }
        let id = vehicle.flatMap { VehicleID($0) }
        let history = try SilencePreview(open, rule: rule, mode: mode, vehicle: id.map { "\($0)" })
        let severity = upTo.flatMap { Severity(name: $0.uppercased()) } ?? history.gravest ?? .s3
        let now = Arguments.now
        let silence = Silence(
            number: 0, rule: rule, mode: mode, vehicle: id, from: now,
            until: now.advanced(by: (try? DurationText.parse(duration)) ?? 0), severity: severity,
            kinds: history.kinds, author: "", reason: reason)
        if preview {
            return try Output.write(history.text(silence, style.presentation()))
        }
        let number = try Request(
            folder: StateFolder(path: store.folder), kind: "silence.add",
            argument: SilenceRequest(
                rule: rule, mode: mode, vehicle: id.map { "\($0)" },
                from: silence.from.milliseconds, until: silence.until.milliseconds,
                severity: severity.name, kinds: silence.kinds, reason: reason
            ).text
        ).perform()
        try Output.write(
            style.presentation().words.say(
                "silence \(number), up to \(severity.name), until \(silence.until)\n",
                "静默 \(number)，不高于 \(severity.name)，直到 \(silence.until)\n"))
    }
}

/// `forewarn silence ls`
struct SilenceListCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the silences that hold.")

    @Flag(help: "Those that have run out as well.") var all = false

    @Option(name: .short, help: "Output: table or json.")
    var output = Format.table

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let now = Arguments.now
        let silences = try RunningRules(store.open()).rules.controls.silences
            .filter { all || $0.until > now }
        let presentation = style.presentation()
        if output == .json {
            for silence in silences { try Output.write(Self.json(silence).json + "\n") }
            return
        }
        let words = presentation.words
        var table = Table([
            .init(words.say("SILENCE", "静默"), .right), .flexible(words.say("ABOUT", "针对")),
            .init(words.say("UP TO", "不高于")),
            .init("\(words.say("UNTIL", "直到")) \(presentation.zone(at: now))"),
            .init(words.say("AUTHOR", "设置人")), .flexible(words[.reason]),
        ])
        for silence in silences {
            let about = [
                silence.rule.map { words.say("rule \($0)", "规则 \($0)") },
                silence.mode.map { words.say("mode \($0)", "失效模式 \($0)") },
                silence.vehicle.map { presentation.vehicle("\($0)") },
            ].compactMap(\.self).joined(separator: words.comma)
            table.append([
                .init("\(silence.number)"), .init(about), .init(silence.severity.name),
                .init(presentation.minute(silence.until)), .init(silence.author),
                .init(silence.reason),
            ])
        }
        try Output.write(table.text(width: presentation.width, painter: presentation.painter))
    }

    private static func json(_ silence: Silence) -> JSONObject {
        var object = JSONObject()
        object.append("v", 1)
        object.append("silence", silence.number)
        object.append("rule", silence.rule)
        object.append("mode", silence.mode)
        object.append("vehicle", silence.vehicle.map { "\($0)" })
        object.append("from", silence.from.text())
        object.append("until", silence.until.text())
        object.append("up_to", silence.severity.name)
        object.append("kinds", silence.kinds)
        object.append("author", silence.author)
        object.append("reason", silence.reason)
        return object
    }
}

/// `forewarn silence expire`
struct SilenceExpireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expire", abstract: "End a silence now.")

    @Argument(help: "The silence's number.") var number: Int64
    @Flag(help: "Show what it has hidden so far, and change nothing.") var preview = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        guard preview else {
            let answer = try Request(
                folder: StateFolder(path: store.folder), kind: "silence.expire",
                argument: "\(number)"
            ).perform()
            return try Output.write(
                style.presentation().words.say("silence \(answer) expired\n", "静默 \(answer) 已结束\n"))
        }
        let open = try store.open()
        guard
            let silence = try RunningRules(open).rules.controls.silences.first(where: {
                $0.number == number
            })
        else { throw CommandFailure(code: .no, message: "there is no silence \(number)") }
        let history = try SilencePreview(
            open, rule: silence.rule, mode: silence.mode,
            vehicle: silence.vehicle.map { "\($0)" })
        let hidden = history.concerned.filter {
            $0.effect == "silenced" && $0.received >= silence.from && $0.received < silence.until
        }
        let presentation = style.presentation()
        try Output.write(
            presentation.words.say(
                "has hidden \(hidden.count) findings so far\n", "迄今已静默 \(hidden.count) 条异常发现\n"))
        let lines = EventText(presentation: presentation)
        for event in hidden.suffix(10) {
            try Output.write("  " + lines.line(event, EventBody(event.body)) + "\n")
        }
    }
}
