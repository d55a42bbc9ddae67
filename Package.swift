// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every target: Swift 6, strict concurrency, and no warning survives a build.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The targets that touch C pointers are also held to strict memory safety.
let strictOverC: [SwiftSetting] = strict + [.strictMemorySafety()]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioWebSocket = product(name: "NIOWebSocket", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}

/// What every worker is made of.
let worker: [Target.Dependency] = [
    "AMQP", "Fleet", "FleetAssembly", "FleetOperations", "FleetQueues", "FleetRuntime", "FleetStore", "Postgres",
    .logging,
    .serviceLifecycle,
]

let package = Package(
    name: "muster",
    products: [
        .executable(name: "muster", targets: ["CommandLine"]),
        .executable(name: "muster-ingest", targets: ["Ingest"]),
        .executable(name: "muster-submitter", targets: ["Submitter"]),
        .executable(name: "muster-watcher", targets: ["Watcher"]),
        .executable(name: "muster-notifier", targets: ["Notifier"]),
        .executable(name: "muster-gateway", targets: ["Gateway"]),
        .executable(name: "muster-labsim", targets: ["LabSimulator"]),
        .library(name: "AMQP", targets: ["AMQP"]),
        .library(name: "Postgres", targets: ["Postgres"]),
        .library(name: "LAVA", targets: ["LAVA"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "Logging"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The C libraries: a module map and a shim each.
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Libraries, each depending only on what stands above it.
        .target(
            name: "AMQP",
            dependencies: ["CRabbitMQ", .logging, .metrics, .serviceLifecycle],
            swiftSettings: strictOverC
        ),
        .target(
            name: "Postgres",
            dependencies: ["CLibPQ", .logging, .metrics, .serviceLifecycle],
            swiftSettings: strictOverC
        ),
        .target(name: "YAML", dependencies: [.yams], swiftSettings: strict),
        .target(
            name: "Connections",
            dependencies: [.asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .nioSSL],
            swiftSettings: strict
        ),
        .target(name: "Fleet", dependencies: ["YAML", .crypto, .mustache], swiftSettings: strict),
        .target(name: "JobFiles", dependencies: ["Fleet", "YAML", .crypto], swiftSettings: strict),
        .target(name: "Mail", dependencies: ["Fleet"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["Fleet"], swiftSettings: strict),
        .target(
            name: "LAVA",
            dependencies: [
                "Connections", "YAML", .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix, .nioSSL,
                .nioWebSocket,
            ],
            swiftSettings: strict
        ),
        .target(name: "Labs", dependencies: ["Fleet"], swiftSettings: strict),
        .target(
            name: "LAVALabs",
            dependencies: ["Fleet", "FleetRuntime", "LAVA", "Labs", .asyncHTTPClient, .logging],
            swiftSettings: strict
        ),
        .target(name: "FleetStore", dependencies: ["Fleet", "Postgres", .crypto, .logging], swiftSettings: strict),
        .target(
            name: "ExternalLabs",
            dependencies: ["Fleet", "FleetStore", "Labs", "YAML"],
            swiftSettings: strict
        ),
        .target(
            name: "FleetQueues",
            dependencies: ["AMQP", "Fleet", "FleetRuntime", .logging, .serviceLifecycle],
            swiftSettings: strict
        ),
        .target(
            name: "FleetRuntime",
            dependencies: [
                "Fleet", .configuration, .hummingbird, .logging, .metrics, .nioCore, .nioPosix, .serviceLifecycle,
                .yams,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Callbacks",
            dependencies: [
                "Connections", "Fleet", "FleetRuntime", .asyncHTTPClient, .crypto, .nioCore, .nioHTTP1, .nioSSL,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SQUAD",
            dependencies: ["Connections", "Fleet", "FleetRuntime", .asyncHTTPClient, .nioCore, .nioHTTP1],
            swiftSettings: strict
        ),
        .target(
            name: "SMTP",
            dependencies: ["CCurl", "Fleet", "FleetRuntime", "Mail"],
            swiftSettings: strictOverC
        ),
        .target(
            name: "FleetOperations",
            dependencies: ["Fleet", "FleetQueues", "FleetRuntime", "FleetStore", .logging],
            swiftSettings: strict
        ),
        .target(
            name: "FleetAssembly",
            dependencies: [
                "AMQP", "ExternalLabs", "Fleet", "FleetOperations", "FleetQueues", "FleetRuntime", "FleetStore",
                "LAVALabs", "Labs",
                "Postgres",
                .logging, .serviceLifecycle,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "Dashboard",
            dependencies: ["Fleet", "FleetQueues", "FleetStore", "Reports", .crypto, .mustache],
            resources: [.embedInCode("Templates"), .embedInCode("Assets")],
            swiftSettings: strict
        ),

        // Executables, one folder each.
        .executableTarget(name: "Ingest", dependencies: worker + [.crypto], swiftSettings: strict),
        .executableTarget(name: "Submitter", dependencies: worker + ["Labs"], swiftSettings: strict),
        .executableTarget(name: "Watcher", dependencies: worker + ["Labs"], swiftSettings: strict),
        .executableTarget(
            name: "Notifier",
            dependencies: worker + ["Callbacks", "Mail", "Reports", "SMTP", "SQUAD", .asyncHTTPClient, .crypto],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Gateway",
            dependencies: worker + [
                "Dashboard", "ExternalLabs", "Reports", "YAML", .crypto, .httpTypes, .hummingbird,
                .hummingbirdCore,
                .nioCore,
                .nioHTTPTypes, .yams,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CommandLine",
            dependencies: worker + [
                "Callbacks", "Connections", "ExternalLabs", "JobFiles", "Labs", "Reports", "SMTP", .argumentParser,
                .asyncHTTPClient, .nioCore, .nioHTTP1, .nioSSL,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "LabSimulator",
            dependencies: [
                .argumentParser, .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .nioSSL, .nioWebSocket, .serviceLifecycle, .yams,
            ],
            swiftSettings: strict
        ),

        // What several test targets need.
        .target(
            name: "TestSupport",
            dependencies: worker + ["Labs", .httpTypes, .hummingbird, .hummingbirdTLS, .nioCore, .nioSSL],
            path: "Tests/TestSupport",
            exclude: ["mail-server.py", "read-mail.py"],
            swiftSettings: strict
        ),

        // Each beside what it tests; those of AMQP, Postgres, the notifier and the command talk to real servers.
        .testTarget(
            name: "AMQPTests",
            dependencies: ["AMQP", "TestSupport", .logging, .serviceLifecycle],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["Postgres", "TestSupport", .logging, .serviceLifecycle],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LAVATests",
            dependencies: [
                "Fleet", "LAVA", "LAVALabs", "LabSimulator", "Labs", "TestSupport", "YAML", .asyncHTTPClient, .logging,
                .nioCore, .nioHTTP1,
                .nioPosix, .nioSSL, .nioWebSocket,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LabSimulatorTests",
            dependencies: ["LabSimulator", "TestSupport", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .nioSSL],
            exclude: ["Captures", "Corpus", "Definitions"],
            swiftSettings: strict
        ),

        .testTarget(name: "FleetTests", dependencies: ["Fleet", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "JobFilesTests",
            dependencies: ["Fleet", "JobFiles", "TestSupport", "YAML"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FleetRuntimeTests",
            dependencies: ["Fleet", "FleetRuntime", "TestSupport", .logging, .metrics, .serviceLifecycle],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DashboardTests",
            dependencies: ["Dashboard", "Fleet", "FleetStore"],
            swiftSettings: strict
        ),
        .testTarget(name: "MailTests", dependencies: ["Fleet", "Mail", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SMTPTests",
            dependencies: ["Fleet", "Mail", "SMTP", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "ReportsTests", dependencies: ["Fleet", "Reports"], swiftSettings: strict),
        .testTarget(
            name: "NotifierTests",
            dependencies: worker + [
                "Callbacks", "Notifier", "Reports", "SMTP", "TestSupport", .asyncHTTPClient, .crypto, .httpTypes,
                .hummingbird, .hummingbirdTLS, .nioCore, .nioHTTP1, .nioSSL,
            ],
            exclude: ["Reference"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: worker + [
                "Gateway", "Ingest", "TestSupport", .asyncHTTPClient, .httpTypes, .nioCore, .nioHTTP1,
                .nioPosix,
            ],
            exclude: ["SQUAD/Captures"],
            swiftSettings: strict
        ),
        .testTarget(name: "SQUADTests", dependencies: ["Fleet", "SQUAD"], swiftSettings: strict),
        .testTarget(
            name: "WatcherTests",
            dependencies: worker + ["LAVA", "LAVALabs", "Labs", "TestSupport", "Watcher"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FleetStoreTests",
            dependencies: worker + ["ExternalLabs", "Labs", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ExternalLabsTests",
            dependencies: ["ExternalLabs", "Fleet", "FleetStore"],
            swiftSettings: strict
        ),
        .testTarget(name: "FleetQueuesTests", dependencies: worker + ["TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests",
            dependencies: worker + [
                "CommandLine", "JobFiles", "Labs", "TestSupport", "YAML", .nioCore, .nioHTTP1,
                .nioPosix,
                .nioSSL, .yams,
            ],
            swiftSettings: strict
        ),

        // The whole fleet, on real servers.
        .testTarget(
            name: "Integration",
            dependencies: worker + [
                "Callbacks", "CommandLine", "Ingest", "LabSimulator", "Notifier", "Submitter", "TestSupport", "Watcher",
                .asyncHTTPClient, .crypto, .httpTypes, .hummingbird, .nioCore, .nioHTTP1,
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
