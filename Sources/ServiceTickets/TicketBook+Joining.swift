import VehicleFaults

extension TicketBook {
    /// Puts what is known of devices to the vehicles that they turned out to sit in: their tickets,
    /// what was learned from earlier ones, and what is watched after repairs.
    ///
    /// Where the vehicle has a ticket for the same failure mode the newer one takes the findings
    /// from now on, and people may merge the two.
    ///
    /// - Parameter namings: each device once.
    public mutating func join(_ namings: [SourceRegistry.Naming]) {
        guard !namings.isEmpty else { return }
        let owners = Dictionary(
            namings.map { ($0.source, $0.vehicle) }, uniquingKeysWith: { first, _ in first })
        for number in tickets.keys.sorted() {
            guard let vehicle = tickets[number].flatMap({ owners[$0.vehicle] }) else { continue }
            tickets[number]?.value.vehicle = vehicle
        }
        for naming in namings {
            guard let numbers = byVehicle.removeValue(forKey: naming.source) else { continue }
            byVehicle[naming.vehicle] = ((byVehicle[naming.vehicle] ?? []) + numbers).sorted()
        }
        for (key, number) in active.filter({ owners[$0.key.vehicle] != nil }) {
            active[key] = nil
            guard let vehicle = owners[key.vehicle] else { continue }
            let owned = Key(vehicle: vehicle, mode: key.mode)
            active[owned] = max(active[owned] ?? 0, number)
        }
        for (key, number) in past.filter({ owners[$0.key.vehicle] != nil }) {
            past[key] = nil
            changed(.past, Self.text(key))
            guard let vehicle = owners[key.vehicle] else { continue }
            let owned = Key(vehicle: vehicle, mode: key.mode)
            past[owned] = max(past[owned] ?? 0, number)
            changed(.past, Self.text(owned))
        }
        // In order, since of several devices the first one's word stands.
        for key in backOffs.keys.filter({ owners[$0.vehicle] != nil })
            .sorted(by: { Self.text($0) < Self.text($1) })
        {
            let backOff = backOffs.removeValue(forKey: key)
            changed(.backOff, Self.text(key))
            guard let vehicle = owners[key.vehicle] else { continue }
            let owned = RuleKey(vehicle: vehicle, rule: key.rule)
            backOffs[owned] = backOffs[owned] ?? backOff
            changed(.backOff, Self.text(owned))
        }
        for key in storms.keys.sorted() where storms[key]?.rename(owners) == true {
            changed(.storm, key)
        }
        for naming in namings {
            guard let sighting = sightings.removeValue(forKey: naming.source) else { continue }
            changed(.sighting, naming.source.description)
            sightings[naming.vehicle] = sightings[naming.vehicle] ?? sighting
            changed(.sighting, naming.vehicle.description)
        }
    }
}
