/// A value that lies elsewhere, so that copies of what holds it are cheap; it is copied itself when one
/// of them changes it.
///
/// What the value tells can be asked of it directly. Its code may be copied into other modules, where
/// a look at one member would else copy the whole value.
///
/// Unchecked: a change to storage that others hold makes a copy first, so nobody sees another's.
@dynamicMemberLookup
public struct Shared<Value: Sendable>: @unchecked Sendable {
    @usableFromInline final class Storage {
        @usableFromInline var value: Value
        @usableFromInline init(_ value: Value) { self.value = value }
    }

    @usableFromInline var storage: Storage

    /// Puts a value where copies can share it.
    public init(_ value: Value) { storage = Storage(value) }

    /// The value, where it lies.
    @inlinable public var value: Value {
        _read { yield storage.value }
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
            yield &storage.value
        }
    }

    /// What the value tells.
    @inlinable
    public subscript<Member>(dynamicMember member: KeyPath<Value, Member>) -> Member {
        storage.value[keyPath: member]
    }
}

extension Shared: Equatable where Value: Equatable {
    public static func == (a: Shared, b: Shared) -> Bool {
        a.storage === b.storage || a.value == b.value
    }
}

extension Shared: Hashable where Value: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
