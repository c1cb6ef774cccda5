import VehicleFaults

/// The message at the end of a trip, and what the network makes of it.
extension SimulatedVehicle {
    private static let clockResetRate = 0.002

    /// Who it is in messages and truth.
    var identity: VehicleID {
        guard let vehicle = VehicleID(name) else {
            preconditionFailure("a fleet number is a vehicle's name")
        }
        return vehicle
    }

    /// Sends the message of a trip.
    mutating func send(_ trip: TripRecord, _ sink: inout FleetSink) {
        let vin = name
        var text = PayloadText()
        text.open()
        text.string("vin", vin)
        // A device that lost its supply counts from the epoch until it finds the time again.
        let isReset = random.chance(Self.clockResetRate)
        let claimed =
            isReset
            ? EventTime(milliseconds: Int64(random.number(in: 60_000...5_400_000))) : trip.time
        text.string("ts", claimed.text())
        text.whole("seq", sequence)
        sequence += 1
        text.number("odo_km", odometer, decimals: 1)
        text.raw("complete", "false")
        text.openList("dtcs")
        for (code, status) in trip.codes {
            text.open()
            text.string("code", code)
            text.string("status", status)
            text.close()
        }
        text.closeList()
        text.open("signals")
        text.number("ambient_c", trip.ambient, decimals: 1)
        text.number("load_pct", trip.load * 100, decimals: 0)
        for number in 0..<FleetSignal.count {
            let signal = FleetSignal.all[number]
            text.number(signal.name, trip.values[number], decimals: signal.decimals)
        }
        text.close()
        text.close()
        deliver(text.bytes, topic: "v1/\(vin)/ev", trip: trip, &sink)
    }

    /// One message in twenty is over an hour late, one in two hundred over a day, one in a hundred
    /// comes twice.
    private mutating func deliver(
        _ payload: [UInt8], topic: String, trip: TripRecord, _ sink: inout FleetSink
    ) {
        let hour = 3_600_000.0
        let fate = random.unit()
        let delay =
            if fate < 0.005 { 24 * hour + 36 * hour * random.exponential() } else if fate < 0.05 {
                hour + 4 * hour * random.exponential()
            } else { 100 + 1900 * random.unit() }
        let message = SampleMessage(
            received: trip.time.advanced(by: Int64(delay)), topic: topic, payload: payload,
            delivery: fate < 0.05 ? .late : .regular)
        sink.messages.append(message)
        if random.chance(0.01) {
            var copy = message
            copy.received = message.received.advanced(
                by: 1000 + Int64(0.2 * hour * random.exponential()))
            copy.delivery = .duplicate
            sink.messages.append(copy)
        }
        for (place, code) in trip.shown
        where !episodes[place].codes.contains(where: { $0.code == code }) {
            episodes[place].codes.append(
                SeenCode(code: code, at: trip.time, received: message.received))
        }
    }
}
