import VehicleFaults

/// What a made-up service centre did in two quarters: what vehicles sent, and every step that
/// people took.
///
/// It shows what reports look like. It says nothing about any real workshop.
public struct ServiceHistory: Sendable {
    /// One thing that happened, as a line of `forewarn ticket import`.
    public struct Action: Sendable {
        public var at: EventTime
        /// Keys and values in order; every value a text.
        public var pairs: [(name: String, value: String)]

        /// One line of JSON.
        public var line: String {
            ([("at", at.text())] + pairs).map { "\"\($0)\":\"\(Self.escaped($1))\"" }
                .joined(separator: ",").bracketed
        }

        private static func escaped(_ text: String) -> String {
            text.contains("\"")
                ? text.split(separator: "\"", omittingEmptySubsequences: false)
                    .joined(separator: "\\\"") : text
        }
    }

    /// A kind of failure that the centre sees.
    struct Kind: Sendable {
        var mode, code, component, skill, part: String
        var name: (en: String, zh: String)
        var severity: Severity
        var advice: Advice
        /// Standard hours, and the share of findings that are right.
        var hours, truth: Double
        /// How often, among all.
        var weight: Int
    }

    static let kinds: [Kind] = [
        .init(
            mode: "cylinder-misfire", code: "P0301", component: "ignition-coil", skill: "ENG",
            part: "22433-AA", name: ("Cylinder misfires", "气缸失火"), severity: .s3, advice: .a3,
            hours: 1, truth: 0.92, weight: 16),
        .init(
            mode: "battery-aged", code: "P0562", component: "battery", skill: "ELE",
            part: "24410-70", name: ("Battery weak at rest", "蓄电池静置电压低"), severity: .s3,
            advice: .a3, hours: 0.5, truth: 0.94, weight: 15),
        .init(
            mode: "coolant-loss", code: "P2560", component: "coolant-hose", skill: "ENG",
            part: "21501-4C", name: ("Coolant low again", "冷却液再次偏低"), severity: .s2,
            advice: .a2, hours: 2, truth: 0.9, weight: 9),
        .init(
            mode: "alternator-weak", code: "P0622", component: "alternator", skill: "ELE",
            part: "23100-9N", name: ("Charging too weak", "充电不足"), severity: .s2, advice: .a2,
            hours: 1.5, truth: 0.93, weight: 8),
        .init(
            mode: "def-quality", code: "P20E8", component: "def-tank", skill: "AFT",
            part: "20819-F1", name: ("Urea pressure low", "尿素压力低"), severity: .s2,
            advice: .a2, hours: 1.2, truth: 0.85, weight: 6),
        .init(
            mode: "soot-loaded", code: "P2463", component: "particulate-filter", skill: "AFT",
            part: "20100-DP", name: ("Particulate filter full of soot", "颗粒捕集器积碳"),
            severity: .s3, advice: .a3, hours: 1.5, truth: 0.88, weight: 9),
        .init(
            mode: "boost-low", code: "P0299", component: "charge-air-hose", skill: "ENG",
            part: "14460-CH", name: ("Boost too low", "增压不足"), severity: .s3, advice: .a2,
            hours: 1.8, truth: 0.86, weight: 8),
        .init(
            mode: "brake-lining", code: "C1118", component: "brake-lining", skill: "CHS",
            part: "41060-BR", name: ("Brake lining nearly worn", "制动片接近磨损极限"), severity: .s3,
            advice: .a3, hours: 1.4, truth: 0.97, weight: 10),
        .init(
            mode: "air-loss", code: "C1A67", component: "air-valve", skill: "CHS",
            part: "46410-AV", name: ("Air is lost at rest", "驻车气压下降"), severity: .s2,
            advice: .a2, hours: 1.8, truth: 0.9, weight: 5),
        .init(
            mode: "insulation-falling", code: "P0AA6", component: "high-voltage-seal",
            skill: "HV", part: "29600-SK", name: ("Insulation falls", "绝缘下降"), severity: .s2,
            advice: .a2, hours: 2.5, truth: 0.87, weight: 4),
        .init(
            mode: "turbo-wear", code: "P0049", component: "turbocharger", skill: "ENG",
            part: "14411-TC", name: ("Turbocharger turns too fast", "涡轮转速偏高"), severity: .s3,
            advice: .a2, hours: 4, truth: 0.42, weight: 6),
        .init(
            mode: "fuel-filter-clogged", code: "P0087", component: "fuel-filter", skill: "GEN",
            part: "16403-FF", name: ("Fuel filter clogging", "燃油滤清器堵塞"), severity: .s4,
            advice: .a3, hours: 0.5, truth: 0.95, weight: 12),
    ]

