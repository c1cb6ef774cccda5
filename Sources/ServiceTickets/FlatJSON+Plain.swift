extension FlatJSON {
    /// Calls `body` with where each name and its value stand in an object of texts, so that what is
    /// looked at in passing need not be made into texts.
    ///
    /// - Returns: `false` when the object has anything else than texts without escapes; then
    ///   ``pairs(_:)`` has to read it, whatever `body` was called with.
    @inlinable
    public static func forEachPlain(
        in json: Span<UInt8>, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void
    ) -> Bool {
        var place = 0
        @inline(__always) func take(_ byte: UInt8) -> Bool {
            guard place < json.count, json[place] == byte else { return false }
            place &+= 1
            return true
        }
        /// A text between its quotation marks.
        @inline(__always) func text() -> Range<Int>? {
            guard take(0x22) else { return nil }
            let start = place
            while place < json.count, json[place] != 0x22 {
                guard json[place] != 0x5C else { return nil }
                place &+= 1
            }
            let end = place
            return take(0x22) ? start..<end : nil
        }
        guard take(0x7B) else { return false }
        if take(0x7D) { return place == json.count }
        repeat {
            guard let name = text(), take(0x3A), let value = text() else { return false }
            body(name, value)
        } while take(0x2C)
        return take(0x7D) && place == json.count
    }
}
