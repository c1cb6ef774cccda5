import VehicleFaults

/// What vehicles hand over while they drive.
struct FleetSink {
    var messages: [SampleMessage] = []
    var truth: [FleetTruth] = []
}
