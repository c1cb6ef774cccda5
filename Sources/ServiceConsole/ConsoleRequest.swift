import StoreText
import VehicleFaults

/// What a browser asks.
struct ConsoleRequest: Sendable {
    var method: String
    /// The parts of the path, each without its escapes.
    var parts: [String]
    var query: Query
    /// The name under which it asks, with a port or without.
    var host: String?
    var languages: String?

    /// - Parameter path: with its query, as the first line of a request has it.
    init(method: String, path: String, host: String? = nil, languages: String? = nil) {
        self.method = method
        self.host = host
        self.languages = languages
        let ends = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        parts = ends[0].split(separator: "/").map { Self.unescaped(String($0)) }
        query = Query(ends.count > 1 ? String(ends[1]) : "")
    }

    /// The part of an address behind its question mark, in its order.
    struct Query: Sendable, Equatable {
        private(set) var items: [(name: String, value: String)] = []

        static func == (a: Query, b: Query) -> Bool { a.text == b.text }

        init(_ text: String) {
            for item in text.split(separator: "&") {
                let ends = item.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let words = ends.map {
                    ConsoleRequest.unescaped(String($0.replacing("+", with: " ")))
                }
                items.append((words[0], words.count > 1 ? words[1] : ""))
            }
        }

        /// The last value of a name; `nil` without one.
        subscript(name: String) -> String? {
            get { items.last { $0.name == name }?.value }
            set {
                items.removeAll { $0.name == name }
                if let newValue { items.append((name, newValue)) }
            }
        }

        /// As it stands in an address, with its question mark; empty when there is nothing.
        var text: String {
            guard !items.isEmpty else { return "" }
            return "?"
                + items.map { "\(AddressPart.escaped($0.name))=\(AddressPart.escaped($0.value))" }
                .joined(separator: "&")
        }
    }

    /// The language that the address asks for, else the first that the browser knows, else `usual`.
    func language(else usual: Language) -> Language {
        if let said = query["lang"].flatMap({ Language(name: $0) }) { return said }
        var best: (language: Language, weight: Double)?
        for item in (languages ?? "").split(separator: ",") {
            let words = item.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let name = words.first, let language = Language(name: name) else { continue }
            let weight =
                words.dropFirst().first { $0.hasPrefix("q=") }
                .flatMap { Double($0.dropFirst(2)) } ?? 1
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language ?? usual
    }

    /// A text with its `%2F` as bytes; what is no UTF-8 becomes the sign for that.
    static func unescaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What is sent back.
struct ConsoleAnswer: Sendable {
    enum Body: Sendable {
        /// A text; one that only its head was asked of is counted and not sent.
        case text(String, isSent: Bool)
        /// Server-sent events, until the stream ends.
        case stream(AsyncStream<String>)
    }

    var status = 200
    var headers: [(String, String)] = []
    var body: Body

    /// Nobody else may put a page of ours into theirs, run code in it or load anything into it.
    static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        + "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    init(_ text: String, type: String, status: Int = 200) {
        self.status = status
        body = .text(text, isSent: true)
        headers = Self.always + [("Content-Type", "\(type); charset=utf-8")]
    }

    init(events: AsyncStream<String>) {
        body = .stream(events)
        headers = Self.always + [("Content-Type", "text/event-stream")]
    }

    private static let always = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
}
