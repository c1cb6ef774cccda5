import ServiceTickets
import VehicleFaults

// What the opened batch's commands ask of tickets, and what the ticket stage keeps.
extension FleetWatch {
    /// The open tickets.
    public internal(set) var book: TicketBook {
        _read { yield tickets.book }
        _modify { yield &tickets.book }
    }

    /// Tickets that the opened batch's commands speak of and that are not in memory: they must be
    /// brought with ``adopt(_:)-(Ticket)`` before ``close(row:)``.
    public var wantedTickets: [Int64] {
        var result: [Int64] = []
        for command in commands {
            let pairs = FlatJSON.pairs(String(decoding: command.payload, as: UTF8.self)) ?? []
            for (name, value) in pairs where name == "ticket" || name == "into" {
                let number =
                    Int64(value) ?? TicketRequest.Subject(value).flatMap { book.newest($0) }
                guard let number, book[number] == nil, !result.contains(number)
                else { continue }
                result.append(number)
            }
        }
        return result
    }

    /// Brings a ticket that is over.
    public mutating func adopt(_ ticket: Ticket) { book.adopt(ticket) }

    /// What the ticket stage has changed besides tickets, to be stored with the batch.
    public mutating func takeTicketMemory() -> [MemoryRow] { book.takeMemory() }

    /// Forgets tickets that are over when there are many of them.
    public mutating func forgetFinishedTickets() { book.forgetFinished() }
}
