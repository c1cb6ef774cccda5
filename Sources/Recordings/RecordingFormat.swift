/// How recorded messages are written, one to a line.
///
/// **Own lines** are what `forewarn record` writes, one JSON object a line:
///
/// ```text
/// {"v":1,"at":"2026-11-21T22:05:06.120Z","topic":"v1/X/ev","qos":1,"retain":false,"payload":"{\"rpm\":812}"}
/// {"v":1,"at":"2026-11-21T22:05:06.121Z","topic":"raw/bin","qos":0,"retain":false,"payload_hex":"5902fb"}
/// ```
///
/// They lose nothing: `payload_hex`, lower-case hexadecimal, stands in place of `payload` when the
/// bytes are no UTF-8 text, and `topic_hex` in place of `topic` likewise. `at` is when the message
/// was received. Members that a reader does not know are ignored; `v` is raised when that would be
/// wrong.
public enum RecordingFormat: String, Sendable, CaseIterable {
    /// A native message a line: the line is the payload, and its topic may stand inside it.
    case native
    /// What `forewarn record` writes.
    case own
    /// `mosquitto_sub -F '%U %t %x'`: seconds, topic, payload in hexadecimal. Loses nothing.
    case mosquittoHex = "mosquitto-hex"
    /// `mosquitto_sub -F %j`. A payload with a NUL byte is cut by mosquitto, so such lines are
    /// refused; `%J` lines are read too, where mosquitto did not rewrite the payload.
    case mosquittoJSON = "mosquitto-json"
    /// `mosquitto_sub -v`: topic, blank, payload. Without times, and whole only where the payload is
    /// one line of text.
    case mosquittoText = "mosquitto-text"
    /// Frames of a CAN bus as `candump -L` writes them, or `candump -ta` for people.
    case candump
    /// Frames of a CAN bus in Vector's ASC.
    case vector = "asc"
    /// Frames of a CAN bus as python-can writes CSV.
    case pythonCAN = "python-can"
    /// Frames of a CAN bus as OVMS writes them.
    case crtd
    /// A table of readings: a header, then a vehicle's readings in each row.
    case csv

    /// The format with this name, or `nil`.
    public init?(name: some StringProtocol) { self.init(rawValue: String(name)) }

    /// The format's name as it is typed on the command line.
    public var name: String { rawValue }

    /// Whether its lines are frames of a CAN bus, which become messages as ``RecordedChunk`` says.
    public var hasFrames: Bool {
        switch self {
        case .candump, .vector, .pythonCAN, .crtd: true
        default: false
        }
    }

    /// Whether ``RecordingWriter`` writes it.
    public var isWritable: Bool { self != .csv && self != .crtd }

    /// The format that a line seems to be written in, or `nil`.
    ///
    /// A line that is damaged is still recognised if its telling members come before the damage.
    ///
    /// - Parameter line: the first line of a recording that is not empty, without its line end.
    public static func detect(in line: Span<UInt8>) -> RecordingFormat? {
        guard !line.isEmpty else { return nil }
        guard line[0] == UInt8(ascii: "{") else {
            // A trace ends in hexadecimal as well, but has a kind of record where topics stand.
            if isClusterTrace(line) { return .crtd }
            return looksLikeHex(line) ? .mosquittoHex : detectOther(line)
        }
        var members = JSONMembers()
        var isOwn = false
        while true {
            let isWhole: Bool
            do throws(LineFailure) {
                guard try members.next(in: line) != nil else { return .native }
                isWhole = true
            } catch { isWhole = false }
            switch members.name.flatMap({ JSONMembers.Name(line.extracting($0)) }) {
            case .tst: return .mosquittoJSON
            case .v: isOwn = true
            case .at where isOwn: return .own
            default: break
            }
            if !isWhole { return nil }
        }
    }

    private static func detectOther(_ line: Span<UInt8>) -> RecordingFormat? {
        var words = LineWords(line)
        guard let first = words.next(in: line) else { return nil }
        if line[first.lowerBound] == UInt8(ascii: "(") {
            let time = line.extracting(first.dropFirst().dropLast())
            return LineWords.microseconds(time) == nil ? nil : .candump
        }
        for word in ["date", "base", "//"] as [StaticString]
        where LineWords.isWord(first, of: line, word) { return .vector }
        let python: StaticString = "timestamp,arbitration_id,extended,remote,error,dlc,data"
        if LineWords.isWord(first, of: line, python) { return .pythonCAN }
        // A topic nearly always has levels, and the names of columns hardly ever a slash in the
        // first word.
        var hasLevels = false
        for index in first where line[index] == UInt8(ascii: "/") { hasLevels = true }
        let hasPayload = words.next(in: line) != nil
        if hasLevels, hasPayload { return .mosquittoText }
        return isHeader(line) ? .csv : nil
    }

    /// `169.971 CXX …` or `1520429823.042 1R11 …`.
    private static func isClusterTrace(_ line: Span<UInt8>) -> Bool {
        var words = LineWords(line)
        guard let first = words.next(in: line),
            LineWords.microseconds(line.extracting(first)) != nil,
            let kind = words.next(in: line)
        else { return false }
        let type = kind.drop { line[$0] &- 0x30 < 10 }
        return (["R11", "R29", "T11", "T29", "CXX", "CEV", "CVR"] as [StaticString])
            .contains { LineWords.isWord(type, of: line, $0) }
    }

    /// Whether there are at least two columns, all of them named by something with a letter.
    private static func isHeader(_ line: Span<UInt8>) -> Bool {
        let separator = TableLines.separator(line)
        var columns = 0
        var hasLetter = false
        var isEmpty = true
        for index in 0...line.count {
            guard index < line.count, line[index] != separator else {
                // One without a name at the end is a separator too many.
                guard hasLetter || isEmpty && index == line.count else { return false }
                columns += hasLetter ? 1 : 0
                hasLetter = false
                isEmpty = true
                continue
            }
            let byte = line[index]
            guard byte >= 0x20, byte != UInt8(ascii: "{"), byte != UInt8(ascii: "=") else {
                return false
            }
            if byte != 0x20, byte != 0x22 { isEmpty = false }
            if byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A || byte >= 0x80 { hasLetter = true }
        }
        return columns >= 2
    }

    /// Whether a line begins with seconds and a blank, and ends in hexadecimal after a second one.
    private static func looksLikeHex(_ line: Span<UInt8>) -> Bool {
        var message = RecordedMessage(line: 1)
        var decoding = LineDecoding()
        do throws(LineFailure) {
            try decoding.read(line, at: 0, as: .mosquittoHex, into: &message)
            return true
        } catch { return error.reason == .damagedHex }
    }
}
