import VehicleFaults

/// What is known of one part.
public struct PartRecord: Hashable, Sendable {
    /// A way to get it.
    public struct Channel: Hashable, Sendable {
        public var name: String
        /// The 90th percentile of days from order to shelf.
        public var leadDays: Double

        public init(name: String, leadDays: Double) {
            self.name = name
            self.leadDays = leadDays
        }
    }

    public var number: String
    public var name: Phrase
    /// Pieces asked for in each month, oldest first.
    public var monthly: [Double]
    public var channels: [Channel]
    public var stock: Int
    public var onOrder: Int
    /// For each open ticket, the probability that it needs a piece.
    public var openNeeds: [Double]
    /// The earliest service-by date among those tickets.
    public var neededBy: EventTime?
    /// The share of past demand that tickets had foretold.
    public var explained: Double

    public init(
        number: String, name: Phrase, monthly: [Double], channels: [Channel], stock: Int = 0,
        onOrder: Int = 0, openNeeds: [Double] = [], neededBy: EventTime? = nil,
        explained: Double = 0
    ) {
        self.number = number
        self.name = name
        self.monthly = monthly
        self.channels = channels
        self.stock = stock
        self.onOrder = onOrder
        self.openNeeds = openNeeds
        self.neededBy = neededBy
        self.explained = explained
    }
}

/// Which parts to keep, to order, and by when.
public struct PartsReport: Sendable {
    let parts: [PartRecord]
    /// The probability with which the stock should last.
    let service: Double
    /// Days between two looks at the stock.
    let reviewDays: Double

    public init(_ parts: [PartRecord], service: Double = 0.95, reviewDays: Double = 1) {
        self.parts = parts.sorted { $0.number < $1.number }
        self.service = service
        self.reviewDays = reviewDays
    }

    /// The report at the end of a period.
    public func document(from: EventTime, to: EventTime, site: String? = nil) -> ReportDocument {
        ReportDocument(
            name: "parts", title: Phrase("Parts", "配件"), from: from, to: to, site: site,
            sections: [
                .init(
                    Phrase("Demand", "需求"),
                    notes: [
                        Phrase(
                            "SBA suits parts asked for now and then; TSB those whose demand may be ending.",
                            "SBA 适用于间断需求；TSB 适用于可能消失的需求。")
                    ], tables: [demand]),
                .init(Phrase("Reorder points", "再订货点"), tables: [reorderPoints]),
                .init(
                    Phrase("What open tickets ask for", "未结工单的需求"),
                    notes: [
                        Phrase(
                            "Predictions add to what history alone would keep. Demand that tickets had foretold is taken out of the history, so nothing counts twice.",
                            "预测需求叠加在历史需求之上；历史中已被工单预见的部分已剔除，不重复计算。")
                    ], charts: [stockChart(at: to)], tables: [predicted(at: to)]),
            ])
    }

    private var demand: ReportDocument.Table {
        .init(
            "demand", Phrase("Forecast for a month", "月度预测"),
            columns: [
                .init("part", Phrase("Part", "配件")), .init("name", Phrase("Name", "名称")),
                .init("pattern", Phrase("Pattern", "类型")),
                .init("interval", Phrase("Months between", "需求间隔"), numeric: true),
                .init("variation", Phrase("CV²", "CV²"), numeric: true),
                .init("croston", Phrase("Croston", "Croston"), numeric: true),
                .init("sba", Phrase("SBA", "SBA"), numeric: true),
                .init("tsb", Phrase("TSB", "TSB"), numeric: true),
            ],
            rows: parts.map { part in
                let forecast = IntermittentDemand(part.monthly)
                return [
                    .text(part.number), .words(part.name),
                    .words(ServiceTerm.term(forecast.pattern.rawValue)),
                    .number(forecast.interval, .ratio), .number(forecast.variation, .ratio),
                    .number(forecast.croston, .ratio), .number(forecast.sba, .ratio),
                    .number(forecast.tsb, .ratio),
                ]
            })
    }

