import VehicleFaults

/// One whole answer of a control unit, apart from how it was carried.
struct DiagnosticAnswer {
    /// The header's text, or empty.
    var ecu = ShortText.empty
    /// The service identifier and what follows.
    var bytes: [UInt8]
    /// Where each byte stands in the payload, unless ``even`` says it.
    var places: ContiguousArray<Int32> = []
    /// Where the bytes stand, when one frame holds them all and knows it without a table.
    private var even: BytePlaces?
    /// Whether it came by CAN for certain, where a count always comes first.
    var isCAN = false
    /// Bytes of the payload before the answer's first one.
    var offset: Int
    /// Bytes of the payload before the answer's end.
    var end: Int
    /// Where the header stands.
    var header = 0..<0
    /// What was put right on the way here.
    var trap: Trap?
    /// When it was heard.
    var at: EventTime?

    /// Where each byte stands, for the trace and for failures.
    var bytePlaces: BytePlaces {
        if let even { return even }
        guard places.count == bytes.count else { return BytePlaces(start: offset) }
        return BytePlaces(table: places + [Int32(truncatingIfNeeded: end)])
    }

    /// Whether it is known where each byte stands.
    var isPlaced: Bool { even != nil || places.count == bytes.count }

    /// An answer without a header, as bytes.
    init(bytes: [UInt8], isCAN: Bool = false, offset: Int, end: Int) {
        self.bytes = bytes
        self.isCAN = isCAN
        self.offset = offset
        self.end = end
    }

    /// Takes bytes and where they stand.
    init(ecu: ShortText = .empty, _ bytes: PlacedBytes, end: Int) {
        self.ecu = ecu
        self.bytes = bytes.bytes
        places = bytes.places
        offset = Int(bytes.places.first ?? Int32(end))
        self.end = end
    }

    /// An answer of which an envelope made the bytes, with their places and the place after them.
    init(ecu: ShortText = .empty, _ bytes: [UInt8], _ places: BytePlaces) {
        self.ecu = ecu
        self.bytes = bytes
        even = places
        offset = places[0]
        end = places[bytes.count]
    }

    /// Takes some bytes of a frame.
    ///
    /// - Parameter places: where each byte of the frame stands, and the place after the last.
    init(
        ecu: ShortText, _ frame: Span<UInt8>, _ places: BytePlaces, _ range: Range<Int>, end: Int
    ) {
        self.ecu = ecu
        bytes = []
        offset = range.isEmpty ? end : places[range.lowerBound]
        self.end = end
        append(frame, places, range)
    }

    /// Adds some bytes of a frame.
    mutating func append(_ frame: Span<UInt8>, _ places: BytePlaces, _ range: Range<Int>) {
        if bytes.isEmpty, !places.isTable {
            even = places.from(range.lowerBound)
            bytes = [UInt8](capacity: range.count) { output in
                for index in range { output.append(frame[index]) }
            }
            return
        }
        if let even {
            for index in bytes.indices {
                self.places.append(Int32(truncatingIfNeeded: even[index]))
            }
            self.even = nil
        }
        for index in range {
            bytes.append(frame[index])
            self.places.append(Int32(truncatingIfNeeded: places[index]))
        }
    }

    /// Makes room for an answer of some length, so that it does not grow with every frame.
    mutating func reserve(_ length: Int) {
        // Not more than a few codes take: the length is only claimed.
        bytes.reserveCapacity(min(length, 64))
        places.reserveCapacity(min(length, 64))
    }

    /// Where a byte stands, without a table of all places.
    func place(of index: Int) -> Int {
        if let even { return even[index] }
        guard places.count == bytes.count else { return offset + index }
        return index < places.count ? Int(places[index]) : end
    }

    /// The answer without its first bytes and without what follows some place, with the places of
    /// what is left.
    func part(_ range: Range<Int>) -> DiagnosticAnswer {
        var answer = self
        answer.bytes = Array(bytes[range])
        if let even {
            answer.even = even.from(range.lowerBound)
        } else if places.count == bytes.count {
            answer.places = ContiguousArray(places[range])
        }
        return answer
    }

    /// Notes the header, if there is one.
    func noteHeader(_ writer: inout ReportWriter) {
        guard writer.trace != nil, ecu != .empty else { return }
        writer.trace?.note(
            "ecu", at: header.lowerBound, length: header.count, raw: "\(ecu)", "\(ecu)",
            trap: trap)
    }
}

/// Bytes with the place of each in the payload.
struct PlacedBytes {
    var bytes: [UInt8] = []
    var places: ContiguousArray<Int32> = []

    init(bytes: [UInt8] = [], places: ContiguousArray<Int32> = []) {
        self.bytes = bytes
        self.places = places
    }

    /// The data of a frame.
    init(_ frame: Span<UInt8>, _ places: BytePlaces) {
        bytes = [UInt8](capacity: frame.count) { output in
            for index in frame.indices { output.append(frame[index]) }
        }
        self.places.reserveCapacity(frame.count)
        for index in frame.indices {
            self.places.append(Int32(truncatingIfNeeded: places[index]))
        }
    }

    /// Where the bytes stand, and the place after the last.
    var bytePlaces: BytePlaces {
        BytePlaces(table: places + [(places.last ?? -1) + 1])
    }

    mutating func append(_ byte: UInt8, at place: Int) {
        bytes.append(byte)
        places.append(Int32(truncatingIfNeeded: place))
    }

    /// Adds some bytes of others.
    mutating func append(_ other: PlacedBytes, _ range: Range<Int>) {
        bytes += other.bytes[range]
        places += other.places[range]
    }

    /// Some of the bytes.
    func part(_ range: Range<Int>) -> PlacedBytes {
        PlacedBytes(
            bytes: Array(bytes[range]), places: ContiguousArray(places[range]))
    }
}
