import Dispatch
import Recordings
import Synchronization

/// Reads a recording on a thread of its own, a few chunks ahead of whoever works on them.
///
/// Unchecked: the reader is touched by its own thread only, and what the two share has a lock.
final class ReadAhead: @unchecked Sendable {
    /// A chunk, or why there is none.
    private enum Item {
        case chunk(RecordedChunk, bytesRead: Int)
        case end
        case failure(any Error)
    }

    private struct Shared {
        var filled: [Item] = []
        var empty: [RecordedChunk] = []
        var isAbandoned = false
    }

    let path: String
    let totalBytes: Int?
    /// How much of the recording the chunks taken so far came from.
    private(set) var bytesRead = 0

    private var reader: RecordingReader
    private let shared = Mutex(Shared())
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)
    private let queue = DispatchQueue(label: "read-ahead")

    /// Chunks that wait at most.
    private static let depth = 3

    init(path: String, format: RecordingFormat?) throws {
        reader = try RecordingReader(path: path, format: format)
        self.path = path
        totalBytes = reader.totalBytes
        for _ in 0..<Self.depth { room.signal() }
    }

    /// Begins to read; ``stop()`` ends it.
    func start() { queue.async { [self] in fill() } }

    /// Lets the thread go, whether or not everything was taken.
    func stop() {
        shared.withLock { $0.isAbandoned = true }
        room.signal()
    }

    /// Takes the next chunk in exchange for one that is no longer needed.
    ///
    /// - Returns: whether there was one.
    func next(into chunk: inout RecordedChunk) throws -> Bool {
        filled.wait()
        let item = shared.withLock { shared in
            shared.empty.append(chunk)
            return shared.filled.removeFirst()
        }
        switch item {
        case .chunk(let taken, let count):
            chunk = taken
            bytesRead = count
            room.signal()
            return true
        case .end: return false
        case .failure(let error): throw error
        }
    }

    private func fill() {
        while true {
            room.wait()
            let (isAbandoned, empty) = shared.withLock { ($0.isAbandoned, $0.empty.popLast()) }
            guard !isAbandoned else { return }
            var chunk = empty ?? RecordedChunk()
            let item: Item
            do {
                item =
                    try reader.next(into: &chunk)
                    ? .chunk(chunk, bytesRead: reader.bytesRead) : .end
            } catch {
                item = .failure(error)
            }
            let isLast = if case .chunk = item { false } else { true }
            shared.withLock { $0.filled.append(item) }
            filled.signal()
            if isLast { return }
        }
    }
}
