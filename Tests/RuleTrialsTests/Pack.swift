import FaultRules
import FleetWatch
import RuleTrials
import Testing
import VehicleFaults
import YAMLSource

/// Rules and traffic as tests write them.
enum Pack {
    static func rule(
        _ id: String, mode: String? = nil, severity: String = "S3", when: String,
        until: String? = nil
    ) -> String {
        """
          - id: \(id)
            mode: \(mode ?? id)
            severity: \(severity)
            advice: A3
            component: part
            skill: ENG
            when: '\(when)'

        """ + (until.map { "    until: '\($0)'\n" } ?? "")
    }

    static func source(_ rules: String...) throws -> RuleSource {
        let text = "version: 1\nrules:\n" + rules.joined()
        return RuleSource(files: [try YAMLSource.parse(text, file: "pack.yaml")])
    }

    /// A time on 2026-03-01.
    static func time(_ text: String) -> String { "2026-03-01T\(text).000Z" }

    /// A message with codes and signals.
    static func message(
        _ time: String, on vehicle: String = "V1", codes: [String] = [],
        _ signals: [(String, Double)] = []
    ) -> String {
        let codes = codes.map { "{\"code\":\"\($0)\",\"status\":\"confirmed\"}" }
        let signals = signals.map { "\"\($0)\":\($1)" }
        return "{\"vin\":\"\(vehicle)\",\"ts\":\"\(Self.time(time))\","
            + "\"dtcs\":[\(codes.joined(separator: ","))],"
            + "\"signals\":{\(signals.joined(separator: ","))}}"
    }

    static func batch(_ messages: [String]) -> EntryBatch {
        var batch = EntryBatch()
        for message in messages {
            let start = batch.bytes.count
            batch.bytes += message.utf8
            batch.entries.append(Entry(received: nil, payload: start..<batch.bytes.count))
        }
        return batch
    }

    static func tests(_ text: String) throws -> RuleTestReader {
        RuleTestReader(try YAMLSource.parse(text, file: "pack.test.yaml"), name: "pack.test.yaml")
    }
}
