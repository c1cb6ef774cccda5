/// Which vehicle a device belongs to: about half of all messages name a serial number, an IMEI, a phone
/// number or a MAC address and never a vehicle.
///
/// A device that is not named here is kept under its own name, as a vehicle of its own.
public struct SourceRegistry: Equatable, Sendable {
    private var vehicles: [VehicleID: VehicleID] = [:]
    /// The vehicles that have devices.
    private var owners: Set<VehicleID> = []

    /// No devices.
    public init() {}

    /// The attribute of a roster's vehicle that names its devices, apart by blanks.
    public static let attribute = "device"

    /// The devices that a roster names. Where two vehicles claim one device the first has it, in order
    /// of their names.
    public init(_ roster: VehicleRoster) {
        for vehicle in roster.vehicles {
            for word in (roster[vehicle]?[Self.attribute] ?? "").split(separator: " ") {
                guard let source = VehicleID(word) else { continue }
                do throws(Claimed) { try add(source, to: vehicle) } catch { continue }
            }
        }
    }

    /// Two vehicles claim one device.
    public struct Claimed: Error, Equatable {
        public var source: VehicleID
        /// Who has it already.
        public var vehicle: VehicleID

        /// Says who has what.
        public init(source: VehicleID, vehicle: VehicleID) {
            self.source = source
            self.vehicle = vehicle
        }
    }

    /// Puts a device to a vehicle; a vehicle may have several.
    ///
    /// - Throws: when another vehicle has it, or the device is itself a vehicle with devices, since
    ///   nobody could say which name counts.
    public mutating func add(_ source: VehicleID, to vehicle: VehicleID) throws(Claimed) {
        if let known = vehicles[source], known != vehicle {
            throw Claimed(source: source, vehicle: known)
        }
        if let known = vehicles[vehicle], known != vehicle {
            throw Claimed(source: vehicle, vehicle: known)
        }
        if source != vehicle, owners.contains(source) {
            throw Claimed(source: source, vehicle: source)
        }
        vehicles[source] = vehicle
        owners.insert(vehicle)
    }

    /// How many devices there are.
    public var count: Int { vehicles.count }

    /// Whether there are none.
    public var isEmpty: Bool { vehicles.isEmpty }

    /// The vehicle of a device, or `nil` when nobody has named it.
    public subscript(source: VehicleID) -> VehicleID? { vehicles[source] }

    /// A device and the vehicle that it sits in.
    public struct Naming: Hashable, Sendable {
        public var source: VehicleID
        public var vehicle: VehicleID

        /// Says whose a device is.
        public init(source: VehicleID, vehicle: VehicleID) {
            self.source = source
            self.vehicle = vehicle
        }
    }

    /// The devices that another vehicle has than before, or that had none, in their order.
    public func named(since old: SourceRegistry) -> [Naming] {
        vehicles.filter { $0.key != $0.value && old.vehicles[$0.key] != $0.value }
            .map { Naming(source: $0.key, vehicle: $0.value) }
            .sorted { $0.source < $1.source }
    }

    /// The devices of a vehicle, in their order.
    public func sources(of vehicle: VehicleID) -> [VehicleID] {
        vehicles.filter { $0.value == vehicle }.map(\.key).sorted()
    }

    /// Whether a name that messages came under still stands for itself: no VIN, and no device or
    /// vehicle of this registry.
    public func isUnknown(_ name: VehicleID) -> Bool {
        guard vehicles[name] == nil, !VIN.isPlausible(name.bytes.span) else { return false }
        return !owners.contains(name)
    }
}
