import Foundation

/// A folder of rule files for one test, in which commands run.
final class Workshop: Sendable {
    let folder: String

    init(_ files: [String: String] = [:]) throws {
        folder = NSTemporaryDirectory() + "workshop-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/" + name }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }

    /// Runs the program on files of the folder, and leaves the folder's name out of what it says.
    func run(_ arguments: [String]) throws -> Program.Result {
        var result = try Program.run(
            arguments.map { $0.hasPrefix("@") ? path(String($0.dropFirst())) : $0 })
        result.output = result.output.replacing(folder + "/", with: "")
        result.errors = result.errors.replacing(folder + "/", with: "")
        return result
    }

    /// A rule about misfires and one about heat.
    static let rules = """
        version: 1
        rules:
          - id: misfire
            mode: cylinder-misfire
            severity: S3
            advice: A3
            component: ignition-coil
            skill: ENG
            when: code "P030[1-8]" 3 times within 7d
            until: not code "P030[1-8]"
          - id: hot
            mode: engine-overheating
            severity: S2
            advice: A2
            component: radiator
            skill: ENG
            when: coolant_c > 108 °C for 5m

        """

    /// Tests of ``rules``, of which `expected` decides whether the first passes.
    static func tests(expect expected: String) -> String {
        let days = ["01", "03", "05"].map {
            "      {\"vin\":\"TESTVAN1\",\"ts\":\"2026-03-\($0)T08:00:00Z\",\"dtcs\":[\"P0301\"]}\n"
        }
        return "version: 1\ntests:\n  - name: three misfires in five days\n    messages: |\n"
            + days.joined() + "    expect:\(expected)\n"
                + """
                  - name: hot for four minutes is not yet hot
                    messages: |
                      {"vin":"TESTVAN1","ts":"2026-03-01T08:00:00Z","signals":{"coolant_c":112}}
                      {"vin":"TESTVAN1","ts":"2026-03-01T08:04:00Z","signals":{"coolant_c":112}}
                    expect: none

                """
    }

    static let right =
        "\n      - { rule: misfire, vehicle: TESTVAN1, at: \"2026-03-05T08:00:00Z\", severity: S3 }"
}
