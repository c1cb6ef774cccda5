import VehicleFaults

extension DiagnosticAnswer {
    /// The status that a service's codes have, or `nil` for an answer without codes.
    static func status(ofService service: UInt8) -> FaultStatus? {
        switch service {
        case 0x43: .confirmed
        case 0x47: .pending
        case 0x4A: .permanent
        default: nil
        }
    }

    /// A run of codes within an answer, by places in ``bytes``.
    struct Run {
        /// The byte with the count; `nil` before CAN.
        var count: Int?
        /// Two bytes a code.
        var codes: Range<Int>
        /// What fills up the frame.
        var fill: Range<Int>
    }

    /// Finds the codes of an answer to service 03, 07 or 0A.
    ///
    /// On CAN a count comes first. Before CAN an answer was exactly three codes. Some adapters print
    /// the answers of several units without anything between them; then there are several runs.
    func runs() throws(DecodingFailure) -> [Run] {
        if isLegacy { return [Run(count: nil, codes: 1..<bytes.count, fill: 0..<0)] }
        if !isCAN, let together = legacyTogether { return together }
        guard bytes.count > 1 else { throw DecodingFailure(reason: .truncated, offset: end) }
        var runs: [Run] = []
        var start = 0
        while true {
            let last = start + 2 + 2 * Int(bytes[start + 1])
            // Bytes past the count fill up a frame; python-OBD's own samples have such lengths.
            guard last <= bytes.count else {
                throw DecodingFailure(reason: .truncated, offset: end)
            }
            let codes = start + 2..<last
            let goesOn =
                !isCAN && last + 2 <= bytes.count && bytes[last] == bytes[0]
                && last + 2 + 2 * Int(bytes[last + 1]) <= bytes.count
            runs.append(
                Run(count: start + 1, codes: codes, fill: last..<(goesOn ? last : bytes.count)))
            guard goesOn else { return runs }
            start = last
        }
    }

    /// Before CAN an answer was exactly three codes and no count, so six bytes follow the service.
    private var isLegacy: Bool {
        guard !isCAN, bytes.count == 7 else { return false }
        // A frame filled up with one of CAN's usual fill bytes also has seven; two bytes of them
        // would be B2AAA, U1555 or U0CCC, which nobody has assigned.
        let codes = Int(bytes[1])
        guard codes <= 2, let fill = bytes.last, [0x55, 0xAA, 0xCC].contains(fill) else {
            return true
        }
        return !bytes[(2 + 2 * codes)...].allSatisfy { $0 == fill }
    }

    /// Several answers of before CAN in one run of bytes: every seventh is the service, and a count
    /// would not come out even.
    private var legacyTogether: [Run]? {
        guard bytes.count > 7, bytes.count % 7 == 0,
            stride(from: 0, to: bytes.count, by: 7).allSatisfy({ bytes[$0] == bytes[0] })
        else { return nil }
        let end = 2 + 2 * Int(bytes[1])
        // What is left after a count's codes fills up or is the next unit's answer.
        if end <= bytes.count, bytes[end...].allSatisfy({ $0 == bytes[bytes.count - 1] }) {
            return nil
        }
        return stride(from: 0, to: bytes.count, by: 7)
            .map { Run(count: nil, codes: $0 + 1..<$0 + 7, fill: 0..<0) }
    }
}
