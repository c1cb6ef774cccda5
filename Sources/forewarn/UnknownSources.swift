import FaultDecoding
import ForewarnDaemon
import TicketStorage
import VehicleFaults

/// The names that messages of the journal came under and that nobody has put to a vehicle.
struct UnknownSources {
    /// What the journal holds of one.
    struct Sighting {
        /// Of its newest message.
        var topic: [UInt8]
        var messages = 0
        /// Received; the journal may have forgotten earlier ones.
        var first: EventTime
        var last: EventTime
    }

    private(set) var sightings: [VehicleID: Sighting] = [:]

    /// Reads the whole journal as the newest rule set would.
    init(_ store: TicketStore, _ registry: SourceRegistry) throws {
        // Rules of another version say nothing here of topics; what was heard is still listed.
        guard let recorded = try store.rulesInForce(),
            let rules = try? RuleSet(recorded: recorded.body)
        else { return }
        var decoder = MessageDecoder(
            subscriptions: rules.subscriptions, names: SignalNames(), limits: rules.limits,
            sources: registry)
        var buffer = ReportBuffer()
        try store.forEachRow(from: 1) { row in
            guard row.kind == .batch else { return }
            let batch = try JournalBody.decode(row.body)
            for entry in batch.entries where entry.kind == .message {
                buffer.removeAll()
                let bytes = batch.bytes.span
                do throws(DecodingFailure) {
                    try decoder.decode(
                        topic: bytes.extracting(entry.topic),
                        payload: bytes.extracting(entry.payload), into: &buffer)
                } catch { continue }
                let time = EventTime(milliseconds: entry.received ?? 0)
                for vehicle in Set(buffer.reports.map(\.vehicle))
                where registry.isUnknown(vehicle) {
                    let topic = Array(batch.bytes[entry.topic])
                    sightings[vehicle, default: Sighting(topic: topic, first: time, last: time)]
                        .add(topic, time)
                }
            }
        }
    }
}

extension UnknownSources.Sighting {
    fileprivate mutating func add(_ topic: [UInt8], _ time: EventTime) {
        self.topic = topic
        messages += 1
        last = max(last, time)
    }
}
