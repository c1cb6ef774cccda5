import VehicleFaults

/// What a site would know of its vehicles: nothing of what will happen to them, but the lots of their
/// parts.
extension VehicleTruth {
    /// Adds the columns' names.
    public static func appendRosterHeading(to bytes: inout [UInt8]) {
        bytes += "vehicle,model,year,build_month,region".utf8
        for mode in FailureMode.all {
            bytes += ",lot_".utf8
            bytes += mode.name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }
        }
        bytes.append(0x0A)
    }

    /// Adds the vehicle's row.
    public func appendRosterLine(to bytes: inout [UInt8]) {
        vehicle.appendText(to: &bytes)
        let month = month < 10 ? "0\(month)" : "\(month)"
        bytes += ",\(FleetTruth.models[model]),\(year),\(year)-\(month),\(region)".utf8
        for lot in lots {
            bytes.append(UInt8(ascii: ","))
            bytes += lot.utf8
        }
        bytes.append(0x0A)
    }
}
