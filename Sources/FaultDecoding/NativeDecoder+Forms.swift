import VehicleFaults

extension NativeDecoder {
    /// Appends the report of a message that differs from an earlier one in its values alone.
    ///
    /// - Parameters:
    ///   - bytes: a text with padding behind it; other messages may stand between.
    ///   - payload: the text without what stands behind it.
    ///   - digest: of the payload, where it is known.
    ///   - vehicle: the vehicle that the topic names.
    ///   - ecu: the control unit that the topic names, or empty.
    ///   - list: what a list means when the message does not say.
    /// - Returns: `false` for any other message, of which then nothing is left in the buffer.
    @inline(__always) mutating func decodeByForm(
        _ bytes: Span<UInt8>, _ payload: Span<UInt8>, digest: UInt64?, vehicle: VehicleID?,
        ecu: ShortText, list: FaultList, into buffer: inout ReportBuffer
    ) -> Bool {
        guard forms.areTried else { return false }
        if layouts.areTried {
            if decodeByLayout(
                bytes, payload, digest: digest, vehicle: vehicle, ecu: ecu, list: list,
                into: &buffer)
                || decodeAroundFaults(
                    bytes, payload, digest: digest, vehicle: vehicle, ecu: ecu, list: list,
                    into: &buffer)
            {
                return true
            }
        }
        return decodeBySteps(
            bytes, payload, digest: digest, vehicle: vehicle, ecu: ecu, list: list, into: &buffer)
    }

    /// Appends the report of a message that has one of the forms, value by value.
    @inline(never) private mutating func decodeBySteps(
        _ bytes: Span<UInt8>, _ payload: Span<UInt8>, digest: UInt64?, vehicle: VehicleID?,
        ecu: ShortText, list: FaultList, into buffer: inout ReportBuffer
    ) -> Bool {
        var draft = Draft(ecu: ecu)
        let (sightings, readings, freezeReadings) = (
            buffer.sightings.count, buffer.readings.count, buffer.freezeReadings.count
        )
        let frame = JSONText.Frame(end: payload.count, depth: limits.depth)
        var isRead = readBySteps(nil, bytes, frame, &draft, into: &buffer)
        if isRead { forms.matched() }
        var other = forms.others.count
        while !isRead, other > 0 {
            other -= 1
            buffer.sightings.removeLast(buffer.sightings.count &- sightings)
            buffer.readings.removeLast(buffer.readings.count &- readings)
            buffer.freezeReadings.removeLast(buffer.freezeReadings.count &- freezeReadings)
            draft = Draft(ecu: ecu)
            isRead = readBySteps(other, bytes, frame, &draft, into: &buffer)
            if isRead { forms.matched(other) }
        }
        if isRead {
            draft.tally.unknownFields &+= forms.latest.unknownFields
            draft.complete = forms.latest.complete
            if let named = forms.latest.ecu { draft.ecu = named }
        }
        if isRead, draft.isASCII || (try? UTF8Span(validating: payload)) != nil,
            let known = draft.vehicle ?? vehicle, vehicle == nil || vehicle == known
        {
            if draft.isASCII, !draft.hasParts { layouts.learn(bytes, payload.count, forms.latest) }
            append(
                draft, known, digest: digest ?? Digest.of(payload), list: list, sightings, readings,
                into: &buffer)
            return true
        }
        buffer.sightings.removeLast(buffer.sightings.count &- sightings)
        buffer.readings.removeLast(buffer.readings.count &- readings)
        buffer.freezeReadings.removeLast(buffer.freezeReadings.count &- freezeReadings)
        return false
    }

    /// Reads a message by the form that matched last, or by another one.
    @inline(__always) private mutating func readBySteps(
        _ other: Int?, _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ draft: inout Draft,
        into buffer: inout ReportBuffer
    ) -> Bool {
        let (steps, most) =
            if let other {
                (forms.others[other].steps, forms.others[other].readings)
            } else {
                (forms.latest.steps, forms.latest.readings)
            }
        var place = 0
        var index = 0
        while true {
            var stop = FormStop.mismatch
            buffer.readings.append(addingCapacity: most) { readings in
                stop = Self.readUsual(
                    steps.span, bytes, &index, &place, &timestamp, &draft, &readings)
            }
            switch stop {
            case .mismatch: return false
            case .end:
                draft.end = place
                if place != frame.end { place = JSONText.afterBlanks(bytes, place) }
                return place == frame.end
            case .rare:
                guard
                    let end = try? readRare(
                        steps[index], bytes, frame, place, &draft, into: &buffer)
                else { return false }
                place = end
                index &+= 1
            }
        }
    }

