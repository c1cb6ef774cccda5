/// What a statistical check found, with what its promise about false findings rests on.
public struct TrendEvidence: Hashable, Sendable {
    /// What was looked for: `rises`, `falls`, `scatters`, `returns`, `recurs`, `above-kind`,
    /// `below-kind`, `unlike-kind`, `wears-out` or `foretells`.
    public var kind: String
    /// The signal's name, or the pattern of the code; several names, or the pattern and a name, with a
    /// plus between them; how far is looked ahead for a part that wears out.
    public var subject: String
    /// The reading that completed the evidence; how often a code that recurs has come; the
    /// age of a part; how many usual deviations a signal was off with a code.
    public var reading: Double
    /// ln of the evidence, and how much of it the promise took when it was decided; for a part that wears
    /// out the chance of failing, and the one from which on it is due; for a code that foretells a
    /// failure the share of cases in which it came true, at least.
    public var logEvidence: Double
    public var needed: Double
    /// When it began.
    public var onset: EventTime
    /// How far the level is from the vehicle's own in the signal's unit; a ratio of scatters; the
    /// share of messages with the code; how many times as often as is allowed a code recurs; the
    /// lower end of the chance's interval; the share of cases in which a code meant the failure.
    public var size: Double
    /// The vehicle's own usual deviation; for a code that clearly recurs ever sooner the exponent of
    /// its growth; 0 for any other code; the upper end of the chance's interval;
    /// the cases that were seen.
    public var deviation: Double
    /// Between which times the limit should be met, nine times in ten; `nil` when no date is proven.
    public var dueFrom: EventTime?
    public var dueTo: EventTime?
    /// Why there are no such times; `nil` when there are, or when no limit was told.
    public var noDate: NoServiceDate?

    public init(
        kind: String, subject: String, reading: Double, logEvidence: Double, needed: Double,
        onset: EventTime, size: Double, deviation: Double
    ) {
        (self.kind, self.subject, self.reading) = (kind, subject, reading)
        (self.logEvidence, self.needed) = (logEvidence, needed)
        (self.onset, self.size, self.deviation) = (onset, size, deviation)
    }
}
