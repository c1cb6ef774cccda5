import VehicleFaults

/// Turns messages into reports, whatever their format.
///
/// It keeps nothing of a message that could change the next one, apart from the signal names it
/// learns when told to; give each thread a copy of its own.
public struct MessageDecoder: Sendable {
    /// The subscriptions, of which the first one that matches a topic counts.
    public let subscriptions: [Subscription]
    /// The limits that every message is held to.
    public let limits: DecodingLimits
    /// The names behind the numbers in ``Reading/signal``.
    public var names: SignalNames { native.names }

    /// The names that births of Sparkplug B gave, which whoever feeds the decoder keeps: a decoder
    /// learns nothing from a message.
    public var aliases: SparkplugAliases {
        get { writer.aliases }
        set { writer.aliases = newValue }
    }

    /// Whether any subscription is of a format that needs ``aliases``.
    public var needsAliases: Bool {
        subscriptions.contains { $0.format.envelope == .sparkplugB }
    }

    /// Whose the devices are that messages name.
    public let sources: SourceRegistry

    private var text = PaddedText()
    private var native: NativeDecoder
    /// For all formats but the native one; it borrows the names and the caller's buffer.
    private var writer: ReportWriter

    /// A decoder for some subscriptions.
    ///
    /// - Parameters:
    ///   - subscriptions: with none, every topic is taken, as ``PayloadFormat/native``.
    ///   - names: the signals to keep.
    ///   - sources: the vehicles that reports of known devices are put to.
    public init(
        subscriptions: [Subscription] = [], names: SignalNames = SignalNames(),
        limits: DecodingLimits = DecodingLimits(), sources: SourceRegistry = SourceRegistry()
    ) {
        self.subscriptions = subscriptions
        self.limits = limits
        self.sources = sources
        native = NativeDecoder(names: names, limits: limits)
        writer = ReportWriter(limits: limits)
    }

    /// Appends the reports of one message and notes what was read, field by field, for tools.
    ///
    /// - Throws: as ``decode(topic:payload:into:)``; the trace then holds what came before.
    public mutating func decode(
        topic: Span<UInt8>, payload: Span<UInt8>, into buffer: inout ReportBuffer,
        noting trace: inout FieldTrace
    ) throws(DecodingFailure) {
        writer.trace = trace
        defer {
            trace = writer.trace ?? trace
            writer.trace = nil
        }
        let mark = buffer.reports.count
        let refused = buffer.refusedValues
        try decode(topic: topic, payload: payload, into: &buffer)
        // The native reader is the one on the hot path and notes nothing itself.
        guard let trace = writer.trace, trace.fields.isEmpty, buffer.reports.count == mark + 1
        else {
            return
        }
        writer.trace = NativeTrace.noting(
            payload, limits, buffer, buffer.refusedValues - refused, names, trace)
    }

    /// Appends the reports of one message: one for a native message, one for each control unit
    /// and service of a diagnostic answer.
    ///
    /// A vehicle that the topic names must be the one that the payload names, if it names any.
    ///
    /// - Throws: the first thing that is wrong; `buffer` is then as it was.
    public mutating func decode(
        topic: Span<UInt8>, payload: Span<UInt8>, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        try decode(topic, payload, byForm: true, into: &buffer)
    }

    /// Zeros after the messages of a batch that let them be read where they are.
    public static var padding: Int { PaddedText.reach }

    /// Appends the reports of one message that stands among others.
    ///
    /// The same as ``decode(topic:payload:into:)``; most native messages are read where they are if
    /// the bytes end with ``padding`` zeros.
    ///
    /// - Parameters:
    ///   - topic: where the topic stands.
    ///   - payload: where the payload stands.
    ///   - bytes: those of all messages.
    public mutating func decode(
        topic: Range<Int>, payload: Range<Int>, of bytes: Span<UInt8>,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        let message = bytes.extracting(payload)
        var isTried = false
        if native.forms.areTried, bytes.isPadded(after: payload.upperBound),
            message.count <= limits.bytes
        {
            let reports = buffer.reports.count
            let isRead: Bool
            if subscriptions.isEmpty {
                isRead = native.decodeByForm(
                    unsafe bytes.extracting(unchecked: payload.lowerBound..<bytes.count), message,
                    digest: nil, vehicle: nil, ecu: .empty, list: .unstated, into: &buffer)
                isTried = true
            } else {
                isRead = decodeByForm(topic, payload, of: bytes, &isTried, into: &buffer)
            }
            if isRead {
                if !sources.isEmpty { nameVehicles(from: reports, in: &buffer) }
                return
            }
        }
        try decode(bytes.extracting(topic), message, byForm: !isTried, into: &buffer)
    }

