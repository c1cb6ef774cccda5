import VehicleFaults

/// Reads Vector's ASC logs line by line.
///
/// The header says how numbers and times are written. Its date has no zone and is taken for UTC;
/// the one of `Begin Triggerblock` counts more than the first line's, which some programs fill with
/// the time of a conversion. Lines other than frames are skipped: what is reassembled in `J1939TP`
/// lines stands in the frames before them as well.
struct VectorLog {
    private var radix = 16
    /// Whether a time counts from the line before.
    private var isRelative = false
    /// Microseconds since the epoch.
    private var start: Int64 = 0
    private var hasTriggered = false
    private var last: Int64 = 0

    /// The frame of a line, or `nil` for another line.
    mutating func frame(_ line: Span<UInt8>) throws(LineFailure) -> RecordedFrame? {
        var words = LineWords(line)
        guard let first = words.next(in: line) else { return nil }
        guard line[first.lowerBound] &- 0x30 < 10 else {
            readHeader(line, first, words)
            return nil
        }
        guard let time = LineWords.microseconds(line.extracting(first)) else {
            throw LineFailure(reason: .unreadableTime, offset: first.lowerBound)
        }
        // Lines of all kinds move the clock on when times are relative.
        last = isRelative ? last + time : time
        guard let channel = words.next(in: line) else { return nil }
        if LineWords.isWord(channel, of: line, "CANFD") { return try flexible(line, words) }
        guard LineWords.decimal(line.extracting(channel)) != nil else { return nil }
        return try classic(line, channel, words)
    }

    private func classic(
        _ line: Span<UInt8>, _ channel: Range<Int>, _ before: LineWords
    ) throws(LineFailure) -> RecordedFrame? {
        var words = before
        guard let id = words.next(in: line), let direction = words.next(in: line),
            let isSent = isSent(line, direction), let kind = words.next(in: line)
        else { return nil }  // `1 Statistic: …`, `1 ErrorFrame`, `1 Status:…`
        guard var frame = frame(line, channel, id) else {
            // `FEE3p 6 0 0 - Rx d 23 …` of a reassembled message never gets here: its direction
            // is not where a frame's is.
            throw LineFailure(reason: .notAFrame, offset: id.lowerBound)
        }
        frame.isSent = isSent
        var length: Int?
        if let word = words.next(in: line) {
            length = LineWords.hexadecimal(line.extracting(word)).map { Int($0) }
        }
        if LineWords.isWord(kind, of: line, "r") {
            frame.isRemote = true
            frame.remoteLength = UInt8(min(length ?? 0, 15))
            return frame
        }
        guard LineWords.isWord(kind, of: line, "d"), let length, length <= 15 else {
            throw LineFailure(reason: .notAFrame, offset: kind.lowerBound)
        }
        // A length code above eight means eight bytes (ISO 11898-1).
        frame.data = try words.bytes(min(length, 8), in: line, radix: radix)
        return frame
    }

    /// `CANFD 1 Rx 18FECA00x Name 0 0 d 12 …`, of which the name may be missing.
    private func flexible(
        _ line: Span<UInt8>, _ before: LineWords
    ) throws(LineFailure) -> RecordedFrame? {
        var words = before
        guard let channel = words.next(in: line), let direction = words.next(in: line),
            let isSent = isSent(line, direction), let id = words.next(in: line),
            var next = words.next(in: line)
        else { throw LineFailure(reason: .notAFrame, offset: line.count) }
        guard var frame = frame(line, channel, id) else {
            throw LineFailure(reason: .notAFrame, offset: id.lowerBound)
        }
        if Self.bit(line, next) == nil {
            guard let after = words.next(in: line) else {
                throw LineFailure(reason: .notAFrame, offset: line.count)
            }
            next = after
        }
        guard let rate = Self.bit(line, next), let state = words.next(in: line),
            let errorState = Self.bit(line, state), words.next(in: line) != nil,
            let count = words.next(in: line),
            let length = LineWords.decimal(line.extracting(count)), length <= 64
        else { throw LineFailure(reason: .notAFrame, offset: words.start) }
        frame.isSent = isSent
        frame.flexibleFlags = rate | errorState << 1
        frame.data = try words.bytes(Int(length), in: line, radix: radix)
        return frame
    }

    private static func bit(_ line: Span<UInt8>, _ word: Range<Int>) -> UInt8? {
        guard word.count == 1, line[word.lowerBound] & 0xFE == 0x30 else { return nil }
        return line[word.lowerBound] & 1
    }

    private func isSent(_ line: Span<UInt8>, _ word: Range<Int>) -> Bool? {
        if LineWords.isWord(word, of: line, "rx") { return false }
        return LineWords.isWord(word, of: line, "tx") ? true : nil
    }

