import VehicleFaults

/// What the decoders read, field by field, for people who look at one message.
///
/// The decoders write it themselves while they read, so that it cannot say anything else than what
/// was done. Without a trace nothing is made and nothing is formatted: every note is behind the
/// optional of ``ReportWriter/trace``.
public struct FieldTrace: Sendable, Equatable {
    /// One field.
    public struct Field: Sendable, Equatable {
        /// Bytes of the payload before it.
        public var offset: Int
        /// Bytes of the payload that it takes.
        public var length: Int
        /// A name in lower case with underscores, which stays.
        public var name: String
        /// The bytes or text as sent.
        public var raw: String
        /// What it means: a code, a number, words.
        public var meaning: Saying
        /// The unit of the number, or empty.
        public var unit: String
        /// The mistake that was not made here, or `nil`.
        public var trap: Trap?
        /// Fields within this one are one deeper.
        public var depth: Int
    }

    /// The fields in the order in which they were read.
    public private(set) var fields: [Field] = []
    /// The parts that were of no use, each with its reason and place.
    public internal(set) var refusals: [DecodingFailure] = []
    /// How deep the next field is.
    public var depth = 0

    /// Most fields that are kept.
    public static let most = 100_000

    /// An empty trace.
    public init() {}

    /// Adds a field that stands anywhere.
    public mutating func note(
        _ name: String, at offset: Int, length: Int, raw: String, _ meaning: Saying,
        unit: String = "", trap: Trap? = nil
    ) {
        guard fields.count < Self.most else { return }
        fields.append(
            Field(
                offset: offset, length: length, name: name, raw: raw, meaning: meaning,
                unit: unit, trap: trap, depth: depth))
    }

    /// Adds a field of some bytes.
    ///
    /// - Parameters:
    ///   - range: which of the bytes.
    ///   - places: where the first of `bytes` stands.
    public mutating func note(
        _ name: String, _ bytes: Span<UInt8>, _ range: Range<Int>, _ places: BytePlaces,
        _ meaning: Saying, unit: String = "", trap: Trap? = nil
    ) {
        let range = range.clamped(to: bytes.indices)
        var raw = ""
        for index in range.prefix(64) {
            if !raw.isEmpty { raw += " " }
            raw += FaultCode.hexText(bytes[index], digits: 2)
        }
        if range.count > 64 { raw += " …" }
        note(
            name, at: places[range.lowerBound], length: places.length(of: range), raw: raw,
            meaning, unit: unit, trap: trap)
    }

    /// Moves what was noted from some field and refusal on to where the bytes stand in the payload.
    mutating func move(fields: Int, refusals: Int, _ places: BytePlaces) {
        guard places != BytePlaces() else { return }
        for index in fields..<self.fields.count {
            let field = self.fields[index]
            self.fields[index].offset = places[field.offset]
            self.fields[index].length = places.length(
                of: field.offset..<field.offset + field.length)
        }
        for index in refusals..<self.refusals.count {
            self.refusals[index].offset = places[self.refusals[index].offset]
        }
    }

    /// Puts a trap to the field that was noted last.
    public mutating func avoided(_ trap: Trap) {
        guard !fields.isEmpty else { return }
        fields[fields.count - 1].trap = trap
    }
}

/// Mistakes that real payloads invite and that a decoder did not make; the raw values stay.
public enum Trap: String, Sendable, CaseIterable {
    /// A count comes before the codes on CAN and none did before it.
    case countByte = "count_byte"
    /// Bytes that only fill up a frame are no codes.
    case padding
    /// A refusal is not an answer without faults.
    case negativeResponse = "negative_response"
    /// `NO DATA` is not an answer without faults.
    case noData = "no_data"
    /// A spelling of "no fault" is no code.
    case noFault = "no_fault"
    /// A reserved value says "no data" or "error" and is no reading.
    case reservedValue = "reserved_value"
    /// The count of codes is not a list of codes.
    case countIsNoList = "count_is_no_list"
    /// Several control units answered one request, and their lists stay apart.
    case severalUnits = "several_units"
    /// Two answers stand on one line.
    case runTogether = "run_together"
    /// The length is wrong and the count is right.
    case wrongLength = "wrong_length"
    /// The untested state of a supported code is no fault.
    case notTested = "not_tested"
    /// Status bits that the unit does not support say nothing.
    case statusNotAvailable = "status_not_available"
    /// A code whose failure type nobody sent, which is not failure type 00.
    case failureTypeUnknown = "failure_type_unknown"
    /// The message does not say how long the value is.
    case lengthUnknown = "length_unknown"
    /// A header around the answer.
    case header
    /// The conversion bit is set, so that the number may mean another parameter.
    case conversionAmbiguous = "conversion_ambiguous"
    /// The conversion that the configuration names for this source, against the bit.
    case conversionConfigured = "conversion_configured"
    /// Lamps may be on or unused while there is no code.
    case lampWithoutCode = "lamp_without_code"
    /// Codes that were cleared are not repaired.
    case clearedNotRepaired = "cleared_not_repaired"
    /// The raw number has an offset or a factor.
    case scaled
    /// The time is Beijing time, which the bytes do not say.
    case beijingTime = "beijing_time"
    /// The clock starts again every minute, so that it says nothing of the day.
    case wrappingClock = "wrapping_clock"
    /// A member called `vin` that is a voltage.
    case voltageNotVIN = "voltage_not_vin"
    /// Frames of a long message were sampled, so that they cannot be put together.
    case sampledFrames = "sampled_frames"
    /// Old data that was sent again is not news.
    case sentAgain = "sent_again"
    /// The check digit of the identifier is wrong, which European makers allow.
    case checkDigit = "check_digit"
    /// Letters in lower case that mean the same code.
    case lowerCase = "lower_case"
    /// A list without a status for each code.
    case noStatus = "no_status"
    /// A list that says only what is new.
    case delta
    /// A number that was sent as text.
    case numberAsText = "number_as_text"
    /// A bit that only one maker gives a meaning.
    case reservedBit = "reserved_bit"
}

extension Saying {
    /// Words with commas between, or that there are none.
    init(list: [Saying]) {
        self = list.first ?? "none"
        for word in list.dropFirst() { self = "\(self), \(word)" }
    }
}

extension FaultStatus {
    /// The names of a status.
    var said: Saying {
        let names: [(FaultStatus, Saying)] = [
            (.pending, "pending"), (.confirmed, "confirmed"), (.permanent, "permanent"),
            (.active, "active"), (.history, "history"), (.cleared, "cleared"),
        ]
        let own = names.filter { contains($0.0) }.map(\.1)
        return own.dropFirst().reduce(own.first ?? "unstated") { "\($0)|\($1)" }
    }
}
