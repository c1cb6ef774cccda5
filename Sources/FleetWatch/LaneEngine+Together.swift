import FaultRules
import VehicleFaults

/// Signals that are read together: as long as every message that says one of them says all, each once,
/// the lane has one group for all of them. The first message that does not puts them into groups of
/// their own, where they stay until the lane is stored and loaded. Lanes are stored as if all were.
extension LaneEngine {
    /// Applies the readings of a message, in their order.
    @inline(__always)
    mutating func applyReadings(
        of report: Report, in buffer: borrowing ReportBuffer, at moment: Moment, lane: inout Lane
    ) {
        guard layout.members.isEmpty else {
            applyGathered(report.readings, in: buffer, at: moment, lane: &lane)
            return
        }
        var hint = 0
        for index in Int(report.readings.lowerBound)..<Int(report.readings.upperBound) {
            let reading = buffer.readings[index]
            let sign = Int(clearSigns[Int(reading.signal.index)])
            if sign >= 0 { scratch.clears.say(sign, reading.value) }
            applyReading(reading, at: moment, hint: &hint, lane: &lane)
        }
    }

    /// The same where some signals are read together. On its own, with what is seldom outside of it, so
    /// that what is done for each reading stays in registers.
    @inline(never)
    private mutating func applyGathered(
        _ readings: Range<Int32>, in buffer: borrowing ReportBuffer, at moment: Moment,
        lane: inout Lane
    ) {
        var together = Together()
        if isUsual(readings, buffer) {
            together = seek(readings, buffer, at: moment, of: &lane)
            if together.place >= 0 {
                return applyUsual(
                    Int(readings.lowerBound), buffer, group: together.place, at: moment, lane: &lane
                )
            }
        }
        for index in Int(readings.lowerBound)..<Int(readings.upperBound) {
            let reading = buffer.readings[index]
            let number = Int(reading.signal.index)
            let sign = Int(clearSigns[number])
            if sign >= 0 { scratch.clears.say(sign, reading.value) }
            guard number < layout.signals.count else { continue }
            if !together.isSought, layout.signals[number].member >= 0 {
                together = seek(readings, buffer, at: moment, of: &lane)
            }
            // Not before, since where the words lie may just have been settled.
            let bit = layout.signals[number].bit
            guard together.place >= 0, bit & ~together.read != 0 else {
                together = applyAlone(reading, together, at: moment, of: &lane)
                continue
            }
            together.read |= bit
            lane.memory.set(together.place &+ layout.signals[number].value, reading.value)
            for index in layout.signals[number].shared {
                applyTrend(
                    layout.trends[index], reading.value, group: together.place,
                    length: layout.togetherLength, counts: false, at: moment, lane: &lane)
            }
        }
        guard together.read != 0 else { return }
        guard together.read == layout.everyMember else {
            part(together, at: moment, of: &lane)
            return
        }
        unsafe Self.note(moment, lane.memory.words(at: together.place, length: Common.first))
    }

    /// Notes in what the signals have in common that a message has said all of them.
    @unsafe @inline(__always)
    private static func note(_ moment: Moment, _ words: UnsafeMutablePointer<UInt64>) {
        unsafe words[Common.lastTime] = UInt64(bitPattern: moment.at)
        unsafe words[Common.lastPosition] = moment.position
        let count = unsafe Double(bitPattern: words[Common.count]) + 1
        unsafe words[Common.count] = count.bitPattern
    }

    /// Whether a message says the signals that are read together and nothing else, in their order.
    @inline(__always)
    private func isUsual(_ readings: Range<Int32>, _ buffer: borrowing ReportBuffer) -> Bool {
        guard readings.count == layout.members.count, layout.together.count <= Self.mostTogether,
            layout.isOrdered, !signsAreTogether
        else { return false }
        let said = buffer.readings.span.extracting(
            Int(readings.lowerBound)..<Int(readings.upperBound))
        let members = layout.members.span
        for index in members.indices
        where Int(said[index].signal.index) != members[index].signal { return false }
        return true
    }

    /// Trends whose deviations have room in ``applyUsual(_:_:group:at:lane:)``, while charts wait for them.
    private static let mostTogether = 16

