import StoreText

extension Words {
    /// How a format was found out.
    func guessed(_ certainty: FormatGuess.Certainty) -> String {
        switch (certainty, language) {
        case (.certain, .english): "found out, certain"
        case (.likely, .english): "found out, likely"
        case (.unsure, .english): "a guess, name it with --as"
        case (.certain, .chinese): "自动识别，确定"
        case (.likely, .chinese): "自动识别，很可能"
        case (.unsure, .chinese): "仅为猜测，请用 --as 指定"
        }
    }

    /// The other formats that would read a message.
    func alsoReadBy(_ names: [String]) -> String {
        let list = names.joined(separator: language == .english ? ", " : "、")
        return language == .english ? "also readable as \(list)" : "也可读作 \(list)"
    }
}
