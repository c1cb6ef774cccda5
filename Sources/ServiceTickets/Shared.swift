/// A value that lies elsewhere, so that copies of what holds it are cheap; it is copied itself when one
/// of them changes it.
///
/// Unchecked: a change to storage that others hold makes a copy first, so nobody sees another's.
struct Shared<Value: Sendable>: @unchecked Sendable {
    private final class Storage {
        var value: Value
        init(_ value: Value) { self.value = value }
    }

    private var storage: Storage

    init(_ value: Value) { storage = Storage(value) }

    var value: Value {
        _read { yield storage.value }
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
            yield &storage.value
        }
    }
}

extension Shared: Equatable where Value: Equatable {
    static func == (a: Shared, b: Shared) -> Bool {
        a.storage === b.storage || a.value == b.value
    }
}

extension Shared: Hashable where Value: Hashable {
    func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