    /// Applies the readings of a message that says the signals and nothing else, to a lane that has a
    /// group for them: all baselines first, then all charts, so that no root or division is waited for.
    @inline(never)
    private mutating func applyUsual(
        _ first: Int, _ buffer: borrowing ReportBuffer, group: Int, at moment: Moment,
        lane: inout Lane
    ) {
        var words = unsafe lane.memory.words(at: group, length: layout.togetherLength)
        let count = unsafe Double(bitPattern: words[Common.count])
        var deviations = InlineArray<16, Double>(repeating: 0)
        do {
            let (said, members) = (buffer.readings.span, layout.members.span)
            for index in members.indices {
                unsafe words[members[index].value] = said[first &+ index].value.bitPattern
            }
            let trends = layout.trends.span.extracting(layout.together)
            for index in trends.indices {
                let value = unsafe Double(bitPattern: words[trends[index].value])
                deviations[index] =
                    unsafe Self.advance(trends[index], value, counts: false, words) ?? 0
            }
        }
        unsafe Self.note(moment, words)
        let start = layout.together.lowerBound
        for number in layout.together where count >= Double(layout.trends[number].warmUp) {
            let deviation = deviations[number &- start]
            for index in layout.trends[number].charts {
                let chart = layout.charts[index]
                guard
                    let statistic = unsafe Self.advance(chart, deviation, words + chart.offset)
                else { continue }
                let value = unsafe Double(bitPattern: words[layout.trends[number].value])
                signalled(index, statistic, value, at: moment, lane: &lane)
                // A finding may have moved the lane.
                unsafe words = lane.memory.words(at: group, length: layout.togetherLength)
            }
        }
    }

    /// Applies the reading of a signal that stands alone, of a lane whose signals do, or one that comes
    /// too late or again.
    @inline(never)
    private mutating func applyAlone(
        _ reading: Reading, _ known: Together, at moment: Moment, of lane: inout Lane
    ) -> Together {
        var together = known
        if layout.signals[Int(reading.signal.index)].member >= 0 {
            guard !together.isOld else { return together }
            if together.place >= 0 {
                // Twice in one message.
                part(together, at: moment, of: &lane)
                together = Together(isSought: true)
            }
        }
        applyReading(reading, at: moment, hint: &together.hint, lane: &lane)
        return together
    }

    /// What a message has to do with the signals that are read together.
    struct Together {
        /// Whether their group was looked for.
        var isSought = false
        /// The place of its content; less than 0 where the lane has none that this message can change.
        var place = -1
        /// Whether the group knows of a later message.
        var isOld = false
        /// The members that the message has said, a bit each.
        var read: UInt64 = 0
        /// Where the search for a signal with a group of its own begins.
        var hint = 0
    }

    /// Looks for the group, or for the first member that has one of its own.
    @inline(__always)
    private mutating func seek(
        _ readings: Range<Int32>, _ buffer: borrowing ReportBuffer, at moment: Moment,
        of lane: inout Lane
    ) -> Together {
        var place = 0
        while place < lane.memory.count {
            let header = lane.memory[place]
            if header &>> 60 == UInt64(LaneMemory.Kind.together.rawValue) {
                let isOld = moment.at < lane.memory.integer(place &+ 1 &+ Common.lastTime)
                return Together(isSought: true, place: isOld ? -1 : place &+ 1, isOld: isOld)
            }
            if isMember(header) { return Together(isSought: true, hint: place) }
            place = place &+ 1 &+ LaneMemory.length(header)
        }
        return Together(
            isSought: true, place: begin(readings, buffer, at: moment, of: &lane))
    }

    @inline(__always) private func isMember(_ header: UInt64) -> Bool {
        header &>> 60 == UInt64(LaneMemory.Kind.signal.rawValue)
            && layout.signals[Int(truncatingIfNeeded: header &>> 32 & 0x0FFF_FFFF)].member >= 0
    }

    /// Gives a lane that knows none of the signals their group, when the message says all of them.
    ///
    /// - Returns: the place of its content; less than 0 when the message does not.
    @inline(never)
    private mutating func begin(
        _ readings: Range<Int32>, _ buffer: borrowing ReportBuffer, at moment: Moment,
        of lane: inout Lane
    ) -> Int {
        if !layout.isOrdered { learnOrder(readings, buffer) }
        var next = 0
        for index in Int(readings.lowerBound)..<Int(readings.upperBound) {
            let number = Int(buffer.readings[index].signal.index)
            guard number < layout.signals.count else { continue }
            let member = layout.signals[number].member
            if member > next || member >= 0 && !layout.isOrdered { return -1 }
            if member == next { next += 1 }
        }
        guard next == layout.members.count else { return -1 }
        let place = lane.memory.add(
            LaneMemory.key(.together, 0), length: layout.togetherLength)
        lane.memory.set(place + Common.lastTime, moment.at)
        return place
    }

    /// Takes the order of a message that says all members for that in which their words lie.
    private mutating func learnOrder(_ readings: Range<Int32>, _ buffer: borrowing ReportBuffer) {
        var order: [Int] = []
        for index in Int(readings.lowerBound)..<Int(readings.upperBound) {
            let number = Int(buffer.readings[index].signal.index)
            guard number < layout.signals.count, layout.signals[number].member >= 0,
                !order.contains(number)
            else { continue }
            order.append(number)
        }
        if order.count == layout.members.count { layout.order(order) }
    }

