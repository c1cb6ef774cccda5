import VehicleFaults

/// Reads the parts of a date and time from left to right.
struct TimeFields {
    private let characters: [UInt8]
    private var position = 0

    init(_ text: String) { characters = Array(text.utf8) }

    var isAtEnd: Bool { position == characters.count }

    /// What stands here and should not.
    var unexpected: TimeText.Failure {
        let rest = String(decoding: characters[position...], as: UTF8.self).visible
        return TimeText.Failure(
            reason: isAtEnd ? .notATime : .unexpected(rest), offset: position)
    }

    func end() throws(TimeText.Failure) {
        guard isAtEnd else { throw unexpected }
    }

    @discardableResult
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard !isAtEnd, characters[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// A number of as many digits as there are and are allowed, or `nil` with nothing read.
    mutating func number(digits: ClosedRange<Int>) -> Int? {
        let found = characters[position...].prefix(digits.upperBound)
            .prefix { (0x30...0x39).contains($0) }
        guard digits.contains(found.count) else { return nil }
        position += found.count
        return found.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    private mutating func field(
        _ field: TimeText.Failure.Field, in range: ClosedRange<Int>
    ) throws(TimeText.Failure) -> Int {
        let start = position
        guard let number = number(digits: 2...2) else {
            throw TimeText.Failure(reason: .notATime, offset: start)
        }
        guard range.contains(number) else {
            throw TimeText.Failure(reason: .noSuch(field), offset: start)
        }
        return number
    }

    /// `2026-11-21` as days since 1970; `nil` with nothing read when no year stands here.
    mutating func date() throws(TimeText.Failure) -> Int? {
        guard let year = number(digits: 4...4) else { return nil }
        guard skip("-") else { throw unexpected }
        let month = try field(.month, in: 1...12)
        guard skip("-") else { throw unexpected }
        let start = position
        let day = try field(.day, in: 1...31)
        let days = EventTime.days(year: year, month: month, day: day)
        guard EventTime.date(fromDays: days).month == month else {
            throw TimeText.Failure(reason: .noSuch(.day), offset: start)
        }
        return days
    }

    /// `22:05` or `22:05:06.120` in milliseconds.
    mutating func timeOfDay() throws(TimeText.Failure) -> Int {
        let hour = try field(.hour, in: 0...23)
        guard skip(":") else { throw unexpected }
        let minute = try field(.minute, in: 0...59)
        guard skip(":") else { return (hour * 60 + minute) * 60_000 }
        // RFC 3339 allows 60 for a leap second, which is counted as the next one.
        let second = try field(.second, in: 0...60)
        return ((hour * 60 + minute) * 60 + second) * 1000 + (try fraction())
    }

    /// `.120` in milliseconds, rounded down; 0 when there is none.
    mutating func fraction() throws(TimeText.Failure) -> Int {
        guard skip(".") else { return 0 }
        let digits = characters[position...].prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { throw unexpected }
        position += digits.count
        let padded = (digits + [0x30, 0x30]).prefix(3)
        return padded.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// `Z` or `+08:00` in minutes; `nil` when there is none.
    mutating func zone() throws(TimeText.Failure) -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let isWest = skip("-")
        guard isWest || skip("+") else { return nil }
        let hours = try field(.zone, in: 0...23)
        skip(":")
        let minutes = try field(.zone, in: 0...59)
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
}
