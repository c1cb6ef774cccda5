import SystemPackage
import VehicleFaults

/// Writes a recording, whole lines at a time.
///
/// Call ``flush()`` before letting go of it, to learn whether all was written.
public struct RecordingWriter: ~Copyable {
    /// What to do with a file that exists.
    public enum Existing: Sendable {
        /// Refuse to open it.
        case keep
        /// Write behind what it has, on a line of its own even when its last line was cut short.
        case append
        /// Empty it first.
        case replace
    }

    /// The file, or `-` for standard output.
    public let path: String
    /// How lines are written.
    public let format: RecordingFormat
    /// Frames whose bus has a name that the format cannot say.
    public internal(set) var renamedBuses = 0
    /// Frames that the recorder had sent itself, which the format cannot say.
    public internal(set) var lostDirections = 0
    /// How many bytes were written, those that wait for ``flush()`` not counted.
    public private(set) var bytesWritten = 0

    private let descriptor: FileDescriptor
    private let bufferSize: Int
    var buffer: [UInt8] = []
    /// The time of the first frame, from which an ASC log counts.
    var firstFrame: Int64?
    /// How long the file is, where that can be known and set.
    private var length: Int64?

    /// Opens a file for writing.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard output.
    ///   - format: one that is ``RecordingFormat/isWritable``.
    ///   - existing: what to do with a file that exists.
    ///   - bufferSize: how many bytes are gathered before they are written.
    public init(
        path: String, format: RecordingFormat = .own, existing: Existing = .keep,
        bufferSize: Int = 64 << 10
    ) throws(RecordingFailure) {
        guard format.isWritable else {
            throw RecordingFailure(path: path, problem: .notWritable(format))
        }
        descriptor = path == "-" ? .standardOutput : try Self.open(path, existing)
        self.path = path
        self.format = format
        self.bufferSize = bufferSize
        // A pipe or a terminal has no length, and standard output is not ours to cut back.
        length = path == "-" ? nil : try? descriptor.seek(offset: 0, from: .end)
        if let length, length > 0, !Self.endsWithLine(descriptor, length) {
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    private static func open(
        _ path: String, _ existing: Existing
    ) throws(RecordingFailure) -> FileDescriptor {
        let options: FileDescriptor.OpenOptions =
            switch existing {
            case .keep: [.create, .exclusiveCreate, .closeOnExec]
            case .append: [.create, .append, .closeOnExec]
            case .replace: [.create, .truncate, .closeOnExec]
            }
        return try RecordingFailure.naming(path, RecordingFailure.Problem.cannotOpen) {
            try FileDescriptor.open(
                FilePath(path), .readWrite, options: options,
                permissions: [.ownerReadWrite, .groupRead])
        }
    }

    deinit {
        // The last chance for lines that nobody flushed; who wants to know calls `flush()`.
        _ = try? descriptor.writeAll(buffer)
        if path != "-" { _ = try? descriptor.close() }
    }

    private static func endsWithLine(_ descriptor: FileDescriptor, _ length: Int64) -> Bool {
        var last = [UInt8(0)]
        let count = try? unsafe last.withUnsafeMutableBytes { buffer in
            try unsafe descriptor.read(fromAbsoluteOffset: length - 1, into: buffer)
        }
        return count == 1 && last[0] == UInt8(ascii: "\n")
    }

    /// Adds a message, and writes when enough have gathered.
    ///
    /// - Parameters:
    ///   - topic: its topic, any bytes.
    ///   - payload: its payload, any bytes.
    ///   - received: when it was received; `nil` when nobody knows.
    ///   - nanoseconds: what is left of that time after its milliseconds.
    ///   - qos: the quality of service it came with, 0 to 2.
    ///   - isRetained: whether the broker had retained it.
    /// - Throws: when the file cannot be written; the message is kept for the next attempt. When
    ///   the format cannot express the message, nothing is added.
    public mutating func append(
        topic: Span<UInt8>, payload: Span<UInt8>, received: EventTime?, nanoseconds: Int32 = 0,
        qos: UInt8 = 0, isRetained: Bool = false
    ) throws(RecordingFailure) {
        let before = buffer.count
        do throws(RecordingFailure) {
            switch format {
            case .own: appendOwn(topic, payload, received, nanoseconds, qos, isRetained)
            case .mosquittoHex: try appendHex(topic, payload, received, nanoseconds)
            case .mosquittoJSON:
                try appendJSON(topic, payload, received, nanoseconds, qos, isRetained)
            case .mosquittoText: try appendText(topic, payload)
            case .native: try appendNative(payload)
            default: try appendFrames(payload)
            }
        } catch {
            buffer.removeLast(buffer.count - before)
            throw error
        }
        if buffer.count >= bufferSize { try flush() }
    }

    /// The failure for a message that the format has no words for.
    var inexpressible: RecordingFailure {
        RecordingFailure(path: path, problem: .notExpressible(format))
    }

    private mutating func appendOwn(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ received: EventTime?,
        _ nanoseconds: Int32, _ qos: UInt8, _ isRetained: Bool
    ) {
        buffer.append(contentsOf: #"{"v":1"#.utf8)
        if let received {
            buffer.append(contentsOf: #","at":"#.utf8)
            RecordedTime.appendDate(received, nanoseconds, to: &buffer)
        }
        appendMember("topic", topic)
        buffer.append(contentsOf: #","qos":"#.utf8)
        RecordedTime.append(Int64(qos), width: 1, to: &buffer)
        buffer.append(contentsOf: (isRetained ? #","retain":true"# : #","retain":false"#).utf8)
        appendMember("payload", payload)
        buffer.append(contentsOf: "}\n".utf8)
    }

    private mutating func appendMember(_ name: StaticString, _ bytes: Span<UInt8>) {
        buffer.append(contentsOf: #",""#.utf8)
        buffer.append(contentsOf: name.description.utf8)
        if Spelling.isText(bytes) {
            buffer.append(contentsOf: #"":"#.utf8)
            Spelling.appendEscaped(bytes, to: &buffer)
        } else {
            buffer.append(contentsOf: #"_hex":""#.utf8)
            Spelling.appendHex(bytes, to: &buffer)
            buffer.append(UInt8(ascii: "\""))
        }
    }

    /// Writes all that has gathered.
    ///
    /// - Throws: when that fails; a file is then cut back to its last whole line, so that none is
    ///   torn, and what was not written is kept for the next attempt.
    public mutating func flush() throws(RecordingFailure) {
        var written = 0
        do throws(RecordingFailure) {
            while written < buffer.count {
                written += try write(from: written)
            }
        } catch {
            forget(cutBack(to: written))
            throw error
        }
        forget(written)
    }

    private func write(from start: Int) throws(RecordingFailure) -> Int {
        try RecordingFailure.naming(path, RecordingFailure.Problem.cannotWrite) {
            try unsafe buffer.withUnsafeBytes { bytes in
                try unsafe descriptor.write(UnsafeRawBufferPointer(rebasing: bytes[start...]))
            }
        }
    }

    /// Removes a torn line from the end of the file.
    ///
    /// - Returns: how many bytes of the buffer are in the file afterwards.
    private func cutBack(to written: Int) -> Int {
        guard let length else { return written }
        let whole = buffer[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard whole < written else { return written }
        let end = length + Int64(whole)
        guard (try? descriptor.resize(to: end)) != nil,
            (try? descriptor.seek(offset: end, from: .start)) != nil
        else { return written }
        return whole
    }

    private mutating func forget(_ count: Int) {
        buffer.removeFirst(count)
        bytesWritten += count
        length = length.map { $0 + Int64(count) }
    }
}
