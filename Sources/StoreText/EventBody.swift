import FaultDecoding
import Foundation
import VehicleFaults

/// What a stored decision says, read from its JSON.
package struct EventBody: Decodable, Sendable {
    /// One line of a finding's evidence.
    package struct Item: Decodable, Sendable {
        package var position: UInt64
        package var at: String
        package var code: String?
        package var status: String?
        package var signal: String?
        package var value: Double?
        package var statistic: String?
        package var score: Double?
        package var limit: Double?
        package var silentMilliseconds: Int64?
        /// What a statistical check adds.
        package var onset: String?
        package var size: Double?
        package var deviation: Double?
        package var dueFrom: String?
        package var dueTo: String?
        package var noDate: String?

        /// When it was seen; `nil` when ``at`` is no time.
        package var time: EventTime? { EventTime(rfc3339: at) }

        package enum CodingKeys: String, CodingKey {
            case position, at, code, status, signal, value, statistic, score, limit, onset, size
            case deviation
            case dueFrom = "due_from"
            case dueTo = "due_to"
            case noDate = "no_date"
            case silentMilliseconds = "silent_ms"
        }
    }

    package struct Name: Decodable, Sendable {
        package var en: String
        package var zh: String
    }

    package var name: Name?
    package var ruleHash: String?
    package var evidence: [Item]?
    package var reason: String?
    package var offset: Int?
    /// Who did something with a ticket.
    package var actor: String?
    /// What a step of a ticket says.
    package var fields: [String: String]?

    package enum CodingKeys: String, CodingKey {
        case name, evidence, reason, offset, actor, fields
        case ruleHash = "rule_hash"
    }

    /// Reads a decision; one that cannot be read says nothing.
    package init(_ text: String) {
        self =
            (try? JSONDecoder().decode(Self.self, from: Data(text.utf8)))
            ?? Self(name: nil, ruleHash: nil, evidence: nil, reason: nil, offset: nil)
    }

    private init(
        name: Name?, ruleHash: String?, evidence: [Item]?, reason: String?, offset: Int?
    ) {
        self.name = name
        self.ruleHash = ruleHash
        self.evidence = evidence
        self.reason = reason
        self.offset = offset
    }
}

/// A number as people read it: at most four digits behind the point, and no more than it has.
package func shortNumber(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = String(format: "%.4f", value)
    guard value.magnitude < 1e9, text.contains(".") else { return "\(value)" }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    let short = String(trimmed.reversed())
    return short == "-0" ? "0" : short
}
