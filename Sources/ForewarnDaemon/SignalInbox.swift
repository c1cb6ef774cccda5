import Dispatch
import Foundation
import Glibc
import MQTTIntake
import Synchronization

/// Signals, turned into questions that the loop asks when it can act on the answer.
///
/// A storm of SIGHUP is one reload.
public final class SignalInbox: Sendable {
    private struct State {
        var wantsStop = false
        var wantsReload = false
    }

    private let state = Mutex(State())
    /// Rung by every signal, so that nobody sleeps through one.
    public let wake: Wake
    // Only held, never used again: a source that is let go of stops listening.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// Begins to listen for SIGTERM, SIGINT and SIGHUP.
    public init() throws {
        let wake = try Wake()
        self.wake = wake
        sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(
                signal: number, queue: DispatchQueue.global(qos: .userInitiated))
        }
        for (source, number) in zip(sources, [SIGTERM, SIGINT, SIGHUP]) {
            source.setEventHandler { [weak self] in self?.take(number) }
            source.resume()
        }
    }

    private func take(_ number: Int32) {
        state.withLock { state in
            if number == SIGHUP { state.wantsReload = true } else { state.wantsStop = true }
        }
        wake.ring()
    }

    /// Whether the end was asked for.
    public var wantsStop: Bool { state.withLock(\.wantsStop) }

    /// Whether a reload was asked for since the last question.
    func takeReload() -> Bool {
        state.withLock { state in
            defer { state.wantsReload = false }
            return state.wantsReload
        }
    }

    /// Sleeps until a signal comes, but not longer than `time`.
    func wait(atMost time: Duration) -> Bool {
        var poll = pollfd(fd: wake.fileDescriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds =
            time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        return Glibc.poll(&poll, 1, Int32(milliseconds)) > 0
    }
}