    private func frame(
        _ line: Span<UInt8>, _ channel: Range<Int>, _ id: Range<Int>
    ) -> RecordedFrame? {
        let isExtended = line[id.upperBound - 1] | 0x20 == 0x78
        let digits = line.extracting(id.lowerBound..<id.upperBound - (isExtended ? 1 : 0))
        let number = radix == 16 ? LineWords.hexadecimal(digits) : LineWords.decimal(digits)
        guard let number, number <= (isExtended ? 0x1FFF_FFFF : 0x7FF) else { return nil }
        var bus = Array("can".utf8)
        for index in channel.prefix(3) { bus.append(line[index]) }
        return RecordedFrame(
            microseconds: start + last, bus: bus, identifier: number, isExtended: isExtended)
    }

    // MARK: header

    private mutating func readHeader(_ line: Span<UInt8>, _ first: Range<Int>, _ rest: LineWords) {
        var words = rest
        if LineWords.isWord(first, of: line, "base") {
            while let word = words.next(in: line) {
                if LineWords.isWord(word, of: line, "dec") { radix = 10 }
                if LineWords.isWord(word, of: line, "relative") { isRelative = true }
            }
        } else if LineWords.isWord(first, of: line, "date") {
            if !hasTriggered, let date = VectorDate.microseconds(line, words) { start = date }
        } else if LineWords.isWord(first, of: line, "begin"), let word = words.next(in: line),
            LineWords.isWord(word, of: line, "triggerblock"),
            let date = VectorDate.microseconds(line, words)
        {
            start = date
            last = 0
            hasTriggered = true
        }
    }
}

/// The dates in ASC logs: `Thu Nov 29 04:38:53.125 pm 2018`, in English or German.
enum VectorDate {
    private static let months: [[StaticString]] = [
        ["jan", "jän"], ["feb"], ["mar", "mär", "mrz"], ["apr"], ["may", "mai"], ["jun"], ["jul"],
        ["aug"], ["sep"], ["oct", "okt"], ["nov"], ["dec", "dez"],
    ]
    static let names: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    static let days: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// Reads the words after `date` or `Begin Triggerblock`; `nil` when they are no date.
    static func microseconds(_ line: Span<UInt8>, _ rest: LineWords) -> Int64? {
        var words = rest
        var month: Int?
        var numbers: [Int] = []
        var time: Int64?
        var isAfternoon: Bool?
        while let word = words.next(in: line) {
            if let found = Self.month(line, word), month == nil {
                month = found
            } else if let clock = Self.clock(line, word) {
                time = clock
            } else if LineWords.isWord(word, of: line, "pm") {
                isAfternoon = true
            } else if LineWords.isWord(word, of: line, "am") {
                isAfternoon = false
            } else {
                // `21.` is how German dates write the day.
                let isDotted = line[word.upperBound - 1] == UInt8(ascii: ".")
                let end = word.upperBound - (isDotted ? 1 : 0)
                if let number = LineWords.decimal(line.extracting(word.lowerBound..<end)) {
                    numbers.append(Int(number))
                }
            }
        }
        guard let month, var time, numbers.count == 2, (1...31).contains(numbers[0]),
            (1970...2099).contains(numbers[1])
        else { return nil }
        let half: Int64 = 43_200_000_000
        if isAfternoon == true, time < half { time += half }
        if isAfternoon == false, time >= half { time -= half }
        let days = EventTime.days(year: numbers[1], month: month, day: numbers[0])
        return Int64(days) * 86_400_000_000 + time
    }

    private static func month(_ line: Span<UInt8>, _ word: Range<Int>) -> Int? {
        // Long names and a dot behind a short one begin with the same letters.
        for (index, spellings) in months.enumerated() {
            for spelling in spellings
            where word.count >= spelling.utf8CodeUnitCount
                && LineWords.isWord(
                    word.prefix(spelling.utf8CodeUnitCount), of: line, spelling)
            {
                return index + 1
            }
        }
        return nil
    }

    /// Microseconds since midnight of `16:38:53.125`.
    private static func clock(_ line: Span<UInt8>, _ word: Range<Int>) -> Int64? {
        var colons: [Int] = []
        for index in word where line[index] == UInt8(ascii: ":") { colons.append(index) }
        guard colons.count == 2,
            let hour = LineWords.decimal(line.extracting(word.lowerBound..<colons[0])), hour < 24,
            let minute = LineWords.decimal(line.extracting(colons[0] + 1..<colons[1])), minute < 60,
            let second = LineWords.microseconds(line.extracting(colons[1] + 1..<word.upperBound)),
            second < 61_000_000
        else { return nil }
        return Int64(hour * 3600 + minute * 60) * 1_000_000 + second
    }
}
