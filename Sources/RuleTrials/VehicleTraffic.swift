import FaultDecoding
import FleetWatch
import VehicleFaults

/// What one vehicle said, taken out of a fleet's traffic.
public struct VehicleTraffic: Sendable {
    public let vehicle: VehicleID
    public private(set) var batch = EntryBatch()
    /// For each of its messages, the place in the whole traffic, counted from 1.
    public private(set) var positions: [UInt64] = []
    /// The newest received time of the whole traffic, in milliseconds; `nil` when it says none.
    public private(set) var newest: Int64?
    private var position: UInt64 = 0
    private var decoder: MessageDecoder

    public init(
        of vehicle: VehicleID, subscriptions: [Subscription] = [],
        limits: DecodingLimits = DecodingLimits(), roster: VehicleRoster = VehicleRoster()
    ) {
        self.vehicle = vehicle
        decoder = MessageDecoder(
            subscriptions: subscriptions, limits: limits, sources: SourceRegistry(roster))
    }

    /// Takes what is about the vehicle; messages that cannot be read are about none.
    ///
    /// - Parameters:
    ///   - first: the position of the first message, where it is known.
    ///   - end: what was received at this time or later is passed over, in milliseconds.
    public mutating func take(
        _ traffic: EntryBatch, first: UInt64? = nil, before end: Int64 = .max
    ) {
        if let first { position = first - 1 }
        let bytes = traffic.bytes.span
        var buffer = ReportBuffer()
        for entry in traffic.entries {
            if let received = entry.received, received >= end {
                if entry.kind == .message { position += 1 }
                continue
            }
            if let received = entry.received { newest = max(newest ?? received, received) }
            guard entry.kind == .message else { continue }
            position += 1
            buffer.removeAll()
            do throws(DecodingFailure) {
                try decoder.decode(
                    topic: bytes.extracting(entry.topic), payload: bytes.extracting(entry.payload),
                    into: &buffer)
            } catch {
                continue
            }
            guard buffer.reports.contains(where: { $0.vehicle == vehicle }) else { continue }
            let start = batch.bytes.count
            batch.bytes += traffic.bytes[entry.topic]
            let middle = batch.bytes.count
            batch.bytes += traffic.bytes[entry.payload]
            batch.entries.append(
                Entry(
                    received: entry.received, topic: start..<middle,
                    payload: middle..<batch.bytes.count, isRetained: entry.isRetained))
            positions.append(position)
        }
    }

    /// The place in the whole traffic of the vehicle's own message `number`, counted from 1.
    func position(of number: UInt64) -> UInt64 {
        positions.indices.contains(Int(number) - 1) ? positions[Int(number) - 1] : number
    }

    /// How long the traffic goes on after the vehicle's last message, in milliseconds.
    var silence: Int64 {
        guard let newest, let last = batch.entries.last?.received else { return 0 }
        return max(0, newest - last)
    }
}

extension VehicleTraffic {
    /// The vehicles that some traffic is about.
    public static func vehicles(in traffic: EntryBatch, settings: Trial.Settings) -> Set<VehicleID>
    {
        var decoder = MessageDecoder(
            subscriptions: settings.subscriptions, limits: settings.limits,
            sources: SourceRegistry(settings.roster))
        let bytes = traffic.bytes.span
        var buffer = ReportBuffer()
        for entry in traffic.entries where entry.kind == .message {
            // What cannot be read is about nobody.
            try? decoder.decode(
                topic: bytes.extracting(entry.topic), payload: bytes.extracting(entry.payload),
                into: &buffer)
        }
        return Set(buffer.reports.map(\.vehicle))
    }
}
