import Glibc
import Synchronization

/// Whoever read our output has gone; there is nothing left to do and nothing to say.
struct OutputClosed: Error {}

/// Standard output for data and standard error for talk.
enum Output {
    private static let waiting = Mutex<[UInt8]>([])

    /// Adds text to what goes out with the next ``flush()``, or now when much has gathered.
    static func write(_ text: String) throws {
        let isMuch = waiting.withLock { bytes in
            bytes += text.utf8
            return bytes.count > 1 << 16
        }
        if isMuch { try flush() }
    }

    /// Adds bytes as they are.
    static func write(_ bytes: [UInt8]) { waiting.withLock { $0 += bytes } }

    /// Adds what others still make, each as it comes to its turn, and sends it.
    static func write(_ parts: [Background<[UInt8]>]) throws {
        for part in parts {
            write(try part.value)
            try flush()
        }
    }

    /// Sends what has gathered.
    ///
    /// - Throws: ``OutputClosed`` when nobody reads it.
    static func flush() throws {
        let bytes = waiting.withLock { bytes in
            defer { bytes.removeAll(keepingCapacity: true) }
            return bytes
        }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if count >= 0 {
                sent += count
            } else if errno == EPIPE {
                throw OutputClosed()
            } else if errno != EINTR && errno != EAGAIN {
                throw CommandFailure(
                    code: .unreachable, message: "cannot write: \(String(cString: strerror(errno)))"
                )
            }
        }
    }

    /// Tells something to whoever called, beside the data.
    static func talk(_ line: String) {
        whisper(line + "\n")
    }

    /// The same without a line end.
    static func whisper(_ text: String) {
        let bytes = Array(text.utf8)
        // Whoever does not listen misses it.
        _ = bytes.withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
