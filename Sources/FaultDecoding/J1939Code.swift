import VehicleFaults

/// The four bytes of a SAE J1939 trouble code (SAE J1939-73).
struct J1939Code: Equatable {
    /// Suspect parameter number, 19 bits.
    var spn: UInt32
    /// Failure mode identifier, 5 bits.
    var fmi: UInt8
    /// How often it was seen; -1 when not said.
    var occurrences: Int32
    /// Which of the four layouts was taken.
    var conversion: CodecOptions.SPNConversion
    /// Why that is not for certain, or was put right.
    var trap: Trap?

    /// Reads a code.
    ///
    /// With the conversion bit clear the number lies as in version 4, which all units made since
    /// 1996 should use. With it set it may lie as in version 1, 2 or 3, and only the maker knows;
    /// version 3 is taken. Some units set the bit and mean version 4, or use version 1 with the bit
    /// clear, so the configuration can name the version for a source address.
    init(
        _ b0: UInt8, _ b1: UInt8, _ b2: UInt8, _ b3: UInt8,
        configured: CodecOptions.SPNConversion?
    ) {
        let isMarked = b3 & 0x80 != 0
        conversion = configured ?? (isMarked ? .version3 : .version4)
        let high = UInt32(b2 >> 5)
        switch conversion {
        case .version1: spn = UInt32(b0) << 11 | UInt32(b1) << 3 | high
        case .version2: spn = UInt32(b1) << 11 | UInt32(b0) << 3 | high
        case .version3, .version4: spn = UInt32(b0) | UInt32(b1) << 8 | high << 16
        }
        fmi = b2 & 31
        occurrences = b3 & 0x7F == 0x7F ? -1 : Int32(b3 & 0x7F)
        if configured != nil {
            trap = .conversionConfigured
        } else if isMarked {
            trap = .conversionAmbiguous
        }
    }

    /// Whether this is a way to say that there is no fault, or fills up a message.
    var isNone: Bool { spn == 0 || spn == 524_287 && fmi == 31 }

    /// The code.
    var code: FaultCode { FaultCode(spn: spn, fmi: fmi) }
}
