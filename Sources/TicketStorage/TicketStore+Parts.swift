import GRDB
import ServiceTickets
import VehicleFaults

/// Pieces of a part that were fitted in a month.
public struct FittedPart: Sendable {
    public var part: String
    /// As `2026-07`, in UTC.
    public var month: String
    public var pieces: Double
}

/// A part that an open ticket waits for.
public struct AwaitedPart: Sendable {
    public var part: String
    /// How likely the fault is, and so the need; 1 where nobody said.
    public var probability: Double
    /// The appointment, or when the vehicle is expected to fail.
    public var neededBy: EventTime?
}

// What tickets did with parts, over many of them.
extension TicketStore {
    /// Pieces of each part that were fitted in each month, and parts that tickets ask for that were
    /// still open at a time and that have not come, from tickets of some sites or of all.
    ///
    /// Both come from one look at all events about parts.
    public func partsAsked(until end: EventTime, sites: Set<String>?) throws
        -> (fitted: [FittedPart], awaited: [AwaitedPart])
    {
        try query { db in
            let list = try Self.list(of: sites)
            let rows = try ColumnRows(
                db,
                """
                SELECT e.ticket, e.seq, e.at, e.json
                  FROM ticket_event e INDEXED BY ticket_event_part
                 WHERE e.kind = 'part' AND e.at < ?1
                   AND (?2 IS NULL OR (SELECT site FROM ticket WHERE number = e.ticket)
                     IN (SELECT value FROM json_each(?2)))
                 ORDER BY e.ticket
                """, [end.milliseconds, list])
            var words = PartWords()
            var fitted: [String: [Int64: Double]] = [:]
            var waits = PartWaits()
            while try rows.next(db) {
                guard let word = words.read(rows.bytes(3)) else { continue }
                if word.state == .fitted {
                    let day = rows.integer(2).floored(dividedBy: 86_400_000)
                    fitted[word.part, default: [:]][day, default: 0] += word.quantity
                }
                waits.note(word, ticket: rows.integer(0), seq: rows.integer(1))
            }
            return (
                Self.monthly(fitted), try Self.awaited(waits.all(), at: end, db)
            )
        }
    }

    /// Pieces by part and month, from those by part and day.
    private static func monthly(_ fitted: [String: [Int64: Double]]) -> [FittedPart] {
        fitted.sorted { $0.key < $1.key }.flatMap { part, days in
            var months: [FittedPart] = []
            for (day, pieces) in days.sorted(by: { $0.key < $1.key }) {
                let month = EventTime(milliseconds: day * 86_400_000).text().prefix(7)
                if let last = months.last, last.month == month {
                    months[months.count - 1].pieces += pieces
                } else {
                    months.append(FittedPart(part: part, month: String(month), pieces: pieces))
                }
            }
            return months
        }
    }

    /// Of what tickets wait for, what those wait for that were open at a time.
    private static func awaited(_ waits: [PartWaits.Wait], at end: EventTime, _ db: Database)
        throws -> [AwaitedPart]
    {
        let numbers = "[\(Set(waits.map(\.ticket)).map(String.init).joined(separator: ","))]"
        let rows = try ColumnRows(
            db,
            """
            SELECT number, probability, coalesce(appointment_at, fails_at) FROM ticket
             WHERE number IN (SELECT value FROM json_each(?1)) AND opened_received < ?2
               AND coalesce(delivered_at, ?2) >= ?2 AND coalesce(cancelled_at, ?2) >= ?2
            """, [numbers, end.milliseconds])
        var open: [Int64: (probability: Double, neededBy: EventTime?)] = [:]
        while try rows.next(db) {
            open[rows.integer(0)] = (rows.isNull(1) ? 1 : rows.number(1), rows.time(2))
        }
        return waits.sorted { ($0.part, $0.ticket) < ($1.part, $1.ticket) }.compactMap { wait in
            open[wait.ticket].map {
                AwaitedPart(part: wait.part, probability: $0.probability, neededBy: $0.neededBy)
            }
        }
    }
}

/// Reads what events about parts say.
private struct PartWords {
    struct Word {
        var part: String
        var state: PartState?
        var quantity = 1.0
    }

    private var parts = SeenTexts<String>()
    private var states = SeenTexts<PartState>()
    private var quantities = SeenTexts<Double> { Double($0) }

    /// What an event says; `nil` when it names no part.
    mutating func read(_ json: UnsafeBufferPointer<UInt8>?) -> Word? {
        guard let json else { return nil }
        var (part, state) = (String?.none, PartState?.none)
        var quantity: Double?
        let isPlain = FlatJSON.forEachPlain(in: json.span) { name, value in
            let value = UnsafeBufferPointer(rebasing: json[value])
            if Self.isSame(json[name], "part") {
                part = parts(value)
            } else if Self.isSame(json[name], "state") {
                state = states(value)
            } else if Self.isSame(json[name], "quantity") {
                quantity = quantities(value)
            }
        }
        if !isPlain {
            guard let fields = Fields(json: Array(json)) else { return nil }
            part = fields[.part]
            state = fields[.state].flatMap { PartState(rawValue: $0) }
            quantity = fields[.quantity].flatMap { Double($0) }
        }
        return part.map { Word(part: $0, state: state, quantity: quantity ?? 1) }
    }

    private static func isSame(
        _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ name: StaticString
    ) -> Bool {
        bytes.elementsEqual(
            UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
}

/// Which tickets wait for which parts, told by the newest word on each.
private struct PartWaits {
    struct Wait {
        var part: String
        var ticket: Int64
    }

    private var found: [Wait] = []
    private var ticket: Int64 = 0
    private var newest: [(part: String, seq: Int64, isComing: Bool)] = []

    /// Notes a word; those on a ticket come together.
    mutating func note(_ word: PartWords.Word, ticket: Int64, seq: Int64) {
        if ticket != self.ticket { finish() }
        self.ticket = ticket
        let isComing =
            switch word.state {
            case .requested, .ordered, .shipped: true
            default: false
            }
        if let place = newest.firstIndex(where: { $0.part == word.part }) {
            if newest[place].seq < seq { newest[place] = (word.part, seq, isComing) }
        } else {
            newest.append((word.part, seq, isComing))
        }
    }

    /// All waits.
    mutating func all() -> [Wait] {
        finish()
        return found
    }

    private mutating func finish() {
        for word in newest where word.isComing {
            found.append(Wait(part: word.part, ticket: ticket))
        }
        newest.removeAll(keepingCapacity: true)
    }
}
