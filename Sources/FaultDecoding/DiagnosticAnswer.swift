import VehicleFaults

/// One whole answer of a control unit, apart from how it was carried.
struct DiagnosticAnswer {
    /// The header's text, or empty.
    var ecu = ShortText.empty
    /// The service identifier and what follows.
    var bytes: [UInt8]
    /// Where each byte stands in the payload.
    var places: ContiguousArray<Int32> = []
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
        places.count == bytes.count
            ? BytePlaces(table: places + [Int32(end)]) : BytePlaces(start: offset)
    }

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

    /// Takes some bytes of a frame.
    ///
    /// - Parameter places: where each byte of the frame stands.
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
        for index in range {
            bytes.append(frame[index])
            self.places.append(Int32(truncatingIfNeeded: places[index]))
        }
    }

    /// Where a byte stands, without a table of all places.
    func place(of index: Int) -> Int {
        guard places.count == bytes.count else { return offset + index }
        return index < places.count ? Int(places[index]) : end
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
    init(_ frame: CANFrames.Frame, of bytes: Span<UInt8>) {
        self.bytes = [UInt8](capacity: frame.data.count) { output in
            for place in frame.data { output.append(bytes[place]) }
        }
        places.reserveCapacity(frame.data.count)
        for index in 0..<frame.data.count {
            places.append(Int32(truncatingIfNeeded: frame.dataPlaces[index]))
        }
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
