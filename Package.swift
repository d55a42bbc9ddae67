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
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
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
    static let tracing = product(name: "Tracing", package: "swift-distributed-tracing")
    static let yams = product(name: "Yams", package: "Yams")
}

/// The commit that `make dist` builds. Other builds state none; otherwise every commit would link every program again.
let commit = Context.environment["MUSTER_COMMIT"] ?? ""

/// What every program of a fleet is made of.
let fleet: [Target.Dependency] = ["Fleet", "FleetAssembly", "FleetQueues", "FleetRuntime", "FleetStore", .logging]

let package = Package(
    name: "muster",
    products: [
        .executable(name: "muster", targets: ["Command"]),
        .executable(name: "muster-remote", targets: ["RemoteCommand"]),
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
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
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
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        // The C libraries: a module map and a shim each.
        .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // What the programs say of themselves.
        .target(name: "CBuild", cSettings: [.define("MUSTER_COMMIT", to: "\"\(commit)\"")]),

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
        .target(name: "Deadlines", swiftSettings: strict),
        .target(
            name: "HTTPExchange",
            dependencies: ["Deadlines", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .nioSSL],
            swiftSettings: strict
        ),
        .target(name: "YAML", dependencies: [.yams], swiftSettings: strict),
        .target(name: "Fleet", dependencies: ["YAML", .crypto, .mustache], swiftSettings: strict),
        .target(name: "JobFiles", dependencies: ["Fleet", "YAML", .crypto], swiftSettings: strict),
        .target(name: "Mail", dependencies: ["Fleet"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["Fleet"], swiftSettings: strict),
        .target(
            name: "LAVA",
            dependencies: [
                "Deadlines", "HTTPExchange", "YAML", .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .nioSSL, .nioWebSocket,
            ],
            swiftSettings: strict
        ),
        .target(name: "Labs", dependencies: ["Fleet"], swiftSettings: strict),
        .target(
            name: "LAVALabs",
            dependencies: ["Fleet", "FleetRuntime", "HTTPExchange", "LAVA", "Labs", .logging],
            swiftSettings: strict
        ),
        .target(name: "FleetStore", dependencies: ["Fleet", "Postgres", .crypto, .logging], swiftSettings: strict),
        .target(
            name: "ExternalLabs",
            dependencies: ["Fleet", "FleetStore", "Labs", "Postgres", "YAML"],
            swiftSettings: strict
        ),
        .target(
            name: "FleetQueues",
            dependencies: ["AMQP", "Deadlines", "Fleet", "FleetRuntime", .logging, .serviceLifecycle],
            swiftSettings: strict
        ),
        .target(
            name: "FleetRuntime",
            dependencies: [
                "CBuild", "Deadlines", "Fleet", "HTTPExchange", .configuration, .hummingbird, .logging, .metrics,
                .nioCore, .nioPosix, .serviceLifecycle, .tracing, .yams,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Traces",
            dependencies: [
                "Fleet", "FleetRuntime", "HTTPExchange", .asyncHTTPClient, .logging, .nioHTTP1, .serviceLifecycle,
                .tracing,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Callbacks",
            dependencies: [
                "Deadlines", "Fleet", "FleetRuntime", "HTTPExchange", .asyncHTTPClient, .crypto, .nioHTTP1, .nioSSL,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SQUAD",
            dependencies: ["Fleet", "FleetRuntime", "HTTPExchange", .asyncHTTPClient, .nioHTTP1],
            swiftSettings: strict
        ),
        .target(
            name: "OpenIDConnect",
            dependencies: [
                "Fleet", "FleetRuntime", "HTTPExchange", .asyncHTTPClient, .crypto, .jwtKit, .nioCore, .nioHTTP1,
            ],
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
                "LAVALabs", "Labs", "Postgres", "Traces", .logging, .serviceLifecycle,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "Dashboard",
            dependencies: ["Fleet", "FleetStore", .crypto, .mustache],
            resources: [.embedInCode("Templates"), .embedInCode("Assets")],
            swiftSettings: strict
        ),

        // The command: the verbs with the way over a gateway, which know neither broker nor database, and the way over these.
        .target(
            name: "CommandLine",
            dependencies: [
                "Deadlines", "Fleet", "FleetRuntime", "HTTPExchange", "JobFiles", .argumentParser, .asyncHTTPClient,
                .logging, .nioCore, .nioHTTP1, .nioSSL,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "DirectCommands",
            dependencies: fleet + [
                "AMQP", "Callbacks", "CommandLine", "ExternalLabs", "FleetOperations", "JobFiles", "Labs", "Postgres",
                "Reports", "SMTP", .argumentParser,
            ],
            swiftSettings: strict
        ),

        // Executables, one folder each.
        .executableTarget(
            name: "Ingest",
            dependencies: fleet + ["AMQP", "FleetOperations", "Postgres", .crypto, .tracing],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Submitter",
            dependencies: fleet + ["FleetOperations", "Labs", .serviceLifecycle, .tracing],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Watcher",
            dependencies: fleet + ["AMQP", "Deadlines", "Labs", "Postgres", .serviceLifecycle, .tracing],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Notifier",
            dependencies: fleet + [
                "Callbacks", "HTTPExchange", "Mail", "Reports", "SMTP", "SQUAD", .asyncHTTPClient, .crypto, .nioHTTP1,
                .serviceLifecycle, .tracing,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Gateway",
            dependencies: fleet + [
                "AMQP", "Dashboard", "Deadlines", "ExternalLabs", "FleetOperations", "OpenIDConnect", "Postgres",
                "Reports", "YAML",
                .crypto, .httpTypes, .hummingbird, .hummingbirdCore, .nioCore, .nioHTTPTypes, .serviceLifecycle,
                .tracing,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Command",
            dependencies: ["CommandLine", "DirectCommands", "FleetRuntime"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "RemoteCommand",
            dependencies: ["CommandLine", "FleetRuntime"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "LabSimulator",
            dependencies: [
                .argumentParser, .httpTypes, .hummingbird, .hummingbirdCore, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .nioSSL, .nioWebSocket, .yams,
            ],
            swiftSettings: strict
        ),

        // What several test targets need.
        .target(
            name: "TestSupport",
            dependencies: fleet + [
                "AMQP", "Deadlines", "Labs", "Postgres", .crypto, .cryptoExtras, .httpTypes, .hummingbird,
                .hummingbirdTLS, .nioCore, .nioPosix, .nioSSL, .serviceLifecycle,
            ],
            path: "Tests/TestSupport",
            exclude: ["check-kcidb.py", "mail-server.py", "read-mail.py"],
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
                "Fleet", "FleetRuntime", "HTTPExchange", "LAVA", "LAVALabs", "LabSimulator", "Labs", "TestSupport",
                "YAML", .asyncHTTPClient, .logging, .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .nioWebSocket,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LabSimulatorTests",
            dependencies: [
                "LabSimulator", "TestSupport", .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .yams,
            ],
            exclude: ["Captures", "Definitions"],
            swiftSettings: strict
        ),

        .testTarget(
            name: "HTTPExchangeTests",
            dependencies: ["Deadlines", "HTTPExchange", .asyncHTTPClient, .nioCore],
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
        .testTarget(
            name: "TracesTests",
            dependencies: ["Fleet", "FleetRuntime", "TestSupport", "Traces", .logging, .tracing],
            swiftSettings: strict
        ),
        .testTarget(name: "MailTests", dependencies: ["Fleet", "Mail", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SMTPTests",
            dependencies: ["Fleet", "Mail", "SMTP", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "ReportsTests", dependencies: ["Fleet", "Reports", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "NotifierTests",
            dependencies: [
                "AMQP", "Callbacks", "Fleet", "FleetAssembly", "FleetQueues", "FleetRuntime", "FleetStore", "Notifier",
                "Postgres", "Reports", "TestSupport", .crypto, .nioHTTP1, .nioSSL, .serviceLifecycle,
            ],
            exclude: ["Reference"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: fleet + [
                "AMQP", "Dashboard", "FleetOperations", "Gateway", "Ingest", "Postgres", "TestSupport",
                .asyncHTTPClient, .nioCore, .nioHTTP1, .nioPosix, .serviceLifecycle,
            ],
            exclude: ["SQUAD/Captures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SQUADTests",
            dependencies: ["Fleet", "HTTPExchange", "SQUAD", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WatcherTests",
            dependencies: [
                "Fleet", "FleetRuntime", "FleetStore", "LAVA", "LAVALabs", "Labs", "TestSupport", "Watcher", .logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FleetStoreTests",
            dependencies: [
                "ExternalLabs", "Fleet", "FleetRuntime", "FleetStore", "Labs", "Postgres", "TestSupport", .logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ExternalLabsTests",
            dependencies: ["ExternalLabs", "Fleet", "FleetStore"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "FleetQueuesTests",
            dependencies: ["AMQP", "Fleet", "FleetQueues", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "AMQP", "Command", "CommandLine", "DirectCommands", "Fleet", "FleetOperations", "FleetQueues",
                "FleetRuntime", "FleetStore", "JobFiles", "Labs", "Postgres", "RemoteCommand", "TestSupport", "YAML",
                .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .yams,
            ],
            swiftSettings: strict
        ),

        // The whole fleet, on real servers.
        .testTarget(
            name: "Integration",
            dependencies: [
                "AMQP", "Callbacks", "Command", "Fleet", "FleetAssembly", "FleetQueues", "FleetRuntime",
                "FleetStore", "Ingest", "LabSimulator", "Notifier", "Postgres", "Submitter", "TestSupport", "Watcher",
                .asyncHTTPClient, .crypto, .nioCore, .nioHTTP1,
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
