extension RecordingReader {
    /// Finds the topic that a native line carries, for whoever must publish it.
    ///
    /// - Parameter line: a native line, without its line end.
    /// - Returns: where the string of the top-level member `topic` stands, without its quotes and
    ///   with its escapes as they are (``unescaped(_:)`` decodes them); `nil` when there is none,
    ///   or the line is damaged before it.
    public static func topic(ofNativeLine line: Span<UInt8>) -> Range<Int>? {
        var members = JSONMembers()
        do throws(LineFailure) {
            while let member = try members.next(in: line) {
                guard case .topic = JSONMembers.Name(line.extracting(member.name)) else { continue }
                return member.value.isString ? member.value.range : nil
            }
            return nil
        } catch { return nil }
    }

    /// What a JSON string says, given what stands between its quotes.
    ///
    /// - Returns: `nil` when an escape makes no sense.
    public static func unescaped(_ text: Span<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        do throws(LineFailure) {
            try Spelling.appendUnescaped(text, to: &bytes)
            return bytes
        } catch { return nil }
    }
}
