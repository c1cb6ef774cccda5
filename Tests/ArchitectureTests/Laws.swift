/// What a source file may not do. Each check gives the offences of one file as `path:line: reason`.
enum Laws {
    /// The standard library, which every module has.
    static let standardLibrary: Set<String> = ["Swift", "_Concurrency", "_StringProcessing"]

    /// Part of the operating system's own interface rather than a library with one owner.
    static let platform: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
    ]

    /// A log's vocabulary is spoken by whoever has something to say.
    static let sharedLibraries: Set<String> = ["Logging"]

    /// Libraries as pure as the core itself: containers and arithmetic.
    static let pureLibraries: Set<String> = [
        "BasicContainers", "BitCollections", "Collections", "DequeModule", "HashTreeCollections",
        "HeapModule", "Numerics", "OrderedCollections", "RealModule",
    ]

    /// What the standard library offers without an import and the core still may not touch.
    static let impureWords = [
        "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "CommandLine",
        "readLine", "print", "debugPrint", "Task", "async", "await",
    ]

    /// These read the system's random numbers unless a generator is handed in.
    static let randomCalls = [".random(", ".shuffled(", ".shuffle(", ".randomElement("]

    static let longestFile = 450

    static func forbiddenImports(
        in source: SourceText, path: String, module: String, table: ModuleTable
    ) -> [String] {
        guard let row = table[module] else {
            return ["\(path):1: docs/architecture.md has no row for \(module)"]
        }
        return source.imports.filter {
            !standardLibrary.contains($0.module) && !row.mayImport.contains($0.module)
        }
        .map { "\(path):\($0.line): \(module) may not import \($0.module)" }
    }

    static func impurities(in source: SourceText, path: String) -> [String] {
        let words = impureWords.flatMap { word in
            source.lines(withWord: word).map { "\(path):\($0): the core may not use \(word)" }
        }
        let calls = source.code.enumerated().flatMap { index, line in
            randomCalls.filter { call in
                // The generator may stand on the next line of a call that was wrapped.
                let next = index + 1 < source.code.count ? source.code[index + 1] : ""
                return line.contains(call) && !(line + next).contains("using:")
            }
            .map { "\(path):\(index + 1): \($0)…) without a generator" }
        }
        // Whoever takes a step of a ticket is an actor too; only the declaration of one suspends.
        let actors = source.code.enumerated().filter { _, line in
            line.split(separator: " ").drop { $0 != "actor" }.dropFirst().first?.first?.isUppercase
                ?? false
        }
        return words + calls + actors.map { "\(path):\($0.offset + 1): the core may not use actor" }
    }

    static func looseEnds(in source: SourceText, path: String) -> [String] {
        let crashes = ["try!", "fatalError"].flatMap { word in
            source.lines(withWord: word).map { "\(path):\($0): \(word)" }
        }
        let notes = source.written.enumerated().filter { $0.element.contains("TODO") }
            .map { "\(path):\($0.offset + 1): TODO" }
        // The text ends in a line break, so the last element is empty and no line.
        let length = source.written.count - (source.written.last?.isEmpty == true ? 1 : 0)
        let long =
            length > longestFile
            ? ["\(path):\(longestFile + 1): \(length) lines, at most \(longestFile)"] : []
        return crashes + notes + long
    }

    static func impureCoreRows(of table: ModuleTable) -> [String] {
        let core = Set(table.rows.filter { $0.layer == .core }.map(\.module))
        return table.rows.filter { $0.layer == .core }.flatMap { row in
            row.mayImport.filter { !core.contains($0) && !pureLibraries.contains($0) }
                .map { "docs/architecture.md:\(row.line): \(row.module) is core, \($0) is not" }
        }
    }

    /// Every library that more than one row may import, with the places.
    static func librariesWithSeveralOwners(of table: ModuleTable) -> [String] {
        let ours = Set(table.rows.filter { $0.layer != .library }.map(\.module))
        let outside = Set(table.rows.flatMap(\.mayImport))
            .subtracting(ours).subtracting(platform).subtracting(sharedLibraries)
            .subtracting(pureLibraries)
        return outside.sorted().flatMap { library in
            let owners = table.rows.filter { $0.mayImport.contains(library) }
            return owners.dropFirst().map {
                "docs/architecture.md:\($0.line): \(library) belongs to \(owners[0].module) already"
            }
        }
    }

    /// Where the targets of Package.swift and the table disagree.
    static func disagreements(of package: PackageText, with table: ModuleTable) -> [String] {
        var found: [String] = []
        for target in package.targets where !target.isTest {
            guard let row = table[target.name] else {
                found.append("Package.swift:\(target.line): \(target.name) has no row in the table")
                continue
            }
            found += target.dependencies.filter { !row.mayImport.contains($0) }
                .map { "Package.swift:\(target.line): \(target.name) may not depend on \($0)" }
        }
        let declared = Set(package.targets.map(\.name))
        found += table.rows.filter { !declared.contains($0.module) }
            .map { "docs/architecture.md:\($0.line): Package.swift has no target \($0.module)" }
        return found
    }
}