    /// Why ``readUsual(_:_:_:_:_:_:_:)`` has stopped.
    private enum FormStop { case mismatch, rare, end }

    /// Reads values as long as they are written as most are.
    @inline(__always) private static func readUsual(
        _ steps: Span<MessageForm.Step>, _ bytes: Span<UInt8>, _ index: inout Int,
        _ place: inout Int, _ timestamp: inout Timestamp, _ draft: inout Draft,
        _ readings: inout OutputSpan<Reading>
    ) -> FormStop {
        while index < steps.count {
            guard unsafe steps[unchecked: index].matches(bytes, place) else { return .mismatch }
            place &+= unsafe steps[unchecked: index].length
            switch unsafe steps[unchecked: index].value {
            case .reading, .odometer, .engineHours:
                guard let number = JSONText.usualNumber(bytes, place) else { return .rare }
                place = number.end
                if unsafe steps[unchecked: index].value == .reading {
                    readings.append(
                        Reading(signal: unsafe steps[unchecked: index].signal, value: number.value))
                } else if unsafe steps[unchecked: index].value == .odometer {
                    draft.odometerKilometres = number.value
                } else {
                    draft.engineHours = number.value
                }
            case .vehicle:
                guard bytes.byte(place) == 0x22, draft.vehicle == nil,
                    let read = VehicleID(vinAt: place &+ 1, bytes)
                else { return .rare }
                draft.vehicle = read
                draft.vehicleOffset = place &+ 1
                place &+= 19
            case .time:
                guard bytes.byte(place) == 0x22, let time = timestamp.readUsual(bytes, place)
                else { return .rare }
                draft.claimed = time
                place &+= 26
            case .faults:
                guard bytes.byte(place) == 0x5B, bytes.byte(place &+ 1) == 0x5D
                else { return .rare }
                draft.hasList = true
                place &+= 2
            case .text, .other, .otherSignal:
                if bytes.byte(place) == 0x22 {
                    guard let end = JSONText.endOfPlainText(bytes, place &+ 1, &draft.seen)
                    else { return .rare }
                    place = end &+ 1
                } else {
                    guard unsafe steps[unchecked: index].value != .text,
                        let number = JSONText.usualNumber(bytes, place)
                    else { return .rare }
                    place = number.end
                }
            case .none: break
            case .end: return .end
            case .sequence: return .rare
            }
            index &+= 1
        }
        return .mismatch
    }

    /// Reads a value that is not written as most are, and returns the place after it.
    @inline(never) private mutating func readRare(
        _ step: MessageForm.Step, _ bytes: Span<UInt8>, _ frame: JSONText.Frame, _ start: Int,
        _ draft: inout Draft, into buffer: inout ReportBuffer
    ) throws(DecodingFailure) -> Int {
        var place = start
        switch step.value {
        case .reading:
            // Null and what is no number is judged by reading in full.
            let first = bytes.byte(place)
            guard first &- 0x30 < 10 || first == 0x2D else { throw frame.unexpected(at: place) }
            let number = try JSONText.number(bytes, frame, place)
            guard number.value.magnitude <= Self.absurd else { throw frame.unexpected(at: place) }
            place = number.end
            buffer.readings.append(
                Reading(signal: step.signal, value: number.value))
        case .text:
            guard bytes.byte(place) == 0x22 else { throw frame.unexpected(at: place) }
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
        case .faults:
            draft.hasList = true
            draft.hasParts = true
            place = try faults(bytes, frame, place, &draft, into: &buffer)
        case .sequence: draft.sequence = try JSONText.unsigned(bytes, frame, &place)
        case .other:
            draft.hasParts = bytes.byte(place) | 0x20 == 0x7B
            place = try JSONText.afterValue(bytes, frame, place, level: 1)
        case .otherSignal:
            draft.hasParts = bytes.byte(place) | 0x20 == 0x7B
            place = try JSONText.afterValue(bytes, frame, place, level: 2)
        case .none, .end: break
        }
        for index in start..<place { draft.seen |= UInt64(bytes.byte(index)) }
        return place
    }
}
