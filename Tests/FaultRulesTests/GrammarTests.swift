import Foundation
import Testing
import VehicleFaults

@testable import FaultRules

/// The grammar of docs/reference/rules.md, read from the page.
struct Grammar {
    indirect enum Part {
        case terminal(String)
        case name(String)
        case sequence([Part])
        case choice([Part])
        case optional(Part)
        case repeated(Part)
    }

    private(set) var productions: [(name: String, part: Part)] = []
    /// Every word and sign in quotation marks.
    private(set) var terminals: Set<String> = []

    private enum Token: Equatable { case terminal(String), name(String), sign(Character) }

    /// - Parameter text: what stands between the marks of the page's EBNF block.
    init(_ text: String) throws {
        var tokens: [Token] = []
        var rest = Substring(text)
        while let first = rest.first {
            if first == "\"" {
                let end = try #require(rest.dropFirst().firstIndex(of: "\""))
                tokens.append(.terminal(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(after: end)...]
            } else if rest.hasPrefix("(*") {
                rest = rest[try #require(rest.firstRange(of: "*)")).upperBound...]
            } else if first.isLetter {
                let word = rest.prefix { $0.isLetter }
                tokens.append(.name(String(word)))
                rest = rest.dropFirst(word.count)
            } else {
                if !first.isWhitespace { tokens.append(.sign(first)) }
                rest = rest.dropFirst()
            }
        }
        for token in tokens {
            if case .terminal(let word) = token { terminals.insert(word) }
        }
        var place = 0
        while place < tokens.count {
            guard case .name(let name) = tokens[place], tokens[place + 1] == .sign("=") else {
                throw Odd(token: "\(tokens[place])")
            }
            var end = place + 2
            while end < tokens.count, end + 1 == tokens.count || tokens[end + 1] != .sign("=") {
                end += 1
            }
            var body = tokens[place + 2..<end]
            productions.append((name, try Self.choice(&body)))
            guard body.isEmpty else { throw Odd(token: "\(body)") }
            place = end
        }
    }

    struct Odd: Error { var token: String }

    private static func choice(_ tokens: inout ArraySlice<Token>) throws -> Part {
        var ways: [Part] = []
        repeat {
            if !ways.isEmpty { tokens.removeFirst() }
            var parts: [Part] = []
            while let token = tokens.first, token != .sign("|"), !")]}".contains(Self.text(token)) {
                tokens.removeFirst()
                switch token {
                case .terminal(let word): parts.append(.terminal(word))
                case .name(let name): parts.append(.name(name))
                case .sign(let open):
                    let inner = try choice(&tokens)
                    guard let close = tokens.popFirst(), "()[]{}".contains(text(close)) else {
                        throw Odd(token: "\(open)")
                    }
                    switch open {
                    case "[": parts.append(.optional(inner))
                    case "{": parts.append(.repeated(inner))
                    default: parts.append(inner)
                    }
                }
            }
            ways.append(parts.count == 1 ? parts[0] : .sequence(parts))
        } while tokens.first == .sign("|")
        return ways.count == 1 ? ways[0] : .choice(ways)
    }

    private static func text(_ token: Token) -> Character {
        if case .sign(let sign) = token { sign } else { "a" }
    }

    /// Names that no production explains: what the lexer reads.
    var lexical: Set<String> {
        var result: Set<String> = []
        func visit(_ part: Part) {
            switch part {
            case .terminal: break
            case .name(let name): result.insert(name)
            case .sequence(let parts), .choice(let parts): parts.forEach(visit)
            case .optional(let part), .repeated(let part): visit(part)
            }
        }
        for production in productions { visit(production.part) }
        return result.subtracting(productions.map(\.name))
    }

    /// A sentence of the language, and the terminals in it.
    func sentence(
        _ random: inout Draw, _ name: String = "condition", depth: Int = 0,
        used: inout Set<String>
    ) -> String {
        if let part = productions.first(where: { $0.name == name })?.part {
            return sentence(part, &random, depth + 1, &used)
        }
        func one(_ words: [String]) -> String { words[Int(random.next() % UInt64(words.count))] }
        switch name {
        case "NAME": return one(["coolant_c", "rpm", "x", "y"])
        case "TEXT": return one([#""P0301""#, #""7E8""#])
        case "WHOLE": return one(["2", "3"])
        case "NUMBER": return one(["1", "0.5", "20"])
        case "UNIT": return one(["°C", "rpm"])
        case "DURATION": return one(["5m", "2h"])
        default: return "?"
        }
    }

    private func sentence(
        _ part: Part, _ random: inout Draw, _ depth: Int, _ used: inout Set<String>
    ) -> String {
        switch part {
        case .terminal(let word):
            used.insert(word)
            return word == "pNN" ? "p95" : word
        case .name(let name): return sentence(&random, name, depth: depth, used: &used)
        case .sequence(let parts):
            return parts.map { sentence($0, &random, depth, &used) }.joined(separator: " ")
        case .choice(let ways):
            return sentence(ways[Int(random.next() % UInt64(ways.count))], &random, depth, &used)
        case .optional(let part), .repeated(let part):
            // What is deep already grows no further.
            guard random.next() % UInt64(2 + depth / 3) == 0 else { return "" }
            return sentence(part, &random, depth + 1, &used)
        }
    }
}

/// Numbers from a seed (SplitMix64; Steele, Lea and Flood 2014).
struct Draw {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

@Suite("The grammar of the rules page") struct GrammarTests {
    private static func grammar() throws -> Grammar {
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../../docs/reference/rules.md"), encoding: .utf8)
        let start = try #require(page.firstRange(of: "```ebnf\n")).upperBound
        let end = try #require(page[start...].firstRange(of: "\n```")).lowerBound
        return try Grammar(String(page[start..<end]))
    }

    /// What the reader says of an expression.
    private static func problems(_ text: String) -> [Diagnostic] {
        let start = SourcePosition(file: "f", line: 1, column: 1)
        func scalar(_ text: String) -> SourceNode {
            SourceNode(.scalar(text, lines: [.init(offset: 0, position: start)]), at: start)
        }
        func mapping(_ pairs: [(String, SourceNode)]) -> SourceNode {
            SourceNode(.mapping(pairs.map { (key: scalar($0.0), value: $0.1) }), at: start)
        }
        let words = [
            ("id", "a"), ("mode", "a"), ("severity", "S3"), ("advice", "A3"), ("component", "a"),
            ("skill", "a"),
        ]
        let rule = mapping(words.map { ($0.0, scalar($0.1)) } + [("when", scalar(text))])
        let names = ["coolant_c", "rpm", "x", "y"].map { ($0, scalar("5")) }
        var reader = RulePackReader()
        reader.add(
            file: mapping([
                ("version", scalar("1")), ("pack", scalar("a")), ("params", mapping(names)),
                ("rules", SourceNode(.sequence([rule]), at: start)),
            ]))
        reader.finish()
        return reader.diagnostics.filter { $0.severity == .error }
    }

    /// Says that the words are not those of the language; anything else is about their meaning.
    private static let syntax = [
        "expected", "after a complete condition", "has no meaning here", "is not a function",
        "is not a setting", "is not a lamp", "is not a status", "without its closing",
        "is not a comparison", "needs the name of an attribute",
    ]

    @Test("whatever follows it is read, and each word of it is one that the reader knows")
    func forwards() throws {
        let grammar = try Self.grammar()
        #expect(
            grammar.lexical == ["NAME", "TEXT", "WHOLE", "NUMBER", "UNIT", "DURATION"])
        var known: Set<String> = []
        var good = 0
        for seed in UInt64(0)..<8_000 {
            var random = Draw(state: seed)
            var used: Set<String> = []
            // Whole conditions, and by themselves what is rare within them.
            let root = ["condition", "function", "comparison", "code", "both"][Int(seed % 5)]
            let text =
                (grammar.sentence(&random, root, used: &used) + (seed % 5 == 1 ? " > 1" : ""))
                // Where the page has a blank between a word and its name, the language has none.
                .replacing("vehicle. ", with: "vehicle.").replacing("$ ", with: "$")
            guard text.count < 300 else { continue }
            let problems = Self.problems(text)
            if problems.isEmpty {
                known.formUnion(used)
                good += 1
            }
            for problem in problems {
                let words = problem.message.description
                #expect(
                    !Self.syntax.contains { words.contains($0) }, "seed \(seed): \(text): \(words)")
            }
        }
        #expect(good > 400, "\(good) sentences were good rules")
        #expect(known == grammar.terminals, "\(grammar.terminals.subtracting(known)) never read")
    }

    @Test("every word that the reader asks for stands in it") func backwards() throws {
        let terminals = try Self.grammar().terminals
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/FaultRules")
        var words: Set<String> = Set(ExpressionParser.functions)
        var files = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where file.hasPrefix("ExpressionParser") {
            let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            for found in source.matches(of: /word(?:\(|: )"([a-z]+)"/) {
                words.insert(String(found.output.1))
            }
            files += 1
        }
        #expect(files > 4 && words.count > 55)
        // A name of the language that the page writes with the dot behind it.
        #expect(words.subtracting(terminals).isEmpty, "\(words.subtracting(terminals).sorted())")
    }
}
