// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetRuntime
import FleetStore
import HTTPTypes
import Hummingbird
import Logging
import OpenIDConnect
import Postgres

/// Turns whatever a route throws into an answer in the shape of RFC 9457. What went wrong inside is logged and not told.
struct ErrorMiddleware: ErrorAnswering {
    let routes: RouteTable

    func answer(to error: any Error, _ request: Request, _ context: GatewayContext) -> Response {
        let refusal = wrongMethod(error, request) ?? elsewhere(error, request) ?? Self.refusal(for: error)
        refusal.problem.log(error, in: context)
        return refusal.response
    }

    /// Nothing was found, but there is something for another method.
    private func wrongMethod(_ error: any Error, _ request: Request) -> Refusal? {
        guard let error = error as? HTTPError, error.status == .notFound else { return nil }
        let methods = routes.methods(of: request.uri.path)
        return methods.isEmpty ? nil : .methodNotAllowed(Array(methods))
    }

    /// There is nothing of ours, but what is looked for stays in SQUAD.
    private func elsewhere(_ error: any Error, _ request: Request) -> Refusal? {
        guard let error = error as? HTTPError, error.status == .notFound else { return nil }
        return SQUADElsewhere.words(forPath: request.uri.path).map { .notFound($0) }
    }

    /// What the sender is told of an error.
    static func refusal(for error: any Error) -> Refusal {
        switch error {
        case let refusal as Refusal: refusal
        case let problem as Problem: Refusal(problem)
        case let faults as DocumentFaults: Refusal(.invalidDocument(faults.faults))
        case let error as HTTPError: refusal(for: error)
        case let refusal as FleetRefusal: Refusal(refusal)
        case is HeavyWork.Overload: .busy()
        case is TokenTooWeak: .unauthorized(isTokenBad: true)
        case let error as TooManyTokens: .tooManyTokens(error)
        case is RevokedSince: .revokedSince
        case let failure as IdentityFailure: Refusal(failure)
        case is PostgresError: .unavailable("The database")
        case is AMQPError: .unavailable("The broker")
        default:
            Refusal("internal", "Something went wrong", status: 500, detail: "See the gateway's log.")
        }
    }

    private static func refusal(for error: HTTPError) -> Refusal {
        switch error.status.code {
        case 404: .notFound("There is nothing at this address.")
        case 413: .tooLarge(limit: nil)
        default:
            Refusal(
                "http-\(error.status.code)",
                error.status.reasonPhrase,
                status: error.status.code,
                detail: error.body ?? error.status.reasonPhrase
            )
        }
    }
}

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
