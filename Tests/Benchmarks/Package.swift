// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that building and testing Forewarn never builds it.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "forewarn", path: "../..")],
    targets: [
        .executableTarget(
            name: "forewarn-bench",
            dependencies: [.product(name: "ForewarnCore", package: "forewarn")],
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "forewarn-calibration",
            dependencies: [
                .product(name: "ForewarnCore", package: "forewarn"),
                .product(name: "ComparedRules", package: "forewarn"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("m")]),
    ],
    swiftLanguageModes: [.v6]
)
