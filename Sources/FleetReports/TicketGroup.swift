/// Some tickets of a period, by their places among all of them.
///
/// A report looks at a hundred thousand tickets some fifty times. A group looks at them where they
/// stand: an array of those that it holds would copy each, with all its names. Closures that name a
/// field are compiled to reading it; key paths (`\.site`) are looked up each time.
struct TicketGroup: Sendable {
    private let all: [TicketRecord]
    /// In ascending order; `nil` for all.
    private let places: [Int32]?

    init(_ all: [TicketRecord]) {
        self.all = all
        places = nil
    }

    private init(_ all: [TicketRecord], _ places: [Int32]) {
        self.all = all
        self.places = places
    }

    var count: Int { places?.count ?? all.count }

    var isEmpty: Bool { count == 0 }

    /// One of the tickets, where it stands.
    @dynamicMemberLookup
    struct Member {
        fileprivate let all: [TicketRecord]
        fileprivate let place: Int

        /// What its record says.
        @inline(__always)
        subscript<Value>(dynamicMember field: KeyPath<TicketRecord, Value>) -> Value {
            all[place][keyPath: field]
        }
    }

    /// Each ticket with its place, in order.
    @inline(__always)
    private func visit(_ body: (Int32, Member) -> Void) {
        if let places {
            for place in places { body(place, Member(all: all, place: Int(place))) }
        } else {
            for place in all.indices {
                body(Int32(truncatingIfNeeded: place), Member(all: all, place: place))
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
        return TicketGroup(all, chosen)
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
        return numbers.mapValues { TicketGroup(all, groups[$0]) }
    }
}
