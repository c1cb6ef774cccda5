import CZlib

/// Unpacks a gzip file (RFC 1952) as its bytes come in.
///
/// Files that were joined end to end are one file, as `gzip -dc` has it.
@safe final class Gunzip {
    /// What comes of a call.
    enum Progress { case wantsInput, madeOutput, damaged }

    // zlib keeps a pointer to its own stream, which so may not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isInside = true

    init() {
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe forewarn_begin_gunzip(stream)
        precondition(code == Z_OK, "zlib starts with the library it was built for")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Whether all that was begun is whole, so that the input may end here.
    var isWhole: Bool { !isInside }

    /// Unpacks from `input` to `output`.
    ///
    /// - Parameters:
    ///   - position: where in `input` to go on; moved past what was used.
    ///   - room: how many bytes to make at most.
    func unpack(
        _ input: [UInt8], from position: inout Int, into output: inout [UInt8], room: Int
    ) -> Progress {
        let before = output.count
        while output.count == before {
            guard position < input.count else { return .wantsInput }
            if !isInside {
                // Zeros after the end are how tapes were filled up; anything else is no member.
                guard input[position] != 0 else {
                    position += 1
                    continue
                }
                guard unsafe inflateReset(stream) == Z_OK else { return .damaged }
                isInside = true
            }
            guard inflate(input, &position, &output, room) else { return .damaged }
        }
        return .madeOutput
    }

    private func inflate(
        _ input: [UInt8], _ position: inout Int, _ output: inout [UInt8], _ room: Int
    ) -> Bool {
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: room))
        var code = Z_OK
        var left = 0
        var made = 0
        unsafe input.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                // zlib only reads, but its declaration does not say so.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: from + position)
                unsafe stream.pointee.avail_in = UInt32(source.count - position)
                unsafe stream.pointee.next_out = to + start
                unsafe stream.pointee.avail_out = UInt32(room)
                code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                left = unsafe Int(stream.pointee.avail_in)
                made = room - (unsafe Int(stream.pointee.avail_out))
            }
        }
        position = input.count - left
        output.removeLast(room - made)
        if code == Z_STREAM_END { isInside = false }
        // No progress is no damage: more input is wanted then.
        return code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR
    }
}
