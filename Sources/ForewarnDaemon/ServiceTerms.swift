import FaultRules
import Foundation
import ServiceTickets
import YAMLSource

/// What a service centre promises, as it stands in a file, with the time zones it speaks of.
///
/// It is journaled with the rules, zones included, so that a journal is decided alike on a machine
/// with other zone files.
public struct ServiceTerms: Codable, Hashable, Sendable {
    struct Zone: Codable, Hashable, Sendable {
        var name: String
        /// Seconds east of UTC before the first change.
        var first: Int64
        /// Seconds since 1970 and the offset from then on, in turn.
        var changes: [Int64]
    }

    /// The file's name, for messages; empty for the usual terms.
    public let file: String
    let text: String
    let zones: [Zone]

    /// Reads a file; `nil` stands for the usual terms.
    ///
    /// - Throws: ``SettingsFailure`` when the file or a zone that it names cannot be read.
    public init(file path: String?) throws(SettingsFailure) {
        guard let path else {
            (file, text, zones) = ("", "", [])
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SettingsFailure(["\(path): error: the file cannot be read"])
        }
        file = path
        text = String(decoding: data, as: UTF8.self)
        do throws(Diagnostic) {
            var names: [String] = []
            let root = try YAMLSource.parse(text, file: path)
            for (_, calendar) in root.member("calendars")?.members ?? [] {
                guard let zone = calendar.member("zone"), let name = zone.text else { continue }
                if !names.contains(name) { names.append(name) }
            }
            var found: [Zone] = []
            for name in names { found.append(try Self.zone(name, path)) }
            zones = found
        } catch {
            throw SettingsFailure([error.description])
        }
    }

    private static func zone(_ name: String, _ file: String) throws(Diagnostic) -> Zone {
        let place = SourcePosition(file: file, line: 1, column: 1)
        guard !name.contains(".."), !name.hasPrefix("/"),
            let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)"),
            let table = try? TimeZoneTable(file: Array(data).span)
        else {
            throw Diagnostic(
                .error, at: place, "there is no time zone '\(name)' in /usr/share/zoneinfo")
        }
        return Zone(
            name: name, first: table.first, changes: table.changes.flatMap { [$0.from, $0.offset] })
    }

    /// The terms as the ticket stage goes by them.
    public func policy() throws(Diagnostic) -> TicketPolicy { try read().policy }

    /// The workshops that the terms name, in the order of the file.
    public func sites() throws(Diagnostic) -> [ServiceSite] { try read().sites }

    private func read() throws(Diagnostic) -> (policy: TicketPolicy, sites: [ServiceSite]) {
        guard !text.isEmpty else { return (.standard, []) }
        var tables: [String: TimeZoneTable] = [:]
        for zone in zones {
            let changes = stride(from: 0, to: zone.changes.count - 1, by: 2).map {
                TimeZoneTable.Change(from: zone.changes[$0], offset: zone.changes[$0 + 1])
            }
            tables[zone.name] = TimeZoneTable(first: zone.first, changes: changes)
        }
        var reader = ServiceTermsReader(zones: tables)
        let policy = try reader.policy(try YAMLSource.parse(text, file: file))
        return (policy, reader.sites)
    }
}

extension SourceNode {
    var members: [(key: SourceNode, value: SourceNode)] {
        if case .mapping(let members) = content { members } else { [] }
    }

    func member(_ name: String) -> SourceNode? {
        members.first { $0.key.text == name }?.value
    }

    /// The parts of a list; a single text is a list of one.
    var parts: [SourceNode] {
        if case .sequence(let parts) = content { parts } else { [self] }
    }
}
