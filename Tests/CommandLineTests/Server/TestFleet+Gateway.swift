// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOCore
import NIOPosix
import TestSupport

/// The real `muster-gateway` of a fleet, which can be killed and started again at the same place.
final class GatewayProcess {
    private let reserved: ReservedPort
    private let environment: [String: String]
    private var process: Process?

    /// It does not come up.
    struct NotReady: Error {}

    init(_ fleet: TestFleet, _ settings: [String: String]) async throws {
        reserved = try ReservedPort()
        environment = fleet.environment
            .merging(["MUSTER_GATEWAY_LISTEN": "127.0.0.1:\(reserved.number)", "PATH": "/usr/bin:/bin"]) { $1 }
            .merging(settings) { $1 }
    }

    var port: Int { reserved.number }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts it and waits until it takes connections.
    func start() async throws {
        let process = Process()
        process.executableURL = TestServers.products.appending(path: "muster-gateway")
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = process
        let deadline = ContinuousClock.now + patience
        while process.isRunning, ContinuousClock.now < deadline {
            let connection = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            if let connection { return try await connection.close() }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw NotReady()
    }

    /// Kills it and starts it again.
    func restart() async throws {
        kill()
        try await start()
    }

    /// Ends it without a word.
    func kill() {
        guard let process, process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

extension TestFleet {
    /// Lends a gateway of this fleet, and a token that may do everything.
    func withGateway(
        _ settings: [String: String] = [:],
        _ body: (GatewayProcess, _ token: String) async throws -> Void
    ) async throws {
        let gateway = try await GatewayProcess(self, settings)
        try await gateway.start()
        defer { gateway.kill() }
        try await body(gateway, try await token())
    }

    /// A new token.
    func token(_ projects: [String] = ["*"], can abilities: Set<Ability> = Set(Ability.allCases)) async throws -> String
    {
        var token = ""
        try await withStore { token = try await $0.newToken(projects, can: abilities) }
        return token
    }
}

/// Runs `muster` with nothing but a server and a token.
func served(
    _ url: String,
    token: String? = nil,
    _ arguments: [String],
    input: String = "",
    environment: [String: String] = [:]
) -> Program {
    var all = ["MUSTER_SERVER": url].merging(environment) { $1 }
    if let token { all["MUSTER_TOKEN"] = token }
    return Program(arguments: arguments, environment: all, input: input)
}
