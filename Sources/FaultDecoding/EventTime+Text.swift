import VehicleFaults

extension EventTime {
    /// Reads a time as RFC 3339 writes it, with its offset; fractions are cut to milliseconds.
    ///
    /// - Returns: `nil` for anything else, and for times before 1970 or after 2099.
    public init?(rfc3339 text: String) { self.init(rfc3339: Array(text.utf8).span) }

    /// The same of bytes.
    public init?(rfc3339 bytes: Span<UInt8>) {
        // As machines write it, which a table has by the hundred thousand.
        if bytes.count == 24, let time = Timestamp.usual(bytes) {
            self = time
            return
        }
        var padded = PaddedText()
        _ = padded.take(bytes)
        do throws(DecodingFailure) {
            let reader = Timestamp()
            self = try reader.read(
                padded.bytes.span, JSONText.Text(start: 0, end: bytes.count, isEscaped: false))
        } catch {
            return nil
        }
    }
}
