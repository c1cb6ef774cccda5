import VehicleFaults

/// How far a place's clocks were ahead of UTC, and when that changed.
public struct TimeZoneTable: Hashable, Sendable {
    public struct Change: Hashable, Sendable {
        /// Seconds since 1970 from which on the offset holds.
        public var from: Int64
        /// Seconds east of UTC.
        public var offset: Int64

        public init(from: Int64, offset: Int64) {
            self.from = from
            self.offset = offset
        }
    }

    /// Seconds east of UTC before the first change.
    public let first: Int64
    /// In order of time.
    public let changes: [Change]

    /// A table from its parts; `changes` in any order.
    public init(first: Int64, changes: [Change] = []) {
        self.first = first
        self.changes = changes.sorted { $0.from < $1.from }
    }

    /// Clocks that never change and show UTC.
    public static let utc = TimeZoneTable(first: 0)

    /// Seconds east of UTC at `seconds` since 1970; logarithmic in the number of changes.
    public func offset(at seconds: Int64) -> Int64 {
        let next = firstChange(after: seconds)
        return next == 0 ? first : changes[next - 1].offset
    }

    /// The place of the first change after `seconds`.
    func firstChange(after seconds: Int64) -> Int {
        var low = 0
        var high = changes.count
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].from <= seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension TimeZoneTable {
    /// Why a time zone file cannot be read.
    public enum Unreadable: Error, Equatable, Sendable {
        /// It does not begin like a time zone file, or is older than version 2.
        case notAZone
        case truncated
        /// The rule for years after the last listed change is not understood.
        case rule(String)
    }

    /// Reads a time zone file (TZif, RFC 8536); rules without end are written out to the year 2100.
    public init(file: Span<UInt8>) throws(Unreadable) {
        guard file.count >= 44, Self.word(file, 0, 4) == 0x545A_6966, file[4] >= 0x32 else {
            throw .notAZone
        }
        // The first part has 32-bit times and is only there for programs from the last century.
        let second = 44 + Self.size(file, header: 0, width: 4)
        guard second + 44 <= file.count, Self.word(file, second, 4) == 0x545A_6966 else {
            throw .truncated
        }
        let body = second + 44
        let end = body + Self.size(file, header: second, width: 8)
        guard end <= file.count else { throw .truncated }
        let times = Int(Self.word(file, second + 32, 4))
        let types = Int(Self.word(file, second + 36, 4))
        guard types > 0 else { throw .truncated }
        func offset(_ type: Int) -> Int64 {
            Int64(
                Int32(
                    truncatingIfNeeded: Self.word(
                        file, body + times * 9 + min(type, types - 1) * 6, 4)))
        }
        var changes: [Change] = []
        for index in 0..<times {
            changes.append(
                Change(
                    from: Int64(bitPattern: Self.word(file, body + index * 8, 8)),
                    offset: offset(Int(file[body + times * 8 + index]))))
        }
        var footer: [UInt8] = []
        for index in end..<file.count where file[index] != 0x0A { footer.append(file[index]) }
        let text = String(decoding: footer, as: UTF8.self)
        if !text.isEmpty {
            guard let rule = ZoneRule(text) else { throw .rule(text) }
            let last = changes.last?.from ?? .min
            let year = last == .min ? 1970 : EventTime.date(fromDays: Int(last / 86_400)).year
            changes += rule.changes(years: year...2100).filter { $0.from > last }
        }
        self.init(first: offset(0), changes: changes)
    }

    private static func size(_ file: Span<UInt8>, header: Int, width: Int) -> Int {
        func count(_ place: Int) -> Int { Int(word(file, header + place, 4)) }
        return count(32) * (width + 1) + count(36) * 6 + count(40) + count(28) * (width + 4)
            + count(24) + count(20)
    }

    private static func word(_ file: Span<UInt8>, _ place: Int, _ width: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in place..<place + width { value = value << 8 | UInt64(file[index]) }
        return value
    }
}

/// The rule at the end of a time zone file, as `EST5EDT,M3.2.0,M11.1.0` (POSIX TZ).
struct ZoneRule {
    private enum Day {
        /// Month, week (5 is the last one), weekday from Sunday.
        case weekday(Int, Int, Int)
        /// 1 to 365, never 29 February.
        case julian(Int)
        /// 0 to 365.
        case ordinal(Int)
    }

