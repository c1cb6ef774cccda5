import Foundation
import Glibc
import Logging
import VehicleFaults

/// Log lines on standard error: fixed text, then `key=value` pairs (logfmt), one line each.
///
/// Under systemd each line begins with its priority, and systemd adds the time; elsewhere the line
/// begins with the time.
public struct LogLines: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel: Logger.Level
    private let format: Format

    public enum Format: Sendable {
        case journal
        case text
        case json
    }

    public init(level: Logger.Level, format: Format) {
        logLevel = level
        self.format = format
    }

    /// The format for `log.format`: `auto` looks whether the journal reads along.
    public static func format(named name: String, environment: [String: String]) -> Format {
        switch name {
        case "json": .json
        case "auto" where environment["JOURNAL_STREAM"] != nil: .journal
        default: .text
        }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { ($0.key, Self.clean("\($0.value)")) }
        var line: String
        switch format {
        case .journal:
            line = "<\(Self.priority(event.level))>\(event.message)" + Self.logfmt(fields)
        case .text:
            line = "\(MachineClock.now) \(event.level) \(event.message)" + Self.logfmt(fields)
        case .json:
            var object: [String: String] = Dictionary(uniqueKeysWithValues: fields)
            object["time"] = "\(MachineClock.now)"
            object["level"] = "\(event.level)"
            object["message"] = "\(event.message)"
            let data = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
            line = data.map { String(decoding: $0, as: UTF8.self) } ?? "\(event.message)"
        }
        line += "\n"
        _ = Array(line.utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    private static func logfmt(_ fields: [(String, String)]) -> String {
        fields.map { key, value in
            let isPlain = !value.isEmpty && !value.contains { " \"=".contains($0) }
            return " \(key)=" + (isPlain ? value : "\"\(value.replacing("\"", with: "'"))\"")
        }.joined()
    }

    /// What others sent must not begin a line or move a cursor.
    private static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }

    /// The levels of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
