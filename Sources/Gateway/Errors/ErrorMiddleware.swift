// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetRuntime
import FleetStore
import HTTPTypes
import Hummingbird
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
