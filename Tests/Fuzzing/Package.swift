// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building and testing Forewarn never builds it. It needs
// `--sanitize fuzzer`, which fuzz.sh gives.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "forewarn", path: "../..")],
    targets: [
        .executableTarget(
            name: "forewarn-fuzz",
            dependencies: [.product(name: "ForewarnCore", package: "forewarn")],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
