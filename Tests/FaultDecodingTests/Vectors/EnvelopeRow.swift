import FaultDecoding

/// A message under one format, with what it should read as.
struct EnvelopeRow: Sendable {
    var name: String
    var format: String
    var topic: String
    var payload: [UInt8]
    /// A line for each report; see ``ReportBuffer/lines(_:)``.
    var reports: [String]
    /// Values and parts that are refused alone.
    var refused: [String]
    var traps: [Trap]

    init(
        _ name: String, _ format: String, _ topic: String, _ payload: String, _ reports: [String],
        refused: [String] = [], traps: [Trap] = []
    ) {
        self.init(name, format, topic, Array(payload.utf8), reports, refused: refused, traps: traps)
    }

    init(
        _ name: String, _ format: String, _ topic: String, _ payload: [UInt8], _ reports: [String],
        refused: [String] = [], traps: [Trap] = []
    ) {
        self.name = name
        self.format = format
        self.topic = topic
        self.payload = payload
        self.reports = reports
        self.refused = refused
        self.traps = traps
    }
}
