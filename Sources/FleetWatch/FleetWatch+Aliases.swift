import FaultDecoding
import VehicleFaults

// What is kept between messages of Sparkplug B: births are entries of the journal like all others, so
// that a replay finds the same names.
extension FleetWatch {
    /// Takes over the names that births in the batch give, in order, before its messages are decoded
    /// side by side.
    ///
    /// - Returns: the names, each with the entry from which on they count.
    mutating func learnAliases(_ batch: EntryBatch) -> [(
        entry: Int, names: SparkplugAliases
    )] {
        aliasChanges.removeAll()
        guard needsAliases else { return [] }
        var result = [(entry: 0, names: aliases)]
        let bytes = batch.bytes.span
        for (index, entry) in batch.entries.enumerated() where entry.kind == .message {
            let changes = aliases.learn(
                topic: bytes.extracting(entry.topic), payload: bytes.extracting(entry.payload))
            guard !changes.isEmpty else { continue }
            aliasChanges += changes
            result.append((index, aliases))
        }
        return result
    }
}
