import FaultRules
import ServiceTickets
import VehicleFaults

/// Reads the file of calendars and promises; the first thing that is wrong is named with its place.
struct ServiceTermsReader {
    let zones: [String: TimeZoneTable]
    private var calendars: [String: BusinessCalendar] = ["24x7": .always]
    /// The workshops, after ``policy(_:)``.
    private(set) var sites: [ServiceSite] = []

    init(zones: [String: TimeZoneTable]) { self.zones = zones }

    mutating func policy(_ root: SourceNode) throws(Diagnostic) -> TicketPolicy {
        try check(
            root,
            [
                "version", "calendars", "clocks", "pausing", "storm", "proof", "back_off",
                "close_after", "sites", "on_call",
            ])
        guard root.member("version")?.text == "1" else {
            throw error(root.member("version") ?? root, "the file must say version: 1")
        }
        for (key, value) in root.member("calendars")?.members ?? [] {
            let name = try text(key)
            calendars[name] = try calendar(value, name)
        }
        for (key, value) in root.member("sites")?.members ?? [] {
            sites.append(try site(value, try text(key)))
        }
        var policy = TicketPolicy.standard
        if let clocks = root.member("clocks") { try read(clocks, into: &policy) }
        if let pausing = root.member("pausing") {
            policy.pausing = []
            for part in pausing.parts {
                guard let reason = HoldReason(rawValue: try text(part)) else {
                    throw error(part, "there is no hold for '\(try text(part))'")
                }
                policy.pausing.insert(reason)
            }
        }
        if let storm = root.member("storm") { policy.storm = try self.storm(storm) }
        if let proof = root.member("proof") {
            try check(proof, ["within", "km"])
            if let time = proof.member("within") {
                policy.reopenMilliseconds = try duration(time)
            }
            if let distance = proof.member("km") {
                policy.reopenKilometres = try number(distance)
            }
        }
        if let backOff = root.member("back_off") {
            var waits: [Int64] = []
            for part in backOff.parts { waits.append(try duration(part)) }
            policy.backOff = waits
        }
        for part in root.member("on_call")?.parts ?? [] { policy.onCall.append(try shift(part)) }
        if let close = root.member("close_after") { policy.closesAfter = try duration(close) }
        return policy
    }

    private func read(_ clocks: SourceNode, into policy: inout TicketPolicy) throws(Diagnostic) {
        try check(clocks, ["response", "decision", "solve", "service_by", "follow_up"])
        if let node = clocks.member("response") { policy.response = try target(node) }
        if let node = clocks.member("solve") { policy.solve = try target(node) }
        if let node = clocks.member("follow_up") { policy.followUp = try target(node) }
        if let node = clocks.member("decision") { policy.decision = try targets(node) }
        if let node = clocks.member("service_by") { policy.serviceBy = try targets(node) }
    }

    private func targets(_ node: SourceNode) throws(Diagnostic)
        -> [Severity: TicketPolicy.Target]
    {
        var result: [Severity: TicketPolicy.Target] = [:]
        for (key, value) in node.members {
            guard let severity = Severity(name: try text(key)) else {
                throw error(key, "a severity is one of S1 to S4")
            }
            result[severity] = try target(value)
        }
        return result
    }

    /// `30m`, or `{ within: 30m, calendar: workshop }`.
    private func target(_ node: SourceNode) throws(Diagnostic) -> TicketPolicy.Target {
        guard node.text == nil else {
            return TicketPolicy.Target(milliseconds: try duration(node))
        }
        try check(node, ["within", "calendar"])
        guard let within = node.member("within") else {
            throw error(node, "a clock needs within")
        }
        var target = TicketPolicy.Target(milliseconds: try duration(within))
        if let name = node.member("calendar") {
            guard let calendar = calendars[try text(name)] else {
                throw error(name, "there is no calendar '\(try text(name))'")
            }
            target.calendar = calendar
        }
        return target
    }

    private func storm(_ node: SourceNode) throws(Diagnostic) -> TicketPolicy.Storm? {
        if node.text == "off" || node.text == "false" { return nil }
        try check(node, ["vehicles", "factor", "within"])
        var storm = TicketPolicy.Storm()
        if let vehicles = node.member("vehicles") { storm.vehicles = Int(try number(vehicles)) }
        if let factor = node.member("factor") { storm.factor = try number(factor) }
        if let window = node.member("within") { storm.window = try duration(window) }
        return storm
    }

    // MARK: - Sites and people

    /// `{ from: 2026-10-01T08:00:00+08:00, until: …, name: li }`
    private func shift(_ node: SourceNode) throws(Diagnostic) -> TicketPolicy.Shift {
        try check(node, ["from", "until", "name"])
        func time(_ key: String) throws(Diagnostic) -> EventTime {
            guard let value = node.member(key) else {
                throw error(node, "a shift needs from, until and name")
            }
            guard let time = EventTime(rfc3339: try text(value)) else {
                throw error(value, "a time is written as 2026-10-01T08:00:00+08:00")
            }
            return time
        }
        let shift = TicketPolicy.Shift(
            from: try time("from"), until: try time("until"),
            name: try node.member("name").map(text) ?? "")
        guard shift.from < shift.until, !shift.name.isEmpty else {
            throw error(node, "a shift ends after it begins, and names who is on call")
        }
        return shift
    }

