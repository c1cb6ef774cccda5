import VehicleFaults

/// How suppliers keep what they quote, and how their batches hold.
public struct SupplierReport: Sendable {
    let lines: [PartLineRecord]
    let batches: [BatchComparison.Batch]

    public init(_ lines: [PartLineRecord], batches: [BatchComparison.Batch] = []) {
        self.lines = lines
        self.batches = batches
    }

    public func document(from: EventTime, to: EventTime, site: String? = nil) -> ReportDocument {
        let suppliers = suppliers
        return ReportDocument(
            name: "suppliers", title: Phrase("Suppliers", "供应商"), from: from, to: to, site: site,
            sections: [
                .init(
                    Phrase("Delivery", "交付"), charts: [punctuality(of: suppliers)],
                    tables: [delivery(by: suppliers)]),
                .init(
                    Phrase("Batches", "批次"),
                    notes: [
                        Phrase(
                            "A signal is a candidate for review by supplier and development. Only the maker declares a recall.",
                            "信号仅为供应商与研发的评审候选；召回只能由生产者决定。")
                    ], charts: [batchChart], tables: [batchTable]),
            ])
    }

    /// How one supplier delivered.
    private struct Supplier {
        var name: String
        var lines = 0
        /// Days from order to receipt.
        var leads: [Double] = []
        /// Days from the date that was quoted to receipt; below zero when it came before.
        var late: [Double] = []

        var onTime: Proportion { Proportion(late.count { $0 <= 0 }, of: late.count) }
    }

    /// All of them, by name.
    private var suppliers: [Supplier] {
        var places: [String: Int] = [:]
        var suppliers: [Supplier] = []
        func days(_ from: EventTime, _ to: EventTime) -> Double {
            Double(to.milliseconds(since: from)) / 86_400_000
        }
        for line in lines {
            let place = places[line.supplier] ?? suppliers.count
            if place == suppliers.count {
                places[line.supplier] = place
                suppliers.append(Supplier(name: line.supplier))
            }
            suppliers[place].lines += 1
            guard let received = line.received else { continue }
            suppliers[place].leads.append(days(line.ordered, received))
            if let quoted = line.quoted { suppliers[place].late.append(days(quoted, received)) }
        }
        return suppliers.sorted { $0.name < $1.name }
    }

    private func punctuality(of suppliers: [Supplier]) -> Chart {
        let shares = suppliers.map { ($0.name, $0.onTime) }.filter { $0.1.value != nil }
        return Chart(
            "on_time", Phrase("On time, by supplier", "供应商准时率"), .ranked,
            labels: shares.map { Phrase(same: $0.0) },
            series: [
                .init(
                    Phrase("on time", "准时"), shares.map { $0.1.value ?? 0 },
                    intervals: shares.map { $0.1.interval })
            ], unit: .share)
    }

    private var batchChart: Chart {
        let found = BatchComparison.compare(batches)
        return Chart(
            "batch_ratios", Phrase("Failures against the other batches", "相对其他批次的故障率"), .ranked,
            labels: found.map { Phrase(same: $0.batch.name) },
            series: [
                .init(
                    Phrase("rate ratio", "比值"), found.map(\.rateRatio),
                    intervals: found.map { $0.interval.upperBound.isFinite ? $0.interval : nil })
            ], target: 2, unit: .ratio)
    }

    private func delivery(by suppliers: [Supplier]) -> ReportDocument.Table {
        .init(
            "suppliers", Phrase("By supplier", "按供应商"),
            columns: [
                .init("supplier", Phrase("Supplier", "供应商")),
                .init("lines", Phrase("Lines", "行数"), numeric: true),
                .init("on_time", Phrase("On time", "准时率"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("lead", Phrase("Lead time, median", "到货期中位"), numeric: true),
                .init("lead_p90", Phrase("90 % within", "九成以内"), numeric: true),
                .init("late", Phrase("Later than quoted, mean", "平均晚于报价"), numeric: true),
            ],
            rows: suppliers.map { supplier in
                let leads = Sample(supplier.leads)
                let onTime = supplier.onTime
                return [
                    .text(supplier.name), .number(Double(supplier.lines), .count),
                    .number(onTime.value, .share), .interval(onTime.interval, .share),
                    .number(leads.median, .days), .number(leads.quantile(0.9), .days),
                    .number(Sample(supplier.late).mean, .days),
                ]
            })
    }

    private var batchTable: ReportDocument.Table {
        .init(
            "batches", Phrase("Failures by batch", "批次故障"),
            columns: [
                .init("batch", Phrase("Batch", "批次")),
                .init("vehicles", Phrase("Vehicles", "车辆"), numeric: true),
                .init("exposure", Phrase("Million km", "百万公里"), numeric: true),
                .init("failures", Phrase("Failures", "故障"), numeric: true),
                .init("rate_ratio", Phrase("Against the others", "相对其他批次"), numeric: true),
                .init("interval", Phrase("95 % interval", "95%区间"), numeric: true),
                .init("p", Phrase("p", "p"), numeric: true),
                .init("q", Phrase("q", "q"), numeric: true),
                .init("signal", Phrase("Finding", "结论")),
            ],
            rows: BatchComparison.compare(batches).map { found in
                [
                    .text(found.batch.name), .number(Double(found.batch.vehicles), .count),
                    .number(found.batch.exposure, .ratio),
                    .number(Double(found.batch.failures), .count),
                    .number(found.rateRatio, .ratio), .interval(found.interval, .ratio),
                    .number(found.p, .probability), .number(found.q, .probability),
                    .words(
                        found.isSignal
                            ? Phrase("recall candidate, for review", "召回候选（待评审）")
                            : Phrase(same: "–")),
                ]
            })
    }
}
