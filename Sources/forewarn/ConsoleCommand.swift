import ArgumentParser
import Foundation
import Logging
import ServiceConsole
import StoreText
import Synchronization
import TerminalText
import TicketStorage

/// `forewarn console`
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console",
        abstract: "Show tickets, vehicles and how all goes in a browser.",
        discussion: """
            Reads the state folder and changes nothing; the daemon need not run. Stops in
            order on SIGTERM and Ctrl-C. It asks for no password and speaks no TLS: whoever
            reaches the address sees all of it. So it listens on this machine only, unless
            --open-to-network says otherwise; for others, put a proxy in front that knows
            who asks.
            """)

    @Option(
        help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "address:port"))
    var listen = "127.0.0.1:8420"

    @Flag(
        name: .customLong("open-to-network"),
        help: "Allow an address that other machines can reach.")
    var openToNetwork = false

    @Option(
        help: ArgumentHelp(
            "A name under which browsers reach it, as a proxy's. May be repeated.",
            valueName: "name"))
    var host: [String] = []

    @Flag(help: "Show vehicle identifiers whole instead of LGA…0042.")
    var full = false

    @Flag(help: "Show times in UTC.")
    var utc = false

    @Option(help: "Language for browsers that ask for none: en or zh-Hans.")
    var lang: Language?

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard let address = ConsoleAddress(listen) else {
            throw ValidationError("'\(listen.visible)' is no address; use 127.0.0.1:8420")
        }
        guard address.isLoopback || openToNetwork else {
            throw ValidationError(
                "other machines can reach \(address); say --open-to-network if they may")
        }
    }

    func run() throws {
        guard let address = ConsoleAddress(listen) else { throw ValidationError("no address") }
        // What cannot be read now may well be a wrong folder; later, pages say what is wrong.
        _ = try store.open()
        let showsWhole = full && OutputOptions.maySeeWhole(Words(language: lang ?? .english))
        let settings = ConsoleServer.Settings(
            folder: store.folder, database: store.path, address: address,
            hosts: Set(host.map { $0.lowercased() }), showsWhole: showsWhole, showsUTC: utc,
            language: lang ?? .fromEnvironment(Terminal.environment))
        let logger = Logger(label: "forewarn.console") { _ in SwiftLogNoOpLogHandler() }
        let server = ConsoleServer(settings, logger: logger)
        let failure = Mutex<(any Error)?>(nil)
        let done = DispatchSemaphore(value: 0)
        Task {
            do {
                try await server.run { found in
                    Output.talk("forewarn: http://\(found)/")
                }
            } catch {
                failure.withLock { $0 = error }
            }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) {
            throw CommandFailure(
                code: .unreachable, message: "cannot listen on \(address): \(error)",
                hint: "does something else listen there? --listen names another port")
        }
    }
}