    private func site(_ node: SourceNode, _ name: String) throws(Diagnostic) -> ServiceSite {
        try check(node, ["calendar", "bays", "people", "region"])
        var site = ServiceSite(name: name, calendar: .always, bays: 1, people: [])
        if let place = node.member("calendar") {
            guard let calendar = calendars[try text(place)] else {
                throw error(place, "there is no calendar '\(try text(place))'")
            }
            site.calendar = calendar
        }
        if let region = node.member("region") { site.region = try text(region) }
        if let bays = node.member("bays") {
            site.bays = Int(try number(bays, "bays are a number from 0 to 1000", 0...1000))
        }
        for part in node.member("people")?.parts ?? [] {
            try check(part, ["name", "skills", "level"])
            guard let name = part.member("name"), let skills = part.member("skills") else {
                throw error(part, "a person needs a name and skills")
            }
            var groups: [String] = []
            for skill in skills.parts { groups.append(try text(skill)) }
            var level = 1
            if let node = part.member("level") {
                level = Int(try number(node, "a level is 1, 2 or 3", 1...3))
            }
            site.people.append(.init(name: try text(name), skills: groups, level: level))
        }
        return site
    }

    private func number(
        _ node: SourceNode, _ message: String, _ range: ClosedRange<Double>
    ) throws(Diagnostic) -> Double {
        guard let number = Double(try text(node)), range.contains(number),
            number == number.rounded()
        else { throw error(node, message) }
        return number
    }

    // MARK: - Calendars

    private func calendar(_ node: SourceNode, _ name: String) throws(Diagnostic)
        -> BusinessCalendar
    {
        try check(node, ["zone", "week", "holidays", "working_days", "working_hours"])
        var zone = TimeZoneTable.utc
        if let place = node.member("zone") {
            guard let table = zones[try text(place)] else {
                throw error(place, "there is no time zone '\(try text(place))'")
            }
            zone = table
        }
        guard let weekNode = node.member("week") else {
            throw error(node, "a calendar needs a week")
        }
        var week: [[BusinessCalendar.Window]] = Array(repeating: [], count: 7)
        for (key, value) in weekNode.members {
            let windows = try self.windows(value)
            for day in try days(ofWeek: key) { week[day] += windows }
        }
        return BusinessCalendar(
            name: name, zone: zone, week: week, holidays: try dates(node.member("holidays")),
            workingDays: try dates(node.member("working_days")),
            workingWindows: try node.member("working_hours").map(windows))
    }

    private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// `mon` or `mon-fri`.
    private func days(ofWeek node: SourceNode) throws(Diagnostic) -> ClosedRange<Int> {
        let names = try text(node).split(separator: "-").map(String.init)
        let days = names.compactMap { Self.weekdays.firstIndex(of: $0) }
        guard days.count == names.count, let first = days.first, let last = days.last,
            days.count <= 2, first <= last
        else { throw error(node, "days are written as mon or mon-fri") }
        return first...last
    }

    /// `08:30-12:00`, or a list of such.
    private func windows(_ node: SourceNode) throws(Diagnostic) -> [BusinessCalendar.Window] {
        var result: [BusinessCalendar.Window] = []
        for part in node.parts {
            let ends = try text(part).split(separator: "-").compactMap(Self.minutes)
            guard ends.count == 2, ends[0] < ends[1] else {
                throw error(part, "hours are written as 08:30-12:00")
            }
            result.append(BusinessCalendar.Window(from: ends[0], until: ends[1]))
        }
        return result
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":").map { Int($0) }
        guard parts.count == 2, let hour = parts[0], let minute = parts[1],
            (0...24).contains(hour), (0..<60).contains(minute), hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }

    /// `2026-10-01`, `2026-10-01..2026-10-07`, or a list of such.
    private func dates(_ node: SourceNode?) throws(Diagnostic) -> Set<Int> {
        guard let node else { return [] }
        var result: Set<Int> = []
        for part in node.parts {
            let text = try text(part)
            let ends = text.split(separator: ".", omittingEmptySubsequences: true)
                .map { Self.day($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                first <= last, last - first < 400
            else { throw error(part, "days are written as 2026-10-01 or 2026-10-01..2026-10-07") }
            result.formUnion(first...last)
        }
        return result
    }

    private static func day(_ text: Substring) -> Int? {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, (1...12).contains(parts[1]), (1...31).contains(parts[2]) else {
            return nil
        }
        let day = EventTime.days(year: parts[0], month: parts[1], day: parts[2])
        let back = EventTime.date(fromDays: day)
        return back.month == parts[1] && back.day == parts[2] ? day : nil
    }

    // MARK: - Values

    private func check(_ node: SourceNode, _ keys: [String]) throws(Diagnostic) {
        guard case .mapping(let members) = node.content else {
            throw error(node, "a mapping is expected here, not \(node.kind)")
        }
        for (key, _) in members where !keys.contains(key.text ?? "") {
            throw error(key, "there is no key '\(key.text ?? "")' here")
        }
    }

    private func text(_ node: SourceNode) throws(Diagnostic) -> String {
        guard let text = node.text else {
            throw error(node, "a text is expected here, not \(node.kind)")
        }
        return text
    }

    private func number(_ node: SourceNode) throws(Diagnostic) -> Double {
        guard let number = Double(try text(node)), number >= 0, number <= 1e9 else {
            throw error(node, "a number is expected here")
        }
        return number
    }

    /// `30m`, `24h` or `3d`.
    private func duration(_ node: SourceNode) throws(Diagnostic) -> Int64 {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        let text = try text(node)
        guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()),
            count > 0, count <= 1_000_000
        else { throw error(node, "a time is written as 30m, 24h or 3d") }
        return count * unit
    }

    private func error(_ node: SourceNode, _ message: String) -> Diagnostic {
        Diagnostic(.error, at: node.position, "\(message)")
    }
}
