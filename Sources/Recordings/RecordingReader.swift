import Glibc
import SystemPackage
import VehicleFaults

/// Reads a recording chunk by chunk, at about the speed at which its lines can be counted.
///
/// A line that cannot be read is data: it is refused with its number, and the next is read. Only a
/// file that cannot be read, or is in no known format, is an error.
///
/// ```swift
/// var reader = try RecordingReader(path: "monday.jsonl")
/// var chunk = RecordedChunk()
/// while try reader.next(into: &chunk) {
///     for message in chunk.messages { decode(chunk.bytes.span.extracting(message.payload)) }
/// }
/// ```
public struct RecordingReader: ~Copyable {
    /// The file, or `-` for standard input.
    public let path: String
    /// The format that was named or detected; `nil` until a line that is not empty was read.
    public private(set) var format: RecordingFormat?
    /// How many bytes of the file were read so far.
    public var bytesRead: Int { source.bytesRead }
    /// How many bytes there are; `nil` for a pipe.
    public let totalBytes: Int?
    /// How many lines were read so far, the empty and the refused among them.
    public private(set) var lines = 0

    /// The longest line that is read unless another limit is given, in bytes: 16 MiB.
    public static let longestLine = 16 << 20
    /// How much of a line that is too long is kept, in bytes.
    public static let keptOfLongLine = 4096

    /// What stands behind the bytes of a chunk, for those who read eight at a time.
    private static let padding = [UInt8](repeating: 0, count: RecordedChunk.padding)

    private let descriptor: FileDescriptor
    private let limit: Int
    private let options: RecordingOptions
    private var source: RecordedBytes
    private var frames: FrameLines?
    private var bundles = FrameBundles()
    private var table: TableLines?
    /// The beginning of a line whose end was not in the last chunk.
    private var rest: [UInt8] = []
    private var decoding = LineDecoding()
    private var isAtEnd = false
    private var isInsideLongLine = false

    /// Opens a recording.
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - format: how its lines are written; `nil` to tell from the first that is not empty.
    ///   - chunkSize: how many bytes are asked for at a time.
    ///   - longestLine: how many bytes a line may have before it is refused, its end not counted.
    ///   - options: what the lines leave open.
    public init(
        path: String, format: RecordingFormat? = nil, chunkSize: Int = 256 << 10,
        longestLine: Int = Self.longestLine, options: RecordingOptions = RecordingOptions()
    ) throws(RecordingFailure) {
        precondition(chunkSize > 0 && longestLine > 0, "a chunk and a line have at least one byte")
        descriptor =
            path == "-"
            ? .standardInput
            : try RecordingFailure.naming(path, RecordingFailure.Problem.cannotOpen) {
                try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            }
        self.path = path
        self.format = format
        self.options = options
        source = RecordedBytes(descriptor, path: path, chunkSize: chunkSize)
        limit = longestLine
        totalBytes = path == "-" ? nil : Self.size(of: descriptor)
    }

    deinit {
        // Nothing was written, so a failure to close loses nothing.
        if path != "-" { _ = try? descriptor.close() }
    }

    private static func size(of descriptor: FileDescriptor) -> Int? {
        guard let size = try? descriptor.seek(offset: 0, from: .end),
            (try? descriptor.seek(offset: 0, from: .start)) != nil
        else { return nil }
        return Int(exactly: size)
    }

    /// Reads the next lines.
    ///
    /// - Parameter chunk: emptied, then filled; its memory is used again.
    /// - Returns: whether there was anything left; the chunk then holds at least one message or one
    ///   refused line.
    /// - Throws: when the file cannot be read, or is in no known format.
    public mutating func next(into chunk: inout RecordedChunk) throws(RecordingFailure) -> Bool {
        chunk.clear()
        chunk.bytes.append(contentsOf: rest)
        rest.removeAll(keepingCapacity: true)
        var start = 0
        while chunk.messages.isEmpty, chunk.refused.isEmpty {
            if isAtEnd { return false }
            chunk.bytes.removeSubrange(0..<start)
            start = 0
            let searched = chunk.bytes.count
            try source.fill(&chunk.bytes)
            if chunk.bytes.count == searched {
                isAtEnd = true
                if !chunk.bytes.isEmpty || isInsideLongLine {
                    chunk.bytes.append(UInt8(ascii: "\n"))
                }
            }
            decoding.base = chunk.bytes.count
            start = try takeLines(from: start, searched: searched, of: &chunk)
            if isAtEnd { for bundle in bundles.finish() { append(bundle, to: &chunk) } }
            if chunk.bytes.count - start > limit, !isInsideLongLine {
                refuseLongLine(lines + 1, at: start, in: &chunk)
                isInsideLongLine = true
            }
            // The rest of a line that is too long is read, but not kept.
            if isInsideLongLine { start = chunk.bytes.count }
        }
        rest.append(contentsOf: chunk.bytes[start...])
        chunk.bytes.append(contentsOf: decoding.decoded)
        chunk.bytes.append(contentsOf: Self.padding)
        decoding.decoded.removeAll(keepingCapacity: true)
        return true
    }

