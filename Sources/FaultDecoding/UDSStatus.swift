import VehicleFaults

/// The status byte of a UDS code (ISO 14229-1, annex D.2).
struct UDSStatus: Equatable {
    /// The byte as sent.
    let raw: UInt8
    /// The bits that the unit supports; the others say nothing.
    let mask: UInt8

    init(_ raw: UInt8, mask: UInt8 = 0xFF) {
        self.raw = raw
        self.mask = mask
    }

    /// The bits that say something.
    var bits: UInt8 { raw & mask }

    /// What the bits mean for the code; empty for a code that was tested and is fine, or has never
    /// been tested.
    var fault: FaultStatus {
        var status: FaultStatus = []
        if bits & 0x01 != 0 { status.insert(.active) }
        if bits & 0x08 != 0 { status.insert(.confirmed) }
        if bits & 0x0C == 0x04 { status.insert(.pending) }
        // It failed at some time since the memory was cleared, in this cycle, or still asks for the
        // lamp.
        if status.isEmpty, bits & 0xA2 != 0 { status = .history }
        return status
    }

    /// Whether the code is only supported: untested since the memory was cleared and in this cycle.
    var isUntested: Bool { fault.isEmpty && bits & 0x50 != 0 }

    private static let bitNames = [
        "testFailed", "testFailedThisCycle", "pending", "confirmed", "notCompletedSinceClear",
        "failedSinceClear", "notCompletedThisCycle", "warningIndicatorRequested",
    ]

    /// The names of the bits that are set.
    var names: Saying { Self.names(of: bits) }

    /// The names of a mask's bits, or of those that it lacks where they are fewer.
    var maskNames: Saying {
        if bits == 0xFF { return "all" }
        return bits.nonzeroBitCount > 4 ? "all but \(Self.names(of: ~bits))" : names
    }

    private static func names(of bits: UInt8) -> Saying {
        Saying(
            list: bitNames.indices.filter { bits & UInt8(1 << $0) != 0 }.map { "\(bitNames[$0])" })
    }
}
