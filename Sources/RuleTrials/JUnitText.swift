/// Test results in the form that build servers read: JUnit XML, a suite a file.
public struct JUnitText {
    /// One test; `failure` is what was wrong, a line each, or `nil` when it passed.
    public struct Test: Sendable {
        public var name: String
        public var line: Int
        public var failure: [String]?

        public init(name: String, line: Int, failure: [String]?) {
            self.name = name
            self.line = line
            self.failure = failure
        }
    }

    private var suites: [(file: String, tests: [Test])] = []

    public init() {}

    public mutating func add(file: String, tests: [Test]) { suites.append((file, tests)) }

    /// The document.
    public var text: String {
        let tests = suites.flatMap(\.tests)
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites tests=\"\(tests.count)\""
        text += " failures=\"\(tests.count { $0.failure != nil })\">\n"
        for (file, tests) in suites {
            let name = Self.escaped(file)
            text += "  <testsuite name=\"\(name)\" tests=\"\(tests.count)\""
            text += " failures=\"\(tests.count { $0.failure != nil })\">\n"
            for test in tests {
                text += "    <testcase classname=\"\(name)\" name=\"\(Self.escaped(test.name))\""
                text += " file=\"\(name)\" line=\"\(test.line)\""
                if let failure = test.failure {
                    text += ">\n      <failure message=\"\(Self.escaped(failure.first ?? ""))\">"
                    text += Self.escaped(failure.joined(separator: "\n"))
                    text += "</failure>\n    </testcase>\n"
                } else {
                    text += "/>\n"
                }
            }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    /// Text as XML 1.0 allows it: controls other than tab and line ends are not even allowed escaped.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value < 0xFFFE
                result.unicodeScalars.append(
                    isAllowed || scalar.value > 0xFFFF ? scalar : "\u{FFFD}")
            }
        }
        return result
    }
}
