/// What stays until the process ends, and goes with it.
enum UntilExit {
    /// Keeps a value from being taken apart piece by piece, which for ten thousand vehicles or a
    /// hundred thousand tickets takes longer than many a command.
    static func keep(_ value: some Any) { _ = Unmanaged.passRetained(Box(value)) }

    private final class Box<Value> {
        let value: Value
        init(_ value: Value) { self.value = value }
    }
}
