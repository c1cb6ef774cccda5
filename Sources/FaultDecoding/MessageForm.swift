import VehicleFaults

/// What native messages of one kind have in common: all their bytes but the values.
///
/// Vehicles of one make send the same fields in the same order, so that most messages differ from an
/// earlier one in their values alone. Where the bytes between the values are those of a message that
/// was read in full, so is the structure, and only the values are left to read. A form saves time; the
/// result is the same without it.
struct MessageForm: Sendable {
    /// What a value stands for.
    enum Value: UInt8, Sendable {
        /// No value: the fixed bytes go on.
        case none
        /// Of no interest, a text.
        case text
        /// Of no interest, or unknown: any value of the message.
        case other
        /// Any value of the object of signals whose name nobody knows.
        case otherSignal
        case vehicle, time, sequence, odometer, engineHours, faults
        /// A known signal's number.
        case reading
        /// The message is over.
        case end
    }

    /// Fixed bytes and the value behind them.
    struct Step: Sendable {
        /// The most bytes that one step compares.
        static let most = 32

        /// The first eight bytes, as far as there are so many, and which of their bits count.
        private let first: (bytes: UInt64, mask: UInt64)
        /// The last eight bytes, when there are more than eight; when there are more than sixteen, then
        /// also the eight after the first and the eight before the last. They may overlap.
        private let (last, second, third): (UInt64, UInt64, UInt64)
        /// How many fixed bytes there are.
        let length: Int
        let value: Value
        /// The signal of a ``Value/reading``.
        let signal: SignalID

        init(
            _ bytes: Span<UInt8>, _ range: Range<Int>, _ value: Value,
            _ signal: SignalID = SignalID(index: 0)
        ) {
            length = range.count
            self.value = value
            self.signal = signal
            let (start, end) = (range.lowerBound, range.upperBound)
            let mask = length >= 8 ? ~0 : (UInt64(1) << UInt64(8 * length)) - 1
            first = (bytes.eight(start) & mask, mask)
            last = length > 8 ? bytes.eight(end - 8) : 0
            (second, third) =
                length > 16 ? (bytes.eight(start + 8), bytes.eight(end - 16)) : (0, 0)
        }

        /// Whether exactly these bytes stand at a place of a padded text.
        @inline(__always) func matches(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
            guard bytes.eight(place) & first.mask == first.bytes else { return false }
            guard length > 8 else { return true }
            guard bytes.eight(place &+ length &- 8) == last else { return false }
            guard length > 16 else { return true }
            return bytes.eight(place &+ 8) == second
                && bytes.eight(place &+ length &- 16) == third
        }
    }

    /// The fixed bytes in their order, the last ones before ``Value/end``.
    var steps: ContiguousArray<Step> = []
    /// How many numbers of known signals.
    var readings = 0
    /// How many members have a name that nobody knows.
    var unknownFields = 0
    /// What the fixed bytes say of the list of faults.
    var complete: Bool?
    /// The control unit that the fixed bytes name.
    var ecu: ShortText?
}

/// The forms of the messages that were read lately.
struct MessageForms: Sendable {
    private static let most = 4
    /// The form that matched last, without steps while there is none.
    private(set) var latest = MessageForm()
    /// Others, the one that matched last at the end.
    private(set) var others: ContiguousArray<MessageForm> = []
    /// Messages in a row without a form after which the next one gives a new one.
    private static let patience = 16

    private var trust = Trust()
    private var misses = 0

    /// Whether forms are worth trying on the next message.
    @inline(__always) var areTried: Bool { trust.isTried && !latest.steps.isEmpty }

    /// Notes that the latest form matched.
    @inline(__always) mutating func matched() {
        trust.matched()
        misses = 0
    }

    /// Notes that one of the others matched.
    mutating func matched(_ index: Int) {
        let form = others.remove(at: index)
        others.append(latest)
        latest = form
        matched()
    }

    /// Notes that no form matched a message that was read in full.
    ///
    /// - Returns: whether its form is wanted.
    mutating func missed() -> Bool {
        guard trust.missed() else { return false }
        misses += 1
        return others.count + 1 < Self.most || misses % Self.patience == 0
    }

    /// Takes over a form, in place of the one that matched longest ago.
    mutating func insert(_ form: MessageForm) {
        if !latest.steps.isEmpty { others.append(latest) }
        if others.count == Self.most { others.removeFirst() }
        latest = form
    }
}

