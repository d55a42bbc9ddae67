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
    private let fleet: TestFleet
    private let settings: [String: String]
    private var process: TestProcess?

    init(_ fleet: TestFleet, _ settings: [String: String]) throws {
        reserved = try ReservedPort()
        self.fleet = fleet
        self.settings = ["MUSTER_GATEWAY_LISTEN": "127.0.0.1:\(reserved.number)"].merging(settings) { $1 }
    }

    var port: Int { reserved.number }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts it and waits until it takes connections.
    func start() async throws {
        let process = try fleet.launch("muster-gateway", environment: settings)
        self.process = process
        let connection = try await eventually("the gateway to take connections", every: .milliseconds(50)) {
            guard process.isRunning else { return nil as (any Channel)? }
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: self.port).get()
        }
        try await connection.close()
    }

    /// Kills it and starts it again.
    func restart() async throws {
        try await kill()
        try await start()
    }

    /// Ends it without a word.
    func kill() async throws {
        process?.kill()
        try await process?.waitUntilExit()
    }
}

extension TestFleet {
    /// Lends a gateway of this fleet, and a token that may do everything.
    func withGateway(
        _ settings: [String: String] = [:],
        _ body: (GatewayProcess, _ token: String) async throws -> Void
    ) async throws {
        let gateway = try GatewayProcess(self, settings)
        try await gateway.start()
        try await withCleanUp {
            try await body(gateway, try await token())
        } cleanUp: {
            try await gateway.kill()
        }
    }

    /// A new token.
    func token(_ projects: [String] = ["*"], can abilities: Set<Ability> = Set(Ability.allCases)) async throws -> String
    {
        try await store.newToken(projects, can: abilities)
    }
}

/// Runs `muster` with nothing but a server and a token.
func served(
    _ url: String,
    token: String? = nil,
    _ arguments: [String],
    input: String = "",
    environment: [String: String] = [:],
    by build: Program.Build = .full
) -> Program {
    var all = ["MUSTER_SERVER": url].merging(environment) { $1 }
    if let token { all["MUSTER_TOKEN"] = token }
    return Program(arguments: arguments, environment: all, input: input, build: build)
}
