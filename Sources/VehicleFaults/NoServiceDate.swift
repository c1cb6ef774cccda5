/// Why nothing is said of when a signal will meet its limit.
public enum NoServiceDate: String, Sendable, CaseIterable {
    /// The limit is met already.
    case limitMet = "limit_met"
    /// The signal has moved, and it is not proven that it goes on towards the limit.
    case notProven = "not_proven"
    /// At its pace, the limit is met in more than a year at the earliest.
    case tooFar = "too_far"
    /// It may be within the year, and as well so late that no later date can be told.
    case tooFlat = "too_flat"
}
