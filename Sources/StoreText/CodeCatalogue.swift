import Foundation
import TerminalText
import VehicleFaults

/// What a site calls its fault codes: texts that were imported, in a file beside the store.
///
/// It decides nothing, so that it is no part of the journal.
package struct CodeCatalogue: Sendable {
    /// A code's text in one language, of one maker or of all.
    package struct Entry: Codable, Equatable, Sendable {
        package var code: String
        package var text: String
        /// Empty for the standard's own.
        package var manufacturer = ""
        /// As `en` or `zh-Hans`; empty for any.
        package var locale = ""
        package var system: String?
        package var severity: String?
        package var action: String?

        package init(
            code: String, text: String, manufacturer: String = "", locale: String = "",
            system: String? = nil, severity: String? = nil, action: String? = nil
        ) {
            self.code = code
            self.text = text
            self.manufacturer = manufacturer
            self.locale = locale
            self.system = system
            self.severity = severity
            self.action = action
        }

        package struct Key: Hashable {
            package var code: String
            package var manufacturer: String
            package var locale: String
        }
        package var key: Key {
            Key(code: code, manufacturer: manufacturer.lowercased(), locale: locale.lowercased())
        }
    }

    /// The name of the file in the state folder.
    package static let fileName = "codes.jsonl"

    package private(set) var entries: [Entry] = []
    private var places: [String: [Int]] = [:]
    private var numbers: [Entry.Key: Int] = [:]

    package init() {}

    /// Reads the catalogue of a state folder; there may be none.
    package init(folder: String) {
        guard let data = FileManager.default.contents(atPath: Self.path(in: folder)) else { return }
        let decoder = JSONDecoder()
        for line in data.split(separator: 0x0A) {
            if let entry = try? decoder.decode(Entry.self, from: Data(line)) { set(entry) }
        }
    }

    package static func path(in folder: String) -> String {
        (folder.hasSuffix("/") ? folder : folder + "/") + fileName
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// Adds an entry, or puts it in the place of the one with its key.
    ///
    /// - Returns: the text that was there.
    @discardableResult package mutating func set(_ entry: Entry) -> String? {
        if let place = numbers[entry.key] {
            let before = entries[place].text
            entries[place] = entry
            return before
        }
        numbers[entry.key] = entries.count
        places[entry.code, default: []].append(entries.count)
        entries.append(entry)
        return nil
    }

    /// Puts the whole catalogue in the place of the old one.
    package func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = Data()
        for entry in entries {
            data.append(try encoder.encode(entry))
            data.append(0x0A)
        }
        try data.write(to: URL(fileURLWithPath: Self.path(in: folder)), options: .atomic)
    }

    /// The site's text of a code; a code without its failure type's own text has that of the code.
    ///
    /// A maker's text counts where no other maker has one, since nobody here knows whose the vehicle is.
    package func text(of code: String, _ language: Language) -> String? {
        for name in [code, Self.withoutFailureType(code)] {
            let found = (places[name] ?? []).map { entries[$0] }
            let ours = found.filter { $0.locale.isEmpty || Language(name: $0.locale) == language }
            let best = ours.isEmpty ? found : ours
            if let standard = best.first(where: { $0.manufacturer.isEmpty }) {
                return standard.text
            }
            let makers = Set(best.map(\.manufacturer))
            if makers.count == 1, let only = best.first {
                return "\(only.text) (\(only.manufacturer))"
            }
        }
        return nil
    }

    private static func withoutFailureType(_ code: String) -> String {
        code.count == 8 && code.dropFirst(5).first == "-" ? String(code.prefix(5)) : code
    }
}

extension Presentation {
    /// What a code says: the site's own text, else Forewarn's; `nil` where neither knows it.
    package func text(ofCode code: String) -> String? {
        if let text = codes.text(of: code, words.language) { return text.visible }
        guard let read = FaultCode(text: code), let wording = CodeStructure.wording(of: read)
        else { return nil }
        return words.language == .english ? wording.english : wording.chinese
    }
}
