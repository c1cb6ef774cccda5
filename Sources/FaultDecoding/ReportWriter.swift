import VehicleFaults

/// Where codecs and envelopes put what they read: reports with the names of their signals, what was
/// refused, and for those who ask a trace.
public struct ReportWriter: Sendable {
    /// The reports.
    public var buffer = ReportBuffer()
    /// The signals that are kept.
    public var names: SignalNames
    /// The names that numbers stand for at some senders.
    public var aliases = SparkplugAliases()
    /// What one message may hold.
    public var limits: DecodingLimits
    /// What was read, field by field; `nil` costs nothing.
    public var trace: FieldTrace?

    /// The storage in which envelopes take JSON apart, while none of them has borrowed it.
    private var json: JSONTape?

    /// The storage in which envelopes gather frames, while none of them has borrowed it.
    private var frames: CANFrames?

    /// Reads J1939, while nobody has borrowed it.
    private var trucks: J1939Decoder?

    /// Reads native messages inside others, while nobody has borrowed it.
    private var native: NativeDecoder?

    /// The numbers of known signals in ``names``: -1 for those it does not know, -2 for those that
    /// nobody has looked up.
    private var known = ContiguousArray(repeating: Int32(-2), count: KnownSignal.allCases.count)
    /// Reports in the buffer before this message's first one.
    private var firstReport = 0
    /// The refusal that comes out when nothing else of the message is of use.
    private(set) var firstRefusal: DecodingFailure?

    /// A writer that keeps some signals.
    public init(names: SignalNames = SignalNames(), limits: DecodingLimits = DecodingLimits()) {
        self.names = names
        self.limits = limits
    }

    /// Starts a message.
    mutating func beginMessage() {
        firstReport = buffer.reports.count
        firstRefusal = nil
    }

    /// Lends the storage for a JSON text, until ``giveBack(_:)``.
    mutating func borrowTape() -> JSONTape { json.take() ?? JSONTape() }

    /// Takes the storage back, so that the next message finds it.
    mutating func giveBack(_ tape: consuming JSONTape) { json = tape }

    /// Lends the storage for frames, empty, until ``giveBack(_:)``.
    mutating func borrowFrames() -> CANFrames {
        var lent = frames.take() ?? CANFrames()
        lent.removeAll()
        return lent
    }

    /// Takes the storage back, so that the next message finds it.
    mutating func giveBack(_ lent: consuming CANFrames) { frames = lent }

    /// Lends a decoder of J1939 that has read nothing, until ``giveBack(_:)``.
    mutating func borrowTrucks(_ options: CodecOptions) -> J1939Decoder {
        guard var lent = trucks.take() else { return J1939Decoder(options: options) }
        lent.restart(options)
        return lent
    }

    /// Takes the storage back, so that the next message finds it.
    mutating func giveBack(_ lent: consuming J1939Decoder) { trucks = lent }

    /// Lends a decoder of native messages together with the signal names, until they are given
    /// back: a table with two owners would be copied when it grows.
    mutating func borrowNative() -> NativeDecoder {
        var decoder = native.take() ?? NativeDecoder(names: SignalNames(), limits: limits)
        swap(&decoder.names, &names)
        return decoder
    }

    /// Takes back what was lent.
    mutating func giveBack(_ decoder: inout NativeDecoder) {
        swap(&decoder.names, &names)
        native = decoder
    }

    // MARK: - Readings

    /// The number of a signal, or `nil` when it is not kept.
    public mutating func find(_ signal: KnownSignal) -> SignalID? {
        let cached = known[Int(signal.rawValue)]
        if cached >= 0 { return SignalID(index: UInt32(cached)) }
        if cached == -1 { return nil }
        let found: SignalID?
        if names.learns {
            let name = Array(signal.name.utf8)
            found = names.insert(name.span)
        } else {
            found = names.find(signal.name)
        }
        known[Int(signal.rawValue)] = found.map { Int32(bitPattern: $0.index) } ?? -1
        return found
    }

    /// Adds a reading of the report that is being written.
    ///
    /// The odometer and the engine hours go where the report holds them. A value outside the
    /// signal's range is refused alone.
    ///
    /// - Parameter place: where in the payload the value stands.
    /// - Returns: whether the value was good.
    @discardableResult
    public mutating func append(
        _ signal: KnownSignal, _ value: Double, at place: Int, to draft: inout ReportDraft
    ) -> Bool {
        guard signal.range.contains(value) else {
            refuse(.numberOutOfRange, at: place)
            return false
        }
        switch signal {
        case .odometer: draft.odometerKilometres = value
        case .engineHours: draft.engineHours = value
        default:
            if let found = find(signal) {
                buffer.readings.append(Reading(signal: found, value: value))
            } else {
                buffer.unknownFields += 1
            }
        }
        draft.hasContent = true
        return true
    }

