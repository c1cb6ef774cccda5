#if canImport(Glibc)
    import Glibc
#endif

/// What libFuzzer calls once, before anything else: the environment says which reader is tried.
@_cdecl("LLVMFuzzerInitialize")
public func chooseReader(
    _ count: UnsafeMutablePointer<CInt>?, _ words: UnsafeMutableRawPointer?
) -> CInt {
    guard let name = getenv("FOREWARN_FUZZ").map({ String(cString: $0) }), Target.all[name] != nil
    else {
        print("FOREWARN_FUZZ must be one of", Target.all.keys.sorted().joined(separator: ", "))
        exit(2)
    }
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
        getenv("FOREWARN_FUZZ").flatMap { all[String(cString: $0)] } ?? { _ in }
}
