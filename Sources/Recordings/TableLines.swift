/// Reads a table of readings, a row at a time, into native messages.
///
/// Fields are separated by the character that stands most often in the header: a semicolon, a
/// comma or a tab. A decimal comma, a unit behind a number and a separator at the end of the row
/// are taken; a cell that is no number is written into the message as text, for the decoder to
/// refuse that one value.
struct TableLines {
    private let columns: TableColumns
    private var separator = UInt8(ascii: ",")
    private var header: [(meaning: TableColumns.Meaning, name: [UInt8])]?

    init(_ columns: TableColumns) { self.columns = columns }

    /// Appends the message of a row; `false` for the header.
    mutating func append(
        _ line: Span<UInt8>, to bytes: inout [UInt8], time: inout Int64?
    ) throws(LineFailure) -> Bool {
        guard let header else {
            readHeader(line)
            return false
        }
        let fields = Self.fields(line, separator)
        var rest = fields.dropFirst(header.count)
        while let last = rest.last, last.isEmpty { rest.removeLast() }
        guard rest.isEmpty else {
            throw LineFailure(reason: .unexpectedValue, offset: line.count)
        }
        var row = Row()
        if let vehicle = columns.vehicle { row.vehicle = Array(vehicle.utf8) }
        for (column, field) in zip(header, fields) {
            let cell = Self.cell(line, field)
            guard !Self.isNothing(cell) else { continue }
            switch column.meaning {
            case .ignored: break
            case .vehicle: row.vehicle = cell
            case .time:
                guard let read = Self.milliseconds(cell.span) else {
                    throw LineFailure(reason: .unreadableTime, offset: field.lowerBound)
                }
                row.time = read
            case .odometer: row.odometer = TableNumber.text(cell.span)
            case .engineHours: row.engineHours = TableNumber.text(cell.span)
            case .codes: row.codes = cell
            case .signal: row.signals.append((column.name, cell))
            }
        }
        time = row.time
        row.append(to: &bytes)
        return true
    }

    private mutating func readHeader(_ line: Span<UInt8>) {
        separator = Self.separator(line)
        var seen: Set<[UInt8]> = []
        header = Self.fields(line, separator).map { field in
            let text = String(decoding: Self.cell(line, field), as: UTF8.self)
            let meaning = columns.meaning(of: text)
            guard case .signal(let name) = meaning else { return (meaning, []) }
            // A name may stand only once in a message.
            let bytes = Array(name.utf8)
            return seen.insert(bytes).inserted ? (meaning, bytes) : (.ignored, [])
        }
    }

    /// The separator that stands most often in a header; the first one named wins a tie.
    static func separator(_ line: Span<UInt8>) -> UInt8 {
        var best = (separator: UInt8(ascii: ";"), count: 0)
        for separator in [UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\t")] {
            let count = fields(line, separator).count - 1
            if count > best.count { best = (separator, count) }
        }
        return best.separator
    }

    private static func fields(_ line: Span<UInt8>, _ separator: UInt8) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start = 0
        var isQuoted = false
        for index in line.indices {
            if line[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            if line[index] == separator, !isQuoted {
                fields.append(start..<index)
                start = index + 1
            }
        }
        fields.append(start..<line.count)
        return fields
    }

    /// A field without blanks and quotes around it; two quotes inside quotes are one.
    private static func cell(_ line: Span<UInt8>, _ field: Range<Int>) -> [UInt8] {
        var start = field.lowerBound
        var end = field.upperBound
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        let quote = UInt8(ascii: "\"")
        var cell: [UInt8] = []
        guard end - start >= 2, line[start] == quote, line[end - 1] == quote else {
            for index in start..<end { cell.append(line[index]) }
            return cell
        }
        var index = start + 1
        while index < end - 1 {
            cell.append(line[index])
            index += line[index] == quote && line[index + 1] == quote && index + 1 < end - 1 ? 2 : 1
        }
        return cell
    }

    /// The ways in which loggers say that they have no value.
    private static func isNothing(_ cell: [UInt8]) -> Bool {
        guard cell.count <= 8 else { return false }
        switch String(decoding: cell, as: UTF8.self).lowercased() {
        case "", "-", "null", "none", "nan", "n/a", "na", "nodata", "no data", "?": return true
        default: return false
        }
    }

    /// A date with or without an offset, taken for UTC without one, or seconds or milliseconds
    /// since the epoch.
    ///
    /// - Returns: `nil` for anything else, and for a number with an exponent: `1,51336E+12` has
    ///   lost all but its first digits, which leaves hours of doubt.
    private static func milliseconds(_ cell: Span<UInt8>) -> Int64? {
        var padded: [UInt8] = []
        for index in cell.indices { padded.append(cell[index]) }
        if let date = RecordedTime.milliseconds(ofDate: padded.span) { return date }
        if padded.count >= 19, padded[4] == UInt8(ascii: "-") {
            if let comma = padded.firstIndex(of: UInt8(ascii: ",")) { padded[comma] = 0x2E }
            padded.append(UInt8(ascii: "Z"))
            return RecordedTime.milliseconds(ofDate: padded.span)
        }
        if let comma = padded.firstIndex(of: UInt8(ascii: ",")) { padded[comma] = 0x2E }
        let whole = padded.prefix { $0 &- 0x30 < 10 }
        // From 1973 on, milliseconds have twelve digits; seconds have ten or eleven.
        return (12...14).contains(whole.count)
            ? Int64(text: whole) : RecordedTime.milliseconds(ofEpoch: padded.span)
    }

