import VehicleFaults

extension J1939Decoder {
    /// What a parameter group is called, or empty.
    static func name(of pgn: UInt32) -> Saying {
        switch pgn {
        case 59_392: "acknowledgement"
        case 59_904: "request"
        case 60_416: "TP.CM"
        case 60_160: "TP.DT"
        case 65_226: "DM1"
        case 65_227: "DM2"
        case 65_228: "DM3"
        case 65_229: "DM4"
        case 65_230: "DM5"
        case 65_231: "DM6"
        case 65_235: "DM11"
        case 65_236: "DM12"
        case 64_949: "DM23"
        case 64_950: "DM24"
        case 64_951: "DM25"
        case 64_898: "DM27"
        case 64_896: "DM28"
        case 61_444: "EEC1"
        case 65_262: "ET1"
        case 65_263: "EFL/P1"
        case 65_253: "HOURS"
        case 65_248: "VD"
        case 65_271: "VEP1"
        case 65_266: "LFE"
        case 65_270: "IC1"
        case 65_260: "VI"
        default: "not read"
        }
    }

    /// What a control unit at a source address is, or empty.
    static func name(ofUnit address: UInt8) -> Saying {
        switch address {
        case 0: "engine"
        case 1: "engine 2"
        case 3: "transmission"
        case 11: "brakes"
        case 17: "cruise control"
        case 23: "cluster"
        case 33: "body"
        case 39: "management computer"
        case 49: "cab"
        case 61: "exhaust"
        case 71: "chassis"
        case 85: "particulate filter"
        case 90: "powertrain"
        default: ""
        }
    }

    /// Notes what a connection management frame says.
    static func noteManagement(
        _ bytes: Span<UInt8>, _ places: BytePlaces, _ writer: inout ReportWriter
    ) {
        guard writer.trace != nil else { return }
        let words: Saying =
            switch bytes[0] {
            case 0x20: "BAM, to all"
            case 0x10: "RTS, to one"
            case 0x11: "CTS"
            case 0x13: "end of message"
            case 0xFF: "abort"
            default: "reserved"
            }
        writer.trace?.note("control", bytes, 0..<1, places, words)
        guard bytes[0] == 0x20 || bytes[0] == 0x10 else { return }
        writer.trace?.note(
            "size", bytes, 1..<3, places, "\(Int(bytes[1]) | Int(bytes[2]) << 8)",
            unit: "bytes")
        writer.trace?.note("packets", bytes, 3..<4, places, "\(bytes[3])")
        let pgn = UInt32(bytes[5]) | UInt32(bytes[6]) << 8 | UInt32(bytes[7]) << 16
        writer.trace?.note("pgn", bytes, 5..<8, places, "\(pgn) \(name(of: pgn))")
    }
}
