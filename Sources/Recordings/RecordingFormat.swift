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

    /// The format with this name, or `nil`.
    public init?(name: some StringProtocol) { self.init(rawValue: String(name)) }

    /// `native`, `own`, `mosquitto-hex` or `mosquitto-json`, as typed on the command line.
    public var name: String { rawValue }

    /// The format that a line seems to be written in, or `nil`.
    ///
    /// A line that is damaged is still recognised if its telling members come before the damage.
    ///
    /// - Parameter line: the first line of a recording that is not empty, without its line end.
    public static func detect(in line: Span<UInt8>) -> RecordingFormat? {
        guard !line.isEmpty else { return nil }
        guard line[0] == UInt8(ascii: "{") else {
            return looksLikeHex(line) ? .mosquittoHex : nil
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
