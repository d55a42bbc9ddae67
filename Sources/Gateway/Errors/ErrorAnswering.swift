// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Hummingbird
import Logging

/// A middleware that answers to what a route throws; each surface of the gateway says it in its own way.
protocol ErrorAnswering: RouterMiddleware where Context == GatewayContext {
    /// The answer to an error.
    ///
    /// - Throws: the error, where the surface around this one is to answer to it.
    func answer(to error: any Error, _ request: Request, _ context: GatewayContext) throws -> Response
}

extension ErrorAnswering {
    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as CancellationError {
            throw error
        } catch {
            return try answer(to: error, request, context)
        }
    }
}

extension Problem {
    /// Writes into the log what went wrong on our side, of which the sender is told nothing.
    func log(_ error: any Error, in context: GatewayContext) {
        guard status >= 500 else { return }
        // To be busy is no fault of anybody's.
        let level: Logger.Level = status == 503 ? .warning : .error
        context.logger.log(level: level, "a request failed", [.status: "\(status)", .error: "\(error)"])
    }

    /// All of it in one line.
    var sentence: String { ([detail] + errors.map { "\($0.pointer) \($0.reason)" }).joined(separator: " ") }
}
