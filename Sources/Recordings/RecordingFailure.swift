import SystemPackage

/// Why a recording as a whole could not be read or written.
public struct RecordingFailure: Error, Equatable, CustomStringConvertible {
    /// The file, or `-` for standard input or output.
    public var path: String
    /// What went wrong.
    public var problem: Problem

    /// What can go wrong with a recording; numbers are those of `errno`.
    public enum Problem: Equatable, Sendable {
        /// The file cannot be opened.
        case cannotOpen(Int32)
        /// The file cannot be read any further.
        case cannotRead(Int32)
        /// The file cannot be written; it ends with the last whole line that could be.
        case cannotWrite(Int32)
        /// What was packed by gzip is damaged here.
        case damagedPacking
        /// A file that was packed by gzip ends too early; all that could be unpacked was given.
        case packingCutShort
        /// The file is packed by zstd, and this system has no library for it.
        case packedAsZstandard
        /// The first line that is not empty is in none of the formats that were tried.
        case unknownFormat(line: Int, tried: [RecordingFormat])
        /// The format can be read, but not written.
        case notWritable(RecordingFormat)
        /// The message has something that the format cannot say: a topic with a line break, a time
        /// before 1970, bytes that are no text, or no frames of a CAN bus.
        case notExpressible(RecordingFormat)
    }

    /// Names what went wrong with which file.
    public init(path: String, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    /// One sentence for people, beginning with the path.
    public var description: String {
        switch problem {
        case .cannotOpen(let number): "\(path): cannot open: \(Errno(rawValue: number))"
        case .cannotRead(let number): "\(path): cannot read: \(Errno(rawValue: number))"
        case .cannotWrite(let number): "\(path): cannot write: \(Errno(rawValue: number))"
        case .damagedPacking: "\(path): damaged: what gzip packed makes no sense any more"
        case .packingCutShort: "\(path): cut short: what gzip packed has no end"
        case .packedAsZstandard:
            "\(path): packed by zstd, and there is no libzstd.so.1 here; unpack it first: zstd -dc FILE | forewarn … -"
        case .unknownFormat(let line, let tried):
            "\(path):\(line): not a recording in any known format; tried "
                + tried.map(\.name).joined(separator: ", ")
        case .notWritable(let format): "\(path): recordings are not written as \(format.name)"
        case .notExpressible(let format):
            format.hasFrames
                ? "\(path): a message cannot be written as \(format.name): it holds no CAN frames"
                    + " that the format knows"
                : "\(path): a message cannot be written as \(format.name): its topic or payload"
                    + " has a line break or is no text, or its time is missing or before 1970"
        }
    }

    /// Calls what may throw an `Errno`, and says what was being done when it did.
    static func naming<Result>(
        _ path: String, _ problem: (Int32) -> Problem, _ body: () throws -> Result
    ) throws(RecordingFailure) -> Result {
        do { return try body() } catch let error as Errno {
            throw RecordingFailure(path: path, problem: problem(error.rawValue))
        } catch { throw RecordingFailure(path: path, problem: problem(Errno.ioError.rawValue)) }
    }
}