    private var standard: Int64
    private var summer: (offset: Int64, begins: (Day, Int64), ends: (Day, Int64))?

    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard Self.name(&rest), let west = Self.clock(&rest) else { return nil }
        standard = -west
        guard !rest.isEmpty else { return }
        guard Self.name(&rest) else { return nil }
        var offset = standard + 3600
        if let first = rest.first, first != UInt8(ascii: ",") {
            guard let west = Self.clock(&rest) else { return nil }
            offset = -west
        }
        guard let begins = Self.date(&rest), let ends = Self.date(&rest), rest.isEmpty else {
            return nil
        }
        summer = (offset, begins, ends)
    }

    func changes(years: ClosedRange<Int>) -> [TimeZoneTable.Change] {
        guard let summer else { return [] }
        return years.flatMap { year in
            [
                TimeZoneTable.Change(
                    from: Self.seconds(summer.begins, in: year) - standard, offset: summer.offset),
                TimeZoneTable.Change(
                    from: Self.seconds(summer.ends, in: year) - summer.offset, offset: standard),
            ]
        }
    }

    private static func seconds(_ date: (Day, Int64), in year: Int) -> Int64 {
        let newYear = EventTime.days(year: year, month: 1, day: 1)
        let day: Int
        switch date.0 {
        case .ordinal(let number): day = newYear + number
        case .julian(let number):
            let isLeap = EventTime.days(year: year + 1, month: 1, day: 1) - newYear == 366
            day = newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let first = EventTime.days(year: year, month: month, day: 1)
            let next =
                month == 12
                ? EventTime.days(year: year + 1, month: 1, day: 1)
                : EventTime.days(year: year, month: month + 1, day: 1)
            // 1970-01-01 was a Thursday, the fifth day when Sunday is the first.
            let ahead = ((weekday - (first + 4) % 7) + 7) % 7
            var found = first + ahead + (week - 1) * 7
            while found >= next { found -= 7 }
            day = found
        }
        return Int64(day) * 86_400 + date.1
    }

    private static func name(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.first == UInt8(ascii: "<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[(end + 1)...]
            return true
        }
        let letters = rest.prefix { $0 >= 0x41 && $0 <= 0x5A || $0 >= 0x61 && $0 <= 0x7A }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard !digits.isEmpty, digits.count <= 3 else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func take(_ mark: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// `5`, `-3:30` or `+2:00:00`, in seconds.
    private static func clock(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let isNegative = take("-", &rest)
        if !isNegative { _ = take("+", &rest) }
        guard let hours = number(&rest) else { return nil }
        var seconds = Int64(hours) * 3600
        for unit in [Int64(60), 1] where take(":", &rest) {
            guard let value = number(&rest) else { return nil }
            seconds += Int64(value) * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// `,M3.2.0/2:00`
    private static func date(_ rest: inout ArraySlice<UInt8>) -> (Day, Int64)? {
        guard take(",", &rest) else { return nil }
        let day: Day
        if take("M", &rest) {
            guard let month = number(&rest), (1...12).contains(month), take(".", &rest),
                let week = number(&rest), (1...5).contains(week), take(".", &rest),
                let weekday = number(&rest), weekday < 7
            else { return nil }
            day = .weekday(month, week, weekday)
        } else if take("J", &rest) {
            guard let number = number(&rest), (1...365).contains(number) else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(&rest), number < 366 else { return nil }
            day = .ordinal(number)
        }
        guard take("/", &rest) else { return (day, 7200) }
        guard let time = clock(&rest) else { return nil }
        return (day, time)
    }
}