    // MARK: - Together and apart

    private typealias Common = LaneLayout.TogetherPlace

    /// Gives the signals groups of their own, where the lane has one for all of them.
    mutating func part(_ lane: inout Lane) {
        guard let place = lane.memory.find(LaneMemory.key(.together, 0)) else { return }
        part(
            Together(isSought: true, place: place), at: Moment(at: 0, received: 0, position: 0),
            of: &lane)
    }

    @inline(never)
    private mutating func part(_ together: Together, at moment: Moment, of lane: inout Lane) {
        let start = together.place
        var groups: [(key: UInt32, words: [UInt64])] = []
        for (number, member) in layout.members.enumerated() {
            let isRead = together.read & 1 << UInt64(number) != 0
            let count = lane.memory.double(start + Common.count) + (isRead ? 1 : 0)
            // Of this one nothing was read yet, if the group was made for this very message.
            guard count > 0 else { continue }
            let signal = layout.signals[member.signal]
            var words = [UInt64](repeating: 0, count: signal.length)
            words[LaneLayout.Place.lastTime] =
                isRead ? UInt64(bitPattern: moment.at) : lane.memory[start + Common.lastTime]
            words[LaneLayout.Place.lastPosition] =
                isRead ? moment.position : lane.memory[start + Common.lastPosition]
            forEachWord(of: member) { alone, common in words[alone] = lane.memory[start + common] }
            for index in signal.trends { words[layout.trends[index].count] = count.bitPattern }
            groups.append((LaneMemory.key(.signal, member.signal), words))
        }
        lane.memory.replace((start - 1)..<(start + lane.memory.length(at: start)), with: groups)
        scratch.groups.forget()
    }

    /// Puts the signals into one group where they were last read by one message and equally often.
    mutating func gather(_ lane: inout Lane) {
        guard !layout.members.isEmpty else { return }
        var found: [(signal: Int, content: Int)] = []
        var place = 0
        while place < lane.memory.count {
            let header = lane.memory[place]
            if isMember(header) {
                found.append((Int(header >> 32 & 0x0FFF_FFFF), place + 1))
            } else if !found.isEmpty {
                break
            }
            place += 1 + LaneMemory.length(header)
        }
        guard found.count == layout.members.count, isEqual(found, in: lane.memory) else { return }
        if !layout.isOrdered { layout.order(found.map(\.signal)) }
        guard zip(found, layout.members).allSatisfy({ $0.signal == $1.signal }) else { return }
        let first = found[0]
        var words = [UInt64](repeating: 0, count: layout.togetherLength)
        words[Common.lastTime] = lane.memory[first.content + LaneLayout.Place.lastTime]
        words[Common.lastPosition] = lane.memory[first.content + LaneLayout.Place.lastPosition]
        words[Common.count] = count(of: first, in: lane.memory)
        for (member, group) in zip(layout.members, found) {
            forEachWord(of: member) { alone, common in
                words[common] = lane.memory[group.content + alone]
            }
        }
        lane.memory.replace(
            (first.content - 1)..<place, with: [(LaneMemory.key(.together, 0), words)])
        lane.memory.fit()
    }

    /// Whether signals were last read by one message and equally often.
    private func isEqual(
        _ groups: [(signal: Int, content: Int)], in memory: borrowing LaneMemory
    ) -> Bool {
        guard let first = groups.first else { return false }
        let count = count(of: first, in: memory)
        for group in groups {
            for place in [LaneLayout.Place.lastTime, LaneLayout.Place.lastPosition]
            where memory[group.content + place] != memory[first.content + place] { return false }
            for index in layout.signals[group.signal].trends
            where memory[group.content + layout.trends[index].count] != count { return false }
        }
        return Double(bitPattern: count) > 0
    }

    /// How often a signal was read, as its first trend has it.
    private func count(
        of group: (signal: Int, content: Int), in memory: borrowing LaneMemory
    ) -> UInt64 {
        let trend = layout.trends[layout.signals[group.signal].trends.lowerBound]
        return memory[group.content + trend.count]
    }

    /// Calls `body` for each word that a signal has in both forms, with its offset where the signal has
    /// a group of its own, and where it has not.
    private func forEachWord(of member: LaneLayout.Member, _ body: (Int, Int) -> Void) {
        body(LaneLayout.Place.lastValue, member.value)
        for (alone, common) in zip(layout.signals[member.signal].trends, member.trends) {
            let (own, other) = (layout.trends[alone], layout.trends[common])
            for word in 0..<2 { body(own.offset + word, other.offset + word) }
            for (alone, common) in zip(own.charts, other.charts) {
                for word in 0..<layout.charts[alone].length {
                    body(layout.charts[alone].offset + word, layout.charts[common].offset + word)
                }
            }
        }
    }
}
