import Foundation
import MQTTIntake

/// A mosquitto of one's own, on a free port of the loopback interface, that ends with the test.
public final class PrivateBroker {
    /// The broker's program, or `nil` where none is installed.
    public static let program: String? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"]
        return folders.map { $0 + "/mosquitto" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
    /// Whether tests that need a broker can run.
    public static var isInstalled: Bool { program != nil }

    /// What went wrong with the broker itself.
    public enum Failure: Error {
        /// No mosquitto is installed.
        case notInstalled
        /// It did not accept connections in time; its log is added.
        case didNotStart(String)
    }

    /// The port it listens on, the same after a restart.
    public let port: Int
    /// Where its configuration, its store and its log lie.
    public let folder: URL
    private let configuration: String
    private var process: pid_t?

    /// Starts a broker and waits until it accepts.
    ///
    /// - Parameters:
    ///   - persistence: whether it keeps sessions over a restart; they are stored each second.
    ///   - lines: further lines for its configuration file.
    public init(
        persistence: Bool = true, anonymous: Bool = true, lines: [String] = []
    ) throws {
        port = try Self.freePort()
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("private-broker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // `user root` because a broker that drops its rights could not write into this folder.
        let common = [
            "user root", "listener \(port) 127.0.0.1", "allow_anonymous \(anonymous)",
            "persistence \(persistence)", "persistence_location \(folder.path)/",
            "autosave_interval 1", "max_queued_messages 0", "max_inflight_messages 4000",
            "log_dest file \(folder.path)/log", "log_type all", "connection_messages true",
        ]
        configuration = (common + lines).joined(separator: "\n") + "\n"
        try start()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Its address.
    public var url: String { "mqtt://127.0.0.1:\(port)" }
    /// Its address, ready to be used.
    public var address: BrokerAddress { BrokerAddress(host: "127.0.0.1", port: port) }
    /// What it has logged so far.
    public var log: String {
        (try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)) ?? ""
    }
    /// Its process id, or `nil` while it is stopped.
    public var processID: Int32? { process }

    /// Ends it in an orderly way; it stores its sessions, if it keeps any.
    public func stop() { end(with: SIGTERM) }

    /// Ends it as a crash would.
    public func kill() { end(with: SIGKILL) }

    /// Ends it, unless it has ended, and starts it again on the same port.
    public func restart(keepingState: Bool) throws {
        stop()
        if !keepingState {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent("mosquitto.db"))
        }
        try start()
    }

    /// Starts it after `stop` or `kill`.
    public func start() throws {
        guard let program = Self.program else { throw Failure.notInstalled }
        let file = folder.appendingPathComponent("mosquitto.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        process = try Self.spawn([program, "-c", file.path])
        let end = ContinuousClock.now + .seconds(10)
        while !accepts() {
            guard isRunning, ContinuousClock.now < end else { throw Failure.didNotStart(log) }
            usleep(5000)
        }
    }

    /// Publishes messages with QoS 1 from a client that comes once, and waits for the broker.
    public func publish(
        _ messages: [(topic: String, payload: [UInt8])], retain: Bool = false
    ) throws {
        let id = "publisher-\(UUID().uuidString.prefix(8))"
        let publisher = try BrokerPublisher(
            settings: BrokerSettings(address: address, clientID: id))
        for message in messages {
            try publisher.publish(topic: message.topic, payload: message.payload, retain: retain)
        }
        try publisher.drain(timeout: .seconds(30))
        publisher.close()
    }

    private var isRunning: Bool {
        guard let process else { return false }
        return waitpid(process, nil, WNOHANG) == 0
    }

    private func end(with signal: Int32) {
        guard let process else { return }
        if isRunning {
            _ = Glibc.kill(process, signal)
            _ = waitpid(process, nil, 0)
        }
        self.process = nil
    }

    /// Starts a program with no signal blocked: the threads of a test runner block SIGTERM, and
    /// what they start would inherit that.
    private static func spawn(_ words: [String]) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var nothing = sigset_t()
        unsafe sigemptyset(&nothing)
        unsafe posix_spawnattr_setsigmask(&attributes, &nothing)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var silence = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&silence)
        defer { unsafe posix_spawn_file_actions_destroy(&silence) }
        for descriptor in Int32(0)...2 {
            unsafe posix_spawn_file_actions_addopen(&silence, descriptor, "/dev/null", O_RDWR, 0)
        }
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(
            &process, words[0], &silence, &attributes, &arguments, environ)
        guard code == 0 else { throw Failure.didNotStart("posix_spawn: \(code)") }
        return process
    }

    private func accepts() -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return unsafe Self.withAddress(port: port) { unsafe connect(descriptor, $0, $1) } == 0
    }

    /// Asks the system for a port that nobody uses at the moment.
    public static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        guard unsafe withAddress(port: 0, { unsafe bind(descriptor, $0, $1) }) == 0 else {
            throw Failure.didNotStart("no free port")
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe getsockname(descriptor, $0, &size)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func withAddress(
        port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, size)
            }
        }
    }
}
