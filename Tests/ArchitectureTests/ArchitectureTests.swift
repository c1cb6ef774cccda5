import Testing

/// The shape of the code, held by machine. Every failure names the file and the line.
@Suite("Architecture") struct ArchitectureTests {
    let table: ModuleTable
    let files: [(path: String, module: String, source: SourceText)]

    init() throws {
        table = try ModuleTable(markdown: Repository.text("docs/architecture.md"))
        files = try Repository.files(below: "Sources", ending: ".swift").map { path in
            let module = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
            return (path, module, SourceText(try Repository.text(path)))
        }
        try #require(!files.isEmpty, "no sources found below \(Repository.folder.path)")
    }

    @Test("every import is one that docs/architecture.md allows") func imports() {
        for file in files {
            report(
                Laws.forbiddenImports(
                    in: file.source, path: file.path, module: file.module, table: table))
        }
    }

    @Test("the core imports the core, and uses no clock, random number, output or suspension")
    func coreIsPure() {
        report(Laws.impureCoreRows(of: table))
        for file in files where table[file.module]?.layer == .core {
            report(Laws.impurities(in: file.source, path: file.path))
        }
    }

    @Test("each outside library belongs to one module") func owners() {
        report(Laws.librariesWithSeveralOwners(of: table))
    }

    @Test("no source crashes on purpose, owes something or is too long") func looseEnds() {
        for file in files { report(Laws.looseEnds(in: file.source, path: file.path)) }
    }

    @Test("Package.swift and docs/architecture.md name the same modules and dependencies")
    func package() throws {
        report(
            Laws.disagreements(of: PackageText(try Repository.text("Package.swift")), with: table))
        for folder in try Repository.folders(in: "Sources") where table[folder] == nil {
            Issue.record("Sources/\(folder):1: docs/architecture.md has no row for it")
        }
    }

    private func report(_ offences: [String]) {
        for offence in offences { Issue.record(Comment(rawValue: offence)) }
    }
}
