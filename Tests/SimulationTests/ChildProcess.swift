import Foundation

/// A program that a test has started; it does not outlive the test.
final class ChildProcess {
    /// How a program ended.
    enum End: Equatable {
        case exited(Int32)
        case killed(Int32)
    }

    struct CannotStart: Error {
        var program: String
        var code: Int32
    }

    let processID: pid_t
    /// Where its standard output and standard error go.
    let outputFile: URL
    private var ended: End?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - words: its path and its arguments.
    ///   - environment: what to add to this process's own.
    ///   - output: the file for what it writes, continued if it exists.
    init(_ words: [String], environment: [String: String] = [:], output: URL) throws {
        outputFile = output
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of a test runner block signals, and what they start would inherit that.
        var nothing = sigset_t()
        sigemptyset(&nothing)
        posix_spawnattr_setsigmask(&attributes, &nothing)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &files, 1, output.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&files, 1, 2)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var arguments = words.map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + settings).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, words[0], &files, &attributes, &arguments, &settings)
        guard code == 0 else { throw CannotStart(program: words[0], code: code) }
        processID = process
    }

    deinit { kill() }

    /// What it has written so far, with whatever the file held before.
    var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }

    /// How it ended, or `nil` while it runs.
    var end: End? {
        guard ended == nil else { return ended }
        var status: Int32 = 0
        guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
        ended = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(status & 0x7F)
        return ended
    }

    func send(_ signal: Int32) {
        if end == nil { _ = Glibc.kill(processID, signal) }
    }

    /// Waits for the end.
    @discardableResult
    func wait(atMost limit: Duration = .seconds(30)) throws -> End? {
        try expect("the end of process \(processID)", within: limit) { end != nil }
        return end
    }

    /// Ends it as a crash would, and waits until it is gone.
    func kill() {
        send(SIGKILL)
        while end == nil { usleep(500) }
    }

    /// Runs a program to its end.
    static func run(
        _ words: [String], environment: [String: String] = [:], output: URL
    ) throws -> (end: End?, output: String) {
        let child = try ChildProcess(words, environment: environment, output: output)
        let end = try child.wait(atMost: .seconds(120))
        return (end, child.output)
    }
}

/// Something that should have come true has not.
struct Overdue: Error, CustomStringConvertible {
    var what: String
    var description: String { "not in time: \(what)" }
}

/// Looks again and again until `isTrue`.
///
/// - Throws: ``Overdue`` when that took longer than `limit`.
func expect(
    _ what: String, within limit: Duration = .seconds(60), _ isTrue: () throws -> Bool
) throws {
    let end = ContinuousClock.now + limit
    while try !isTrue() {
        guard ContinuousClock.now < end else { throw Overdue(what: what) }
        usleep(2000)
    }
}

/// Programs of this package and of the system.
enum Programs {
    /// The folder that the build has put test bundle and programs into.
    private static let folder: URL = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let path = bundle ?? "/proc/self/exe"
        return URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent()
    }()

    static let forewarn = folder.appendingPathComponent("forewarn").path
    static let earlyAcknowledger = folder.appendingPathComponent("EarlyAcknowledger").path
    static let strace: String? = installed("strace")

    static func installed(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
