import TicketStorage
import VehicleFaults

/// The tickets of a list, in its order.
///
/// Where many are wanted, each processor reads its share through a connection of its own. They stay
/// where they were read, because a ticket is large and a list only needs to know the order.
struct FoundTickets: RandomAccessCollection, Sendable {
    private struct Place {
        var severity: Severity
        var received: EventTime
        var number: Int64
        var part, index: Int
    }

    /// Numbers that are worth a connection.
    private static let length: Int64 = 8000

    private let parts: [[StoredTicket]]
    private let order: [Place]

    /// - Parameter filter: which are wanted.
    init(_ store: TicketStore, _ filter: TicketFilter) throws {
        let newest = filter.isBroad ? try store.newestTicket() : 0
        guard newest > Self.length else {
            self.init([try store.tickets(filter)])
            return
        }
        let path = store.path
        let parts = stride(from: 1, through: newest, by: Int(Self.length)).map { first in
            Background {
                var filter = filter
                filter.numbers = first...first + Self.length - 1
                return try TicketStore(path: path, access: .read).tickets(filter)
            }
        }
        self.init(try parts.map { try $0.value })
    }

    private init(_ parts: [[StoredTicket]]) {
        self.parts = parts
        var order: [Place] = []
        for (part, tickets) in parts.enumerated() {
            for (index, ticket) in tickets.enumerated() {
                order.append(
                    Place(
                        severity: ticket.severity, received: ticket.openedReceived,
                        number: ticket.number, part: part, index: index))
            }
        }
        // Each part is in order, which sorting makes use of.
        if parts.count > 1 {
            order.sort { a, b in
                if a.severity != b.severity { return a.severity > b.severity }
                if a.received != b.received { return a.received < b.received }
                return a.number < b.number
            }
        }
        self.order = order
    }

    var startIndex: Int { 0 }
    var endIndex: Int { order.count }

    subscript(place: Int) -> StoredTicket {
        _read { yield parts[order[place].part][order[place].index] }
    }
}

extension TicketFilter {
    /// Whether much of all tickets may be wanted, so that none of the indexes helps.
    fileprivate var isBroad: Bool { !isOpen && vehicle == nil && mode == nil && !isCampaign }
}
