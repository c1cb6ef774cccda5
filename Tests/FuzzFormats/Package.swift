// swift-tools-version: 6.2
import PackageDescription
let package = Package(
    name: "fz",
    targets: [
        .target(name: "VehicleFaults"), .target(name: "FaultDecoding", dependencies: ["VehicleFaults"]),
        .executableTarget(name: "forewarn-fuzz", dependencies: ["FaultDecoding", "VehicleFaults"]),
    ], swiftLanguageModes: [.v6])
