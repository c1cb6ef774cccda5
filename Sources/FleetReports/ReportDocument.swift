import VehicleFaults

/// A report before it is drawn: numbers, tables and charts, in no language and no layout yet.
public struct ReportDocument: Hashable, Sendable {
    /// One column of a table.
    public struct Column: Hashable, Sendable {
        /// Stable; the key in CSV and JSON.
        public var id: String
        public var title: Phrase
        public var isNumeric: Bool

        public init(_ id: String, _ title: Phrase, numeric: Bool = false) {
            self.id = id
            self.title = title
            isNumeric = numeric
        }
    }

    /// What stands in one place of a table.
    public enum Cell: Hashable, Sendable {
        case text(String)
        case words(Phrase)
        /// An id for programs, with its name for people.
        case named(String, Phrase)
        /// `nil` where there is nothing to say; the unit gives the way of writing it.
        case number(Double?, Figure.Unit)
        case interval(ClosedRange<Double>?, Figure.Unit)
    }

    public struct Table: Hashable, Sendable {
        public var id: String
        public var title: Phrase
        public var columns: [Column]
        public var rows: [[Cell]]

        public init(_ id: String, _ title: Phrase, columns: [Column], rows: [[Cell]]) {
            self.id = id
            self.title = title
            self.columns = columns
            self.rows = rows
        }
    }

    public struct Section: Hashable, Sendable {
        public var title: Phrase
        /// Sentences above the numbers.
        public var notes: [Phrase]
        public var figures: [Figure]
        public var charts: [Chart]
        public var tables: [Table]

        public init(
            _ title: Phrase, notes: [Phrase] = [], figures: [Figure] = [], charts: [Chart] = [],
            tables: [Table] = []
        ) {
            self.title = title
            self.notes = notes
            self.figures = figures
            self.charts = charts
            self.tables = tables
        }
    }

    /// The report's name on the command line.
    public var name: String
    public var title: Phrase
    public var from, to: EventTime
    /// The site it is about, or `nil` for all.
    public var site: String?
    public var sections: [Section]
    /// Minutes east of UTC in which readers know their days.
    public var offset = 0

    public init(
        name: String, title: Phrase, from: EventTime, to: EventTime, site: String? = nil,
        sections: [Section]
    ) {
        self.name = name
        self.title = title
        self.from = from
        self.to = to
        self.site = site
        self.sections = sections
    }

    /// The line under the title: the days, the last one included, and the site.
    public func heading(_ language: ReportLanguage) -> String {
        let shift = Int64(offset) * 60_000
        let first = from.advanced(by: shift).text().prefix(10)
        let last = to.advanced(by: shift - 1).text().prefix(10)
        return "\(first) – \(last) · \(site ?? Phrase("all sites", "全部站点")[language])"
    }

    /// Every figure, in the order in which it appears.
    public var figures: [Figure] { sections.flatMap(\.figures) }
}

/// A picture of numbers.
public struct Chart: Hashable, Sendable {
    public struct Series: Hashable, Sendable {
        public var name: Phrase
        public var values: [Double]
        /// What each value may be as well, where it is an estimate; as long as `values`, or empty.
        public var intervals: [ClosedRange<Double>?]

        public init(
            _ name: Phrase, _ values: [Double], intervals: [ClosedRange<Double>?] = []
        ) {
            self.name = name
            self.values = values
            self.intervals = intervals
        }
    }

    public enum Kind: Hashable, Sendable {
        /// Bars beside each other, one group for each label.
        case bars
        /// Bars upon each other.
        case stacked
        /// Bars in falling order, drawn as ``ranked``, with the share of all so far.
        case pareto
        /// A line through the values.
        case line
        /// Bars from left to right, one below the other, with their names in full and their values;
        /// of the first series.
        case ranked
    }

    public var id: String
    public var title: Phrase
    public var kind: Kind
    public var labels: [Phrase]
    public var series: [Series]
    /// A level to compare with, drawn across.
    public var target: Double?
    public var unit: Figure.Unit

    public init(
        _ id: String, _ title: Phrase, _ kind: Kind, labels: [Phrase], series: [Series],
        target: Double? = nil, unit: Figure.Unit
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.labels = labels
        self.series = series
        self.target = target
        self.unit = unit
    }
}
