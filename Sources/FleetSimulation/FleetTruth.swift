import VehicleFaults

/// One line of what is known to be true of a simulated fleet.
public enum FleetTruth: Equatable, Sendable {
    case fleet(FleetHeader)
    case release(SoftwareRelease)
    case badLot(name: String, component: String, factor: Double)
    /// Something moved a signal of the whole fleet.
    case shock(FleetShock)
    case failure(FailureTruth)
    case lookAlike(LookAlikeTruth)
    case vehicle(VehicleTruth)
}

/// What the whole fleet is; the first line of the truth.
public struct FleetHeader: Equatable, Sendable {
    public var preset: FleetPreset
    public var seed: UInt64
    public var vehicles: Int
    public var days: Int
    public var start: EventTime
    public var end: EventTime
}

/// A software release that moves one signal of one model, on all its vehicles within a week.
public struct SoftwareRelease: Equatable, Sendable {
    /// The model's number.
    public var model: Int
    public var signal: String
    /// The first vehicle's update; the last one's is seven days later.
    public var at: EventTime
    /// How far the signal moves, in its own unit.
    public var shift: Double
    /// The number of the signal.
    var number: Int
}

/// A failure that happened, or whose precursor had begun when the simulation ended.
public struct FailureTruth: Equatable, Sendable {
    public var vehicle: VehicleID
    /// The number of the failure's mode in ``FailureMode/all``.
    public var mode: Int
    /// Whether anything could be seen before; `false` for a sudden failure.
    public var hasPrecursor: Bool
    /// Whether the precursor began after the simulation did, so that a sound time was seen first.
    public var isSeenFromOnset: Bool
    /// When the precursor began, or the failure when it was sudden.
    public var onset: EventTime
    public var onsetKilometres: Double
    /// When the part failed; `nil` when the simulation ended before.
    public var failed: EventTime?
    /// The odometer where it failed or would have failed.
    public var failedKilometres: Double
    /// The codes that announced it, each when it was first sent and received before the failure.
    public var codes: [SeenCode]
    /// The lot that the part came from, when the part was the first one.
    public var lot: String?
    /// Whether that lot is a bad one.
    public var isBadLot: Bool
    /// The ticket of a filter that is told the truth about everything but the outcome.
    public var oracle: OracleTicket?
}

/// Something that happened and was no failure.
public struct LookAlikeTruth: Equatable, Sendable {
    public var vehicle: VehicleID
    public var what: LookAlike
    /// The number of the mode that it looks like, or `nil`.
    public var mode: Int?
    /// The signal that shows it, or `nil`.
    public var signal: String?
    public var from: EventTime
    /// `nil` when it lasts.
    public var to: EventTime?
    /// How far a plateau lies on the way to the limit.
    public var level: Double?
    public var codes: [String]
    /// The oracle's false ticket, or `nil`.
    public var oracle: OracleTicket?
}

/// What a vehicle is and how far it went, to weigh failures by exposure.
public struct VehicleTruth: Equatable, Sendable {
    public var vehicle: VehicleID
    /// The model's number.
    public var model: Int
    public var region: String
    /// The year and month of building.
    public var year: Int
    public var month: Int
    public var entryKilometres: Double
    public var exitKilometres: Double
    public var trips: Int
    /// The lot of each part, in the order of ``FailureMode/all``.
    public var lots: [String]
}

extension FleetTruth {
    /// The models' names, by number.
    public static let models = ["hatchback", "van", "light-truck"]

