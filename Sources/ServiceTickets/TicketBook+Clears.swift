import VehicleFaults

extension TicketBook {
    /// Takes note that somebody cleared a vehicle's fault codes with a tool: that they are gone then
    /// says neither that the fault went away nor that a repair holds.
    ///
    /// - Parameters:
    ///   - cleared: when, by the vehicle's time.
    ///   - time: when the daemon heard of it.
    /// - Returns: an event for each ticket that rests on codes.
    public mutating func codesCleared(
        on vehicle: VehicleID, cleared: EventTime, at time: EventTime
    ) -> [TicketNote] {
        (byVehicle[vehicle] ?? []).compactMap { number in
            guard tickets[number]?.restsOnCodes == true else { return nil }
            return note(
                .notice(.codesCleared), [(.started, "\(cleared.milliseconds)")], on: number,
                at: time)
        }
    }
}

extension Ticket {
    /// Whether any of its evidence is a fault code.
    var restsOnCodes: Bool { kinds.contains { $0.hasPrefix("code ") } }

    /// Whether its codes were cleared with a tool and have not come back since.
    public var isClearedByTool: Bool { codesClearedAt.map { $0 >= latestAt } ?? false }

    /// Whether its codes were cleared with a tool after the vehicle had left the workshop, where
    /// clearing them belongs to the repair.
    var wasClearedAfterRepair: Bool {
        guard let cleared = codesClearedAt, let delivered = course.deliveredAt else { return false }
        return cleared > delivered
    }
}
