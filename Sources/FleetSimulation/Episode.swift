import VehicleFaults

/// Something that goes on with one part of one vehicle: a precursor, or what looks like one.
struct Episode: Sendable {
    enum Kind: Sendable, Equatable {
        case precursor
        case plateau(at: Double)
        case nuisanceCode
        case dips
    }

    let mode: Int
    let kind: Kind
    /// When it was first there to be seen, and the odometer where it began.
    let onset: EventTime
    let onsetKilometres: Double
    /// The odometer where the part fails, or would.
    let endKilometres: Double
    /// Whether it began before the simulation.
    let beganBefore: Bool
    /// The mean length of such episodes over the length of this one.
    let pace: Double

    var path: DegradationPath
    /// Where a plateau was reached.
    var settled: Double?
    var codes: [SeenCode] = []
    var oracle: EpisodeOracle?
    /// When the oracle opened its ticket, and how probable it then was that there was nothing.
    var oracleTicket: OracleTicket?
    /// Whether the truth about it has been told.
    var isTold = false

    init(
        mode: Int, kind: Kind, onset: EventTime, from: Double, to: Double, meanLength: Double,
        beganBefore: Bool
    ) {
        self.mode = mode
        self.kind = kind
        self.onset = onset
        onsetKilometres = from
        endKilometres = to
        self.beganBefore = beganBefore
        pace = meanLength / max(to - from, 1)
        path = DegradationPath(isJumping: FailureMode.all[mode].wandersInJumps)
    }

    /// What it does on one trip.
    struct Trip {
        var effect = FailureMode.Effect()
        var code: String?
        var isBad = false
    }

    /// Moves on to an odometer and draws what the trip shows.
    mutating func run(
        to odometer: Double, preset: FleetPreset, load: Double, ambient: Double, code: Int,
        random: inout SeededRandom
    ) -> Trip {
        let failure = FailureMode.all[mode]
        let length = max(endKilometres - onsetKilometres, 1)
        path.advance(
            to: (odometer - onsetKilometres) / length, pace: pace, random: &random)
        var trip = Trip()
        let text = failure.codes.isEmpty ? nil : failure.codes[code % failure.codes.count]
        var level = path.level
        switch kind {
        case .precursor:
            let rate = failure.badTripRate(progress: path.progress, preset: preset)
            trip.isBad = random.chance(rate)
            if trip.isBad { trip.code = text }
        case .plateau(let end):
            if settled == nil, path.highest >= end { settled = end }
            level = settled ?? level
        case .nuisanceCode:
            trip.isBad = random.chance(failure.nuisanceRate(preset: preset))
            if trip.isBad { trip.code = text }
            return trip
        case .dips: trip.isBad = random.chance(failure.nuisanceRate(preset: preset))
        }
        trip.effect = failure.effect(
            level: level, strength: preset.strength, load: load, ambient: ambient,
            isBad: trip.isBad)
        return trip
    }
}

/// A code that was received before the failure that it announced.
public struct SeenCode: Equatable, Sendable {
    /// Its text.
    public var code: String
    /// When the vehicle sent it first, in true time.
    public var at: EventTime
    /// When that message was received.
    public var received: EventTime
}

/// A ticket that the oracle would have opened.
public struct OracleTicket: Equatable, Sendable {
    /// When.
    public var at: EventTime
    /// How probable it was that there was nothing at all, as a share of a false ticket.
    public var doubt: Double
}