    /// Adds the line to `bytes` as one JSON object and a newline.
    public func appendLine(to bytes: inout [UInt8]) {
        var text = PayloadText()
        text.open()
        text.whole("v", 1)
        switch self {
        case .fleet(let fleet): write(fleet, to: &text)
        case .release(let release):
            text.string("kind", "release")
            text.string("model", Self.models[release.model])
            text.string("signal", release.signal)
            text.string("at", release.at.text())
            text.number("shift", release.shift, decimals: 3)
        case .shock(let shock):
            text.string("kind", "shock")
            text.string("signal", shock.signal)
            text.string("at", shock.at.text())
            text.number("shift", shock.shift, decimals: 3)
        case .badLot(let name, let component, let factor):
            text.string("kind", "bad-lot")
            text.string("lot", name)
            text.string("component", component)
            text.number("factor", factor, decimals: 2)
        case .failure(let failure): write(failure, to: &text)
        case .lookAlike(let alike): write(alike, to: &text)
        case .vehicle(let vehicle): write(vehicle, to: &text)
        }
        text.close()
        bytes += text.bytes
        bytes.append(0x0A)
    }

    private func write(_ fleet: FleetHeader, to text: inout PayloadText) {
        text.string("kind", "fleet")
        text.string("preset", fleet.preset.rawValue)
        text.raw("seed", String(fleet.seed))
        text.whole("vehicles", fleet.vehicles)
        text.whole("days", fleet.days)
        text.string("start", fleet.start.text())
        text.string("end", fleet.end.text())
        text.openList("modes")
        for mode in FailureMode.all {
            text.open()
            text.string("mode", mode.name)
            text.string("component", mode.component)
            text.string("family", mode.family.rawValue)
            text.raw("withheld", mode.isWithheld ? "true" : "false")
            text.close()
        }
        text.closeList()
    }

    private func write(_ failure: FailureTruth, to text: inout PayloadText) {
        let mode = FailureMode.all[failure.mode]
        text.string("kind", "failure")
        text.string("vin", failure.vehicle.description)
        text.string("mode", mode.name)
        text.string("component", mode.component)
        text.string("family", mode.family.rawValue)
        text.raw("withheld", mode.isWithheld ? "true" : "false")
        text.raw("precursor", failure.hasPrecursor ? "true" : "false")
        text.raw("seen_from_onset", failure.isSeenFromOnset ? "true" : "false")
        text.string("onset_at", failure.onset.text())
        text.number("onset_km", failure.onsetKilometres, decimals: 1)
        text.optional("failure_at", failure.failed?.text())
        text.number("failure_km", failure.failedKilometres, decimals: 1)
        text.openList("codes")
        for code in failure.codes {
            text.open()
            text.string("code", code.code)
            text.string("at", code.at.text())
            text.string("received_at", code.received.text())
            text.close()
        }
        text.closeList()
        text.optional("lot", failure.lot)
        text.raw("bad_lot", failure.isBadLot ? "true" : "false")
        write(failure.oracle, to: &text)
    }

    private func write(_ alike: LookAlikeTruth, to text: inout PayloadText) {
        text.string("kind", "look-alike")
        text.string("vin", alike.vehicle.description)
        text.string("what", alike.what.rawValue)
        text.optional("mode", alike.mode.map { FailureMode.all[$0].name })
        text.optional("signal", alike.signal)
        text.string("from", alike.from.text())
        text.optional("to", alike.to?.text())
        if let level = alike.level { text.number("level", level, decimals: 3) }
        text.openList("codes")
        for code in alike.codes { text.element(code) }
        text.closeList()
        write(alike.oracle, to: &text)
    }

    private func write(_ oracle: OracleTicket?, to text: inout PayloadText) {
        guard let oracle else { return text.raw("oracle", "null") }
        text.open("oracle")
        text.string("at", oracle.at.text())
        text.number("doubt", oracle.doubt, decimals: 3)
        text.close()
    }

    private func write(_ vehicle: VehicleTruth, to text: inout PayloadText) {
        text.string("kind", "vehicle")
        text.string("vin", vehicle.vehicle.description)
        text.string("model", Self.models[vehicle.model])
        text.string("region", vehicle.region)
        text.whole("year", vehicle.year)
        text.whole("month", vehicle.month)
        text.number("entry_km", vehicle.entryKilometres, decimals: 1)
        text.number("exit_km", vehicle.exitKilometres, decimals: 1)
        text.whole("trips", vehicle.trips)
        text.openList("lots")
        for lot in vehicle.lots { text.element(lot) }
        text.closeList()
    }
}
