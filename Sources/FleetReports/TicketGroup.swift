import ServiceTickets
import VehicleFaults

/// Some tickets of a period, by their places among all of them.
///
/// A report looks at a hundred thousand tickets some fifty times. A group looks at them where they
/// stand: an array of those that it holds would copy each, with all its names.
struct TicketGroup: Sendable {
    /// What all groups of a report look at.
    fileprivate final class Period: Sendable {
        let tickets: TicketRecords
        init(_ tickets: TicketRecords) { self.tickets = tickets }
    }

    private let period: Period
    /// In ascending order; `nil` for all.
    private let places: [Int32]?

    init(_ tickets: TicketRecords) { self.init(Period(tickets), nil) }

    private init(_ period: Period, _ places: [Int32]?) {
        self.period = period
        self.places = places
    }

    /// None of them.
    static let none = TicketGroup(TicketRecords())

    var count: Int { places?.count ?? period.tickets.count }

    var isEmpty: Bool { count == 0 }

    /// One of the tickets, where it stands.
    @dynamicMemberLookup
    struct Member {
        fileprivate let period: Period
        fileprivate let place: Int

        /// One of its fields. Closures that name a field are compiled to reading it; key paths
        /// (`\.site`) are looked up each time.
        @inline(__always)
        subscript<Value>(dynamicMember field: KeyPath<TicketRecords, [Value]>) -> Value {
            period.tickets[keyPath: field][place]
        }
    }

    /// Each ticket with its place, in order.
    @inline(__always)
    private func visit(_ body: (Int32, Member) -> Void) {
        if let places {
            for place in places { body(place, Member(period: period, place: Int(place))) }
        } else {
            for place in 0..<period.tickets.count {
                body(Int32(truncatingIfNeeded: place), Member(period: period, place: place))
            }
        }
    }

    /// Calls `body` with each ticket, in order.
    @inline(__always)
    func forEach(_ body: (Member) -> Void) { visit { body($1) } }

    /// The tickets for which something holds.
    @inline(__always)
    func filter(_ holds: (Member) -> Bool) -> TicketGroup {
        var chosen: [Int32] = []
        visit { if holds($1) { chosen.append($0) } }
        return TicketGroup(period, chosen)
    }

    /// For how many something holds.
    @inline(__always)
    func count(where holds: (Member) -> Bool) -> Int {
        var count = 0
        visit { if holds($1) { count += 1 } }
        return count
    }

    /// What `value` says of each.
    @inline(__always)
    func map<Value>(_ value: (Member) -> Value) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        visit { values.append(value($1)) }
        return values
    }

    /// What `value` says of those of which it says something.
    @inline(__always)
    func compactMap<Value>(_ value: (Member) -> Value?) -> [Value] {
        var values: [Value] = []
        visit { if let value = value($1) { values.append(value) } }
        return values
    }

    /// All that `values` says of them.
    @inline(__always)
    func flatMap<Value>(_ values: (Member) -> [Value]) -> [Value] {
        var all: [Value] = []
        visit { all += values($1) }
        return all
    }

    /// The sum of what `value` says of each.
    @inline(__always)
    func sum<Value: AdditiveArithmetic>(_ value: (Member) -> Value) -> Value {
        var sum = Value.zero
        visit { sum += value($1) }
        return sum
    }

    /// The tickets that have a key in common.
    @inline(__always)
    func grouped<Key: Hashable>(_ key: (Member) -> Key) -> [Key: TicketGroup] {
        var numbers: [Key: Int] = [:]
        var groups: [[Int32]] = []
        visit { place, ticket in
            let key = key(ticket)
            if let number = numbers[key] {
                groups[number].append(place)
            } else {
                numbers[key] = groups.count
                groups.append([place])
            }
        }
        return numbers.mapValues { TicketGroup(period, groups[$0]) }
    }
}

extension TicketGroup.Member {
    /// What people call it, as `T-1041`.
    var id: String { "T-\(self.number)" }

    /// The milliseconds that it stood in each state, in the order of ``TicketState/allCases``.
    var timeInStates: ArraySlice<Int64> { period.tickets.timeInStates(of: place) }

    /// The milliseconds that it waited for each reason, in the order of ``HoldReason/allCases``.
    var timeOnHold: ArraySlice<Int64> { period.tickets.timeOnHold(of: place) }

    /// A vehicle was worked on, not only spoken about.
    var wasRepaired: Bool { self.repairStarted != nil && self.solved != nil }

    /// It neither came to an end nor was called off.
    var isOpen: Bool { self.solved == nil && self.cancelled == nil && self.closed == nil }

    /// It is about our service and not about a fault.
    var isComplaint: Bool { self.source == .complaint }

    /// Solved from afar, without a visit.
    var wasRemote: Bool {
        self.solved != nil && self.repairStarted == nil && self.checkedIn == nil
    }

    /// It counts neither for nor against the workshop: the customer said no, or it was entered twice.
    var isOutOfOurHands: Bool {
        self.disposition == .declined || self.disposition == .duplicate
    }
}
