import FaultRules
import VehicleFaults

/// A file of tests that stands beside the rules it tests.
public struct RuleTestFile: Sendable {
    /// As it was named.
    public var name: String
    /// Rule files and folders, from the folder of this file; empty when none are named.
    public var rules: [String] = []
    /// Roster files, from the folder of this file.
    public var roster: [String] = []
    /// How long a vehicle's messages wait for an older one, in milliseconds.
    public var reorderWindow: Int64 = 0
    public var tests: [RuleTest] = []
}

/// Messages, and the tickets that rules must make of them.
public struct RuleTest: Sendable {
    /// Where the messages come from.
    public enum Traffic: Sendable {
        /// Native messages, one a line, each with its line in the file.
        case lines([(text: String, line: Int)])
        /// A recording, from the folder of the test file.
        case recording(String, SourcePosition)
    }

    public var name: String
    public var position: SourcePosition
    public var traffic: Traffic
    /// How long nothing is heard after the last message, in milliseconds.
    public var silenceAfter: Int64 = 0
    /// Messages that must not be readable.
    public var deadLetters = 0
    /// The tickets, in any order.
    public var expected: [ExpectedTicket]
    /// Where the key `expect` stands.
    public var expectPosition: SourcePosition
}

/// What a test says about a ticket; what it does not say may be anything.
public struct ExpectedTicket: Hashable, Sendable {
    public var position: SourcePosition
    /// The rule that opens it.
    public var rule: String?
    public var mode: String?
    public var vehicle: VehicleID?
    /// The vehicle's time of the finding that opens it.
    public var at: EventTime?
    /// At the end, as all that follows.
    public var severity: Severity?
    public var advice: Advice?
    public var findings: Int?
    public var symptomGone: Bool?

    public init(position: SourcePosition) { self.position = position }
}
