import VehicleFaults

extension NativeDecoder {
    /// Appends the report of a message whose values are also as wide as those of an earlier one.
    ///
    /// - Returns: `false` for any other message, of which then nothing is left in the buffer.
    @inline(__always) mutating func decodeByLayout(
        _ bytes: Span<UInt8>, _ payload: Span<UInt8>, digest: UInt64?, vehicle: VehicleID?,
        ecu: ShortText, list: FaultList, into buffer: inout ReportBuffer
    ) -> Bool {
        guard let index = layouts.find(bytes, payload.count) else { return false }
        return append(
            index, bytes, behind: bytes, payload, digest: digest, vehicle: vehicle, ecu: ecu,
            list: list, buffer.sightings.count, into: &buffer)
    }

    /// Appends the report of a message that has faults, and is else like an earlier one that had none.
    ///
    /// - Returns: `false` for any other message, of which then nothing is left in the buffer.
    @inline(never) mutating func decodeAroundFaults(
        _ bytes: Span<UInt8>, _ payload: Span<UInt8>, digest: UInt64?, vehicle: VehicleID?,
        ecu: ShortText, list: FaultList, into buffer: inout ReportBuffer
    ) -> Bool {
        guard let start = layouts.findFaults(bytes, payload.count) else { return false }
        let (sightings, freezeReadings) = (buffer.sightings.count, buffer.freezeReadings.count)
        let frame = JSONText.Frame(end: payload.count, depth: limits.depth)
        var draft = Draft(ecu: ecu)
        if let end = try? faults(bytes, frame, start, &draft, into: &buffer),
            let index = layouts.find(bytes, payload.count, around: start..<end)
        {
            let behind = bytes.extracting(end &- start &- 2..<bytes.count)
            if append(
                index, bytes, behind: behind, payload, digest: digest, vehicle: vehicle,
                ecu: ecu, list: list, sightings, into: &buffer)
            {
                let named = layouts.list[index].ecu ?? ecu
                if named != .empty { Self.name(named, from: sightings, in: &buffer) }
                buffer.unknownFields &+= draft.tally.unknownFields
                buffer.refusedValues &+= draft.tally.refusedValues
                return true
            }
        }
        buffer.sightings.removeLast(buffer.sightings.count &- sightings)
        buffer.freezeReadings.removeLast(buffer.freezeReadings.count &- freezeReadings)
        return false
    }

    /// Appends the report of a message that has a layout.
    ///
    /// - Parameter behind: bytes in which what stands after the faults is at its place.
    /// - Returns: `false`, with nothing appended, where only reading in full can judge it.
    @inline(__always) private mutating func append(
        _ index: Int, _ bytes: Span<UInt8>, behind: Span<UInt8>, _ payload: Span<UInt8>,
        digest: UInt64?, vehicle: VehicleID?, ecu: ShortText, list: FaultList,
        _ firstSighting: Int, into buffer: inout ReportBuffer
    ) -> Bool {
        let (faults, place) = (layouts.list[index].faults, layouts.list[index].time)
        var time: EventTime?
        if place >= 0 {
            time = timestamp.readKnown(place < faults ? bytes : behind, Int(place))
            if time == nil { return false }
        }
        // Whose it is, or is not, is said by whoever reads in full.
        guard let named = layouts.list[index].vehicle(bytes, behind: behind) ?? vehicle,
            vehicle == nil || vehicle == named
        else { return false }
        let firstReading = buffer.readings.count
        buffer.readings.append(addingCapacity: layouts.list[index].readings) { readings in
            layouts.read(index, bytes, behind: behind, into: &readings)
        }
        var report = Report(vehicle: named)
        report.claimed = time
        let (sequence, odometer, engineHours) = (
            layouts.list[index].sequence, layouts.list[index].odometer,
            layouts.list[index].engineHours
        )
        if sequence.place >= 0 {
            report.sequence = sequence.digits(sequence.place < faults ? bytes : behind)
        }
        if odometer.place >= 0 {
            report.odometerKilometres = odometer.value(odometer.place < faults ? bytes : behind)
        }
        if engineHours.place >= 0 {
            report.engineHours = engineHours.value(engineHours.place < faults ? bytes : behind)
        }
        append(
            &report, hasList: faults >= 0, layouts.list[index].complete,
            layouts.list[index].ecu ?? ecu, digest: digest ?? Digest.of(payload), list: list,
            firstSighting, firstReading, into: &buffer)
        buffer.unknownFields &+= layouts.list[index].unknownFields
        return true
    }
}
