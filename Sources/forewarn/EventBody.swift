import Foundation
import VehicleFaults

/// What a stored decision says, read from its JSON.
struct EventBody: Decodable, Sendable {
    /// One line of a finding's evidence.
    struct Item: Decodable, Sendable {
        var position: UInt64
        var at: String
        var code: String?
        var status: String?
        var signal: String?
        var value: Double?
        var statistic: String?
        var score: Double?
        var limit: Double?
        var silentMilliseconds: Int64?
        /// What a statistical check adds.
        var onset: String?
        var size: Double?
        var deviation: Double?
        var dueFrom: String?
        var dueTo: String?

        enum CodingKeys: String, CodingKey {
            case position, at, code, status, signal, value, statistic, score, limit, onset, size
            case deviation
            case dueFrom = "due_from"
            case dueTo = "due_to"
            case silentMilliseconds = "silent_ms"
        }
    }

    struct Name: Decodable, Sendable {
        var en: String
        var zh: String
    }

    var name: Name?
    var ruleHash: String?
    var evidence: [Item]?
    var reason: String?
    var offset: Int?
    /// Who did something with a ticket.
    var actor: String?
    /// What a step of a ticket says.
    var fields: [String: String]?

    enum CodingKeys: String, CodingKey {
        case name, evidence, reason, offset, actor, fields
        case ruleHash = "rule_hash"
    }

    /// Reads a decision; one that cannot be read says nothing.
    init(_ text: String) {
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
func shortNumber(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = String(format: "%.4f", value)
    guard value.magnitude < 1e9, text.contains(".") else { return "\(value)" }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    let short = String(trimmed.reversed())
    return short == "-0" ? "0" : short
}