    static let sites = ["Beijing", "Chengdu", "Suzhou"]
    /// Days of both quarters together, at most.
    static let days = 184.0

    /// The first moment of the earlier quarter.
    public let start: EventTime
    /// Minutes east of UTC of the workshops' day.
    static let offset = 480
    let tickets: Int
    let seed: UInt64

    /// - Parameters:
    ///   - year: of the quarter under review.
    ///   - quarter: 1 to 4.
    ///   - tickets: in each of the two quarters.
    public init(year: Int, quarter: Int, tickets: Int, seed: UInt64) {
        let place = year * 4 + quarter - 2
        let days = EventTime.days(year: place / 4, month: place % 4 * 3 + 1, day: 1)
        start = EventTime(
            milliseconds: Int64(days) * 86_400_000 - Int64(Self.offset) * 60_000)
        self.tickets = tickets
        self.seed = seed
    }

    /// Everything that happened, in order of time, and what broke down meanwhile.
    public var actions: [Action] { courses.actions }

    var courses: (actions: [Action], breakdowns: [Breakdown], invoices: [String]) {
        var draws = SeededRandom(seed)
        let span = Self.days * 24 - 12
        var openings = (0..<(2 * tickets)).map { _ in hour(&draws, in: span) }
        openings.sort()
        var all: [(order: Int, action: Action)] = []
        var breakdowns: [Breakdown] = []
        var invoices: [String] = []
        for (index, opened) in openings.enumerated() {
            var course = ServiceCourse(
                history: self, number: index + 1, opened: opened,
                draws: SeededRandom(seed, part: index))
            course.run(isSecondQuarter: opened > span / 2)
            // The review is held two weeks after its quarter; what comes then is not known yet.
            let known = time((Self.days + 14) * 24)
            for action in course.actions where action.at < known {
                all.append((all.count, action))
            }
            breakdowns += course.breakdowns.filter { $0.at < known }
            invoices += course.invoices
        }
        let sorted = all.sorted { ($0.action.at, $0.order) < ($1.action.at, $1.order) }
        return (sorted.map(\.action), breakdowns.sorted { $0.at < $1.at }, invoices)
    }

    /// A vehicle that stopped.
    struct Breakdown: Sendable {
        var at: EventTime
        var vehicle, mode: String
        var wasForetold: Bool
    }

    /// An hour of the span, more often in the working day.
    private func hour(_ draws: inout SeededRandom, in span: Double) -> Double {
        while true {
            let hour = draws.number(in: 0...span)
            let ofDay = hour.truncatingRemainder(dividingBy: 24)
            let busy = ofDay >= 7 && ofDay < 19 ? 1.0 : 0.22
            if draws.chance(busy) { return hour }
        }
    }

    func time(_ hours: Double) -> EventTime {
        start.advanced(by: Int64((hours * 3600).rounded()) * 1000)
    }

    /// The rules that open its tickets, as a rule file.
    public static var rules: String {
        let head = """
            # Rules of the sample quarter: one code each, so that a message opens a ticket.
            version: 1
            pack: sample-quarter
            rules:

            """
        return kinds.reduce(head) { text, kind in
            text + """
                  - id: \(kind.mode)
                    mode: \(kind.mode)
                    name: { en: \(kind.name.en), zh: \(kind.name.zh) }
                    severity: \(kind.severity.name)
                    advice: \(kind.advice.name)
                    component: \(kind.component)
                    skill: \(kind.skill)
                    when: code "\(kind.code)"

                """
        }
    }
}

extension String {
    fileprivate var bracketed: String { "{\(self)}" }
}
