import ArgumentParser
import FleetWatch
import ForewarnDaemon
import Foundation
import ServiceTickets
import TerminalText
import TicketStorage
import VehicleFaults

/// `forewarn ticket import`
struct TicketImport: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take a history of steps and messages into a store.",
        discussion: """
            One JSON object a line, in order of time. A step:
              {"at":"2026-07-01T08:12:00Z","verb":"ack","ticket":"VIN/mode","actor":"chen","role":"customer_service"}
            and with it the fields of the step, as approved_by. A message, as in a recording:
              {"at":"2026-07-01T08:00:00Z","topic":"v1/VIN/ev","payload":"{…}"}
            Times are those of the file; all else is as if it had happened in front of the daemon. \
            A line that is refused changes nothing; it is named, and the command ends with 4.
            """)

    @Argument(help: ArgumentHelp("The history, or - for standard input.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Rules for a store that has none yet; a file or folder. May be repeated.",
            valueName: "path"))
    var rules: [String] = []

    @Option(help: ArgumentHelp("Calendars and promises for such a store.", valueName: "file"))
    var service: String?

    @Option(name: .short, help: "Output: text or json.")
    var output = Format.text

    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let folder = StateFolder(path: store.folder)
        let reader = try LineReader(path: file)
        try folder.make()
        guard let lock = try folder.lock() else {
            throw CommandFailure(
                code: .no, message: "a daemon writes this store",
                hint: "import into a folder of its own, or stop the daemon first")
        }
        let open = try TicketStore(path: folder.database, access: .write(.full))
        let desk = try ServiceDesk(store: open, rules: try ruleSet(open))
        var history = HistoryImport(desk: desk)
        try reader.forEach { number, bytes in
            try history.add(line: number, String(decoding: bytes, as: UTF8.self))
        }
        try history.finish()
        let tickets = desk.book.nextNumber - 1
        try desk.close()
        withExtendedLifetime(lock) {}
        try report(history, tickets: tickets)
    }

    /// The rules that the store ran with last, or those that are named.
    private func ruleSet(_ store: TicketStore) throws -> RuleSet {
        if rules.isEmpty, service == nil, let set = try RuleSet(inForce: store) { return set }
        do {
            return try RuleSet(
                files: try RuleSet.files(at: rules), subscriptions: [], settings: WatchSettings(),
                maxMessageBytes: 1 << 20, service: try ServiceTerms(file: service))
        } catch let error as SettingsFailure {
            throw CommandFailure(code: .usage, message: error.description)
        } catch let error as RuleSet.Unusable {
            throw CommandFailure(code: .usage, message: error.description)
        }
    }

    private func report(_ history: HistoryImport, tickets: Int64) throws {
        let isChinese = style.presentation().words.language == .chinese
        for refused in history.refused {
            Output.talk("\(file):\(refused.line): \(refused.problem.text(isChinese))")
        }
        if output == .json {
            var object = JSONObject()
            object.append("v", 1)
            object.append("steps", history.steps)
            object.append("messages", history.messages)
            object.append("dead_letters", history.deadLetters)
            object.append("refused", history.refused.count)
            object.append("tickets", Int(tickets))
            try Output.write(object.json + "\n")
        } else {
            try Output.write(
                isChinese
                    ? "步骤 \(history.steps) 条，报文 \(history.messages) 条，工单 \(tickets) 张，拒绝 \(history.refused.count) 行\n"
                    : "\(history.steps) steps, \(history.messages) messages, \(tickets) tickets, \(history.refused.count) lines refused\n"
            )
        }
        guard history.refused.isEmpty else { throw CommandFailure(code: .badData) }
    }
}

extension HistoryImport.Problem {
    /// The problem as a sentence.
    func text(_ isChinese: Bool) -> String {
        switch self {
        case .notAnObject:
            isChinese ? "不是单层 JSON 对象" : "not a flat JSON object"
        case .noTime(nil): isChinese ? "缺少 at" : "at is missing"
        case .noTime(let text?):
            isChinese ? "“\(text.visible)”不是时间" : "'\(text.visible)' is no time; use RFC 3339"
        case .tooOld(let time):
            isChinese
                ? "早于存储中已有的 \(time.text())"
                : "earlier than \(time.text()), which the store already has"
        case .incomplete(let name): isChinese ? "缺少 \(name)" : "\(name) is missing"
        case .badTime(let name):
            isChinese ? "\(name) 不是时间" : "\(name) is no time; use RFC 3339"
        case .refused(let refusal): refusal.text(isChinese)
        }
    }
}