    /// Adds a reading under a name of the sender's.
    public mutating func append(
        name: Span<UInt8>, _ value: Double, at place: Int, to draft: inout ReportDraft
    ) {
        guard value.magnitude <= NativeDecoder.absurd else {
            refuse(.numberOutOfRange, at: place)
            return
        }
        if let found = names.learns ? names.insert(name) : names.find(name) {
            buffer.readings.append(Reading(signal: found, value: value))
            draft.hasContent = true
        } else {
            buffer.unknownFields += 1
        }
    }

    // MARK: - Reports

    /// Starts a report; until ``finish(_:_:)`` all sightings and readings belong to it.
    public func draft(_ context: DecodingContext) -> ReportDraft {
        ReportDraft(
            firstSighting: buffer.sightings.count, firstReading: buffer.readings.count,
            ecu: context.ecu)
    }

    /// Adds a sighting of the report that is being written.
    ///
    /// - Throws: `too_many_faults` at the limit.
    public mutating func append(
        _ sighting: FaultSighting, at place: Int, to draft: inout ReportDraft
    ) throws(DecodingFailure) {
        guard buffer.sightings.count - draft.firstSighting < limits.faults else {
            throw DecodingFailure(reason: .tooManyFaults, offset: place)
        }
        buffer.sightings.append(sighting)
        draft.hasContent = true
    }

    /// Whether the report that is being written has a code.
    func holds(_ code: FaultCode, in draft: ReportDraft) -> Bool {
        buffer.sightings[draft.firstSighting...].contains { $0.code == code }
    }

    /// Ends a report.
    ///
    /// - Throws: `no_vehicle` when neither the draft nor the context knows it.
    public mutating func finish(
        _ draft: ReportDraft, _ context: DecodingContext
    ) throws(DecodingFailure) {
        guard let vehicle = draft.vehicle ?? context.vehicle else {
            throw context.failure(.noVehicle, at: 0)
        }
        var report = Report(vehicle: vehicle)
        report.claimed = draft.claimed ?? context.claimed
        report.sequence = context.sequence
        report.odometerKilometres = draft.odometerKilometres
        report.engineHours = draft.engineHours
        report.list = draft.list
        if draft.list != .absent { report.listStatus = draft.listStatus }
        if draft.list != .absent || buffer.readings.count > draft.firstReading {
            report.ecu = draft.ecu
        }
        report.sightings = Int32(draft.firstSighting)..<Int32(buffer.sightings.count)
        report.readings = Int32(draft.firstReading)..<Int32(buffer.readings.count)
        // Each report of a payload has a digest of its own, or the second would pass for a
        // redelivery of the first.
        let index = buffer.reports.count - firstReport
        report.digest =
            index == 0
            ? context.digest : Digest.fold(context.digest, ByteWord.ones &+ UInt64(index))
        buffer.reports.append(report)
    }

    // MARK: - Refusals

    /// A state to which what was written can be taken back.
    struct Mark {
        fileprivate var reports: Int
        fileprivate var sightings: Int
        fileprivate var readings: Int
        fileprivate var freezeReadings: Int
    }

    /// The state now.
    var mark: Mark {
        Mark(
            reports: buffer.reports.count, sightings: buffer.sightings.count,
            readings: buffer.readings.count, freezeReadings: buffer.freezeReadings.count)
    }

    /// Forgets the reports that were written after a mark.
    mutating func takeBack(to mark: Mark) {
        buffer.reports.removeLast(buffer.reports.count - mark.reports)
        buffer.sightings.removeLast(buffer.sightings.count - mark.sightings)
        buffer.readings.removeLast(buffer.readings.count - mark.readings)
        buffer.freezeReadings.removeLast(buffer.freezeReadings.count - mark.freezeReadings)
    }

    /// Notes a part of the message that is of no use, and goes on.
    public mutating func refuse(_ reason: DecodingFailure.Reason, at place: Int) {
        buffer.refusedValues += 1
        let failure = DecodingFailure(reason: reason, offset: place)
        if firstRefusal == nil { firstRefusal = failure }
        trace?.refusals.append(failure)
    }
}

/// A report that is being written.
public struct ReportDraft: Sendable {
    /// The vehicle that the bytes name; `nil` leaves the context's.
    public var vehicle: VehicleID?
    /// The time that the bytes name; `nil` leaves the context's.
    public var claimed: EventTime?
    /// Kilometres; NaN when not said.
    public var odometerKilometres = Double.nan
    /// Hours; NaN when not said.
    public var engineHours = Double.nan
    /// What the list of codes means.
    public var list = FaultList.absent
    /// The control unit that the list and the readings are about.
    public var ecu: ShortText
    /// The status that the list is about.
    public var listStatus: FaultStatus = []
    /// Whether anything was written to it.
    public internal(set) var hasContent = false

    let firstSighting: Int
    let firstReading: Int

    init(firstSighting: Int, firstReading: Int, ecu: ShortText) {
        self.firstSighting = firstSighting
        self.firstReading = firstReading
        self.ecu = ecu
    }
}
