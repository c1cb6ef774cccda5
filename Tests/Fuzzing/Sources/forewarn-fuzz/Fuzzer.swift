#if canImport(Glibc)
    import Glibc
#endif

/// What libFuzzer calls once, before anything else: the environment says which reader is tried.
@_cdecl("LLVMFuzzerInitialize")
public func chooseReader(
    _ count: UnsafeMutablePointer<CInt>?, _ words: UnsafeMutableRawPointer?
) -> CInt {
    guard let name = Target.environment("FOREWARN_FUZZ"), Target.all[name] != nil else {
        print("FOREWARN_FUZZ must be one of", Target.all.keys.sorted().joined(separator: ", "))
        exit(2)
    }
    if name == "format" && PayloadInputs.chosen == nil {
        print("FOREWARN_FUZZ_FORMAT must be one of")
        for format in PayloadInputs.formats { print(" ", format.rawValue) }
        exit(2)
    }
    if let folder = Target.environment("FOREWARN_FUZZ_SEEDS") {
        PayloadSeeds.write(reader: name, to: folder)
        exit(0)
    }
    if name == "payload" { atexit { PayloadInputs.tellReached() } }
    return 0
}

/// What libFuzzer calls for every input. A trap, an endless loop or a broken promise is its find.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Target.chosen(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// The readers that can be tried, each by its name; every file of readers names its own.
enum Target {
    nonisolated(unsafe) static let all: [String: ([UInt8]) -> Void] =
        [RuleInputs.targets, PayloadInputs.targets].reduce([:]) { $0.merging($1) { $1 } }

    /// The one that the environment names.
    nonisolated(unsafe) static let chosen: ([UInt8]) -> Void =
        environment("FOREWARN_FUZZ").flatMap { all[$0] } ?? { _ in }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
