import VehicleFaults

/// Tickets by the time at which they must be looked at: a binary heap, the earliest on top.
struct TicketTimers: Sendable {
    private var items: [(at: EventTime, ticket: Int64)] = []

    var first: (at: EventTime, ticket: Int64)? { items.first }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        (items[a].at, items[a].ticket) < (items[b].at, items[b].ticket)
    }

    mutating func insert(_ at: EventTime, _ ticket: Int64) {
        items.append((at, ticket))
        var place = items.count - 1
        while place > 0, precedes(place, (place - 1) / 2) {
            items.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = items.popLast(), !items.isEmpty else { return }
        items[0] = last
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < items.count && precedes(child, least) { least = child }
            guard least != place else { return }
            items.swapAt(place, least)
            place = least
        }
    }
}