    /// As ``decode(topic:payload:of:into:)``, for a native message of a subscription that zeros follow.
    @inline(never) private mutating func decodeByForm(
        _ topic: Range<Int>, _ payload: Range<Int>, of bytes: Span<UInt8>, _ isTried: inout Bool,
        into buffer: inout ReportBuffer
    ) -> Bool {
        var source = Source()
        guard topic.upperBound <= bytes.count &- PaddedText.reach,
            source.match(topic, of: bytes, subscriptions)
        else { return false }
        isTried = true
        return native.decodeByForm(
            bytes.extracting(payload.lowerBound..<bytes.count), bytes.extracting(payload),
            digest: nil, vehicle: source.vehicle, ecu: source.ecu, list: source.list,
            into: &buffer)
    }

    /// What the topic and the configuration say of a native message.
    private struct Source {
        var vehicle: VehicleID?
        var ecu = ShortText.empty
        var list = FaultList.unstated

        /// Finds the first subscription of a topic; `false` where it is not of native messages, or what
        /// the topic names makes no sense.
        @inline(never) mutating func match(
            _ place: Range<Int>, of bytes: Span<UInt8>, _ subscriptions: [Subscription]
        ) -> Bool {
            let topic = bytes.extracting(place)
            for index in subscriptions.indices {
                guard let match = subscriptions[index].template.match(topic) else { continue }
                guard subscriptions[index].format.envelope == .native else { return false }
                list = subscriptions[index].list
                if let range = match.vehicle {
                    // The bytes are padded, so that eight at a time can be read of the topic, too.
                    vehicle = VehicleID(bytes, place.lowerBound &+ range.lowerBound, range.count)
                    if vehicle == nil { return false }
                }
                if let range = match.ecu {
                    guard let named = ShortText(topic.extracting(range)), named != .empty else {
                        return false
                    }
                    ecu = named
                }
                return true
            }
            return false
        }
    }

    /// - Parameter byForm: whether forms are worth trying.
    @inline(never) private mutating func decode(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, byForm: Bool, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        let reports = buffer.reports.count
        let sightings = buffer.sightings.count
        let readings = buffer.readings.count
        let freezeReadings = buffer.freezeReadings.count
        do {
            try decodeInPlace(topic, payload, byForm: byForm, into: &buffer)
        } catch {
            // Counts are added last or taken back, so only the lists can have grown.
            buffer.reports.removeLast(buffer.reports.count - reports)
            buffer.sightings.removeLast(buffer.sightings.count - sightings)
            buffer.readings.removeLast(buffer.readings.count - readings)
            buffer.freezeReadings.removeLast(buffer.freezeReadings.count - freezeReadings)
            throw error
        }
        if !sources.isEmpty { nameVehicles(from: reports, in: &buffer) }
    }

    /// Puts the reports of known devices to their vehicles.
    @inline(never) private func nameVehicles(from first: Int, in buffer: inout ReportBuffer) {
        for index in first..<buffer.reports.count {
            guard let vehicle = sources[buffer.reports[index].vehicle] else { continue }
            buffer.reports[index].vehicle = vehicle
        }
    }

    @inline(__always) private mutating func decodeInPlace(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, byForm: Bool, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        guard !subscriptions.isEmpty else {
            return try decodeNative(
                payload, byForm: byForm, vehicle: nil, ecu: .empty, list: .unstated, into: &buffer)
        }
        for index in subscriptions.indices {
            guard let match = subscriptions[index].template.match(topic) else { continue }
            return try decode(
                topic, match, subscriptions[index], payload, byForm: byForm, into: &buffer)
        }
        throw DecodingFailure(reason: .topicUnexpected, offset: 0)
    }