    private var reorderPoints: ReportDocument.Table {
        .init(
            "reorder_points", Phrase("By channel", "按渠道"),
            columns: [
                .init("part", Phrase("Part", "配件")), .init("channel", Phrase("Channel", "渠道")),
                .init("lead", Phrase("Lead time, 90 %", "到货期（90%）"), numeric: true),
                .init("mean", Phrase("Mean demand", "期间需求"), numeric: true),
                .init("reorder_point", Phrase("Reorder at", "再订货点"), numeric: true),
                .init("service", Phrase("Lasts", "保障率"), numeric: true),
            ],
            rows: parts.flatMap { part in
                part.channels.map { channel -> [ReportDocument.Cell] in
                    let plan = PartsPlan.reorderPoint(
                        monthly: IntermittentDemand(part.monthly).sba,
                        dispersion: IntermittentDemand.dispersion(of: part.monthly),
                        leadDays: channel.leadDays, reviewDays: reviewDays, service: service)
                    return [
                        .text(part.number), .named(channel.name, ServiceTerm.term(channel.name)),
                        .number(channel.leadDays, .days),
                        .number(plan.mean, .ratio), .number(Double(plan.level), .count),
                        .number(plan.service, .share),
                    ]
                }
            })
    }

    /// What to keep of a part that open tickets ask for, and how to get it in time.
    private func stockUp(_ part: PartRecord, at now: EventTime)
        -> (plan: PartsPlan, channel: PartRecord.Channel?)
    {
        // The slowest channel that is still in time leaves the cheap ones a chance.
        let daysLeft = part.neededBy.map { Double($0.milliseconds(since: now)) / 86_400_000 }
        let sorted = part.channels.sorted { $0.leadDays < $1.leadDays }
        let channel =
            sorted.last { channel in daysLeft.map { channel.leadDays <= $0 } ?? true }
            ?? sorted.first
        let plan = PartsPlan.stockUpTo(
            needs: part.openNeeds, monthly: IntermittentDemand(part.monthly).sba,
            explained: part.explained,
            dispersion: IntermittentDemand.dispersion(of: part.monthly),
            leadDays: channel?.leadDays ?? 0, reviewDays: reviewDays, service: service)
        return (plan, channel)
    }

    private func predicted(at now: EventTime) -> ReportDocument.Table {
        .init(
            "stock_up", Phrase("Stock up to", "补货至"),
            columns: [
                .init("part", Phrase("Part", "配件")),
                .init("tickets", Phrase("Open tickets", "未结工单"), numeric: true),
                .init("expected", Phrase("Expected pieces", "预计件数"), numeric: true),
                .init("stock_up_to", Phrase("Stock up to", "补货至"), numeric: true),
                .init("fill", Phrase("Served", "满足率"), numeric: true),
                .init("order", Phrase("Order now", "现在订购"), numeric: true),
                .init("channel", Phrase("Channel", "渠道")),
                .init("order_by", Phrase("Order by", "最迟订购日")),
            ],
            rows: parts.filter { !$0.openNeeds.isEmpty }.map { part in
                let (plan, channel) = stockUp(part, at: now)
                let by = channel.flatMap { channel in
                    part.neededBy?.advanced(by: -Int64(channel.leadDays * 86_400_000))
                }
                return [
                    .text(part.number), .number(Double(part.openNeeds.count), .count),
                    .number(plan.mean, .ratio), .number(Double(plan.level), .count),
                    .number(plan.fill, .share),
                    .number(Double(max(0, plan.level - part.stock - part.onOrder)), .count),
                    channel.map { .named($0.name, ServiceTerm.term($0.name)) } ?? .text("–"),
                    .text(by.map { String($0.text().prefix(10)) } ?? "–"),
                ]
            })
    }
}

extension PartsReport {
    /// What lies there or is on its way, beside what open tickets make worth having.
    fileprivate func stockChart(at now: EventTime) -> Chart {
        let asked = parts.filter { !$0.openNeeds.isEmpty }
        return Chart(
            "stock", Phrase("Stock and what it should be", "库存与补货目标"), .bars,
            labels: asked.map(\.name),
            series: [
                .init(
                    Phrase("there or ordered", "在库与在途"),
                    asked.map { Double($0.stock + $0.onOrder) }),
                .init(
                    Phrase("stock up to", "补货至"),
                    asked.map { Double(stockUp($0, at: now).plan.level) }),
            ], unit: .count)
    }
}
