/// The languages of reports.
public enum ReportLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh-Hans"
}

/// A text in every language of the product.
public struct Phrase: Hashable, Sendable {
    public var en: String
    public var zh: String

    public init(_ en: String, _ zh: String) {
        self.en = en
        self.zh = zh
    }

    /// A text that is the same everywhere: a code, a name, a number.
    public init(same text: String) { self.init(text, text) }

    public subscript(language: ReportLanguage) -> String {
        switch language {
        case .english: en
        case .chinese: zh
        }
    }
}
