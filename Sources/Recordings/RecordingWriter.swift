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
    /// How many bytes were written, those that wait for ``flush()`` not counted.
    public private(set) var bytesWritten = 0

    private let descriptor: FileDescriptor
    private let bufferSize: Int
    private var buffer: [UInt8] = []
    /// How long the file is, where that can be known and set.
    private var length: Int64?

    /// Opens a file for writing.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard output.
    ///   - format: `own`, or `mosquittoHex`, which forgets quality of service and retention.
    ///   - existing: what to do with a file that exists.
    ///   - bufferSize: how many bytes are gathered before they are written.
    public init(
        path: String, format: RecordingFormat = .own, existing: Existing = .keep,
        bufferSize: Int = 64 << 10
    ) throws(RecordingFailure) {
        guard format == .own || format == .mosquittoHex else {
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
    ///   - received: when it was received.
    ///   - qos: the quality of service it came with, 0 to 2.
    ///   - isRetained: whether the broker had retained it.
    /// - Throws: when the file cannot be written; the message is kept for the next attempt. When
    ///   the format cannot express the message, nothing is added.
    public mutating func append(
        topic: Span<UInt8>, payload: Span<UInt8>, received: EventTime, qos: UInt8 = 0,
        isRetained: Bool = false
    ) throws(RecordingFailure) {
        if format == .own {
            appendOwn(topic, payload, received, qos, isRetained)
        } else {
            try appendHex(topic, payload, received)
        }
        if buffer.count >= bufferSize { try flush() }
    }

    private mutating func appendOwn(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ received: EventTime, _ qos: UInt8,
        _ isRetained: Bool
    ) {
        buffer.append(contentsOf: #"{"v":1,"at":"#.utf8)
        RecordedTime.appendDate(received, to: &buffer)
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

    private mutating func appendHex(
        _ topic: Span<UInt8>, _ payload: Span<UInt8>, _ received: EventTime
    ) throws(RecordingFailure) {
        var hasLineEnd = false
        for index in topic.indices where topic[index] == 0x0A { hasLineEnd = true }
        guard received.milliseconds >= 0, !hasLineEnd else {
            throw RecordingFailure(path: path, problem: .notExpressible(format))
        }
        RecordedTime.append(received.milliseconds / 1000, width: 1, to: &buffer)
        buffer.append(UInt8(ascii: "."))
        RecordedTime.append(received.milliseconds % 1000 * 1_000_000, width: 9, to: &buffer)
        buffer.append(UInt8(ascii: " "))
        for index in topic.indices { buffer.append(topic[index]) }
        buffer.append(UInt8(ascii: " "))
        Spelling.appendHex(payload, to: &buffer)
        buffer.append(UInt8(ascii: "\n"))
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
