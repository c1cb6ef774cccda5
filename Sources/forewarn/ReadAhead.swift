import ForewarnDaemon
import Recordings
import Synchronization

/// Reads a recording a few pieces ahead of whoever works on them, and decodes them as far as they have
/// room for it, as one of the kinds of work of a crew.
///
/// Unchecked: the reader is touched at the crew's station only, where one thread is at a time, and what
/// that shares with whoever takes pieces has a lock.
final class ReadAhead: @unchecked Sendable {
    /// A piece, or why there is none.
    private enum Item {
        case piece(ReplayPiece, bytesRead: Int)
        case end
        case failure(any Error)

        var isLast: Bool { if case .piece = self { false } else { true } }
    }

    private struct Shared {
        var filled: [Item] = []
        var empty: [ReplayPiece] = []
        /// Whether the last item was made.
        var isOver = false
        /// Whether all pieces were filled, and more than half of them are still.
        var isResting = false

        /// An empty piece to be filled.
        mutating func begin() -> ReplayPiece? {
            guard !isOver, !isResting else { return nil }
            isResting = empty.isEmpty
            return empty.popLast()
        }
    }

    let path: String
    let totalBytes: Int?
    /// How much of the recording the pieces taken so far came from.
    private(set) var bytesRead = 0

    private var reader: RecordingReader
    /// Where the next piece's bytes go. Most are read and never asked for again, and what is written to
    /// the same place each time stays near the processor.
    private var room: [UInt8] = []
    private let shared = Mutex(Shared())
    private let crew: Crew
    private let isPreparing: Bool

    /// Pieces that wait at most: enough to last while whoever reads does something longer. When all
    /// wait, nobody is woken to read until half of them are taken.
    private static let depth = 24

    /// - Parameters:
    ///   - isPreparing: whether pieces are prepared here, too.
    ///   - crew: who reads, before it does anything else.
    ///   - make: makes an empty piece.
    init(
        path: String, format: RecordingFormat?, isPreparing: Bool = false, crew: Crew,
        make: () -> ReplayPiece = { ReplayPiece() }
    ) throws {
        self.isPreparing = isPreparing
        self.crew = crew
        reader = try RecordingReader(path: path, format: format)
        self.path = path
        totalBytes = reader.totalBytes
        // One more is in the hands of whoever works.
        shared.withLock { shared in shared.empty = (0...Self.depth).map { _ in make() } }
        crew.add(isFirst: true) { [weak self] in self?.fill() ?? false }
    }

    /// Takes the next piece; the one taken before must be given back first with ``giveBack(_:)``.
    ///
    /// - Returns: `nil` after the last.
    func next() throws -> ReplayPiece? {
        var taken: Item?
        crew.work(.fromFirst) {
            taken = shared.withLock { $0.filled.isEmpty ? nil : $0.filled.removeFirst() }
            return taken != nil
        }
        switch taken {
        case .piece(let piece, let count):
            bytesRead = count
            return piece
        case .end, nil: return nil
        case .failure(let error): throw error
        }
    }

    /// Gives back a piece that is no longer needed.
    func giveBack(_ piece: ReplayPiece) {
        let wakes = shared.withLock { shared in
            shared.empty.append(piece)
            guard shared.isResting, shared.empty.count * 2 > Self.depth else { return false }
            shared.isResting = false
            return true
        }
        if wakes { crew.changed() }
    }

    /// Fills one piece, if there is one that is empty.
    private func fill() -> Bool {
        guard let piece = shared.withLock({ $0.begin() }) else { return false }
        let item: Item
        swap(&piece.chunk.bytes, &room)
        do {
            if try reader.next(into: &piece.chunk) {
                if isPreparing { piece.prepare() }
                if !piece.needsBytes { swap(&piece.chunk.bytes, &room) }
                item = .piece(piece, bytesRead: reader.bytesRead)
            } else {
                item = .end
            }
        } catch {
            item = .failure(error)
        }
        shared.withLock { shared in
            shared.filled.append(item)
            shared.isOver = item.isLast
        }
        return true
    }
}
