import ArgumentParser
import FaultRules
import FleetWatch
import ForewarnDaemon
import Foundation
import RuleTrials
import StoreText
import TerminalText

/// `forewarn test`: do the rules do what their tests say?
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests that stand beside rule files.",
        discussion: """
            A test is a recording, or a few messages, and the tickets that the rules must
            make of them. Tests of misfire.yaml stand in misfire.test.yaml. Exits with 1
            when a test fails, or when --mutate finds a change that no test notices.
            """)

    @Argument(help: "Test files, and folders that are searched for *.test.yaml.")
    var paths: [String] = ["."]

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Only tests whose file or name matches.", valueName: "regex"))
    var pattern: String?

    @Option(
        help: ArgumentHelp(
            "Roster of test files that name none. May be repeated.", valueName: "file"))
    var roster: [String] = []

    @Option(help: ArgumentHelp("Also write the results as JUnit XML.", valueName: "file"))
    var junit: String?

    @Flag(help: "Show which rules fired, and which branches of conditions no test has seen.")
    var coverage = false

    @Flag(help: "Move every threshold, count and duration by ±10 % and list what no test notices.")
    var mutate = false

    @Flag(help: "Show the differences, then write what came out into the test files.")
    var update = false

    @OptionGroup var output: OutputOptions

    private typealias Ran = (file: Int, results: [RuleTestResult])

    func validate() throws {
        if let pattern, (try? Regex(pattern)) == nil {
            throw ValidationError("--run '\(pattern.visible)' is no regular expression")
        }
        if update, mutate { throw ValidationError("--update and --mutate do not go together") }
    }

    func run() throws {
        let report = RuleTestReport(presentation: output.presentation())
        do {
            var suite = try RuleTestSuite(paths: paths, roster: roster)
            for warning in suite.warnings {
                Output.talk(report.presentation.shown(warning, in: suite.texts))
            }
            let ran = try runAll(&suite)
            let results = ran.flatMap(\.results)
            guard !results.isEmpty else {
                throw CommandFailure(
                    code: .usage, message: "there is no test to run",
                    hint: "tests of misfire.yaml stand in misfire.test.yaml")
            }
            try show(results, report)
            if let junit { try write(ran, suite, report, to: junit) }
            if coverage { try showCoverage(ran, suite, report) }
            if update { return try rewrite(ran, suite, report.presentation.words) }
            guard results.allSatisfy(\.passed) else { throw CommandFailure(code: .no) }
            if mutate { try runMutations(&suite, report) }
        } catch let error as RuleTestSuite.Unusable {
            for problem in error.diagnostics {
                Output.talk(report.presentation.shown(problem, in: error.texts))
            }
            throw CommandFailure(code: .usage)
        }
    }

    // MARK: - Running

    private func isWanted(_ test: RuleTest, in file: RuleTestFile) throws -> Bool {
        guard let pattern else { return true }
        let regex = try Regex(pattern)
        return test.name.contains(regex) || file.name.contains(regex)
    }

    private func runAll(_ suite: inout RuleTestSuite) throws -> [Ran] {
        var ran: [Ran] = []
        for (number, file) in suite.files.enumerated() {
            var results: [RuleTestResult] = []
            for test in file.tests.tests where try isWanted(test, in: file.tests) {
                let traffic = try suite.traffic(of: test, in: file.tests)
                results.append(
                    test.run(
                        on: traffic, program: file.program, settings: file.settings,
                        seesAtoms: coverage))
            }
            ran.append((number, results))
        }
        return ran
    }

    private func show(_ results: [RuleTestResult], _ report: RuleTestReport) throws {
        for result in results {
            if !result.passed {
                for line in report.failure(result) { try Output.write(line + "\n") }
            } else if output.verbose {
                try Output.write(report.success(result) + "\n")
            }
        }
        let failed = results.count { !$0.passed }
        let words = report.presentation.words
        let tests = words.say(
            results.count == 1 ? "1 test" : "\(results.count) tests", "\(results.count) 项测试")
        try Output.write(
            tests + words.comma
                + (failed == 0
                    ? words.say("all passed", "全部通过")
                    : words.say("\(failed) failed", "\(failed) 项失败")) + "\n")
    }

    private func write(
        _ ran: [Ran], _ suite: RuleTestSuite, _ report: RuleTestReport, to path: String
    ) throws {
        var plain = report.presentation
        plain.painter = Painter(isOn: false)
        // What machines read is the same for everybody.
        plain.words = Words(language: .english)
        let report = RuleTestReport(presentation: plain)
        var document = JUnitText()
        for (number, results) in ran where !results.isEmpty {
            document.add(
                file: suite.files[number].tests.name,
                tests: results.map {
                    .init(
                        name: $0.test.name, line: $0.test.position.line,
                        failure: $0.passed ? nil : report.differences($0))
                })
        }
        try Self.write(document.text, to: path)
    }

    private static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(
                code: .unreachable,
                message: "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    // MARK: - Coverage, mutation, update

    /// Files that test the same rules count together.
    private func groups(_ suite: RuleTestSuite) -> [[Int]] {
        var order: [[String]] = []
        var members: [[String]: [Int]] = [:]
        for (number, file) in suite.files.enumerated() {
            if members[file.rulePaths] == nil { order.append(file.rulePaths) }
            members[file.rulePaths, default: []].append(number)
        }
        return order.compactMap { members[$0] }
    }

    private func showCoverage(_ ran: [Ran], _ suite: RuleTestSuite, _ report: RuleTestReport)
        throws
    {
        for group in groups(suite) {
            let trials = ran.filter { group.contains($0.file) }.flatMap(\.results).map(\.trial)
            guard let first = group.first, !trials.isEmpty else { continue }
            let file = suite.files[first]
            try Output.write("\n\(file.rulePaths.joined(separator: " "))\n")
            for line in report.coverage(RuleCoverage(file.program, trials)) {
                try Output.write(line + "\n")
            }
        }
    }

    private func runMutations(_ suite: inout RuleTestSuite, _ report: RuleTestReport) throws {
        var tried = 0
        var survived = 0
        for group in groups(suite) {
            guard let first = group.first else { continue }
            let source = suite.files[first].source
            for mutation in RuleMutation.all(of: source) {
                guard let program = mutation.program(of: source) else { continue }
                tried += 1
                let before = Set(suite.files[first].program.rules.map(\.meaning))
                let moved = program.rules.filter { !before.contains($0.meaning) }.map(\.id)
                if try !isNoticed(program, moved, by: group, &suite) {
                    survived += 1
                    try Output.write(report.survivor(mutation) + "\n")
                }
            }
        }
        let noticed = tried - survived
        try Output.write(
            report.presentation.words.say(
                "\(tried) changes by ±10 %, \(noticed) noticed\n",
                "±10 % 改动 \(tried) 处，测试察觉 \(noticed) 处\n"))
        if survived > 0 { throw CommandFailure(code: .no) }
    }

    /// Whether a test fails with a changed program; those that speak of the changed rules go first.
    private func isNoticed(
        _ program: RuleProgram, _ moved: [String], by group: [Int], _ suite: inout RuleTestSuite
    ) throws -> Bool {
        var near: [(Int, RuleTest)] = []
        var far: [(Int, RuleTest)] = []
        for number in group {
            for test in suite.files[number].tests.tests
            where try isWanted(test, in: suite.files[number].tests) {
                let speaks = moved.contains { rule in
                    test.name.contains(rule) || test.expected.contains { $0.rule == rule }
                }
                if speaks { near.append((number, test)) } else { far.append((number, test)) }
            }
        }
        for (number, test) in near + far {
            let file = suite.files[number]
            let traffic = try suite.traffic(of: test, in: file.tests)
            if !test.run(on: traffic, program: program, settings: file.settings).passed {
                return true
            }
        }
        return false
    }

    private func rewrite(_ ran: [Ran], _ suite: RuleTestSuite, _ words: Words) throws {
        var updated = 0
        var left: [String] = []
        for (number, results) in ran where results.contains(where: { !$0.passed }) {
            let path = suite.files[number].tests.name
            guard let data = FileManager.default.contents(atPath: path) else {
                throw CommandFailure(code: .unreachable, message: "\(path) cannot be read")
            }
            let change = RuleTestUpdate(String(decoding: data, as: UTF8.self), results)
            try Self.write(change.text, to: path)
            updated += results.count { !$0.passed } - change.left.count
            left += change.left
        }
        try Output.write(
            words.say(
                "\(updated) \(updated == 1 ? "expectation" : "expectations") written\n",
                "已写入 \(updated) 处预期\n"))
        guard left.isEmpty else {
            throw CommandFailure(
                code: .no,
                message: "not written: \(left.joined(separator: ", "))",
                hint: "put \"expect:\" on a line of its own")
        }
    }
}