    private struct Row {
        var vehicle: [UInt8] = []
        var time: Int64?
        var odometer: [UInt8]?
        var engineHours: [UInt8]?
        var codes: [UInt8]?
        var signals: [(name: [UInt8], cell: [UInt8])] = []

        func append(to bytes: inout [UInt8]) {
            bytes += #"{"v":1"#.utf8
            if !vehicle.isEmpty {
                bytes += #","vehicle":"#.utf8
                Self.appendText(vehicle, to: &bytes)
            }
            if let time {
                bytes += #","ts":"#.utf8
                RecordedTime.append(time, width: 1, to: &bytes)
            }
            if let odometer { bytes += #","odo_km":"#.utf8 + odometer }
            if let engineHours { bytes += #","engine_h":"#.utf8 + engineHours }
            if let codes {
                bytes += #","dtcs":["#.utf8
                let words = codes.split { $0 <= 0x20 || $0 == 0x2C || $0 == 0x3B || $0 == 0x7C }
                for (index, word) in words.enumerated() {
                    if index > 0 { bytes.append(UInt8(ascii: ",")) }
                    Self.appendText(Array(word), to: &bytes)
                }
                bytes.append(UInt8(ascii: "]"))
            }
            bytes += #","signals":{"#.utf8
            for (index, signal) in signals.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.appendText(signal.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                if let number = TableNumber.text(signal.cell.span) {
                    bytes += number
                } else {
                    Self.appendText(signal.cell, to: &bytes)
                }
            }
            bytes += "}}".utf8
        }

        /// A text of a file in another encoding is mended, since JSON is UTF-8.
        private static func appendText(_ text: [UInt8], to bytes: inout [UInt8]) {
            Spelling.appendEscaped(
                Array(String(decoding: text, as: UTF8.self).utf8).span, to: &bytes)
        }
    }
}

/// Numbers as people and spreadsheets write them.
enum TableNumber {
    /// The number of a cell as JSON writes it, or `nil` when the cell is no number.
    ///
    /// One decimal comma or point, an exponent and a unit behind it are taken: `82C`, `74,50%`.
    static func text(_ cell: Span<UInt8>) -> [UInt8]? {
        var place = 0
        func byte(_ place: Int) -> UInt8 { place < cell.count ? cell[place] : 0 }
        func isDigit(_ place: Int) -> Bool { byte(place) &- 0x30 < 10 }
        var text: [UInt8] = []
        if byte(0) == UInt8(ascii: "-") { text.append(UInt8(ascii: "-")) }
        if byte(0) == UInt8(ascii: "-") || byte(0) == UInt8(ascii: "+") { place = 1 }
        guard isDigit(place) else { return nil }
        while byte(place) == 0x30, isDigit(place + 1) { place += 1 }
        while isDigit(place) {
            text.append(byte(place))
            place += 1
        }
        if byte(place) == UInt8(ascii: ".") || byte(place) == UInt8(ascii: ","), isDigit(place + 1)
        {
            text.append(UInt8(ascii: "."))
            place += 1
            while isDigit(place) {
                text.append(byte(place))
                place += 1
            }
        }
        if byte(place) | 0x20 == 0x65 {
            let sign = byte(place + 1) == UInt8(ascii: "-") || byte(place + 1) == UInt8(ascii: "+")
            if isDigit(place + (sign ? 2 : 1)) {
                text.append(UInt8(ascii: "e"))
                if sign { text.append(byte(place + 1)) }
                place += sign ? 2 : 1
                while isDigit(place) {
                    text.append(byte(place))
                    place += 1
                }
            }
        }
        return isUnit(cell, from: place) ? text : nil
    }

    /// The units that signals are in. Another one, as `180F`, would need a conversion that the name
    /// of the signal may contradict, so that such a cell is no number.
    private static func isUnit(_ cell: Span<UInt8>, from start: Int) -> Bool {
        var place = start
        while place < cell.count, cell[place] == 0x20 { place += 1 }
        guard cell.count - place <= 8 else { return false }
        switch String(decoding: (place..<cell.count).map { cell[$0] }, as: UTF8.self) {
        case "", "%", "C", "°C", "V", "A", "kPa", "km/h", "kmh", "km", "rpm", "RPM", "g/s", "L/h",
            "l/h", "s", "°":
            return true
        default: return false
        }
    }
}

extension Int64 {
    /// Digits only, few enough to fit.
    fileprivate init(text: ArraySlice<UInt8>) {
        var number: Int64 = 0
        for byte in text { number = number * 10 + Int64(byte &- 0x30) }
        self = number
    }
}
