import VehicleFaults

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
            let name = Markup.escaped(file)
            text += "  <testsuite name=\"\(name)\" tests=\"\(tests.count)\""
            text += " failures=\"\(tests.count { $0.failure != nil })\">\n"
            for test in tests {
                text += "    <testcase classname=\"\(name)\" name=\"\(Markup.escaped(test.name))\""
                text += " file=\"\(name)\" line=\"\(test.line)\""
                if let failure = test.failure {
                    text += ">\n      <failure message=\"\(Markup.escaped(failure.first ?? ""))\">"
                    text += Markup.escaped(failure.joined(separator: "\n"))
                    text += "</failure>\n    </testcase>\n"
                } else {
                    text += "/>\n"
                }
            }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }
}
