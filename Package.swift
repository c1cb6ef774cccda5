// swift-tools-version: 6.2
import PackageDescription

// The core sees no clock, file, socket or random number; what it may import stands in
// docs/architecture.md and is held by ArchitectureTests.
let core: [SwiftSetting] = [.treatAllWarnings(as: .error), .strictMemorySafety()]
let shell: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "forewarn",
    targets: [
        .target(name: "VehicleFaults", swiftSettings: core),
        .target(name: "FaultRules", dependencies: ["VehicleFaults"], swiftSettings: core),
    ],
    swiftLanguageModes: [.v6]
)
