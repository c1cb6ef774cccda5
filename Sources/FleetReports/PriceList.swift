import VehicleFaults

/// What a part, an hour of labour or a fixed job costs, as one version of a price list says.
public struct PriceRecord: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable { case part, labour, job, fee }

    public var kind: Kind
    public var item: String
    public var name: Phrase
    /// What the price is for one of, as `h` or `pc`.
    public var unit: String
    public var price: Double
    public var currency: String
    public var version: String
    public var validFrom: EventTime
    /// Not included; `nil` for as long as nothing else is said.
    public var validUntil: EventTime?

    public init(
        kind: Kind, item: String, name: Phrase, unit: String, price: Double, currency: String,
        version: String, validFrom: EventTime, validUntil: EventTime?
    ) {
        self.kind = kind
        self.item = item
        self.name = name
        self.unit = unit
        self.price = price
        self.currency = currency
        self.version = version
        self.validFrom = validFrom
        self.validUntil = validUntil
    }
}

/// A price list that customers may see.
public struct PriceList: Sendable {
    let records: [PriceRecord]

    public init(_ records: [PriceRecord]) { self.records = records }

    /// The list as a document, a section for each kind.
    ///
    /// - Parameters:
    ///   - version: only this one; `nil` for whatever is valid at `time`.
    ///   - time: when somebody asks.
    public func document(version: String?, at time: EventTime) -> ReportDocument {
        let chosen = records.filter { record in
            version.map { $0 == record.version }
                ?? (record.validFrom <= time && record.validUntil.map { time < $0 } ?? true)
        }
        let from = chosen.map(\.validFrom).min() ?? time
        let to = chosen.compactMap(\.validUntil).max() ?? max(time, from)
        let names: [(PriceRecord.Kind, Phrase)] = [
            (.part, Phrase("Parts", "配件")), (.labour, Phrase("Labour", "工时费")),
            (.job, Phrase("Fixed jobs", "固定项目")), (.fee, Phrase("Fees", "其他费用")),
        ]
        return ReportDocument(
            name: "price-list", title: Phrase("Price list", "价目表"), from: from, to: to,
            sections: names.compactMap { kind, title in
                let members = chosen.filter { $0.kind == kind }
                    .sorted { ($0.item, $0.version) < ($1.item, $1.version) }
                guard !members.isEmpty else { return nil }
                return .init(title, tables: [Self.table(kind, title, members)])
            })
    }

    private static func table(
        _ kind: PriceRecord.Kind, _ title: Phrase, _ members: [PriceRecord]
    ) -> ReportDocument.Table {
        func day(_ time: EventTime?) -> String {
            time.map { String($0.text().prefix(10)) } ?? "–"
        }
        return .init(
            kind.rawValue, title,
            columns: [
                .init("item", Phrase("Item", "编号")), .init("name", Phrase("Name", "名称")),
                .init("price", Phrase("Price", "单价"), numeric: true),
                .init("currency", Phrase("Currency", "币种")),
                .init("unit", Phrase("For one", "单位")),
                .init("version", Phrase("List", "价目表版本")),
                .init("from", Phrase("Valid from", "生效日")),
                .init("until", Phrase("Until", "截止日")),
            ],
            rows: members.map { record in
                [
                    .text(record.item), .words(record.name), .number(record.price, .ratio),
                    .text(record.currency), .text(record.unit), .text(record.version),
                    .text(day(record.validFrom)), .text(day(record.validUntil)),
                ]
            })
    }
}
