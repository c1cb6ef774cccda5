/// How independent pieces of work are shared out; the core itself knows no threads.
public struct Workers: Sendable {
    /// Pieces that may run at the same time.
    public let count: Int
    /// Runs the body for 0 up to, not including, the count, in any order or at once, and returns
    /// when all have ended.
    public let run: @Sendable (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void

    public init(
        count: Int, run: @escaping @Sendable (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void
    ) {
        self.count = max(1, count)
        self.run = run
    }

    /// One after the other, on the caller's thread.
    public static let serial = Workers(count: 1) { count, body in
        for index in 0..<count { body(index) }
    }
}
