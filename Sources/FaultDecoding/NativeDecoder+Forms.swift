import VehicleFaults

extension NativeDecoder {
    /// Reads a message that differs from an earlier one in its values alone.
    ///
    /// - Returns: `false` for any other, of which then nothing is left in draft and buffer.
    @inline(__always) mutating func readByForm(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) -> Bool {
        guard forms.areTried, let form = forms.latest.take() else { return false }
        let isRead = read(bytes, frame, form, &draft, into: &buffer)
        forms.latest = consume form
        guard !isRead else {
            forms.matched()
            return true
        }
        return readByOtherForm(bytes, frame, &draft, into: &buffer)
    }

    @inline(never) private mutating func readByOtherForm(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) -> Bool {
        for index in forms.others.indices.reversed()
        where read(bytes, frame, forms.others[index], &draft, into: &buffer) {
            forms.matched(index)
            return true
        }
        return false
    }

    /// Reads a message by one form.
    @inline(never) private mutating func read(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ form: MessageForm, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) -> Bool {
        let (sightings, readings, freezeReadings) = (
            buffer.sightings.count, buffer.readings.count, buffer.freezeReadings.count
        )
        let ecu = draft.ecu
        // What is wrong with a value is told by reading in full.
        if (try? readValues(bytes, frame, form, &draft, into: &buffer)) == true {
            draft.tally.unknownFields &+= form.unknownFields
            draft.complete = form.complete
            if let named = form.ecu { draft.ecu = named }
            return true
        }
        draft = Draft(ecu: ecu)
        buffer.sightings.removeLast(buffer.sightings.count &- sightings)
        buffer.readings.removeLast(buffer.readings.count &- readings)
        buffer.freezeReadings.removeLast(buffer.freezeReadings.count &- freezeReadings)
        return false
    }

    @inline(__always) private mutating func readValues(
        _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ form: MessageForm, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) throws(DecodingFailure) -> Bool {
        let steps = form.steps.span
        var place = 0
        for index in steps.indices {
            guard unsafe steps[unchecked: index].matches(bytes, place) else { return false }
            place &+= unsafe steps[unchecked: index].length
            switch unsafe steps[unchecked: index].value {
            case .reading:
                // Null and what is no number is judged by reading in full.
                let first = bytes.byte(place)
                guard first &- 0x30 < 10 || first == 0x2D else { return false }
                let number = try JSONText.inlineNumber(bytes, frame, place)
                guard number.value.magnitude <= Self.absurd else { return false }
                place = number.end
                buffer.readings.append(
                    Reading(
                        signal: unsafe steps[unchecked: index].signal, value: number.value))
            case .text:
                guard bytes.byte(place) == 0x22 else { return false }
                _ = try JSONText.string(bytes, frame, &place)
            case .vehicle: place = try Self.vehicle(bytes, frame, place, &draft)
            case .time: place = try time(bytes, frame, place, &draft)
            case .odometer:
                let number = try JSONText.number(bytes, frame, place)
                draft.odometerKilometres = number.value
                place = number.end
            case .engineHours:
                let number = try JSONText.number(bytes, frame, place)
                draft.engineHours = number.value
                place = number.end
            case .faults: place = try list(bytes, frame, place, &draft, into: &buffer)
            case .sequence: draft.sequence = try JSONText.unsigned(bytes, frame, &place)
            case .other: place = try JSONText.afterValue(bytes, frame, place, level: 1)
            case .otherSignal: place = try JSONText.afterValue(bytes, frame, place, level: 2)
            case .none: break
            case .end:
                draft.end = place
                if place != frame.end { place = JSONText.afterBlanks(bytes, place) }
                return place == frame.end
            }
        }
        return false
    }
}
