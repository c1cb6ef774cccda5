import Dispatch
import ForewarnDaemon
import Recordings
import Synchronization

/// Reads a recording on a thread of its own, a few pieces ahead of whoever works on them, and decodes
/// them there as far as the pieces have room for it.
///
/// Unchecked: the reader is touched by its own thread only, and what the two share has a lock.
final class ReadAhead: @unchecked Sendable {
    /// A piece, or why there is none.
    private enum Item {
        case piece(ReplayPiece, bytesRead: Int)
        case end
        case failure(any Error)
    }

    private struct Shared {
        var filled: [Item] = []
        var empty: [ReplayPiece] = []
        var isAbandoned = false
        var isWaitingForRoom = false
    }

    let path: String
    let totalBytes: Int?
    /// How much of the recording the pieces taken so far came from.
    private(set) var bytesRead = 0

    private var reader: RecordingReader
    private let shared = Mutex(Shared())
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)
    private let queue = DispatchQueue(label: "read-ahead")
    private let isPreparing: Bool

    /// Pieces that wait at most. When all wait, the reader sleeps until half of them are taken: two
    /// threads that wake each other for every piece end up on one processor.
    private static let depth = 8

    /// - Parameters:
    ///   - isPreparing: whether pieces are prepared here, too.
    ///   - make: makes an empty piece.
    init(
        path: String, format: RecordingFormat?, isPreparing: Bool = false,
        make: () -> ReplayPiece = { ReplayPiece() }
    ) throws {
        self.isPreparing = isPreparing
        reader = try RecordingReader(path: path, format: format)
        self.path = path
        totalBytes = reader.totalBytes
        // One more is in the hands of whoever works.
        shared.withLock { shared in shared.empty = (0...Self.depth).map { _ in make() } }
    }

    /// Begins to read; ``stop()`` ends it.
    func start() { queue.async { [self] in fill() } }

    /// Lets the thread go, whether or not everything was taken.
    func stop() {
        shared.withLock { $0.isAbandoned = true }
        room.signal()
    }

    /// Takes the next piece; the one taken before must be given back first with ``giveBack(_:)``.
    ///
    /// - Returns: `nil` after the last.
    func next() throws -> ReplayPiece? {
        filled.wait()
        switch shared.withLock({ $0.filled.removeFirst() }) {
        case .piece(let piece, let count):
            bytesRead = count
            return piece
        case .end: return nil
        case .failure(let error): throw error
        }
    }

    /// Gives back a piece that is no longer needed.
    func giveBack(_ piece: ReplayPiece) {
        let wakes = shared.withLock { shared in
            shared.empty.append(piece)
            guard shared.isWaitingForRoom, shared.empty.count * 2 > Self.depth else { return false }
            shared.isWaitingForRoom = false
            return true
        }
        if wakes { room.signal() }
    }

    private func fill() {
        while true {
            let (isAbandoned, empty) = shared.withLock { shared in
                let piece = shared.empty.popLast()
                shared.isWaitingForRoom = piece == nil
                return (shared.isAbandoned, piece)
            }
            if isAbandoned { return }
            guard let piece = empty else {
                room.wait()
                continue
            }
            let item: Item
            do {
                if try reader.next(into: &piece.chunk) {
                    if isPreparing { piece.prepare() }
                    item = .piece(piece, bytesRead: reader.bytesRead)
                } else {
                    item = .end
                }
            } catch {
                item = .failure(error)
            }
            let isLast = if case .piece = item { false } else { true }
            shared.withLock { $0.filled.append(item) }
            filled.signal()
            if isLast { return }
        }
    }
}
