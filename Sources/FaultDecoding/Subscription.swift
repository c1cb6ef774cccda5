import VehicleFaults

/// How the payloads of a subscription are written.
public enum PayloadFormat: String, Sendable, CaseIterable {
    /// Forewarn's own JSON.
    case native
    /// Answers to the OBD services 03, 07 and 0A, as hex text or as bytes.
    case obd
}

/// Topics, and how to read what arrives under them.
public struct Subscription: Sendable, Equatable {
    /// Which topics.
    public var template: TopicTemplate
    /// How their payloads are written.
    public var format: PayloadFormat
    /// What a list of fault codes means when the message does not say.
    public var list: FaultList

    /// Joins topics to a way to read them.
    public init(template: TopicTemplate, format: PayloadFormat, list: FaultList = .unstated) {
        self.template = template
        self.format = format
        self.list = list
    }
}