/// Finds the form of a message that was read in full.
struct MessageFormBuilder {
    /// Longer messages, and those with more values, keep no form.
    private static let (longest, mostSteps) = (8 * 1024, 256)

    private var steps: ContiguousArray<MessageForm.Step> = []
    private var unknownFields = 0
    /// Where the fixed bytes start that no step has yet.
    private var start = 0

    /// The form of a message, or `nil` where it has values that only reading in full can judge.
    ///
    /// - Parameters:
    ///   - bytes: a padded text that was taken as a message.
    ///   - complete: what it said of its list.
    ///   - ecu: the control unit it named itself.
    static func form(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ limits: DecodingLimits,
        _ names: SignalNames, complete: Bool?, ecu: ShortText?
    ) -> MessageForm? {
        guard frame.end <= longest else { return nil }
        var tape = JSONTape()
        guard (try? tape.read(bytes.extracting(0..<frame.end), limits: limits)) != nil,
            tape.kind(tape.root) == .object
        else { return nil }
        var builder = Self()
        for member in tape.children(of: tape.root) {
            guard builder.add(member, of: tape, bytes, names) else { return nil }
        }
        let end = tape.range(of: tape.root).upperBound
        builder.add(.end, end..<end, bytes)
        guard builder.steps.count <= mostSteps else { return nil }
        return MessageForm(
            steps: builder.steps, readings: builder.steps.count { $0.value == .reading },
            unknownFields: builder.unknownFields, complete: complete, ecu: ecu)
    }

    private mutating func add(
        _ member: Int, of tape: JSONTape, _ bytes: Span<UInt8>, _ names: SignalNames
    ) -> Bool {
        let range = Self.range(of: member, tape)
        let name = tape.name(member)
        // As the reader in full, which knows no longer name and takes an empty one for none.
        let field =
            name.count <= 8 && !name.contains(0)
            ? NativeDecoder.field(name.span.word(at: 0)) : NativeDecoder.Field.unknown
        switch (field, tape.kind(member)) {
        case (NativeDecoder.Field.unknown, _):
            unknownFields += 1
            add(.other, range, bytes)
        case (NativeDecoder.Field.ignored, .text): add(.text, range, bytes)
        case (NativeDecoder.Field.ignored, _): add(.other, range, bytes)
        case (NativeDecoder.Field.vin, _), (NativeDecoder.Field.vehicle, _):
            add(.vehicle, range, bytes)
        case (NativeDecoder.Field.time, _): add(.time, range, bytes)
        case (NativeDecoder.Field.sequence, .number): add(.sequence, range, bytes)
        case (NativeDecoder.Field.odometer, _): add(.odometer, range, bytes)
        case (NativeDecoder.Field.engineHours, _): add(.engineHours, range, bytes)
        case (NativeDecoder.Field.faults, _): add(.faults, range, bytes)
        case (NativeDecoder.Field.signals, .object):
            for signal in tape.children(of: member) {
                guard add(signal: signal, of: tape, bytes, names) else { return false }
            }
        // Version, completeness, the control unit and what is null stay as they are.
        default: break
        }
        return true
    }

    private mutating func add(
        signal: Int, of tape: JSONTape, _ bytes: Span<UInt8>, _ names: SignalNames
    ) -> Bool {
        let range = Self.range(of: signal, tape)
        let name = tape.name(signal)
        guard let known = names.find(name.span) else {
            unknownFields += 1
            add(.otherSignal, range, bytes)
            return true
        }
        switch tape.kind(signal) {
        case .number:
            add(.reading, range, bytes, known)
            return true
        case .null: return true
        default: return false
        }
    }

    /// Adds the fixed bytes up to a value, and steps over it.
    private mutating func add(
        _ value: MessageForm.Value, _ range: Range<Int>, _ bytes: Span<UInt8>,
        _ signal: SignalID = SignalID(index: 0)
    ) {
        while range.lowerBound - start > MessageForm.Step.most {
            let end = start + MessageForm.Step.most
            steps.append(MessageForm.Step(bytes, start..<end, .none))
            start = end
        }
        steps.append(MessageForm.Step(bytes, start..<range.lowerBound, value, signal))
        start = range.upperBound
    }

    /// A value's bytes, a text's with its quotes.
    private static func range(of node: Int, _ tape: JSONTape) -> Range<Int> {
        let range = tape.range(of: node)
        guard tape.kind(node) == .text else { return range }
        return range.lowerBound - 1..<range.upperBound + 1
    }
}