    @inline(__always) private mutating func decode(
        _ topic: Span<UInt8>, _ match: TopicTemplate.Match, _ subscription: Subscription,
        _ payload: Span<UInt8>, byForm: Bool, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        var vehicle: VehicleID?
        if let range = match.vehicle {
            vehicle = VehicleID(topic.extracting(range))
            if vehicle == nil { throw DecodingFailure(reason: .topicUnexpected, offset: 0) }
        }
        var ecu = ShortText.empty
        if let range = match.ecu {
            guard let named = ShortText(topic.extracting(range)), named != .empty else {
                throw DecodingFailure(reason: .topicUnexpected, offset: 0)
            }
            ecu = named
        }
        guard subscription.format.envelope == .native else {
            return try open(subscription, topic, payload, vehicle, ecu, into: &buffer)
        }
        try decodeNative(
            payload, byForm: byForm, vehicle: vehicle, ecu: ecu, list: subscription.list,
            into: &buffer)
    }

    /// Reads any other envelope.
    @inline(never) private mutating func open(
        _ subscription: Subscription, _ topic: Span<UInt8>, _ payload: Span<UInt8>,
        _ vehicle: VehicleID?, _ ecu: ShortText, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        guard !payload.isEmpty else { throw DecodingFailure(reason: .emptyPayload, offset: 0) }
        guard payload.count <= limits.bytes else {
            throw DecodingFailure(reason: .tooLarge, offset: limits.bytes)
        }
        var context = DecodingContext(vehicle: vehicle)
        context.ecu = ecu
        context.list = subscription.list
        context.options = subscription.options
        context.digest = Digest.of(payload)
        // Swapped in, so that neither table nor buffer has two owners and is copied when it grows.
        swap(&writer.buffer, &buffer)
        swap(&writer.names, &native.names)
        defer {
            swap(&writer.buffer, &buffer)
            swap(&writer.names, &native.names)
        }
        let (unknown, refused) = (writer.buffer.unknownFields, writer.buffer.refusedValues)
        writer.beginMessage()
        do {
            try subscription.format.envelope.open(
                payload, topic: topic, codec: subscription.format.codec, context, into: &writer)
        } catch {
            // Counts are of messages that were taken.
            writer.buffer.unknownFields = unknown
            writer.buffer.refusedValues = refused
            throw error
        }
    }

    private mutating func decodeNative(
        _ payload: Span<UInt8>, byForm: Bool, vehicle: VehicleID?, ecu: ShortText, list: FaultList,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        guard !payload.isEmpty else { throw DecodingFailure(reason: .emptyPayload, offset: 0) }
        guard payload.count <= limits.bytes else {
            throw DecodingFailure(reason: .tooLarge, offset: limits.bytes)
        }
        let scan = text.take(payload)
        if !scan.isASCII {
            do {
                _ = try UTF8Span(validating: payload)
            } catch {
                throw DecodingFailure(reason: .invalidUTF8, offset: error.byteOffsets.lowerBound)
            }
        }
        if byForm,
            Self.decodeByForm(
                text, payload, &native, digest: scan.digest, vehicle: vehicle, ecu: ecu, list: list,
                into: &buffer)
        {
            return
        }
        let frame = JSONText.Frame(end: payload.count, depth: limits.depth)
        try Self.decode(
            text, frame, &native, digest: scan.digest, vehicle: vehicle, ecu: ecu, list: list,
            into: &buffer)
    }

    /// Lends the text to the native reader. In a method, a span of ``text`` would be one of the decoder
    /// itself, whose ``native`` could then not be changed.
    @inline(never) private static func decodeByForm(
        _ text: borrowing PaddedText, _ payload: Span<UInt8>, _ native: inout NativeDecoder,
        digest: UInt64, vehicle: VehicleID?, ecu: ShortText, list: FaultList,
        into buffer: inout ReportBuffer
    ) -> Bool {
        native.decodeByForm(
            text.bytes.span, payload, digest: digest, vehicle: vehicle, ecu: ecu, list: list,
            into: &buffer)
    }

    /// Lends the text alike.
    @inline(__always) private static func decode(
        _ text: borrowing PaddedText, _ frame: JSONText.Frame, _ native: inout NativeDecoder,
        digest: UInt64, vehicle: VehicleID?, ecu: ShortText, list: FaultList,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) {
        try native.decode(
            text.bytes.span, frame, digest: digest, vehicle: vehicle, ecu: ecu, list: list,
            into: &buffer)
    }
}
