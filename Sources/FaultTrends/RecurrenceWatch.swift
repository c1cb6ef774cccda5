import SpecialFunctions
import VehicleFaults

/// A code of one vehicle that may come back sooner than the fleet's experience allows: 88 bytes.
///
/// A spell begins when an event comes sooner after the one before than half of the allowed distance,
/// and ends when four allowed distances pass without one, or when what came since speaks for the
/// vehicle by ten to one. Each spell is a hypothesis of its own, and only what comes after its
/// beginning counts. A vehicle that fails after years without events would otherwise have to make
/// up for those years.
@frozen
public struct RecurrenceWatch: Equatable, Sendable {
    /// All events so far, one a trip at most, and the distance, hours or trips in which they came.
    public internal(set) var events: UInt32 = 0
    public internal(set) var run = 0.0
    /// What came since the spell began, with its exposure in events that are allowed.
    public internal(set) var spell = RecurrenceCheck()
    /// Whether there is a spell, and so a hypothesis.
    public internal(set) var isOpen = false
    /// ln of the e-value of the spell; 0 outside of one.
    public internal(set) var logEvidence = 0.0
    /// Messages that were held against what is allowed, at most 65,535.
    public internal(set) var judged: UInt32 = 0
    /// Where the clock of the rate stood last.
    var clock = 0.0
    var hasClock = false
    /// Events that are allowed since the newest one.
    var gap = 0.0
    /// The trip of the newest event.
    var trip: UInt64 = 0
    /// When the event before the spell came, or the newest one outside of a spell, or a repair.
    var since: UInt32 = 0
    /// What ``counted`` was when the fleet was told of it; in memory only.
    public var told: (events: UInt32, exposure: UInt32) {
        get { (UInt32(truncatingIfNeeded: toldWord), UInt32(truncatingIfNeeded: toldWord >> 32)) }
        set { toldWord = UInt64(newValue.events) | UInt64(newValue.exposure) << 32 }
    }
    private var toldWord: UInt64 = 0
    /// Where ``words`` have that.
    public static let toldPlace = 9

    /// Nothing known yet.
    public init() {}

    /// In allowed distances: an event that comes sooner than this after another begins a spell.
    private static let soon = 0.5
    /// Without an event for so long, a spell is over.
    private static let calm = 4.0
    /// ln of the evidence below which a spell is over.
    private static let poor = -2.3

    /// When the spell began, in whole seconds.
    public var onset: EventTime { EventTime(milliseconds: Int64(since) * 1000) }

    /// Events and whole units of exposure, as a fleet sums them.
    public var counted: (events: Int64, exposure: Int64) {
        (Int64(events), Int64(min(run, 1e9)))
    }

    /// How many times as often as is allowed the code came in the spell.
    public var ratio: Double {
        Double(spell.events) / max(spell.exposure, 1e-9)
    }

    /// The exponent by which events grow with exposure when they clearly come ever sooner; 0 when
    /// they do not.
    public var growth: Double {
        guard spell.events >= 4, let growth = spell.growth, growth.pValueOfWear < 0.05 else {
            return 0
        }
        return growth.beta
    }

    /// Whether a message is from before the repair after which the check began anew.
    public func isBeforeRepair(_ time: EventTime) -> Bool {
        !isOpen && trip == 0 && time.milliseconds / 1000 < Int64(since)
    }

    /// Takes in a message, or tells how far the vehicle has run.
    ///
    /// - Parameters:
    ///   - hasCode: whether the code came with it.
    ///   - now: where the clock of the rate stands: kilometres, hours or trips.
    ///   - number: the trip's number, above 0.
    ///   - allowed: events in a unit of the clock that are allowed; `nil` while nobody knows.
    public mutating func see(
        hasCode: Bool, clock now: Double, trip number: UInt64, at time: EventTime, allowed: Double?
    ) {
        let isFirst = !hasClock
        // A clock that runs backwards has begun anew.
        let step = isFirst ? 0 : max(0, now - clock)
        (clock, hasClock) = (now, true)
        run += step
        var isOver = false
        if let allowed {
            if judged < .max >> 16 { judged += 1 }
            gap += allowed * step
            if isOpen, step > 0 {
                spell.run(allowed * step)
                weigh()
                isOver = gap > Self.calm || logEvidence < Self.poor
                if isOver { end() }
            }
        }
        guard hasCode, number != trip else { return }
        defer { (trip, gap) = (number, 0) }
        // Of the first message nobody knows how long it took to come.
        guard !isFirst else { return note(time) }
        if events < .max { events += 1 }
        guard allowed != nil else { return note(time) }
        if isOpen {
            spell.countEvent()
            weigh()
        } else if trip > 0, !isOver, gap < Self.soon {
            isOpen = true
        } else {
            note(time)
        }
    }

