import VehicleFaults

/// What counts as found, and what things cost.
public struct ScoringTerms: Equatable, Sendable {
    /// How long before the onset a ticket may be opened and still count, in milliseconds.
    public var slack: Int64 = 0
    /// How long after a failure a ticket is late rather than false, in milliseconds.
    public var aftermath: Int64 = 14 * 86_400_000
    /// What a failure on the road costs, a planned repair, and a look at a sound vehicle.
    public var breakdownCost = 10.0
    public var repairCost = 3.0
    public var inspectionCost = 1.0

    /// The usual terms.
    public init() {}
}

/// What tickets came to, on a fleet or a part of it.
public struct FleetTally: Equatable, Sendable {
    /// Failures that happened, and how many a ticket was opened for in time.
    public internal(set) var failures = 0
    public internal(set) var found = 0
    /// Those of them whose precursor was there to be seen from its onset, and how many were found.
    public internal(set) var visible = 0
    public internal(set) var visibleFound = 0
    /// Tickets between the onset and the failure of what they name.
    public internal(set) var trueTickets = 0
    /// Of these, tickets for what already had one.
    public internal(set) var repeatedTickets = 0
    /// Tickets up to a while after the failure: right, and too late.
    public internal(set) var lateTickets = 0
    /// All others.
    public internal(set) var falseTickets = 0
    /// False tickets that are only expected, as the oracle's about nothing at all.
    public internal(set) var expectedFalse = 0.0
    /// From the first ticket to the failure, in days, in ascending order.
    public internal(set) var leadDays: [Double] = []
    /// True tickets whose interval held the failure, did not, or could not yet tell.
    public internal(set) var intervalsRight = 0
    public internal(set) var intervalsWrong = 0
    /// Of those that did not, the ones whose failure came after their end.
    public internal(set) var intervalsLate = 0
    public internal(set) var intervalsOpen = 0

    /// Nothing counted yet.
    public init() {}

    /// The share of failures found in time, or `nil` without failures.
    public var recall: Double? { failures > 0 ? Double(found) / Double(failures) : nil }

    /// The same among those that could be seen from their onset.
    public var visibleRecall: Double? {
        visible > 0 ? Double(visibleFound) / Double(visible) : nil
    }

    /// The share of false ones among true and false tickets, or `nil` without tickets.
    public var falseShare: Double? {
        let wrong = Double(falseTickets) + expectedFalse
        let all = Double(trueTickets) + wrong
        return all > 0 ? wrong / all : nil
    }

    /// One minus ``falseShare``.
    public var precision: Double? { falseShare.map { 1 - $0 } }

    /// The harmonic mean of precision and recall; without tickets 0.
    public var f1: Double? {
        guard let recall else { return nil }
        let precision = precision ?? 0
        return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    }

    /// The share of intervals that held the failure, or `nil` when none can be judged.
    public var coverage: Double? {
        let judged = intervalsRight + intervalsWrong
        return judged > 0 ? Double(intervalsRight) / Double(judged) : nil
    }

    /// The lead time in days that a share of the found failures had at most, or `nil`.
    ///
    /// - Parameter share: 0 to 1; between two failures it is interpolated (Hyndman and Fan's 7).
    public func lead(_ share: Double) -> Double? {
        guard let last = leadDays.indices.last else { return nil }
        let place = share * Double(last)
        let low = Int(place)
        let high = min(low + 1, last)
        return leadDays[low] + (leadDays[high] - leadDays[low]) * (place - Double(low))
    }

    /// What failures, repairs and false tickets cost together.
    public func cost(_ terms: ScoringTerms) -> Double {
        Double(failures - found) * terms.breakdownCost + Double(found) * terms.repairCost
            + (Double(falseTickets) + expectedFalse) * terms.inspectionCost
    }

    /// The share of the costs without any ticket that the tickets saved; below 0 when they cost
    /// more than they saved, `nil` without failures.
    public func saving(_ terms: ScoringTerms) -> Double? {
        guard failures > 0 else { return nil }
        return 1 - cost(terms) / (Double(failures) * terms.breakdownCost)
    }
}
