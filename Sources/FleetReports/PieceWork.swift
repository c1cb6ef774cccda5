/// How pieces of a report are made that do not depend on each other: one after the other, or side by
/// side where there are more processors. The result is the same.
public protocol PieceWork: Sendable {
    /// What the pieces give, in their order.
    func results<Value: Sendable>(of pieces: [@Sendable () -> Value]) -> [Value]
}

/// One piece after the other.
public struct InTurn: PieceWork {
    public init() {}

    public func results<Value: Sendable>(of pieces: [@Sendable () -> Value]) -> [Value] {
        pieces.map { $0() }
    }
}
