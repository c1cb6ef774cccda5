import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import StoreText
import TerminalText
import TicketStorage

/// The web console: pages of a state folder that another process writes. It changes nothing.
package struct ConsoleServer: Sendable {
    /// What is shown, where, and to whom.
    package struct Settings: Sendable {
        /// The state folder.
        package var folder: String
        /// The database in it.
        package var database: String
        package var address: ConsoleAddress
        /// Names under which it may be asked, besides addresses and `localhost`.
        package var hosts: Set<String>
        /// Whether vehicle identifiers are shown whole.
        package var showsWhole: Bool
        /// Whether times are shown in UTC.
        package var showsUTC: Bool
        /// The language of a browser that says none.
        package var language: Language

        package init(
            folder: String, database: String, address: ConsoleAddress, hosts: Set<String> = [],
            showsWhole: Bool = false, showsUTC: Bool = false, language: Language = .english
        ) {
            self.folder = folder
            self.database = database
            self.address = address
            self.hosts = hosts
            self.showsWhole = showsWhole
            self.showsUTC = showsUTC
            self.language = language
        }
    }

    private let settings: Settings
    private let logger: Logger

    package init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Answers until SIGTERM or SIGINT comes; what is being sent then is given half a second.
    ///
    /// - Parameter listening: told the address once it listens, with the port that was found.
    /// - Throws: what the system says when the address cannot be listened on.
    package func run(listening: @escaping @Sendable (ConsoleAddress) -> Void) async throws {
        let reader = StoreReader(path: settings.database)
        let changes = ChangeWatch(reader)
        let site = ConsoleSite(settings, reader, changes)
        let address = settings.address
        let server = try HTTPServerBuilder.http1(
            configuration: .init(idleTimeout: .seconds(60))
        ).buildServer(
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: .maximum(256, logger: logger)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
            responder: { request, writer, _ in
                let answer = await site.answer(
                    ConsoleRequest(
                        method: request.method.rawValue, path: request.head.path ?? "/",
                        host: request.head.authority, languages: request.headers[.acceptLanguage]))
                try await Self.send(answer, to: writer)
            },
            onServerRunning: { channel in
                var found = address
                found.port = channel.localAddress?.port ?? address.port
                listening(found)
            })
        var configuration = ServiceGroupConfiguration(
            // They end from the last to the first: streams end before the server waits for them.
            services: [.init(service: server), .init(service: changes)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .milliseconds(500)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError {
            // Somebody was slow to take an answer when the time was over.
        }
    }

    private static func send(_ answer: ConsoleAnswer, to writer: consuming ResponseWriter)
        async throws
    {
        var head = HTTPResponse(status: .init(code: answer.status))
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { head.headerFields[name] = value }
        }
        switch answer.body {
        case .text(let text, let isSent):
            head.headerFields[.contentLength] = "\(text.utf8.count)"
            let body = isSent ? ResponseBody(byteBuffer: ByteBuffer(string: text)) : ResponseBody()
            try await writer.write(response: head, body: body)
        case .stream(let events):
            let body = ResponseBody { writer in
                for await event in events {
                    try await writer.write(ByteBuffer(string: event))
                }
                try await writer.finish(nil)
            }
            try await writer.write(response: head, body: body)
        }
    }
}
