extension VehicleID {
    /// What a VIN says of the kind of vehicle: its first eight characters, the maker and the
    /// description of the vehicle (ISO 3779). `nil` for what is no VIN.
    public var described: UInt64? {
        // Seventeen characters: two full words, one character, nothing behind it.
        words.1 & 0xFF != 0 && words.2 != 0 && words.2 & 0x00FF_FFFF_FFFF_FFFF == 0
            ? words.0 : nil
    }
}
