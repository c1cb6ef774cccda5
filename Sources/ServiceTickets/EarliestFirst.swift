/// Things of which the first in their order is at hand: a binary heap (Williams 1964).
///
/// Equal things come in no particular order, but the same for the same calls. Its code may be copied
/// into other modules: with witnesses instead of the things' own comparison it takes five times as long.
public struct EarliestFirst<Item: Comparable & Sendable>: Sendable {
    @usableFromInline var items: [Item] = []

    /// Nothing yet.
    @inlinable public init() {}

    /// The first of them, or `nil` when there are none.
    @inlinable public var first: Item? { items.first }

    /// Adds one.
    @inlinable public mutating func insert(_ item: Item) {
        items.append(item)
        var place = items.count - 1
        while place > 0, items[place] < items[(place - 1) / 2] {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    /// Takes the first out, if there is one.
    @inlinable public mutating func removeFirst() {
        guard let last = items.popLast(), !items.isEmpty else { return }
        items[0] = last
        var place = 0
        while true {
            var least = place
            for child in 2 * place + 1...2 * place + 2
            where child < items.count && items[child] < items[least] { least = child }
            guard least != place else { return }
            items.swapAt(place, least)
            place = least
        }
    }
}