    private mutating func note(_ time: EventTime) {
        since = UInt32(clamping: time.milliseconds / 1000)
    }

    private mutating func weigh() {
        // Rounded down, so that storing it never adds evidence.
        logEvidence = Double(Float(spell.logEvidence(allowedRate: 1)).nextDown)
    }

    private mutating func end() {
        (spell, isOpen, logEvidence) = (RecurrenceCheck(), false, 0)
    }

    /// Begins anew after a confirmed repair: what came before says nothing of the new part.
    ///
    /// - Parameter time: messages from before it are passed over.
    public mutating func beginAnew(at time: EventTime) {
        end()
        (gap, trip) = (0, 0)
        note(time)
    }

    // MARK: - As words

    /// The 88 bytes. Evidence, messages judged and whether something may be under way stand where
    /// ``DriftCheck`` has them, for those who know no more than that they are a check's.
    public var words: InlineArray<11, UInt64> {
        func pair(_ a: UInt32, _ b: UInt32) -> UInt64 { UInt64(a) | UInt64(b) << 32 }
        let flags: UInt32 =
            (hasClock ? 0x4000 : 0) | (isOpen ? 0xA000 : 0)
        return [
            clock.bitPattern, pair(events, 1 << 31), run.bitPattern,
            pair(spell.events, Float(logEvidence).bitPattern),
            pair(judged, spell.logTimes.bitPattern), pair(since, flags),
            spell.exposure.bitPattern, gap.bitPattern, trip, toldWord, 0,
        ]
    }

    /// What ``see(hasCode:clock:trip:at:allowed:)`` does with a message that the code did not come with,
    /// outside of a spell: nearly every message, for which reading all words and writing them again would
    /// take longer than the rest of it.
    ///
    /// - Parameter allowed: events in a unit of the clock; 0 while nobody knows.
    /// - Returns: whether it is the first message that was judged, and whether ``counted`` is another than
    ///   before; `nil` when nothing was done.
    public static func passOver(
        _ words: inout InlineArray<11, UInt64>, clock now: Double, allowed: Double,
        at time: EventTime
    ) -> (isFirst: Bool, hasCounted: Bool)? {
        let (hasClock, isOpen): (UInt64, UInt64) = (0x4000 << 32, 0x2000 << 32)
        guard words[5] & (hasClock | isOpen) == hasClock else { return nil }
        // Not from before a repair.
        guard words[8] != 0 || time.milliseconds / 1000 >= Int64(words[5] & 0xFFFF_FFFF) else {
            return nil
        }
        let step = max(0, now - Double(bitPattern: words[0]))
        words[0] = now.bitPattern
        let run = Double(bitPattern: words[2])
        words[2] = (run + step).bitPattern
        let hasCounted = Int64(min(run, 1e9)) != Int64(min(run + step, 1e9))
        guard allowed > 0 else { return (false, hasCounted) }
        let judged = words[4] & 0xFFFF
        if judged < 0xFFFF { words[4] += 1 }
        words[7] = (Double(bitPattern: words[7]) + allowed * step).bitPattern
        return (judged == 0, hasCounted)
    }

    /// What ``words`` said. Words of zero are nothing known.
    public init(words: InlineArray<11, UInt64>) {
        func low(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place]) }
        func high(_ place: Int) -> UInt32 { UInt32(truncatingIfNeeded: words[place] >> 32) }
        clock = Double(bitPattern: words[0])
        events = low(1)
        run = Double(bitPattern: words[2])
        spell.events = low(3)
        logEvidence = Double(Float(bitPattern: high(3)))
        judged = low(4) & 0xFFFF
        spell.logTimes = Float(bitPattern: high(4))
        since = low(5)
        (hasClock, isOpen) = (high(5) & 0x4000 != 0, high(5) & 0x2000 != 0)
        spell.exposure = Double(bitPattern: words[6])
        gap = Double(bitPattern: words[7])
        trip = words[8]
        toldWord = words[Self.toldPlace]
    }
}
