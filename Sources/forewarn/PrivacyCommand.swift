import ArgumentParser
import ForewarnDaemon
import Foundation
import ServiceTickets
import TerminalText
import TicketStorage

/// `forewarn privacy`: what is known of a customer, and how to forget it.
struct PrivacyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "privacy",
        abstract: "Show what is kept about a customer, or forget it.",
        discussion: """
            Tickets and the journal know a customer by a word that means nothing, as c12.
            For whom it stands is kept in one table, and erasing deletes that row.
            """,
        subcommands: [PrivacyShow.self, PrivacyErase.self])
}

/// `forewarn privacy show`
struct PrivacyShow: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the tickets that name a customer.")

    @Argument(help: "The customer's reference in the other system.") var reference: String
    @Option(name: .short, help: "Output: text or json.") var output = Format.text
    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func run() throws {
        let store = try store.open()
        let words = style.presentation().words
        guard let customer = try store.knownCustomer(reference) else {
            throw CommandFailure(
                code: .no,
                message: words.say(
                    "nothing is kept about \(reference.visible)", "没有 \(reference.visible) 的任何记录"))
        }
        let tickets = try store.tickets(ofCustomer: customer).map { "T-\($0)" }
        guard output == .text else {
            var object = JSONObject()
            object.append("v", 1)
            object.append("customer", customer)
            var list = JSONArray()
            for ticket in tickets { list.append(ticket) }
            object.append("tickets", list)
            return try Output.write(object.json + "\n")
        }
        try Output.write("\(customer)  \(tickets.joined(separator: " "))\n")
    }
}

/// `forewarn privacy erase`
struct PrivacyErase: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Forget for whom tickets were.",
        discussion: """
            The tickets stay, with a word that stands for nobody any more. What people
            wrote into notes stays too: nothing personal belongs there. Copies of the store
            that were made before are not reached.
            """)

    @Argument(help: "The customer's reference in the other system.") var reference: String
    @Flag(name: .long, help: "Needed, because it cannot be undone.") var yes = false
    @OptionGroup var who: ActorOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var style: OutputOptions

    func validate() throws {
        if !yes { throw ValidationError("this cannot be undone: say --yes") }
    }

    func run() throws {
        let words = style.presentation().words
        guard try who.pairs().first(where: { $0.0 == "role" })?.1 == Role.supervisor.rawValue else {
            throw CommandFailure(
                code: .no,
                message: words.say("erasing is for a supervisor", "只有主管可以清除客户信息"))
        }
        let folder = StateFolder(path: store.folder)
        guard FileManager.default.fileExists(atPath: folder.database) else {
            throw TicketStore.Unusable(path: folder.database, reason: "there is no such file")
        }
        let open = try TicketStore(path: folder.database, access: .write(.full))
        guard let customer = try open.knownCustomer(reference) else {
            throw CommandFailure(
                code: .no,
                message: words.say(
                    "nothing is kept about \(reference.visible)", "没有 \(reference.visible) 的任何记录"))
        }
        let count = try open.tickets(ofCustomer: customer).count
        let isClean = try open.eraseCustomer(reference)
        try Output.write(
            words.say(
                "\(customer) stands for nobody now; \(count) tickets name it\n",
                "\(customer) 已不再对应任何客户；涉及 \(count) 张工单\n"))
        if !isClean {
            throw CommandFailure(
                code: .no,
                message: words.say(
                    "a reader kept the store's log from being cleared: until the next checkpoint "
                        + "it may still hold the old row",
                    "有读取进程占用，日志文件尚未清空：在下一次检查点之前其中可能仍有旧记录"),
                hint: "forewarn privacy erase again, or forewarn db vacuum")
        }
    }
}
