import VehicleFaults

/// What is known to be true of one vehicle of the sample fleet, to judge tickets by.
public struct SampleTruth: Equatable, Sendable {
    /// Which vehicle.
    public var vehicle: VehicleID
    /// What it is.
    public var model: SampleModel
    /// What is wrong with it, or only looks wrong.
    public var condition: SampleCondition
    /// When it began, in true time, whatever the vehicle's clock says.
    public var onset: EventTime
}

extension SampleTruth {
    /// Adds the label to `bytes` as one JSON object and a newline.
    public func appendLine(to bytes: inout [UInt8]) {
        var text = PayloadText()
        text.open()
        text.whole("v", 1)
        text.string("vin", vehicle.description)
        text.string("model", model.rawValue)
        text.string("kind", condition.rawValue)
        text.raw("fault", condition.isFault ? "true" : "false")
        text.string("onset", onset.text())
        text.close()
        bytes += text.bytes
        bytes.append(0x0A)
    }
}
