import Dispatch
import FleetReports
import Synchronization

/// Work that another processor does meanwhile.
final class Background<Value: Sendable>: Sendable {
    private let result = Mutex(Result<Value, any Error>?.none)
    private let group = DispatchGroup()

    init(_ work: @escaping @Sendable () throws -> Value) {
        DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in
            let result = Result(catching: work)
            self.result.withLock { $0 = result }
        }
    }

    /// What came of it, once it is done.
    var value: Value {
        get throws {
            group.wait()
            guard let result = result.withLock({ $0 }) else {
                preconditionFailure("the group is left only after the result is there")
            }
            return try result.get()
        }
    }
}

/// What is made when it is first asked for, and only then.
final class Once<Value: Sendable>: Sendable {
    private let make: @Sendable () throws -> Value
    private let made = Mutex(Result<Value, any Error>?.none)

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    /// It, once it is made; whoever asks meanwhile waits.
    var value: Value {
        get throws {
            try made.withLock { made in
                let result = made ?? Result(catching: make)
                made = result
                return try result.get()
            }
        }
    }
}

/// Pieces of a report, made on all processors.
struct SideBySide: PieceWork {
    func results<Value: Sendable>(of pieces: [@Sendable () -> Value]) -> [Value] {
        let made = Mutex([Value?](repeating: nil, count: pieces.count))
        DispatchQueue.concurrentPerform(iterations: pieces.count) { place in
            let result = pieces[place]()
            made.withLock { $0[place] = result }
        }
        return made.withLock { made in
            made.map { result in
                guard let result else { preconditionFailure("every piece is made") }
                return result
            }
        }
    }
}
