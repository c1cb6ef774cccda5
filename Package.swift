// swift-tools-version: 6.2
import PackageDescription

// The core sees no clock, file, socket or random number; what it may import stands in
// docs/architecture.md and is held by ArchitectureTests.
let core: [SwiftSetting] = [.treatAllWarnings(as: .error), .strictMemorySafety()]
let shell: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "forewarn",
    products: [
        .executable(name: "forewarn", targets: ["forewarn"]),
        // For the benchmarks and the fuzzing, which are packages of their own.
        .library(
            name: "ForewarnCore",
            targets: [
                "VehicleFaults", "FaultDecoding", "FaultRules", "FaultTrends", "SpecialFunctions",
                "FleetWatch", "FleetSimulation", "RuleTrials", "YAMLSource",
            ]),
        .library(name: "ComparedRules", targets: ["ComparedRules"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        .target(name: "VehicleFaults", swiftSettings: core),
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "MQTTIntake",
            dependencies: ["CMosquitto", .product(name: "Logging", package: "swift-log")],
            swiftSettings: core),
        .target(name: "TerminalText", dependencies: ["VehicleFaults"], swiftSettings: core),
        .target(
            name: "FleetSimulation", dependencies: ["VehicleFaults", "SpecialFunctions"],
            swiftSettings: core),
        .target(
            name: "YAMLSource",
            dependencies: ["FaultRules", .product(name: "Yams", package: "Yams")],
            swiftSettings: shell),
        .target(
            name: "Recordings",
            dependencies: [
                "VehicleFaults", "CZlib", .product(name: "SystemPackage", package: "swift-system"),
            ], swiftSettings: core),
        .target(
            name: "TicketStorage",
            dependencies: [
                "CFutex", "CSQLiteSettings", "VehicleFaults", "FaultRules", "FaultDecoding",
                "FleetWatch", "ServiceTickets",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: shell),
        .target(name: "FaultDecoding", dependencies: ["VehicleFaults"], swiftSettings: core),
        .target(name: "SpecialFunctions", swiftSettings: core),
        .target(
            name: "FaultTrends", dependencies: ["VehicleFaults", "SpecialFunctions"],
            swiftSettings: core),
        .target(
            name: "RuleTrials",
            dependencies: [
                "VehicleFaults", "FaultDecoding", "FaultRules", "FleetWatch", "ServiceTickets",
            ], swiftSettings: core),
        .target(
            name: "ServiceTickets", dependencies: ["VehicleFaults", "FaultTrends"],
            swiftSettings: core),
        .target(
            name: "FleetReports",
            dependencies: ["VehicleFaults", "SpecialFunctions", "ServiceTickets"],
            swiftSettings: core),
        .target(
            name: "StoreText",
            dependencies: [
                "VehicleFaults", "FaultDecoding", "FaultRules", "FaultTrends", "FleetWatch",
                "ForewarnDaemon", "ServiceTickets", "TerminalText", "TicketStorage",
            ], swiftSettings: shell),
        // Of Hummingbird only the server: the console has a handful of addresses, and its router would
        // bring tracing, metrics and a file system along.
        .target(
            name: "ServiceConsole",
            dependencies: [
                "VehicleFaults", "FleetReports", "FleetWatch", "ForewarnDaemon", "ServiceTickets",
                "StoreText", "TerminalText", "TicketStorage",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: shell),
        .target(
            name: "ForewarnDaemon",
            dependencies: [
                "VehicleFaults", "FaultDecoding", "FaultRules", "FaultTrends", "FleetWatch",
                "ServiceTickets", "MQTTIntake", "YAMLSource", "TicketStorage", "Recordings",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "DequeModule", package: "swift-collections"),
            ], swiftSettings: shell),
        .executableTarget(
            name: "forewarn",
            dependencies: [
                "VehicleFaults", "FaultDecoding", "FaultRules", "FaultTrends", "FleetWatch",
                "FleetSimulation", "RuleTrials", "ServiceTickets", "FleetReports", "MQTTIntake",
                "YAMLSource", "TicketStorage", "Recordings", "TerminalText", "ForewarnDaemon",
                "StoreText", "ServiceConsole",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: shell),
        .testTarget(
            name: "FleetWatchTests",
            dependencies: [
                "FleetWatch", "FaultDecoding", "FaultRules", "FleetSimulation", "ServiceTickets",
                "VehicleFaults", "YAMLSource",
            ], swiftSettings: shell),
        .testTarget(
            name: "VehicleFaultsTests", dependencies: ["VehicleFaults"], swiftSettings: core),
        .testTarget(
            name: "FaultRulesTests",
            dependencies: ["FaultRules", "FleetSimulation", "VehicleFaults", "YAMLSource"],
            swiftSettings: shell),
        .testTarget(
            name: "RuleTrialsTests",
            dependencies: [
                "RuleTrials", "FaultDecoding", "FaultRules", "FleetWatch", "VehicleFaults",
                "YAMLSource",
            ], swiftSettings: shell),
        .testTarget(
            name: "FleetReportsTests",
            dependencies: ["FleetReports", "FleetSimulation", "ServiceTickets", "VehicleFaults"],
            swiftSettings: core),
        .testTarget(
            name: "FaultTrendsTests",
            dependencies: ["ComparedRules", "FaultTrends", "SpecialFunctions", "VehicleFaults"],
            swiftSettings: core),
        .testTarget(
            name: "SpecialFunctionsTests", dependencies: ["SpecialFunctions"], swiftSettings: core),
        .testTarget(
            name: "ServiceTicketsTests", dependencies: ["ServiceTickets", "VehicleFaults"],
            swiftSettings: core),
        .testTarget(
            name: "ForewarnDaemonTests",
            dependencies: [
                "ForewarnDaemon", "FaultDecoding", "FleetReports", "FleetSimulation", "FleetWatch",
                "Recordings", "ServiceTickets", "TicketStorage", "VehicleFaults",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], swiftSettings: shell),
        .testTarget(
            name: "FaultDecodingTests", dependencies: ["FaultDecoding", "VehicleFaults"],
            swiftSettings: core),
        .testTarget(
            name: "RecordingsTests",
            dependencies: ["FleetSimulation", "Recordings", "VehicleFaults"],
            swiftSettings: core),
        .testTarget(
            name: "TerminalTextTests",
            dependencies: ["FleetSimulation", "TerminalText", "VehicleFaults"],
            swiftSettings: core),
        .testTarget(
            name: "FleetSimulationTests",
            dependencies: ["FleetSimulation", "SpecialFunctions", "VehicleFaults"],
            swiftSettings: core),
        // Rules of others: not in the product, but the tests and the benchmarks hold ours against them.
        .target(
            name: "ComparedRules", dependencies: ["FaultTrends", "SpecialFunctions"],
            path: "Tests/ComparedRules", swiftSettings: core),
        .target(
            name: "BrokerFixture", dependencies: ["MQTTIntake"], path: "Tests/BrokerFixture",
            swiftSettings: core),
        .testTarget(
            name: "MQTTIntakeTests",
            dependencies: [
                "MQTTIntake", "BrokerFixture", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: core),
        .testTarget(name: "ArchitectureTests", swiftSettings: core),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "forewarn", "ForewarnDaemon", "TicketStorage", "FleetWatch", "FaultRules",
                "FaultDecoding", "FleetSimulation", "ServiceTickets", "StoreText", "TerminalText",
                "VehicleFaults", "YAMLSource", .product(name: "GRDB", package: "GRDB.swift"),
            ], exclude: ["Expected"], swiftSettings: shell),
        .executableTarget(
            name: "EarlyAcknowledger",
            dependencies: [
                "FleetWatch", "ForewarnDaemon", "MQTTIntake", "TicketStorage",
                .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/EarlyAcknowledger", swiftSettings: shell),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "BrokerFixture", "FaultDecoding", "FleetSimulation", "FleetWatch",
                "ForewarnDaemon", "MQTTIntake", "ServiceTickets", "TicketStorage",
                "VehicleFaults",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: shell),
        .target(name: "MemoryHints"),
        .target(name: "CSQLiteSettings"),
        .target(name: "CFutex"),
        .target(
            name: "FleetWatch",
            dependencies: [
                "MemoryHints", "VehicleFaults", "FaultDecoding", "FaultRules", "FaultTrends",
                "ServiceTickets",
                .product(name: "HeapModule", package: "swift-collections"),
            ], swiftSettings: core),
        .target(name: "FaultRules", dependencies: ["VehicleFaults"], swiftSettings: core),
    ],
    swiftLanguageModes: [.v6]
)
