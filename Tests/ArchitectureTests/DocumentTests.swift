import Testing

@Suite("Documents") struct DocumentTests {
    static let expected = [
        "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "SECURITY.md",
        "docs/architecture.md", "docs/operating.md", "docs/performance.md",
        "docs/reference/configuration.md", "deploy/forewarn.yaml", "deploy/mosquitto/README.md",
        "deploy/mosquitto/forewarn.conf", "deploy/systemd/README.md",
        "deploy/systemd/forewarn.service",
    ]
    @Test("is there", arguments: expected) func exists(path: String) {
        #expect(Repository.holds(path), "\(path) is missing")
    }

    @Test("every link to a file of the repository leads somewhere") func links() throws {
        let top = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
        let documents =
            top.filter(Repository.holds) + Repository.files(below: "docs", ending: ".md")
            + Repository.files(below: "deploy", ending: ".md")
        for path in documents {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            let lines = try Repository.text(path).split(
                separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                for link in line.matches(of: /\]\(([^)#\s]+)[^)]*\)/).map({ String($0.output.1) })
                where !link.contains("://") && !link.hasPrefix("mailto:") {
                    let target = folder.isEmpty ? link : folder + "/" + link
                    #expect(Repository.holds(target), "\(path):\(index + 1): no such file: \(link)")
                }
            }
        }
    }

    @Test("the configuration's reference and its example have the same keys and derived names")
    func configuration() throws {
        let reference = "docs/reference/configuration.md"
        let lines = try Repository.text(reference).split(
            separator: "\n", omittingEmptySubsequences: false)
        var keys: [String] = []
        for (index, line) in lines.enumerated() {
            let cells = ModuleTable.cells(of: line)
            guard cells.count == 5, let key = ModuleTable.names(in: cells[0]).first else {
                continue
            }
            keys.append(key)
            let name = "FOREWARN_" + key.uppercased().split(separator: ".").joined(separator: "_")
            #expect(
                cells[3] == "`\(name)`" || cells[3] == "none",
                "\(reference):\(index + 1): the variable of \(key) is \(name)")
        }
        #expect(keys.count > 20, "\(reference):1: no table of keys")
        #expect(Set(keys) == Set(try exampleKeys()))
    }

    /// The dotted keys of the example, whether set or commented out as `#key: default`.
    private func exampleKeys() throws -> [String] {
        var section = ""
        var keys: [String] = []
        for line in try Repository.text("deploy/forewarn.yaml").split(separator: "\n") {
            let content = line.hasPrefix("#") ? line.dropFirst() : line[...]
            // Prose is `# text`, one space; keys of a section stand two spaces in.
            let match = content.wholeMatch(of: /(|  )([a-z_]+):( .*)?/)
            guard let match else { continue }
            let (indent, name) = (match.output.1, String(match.output.2))
            if indent.isEmpty {
                section = name
                let sections: Set = [
                    "broker", "intake", "watch", "store", "alerts", "canary", "log",
                ]
                if !sections.contains(name) { keys.append(name) }
            } else {
                keys.append(section + "." + name)
            }
        }
        return keys
    }
}
