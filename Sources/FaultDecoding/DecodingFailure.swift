/// Why a message could not be read, and where.
public struct DecodingFailure: Error, Equatable {
    /// What is wrong.
    public var reason: Reason
    /// Bytes of the payload before the first one that made no sense; 0 when the topic is at fault.
    public var offset: Int

    /// Names a cause and its place.
    public init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The causes; the raw value is the name used in dead letters, metrics and output, and stays.
    public enum Reason: String, Sendable, CaseIterable {
        /// The payload holds nothing, as when a retained message is removed.
        case emptyPayload = "empty_payload"
        /// The payload is longer than ``DecodingLimits/bytes``.
        case tooLarge = "too_large"
        /// Arrays and objects are nested deeper than ``DecodingLimits/depth``.
        case tooDeep = "too_deep"
        /// More fault codes than ``DecodingLimits/faults``.
        case tooManyFaults = "too_many_faults"
        /// More signals in one object than ``DecodingLimits/signals``.
        case tooManySignals = "too_many_signals"
        /// The text is not UTF-8.
        case invalidUTF8 = "invalid_utf8"
        /// The text breaks the grammar of JSON (RFC 8259).
        case notJSON = "not_json"
        /// The payload ends too early.
        case truncated = "truncated"
        /// A name stands twice in one object.
        case duplicateKey = "duplicate_key"
        /// A number does not fit what it stands for.
        case numberOutOfRange = "number_out_of_range"
        /// `NaN` or `Infinity`, which JSON does not have.
        case notANumber = "not_a_number"
        /// Nothing that messages of this envelope have.
        case shapeUnknown = "shape_unknown"
        /// A number stands for a name that this message does not give.
        case aliasUnknown = "alias_unknown"
        /// A value of another type than the field wants.
        case wrongType = "wrong_type"
        /// Neither topic nor payload says which vehicle it is.
        case noVehicle = "no_vehicle"
        /// The vehicle's name is empty, longer than 40 characters, or not printable ASCII without
        /// blanks.
        case vehicleMalformed = "vehicle_malformed"
        /// The payload names another vehicle than the topic, or two vehicles.
        case vehicleMismatch = "vehicle_mismatch"
        /// A time that is not RFC 3339, or a date that the calendar does not have.
        case timeMalformed = "time_malformed"
        /// A time before 1970 or after 2099.
        case timeOutOfRange = "time_out_of_range"
        /// A fault code that is empty, too long, unprintable, or lacks its SPN or FMI.
        case codeMalformed = "code_malformed"
        /// A word that names no fault status.
        case statusUnknown = "status_unknown"
        /// The name of a control unit is longer than 16 characters or unprintable.
        case ecuMalformed = "ecu_malformed"
        /// No subscription's template matches the topic.
        case topicUnexpected = "topic_unexpected"
        /// The message's `v` is not 1.
        case versionUnsupported = "version_unsupported"
        /// A character that is no hex digit.
        case notHex = "not_hex"
        /// A hex digit without its partner.
        case oddLength = "odd_length"
        /// An answer, frame or block that is none of those that are read.
        case notAnAnswer = "not_an_answer"
        /// Every control unit that answered refused the request.
        case negativeResponse = "negative_response"
        /// A frame of a long answer is missing or stands twice.
        case missingFrame = "missing_frame"
        /// The checksum does not go with the bytes.
        case checksumWrong = "checksum_wrong"
        /// The data is encrypted, and nobody here has the key.
        case encrypted = "encrypted"
        /// The adapter reached no control unit, or says that it lost data.
        case noAnswer = "no_answer"
    }
}
