import ServiceLifecycle
import Synchronization
import TicketStorage

/// Tells open pages that something was decided or done since.
///
/// The store is asked once a second, and only while somebody looks: a page that shows a second later
/// what happened is soon enough, and a daemon that commits two hundred times a second is not watched
/// commit by commit.
final class ChangeWatch: Service, Sendable {
    private struct State {
        var listeners: [Int: (stream: AsyncStream<String>.Continuation, told: Int64)] = [:]
        var next = 0
        var isOver = false
    }

    private let reader: StoreReader
    private let state = Mutex(State())
    /// A comment that costs a browser nothing tells whether it is still there.
    private static let beats = 15
    /// The most pages that are told.
    private static let most = 64

    init(_ reader: StoreReader) { self.reader = reader }

    /// What a page is told: within a second the number of the newest event, then each that is newer. A
    /// page knows up to which event it shows, so that nothing is missed between its making and its
    /// asking. Ends with the console, and at once where too many listen already.
    func events() -> AsyncStream<String> {
        AsyncStream(bufferingPolicy: .bufferingNewest(4)) { continuation in
            let number = state.withLock { state -> Int? in
                guard !state.isOver, state.listeners.count < Self.most else { return nil }
                state.next += 1
                state.listeners[state.next] = (continuation, -1)
                return state.next
            }
            guard let number else { return continuation.finish() }
            continuation.yield("retry: 3000\n: connected\n\n")
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
            }
        }
    }

    func run() async throws {
        var quiet = 0
        await withGracefulShutdownHandler {
            while !state.withLock(\.isOver), !Task.isCancelled {
                // What ends the sleep early is the end.
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
                guard !state.withLock(\.listeners.isEmpty) else { continue }
                quiet += 1
                // A store that cannot be read now may be read in a second.
                if let newest = try? await reader.read({ try $0.newestEvent() }) { tell(newest) }
                if quiet >= Self.beats {
                    for stream in state.withLock({ $0.listeners.values.map(\.stream) }) {
                        stream.yield(": still here\n\n")
                    }
                    quiet = 0
                }
            }
        } onGracefulShutdown: {
            self.end()
        }
    }

    private func tell(_ newest: Int64) {
        let late = state.withLock { state in
            let late = state.listeners.filter { $0.value.told != newest }
            for number in late.keys { state.listeners[number]?.told = newest }
            return late.values.map(\.stream)
        }
        for stream in late { stream.yield("event: change\nid: \(newest)\ndata: \(newest)\n\n") }
    }

    /// Ends all streams.
    private func end() {
        let listeners = state.withLock { state in
            state.isOver = true
            defer { state.listeners = [:] }
            return state.listeners.values.map(\.stream)
        }
        for listener in listeners { listener.finish() }
    }
}
