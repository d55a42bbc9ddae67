// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Hummingbird
import Logging
import ServiceLifecycle

/// Adds to what a request has had written down in the audit what it was answered with.
struct AuditMiddleware: RouterMiddleware {
    let gateway: GatewayParts

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await next(request, context)
            await gateway.conclude(context.trail, status: response.status.code)
            return response
        } catch {
            await gateway.conclude(context.trail, status: ErrorMiddleware.refusal(for: error).problem.status)
            throw error
        }
    }
}

extension GatewayParts {
    /// Adds the answer to what was written down so far; later it would only be known how long somebody waited for it.
    func conclude(_ trail: AuditTrail, status: Int) async {
        do {
            try await operations.conclude(trail, status: status)
        } catch {
            logger.warning("an answer is missing in the audit", [.error: "\(error)"])
        }
    }
}

extension GatewayContext {
    /// Who makes the request, with what the audit is to say of it besides.
    func actor(_ remarks: [String: String] = [:]) -> Actor {
        Actor(
            name: caller.name,
            token: caller.tokenID,
            abilities: caller.abilities,
            address: address,
            trail: trail,
            remarks: remarks
        )
    }
}

/// Removes what stands in the audit for longer than it is kept, permits of documents that never came in, and tokens of
/// identities that have ended.
struct AuditUpkeep: Service {
    let store: FleetStore
    /// How long it is kept.
    let kept: Duration
    let logger: Logger

    private static let interval = Duration.seconds(3_600)
    /// How many rows one statement removes: few enough to hold up nobody.
    private static let batch = 1_000

    func run() async throws {
        await repeatUntilShutdown(every: Self.interval, logger: logger, "the upkeep of the audit") {
            while !Task.isShuttingDownGracefully,
                try await store.removeAudit(olderThan: kept, limit: Self.batch) == Self.batch
            {}
            try await store.removePermits(olderThan: kept)
            while !Task.isShuttingDownGracefully,
                try await store.removeExpiredIdentityTokens(limit: Self.batch) == Self.batch
            {}
        }
    }
}
