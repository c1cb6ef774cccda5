import Foundation

/// The package as it lies on disk.
enum Repository {
    /// The folder that holds Package.swift: this file's, less `Tests/ArchitectureTests/`.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    static func holds(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: path).path)
    }

    /// Every file below a folder whose name ends so, as paths from the top, in order.
    static func files(below path: String, ending suffix: String) -> [String] {
        let start = folder.appending(path: path)
        let names = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String }
        return (names ?? []).filter { $0.hasSuffix(suffix) && !$0.contains(".build") }
            .map { path + "/" + $0 }.sorted()
    }

    static func folders(in path: String) throws -> [String] {
        let start = folder.appending(path: path)
        return try FileManager.default.contentsOfDirectory(
            at: start, includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent).sorted()
    }
}
