// SPDX-License-Identifier: Apache-2.0

import Foundation

extension ConfigurationOptions {
    /// The gateway that is meant, if one is: what stands on the command line goes before the environment.
    private var serverURL: String? {
        if let url = server.server { return url }
        guard config == nil, let url = ProcessInfo.processInfo.environment["MUSTER_SERVER"], !url.isEmpty else {
            return nil
        }
        return url
    }

    /// Lends the fleet that is meant, by the way that is meant.
    ///
    /// - Throws: `ConfigurationFaults`; ``CommandFailure``.
    func connected<Result: Sendable>(_ body: (any FleetConnection) async throws -> Result) async throws -> Result {
        guard let serverURL else { return try await body(DirectFleet(access: try FleetAccess(self))) }
        return try await served(at: serverURL, token: try ServerToken(server)) { try await body($0) }
    }

    /// Lends the fleet over its gateway, to which nobody shows a token, for a verb that is nothing without a gateway.
    ///
    /// - Throws: ``CommandFailure`` when no gateway is meant.
    func servedWithoutToken<Result: Sendable>(
        to verb: String,
        _ body: (ServedFleet) async throws -> Result
    ) async throws -> Result {
        guard let serverURL else {
            throw CommandFailure(
                .usage,
                "`muster \(verb)` works only over HTTP",
                "  name the fleet's gateway with --server or MUSTER_SERVER"
            )
        }
        return try await served(at: serverURL, token: nil, body)
    }

    private func served<Result: Sendable>(
        at url: String,
        token: ServerToken?,
        _ body: (ServedFleet) async throws -> Result
    ) async throws -> Result {
        let address = try ServerAddress(url, isClearAllowed: server.insecureHttp)
        let client = ServerClient(
            address: address,
            token: token,
            authorities: try ServerAuthorities(file: server.caFile),
            timeout: server.serverTimeout.duration,
            proxy: try address.proxy(in: ProcessInfo.processInfo.environment),
            isVerbose: verbose
        )
        do {
            let result = try await body(ServedFleet(client: client))
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// The fleet's own configuration and servers, for a verb that is nothing without them.
    ///
    /// - Throws: ``CommandFailure`` when a gateway is meant; `ConfigurationFaults`.
    func access(to verb: String, _ reason: String) throws -> FleetAccess {
        guard serverURL == nil else {
            throw CommandFailure(
                .usage,
                "`muster \(verb)` works only on the fleet's own machines: \(reason)",
                "  run it there, without --server and MUSTER_SERVER"
            )
        }
        return try FleetAccess(self)
    }
}