    /// Takes every whole line that begins at or after `start`.
    ///
    /// - Parameter searched: where to look for a line end first; none lies between.
    /// - Returns: where the first line without an end begins.
    private mutating func takeLines(
        from start: Int, searched: Int, of chunk: inout RecordedChunk
    ) throws(RecordingFailure) -> Int {
        var bytes: [UInt8] = []
        swap(&bytes, &chunk.bytes)
        defer { swap(&bytes, &chunk.bytes) }
        var start = start
        var search = searched
        while true {
            if format == .native, !isInsideLongLine {
                takeNative(from: &start, search: &search, of: bytes, into: &chunk.messages)
            }
            guard let end = Self.newline(in: bytes, from: search) else { break }
            search = end &+ 1
            lines &+= 1
            if isInsideLongLine {
                isInsideLongLine = false
            } else if end &- start > limit {
                refuseLongLine(lines, at: start, in: &chunk)
            } else {
                try take(start..<end, of: bytes.span, into: &chunk)
            }
            start = search
        }
        return start
    }

    /// Takes native lines, down to the first that must be looked at more closely.
    ///
    /// - Parameters:
    ///   - start: where a line begins.
    ///   - search: where to look for its end.
    private mutating func takeNative(
        from start: inout Int, search: inout Int, of bytes: [UInt8],
        into messages: inout [RecordedMessage]
    ) {
        // Room for many at a time, since it costs more than what is put there.
        let most = 64
        var (line, begin, from) = (lines, start, search)
        var isOver = false
        while !isOver {
            messages.append(addingCapacity: most) { messages in
                for _ in 0..<most {
                    guard let end = Self.newline(in: bytes, from: from), end &- begin <= limit,
                        bytes[begin] > 0x20, bytes[begin] < 0x80
                    else {
                        isOver = true
                        return
                    }
                    line &+= 1
                    var message = RecordedMessage(line: line)
                    message.payload = begin..<(bytes[end &- 1] == 0x0D ? end &- 1 : end)
                    messages.append(message)
                    from = end &+ 1
                    begin = from
                }
            }
        }
        (lines, start, search) = (line, begin, from)
    }

    /// Where the next line end lies, found by the C library at many bytes a cycle.
    @inline(__always)
    private static func newline(in bytes: [UInt8], from start: Int) -> Int? {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress,
                let found = unsafe memchr(base + start, 0x0A, buffer.count &- start)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    private mutating func take(
        _ whole: Range<Int>, of bytes: Span<UInt8>, into chunk: inout RecordedChunk
    ) throws(RecordingFailure) {
        var start = whole.lowerBound
        var end = whole.upperBound
        if lines == 1, end - start >= 3, bytes[start] == 0xEF, bytes[start + 1] == 0xBB,
            bytes[start + 2] == 0xBF
        {
            start += 3  // Editors on Windows mark a file as UTF-8 so.
        }
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        let line = bytes.extracting(start..<end)
        guard !Self.isBlank(line) else { return }
        let format: RecordingFormat
        if let known = self.format { format = known } else { format = try detect(line) }
        self.format = format
        do throws(LineFailure) {
            if format.hasFrames {
                try takeFrame(line, format, into: &chunk)
            } else if format == .csv {
                try takeRow(line, into: &chunk)
            } else {
                var message = RecordedMessage(line: lines)
                try decoding.read(line, at: start, as: format, into: &message)
                chunk.messages.append(message)
            }
        } catch {
            chunk.refused.append(
                RefusedLine(
                    line: lines, reason: error.reason, offset: error.offset, raw: start..<end))
        }
    }

    private mutating func takeFrame(
        _ line: Span<UInt8>, _ format: RecordingFormat, into chunk: inout RecordedChunk
    ) throws(LineFailure) {
        var reading = frames ?? FrameLines(format)
        defer { frames = reading }
        guard let frame = try reading.frame(line) else { return }
        for bundle in bundles.take(frame, line: lines) { append(bundle, to: &chunk) }
    }

    private mutating func append(_ bundle: FrameBundles.Bundle, to chunk: inout RecordedChunk) {
        var message = RecordedMessage(line: bundle.line)
        message.receivedMilliseconds = bundle.microseconds / 1000
        message.nanoseconds = Int32(bundle.microseconds % 1000) * 1000
        message.topic = decoding.keep(bundle.topic)
        message.payload = decoding.keep(bundle.payload)
        chunk.messages.append(message)
    }

    private mutating func takeRow(
        _ line: Span<UInt8>, into chunk: inout RecordedChunk
    ) throws(LineFailure) {
        var reading = table ?? TableLines(options.columns)
        defer { table = reading }
        var payload: [UInt8] = []
        var message = RecordedMessage(line: lines)
        guard try reading.append(line, to: &payload, time: &message.receivedMilliseconds) else {
            return
        }
        message.payload = decoding.keep(payload)
        chunk.messages.append(message)
    }

    private func refuseLongLine(_ line: Int, at start: Int, in chunk: inout RecordedChunk) {
        let kept = start..<start + min(limit, Self.keptOfLongLine)
        chunk.refused.append(RefusedLine(line: line, reason: .tooLong, offset: limit, raw: kept))
    }

    private func detect(_ line: Span<UInt8>) throws(RecordingFailure) -> RecordingFormat {
        if let format = RecordingFormat.detect(in: line) { return format }
        throw RecordingFailure(
            path: path, problem: .unknownFormat(line: lines, tried: RecordingFormat.allCases))
    }

    private static func isBlank(_ line: Span<UInt8>) -> Bool {
        for index in line.indices where line[index] != 0x20 && line[index] != 0x09 {
            return false
        }
        return true
    }
}
