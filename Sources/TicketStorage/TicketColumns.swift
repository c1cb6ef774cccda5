import ServiceTickets
import VehicleFaults

/// Takes the columns of a row one after the other: their names for a statement's text, or their
/// values for one run of it.
protocol ColumnSink {
    mutating func put(_ name: StaticString, _ value: String)
    mutating func put(_ name: StaticString, _ value: String?)
    mutating func put(_ name: StaticString, _ value: Int64)
    mutating func put(_ name: StaticString, _ value: Int64?)
    mutating func put(_ name: StaticString, _ value: Double?)
    mutating func put(_ name: StaticString, _ value: VehicleID)
}

extension ColumnSink {
    mutating func put(_ name: StaticString, _ value: EventTime?) {
        put(name, value?.milliseconds)
    }

    mutating func put(_ name: StaticString, _ value: Bool) { put(name, Int64(value ? 1 : 0)) }

    mutating func put(_ name: StaticString, _ value: Int) { put(name, Int64(value)) }

    mutating func put(_ name: StaticString, lines: [String]) {
        put(name, lines.count == 1 ? lines[0] : lines.joined(separator: "\n"))
    }
}

struct ColumnNames: ColumnSink {
    private(set) var names: [String] = []

    private mutating func take(_ name: StaticString) { names.append(name.description) }

    mutating func put(_ name: StaticString, _ value: String) { take(name) }
    mutating func put(_ name: StaticString, _ value: String?) { take(name) }
    mutating func put(_ name: StaticString, _ value: Int64) { take(name) }
    mutating func put(_ name: StaticString, _ value: Int64?) { take(name) }
    mutating func put(_ name: StaticString, _ value: Double?) { take(name) }
    mutating func put(_ name: StaticString, _ value: VehicleID) { take(name) }
}

extension Binder: ColumnSink {
    mutating func put(_ name: StaticString, _ value: String) { bind(value) }
    mutating func put(_ name: StaticString, _ value: String?) {
        if let value { bind(value) } else { bindNull() }
    }
    mutating func put(_ name: StaticString, _ value: Int64) { bind(value) }
    mutating func put(_ name: StaticString, _ value: Int64?) { bind(value) }
    mutating func put(_ name: StaticString, _ value: Double?) {
        if let value { bind(value) } else { bindNull() }
    }
    mutating func put(_ name: StaticString, _ value: VehicleID) { bind(value) }
}

extension Ticket {
    /// The columns of its row besides the number.
    func putColumns(into sink: inout some ColumnSink) {
        sink.put("vehicle", vehicle)
        sink.put("mode", mode)
        sink.put("severity", severity.name)
        sink.put("advice", advice.name)
        sink.put("component", component)
        sink.put("skill", skill)
        sink.put("name_en", name.en)
        sink.put("name_zh", name.zh)
        sink.put("state", state.rawValue)
        sink.put("opened_at", openedAt)
        sink.put("opened_received", openedReceived)
        sink.put("opened_position", Int64(bitPattern: openedPosition))
        sink.put("findings", findings)
        sink.put("latest_at", latestAt)
        sink.put("symptom_gone", symptomGone)
        sink.put("live", isLive)
        sink.put("epoch", epoch)
        sink.put("source", source.rawValue)
        sink.put("is_incident", isIncident)
        sink.put("rules", lines: rules)
        sink.put("kinds", lines: kinds)
        putCourse(into: &sink)
        sink.put("merged_into", course.mergedInto)
        sink.put("caused_by", causedBy)
        sink.put("recurrence_of", recurrenceOf)
        sink.put("split_from", splitFrom)
        sink.put("proof", proof.rawValue)
        sink.put("estimate_total", estimate?.total)
        sink.put("estimate_currency", estimate?.currency)
        sink.put("payer", estimate?.payer.rawValue)
        sink.put("approved_by", estimate?.approvedBy)
        sink.put("clock_start", clockStart)
        sink.put("due_at", due?.at)
        sink.put("due_clock", due?.clock.rawValue)
        sink.put(
            "breached",
            breached.isEmpty ? "" : breached.map(\.rawValue).sorted().joined(separator: " "))
        sink.put("estimate_id", estimate?.id)
        sink.put("probability", probability)
        sink.put("fails_at", failsAt)
    }

    private func putCourse(into sink: inout some ColumnSink) {
        let course = course
        sink.put("site", course.site)
        sink.put("assignee", course.assignee)
        sink.put("customer", course.customer)
        sink.put("actual_cost", course.actualCost)
        sink.put(
            "technicians",
            course.technicians.isEmpty ? nil : course.technicians.joined(separator: "\n"))
        sink.put("inspector", course.inspector)
        sink.put("disposition", course.disposition?.rawValue)
        sink.put("cancel_reason", course.cancelReason?.rawValue)
        sink.put(
            "hold_reason",
            course.state == .onHold ? course.pauses.last?.reason.rawValue : nil)
        sink.put("attempts", course.attempts)
        sink.put("reworks", course.reworks)
        sink.put("csat", course.csat.map { Int64($0) })
        sink.put("odometer", course.odometer)
        sink.put("solve_from", course.solveFrom)
        sink.put("responded_at", course.respondedAt)
        sink.put("acknowledged_at", course.acknowledgedAt)
        sink.put("triaged_at", course.triagedAt)
        sink.put("contacted_at", course.contactedAt)
        sink.put("scheduled_at", course.scheduledAt)
        sink.put("appointment_at", course.appointment)
        sink.put("checked_in_at", course.checkedInAt)
        sink.put("repair_started_at", course.repairStartedAt)
        sink.put("repaired_at", course.repairedAt)
        sink.put("solved_at", course.solvedAt)
        sink.put("delivered_at", course.deliveredAt)
        sink.put("followed_up_at", course.followedUpAt)
        sink.put("closed_at", course.closedAt)
        sink.put("cancelled_at", course.cancelledAt)
        sink.put("wake_at", course.wakeAt)
    }
}
